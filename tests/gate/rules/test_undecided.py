"""A rule that found nothing, and did not see what it looks at, has not passed: it is undecided."""

from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from notebooks import LESSON
from traces import (
    ADD,
    CELLS,
    COMPILE,
    EVENTS,
    FIT,
    LIST,
    LOADED,
    NAMED_LIST,
    SPLIT,
    SUMMARY,
    expect,
    swap,
    trace,
)

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.events import Event
from fmnist_spec.gate.evidence import DECIDED, Evidence
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.gate.trace import CellError, CellRun, Ended, Trace
from fmnist_spec.gate.verdict import judge, undecided

OF_THE_FILE = {"numbering", "not-run", "outputs-read", "prose-arithmetic", "prose-number"}
OF_THE_FILE |= {
    "stored-error",
    "stored-none",
    "run-ended",
    "cell-raises",
    "not-installed",
    "colab",
    "stored-accuracy",
    "unused-ignore",
    "skipped-code",
    "bidirectional-unicode",
}
OF_STORED = {"stored-summary", "stored-log", "stored-value"}  # this notebook stores nothing
OF_OTHER_CELLS = {"retrained", "never-fitted", "metrics-string", "input-shape", "refused"}
OF_OTHER_CELLS |= {"source-differs", "tampering"}
OF_STYLES = {"style-list", "style-named", "style-add", "network", "names", "summary"}
OF_TRAINING = {*RULES} - OF_THE_FILE - OF_STORED - OF_OTHER_CELLS - OF_STYLES - {"data-set"}
SOURCES = [
    ("sns.countplot(x=train_target)", "error"),
    ("keras.utils.plot_model(model, 'a.png', show_shapes=True)", "error"),
    ("model = keras.Sequential([a, b])", "warning"),
    ("sns.set()\nmodel.fit(x, y)", "warning"),
]


def stopped(at: int, *events: Event) -> Trace:
    """Give a run that raised in a cell."""
    runs = [replace(run, status="not reached") if run.cell > at else run for run in trace().cells]
    runs[at] = CellRun(at, "raised", CellError("NameError", "no", 1), "", 0.1)
    return trace(*events, cells=tuple(runs))


def lacking(at: int, *events: Event) -> Trace:
    """Give a run in which a cell wanted a package that is not installed."""
    runs = list(trace().cells)
    runs[at] = CellRun(at, "unavailable", None, "seaborn is not installed", 0.1)
    return trace(*events, cells=tuple(runs))


def left(found: Trace, cells: tuple[Cell, ...] = CELLS) -> set[str]:
    """Name the rules that a run leaves undecided."""
    evidence = Evidence(LESSON, Notebook(Path("one.ipynb"), cells), found)
    return {*undecided(evidence, RULES, judge(evidence))}


BEFORE = (LOADED, SPLIT, LIST, NAMED_LIST, SUMMARY)
STOPPED: dict[str, tuple[Trace, set[str]]] = {
    "in its first cell": (
        stopped(0, Event(0, 1)),
        {"data-set", *OF_STYLES, *OF_TRAINING, *OF_OTHER_CELLS},
    ),
    "between the styles": (
        stopped(4, *BEFORE),
        {"style-add", "network", *OF_TRAINING, *OF_OTHER_CELLS},
    ),
    "before the training": (
        stopped(5, *BEFORE, ADD),
        {"network", *OF_TRAINING, *OF_OTHER_CELLS},
    ),
    "after the training": (stopped(7, *EVENTS), OF_OTHER_CELLS),
    "by its end": (
        trace(*BEFORE, ADD, ended=Ended("time", 5, "60 s")),
        {"network", *OF_TRAINING, *OF_OTHER_CELLS},
    ),
    "by nothing": (trace(), set()),
}


@pytest.mark.parametrize(("found", "expected"), STOPPED.values(), ids=STOPPED)
def test_what_a_run_did_not_reach_is_undecided(found: Trace, expected: set[str]) -> None:
    """And no more than that: what was seen before is judged."""
    assert left(found) == expected


