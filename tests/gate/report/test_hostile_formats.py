"""A notebook full of commands, formulas and marks is harmless in each format's own terms."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from junitparser import JUnitXml
from obeyed import ATTACKS, HOSTILE, obeyed, unsafe
from test_hostile_reports import result_of
from test_report_formats import SARIF, SCHEMA, cells, commands, jsonschema

from fmnist_spec.files import relative
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.report import github
from fmnist_spec.gate.report.formats import FORMATS, Run
from fmnist_spec.gate.report.overview import one_line, told
from fmnist_spec.harmless import harmless, in_code, in_markdown

SIGNS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=HYPERLINK(1)",
    "|",
    "\\",
    "\\|",
    "`",
    "``",
    "<img src=x>",
]
SIGNS += [
    "[a](http://b)",
    "![a](b)",
    "@octocat",
    "#1",
    "www.a.com",
    "a@b.com",
    "$x$",
    "~~x~~",
    "&lt;",
]
SIGNS += [
    "%0A::error::x",
    "%25",
    "a,b:c",
    "<!--",
    "]]>",
    "&amp;",
    "\ufffe",
    "'",
    '"',
    "\t",
    "\uff1d1",
]
TEXTS = st.lists(st.sampled_from(SIGNS) | HOSTILE, max_size=5).map("".join)


def run_of(text: str) -> Run:
    """Let a notebook be judged, another one not, both of them full of a text."""
    one = result_of(text)
    unread = Result(one.path, "error", reason=f"{relative(one.path)}: {text}")
    return Run(one.lesson, one.lesson_files, [one, unread])


@pytest.mark.parametrize(
    "name", sorted(FORMATS.keys() - {"github", "html"})
)  # which have their own
@pytest.mark.parametrize("text", [*ATTACKS.values(), *SIGNS])
def test_no_attack_reaches_a_log_in_any_format(name: str, text: str) -> None:
    """No runner obeys a line, and no terminal is steered."""
    written = FORMATS[name](run_of(text))
    assert not [*obeyed(written)], written
    assert not unsafe(written)


@given(TEXTS)
def test_github_obeys_our_commands_only(text: str) -> None:
    """Each of them has the values that were found, whatever signs these hold."""
    run = run_of(text)
    written = FORMATS["github"](run)
    read = [*commands(written)]
    found = [one for result in run.results for one in told(result)]
    assert [name for name, _, _ in read] == ["error"] * len(found)
    assert len([*obeyed(written)]) == len(found)
    assert not unsafe(written)
    for (_, values, message), one in zip(read, found, strict=True):
        assert {*values} == {"file", "line", "title"}
        assert message.split("\n")[0] == one.message


@given(TEXTS)
def test_documents_of_programs_stay_valid(text: str) -> None:
    """JSON, SARIF and JUnit are read by their readers, and hold the message."""
    run = run_of(text)
    jsonschema.validate(json.loads(FORMATS["json"](run)), SCHEMA)
    sarif = json.loads(FORMATS["sarif"](run))
    jsonschema.Draft7Validator(SARIF).validate(sarif)
    messages = [one["message"]["text"] for one in sarif["runs"][0]["results"]]
    assert sorted(messages) == sorted(one.message for i in run.results for one in told(i))
    first, second = JUnitXml.fromstring(FORMATS["junit"](run).encode())
    (case,), (unread,) = first, second
    assert (case.is_failure, unread.is_error) == (True, True)
    assert harmless(one_line(run.results[1].reason)) == unread.result[0].message


@example("=cmd|' /C calc'!A0")
@example("\uff1d1+1")
@given(TEXTS)
def test_no_cell_is_a_formula(text: str) -> None:
    """Also of a file that is named as one; the name still leads to the file."""
    rows = [*csv.reader(io.StringIO(FORMATS["csv"](run_of(text))))]
    assert [len(one) for one in rows] == [5, 5, 5]
    assert not [
        one for row in rows for one in row if one.startswith((*"=+-@\uff1d\uff0b\uff0d\uff20\t\r",))
    ]
    assert Path(rows[1][0]) == Path(harmless(result_of(text).path))


def visible(text: str) -> str:
    """Give what a reader sees of code in the place of signs that code cannot hold."""
    return text.replace("|", "\\x7c").replace("`", "\\x60")


@example("a\\|b `x` <b> @me")
@given(TEXTS)
def test_markdown_shows_a_text_and_nothing_else(text: str) -> None:
    """No column, link, mention, picture, HTML or formula is made of it."""
    line = harmless(one_line(text)) or "x"
    table = f"| a | b |\n| --- | --- |\n| {in_markdown(line)} | {in_code(line)} |"
    (head, row) = cells(table)
    assert head == ["a", "b"]
    assert visible(row[0]) == visible(line).strip()
    assert row[1].strip() == visible(line).strip()


def test_the_summary_is_a_table_of_what_was_found() -> None:
    """Of a notebook full of marks, too."""
    for text in SIGNS:
        summary = github.as_summary(run_of(text).results)
        notebooks, findings = summary.split("\n\n")[1:]
        assert [len(row) for row in cells(notebooks)] == [5, 5, 5]
        assert [len(row) for row in cells(findings)] == [4, 4, 4]


def many(number: int) -> Run:
    """Give a run with so many errors in one notebook."""
    one = result_of("x")
    return Run(one.lesson, one.lesson_files, [replace(one, findings=one.findings * number)])


def test_what_github_would_drop_is_a_plain_line() -> None:
    """Ten annotations of a kind are shown of a step; the log has the rest."""
    lines = FORMATS["github"](many(13)).split("\n")
    assert [one.startswith("::error ") for one in lines] == [True] * 10 + [False] * 4
    assert lines[10].startswith("x:1: In [3] cell 1: error cell-raises: ")


def test_a_summary_that_is_too_long_says_what_is_left_out() -> None:
    """GitHub refuses more than a mebibyte whole."""
    summary = github.as_summary(many(30_000).results)
    assert github.MOST_BYTES - 2 * github.LAST < len(summary.encode()) <= github.MOST_BYTES
    rows, left = summary.rstrip().rsplit("\n\n", 1)
    assert left.endswith("lines more did not fit in here: the log has all findings.")
    shown = rows.count("`cell-raises` |") - 1  # one of them in the table of notebooks
    assert int(left.split()[0]) == 30_000 - shown


def test_a_summary_stands_behind_what_the_step_has_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is there already takes room; a file that cannot be written changes no verdict."""
    file = tmp_path / "summary.md"
    file.write_text("before\n" * 149_000)  # 1,043,000 bytes of 1,048,576
    monkeypatch.setenv(github.SUMMARY, str(file))
    github.add_summary(many(100).results)
    text = file.read_text("utf-8")
    assert text.startswith("before\n")
    assert "| `x` | FAIL | 100 | 0 |" in text
    assert file.stat().st_size <= github.MOST_BYTES
    monkeypatch.setenv(github.SUMMARY, str(tmp_path))
    github.add_summary(many(1).results)
    assert capsys.readouterr().err == "fmnist-spec: GITHUB_STEP_SUMMARY: Is a directory\n"
