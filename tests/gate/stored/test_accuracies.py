"""An accuracy that a text states beside a cell is near one that the cell stores."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from notebooks import read_toml
from output_cases import LOG_2, RAW, shown, stream
from told import told_of
from traces import CELLS, EVENTS, images, judge_trace, trace

from fmnist_spec.gate.events import Evaluated
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.trace import NOT_RUN

RESULT = [shown(text_plain="[0.35684970021247864, 0.8694999814033508]")]
STORED = {
    "validation": RESULT,
    "test": RESULT,
    "train": RESULT,
    "whole": RESULT,
    "numbers": [stream("best: 0.9123\n55%, 71.5 %\n"), *RESULT],
    "validated": [stream(RAW["tf2.16"])],
    "log": [stream(LOG_2)],
    "printed": [stream("정확도: 0.8695\n")],
    "lower": [stream("정확도: 0.8550\n")],
    "line": [stream("375/375 [======] - 1s 2ms/step - loss: 0.3530 - accuracy: 0.8733\n")],
    "other": RESULT,
    "perfect": [shown(text_plain="[0.0012, 1.0]")],
    "more": [shown(text_plain="[0.35684970021247864, 0.8694999814033508, 1.5]")],
    "nothing": [],
}
SHAPES = {"validation": 12000, "test": 10000, "train": 48000, "whole": 60000}
SHAPES |= {"other": 12000, "line": 12000, "perfect": 12000, "more": 12000}
FILE = read_toml(Path(__file__).with_name("accuracies.toml"))


def _cases(kind: str) -> Iterator[tuple[str, str, str]]:
    """Give where each sentence stands, what the cell stores, and the sentence."""
    for group in FILE[kind]:
        stored = group.get("stored", "validation")
        for where in ("comment", "before", "after"):
            yield from ((where, stored, text) for text in group.get(where, ()))


def judge(where: str, stored: str, text: str) -> tuple[tuple[Finding, ...], tuple[Cell, ...]]:
    """Judge a text at a cell, number 6 of the fit or number 7, which evaluates."""
    at = 6 if stored in ("log", "validated") else 7
    cells = list(CELLS)
    source = f"model.call(x)  # {text}" if where == "comment" else "model.call(x)"
    cells[at] = replace(cells[at], source=source, outputs=tuple(STORED[stored]))
    if where != "comment":
        beside = at - 1 if where == "before" else at + 1
        cells[beside] = replace(cells[beside], type="markdown", source=text)
    events = list(EVENTS)
    if stored in SHAPES:
        name = "validation" if stored in ("line", "perfect", "more") else stored
        part = images(name, shape=(SHAPES[stored], 784))
        events.append(Evaluated(7, 1, 2, part, (0.9, 0.6)))
    return judge_trace(trace(*events), cells, ids=["stored-accuracy"]), tuple(cells)


def test_an_accuracy_that_is_not_stored_is_told(hold) -> None:
    """It is a warning at the sentence, quotes it, and names what is stored."""
    said = []
    for where, stored, text in _cases("warning"):
        found, cells = judge(where, stored, text)
        told = [(one.rule, one.severity) for one in found]
        assert told == [("stored-accuracy", "warning")], told_of(found, cells)
        said.append(f"{stored}, {where}: {text} | {found[0].observed} | {found[0].expected}")
    hold(Path(__file__).with_name("said-accuracies.txt"), said)


@pytest.mark.parametrize(("where", "stored", "text"), [*_cases("silent")])
def test_what_may_be_right_is_not_told(where: str, stored: str, text: str) -> None:
    """A rounded accuracy is right; of other images, models and losses nothing is known."""
    found, cells = judge(where, stored, text)
    assert not found, told_of(found, cells)


def test_a_text_between_two_cells_may_be_of_either() -> None:
    """It is right if either of them stores what it says."""
    cells = [*CELLS]
    cells[6] = replace(cells[6], outputs=(stream(LOG_2),))
    cells[7] = replace(cells[7], type="markdown", source="정확도는 0.8598이다.")
    assert judge_trace(trace(), cells, ids=["stored-accuracy"]), "the log has no such accuracy"
    cells[8] = replace(cells[8], outputs=(shown(text_plain="[0.3912, 0.8598]"),))
    assert not judge_trace(trace(), cells, ids=["stored-accuracy"]), "the evaluation has it"


def test_a_text_beside_nothing_hides_no_later_one() -> None:
    """Each is judged by the cells that it stands beside."""
    cells = [*CELLS]
    cells[6] = replace(cells[6], outputs=(stream(LOG_2),))
    for at in (3, 7):
        cells[at] = replace(cells[at], type="markdown", source="정확도는 0.9126이다.")
    (found,) = judge_trace(trace(), cells, ids=["stored-accuracy"])
    assert found.cell == 7


def test_a_text_further_away_is_not_judged() -> None:
    """Between the cell and the text stands another cell, which the text may speak of."""
    cells = [*CELLS]
    cells[6] = replace(cells[6], outputs=(stream(LOG_2),))
    cells[8] = replace(cells[8], type="markdown", source="정확도는 0.8126이다.")
    assert not judge_trace(trace(), cells, ids=["stored-accuracy"])


def test_without_a_run_nothing_else_is_told() -> None:
    """Of which images an evaluation is only a run shows; then a text of these is left alone."""
    number = 0
    for where, stored, text in (*_cases("warning"), *_cases("silent")):
        ran, cells = judge(where, stored, text)
        found = judge_trace(NOT_RUN, cells, ids=["stored-accuracy"])
        places = {(one.cell, one.line) for one in ran}
        assert {(one.cell, one.line) for one in found} <= places, told_of(found, cells)
        number += bool(found)
    assert number > 10, "hardly a wrong accuracy is found without a run"
