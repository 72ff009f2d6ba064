"""How one run of a notebook went, whatever any lesson says: what was done, raised and left out."""

import re
from functools import cached_property
from typing import TypeVar

from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.events import Event, Fitted
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.gate.trace import CellError, CellRun, Trace

E = TypeVar("E", bound=Event)
# What the lesson's named style raises when it is fitted, so that was not the lesson's training.
SCOPE_NAME = re.compile(r"is not a valid (root )?scope name")


class Outcome:
    """What follows from a run and its notebook alone."""

    notebook: Notebook
    trace: Trace

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The notebook's cells."""
        return self.notebook.cells

    def events(self, kind: type[E]) -> list[E]:
        """Give the events of one kind, in order; of fits, those that did not raise."""
        found = [event for event in self.trace.events if isinstance(event, kind)]
        return [one for one in found if not (isinstance(one, Fitted) and one.raised)]

    def before(self, event: Event | None, kind: type[E]) -> list[E]:
        """Give the events of one kind before another event; all, if there is none."""
        events = self.trace.events
        before = events if event is None else events[: events.index(event)]
        return [one for one in before if isinstance(one, kind)]

    @cached_property
    def raised(self) -> dict[int, CellError]:
        """The cells that raised and were not meant to, and by what."""
        return {
            run.cell: run.error or CellError("Exception", "", None)
            for run in self.trace.cells
            if run.status == "raised" and "raises-exception" not in self.cells[run.cell].tags
        }

    @cached_property
    def stopped(self) -> bool:
        """Whether cells were left out because one raised, the run ended, or there was none."""
        return not self.trace.ran or self.trace.ended is not None or bool(self.raised)

    @cached_property
    def raised_fits(self) -> list[Fitted]:
        """The fits that such cells raised by, but for those of models that cannot be trained."""
        errors = self.raised.items()
        places = {(at, one.line) for at, one in errors if not SCOPE_NAME.search(one.message)}
        fits = [one for one in self.trace.events if isinstance(one, Fitted) and one.raised]
        return [one for one in fits if (one.cell, one.line) in places]

    @cached_property
    def lacking(self) -> list[CellRun]:
        """The cells that lacked something that is not to be had here, and might have told more."""
        runs = [run for run in self.trace.cells if run.status == "unavailable"]
        return [run for run in runs if not run.only_shows]

    @property
    def cut_short(self) -> bool:
        """Whether cells were left out because the run stopped, or since they lacked something.

        What is missing then says nothing about the notebook: rules on missing parts are silent.
        """
        return self.stopped or bool(self.lacking)

    @cached_property
    def skipped(self) -> Phrase | str:
        """Which cells were skipped, for the rules on missing parts; often nothing."""
        runs = [run for run in self.trace.cells if run.status == "skipped"]
        cells = [self.cells[run.cell].place() for run in runs]
        return phrase("skipped-cells", cells=cells) if cells else ""

    @property
    def unreached(self) -> Phrase | str:
        """Says that cells below did not run; nothing if there are none."""
        left = any(run.status == "not reached" for run in self.trace.cells)
        return phrase("not-judged") if left else ""

    @property
    def trained_wholly(self) -> bool:
        """Whether trainings ran unshortened on the real data; the sample trains otherwise."""
        return self.trace.full and not self.trace.sample_only
