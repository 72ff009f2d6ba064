"""A run that lost its way is an error: what became of every cell must be known."""

import json
from dataclasses import replace

import pytest
import traces
from notebooks import as_cells

from fmnist_spec import language
from fmnist_spec.gate.confine.sandbox import Limits
from fmnist_spec.gate.events import DataLoaded, LeftOut
from fmnist_spec.gate.observe.calls import EventMessage
from fmnist_spec.gate.run import progress as progress_module
from fmnist_spec.gate.run.process import RunnerError
from fmnist_spec.gate.run.progress import RunProgress
from fmnist_spec.gate.run.protocol import Start, read_message, write_message
from fmnist_spec.gate.trace import CellError, CellRun, Ended

CELLS = as_cells("a", "b", "c", tags={1: "raises-exception"})
COMPILE, FIT = replace(traces.COMPILE, cell=0), replace(traces.FIT, cell=0)
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
    monkeypatch.setattr(progress_module, "MOST_EVENTS", 3)
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


def nested(levels: int) -> dict[str, object]:
    """Make a table of tables of tables."""
    return {"a": nested(levels - 1)} if levels else {}


FORGED = {
    "an exit code that is none": (b'{"exit": "x"}', "cut off or forged"),
    "an index that is none": (*(b'{"event": {"index": "0", "event": {}}}', "cut off or forged"),),
    "what is nested without end": (
        write_message("ran", CellRun(1, "ok", None, "", 0.1, (nested(30),))),
        "cut off or forged",
    ),
    "a list": (b"[1, 2]", "cut off or forged"),
    "a kind that there is not": (b'{"hello": 1}', "cut off or forged"),
    "a second start": (START, "cut off or forged"),
    "a cell that ran already": (write_message("cell", 0), "cut off or forged"),
    "an end of another cell": (
        write_message("ended", Ended("exit", 7, "")),
        "an end that was none",
    ),
    "a result of another cell": (ran(2)[1], "cut off or forged"),
    "an index far off": (
        write_message("event", EventMessage(10**9, DataLoaded(0, 1, "mnist"))),
        "more than 100,000 things",
    ),
}


@pytest.mark.parametrize(("forged", "why"), FORGED.values(), ids=FORGED)
def test_what_no_child_says_ends_the_run_in_an_error(forged: bytes, why: str) -> None:
    """The notebook has written it, and nothing that comes behind is heard."""
    progress = told(*ran(0), ("cell", 1), forged, *ran(1)[1:], *ran(2))
    assert progress.ended is not None, "the run looks whole"
    assert (progress.ended.cell, why in progress.ended.detail) == (1, True), progress.ended
    assert [*progress.runs] == [0], progress.runs


def test_no_line_renews_the_time_that_a_process_has_behind_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A notebook that writes a blank line now and then, or much, is not waited for."""
    clock = [0.0]
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: clock[0])
    progress = RunProgress()
    for message in (("start", Start("2", "3", ())), ("cell", 0)):
        progress.take(write_message(*message))
    progress.take(write_message("ended", Ended("exit", 0, "")))
    monkeypatch.setattr(progress_module, "MOST_BYTES", 300)
    for clock[0] in (1.0, 2.0, 4.0):
        progress.take(b"\n")
        progress.take(b"x" * 300)
        progress.take(write_message("ended", Ended("exit", 0, "")))
    assert progress.time_left(Limits())[0] == progress_module.ENDING - 4.0


def test_a_run_that_tells_too_much_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lines may each be short: they are counted together."""
    monkeypatch.setattr(progress_module, "MOST_BYTES", 5_000)
    loads = [("event", EventMessage(at, DataLoaded(0, 1, "mnist"))) for at in range(99)]
    found = told(("cell", 0), *loads, *ran(0)[1:], *ran(1), *ran(2)).ended
    assert found is not None, "the run looks whole"
    assert (found.why, "more than 5,000 bytes" in found.detail) == ("lost", True), found


def test_a_cell_that_there_is_not_is_no_place_of_a_finding() -> None:
    """What was forged of it is not judged, and the error is one of the whole notebook."""
    loaded = ("event", EventMessage(0, DataLoaded(7, 1, "mnist")))
    progress = told(*ran(0), *ran(1), *ran(2), ("cell", 8), loaded)
    assert progress.ended == Ended("broken", None, "its process told of a cell that there is not")
    assert progress.told_events() == ()


