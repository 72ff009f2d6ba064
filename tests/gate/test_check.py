"""The gate's commands: what they print, what they write, and their exit codes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import notebooks
import pytest
from sampling import few

from fmnist_spec import cli
from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.notebook import NOTEBOOK

BAD = {"half.ipynb": b'{"cells": [', "empty.ipynb": b"", "binary.ipynb": bytes(range(256))}
BROKEN = {
    "half a table": "[tool.fmnist_spec",
    "unknown key": "[tool.fmnist_spec]\nselct = []",
    "no time": "[tool.fmnist_spec]\ncell_seconds = 0",
    "too much time": "[tool.fmnist_spec]\nnotebook_seconds = 10000000000",
    "nested too deeply": "a = " + "[" * 5000,
}
Capsys = pytest.CaptureFixture[str]


def run(*arguments: str | Path) -> int:
    return cli.main([str(one) for one in arguments])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test a folder of its own, with no settings above it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_batch_is_told_as_json(folder: Path, capsys: Capsys) -> None:
    """All verdicts are one JSON document; neither a bad file nor half a sign hides another."""
    notebooks.write(folder / "a.ipynb")
    notebooks.write(folder / "b.ipynb", notebooks.build({"fit": ["epochs=5", "epochs=7"]}))
    half = notebooks.build({"load": "raise ValueError('\\ud800')"})
    notebooks.write(folder / "c.ipynb", half)
    (folder / "d.ipynb").write_text("{")
    arguments = ("--format", "json", "--lesson", notebooks.LESSON_FILE, "--jobs", "2")
    assert run("check", *arguments, folder, "missing.ipynb") == 2
    document = json.loads(capsys.readouterr().out)
    assert document["tensorflow"]
    found = [(Path(one["path"]).name, one["verdict"]) for one in document["notebooks"]]
    verdicts = {"a": "pass", "b": "fail", "c": "fail", "d": "error", "missing": "error"}
    assert found == [(f"{name}.ipynb", told) for name, told in verdicts.items()]
    found = document["notebooks"][1]["findings"]
    finding, note = (one for one in found if one["rule"] != "input-shape")  # Keras 3 warns of it
    assert " ".join(finding) == (
        "rule severity cell cell_number execution_count line line_in_cell "
        "message expected observed lesson_files"
    )
    assert (finding["rule"], finding["cell"], finding["observed"]) == ("epochs", 11, "7")
    assert (note["rule"], note["severity"], note["cell"]) == ("stored-none", "note", None)
    assert "\ud800" in document["notebooks"][2]["findings"][0]["observed"]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_check_leaves_nothing_behind(folder: Path, ending: signal.Signals) -> None:
    """It reports what is finished, says so in one line, and its folder is gone."""
    (folder / "half.ipynb").write_text("{")
    notebooks.write(folder / "b.ipynb", {"load": "pass"})
    notebooks.write(folder / "a.ipynb", {"load": "open('started', 'w').close()\nwhile True: pass"})
    names = ("half.ipynb", "a.ipynb", "b.ipynb", "--format", "json")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "fmnist_spec",
            "check",
            "--sample",
            "--jobs",
            "2",
            *names,
            "--output-file=csv=a.csv",
        ],
        env={**os.environ, "TMPDIR": str(folder)},
        # a shell that started the tests in the background has it ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: list(folder.glob("fmnist-spec-*/notebook-*/view/*/started")))
    wait_for(lambda: len([*folder.glob("fmnist-spec-*/notebook-*")]) == 1)
    time.sleep(2)  # in which the other one is judged
    process.send_signal(ending)
    out, told = process.communicate(timeout=30)
    assert process.returncode == (130 if ending == signal.SIGINT else 143), told
    assert told == "fmnist-spec: interrupted: 2 of 3 notebooks were checked\n"
    assert [one["path"] for one in json.loads(out)["notebooks"]] == ["half.ipynb", "b.ipynb"]
    assert (folder / "a.csv").read_text(encoding="utf-8").count("\n") == 3, "files have them, too"
    assert list(folder.glob("fmnist-spec-*")) == []


def wait_for(condition: Callable[[], object]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("waited for a minute in vain")


@pytest.mark.parametrize("name", [*BAD, "missing.ipynb", "nothing"])
def test_a_bad_file_is_one_line_and_exit_code_2(folder: Path, capsys: Capsys, name: str) -> None:
    """What is no notebook is told in one line with its name, and nothing is run."""
    (folder / "nothing").mkdir()
    for bad, content in BAD.items():
        (folder / bad).write_bytes(content)
    assert run("check", name) == 2
    lines = [line for line in capsys.readouterr().out.splitlines() if name in line]
    assert len(lines) == 1
    assert lines[0].startswith("ERROR")


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_pyproject_is_one_line_and_exit_code_2(
    folder: Path, capsys: Capsys, text: str
) -> None:
    """A mistake in the settings is told in one line."""
    (folder / "pyproject.toml").write_text(text)
    assert run("check", "--format", "json") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "pyproject.toml" in told.err


def test_paths_may_stand_in_the_settings(folder: Path, capsys: Capsys) -> None:
    """Without a path on the command line, those in pyproject.toml are checked."""
    (folder / "pyproject.toml").write_text("[tool.fmnist_spec]\npaths = ['missing.ipynb']\n")
    assert run("check", "--format", "json") == 2
    (one,) = json.loads(capsys.readouterr().out)["notebooks"]
    assert Path(one["path"]).name == "missing.ipynb"


@pytest.mark.parametrize(
    "arguments",
    [("--jobs", "0"), ("--format", "xml"), ("--select", "spilt"), ("--ignore", "a,b")],
    ids=" ".join,
)
def test_a_wrong_option_is_exit_code_2(arguments: tuple[str, str]) -> None:
    """The parser refuses what no option takes."""
    with pytest.raises(SystemExit, match="2"):
        run("check", *arguments)


def test_rules_are_listed(capsys: Capsys) -> None:
    """Every rule stands on its line, with its severity and what it requires."""
    assert run("rules") == 0
    listed = [line.split()[:2] for line in capsys.readouterr().out.splitlines()]
    assert listed == [[id, rule.severity] for id, rule in RULES.items()]


@pytest.mark.parametrize("id", RULES)
def test_a_rule_is_explained(capsys: Capsys, id: str) -> None:
    """The explanation has the requirement and an example of both kinds."""
    assert run("explain", id) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{id} (")
    assert "wrong:" in out
    assert "right:" in out


def test_an_unknown_rule_is_not_explained(capsys: Capsys) -> None:
    """An id that is none is told with the way to find one."""
    assert run("explain", "spilt") == 2
    assert "fmnist-spec rules" in capsys.readouterr().err


def test_the_lesson_is_copied_once(folder: Path, capsys: Capsys) -> None:
    """The copy is the shipped notebook, and a file that is there is never written over."""
    assert run("lesson", "mine.ipynb") == 0
    assert (folder / "mine.ipynb").read_bytes() == NOTEBOOK.read_bytes()
    (folder / "mine.ipynb").write_text("changed")
    assert run("lesson", "mine.ipynb") == 2
    assert run("lesson", "mine.txt") == 2
    assert run("lesson", "mine.ipynb/no-folder.ipynb") == 2
    assert (folder / "mine.ipynb").read_text() == "changed"
    assert capsys.readouterr().err.count("\n") == 4
    assert run("lesson", "new/folder.ipynb") == 0, "a folder is made, as for a lesson file"


def test_the_shipped_notebook_holds_no_outputs() -> None:
    """The notebook that is copied is clean: no outputs, no execution counts."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


