"""What the rules' modules share: a problem, and what a run that was cut short leaves open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.trace import CellRun, Event, Fitted, Trace
from fmnist_spec.lesson import Lesson


@dataclass(frozen=True)
class Problem:
    """What a rule found. ``cell`` and ``line`` are a trace's: the line counts in the cell."""

    cell: int | None
    line: int | None
    message: str  # ends with the remedy
    expected: str = ""
    observed: str = ""


Look = Callable[[Lesson, Trace, Sequence[Cell]], Iterator[Problem]]
FitLook = Callable[[Lesson, Trace, Fitted], Problem | None]  # at the training of the lesson


def at(event: Event, message: str, expected: object, observed: object) -> Problem:
    """Make the problem that stands where an event does."""
    return Problem(event.cell, event.line, message, str(expected), str(observed))


def cut_short(trace: Trace, cells: Sequence[Cell]) -> bool:
    """Whether cells were left out because one raised or the run ended.

    What is missing then says nothing about the notebook, so the rules on missing parts are silent.
    """
    return trace.ended is not None or bool(raised(trace, cells))


def raised(trace: Trace, cells: Sequence[Cell]) -> list[CellRun]:
    """List the cells that raised and were not meant to."""
    runs = [run for run in trace.cells if run.status == "raised"]
    return [run for run in runs if "raises-exception" not in cells[run.cell].tags]


def skipped(trace: Trace) -> str:
    """Say which cells were skipped, for the rules on missing parts; often nothing."""
    cells = [str(run.cell) for run in trace.cells if run.status == "skipped"]
    return f" Cells that were not run: {', '.join(cells)}." if cells else ""
