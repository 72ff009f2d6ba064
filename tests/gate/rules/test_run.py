"""What the rules on the run say of a run that ended, and of an error without a message."""

import pytest
from traces import CELLS, expect, trace

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
