"""``fmnist-spec init`` as a person calls it: what it prints, its exit codes, what it leaves."""

from pathlib import Path

import pytest
from notebooks import read_toml
from taught import LESSONS, sources_of, write

from fmnist_spec import cli
from fmnist_spec.lesson import LESSON, load_lesson

ONE = load_lesson(LESSONS / "one_style.toml")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Give the folder of a course, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_notebook_is_learnt_added_and_from_then_on_guarded(folder, capsys):
    notebook = write(folder / "one.ipynb", *sources_of(ONE))
    assert cli.main(["init", "one.ipynb", "--sample", "--write"]) == 0
    printed = capsys.readouterr().out
    for part in ("Wrote lessons/one.toml.\n", "PASS  one.ipynb", "Added to pyproject.toml:\n"):
        assert part in printed
    entry = {"paths": ["one.ipynb"], "lesson": "lessons/one.toml"}
    assert read_toml(Path("pyproject.toml")) == {"tool": {"fmnist_spec": {"notebooks": [entry]}}}

    write(notebook, *(one.replace("Dense(100", "Dense(64") for one in sources_of(ONE)))
    assert cli.main(["check", "--sample"]) == 1
    assert "64 units instead of 100" in " ".join(capsys.readouterr().out.split())


def test_a_notebook_that_contradicts_itself_is_written_down_and_fails(folder, capsys):
    write(folder / "one.ipynb", "# One\n\nThe hidden layer has 200 units.", *sources_of(ONE))
    assert cli.main(["init", "one.ipynb", "--sample"]) == 1
    printed = capsys.readouterr().out
    assert "FAIL  one.ipynb" in printed
    assert "Add this to pyproject.toml:\n" in printed
    assert Path("lessons/one.toml").exists()
    assert not Path("pyproject.toml").exists()


def test_what_cannot_be_learnt_is_told_in_one_line_with_exit_code_2(folder, capsys):
    write(folder / "one.ipynb", "x = 1")
    for path in ("one.ipynb", "absent.ipynb", "notes.txt"):
        assert cli.main(["init", path, "--sample", "--write"]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith(f"fmnist-spec: {path}: ")
        assert printed.err.count("\n") == 1
    assert [one.name for one in folder.iterdir()] == ["one.ipynb"]


def test_without_a_notebook_the_shipped_lesson_is_the_start(capsys):
    assert cli.main(["init"]) == 0
    assert "Wrote lessons/lesson.toml" in capsys.readouterr().out
    assert load_lesson("lessons/lesson.toml") == LESSON
    assert cli.main(["init"]) == 2
    assert "lessons/lesson.toml: file: found a file that exists" in capsys.readouterr().err
