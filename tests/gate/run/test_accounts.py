"""A run that lost its way is an error: what became of every cell must be known."""

import pytest
from notebooks import as_cells

from fmnist_spec.gate.events import DataLoaded, LeftOut
from fmnist_spec.gate.observe.calls import EventMessage
from fmnist_spec.gate.run import progress as process
from fmnist_spec.gate.run.progress import RunProgress
from fmnist_spec.gate.run.protocol import read_message, write_message
from fmnist_spec.gate.trace import CellError, CellRun

CELLS = as_cells("a", "b", "c", tags={1: "raises-exception"})
START = b'{"start": {"tensorflow": "2.21.0", "keras": "3.12.4", "isolation": []}}'


def told(*messages: tuple[str, object] | bytes) -> RunProgress:
    """Hear a run to its end."""
    progress = RunProgress()
    for one in (START, *messages, ("done", True)):
        progress.take(one if isinstance(one, bytes) else write_message(*one))
    progress.end("", CELLS)
    return progress


def ran(cell: int, status: str = "ok") -> list[tuple[str, object] | bytes]:
    """Say what a child says of a cell."""
    error = CellError("ValueError", "", 1) if status == "raised" else None
    return [("cell", cell), ("ran", CellRun(cell, status, error, "", 0.1))]  # type: ignore[arg-type]


SOUND = {
    "all ran": [*ran(0), *ran(1), *ran(2)],
    "one was skipped": [*ran(0), *ran(1, "skipped"), *ran(2, "unavailable")],
    "one raised": [*ran(0, "raised")],
    "one was meant to raise": [*ran(0), *ran(1, "raised"), *ran(2)],
    "blank lines": [*ran(0), b"\n", *ran(1), *ran(2)],
}
LOST = {
    "the last": ([*ran(0), *ran(1)], 2),
    "the first": ([*ran(1), *ran(2)], 0),
    "one between": ([*ran(0), *ran(2)], 1),
    "all": ([], 0),
    "behind one that was meant to raise": ([*ran(0), *ran(1, "raised")], 2),
    "what a cell did": ([*ran(0), ("cell", 1), b'{"ran": {"cell": 1, "outp', *ran(2)], 1),
    "an event": ([("cell", 0), b'"' + b"x" * 99, *ran(0)[1:], *ran(1), *ran(2)], 0),
}


@pytest.mark.parametrize("messages", SOUND.values(), ids=SOUND)
def test_a_run_of_which_all_is_known_has_no_early_end(messages: list[bytes]) -> None:
    """Cells behind one that raised were not to be run."""
    assert told(*messages).ended is None


@pytest.mark.parametrize(("messages", "cell"), LOST.values(), ids=LOST)
def test_a_cell_of_which_nothing_is_known_is_named(messages: list[bytes], cell: int) -> None:
    """A message that is lost or cut is an early end at its cell."""
    ended = told(*messages).ended
    assert ended is not None, "the run looks whole"
    assert (ended.why, ended.cell) == ("broken", cell), ended


def test_more_events_than_are_kept_are_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a notebook does behind so many is not seen, and that is said."""
    monkeypatch.setattr(process, "MOST_EVENTS", 3)
    loads = [("event", EventMessage(at, DataLoaded(0, 1, "mnist"))) for at in (0, 1, 2, 2)]
    few = told(("cell", 0), *loads, *ran(0)[1:], *ran(1), *ran(2))
    assert few.ended is None, few.ended
    more = ("event", EventMessage(3, DataLoaded(0, 1, "mnist")))
    many = told(("cell", 0), *loads, more, *ran(0)[1:], *ran(1), *ran(2))
    assert many.ended is not None, many
    assert (many.ended.why, many.ended.cell) == ("lost", 0), many.ended


def test_no_text_makes_a_message_too_long() -> None:
    """A text of any length is cut before it is told."""
    event = LeftOut(0, 1, "x" * 50_000_000, "shell", "!")
    line = write_message("event", EventMessage(0, event))
    assert len(line) < 1_000_000, f"{len(line)} bytes"
    _, message = read_message(line)
    assert message.event.detail == "!", message.event.detail
