"""What the rules on the run say of a run that ended, and of an error without a message."""

from dataclasses import replace

import pytest
from traces import CELLS, LOADED, expect, trace

from fmnist_spec.gate.trace import CellError, CellRun, Ended

BELOW = "The cells below did not run"


@pytest.mark.parametrize("last", [2, 8], ids=["cells below", "the last cell"])
def test_cells_below_are_told_only_where_there_are_some(last: int) -> None:
    """Nobody looks for cells below the last one."""
    runs = [
        run if run.cell <= last else CellRun(run.cell, "not reached", None, "", 0)
        for run in trace().cells
    ]
    found = trace(cells=tuple(runs), ended=Ended("time", last, "60 s", "cell_seconds"))
    (one,) = expect(found, "run-ended", cell=last)
    assert (BELOW in one.message) == (last != 8), one.message


def test_where_a_run_ended_only_the_cell_is_known() -> None:
    """No line of it is named: it may have been any."""
    (one,) = expect(trace(ended=Ended("time", 2, "60 s", "cell_seconds")), "run-ended", cell=2)
    assert one.line_in_cell is None
    assert one.line == CELLS[2].lines[0], "an editor opens the file at the cell"


@pytest.mark.parametrize(
    ("message", "told"), [("", "SystemExit"), ("0", "SystemExit: 0"), ("a: ", "SystemExit: a:")]
)
def test_an_error_without_a_message_has_no_colon(message: str, told: str) -> None:
    """The kind alone says it."""
    runs = list(trace().cells)
    runs[8] = CellRun(8, "raised", CellError("SystemExit", message, 1), "", 0.1)
    expect(trace(cells=tuple(runs)), "cell-raises", observed=told)


MESSAGES = {  # what a message's lines are, and which of them is shown
    "a plain one": ("no such thing", "no such thing"),
    "a heading": ("Layer has weights:\n\n  kernel", "Layer has weights: kernel"),
    "a layer that was called": (
        "Exception encountered when calling Dense.\n\nbad shape",
        "bad shape",
    ),
    "TensorFlow's own frames": (
        'in user code:\n\n  File "x.py"\n  ValueError: bad shape',
        "bad shape",
    ),
    "a long one": ("a" * 400, "a" * 300),
    "a long one at its end": ("in user code:\n" + "a" * 400, "a" * 300),
    "colours": ("\x1b[31mred\x1b[0m", "red"),
    "nothing that tells": ("Node: 'x'", "Node: 'x'"),
}


@pytest.mark.parametrize(("message", "shown"), MESSAGES.values(), ids=MESSAGES)
def test_of_an_error_the_line_that_tells_most_is_shown(message: str, shown: str) -> None:
    """TensorFlow writes a page of frames around it."""
    runs = list(trace().cells)
    runs[8] = CellRun(8, "raised", CellError("ValueError", message, 1), "", 0.1)
    expect(trace(cells=tuple(runs)), "cell-raises", observed=f"ValueError: {shown}")


def test_a_name_that_the_next_cell_defines_is_told_with_its_place() -> None:
    """The cells were run in another order; a text that has the name defines nothing."""
    cells = list(CELLS)
    cells[3] = replace(cells[3], type="markdown", source="units = 100")
    cells[4] = replace(cells[4], source="units = 100")
    runs = list(trace().cells)
    runs[3] = CellRun(
        3, "raised", CellError("NameError", "name 'units' is not defined", 1), "", 0.1
    )
    (found,) = expect(trace(cells=tuple(runs)), "cell-raises", cells=cells)
    assert cells[4].place() in found.message, found.message


ANSWERS = {
    "a name that nothing defines": ("NameError", "name 'unitz' is not defined"),
    "a package that is not there": ("ModuleNotFoundError", "No module named 'nothing'"),
    "a name that a package lacks": ("ImportError", "cannot import name 'a' from 'b' (b.py)"),
    "an import that fails otherwise": ("ImportError", "DLL load failed"),
    "an assertion": ("AssertionError", ""),
    "a name that Keras does not know": (
        *("ValueError", "Could not interpret optimizer identifier: adm"),
    ),
    "one that Keras 2 does not know": ("ValueError", "Unknown optimizer: adm"),
    "anything else": ("ValueError", "no"),
}


@pytest.mark.parametrize(("kind", "message"), ANSWERS.values(), ids=ANSWERS)
def test_each_error_has_its_answer(kind: str, message: str) -> None:
    """It stands in said.txt: what a reader can do about it."""
    runs = list(trace().cells)
    runs[0] = CellRun(0, "raised", CellError(kind, message, 1), "", 0.1)
    (found,) = expect(trace(LOADED, cells=tuple(runs)), "cell-raises")
    assert found.message.startswith(f"This cell raises {kind}."), found.message


def test_the_limit_of_a_training_is_told_as_one() -> None:
    """Another setting of pyproject.toml is meant than for an endless loop."""
    ended = [Ended("time", 2, "60 s", limit) for limit in ("training_seconds", "cell_seconds")]
    found = [expect(trace(ended=one), "run-ended", cell=2)[0] for one in ended]
    assert [one.says for one in found] == ["training", "time"]
