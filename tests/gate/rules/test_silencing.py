"""`fmnist-spec: ignore[rule]` in a cell silences what is found there, and tells if it is idle."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
from notebooks import LESSON, LESSON_FILE
from traces import COMPILE, FIT, swap, trace

from fmnist_spec.gate.catalogue import NEVER_SILENCED as NEVER
from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import Cell, Notebook, read_notebook
from fmnist_spec.gate.rules.silencing import silences
from fmnist_spec.gate.trace import CellError, Ended, Trace
from fmnist_spec.gate.verdict import hold

ASKED = ("loss", "epochs", "cell-raises", "run-ended", "prose-arithmetic", "unused-ignore")
WRONG = trace(*swap(FIT, replace(FIT, epochs=7, line=2)))  # cell 6, line 2


def judged(
    *cells: tuple[int, str], found: Trace = WRONG, tags: dict[int, str] | None = None, **rest: Any
) -> Result:
    """Judge a run of nine cells, of which some have these sources."""
    kinds = rest.pop("kinds", {})
    sources = dict.fromkeys(range(9), "one\ntwo\nthree") | dict(cells)
    made = tuple(
        Cell(
            *(at, kinds.get(at, "code"), source, tuple(range(1, source.count("\n") + 2))),
            frozenset({(tags or {}).get(at, "")}),
        )
        for at, source in sources.items()
    )
    evidence = Evidence(LESSON, Notebook(Path("one.ipynb"), made), found, LESSON_FILE)
    return hold([evidence], Config(**{"select": ASKED, **rest}), 0.0)


def told(result: Result) -> list[tuple[str, str, str]]:
    return [(one.rule, one.severity, one.says) for one in result.findings]


SILENT = "one\ntwo  # fmnist-spec: ignore[epochs]\nthree"
PLACES = {
    "behind the line": SILENT,
    "on a line of its own": "# fmnist-spec: ignore[epochs]\nfit()",
    "behind another comment": "one\nfit()  # 7 epochs  # fmnist-spec: ignore[epochs]",
    "with others": "# fmnist-spec: ignore[loss, epochs]\nfit()",
    "without blanks": "one\nfit()#fmnist-spec:ignore[epochs]",
    "without a colon": "one\nfit()  # fmnist-spec ignore[epochs]",
    "behind the end of the statement": "one\nfit(\n  7,\n)  # fmnist-spec: ignore[epochs]",
    "within the statement": "one\nfit(\n  # fmnist-spec: ignore[epochs]\n  7)",
    "behind the head of a loop": "one\nfor _ in (\n  1,):  # fmnist-spec: ignore[epochs]\n  fit()",
    "among magics": "%time one\nfit()  # fmnist-spec: ignore[epochs]",
    "in what is no Python": "%%time\nfit()  # fmnist-spec: ignore[epochs]",
}


@pytest.mark.parametrize("source", PLACES.values(), ids=PLACES)
def test_a_comment_silences_its_statement_or_its_cell(source: str) -> None:
    """The finding is no longer told, but kept, and the notebook passes."""
    result = judged((6, source))
    assert [one.rule for one in result.silenced] == ["epochs"]
    assert result.verdict == "pass"
    assert [one for one in told(result) if one[2] != "unused"] == []


OTHER_PLACES = {
    "another line": "one  # fmnist-spec: ignore[epochs]\nfit()",
    "another statement": "a = [\n  fit()]\nb = (\n  1)  # fmnist-spec: ignore[epochs]",
    "the body of a loop": "for _ in x:\n  fit()\n  two  # fmnist-spec: ignore[epochs]",
    "a text of Python": "one\nfit()\n'# fmnist-spec: ignore[epochs]'",
    "another word": "one\nfit()  # see fmnist-spec: ignore[epochs]",
}


@pytest.mark.parametrize("source", OTHER_PLACES.values(), ids=OTHER_PLACES)
def test_a_comment_elsewhere_silences_nothing(source: str) -> None:
    """What is found on other lines of the cell is told."""
    result = judged((6, source))
    assert (result.verdict, result.silenced) == ("fail", ())
    assert told(result)[0] == ("epochs", "error", "finding")


def test_a_comment_in_another_cell_silences_nothing() -> None:
    """It is about its own cell, and there it is told to be idle."""
    result = judged((5, "# fmnist-spec: ignore[epochs]"))
    assert told(result) == [("epochs", "error", "finding"), ("unused-ignore", "note", "unused")]
    assert "silences `epochs`, but this run found nothing" in result.findings[1].message


def in_a_file(folder: Path, form: str) -> Path:
    """Write a notebook with the three ways to silence as a course file of a form."""
    v4: Any = nbformat.v4
    tags = {"tags": ["fmnist-spec: ignore[loss]"]}
    cells = [v4.new_markdown_cell("one\n\n<!-- fmnist-spec: ignore[prose-number] -->")]
    cells += [v4.new_code_cell("one\ntwo  # fmnist-spec: ignore[epochs]")]
    cells += [v4.new_code_cell("one", metadata=tags)]
    path = folder / f"one.{form.partition(':')[0]}"
    path.write_text(jupytext.writes(v4.new_notebook(cells=cells), fmt=form), encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["ipynb", "py:percent", "py:light", "md", "md:myst"])
def test_every_form_of_a_course_file_can_silence(tmp_path: Path, form: str) -> None:
    """Jupytext keeps comments, tags, and what a page does not show."""
    found = [*silences(read_notebook(in_a_file(tmp_path, form)).cells)]
    assert [(one.cell, one.ids, one.row) for one in found] == [
        (0, ("prose-number",), 3),
        (1, ("epochs",), 2),
        (2, ("loss",), None),
    ]


@pytest.mark.parametrize("tag", ["fmnist-spec: ignore[epochs]", "fmnist-spec:ignore[loss,epochs]"])
def test_a_tag_silences_its_cell(tag: str) -> None:
    """Editors that split tags at blanks and commas can still write one."""
    result = judged(tags={6: tag})
    assert [one.rule for one in result.silenced] == ["epochs"]
    assert result.verdict == "pass"


def test_a_comment_of_html_silences_a_cell_of_text() -> None:
    """A reader of the page does not see it."""
    text = "2 x 3 = 7\n\n<!-- fmnist-spec: ignore[prose-arithmetic] -->"
    result = judged((0, text), found=trace(), kinds={0: "markdown"})
    assert [one.rule for one in result.silenced] == ["prose-arithmetic"]
    assert result.findings == ()
    bare = judged(
        (0, text.replace("<!--", "").replace("-->", "")), found=trace(), kinds={0: "markdown"}
    )
    assert told(bare) == [("prose-arithmetic", "error", "finding")], "text that is seen is a text"


IDLE = {
    "of no such rule": ("ignore[epocs]", "unknown", "the ids. Did you mean epochs?"),
    "of a rule like no other": (
        "ignore[something]",
        "unknown",
        "`fmnist-spec rules` lists the ids.",
    ),
    "of no rule": ("ignore", "blanket", "such as `ignore[prose-number]`."),
    "of an empty list": ("ignore[ , ]", "blanket", "such as `ignore[prose-number]`."),
    "of what cannot be": ("ignore[run-ended]", "never", "Remove it."),
}


@pytest.mark.parametrize(("asked", "says", "message"), IDLE.values(), ids=IDLE)
def test_what_can_silence_nothing_is_a_warning(asked: str, says: str, message: str) -> None:
    """It names the rule, and what was probably meant; there is no way to silence all."""
    result = judged((6, f"one\ntwo  # fmnist-spec: {asked}\nthree"))
    assert told(result) == [("epochs", "error", "finding"), ("unused-ignore", "warning", says)]
    found = result.findings[1]
    assert found.message.endswith(message)
    assert (found.cell, found.line_in_cell) == (6, 2)


@pytest.mark.parametrize("rule", NEVER)
def test_some_rules_cannot_be_silenced(rule: str) -> None:
    """A notebook may not say that it need not run to its end, nor hide what it changes."""
    forging = "import ctypes\nfrom tensorflow import keras\nkeras.layers.Dense(1)"
    cell = (6, f"# fmnist-spec: ignore[{rule}, los]\n{forging}")
    over = replace(WRONG, ended=Ended("time", 6, "60 s", "cell_seconds"))
    result = judged(cell, found=over, select=(*ASKED, *NEVER))
    assert {one.rule for one in result.findings} >= {*NEVER}
    assert result.silenced == ()
    assert result.verdict == "fail"


def raising(source: str, **rest: Any) -> Result:
    """Judge a run that raised in cell 5, which has this source."""
    runs = [replace(run, status="not reached") if run.cell > 5 else run for run in WRONG.cells]
    runs[5] = replace(runs[5], status="raised", error=CellError("NameError", "no", 1))
    found = trace(*swap(COMPILE, events=swap(FIT)), cells=tuple(runs))
    return judged((5, source), (7, "# fmnist-spec: ignore[epochs]"), found=found, **rest)


def test_no_comment_hides_that_a_notebook_could_not_be_checked() -> None:
    """The error of the cell is silenced; what could not be seen has not passed for that."""
    assert raising("one").verdict == "fail"
    result = raising("# fmnist-spec: ignore[cell-raises, epochs]\none")
    assert [one.rule for one in result.silenced] == ["cell-raises"]
    assert result.verdict == "error"
    assert "epochs" in result.undecided
    assert result.findings == (), "in a run that was cut short nobody knows what is idle"


def test_what_is_silenced_is_the_cause_of_nothing() -> None:
    """No finding refers to one that is not shown."""
    shown = swap(FIT, replace(FIT, epochs=7, line=2), replace(FIT, line=3, epochs=9))
    result = judged((6, SILENT), found=trace(*shown))
    assert "First correct" not in "".join(one.message for one in result.findings)


def test_rules_that_are_not_asked_are_not_idle() -> None:
    """Whoever selects a rule learns nothing about the others; nor whoever leaves this one out."""
    idle = (5, "# fmnist-spec: ignore[epochs]")
    assert told(judged(idle, select=("loss", "unused-ignore"))) == []
    assert told(judged(idle, ignore=("unused-ignore", "epochs"))) == []
    severe = judged(idle, severity={"unused-ignore": "error"}, found=trace())
    assert severe.verdict == "fail"


@pytest.mark.parametrize("full", [False, True])
def test_what_a_whole_training_would_show_is_idle_only_behind_one(full: bool) -> None:
    """Without --full a stored log is held against less, so there may be something to silence."""
    found = replace(trace(), full=full)
    result = judged(
        (5, "# fmnist-spec: ignore[stored-log]"), found=found, select=(*ASKED, "stored-log")
    )
    assert told(result) == [("unused-ignore", "note", "unused")] * full


def test_a_notebook_with_endless_comments_has_a_hundred_findings() -> None:
    """A hostile file makes no endless report."""
    source = "\n".join(f"# fmnist-spec: ignore[x{at}]" for at in range(300))
    assert len(judged((6, source)).findings) == 101


def test_every_rule_but_four_can_be_silenced() -> None:
    """The list of those that cannot names rules."""
    assert {*NEVER} < {*RULES}
