"""Results as text for people and as JSON for programs, without running anything."""

import json
from dataclasses import replace
from pathlib import Path

import notebooks
import pytest
from notebooks import LESSON
from told import told
from traces import FIT, judge_trace, swap, trace

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.confine.sandbox import NEEDED
from fmnist_spec.gate.finding import Result, exit_code
from fmnist_spec.gate.notebook import Notebook, read_notebook
from fmnist_spec.gate.report.json import as_json
from fmnist_spec.gate.report.overview import Shown
from fmnist_spec.gate.report.text import WIDTH, as_full, as_text, excerpt, print_report

Capsys = pytest.CaptureFixture[str]
FILE = "lessons/lesson.toml"
FILES = (FILE,)
BROKEN = Result(Path("bad.ipynb"), "error", reason="bad.ipynb: line 1: not complete JSON.")


@pytest.fixture
def failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Give the result of a notebook in the current folder that trains too long."""
    monkeypatch.chdir(tmp_path)
    parts = notebooks.build({"fit": ["epochs=5", "epochs=7"]})
    notebook = read_notebook(notebooks.write(tmp_path / "long.ipynb", parts))
    assert isinstance(notebook, Notebook)
    shown = trace(*swap(FIT, replace(FIT, cell=11, epochs=7)), isolation=("landlock",))
    findings = judge_trace(shown, notebook.cells, ids=RULES.keys() - {"source-differs"})
    return Result(notebook.path, "fail", 1.5, findings, notebook, shown)


def test_a_finding_is_shown_with_its_line(failed: Result, capsys: Capsys) -> None:
    """The text marks the line, sets the lesson's value beside the run's, and counts."""
    print_report([failed, BROKEN], FILES)
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == f"Lesson: {FILE}", "the report names the lesson file that it used"
    assert "  error epochs  cell 12, line 1  long.ipynb:129" in lines
    assert "    > history = model.fit(train_scaled, train_target, epochs=7, verbose=0)" in lines
    assert lines[lines.index("    the lesson says: 5") + 1] == "    the notebook has: 7"
    assert "ERROR  bad.ipynb: line 1: not complete JSON." in lines
    count = "2 notebooks: 1 fail, 1 could not be checked. Findings: 1 error, 1 note"
    assert lines[-1] == f"{count} (shown with --verbose)."


def test_no_line_ends_in_blanks(failed: Result, capsys: Capsys) -> None:
    """In a file or a log, lines are not filled up to the width of a terminal."""
    print_report([failed, BROKEN], FILES)
    finding = as_text(failed.findings[0], failed)
    lines = [*capsys.readouterr().out.split("\n"), *finding.split("\n")]
    assert [line for line in lines if line.endswith(" ")] == []


def test_no_text_steers_the_terminal(failed: Result, capsys: Capsys) -> None:
    """Colours of an error's text are taken off, and control signs are shown as escapes."""
    told = {**failed.findings[0].values, "observed": "\x1b[31mred\x1b[0m \x1b]0;title\x07"}
    finding = replace(failed.findings[0], values=told)
    print_report([replace(failed, findings=(finding,))], FILES)
    out = capsys.readouterr().out
    assert "red \\x1b]0;title\\x07" in out
    assert "\x1b" not in out


def test_a_sentence_is_wrapped(failed: Result) -> None:
    """A message is as wide as the report, not one line of any length."""
    whole = failed.findings[0].message
    lines = as_text(failed.findings[0], failed).split("\n")[1:]
    assert len(whole) > WIDTH, "this test needs a message that is longer than a line"
    assert max(map(len, lines)) <= WIDTH
    assert whole in " ".join(line.strip() for line in lines)


def test_a_path_is_never_broken(failed: Result, capsys: Capsys) -> None:
    """One that is longer than a line can still be copied from the sentence that names it."""
    file = Path("courses", *["a-long-name"] * 9, "lesson.toml")
    long = replace(failed.findings[0], lesson_files=(file,))
    print_report([replace(failed, findings=(long,))], FILES)
    assert str(file) in capsys.readouterr().out


def test_the_sample_is_told(capsys: Capsys) -> None:
    """A run on the shipped sample says so once, in text and in JSON."""
    results = [Result(Path("a.ipynb"), "pass", trace=trace(sample_only=True))] * 2
    print_report(results, FILES)
    assert capsys.readouterr().out.count("the small sample of the data, repeated") == 1
    assert json.loads(as_json(LESSON, FILES, results))["sample_only"] is True


def test_the_document_has_the_keys_of_the_contract(failed: Result) -> None:
    """Programs find the verdicts, the findings and what was observed under fixed keys."""
    document = json.loads(as_json(LESSON, FILES, [failed, BROKEN]))
    one, other = document["notebooks"]
    assert (document["tensorflow"], document["isolation"]) == ("2.21.0", ["landlock"])
    assert (document["lesson"], document["lesson_file"]) == (LESSON.title, FILE)
    keys = "path verdict reason seconds findings silenced undecided unasked fixes observed"
    assert " ".join(one) == f"{keys} lesson_file lesson_files"
    assert one["path"] == "long.ipynb", "a path is named from where the command was run"
    assert one["observed"]["events"][-1]["epochs"] == 7
    assert (other["verdict"], other["observed"]) == ("error", {})
    assert other["findings"][0]["message"] == BROKEN.reason