STOPS = {
    "in the first cell": {"load": "raise ValueError"},
    "after the training": {"after": {"fit": "model.no_such_method()"}},
}


@pytest.mark.parametrize("edits", few(STOPS.values()), ids=few(STOPS))
def test_a_notebook_that_stops_never_passes(folder: Path, capsys: Capsys, edits: dict) -> None:
    """Without the rule that fails it, what was not reached is named, and the exit code is 2."""
    path = notebooks.write(folder / "a.ipynb", notebooks.build(edits))
    options = ("--lesson", notebooks.LESSON_FILE, "--sample", path)
    assert run("check", "--format", "json", *options) == 1
    (failed,) = json.loads(capsys.readouterr().out)["notebooks"]
    assert (failed["verdict"], failed["reason"]) == ("fail", "")
    assert run("check", "--format", "json", "--ignore", "cell-raises", *options) == 2
    (left,) = json.loads(capsys.readouterr().out)["notebooks"]
    assert (left["verdict"], left["undecided"]) == ("error", failed["undecided"])
    said = f"{len(left['undecided'])} of {len(RULES) - 1} rules could not be checked: a cell raised"
    assert said in left["reason"]
    assert {one["rule"] for one in left["findings"]} - {"input-shape"} == {"stored-none"}
    assert run("check", "--verbose", "--ignore", "cell-raises", *options) == 2
    shown = capsys.readouterr().out
    assert f"ERROR  {left['reason']}" in shown
    rules = ", ".join(left["undecided"])
    assert f"  not checked, because the run was not complete: {rules}\n" in shown
    assert "note stored-none" in shown