LACKING: dict[str, tuple[Trace, set[str]]] = {
    "a plot": (lacking(1, *EVENTS), set()),
    "the add style": (
        lacking(4, *swap(ADD, events=swap(COMPILE, events=swap(FIT)))),
        {"style-add", "network", *OF_TRAINING},
    ),
    "the training": (lacking(6, *swap(FIT)), {"network", *OF_TRAINING}),
    "the summary": (lacking(3, *swap(SUMMARY)), {"summary"}),
    "the data": (lacking(0, *EVENTS[1:]), {"data-set"}),
}


@pytest.mark.parametrize(("found", "expected"), LACKING.values(), ids=LACKING)
def test_a_cell_that_lacks_something_leaves_open_only_what_it_would_have_shown(
    found: Trace, expected: set[str]
) -> None:
    """A plot with a package that is not installed leaves nothing of the lesson open."""
    assert left(found) == expected
    expect(found)


def storing(cell: Cell, text: str) -> Cell:
    output = nbformat.v4.new_output("stream", text=text)
    return replace(cell, outputs=(output,))


RAN_OUT = trace(
    cells=(
        *trace().cells[:7],
        replace(trace().cells[7], status="running at the end"),
        replace(trace().cells[8], status="not reached"),
    ),
    ended=Ended("time", 7, "60 s"),
)
LOG = "Epoch 1/5\n1500/1500 - 2s - loss: 0.6 - accuracy: 0.80\n"


@pytest.mark.parametrize(
    ("at", "text", "found", "expected"),
    [
        (8, LOG, lacking(8, *EVENTS), {"stored-log"}),
        (8, "<Axes: >\n", lacking(8, *EVENTS), set()),
        (6, LOG, lacking(8, *EVENTS), set()),
        (8, "<Axes: >\n", stopped(7, *EVENTS), OF_STORED | OF_OTHER_CELLS),
        (7, "<Axes: >\n", stopped(7, *EVENTS), OF_STORED | OF_OTHER_CELLS),
        (7, "<Axes: >\n", RAN_OUT, OF_STORED | OF_OTHER_CELLS),
        (5, "<Axes: >\n", stopped(7, *EVENTS), OF_OTHER_CELLS),
        (8, " \n", stopped(7, *EVENTS), OF_OTHER_CELLS),
    ],
    ids=[
        *("log lacking", "plot lacking", "another cell", "not reached", "raised", "ran out"),
        *("reached", "nothing but blanks"),
    ],
)
def test_stored_outputs_of_cells_that_were_not_run_are_undecided(
    at: int, text: str, found: Trace, expected: set[str]
) -> None:
    """Where a cell lacks something, only what a rule reads there counts."""
    cells = tuple(storing(cell, text) if cell.index == at else cell for cell in CELLS)
    assert left(found, cells) == expected


@pytest.mark.parametrize(("source", "severity"), SOURCES)
def test_a_number_in_the_text_is_sure_unless_a_cell_had_more_to_show(
    source: str, severity: str
) -> None:
    """A plot that was not drawn says nothing of neurons; a model that was not built might."""
    text = Cell(0, "markdown", "The hidden layer has 64 neurons.", (1,))
    cells = (text, replace(CELLS[1], source=source), *CELLS[2:])
    evidence = Evidence(LESSON, Notebook(Path("one.ipynb"), cells), lacking(1, *EVENTS))
    (one,) = judge(evidence, ("prose-number",))
    assert one.severity == severity


def test_only_rules_that_are_asked_for_are_undecided() -> None:
    """In the order of the catalogue; one that found something has decided itself."""
    found = stopped(0, Event(0, 1))
    evidence = Evidence(LESSON, Notebook(Path("one.ipynb"), CELLS), found)
    asked = ("epochs", "split", "cell-raises", "numbering")
    assert undecided(evidence, asked, judge(evidence, asked)) == ("split", "epochs")
    assert DECIDED.keys() == RULES.keys()
