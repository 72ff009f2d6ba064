"""The fits of a notebook: which may be the training of the lesson."""

import re
from collections.abc import Collection, Sequence

from fmnist_spec.gate.compare.styles import is_lessons_network
from fmnist_spec.gate.events import Event, Fitted, ModelBuilt
from fmnist_spec.gate.trace import CellRun
from fmnist_spec.lesson import Lesson

# What the lesson's named style raises when it is fitted, so that was not the lesson's training.
SCOPE_NAME = re.compile(r"is not a valid (root )?scope name")
STYLES = 3


def raised_fits(events: Sequence[Event], raised: Sequence[CellRun]) -> list[Fitted]:
    """Give the fits by which cells raised, but for those of models that cannot be trained."""
    errors = [(run.cell, run.error) for run in raised if run.error]
    places = {(at, one.line) for at, one in errors if not SCOPE_NAME.search(one.message)}
    fits = [one for one in events if isinstance(one, Fitted) and one.raised]
    return [one for one in fits if (one.cell, one.line) in places]


def lessons_fits(
    lesson: Lesson, own: Collection[int], fits: Sequence[Fitted], events: Sequence[Event]
) -> list[Fitted]:
    """Give the fits of the models of the styles, ``own``, and of others of the lesson's network.

    Once one of the three styles was trained on the lesson's images, a model that is built later,
    and stands for none of them, is of a later section.
    """
    of = [fit for fit in fits if fit.model in own or is_lessons_network(lesson, fit)]
    first = next((one for one in of if one.model in own and _is_on_data(lesson, one)), None)
    after = events[events.index(first) :] if first and len(own) == STYLES else ()
    later = {one.model for one in after if isinstance(one, ModelBuilt)}.difference(own)
    return [fit for fit in of if fit.model not in later]


def _is_on_data(lesson: Lesson, fit: Fitted) -> bool:
    return fit.images is not None and fit.images.dataset == lesson.data.dataset
