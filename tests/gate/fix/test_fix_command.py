"""`check --fix` from the command line: what it prints, writes and returns."""

import json
from pathlib import Path

import pytest

from fmnist_spec import cli
from fmnist_spec.gate.notebook import NOTEBOOK

Capsys = pytest.CaptureFixture[str]
WRONG, RIGHT = "785 x 100 + 100", "784 x 100 + 100"


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a notebook with a false equation, in a folder of its own, outside of CI."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    file = tmp_path / "07_2.ipynb"
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert RIGHT in text
    file.write_text(text.replace(RIGHT, WRONG), encoding="utf-8")
    return file


def run(*arguments: str) -> int:
    return cli.main(["check", "07_2.ipynb", "--sample", *arguments])


@pytest.mark.parametrize("value", ["true", "1", "yes"])
def test_in_ci_files_are_not_changed(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys, value: str
) -> None:
    """It says so before anything is run, and how to insist."""
    monkeypatch.setenv("CI", value)
    before = file.read_bytes()
    assert run("--fix") == cli.USAGE
    told = capsys.readouterr()
    assert (told.out, file.read_bytes()) == ("", before)
    assert "write `CI= fmnist-spec check --fix`" in told.err


def test_the_file_is_corrected_and_the_report_is_of_what_remains(
    file: Path, capsys: Capsys
) -> None:
    """Each correction has a line, and the exit code is that of the notebook as it is now."""
    assert run("--fix", "--output-file", "json=a.json") == 0
    assert file.read_bytes() == NOTEBOOK.read_bytes()
    report = capsys.readouterr().out
    assert "  corrected  prose-arithmetic  cell 12, line 3: 785 → 784\n" in report
    assert "1 pass. Findings: 1 note (shown with --verbose). 1 finding corrected.\n" in report
    (fixed,) = json.loads(Path("a.json").read_text())["notebooks"][0]["fixes"]
    told = fixed["rule"], fixed["cell_number"], fixed["became"], fixed["refused"]
    assert told == ("prose-arithmetic", 12, "785 → 784", "")
    assert {one.name for one in file.parent.iterdir()} == {"07_2.ipynb", "a.json"}


def test_what_has_no_verdict_is_named_where_only_changes_are_shown(capsys: Capsys) -> None:
    """The exit code would else be 2 for no reason that anybody could see."""
    assert cli.main(["check", "absent.ipynb", "--diff"]) == cli.USAGE
    told = capsys.readouterr()
    assert told.out == ""
    assert "absent.ipynb: path: no such file or folder." in told.err
    assert told.err.endswith("--fix would change nothing.\n")


@pytest.mark.parametrize(
    ("option", "value"),
    [("--diff", "true"), ("--fix", ""), ("--fix", "0"), ("--fix", "false"), ("--fix", "FALSE")],
)
def test_where_nothing_is_of_a_lesson_there_is_nothing_to_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, value: str
) -> None:
    """A hook must not refuse a commit of other files, nor take for CI what says that it is none."""
    monkeypatch.setenv("CI", value)
    (tmp_path / "setup.py").write_text("import os\n")
    assert cli.main(["check", option, "--as-found", "setup.py"]) == 0
