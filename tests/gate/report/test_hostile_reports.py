"""Reports on a notebook that is full of commands for runners, terminals and readers."""

import contextlib
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from notebooks import LESSON
from obeyed import ATTACKS, HOSTILE, obeyed, unsafe
from traces import FIT, LIST, NETWORK, swap, trace

from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.gate.report.json import LONGEST, as_json
from fmnist_spec.gate.report.overview import Shown, in_short
from fmnist_spec.gate.report.text import (
    LINE,
    UNWRAPPED,
    as_full,
    as_text,
    excerpt,
    print_report,
)
from fmnist_spec.gate.trace import CellError, CellRun

EVERYTHING = Shown(notes=True, statistics=True)
LONG = "x" * 2_000_000


def result_of(text: str) -> Result:
    """Give a result that holds a text wherever a notebook, its files and its run can put one."""
    told = {"type": text, "why": text, "rest": text, "observed": text, "expected": text}
    path, lines = Path(text.replace("/", "") or "a"), text.count("\n") + 1
    finding = Finding("cell-raises", "error", 0, 1, "finding", told, 1, lesson_files=(path,))
    cell = Cell(0, "code", text, tuple(range(1, lines + 1)), frozenset([text]), 3)
    ran = CellRun(0, "raised", CellError(text, text, 1, text), text, 0.1)
    built = replace(LIST, network=replace(NETWORK, name=text))
    shown = trace(built, tensorflow=text, keras=text, cells=(ran,))
    title = replace(LESSON, title=text, data=replace(LESSON.data, title=text, sample=False))
    told = {"lesson": title, "lesson_files": (str(path), "b.toml")}
    return Result(path, "fail", 1.0, (finding,), Notebook(path, (cell,)), shown, **told)


def printed(results: list[Result], width: int) -> str:
    return as_full(results, results[0].lesson_files, EVERYTHING, width)


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("columns", [9, 60, 100, UNWRAPPED])
def test_no_attack_reaches_a_log(text: str, columns: int) -> None:
    """However narrow it is, where columns are broken within words."""
    one = result_of(text)
    report = printed([one, replace(one, verdict="error", reason=text)], columns)
    assert not [*obeyed(report)]
    assert not unsafe(report)


@example(f"{'x' * 15}::error::x" * 9, 20)
@given(HOSTILE, st.sampled_from([4, 20, 33, 100, UNWRAPPED]))
def test_no_text_reaches_a_log(text: str, columns: int) -> None:
    """The report, and what pytest is given of a finding."""
    one = result_of(text)
    whole = printed([one, replace(one, reason=text)], columns)
    for shown in (whole, as_text(one.findings[0], one), in_short(one.findings[0])):
        assert not [*obeyed(shown)], shown
        assert not unsafe(shown)


@given(HOSTILE)
def test_a_name_adds_no_line(text: str) -> None:
    """A report has as many lines whatever a file, a version or a reason is named."""
    lines = []
    for named in (text, "a"):
        path = Path(named.replace("/", "") or "a")
        shown = trace(tensorflow=named)
        one = Result(path, "error", trace=shown, reason=named, lesson_files=(str(path),))
        lines.append(printed([one], UNWRAPPED).count("\n"))
    assert lines[0] == lines[1]


def values(document: Any) -> Any:
    """Give all texts in a document."""
    if isinstance(document, dict):
        return [one for value in document.values() for one in values(value)]
    if isinstance(document, list):
        return [one for value in document for one in values(value)]
    return [document] if isinstance(document, str) else []


@given(HOSTILE)
def test_json_says_the_same_and_commands_nothing(text: str) -> None:
    """A program reads the values as they are; a log of it is no command."""
    one = result_of(text)
    written = as_json(one.lesson, one.lesson_files, [replace(one, reason=text)])
    assert not [*obeyed(written)]
    assert not unsafe(written)
    (read,) = json.loads(written)["notebooks"]
    assert read["path"] == str(one.path)
    assert read["reason"] == text
    assert read["findings"][0]["message"] == one.findings[0].message
    assert read["observed"]["cells"][0]["error"]["message"] == text


def test_a_line_of_two_megabytes_is_cut() -> None:
    """In an excerpt with a mark; and so are the values, the message, and all texts in JSON."""
    one = result_of(LONG)
    assert len(as_text(one.findings[0], one)) < 25_000
    (line,) = excerpt(LONG, 1).split("\n")
    assert len(line) <= LINE + 2
    assert "characters left out)…" in line
    written = as_json(one.lesson, one.lesson_files, [replace(one, reason=LONG)])
    assert max(map(len, values(json.loads(written)))) <= LONGEST
    assert len(written) < 30 * LONGEST


def test_an_excerpt_keeps_lines_and_slices() -> None:
    """Korean, emoji, tabs and slices stay; no line begins with a command."""
    source = "# 훈련 👩🏽‍💻\n\tx = y[::2]\n::error::z"
    assert excerpt(source, 2) == "  # 훈련 👩🏽‍💻\n> \tx = y[::2]\n  \\x3a:error::z"


def test_a_terminal_gets_no_colour_but_ours() -> None:
    """Rich's markup and names of emoji are text; escapes of a notebook are shown."""
    one = result_of("[red]x[/] :bomb: \x1b]0;t\x07")
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as out:
        patch.setenv("FORCE_COLOR", "1")
        print_report([one], one.lesson_files)
    shown = out.getvalue()
    assert "[red]x[/] :bomb: \\x1b]0;t\\x07" in shown
    assert "\x1b]" not in shown


def test_a_loss_that_is_no_number_is_null_in_json() -> None:
    """A training may diverge, and a forged one be without measure: strict readers know neither."""
    broken = replace(FIT, history={"loss": (float("nan"), float("inf"), 0.5)})
    one = replace(result_of("x"), trace=trace(*swap(FIT, broken)))
    events = json.loads(as_json(one.lesson, one.lesson_files, [one]), parse_constant=pytest.fail)[
        "notebooks"
    ][0]["observed"]["events"]
    assert events[-1]["history"] == {"loss": [None, None, 0.5]}, events[-1]
