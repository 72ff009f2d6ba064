"""Which corrections are tried, and what speaks against one: judged without running anything."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from traces import CELLS, trace

from fmnist_spec.gate.finding import Edit, Finding, Fix, Result
from fmnist_spec.gate.fix.fixing import _Mending, _offered, _why_not
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.report.common import fixes
from fmnist_spec.gate.report.text import as_full
from fmnist_spec.gate.trace import CellError, CellRun


def found(rule: str, cell: int = 1, *edits: Edit, **changes: Any) -> Finding:
    """Make a finding of a cell, which edits would correct."""
    severity = changes.pop("severity", "error")
    return Finding(rule, severity, cell, None, "finding", edits=edits, **changes)


def result(*findings: Finding, raised: int | None = None) -> Result:
    """Make a result of findings, of a run that may have stopped at a cell."""
    runs = [CellRun(cell.index, "ok", None, "", 0.1) for cell in CELLS]
    if raised is not None:
        runs[raised] = replace(runs[raised], status="raised", error=CellError("E", "", 1))
    notebook = Notebook(Path("a.ipynb"), CELLS)
    observed = trace(cells=tuple(runs))
    return Result(notebook.path, "fail", 1.0, findings, notebook, observed)


ONE, OTHER = Edit(1, 0, "one", "1"), Edit(1, 4, "two", "2")
METRICS, SUMMARY = found("metrics-string", 1, ONE), found("stored-summary", 2, Edit(2, 0, "o", "p"))
NUMBERING = found("numbering", 0, Edit(0, 0, "7", "1", ("execution_count",)), severity="note")


def offered(*findings: Finding, refused: Sequence[Finding] = ()) -> list[str]:
    return [one.rule for one in _offered(findings, refused)]


def test_all_that_do_not_meet_are_corrected_at_once() -> None:
    """Two findings with the same edit are one correction of both."""
    again = found("cell-raises", 1, ONE)
    apart = found("prose-arithmetic", 1, OTHER)
    assert offered(METRICS, again, apart) == ["metrics-string", "cell-raises", "prose-arithmetic"]


def test_of_two_that_meet_the_first_is_corrected() -> None:
    """The other one is found again, and corrected then."""
    within = found("prose-arithmetic", 1, Edit(1, 1, "n", "m"))
    before = found("input-shape", 1, Edit(1, 0, "", "x"))
    assert offered(METRICS, within) == offered(METRICS, before) == ["metrics-string"]


def test_a_finding_that_may_follow_from_another_waits_for_that() -> None:
    """Its author may change the code, and then another summary is right."""
    assert offered(replace(SUMMARY, follows="First correct that."), METRICS) == ["metrics-string"]


def test_cells_are_not_counted_anew_beside_an_output_of_another_run() -> None:
    """The numbers would say that all is of one run."""
    assert offered(SUMMARY, NUMBERING) == ["stored-summary", "numbering"]
    for stale in (found("stored-log", 3), replace(SUMMARY, follows="Wait.")):
        assert "numbering" not in offered(stale, NUMBERING)
    assert "numbering" not in offered(SUMMARY, NUMBERING, refused=[SUMMARY])
    assert offered(found("stored-none", 3, severity="note"), NUMBERING) == ["numbering"]


class OnlyNumbers(_Mending):
    """Finds that corrections of stored outputs do not hold."""

    def _try(self, tried: Sequence[Finding]) -> str:
        return "" if [one.rule for one in tried] == ["numbering"] else "it stays"


def test_what_had_to_wait_for_a_correction_waits_once_that_is_refused() -> None:
    """The old output is stored as before: no new number may say that it is of this run."""
    mending: Any = OnlyNumbers(None, None, result(SUMMARY, NUMBERING))  # type: ignore[arg-type]
    assert not mending.round()
    assert [one.finding.rule for one in mending.refused] == ["stored-summary"]
    alone: Any = OnlyNumbers(None, None, result(NUMBERING))  # type: ignore[arg-type]
    assert alone.round()


def test_what_was_refused_is_not_tried_again() -> None:
    """It would be refused again."""
    assert offered(METRICS, SUMMARY, refused=[METRICS]) == ["stored-summary"]


def test_nothing_speaks_against_a_correction_by_which_its_finding_is_gone() -> None:
    """Whatever else was found, and is still."""
    other = found("epochs", 6)
    assert _why_not(result(METRICS, other), result(other), [METRICS]) == ""


def test_a_correction_by_which_its_finding_stays_is_refused() -> None:
    """Also where one of two alike is gone."""
    for before, after in ([METRICS], [METRICS]), ([METRICS, METRICS], [METRICS]):
        assert _why_not(result(*before), result(*after), before) == "the finding would stay"


@pytest.mark.parametrize("place", [0, 1, 7])
def test_a_correction_that_leads_to_another_finding_is_refused(place: int) -> None:
    """Wherever that is."""
    new = result(found("epochs", place))
    why = "it would lead to another finding: `epochs`"
    assert _why_not(result(METRICS), new, [METRICS]) == why
    assert _why_not(result(METRICS, raised=place + 1), new, [METRICS]) == why


def test_where_a_cell_is_meant_to_raise_the_run_goes_on() -> None:
    """So what is found behind it was not there before."""
    before, later = result(METRICS, raised=3), result(found("epochs", 6))
    meant = replace(CELLS[3], tags=frozenset({"raises-exception"}))
    cells = (*CELLS[:3], meant, *CELLS[4:])
    before = replace(before, notebook=Notebook(before.path, cells))
    assert "`epochs`" in _why_not(before, later, [METRICS])


@pytest.mark.parametrize("place", [3, 4, None])
def test_what_lies_behind_the_end_of_a_run_is_new_to_both(place: int | None) -> None:
    """The run stopped at cell 3, so nobody knew of it."""
    later = replace(found("epochs"), cell=place)
    assert _why_not(result(METRICS, raised=3), result(later), [METRICS]) == ""


def test_a_correction_after_which_nothing_can_be_judged_is_refused() -> None:
    """With the reason for that."""
    broken = Result(Path("a.ipynb"), "error", reason="a.ipynb: it was killed")
    assert _why_not(result(METRICS), broken, [METRICS]) == "a.ipynb: it was killed"


def test_the_report_says_what_became_of_each() -> None:
    """In a line for each, with the words that were written; harmless, whatever they are."""
    odd = found("prose-arithmetic", 1, Edit(1, 0, "7\x1b[2J", "8"), line_in_cell=2)
    several = found("numbering", 1, ONE, OTHER)
    told = replace(result(), fixes=(Fix(odd), Fix(several), Fix(METRICS, "it would stay")))
    lines = [
        "corrected  prose-arithmetic  cell 2, line 2: 7 → 8",
        "corrected  numbering  cell 2: The cells are numbered from 1, unless an output is stored "
        "that is not of such a run.",
        "not corrected  metrics-string  cell 2: one → 1: it would stay",
    ]
    assert [*fixes(told)] == lines
    report = as_full([told], ["lesson.toml"])
    assert "\n".join(f"  {line}" for line in lines) in report
    assert report.endswith("Findings: none. 2 findings corrected.")
