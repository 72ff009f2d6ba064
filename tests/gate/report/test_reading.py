"""What people read: widths, notes, what fails, totals, and a finding's name from run to run."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from notebooks import LESSON
from rich.cells import cell_len
from three import run_of_three

from fmnist_spec import language
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.report.formats import FORMATS, Run
from fmnist_spec.gate.report.overview import Shown, run_table
from fmnist_spec.gate.report.text import as_full, print_report


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return run_of_three(tmp_path)


def full(run: Run, width: int | None = None, **shown: bool) -> str:
    widths = {} if width is None else {"width": width}
    return as_full(run.results, run.lesson_files, Shown(**shown), **widths)


def sentences(run: Run) -> Iterator[str]:
    return (one.message for result in run.results for one in result.findings)


def test_a_pipe_gets_a_paragraph_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever width a shell has exported, and no line is filled up with blanks."""
    monkeypatch.setenv("COLUMNS", "40")
    print_report(run.results, run.lesson_files, Shown(notes=True))
    lines = capsys.readouterr().out.split("\n")
    assert {f"  {one}" for one in sentences(run)} <= {*lines}
    assert not [one for one in lines if one != one.rstrip()]


@pytest.mark.parametrize("spoken", language.LANGUAGES)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_terminal_gets_lines_as_wide_as_it_is(
    run: Run, monkeypatch: pytest.MonkeyPatch, width: int, spoken: str
) -> None:
    """A Korean letter takes two columns. Only a path or a line of code may be longer."""
    monkeypatch.setenv(language.ASKED, spoken)
    lines = full(run, width, notes=True, statistics=True).split("\n")
    long = [one for one in lines if cell_len(one) > width]
    assert not [one for one in long if ".ipynb" not in one and not one.startswith("    ")]
    assert max(map(cell_len, lines)) > width - 25, "the lines are filled"


def test_notes_are_counted_and_shown_on_request(run: Run) -> None:
    """The count says how to see them."""
    usual, verbose = full(run), full(run, notes=True)
    assert "stored-none" not in usual
    assert usual.endswith("2 notes (shown with --verbose).")
    assert verbose.count("note stored-none") == 2
    assert verbose.endswith("1 warning, 2 notes.")


def test_quiet_shows_what_fails_and_the_count(run: Run) -> None:
    """No notebook that passes, no warning, no table, nothing above."""
    lines = full(run, quiet=True).split("\n")
    assert lines[0] == "FAIL  chapters/07_2 신경망.ipynb  4.2 s"
    titles = [one.split()[:2] for one in lines if one.startswith(("  error", "  warning", "  n"))]
    assert titles == [["error", "prose-arithmetic"], ["error", "network"]]
    assert lines[-2].startswith("ERROR  chapters/07_3.ipynb: line 1")
    assert lines[-1].startswith("3 notebooks: 1 pass, 1 fail, 1 could not be checked.")


def test_the_table_has_the_worst_first(run: Run) -> None:
    """Without a verdict, then failed by the errors; one notebook alone needs no table."""
    passed, failed, _ = run.results
    worse = replace(failed, path=Path("z.ipynb"), findings=failed.findings * 2)
    skipped = Result(Path("s.ipynb"), "skipped", reason="it has no Dense layer")
    lines = [line.split() for line in run_table([*run.results, skipped, worse])]
    assert lines[0] == ["verdict", "errors", "warnings", "seconds", "notebook"]
    assert [one[:4] for one in lines[1:]] == [
        ["ERROR", "0", "0", "0.0"],
        ["FAIL", "4", "2", "4.2"],
        ["FAIL", "2", "1", "4.2"],
        ["PASS", "0", "0", "4.2"],
    ]
    assert [*run_table([passed, skipped])] == []


def test_statistics_count_the_findings_of_each_rule(run: Run) -> None:
    """The most frequent first, with the notebooks; they are part of short reports, too."""
    told = replace(run, shown=Shown(statistics=True))
    for name in ("full", "concise"):
        lines = FORMATS[name](told).split("\n")
        at = lines.index("findings  notebooks  severity  rule")
        assert lines[at + 1].split() == ["2", "2", "note", "stored-none"]
        assert ["1", "1", "error", "readable"] in [one.split() for one in lines[at + 2 : at + 6]]


@pytest.mark.parametrize("shown", [{}, {"quiet": True}, {"notes": True}], ids=str)
@pytest.mark.parametrize("last", range(4))
def test_one_blank_line_stands_before_each_table(
    run: Run, last: int, shown: dict[str, bool]
) -> None:
    """Whatever stands above: a verdict, a finding, rules that are not checked, or a count."""
    skipped = Result(Path("s.ipynb"), "skipped", reason="it has no Dense layer")
    undecided = replace(run.results[0], undecided=("loss",))
    several = [[*run.results[:1]], [*run.results], [*run.results[1::-1], skipped], [undecided]]
    text = "\n\n" + full(replace(run, results=several[last]), statistics=True, **shown)
    assert "\n\nfindings  notebooks  severity  rule\n" in text
    assert "\n\n\n" not in text[2:]
    if last in (1, 2) and "quiet" not in shown:
        assert "\n\nverdict  errors  warnings  seconds  notebook\n" in text


def test_a_run_that_ends_early_says_once_that_nothing_was_checked(run: Run) -> None:
    """So say all formats for people that are no table."""
    for name in ("full", "concise", "github", "html"):
        written = FORMATS[name](replace(run, results=[]))
        assert written.count("No notebook was checked.") == 1, name


def fingerprints(result: Result) -> dict[str, str]:
    document = json.loads(FORMATS["gitlab"](Run(LESSON, ("a.toml",), [result])))
    return {one["check_name"]: one["fingerprint"] for one in document}


def test_a_finding_keeps_its_fingerprint(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells above it, the language and measured values change nothing; the marked line does."""
    faulty = run.results[1]
    assert isinstance(faulty.notebook, Notebook)
    cells, first = faulty.notebook.cells, fingerprints(faulty)
    below = (cells[0], *(replace(one, index=one.index + 1) for one in cells))
    moved = [
        replace(one, cell=one.cell and one.cell + 1, line=one.line and one.line + 9)
        for one in faulty.findings
        if one.cell != 0
    ]
    notebook = replace(faulty.notebook, cells=below)
    monkeypatch.setenv(language.ASKED, "ko")
    later = fingerprints(replace(faulty, notebook=notebook, findings=tuple(moved)))
    assert later == {rule: one for rule, one in first.items() if rule in later}
    assert len(later) == 3
    edited = replace(cells[4], source="network = None")
    notebook = replace(faulty.notebook, cells=(*cells[:4], edited, *cells[5:]))
    assert fingerprints(replace(faulty, notebook=notebook))["network"] != first["network"]
