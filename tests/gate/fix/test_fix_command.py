"""`check --fix` and `check --diff` from the command line: what they print, write and return."""

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


def test_the_diff_is_shown_first_and_then_the_file_is_corrected(file: Path, capsys: Capsys) -> None:
    """The diff writes nothing and exits with 1; after --fix the notebook passes."""
    before = file.read_bytes()
    assert run("--diff", "--output-file", "json=a.json") == 1
    shown = capsys.readouterr()
    title, changes = "07_2.ipynb: cell 12", [line[:1] for line in shown.out.splitlines()]
    assert shown.out.startswith(f"--- {title}\n+++ {title}\n@@ ")
    assert (changes.count("-"), changes.count("+"), RIGHT in shown.out) == (2, 2, True)
    assert shown.err == "--fix would correct 1 finding in 1 notebook.\n"
    assert file.read_bytes() == before
    assert json.loads(Path("a.json").read_text())["notebooks"][0]["verdict"] == "fail"
    assert run("--fix", "--output-file", "json=a.json") == 0
    assert file.read_bytes() == NOTEBOOK.read_bytes()
    line = "  corrected  prose-arithmetic  cell 12, line 3: 785 → 784\n"
    assert line in capsys.readouterr().out
    (fixed,) = json.loads(Path("a.json").read_text())["notebooks"][0]["fixes"]
    assert (fixed["rule"], fixed["became"], fixed["refused"]) == (
        *("prose-arithmetic", "785 → 784", ""),
    )
    assert {one.name for one in file.parent.iterdir()} == {"07_2.ipynb", "a.json"}
