"""What rules offer to correct in code, text and numbering: edits, and where none is offered."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from notebooks import as_cells
from traces import CELLS, COMPILE, EVENTS, judge_trace, swap, trace

from fmnist_spec.gate.finding import Edit
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.rules.calls import metrics_in_a_list
from fmnist_spec.gate.rules.inputs import WARNING
from fmnist_spec.gate.trace import CellRun


def applied(cells: Sequence[Cell], edits: Iterable[Edit]) -> list[str]:
    """Give the sources of cells after edits, which must stand where they say."""
    sources = [cell.source for cell in cells]
    for one in sorted(edits, key=lambda one: one.start, reverse=True):
        source = sources[one.cell]
        assert source[one.start : one.end] == one.old
        sources[one.cell] = source[: one.start] + one.new + source[one.end :]
    return sources


METRICS = {
    "in one line": ("model.compile(loss='a', metrics='accuracy')", 1, "['accuracy']"),
    "over lines": ("model.compile(\n    loss='a',\n    metrics='accuracy',\n)", 2, "['accuracy']"),
    "of three arguments": ("m.compile('adam', 'mse', 'accuracy')", 1, "['accuracy']"),
    "behind Korean": ("모델, 손실 = m, '손실'\n모델.compile(손실, metrics='acc')", 2, "['acc']"),
    "below a magic": ("%matplotlib inline\nm.compile(metrics='acc')", 2, "['acc']"),
    "in parts": ("m.compile(metrics='acc' 'uracy')", 1, "['acc' 'uracy']"),
}


@pytest.mark.parametrize(("source", "line", "new"), METRICS.values(), ids=METRICS)
def test_a_string_for_metrics_is_put_into_a_list(source: str, line: int, new: str) -> None:
    """However the call is written."""
    (cell,) = as_cells(source)
    (edit,) = metrics_in_a_list(cell, line)
    assert applied([cell], [edit]) == [source.replace(new[1:-1], new)]


NOT_CLEAR = {
    "a variable": ("m.compile(metrics=names)", 1),
    "a list": ("m.compile(metrics=['acc'])", 1),
    "another line": ("m.compile(metrics='acc')\npass", 2),
    "two calls in a line": ("a.compile(metrics='acc'); b.compile(metrics='acc')", 1),
    "no call": ("settings = {'metrics': 'acc'}\nm.compile(**settings)", 2),
    "no Python": ("m.compile(metrics='acc'", 1),
    "lines that Python counts otherwise": ("a = 1\rm.compile(metrics='acc')", 1),
    "no line": ("m.compile(metrics='acc')", None),
    "pieces on several lines": ("m.compile(metrics=(  # 'acc'\n  'accu'\n  'racy'))", 1),
}


@pytest.mark.parametrize(("source", "line"), NOT_CLEAR.values(), ids=NOT_CLEAR)
def test_where_a_string_is_not_clear_nothing_is_offered(source: str, line: int | None) -> None:
    """Somebody may mean something by it."""
    (cell,) = as_cells(source)
    assert not metrics_in_a_list(cell, line)


def test_the_rule_on_metrics_offers_it() -> None:
    """In the cell and the line of the compile() that the run showed."""
    source = "model.compile(metrics='accuracy')"
    cells = [*CELLS[:5], replace(CELLS[5], source=source), *CELLS[6:]]
    events = swap(COMPILE, replace(COMPILE, metrics_as_string=True), events=EVENTS)
    (found,) = judge_trace(trace(*events), cells, ids=["metrics-string"])
    assert applied(cells, found.edits)[5] == source.replace("'accuracy'", "['accuracy']")


def shaped(*sources: str, warns: bool = True) -> tuple[list[Cell], Any]:
    """Judge sources of which Keras warned."""
    cells, text = as_cells(*sources), f"UserWarning: Do not pass an {WARNING} to a layer."
    stderr = {"output_type": "stream", "name": "stderr", "text": text if warns else "Careful!"}
    runs = [CellRun(cell.index, "ok", None, "", 0.1) for cell in cells]
    runs[0] = replace(runs[0], outputs=(stderr,))
    return cells, judge_trace(trace(cells=tuple(runs)), cells, ids=["input-shape"])


DENSE, PLAIN = "keras.layers.Dense(9, input_shape=(784,))", "keras.layers.Dense(9)"
INPUT = "keras.Input(shape=(784,))"
SHAPES: dict[str, tuple[list[str], list[str]]] = {
    "a list": (
        [f"m = keras.Sequential([{DENSE}, b])"],
        [f"m = keras.Sequential([{INPUT}, {PLAIN}, b])"],
    ),
    "a list of lines": (
        [f"m = keras.Sequential([\n    {DENSE},\n    b,\n])"],
        [f"m = keras.Sequential([\n    {INPUT},\n    {PLAIN},\n    b,\n])"],
    ),
    "a name": (
        [f"a = {DENSE}", "m = keras.Sequential([a, b])"],
        [f"a = {PLAIN}", f"m = keras.Sequential([{INPUT}, a, b])"],
    ),
    "add": (
        [f"m = keras.Sequential()\nm.add({DENSE})\nm.add(b)"],
        [f"m = keras.Sequential()\nm.add({INPUT})\nm.add({PLAIN})\nm.add(b)"],
    ),
    "a name that is added": (
        [f"a = {DENSE}", "m = keras.Sequential()\nm.add(a)"],
        [f"a = {PLAIN}", f"m = keras.Sequential()\nm.add({INPUT})\nm.add(a)"],
    ),
    "input_dim": (
        ["m = tf.keras.Sequential([tf.keras.layers.Dense(9, input_dim=784)])"],
        ["m = tf.keras.Sequential([tf.keras.Input(shape=(784,)), tf.keras.layers.Dense(9)])"],
    ),
    "the first argument": (
        ["m = keras.Sequential([layers.Flatten(input_shape=(28, 28), name='a')])"],
        ["m = keras.Sequential([layers.Input(shape=(28, 28)), layers.Flatten(name='a')])"],
    ),
    "its only argument": (
        ["m = keras.Sequential([layers.Flatten(input_shape=x.shape[1:])])"],
        ["m = keras.Sequential([layers.Input(shape=x.shape[1:]), layers.Flatten()])"],
    ),
    "a name that is imported": (
        ["from keras.layers import Dense, Input", "m = Sequential([Dense(9, input_shape=(784,))])"],
        [
            "from keras.layers import Dense, Input",
            "m = Sequential([Input(shape=(784,)), Dense(9)])",
        ],
    ),
    "in a function": (
        [f"def build():\n    return keras.Sequential([{DENSE}])"],
        [f"def build():\n    return keras.Sequential([{INPUT}, {PLAIN}])"],
    ),
}


@pytest.mark.parametrize(("sources", "wanted"), SHAPES.values(), ids=SHAPES)
def test_a_shape_in_a_layer_becomes_an_input_before_it(
    sources: list[str], wanted: list[str]
) -> None:
    """As the notebook calls its layers, and as it breaks its lines."""
    cells, (found,) = shaped(*sources)
    assert applied(cells, found.edits) == wanted


LEFT = {
    "a layer that is not the first": [f"m = keras.Sequential([b, {DENSE}])"],
    "an Input that is there": [f"m = keras.Sequential()\nm.add(x)\nm.add({DENSE})"],
    "a name that is used twice": [f"a = {DENSE}", "m = S([a])", "n = S([a])"],
    "a name that is set twice": [f"a = {DENSE}", "a = 1", "m = keras.Sequential([a])"],
    "a name in a cell that is no Python": [f"a = {DENSE}", "Sequential([a])", "print a"],
    "no Sequential": [f"m = Other([{DENSE}])"],
    "a layer that is called": [f"y = {DENSE}(x)"],
    "no name for Input": ["m = Sequential([Dense(9, input_shape=(784,))])"],
    "a comment between arguments": [
        "m = keras.Sequential([keras.layers.Dense(9,  # of the hidden layer\n input_shape=(784,))])"
    ],
}


@pytest.mark.parametrize("sources", LEFT.values(), ids=LEFT)
def test_where_it_is_not_clear_where_the_input_belongs_nothing_is_offered(
    sources: list[str],
) -> None:
    """The note stays, for its author."""
    _, (found,) = shaped(*sources)
    assert (found.rule, found.severity, found.edits) == ("input-shape", "note", ())


def test_without_the_warning_of_keras_a_shape_in_a_layer_is_fine() -> None:
    """Before Keras 3 it was the usual way."""
    assert shaped(f"m = keras.Sequential([{DENSE}])", warns=False)[1] == ()


def counted(*numbers: int | None) -> list[Cell]:
    """Give cells with numbers, each with the value of its last line."""
    return [
        replace(cell, execution_count=number, outputs=({"execution_count": number},))
        for cell, number in zip(CELLS, numbers, strict=False)
    ]


@pytest.mark.parametrize("numbers", [(7, 3, None, 4), (1, 2, None, 9), (2, 1, None, 1)], ids=str)
def test_cells_are_counted_anew_with_their_values(numbers: tuple[int | None, ...]) -> None:
    """From 1, as after a restart; a cell without a number gets none."""
    cells = counted(*numbers)
    (found,) = judge_trace(trace(), cells, ids=["numbering"])
    now = {(at, of): number for at, number in enumerate(numbers) for of in (False, True)}
    for one in found.edits:
        place = one.cell, one.of[0] == "outputs"
        assert one.old == str(now[place])
        now[place] = int(one.new)
    assert [*now.values()] == [1, 1, 2, 2, None, None, 3, 3]
