"""Of several trainings, which is the lesson's: not one of a network that is built later."""

from dataclasses import replace

import pytest
from traces import ADD, COMPILE, EVENTS, FIT, built, expect, images, swap, trace

from fmnist_spec.gate.events import Event

LONG = replace(FIT, epochs=20)
ANEW = built(3, "list", cell=7)
AGAIN = (replace(COMPILE, model=3, cell=7), replace(FIT, model=3, cell=7))
ASIDE = replace(LONG, images=images("other", shape=(48000, 784)))
HIDDEN: dict[str, tuple[tuple[Event, ...], tuple[str, ...]]] = {
    "right in a later section": ((*swap(FIT, LONG), ANEW, *AGAIN), ("epochs",)),
    "right twice": ((*EVENTS, ANEW, *AGAIN), ()),
    "wrong in a later section": ((*EVENTS, ANEW, AGAIN[0], replace(AGAIN[1], epochs=20)), ()),
    "right at a second attempt, of the same model": ((*swap(FIT, LONG), FIT), ()),
    "right, of a model that was built before": (
        (*swap(ADD, ADD, ANEW, events=swap(FIT, LONG)), *AGAIN),
        (),
    ),
    "right, after an attempt on other images": ((*swap(FIT, ASIDE), ANEW, *AGAIN), ()),
}


@pytest.mark.parametrize(("events", "rules"), HIDDEN.values(), ids=HIDDEN)
def test_the_training_of_the_lesson_is_that_of_its_styles(
    events: tuple[Event, ...], rules: tuple[str, ...]
) -> None:
    """Of several fits the right one counts, unless its model came when the lesson was over."""
    expect(trace(*events), *rules)