def test_a_finding_as_plain_text_has_no_colours(failed: Result) -> None:
    """What goes into another report holds no control characters."""
    assert "\x1b" not in as_text(failed.findings[0], failed)


def test_a_failing_test_of_the_gate_shows_the_report(failed: Result) -> None:
    """What assertions say of a notebook is what its author would read, or why there is nothing."""
    report = " ".join(as_full([failed], FILES, Shown(notes=True), width=WIDTH).split())
    _, verdict, *findings = (" ".join(part.split()) for part in told(failed).split("\n\n"))
    assert verdict in report
    assert len(findings) == 2
    assert all(finding in report for finding in findings)
    assert told(BROKEN).split() == ["ERROR", *BROKEN.reason.split()]


def test_what_is_silenced_is_counted(failed: Result, capsys: Capsys) -> None:
    """The text names its rules and its number, and the JSON has it whole, apart from the rest."""
    silent = replace(failed, verdict="pass", findings=(), silenced=failed.findings)
    print_report([silent, BROKEN], FILES)
    said = " ".join(capsys.readouterr().out.split())
    assert " 2 findings silenced in the notebook: epochs, stored-none " in said
    assert said.endswith("Findings: none. 2 findings silenced.")
    one, _ = json.loads(as_json(LESSON, FILES, [silent, BROKEN]))["notebooks"]
    told, _ = json.loads(as_json(LESSON, FILES, [failed, BROKEN]))["notebooks"]
    assert (one["findings"], one["silenced"]) == ([], told["findings"])


def test_errors_are_counted_before_notes(failed: Result, capsys: Capsys) -> None:
    """In whatever order the notebooks have them."""
    note = replace(failed, verdict="pass", findings=failed.findings[-1:])
    print_report([note, failed], FILES)
    assert "Findings: 1 error, 2 notes (" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("marked", "shown"),
    [(1, "> a\n  b\n  c"), (4, "  b\n  c\n> d"), (None, "  a\n  b\n  c")],
    ids=["first", "last", "none"],
)
def test_an_excerpt_stays_inside_its_cell(marked: int | None, shown: str) -> None:
    """The lines around the marked one end at the cell's first and last; none may be marked."""
    assert excerpt("a\nb\nc\nd", marked) == shown


def test_the_worst_verdict_decides_the_exit_code(failed: Result) -> None:
    """One notebook that could not be checked outweighs those that fail or pass."""
    passed = Result(Path("a.ipynb"), "pass")
    assert [exit_code(one) for one in ([passed], [passed, failed], [failed, BROKEN])] == [0, 1, 2]


LACKING = {
    "nothing": (NEEDED, "Keras 3.15.1; notebooks fully isolated"),
    "one measure": (
        NEEDED[1:],
        "partly isolated: without seccomp, a harmful notebook can",
    ),
    "all": ((), "change the computer; without resource limits, a notebook can use up the memory"),
}


@pytest.mark.parametrize(("reached", "words"), LACKING.values(), ids=LACKING)
def test_the_report_says_how_far_notebooks_were_confined(
    capsys: Capsys, reached: tuple[str, ...], words: str
) -> None:
    """In words, with what it means where something is lacking."""
    print_report([Result(Path("a.ipynb"), "pass", trace=trace(isolation=reached))], FILES)
    assert words in " ".join(capsys.readouterr().out.split())


def test_without_a_notebook_that_was_judged_nothing_passes() -> None:
    """Skipped notebooks have no say in the exit code, and alone they are 2."""
    skipped = Result(Path("one.ipynb"), "skipped", reason="of no lesson")
    passed = Result(Path("two.ipynb"), "pass")
    assert [exit_code(one) for one in ([], [skipped], [skipped, passed])] == [2, 2, 0]


def test_findings_that_nobody_would_read_are_counted(failed: Result, capsys: Capsys) -> None:
    """Two hundred of a notebook are printed, and how many there are beyond them."""
    for number, said in ((205, "  5 more findings are left out"), (200, "")):
        print_report([replace(failed, findings=failed.findings[:1] * number)], ("lesson.toml",))
        printed = capsys.readouterr().out
        assert said in printed
        assert ("left out" in printed) == bool(said)


def test_the_document_tells_the_images_of_a_validation(failed: Result) -> None:
    """They are in the lesson's words, like those that were trained on."""
    held_back = replace(FIT.images, labels=12_000)
    run = trace(*swap(FIT, replace(FIT, validation=held_back)))
    document = json.loads(as_json(LESSON, ("lesson.toml",), [replace(failed, trace=run)]))
    (fit,) = (
        one for one in document["notebooks"][0]["observed"]["events"] if one["event"] == "Fitted"
    )
    assert fit["validation"]["labels"] == 12_000
    assert fit["validation"].keys() == fit["images"].keys()
