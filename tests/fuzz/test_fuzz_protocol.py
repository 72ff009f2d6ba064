"""What a notebook's process tells is read as a stranger's word, and judged if it has its form."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fuzzing import RANDOM, STRANGE, broken_bytes, fuzz, strange_value
from hypothesis import strategies as st
from notebooks import LESSON
from traces import CELLS, EVENTS, FIT, IMAGES, LIST, trace

from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.events import Evaluated, LeftOut, Predicted, Refused
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.observe.calls import EventMessage
from fmnist_spec.gate.report.json import as_json
from fmnist_spec.gate.run.process import RunnerError
from fmnist_spec.gate.run.progress import RunProgress
from fmnist_spec.gate.run.protocol import KINDS, Start, read_message, write_message
from fmnist_spec.gate.trace import CellError, CellRun, Ended
from fmnist_spec.gate.verdict import judge_run

MORE_EVENTS = (
    replace(FIT, validation=IMAGES, earlier_fits=1, batch_size=32, callbacks=("EarlyStopping",)),
    Evaluated(7, 1, 2, IMAGES, (0.35, 0.87), 32, 375),
    Predicted(8, 1, 2, IMAGES, (12000, 10)),
    Refused(8, 1, "write", "open notes.txt"),
    LeftOut(8, 1, "!pip install x", "shell", "pip", ("x",), 0),
    replace(LIST, cell=8, model=3),
)
TOLD = [EventMessage(at, event) for at, event in enumerate((*EVENTS, *MORE_EVENTS))]
ERROR = CellError("NameError", "name 'x' is not defined", 1, "y")
OUTPUT = {"output_type": "stream", "name": "stdout", "text": "(48000, 784)\n"}
RUNS = [CellRun(cell.index, "ok", None, "", 0.1, (OUTPUT,)) for cell in CELLS]
RUNS += [CellRun(8, "raised", ERROR, "", 0.1), CellRun(8, "unavailable", None, "cv2", 0.1)]
RAN = [write_message("ran", one) for one in RUNS[: len(CELLS)]]
START = write_message("start", Start("2.21.0", "3.15.1", ("landlock",)))
EVENT_LINES = [write_message("event", one) for one in TOLD]
LINES = [START, *EVENT_LINES, *(write_message("ran", one) for one in RUNS)]
LINES += [write_message("ended", Ended("exit", 8, "exit()")), write_message("done", True)]
LINES += [write_message(kind, 1) for kind in ("cell", "training", "exit", "fault", "job", "")]
LINES += [b"", b"\n", b" \n", b"{}", b"[]", b'{"cell": 1, "done": true}', b"[" * 5000, b"null"]
NAMES = [*KINDS, "type", "cell", "index", "event"]
ANY = st.recursive(
    st.sampled_from(STRANGE) | st.sampled_from([*KINDS, "Fitted", "DataLoaded"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=10,
)


def written(value: Any) -> bytes:
    """Write a value as a line of the protocol; what Python cannot write, as one that is none."""
    try:
        return json.dumps(value).encode() + b"\n"
    except (ValueError, RecursionError):
        return b"-\n"


def taken(lines: Iterable[bytes]) -> RunProgress:
    """Take in lines: only a fault of the gate's own that they tell of may raise."""
    progress = RunProgress()
    for line in lines:
        kind, _ = read_message(line)
        assert kind in (*KINDS, "")
        try:
            progress.take(line)
        except RunnerError:
            return progress
    return progress


@fuzz(st.sampled_from(LINES), RANDOM, times=40)
def test_a_broken_line_tells_nothing_or_what_has_its_form(line: bytes, random: Random) -> None:
    """Bytes that are other ones, missing, doubled or moved."""
    taken([START, written({"cell": 8}), broken_bytes(line, random)])


@fuzz(ANY, times=20)
def test_a_line_of_any_value_is_read(value: Any) -> None:
    """Whatever JSON can say: tables of tables, half signs, numbers that are none."""
    named = [written({name: value}) for name in NAMES]
    for line in (written(value), *named):
        taken([line])
        taken([START, line])


@fuzz(st.lists(st.sampled_from(LINES), max_size=20), RANDOM, times=10)
def test_lines_in_any_order_are_taken_and_judged(lines: list[bytes], random: Random) -> None:
    """What begins twice, ends before it begins, or goes on after its end."""
    told = [broken_bytes(line, random) if random.random() < 0.2 else line for line in lines]
    report(taken([START, *told]), full=True)


@fuzz(st.lists(st.sampled_from(EVENT_LINES), max_size=3), RANDOM, times=5)
def test_events_of_any_values_are_judged(more: list[bytes], random: Random) -> None:
    """A notebook may write events itself: with their form and other values, they are judged."""
    told = [json.loads(line) for line in [*EVENT_LINES, *more]]
    for at in random.sample(range(len(told)), random.choice((1, 3, len(told)))):
        told[at]["event"]["event"] = strange_value(told[at]["event"]["event"], random)
    events = [line for line in map(written, told) if read_message(line)[0]]
    cells = [one for at in range(len(CELLS)) for one in (written({"cell": at}), RAN[at])]
    end = [write_message("done", True), write_message("exit", 0)]
    report(taken([START, *cells[:-1], *events, cells[-1], *end]), full=random.random() < 0.5)


@pytest.mark.parametrize("value", [2**64, -(2**64), 10**400])
def test_a_number_of_no_computer_tells_nothing(value: int) -> None:
    """Such a number is no float, and a division by it raises: no rule has to think of it."""
    assert read_message(written({"cell": value})) == ("", None)
    assert read_message(written({"ran": {**vars(RUNS[0]), "seconds": value}})) == ("", None)


def report(progress: RunProgress, full: bool) -> None:
    """Judge a run that told so much, and write the document."""
    progress.end("", CELLS)
    runs = tuple(progress.run_of(cell.index) for cell in CELLS)
    told = {"events": progress.told_events(), "cells": runs, "ended": progress.ended}
    run = replace(trace(), **told, full=full)
    cells = tuple(replace(cell, outputs=(OUTPUT,)) for cell in CELLS)
    notebook = Notebook(Path("one.ipynb"), cells, unnamed=full)
    result = judge_run(notebook, run, {"lesson.toml": LESSON}, Config(), 0.0)
    assert json.loads(as_json(LESSON, ("lesson.toml",), [result]))["notebooks"]