def test_an_event_that_was_never_told_leaves_no_gap() -> None:
    """The process may be ended between two: what points to others still points to these."""
    progress = told(
        ("cell", 0),
        ("event", EventMessage(1, COMPILE)),
        ("event", EventMessage(3, replace(FIT, compiled=1))),
        ("event", EventMessage(4, replace(FIT, compiled=2))),
        *[*ran(0)[1:], *ran(1), *ran(2)],
    )
    assert [getattr(one, "compiled", "") for one in progress.told_events()] == ["", 0, None]


def test_a_process_that_died_within_a_line_is_told_as_dead() -> None:
    """The rest of the line is lost with it: the notebook has forged nothing."""
    progress = RunProgress()
    for line in (START, b'{"cell": 0}\n', b'{"ran": {"cel', b"\n", b'{"exit": -9}\n'):
        progress.take(line)
    progress.end("", CELLS)
    assert progress.ended == Ended("killed", 0, "the process was killed: SIGKILL")


def test_a_training_that_is_shortened_has_no_time_of_its_own() -> None:
    """A notebook that says it trains gets no longer limit: only with --full is a training told."""
    for trains in (True, False):
        progress = RunProgress(trains=trains)
        for line in (START, b'{"cell": 0}\n', b'{"training": true}\n'):
            progress.take(line)
        assert (progress.training is not None, progress.lost is None) == (trains, trains)


def test_many_small_values_are_too_much_to_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes little in a line, and much in memory."""
    monkeypatch.setattr(progress_module, "MOST_VALUES", 500)
    small: dict[str, object] = {"a": [[]] * 100}
    ran_of = [("ran", CellRun(at, "ok", None, "", 0.1, (small,))) for at in range(3)]
    few = told(("cell", 0), ran_of[0], *ran(1), *ran(2)).ended
    assert few is None, few
    many = told(("cell", 0), ran_of[0], ("cell", 1), ran_of[1], ("cell", 2), ran_of[2]).ended
    assert many is not None, "all was kept"
    assert (many.why, "or 500 values" in many.detail) == ("lost", True), many


def test_why_a_run_ended_is_said_in_the_language_that_is_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A report in Korean has no English in it."""
    monkeypatch.setenv(language.ASKED, "ko")
    progress = RunProgress()
    progress.take(START)
    progress.take(write_message("cell", 0))
    _, limit, over = progress.time_left(Limits(cell_seconds=7))
    progress.stop(limit, over)
    assert progress.ended == Ended("time", 0, "한도(셀 하나에 7초)를 넘김", "cell_seconds")


def test_what_breaks_in_the_gate_itself_is_its_own_fault() -> None:
    """The notebook is not blamed for it."""
    with pytest.raises(RunnerError, match="Traceback of ours"):
        told(*ran(0), ("fault", "Traceback of ours"))


@pytest.mark.parametrize("by", [[], [1], [1, 2, 3], [1, "2"], ["1", 2], [None, 2], 1])
def test_a_place_that_is_not_a_cell_and_a_line_tells_nothing(by: object) -> None:
    """A notebook may write events itself: one that has not the form of an event is none."""
    line = json.loads(write_message("event", EventMessage(0, replace(FIT, by=(0, 1)))))
    assert read_message(json.dumps(line).encode())[0] == "event"
    line["event"]["event"]["by"] = by
    assert read_message(json.dumps(line).encode()) == ("", None)


def test_what_became_of_a_cell_that_did_not_run_is_known() -> None:
    """Nothing, or what it was doing when the run ended."""
    progress = told(*ran(0, "raised"))
    assert progress.run_of(2) == CellRun(2, "not reached", None, "", 0.0)
    running = told(*ran(0), ("cell", 1), ("ended", Ended("exit", 1, "exit()"))).run_of(1)
    assert replace(running, seconds=0.0) == CellRun(1, "running at the end", None, "", 0.0)


def test_runs_can_be_told_apart_in_a_set() -> None:
    """Though what a cell printed is a table, which has no hash."""
    one = CellRun(1, "ok", None, "", 0.1, ({"output_type": "stream"},))
    assert {one, replace(one), replace(one, cell=2)} == {one, replace(one, cell=2)}
