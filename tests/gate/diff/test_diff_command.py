"""The command diff, as CI calls it: revisions of a course in git, and what cannot be compared."""

import json
from pathlib import Path

import pytest
from test_revision import commit, git

from fmnist_spec import cli
from fmnist_spec.gate.notebook import NOTEBOOK
from fmnist_spec.lesson import LESSON_FILE

TABLE = '[[tool.fmnist_spec.notebooks]]\npaths = ["chapters"]\nlesson = "lessons/two.toml"\n'
NAME = "chapters/07_2.ipynb"


def course(units: int) -> dict[str, str]:
    """A course in which a helper beside the notebook, and the lesson, say how many units it has."""
    text = NOTEBOOK.read_text(encoding="utf-8")
    notebook = text.replace("Dense(100", "Dense(UNITS")
    imports = "from helper import UNITS; from tensorflow import"
    notebook = notebook.replace("from tensorflow import", imports)
    lesson = LESSON_FILE.read_text(encoding="utf-8").replace("units = 100", f"units = {units}")
    return {
        NAME: notebook,
        "chapters/helper.py": f"UNITS = {units}\n",
        "lessons/two.toml": lesson,
        "pyproject.toml": TABLE,
    }


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course whose last revision has 100 units, and whose working tree has 128."""
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, "begin", course(100))
    for name, text in course(128).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_revision_is_run_with_the_files_and_the_lesson_of_its_time(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The code of the notebook is the same: what changed is its helper, and the lesson with it."""
    status = git(repository, "status", "--porcelain")
    call = ["diff", f"main:{NAME}", NAME, "--sample", "--output-format", "json", "--jobs", "2"]
    code = cli.main(call)
    found = json.loads(capsys.readouterr().out)
    changed = {(one["layer"], one["what"]): (one["old"], one["new"]) for one in found["changed"]}
    assert changed["hidden", "units"] == (100, 128)
    assert changed["", "total"] == (79_510, 101_770)
    assert [found[one]["name"] for one in ("old", "new")] == [f"main:{NAME}", NAME]
    files = [found[one]["lesson_files"] for one in ("old", "new")]
    assert files == [["main:lessons/two.toml"], [str(Path("lessons/two.toml"))]]
    assert (found["old"]["verdict"], found["new"]["verdict"]) == ("pass", "fail")
    assert {one["rule"] for one in found["findings"]["new"]} == {"prose-number"}
    assert (code, found["exit_code"]) == (1, 1)
    assert git(repository, "status", "--porcelain") == status


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ([f"gone:{NAME}", NAME], "git knows no revision 'gone' here."),
        ([NAME, "main:chapters"], "it is a folder. Give one notebook"),
        ([NAME, "none.ipynb"], "none.ipynb: path: no such file or folder. Give a file, or"),
        ([NAME, NAME, "--output-format", "sarif"], "no format is 'sarif'. Choose one of full,"),
        (
            [NAME, NAME, "--output-format", "mardown"],
            "markdown? Choose one of full, markdown, json",
        ),
        ([NAME, NAME, "--lesson", "none.toml"], "none.toml: file: found No such file"),
        ([NAME, NAME, "--statistics"], "`fmnist-spec diff` has no option --statistics"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    repository: Path, capsys: pytest.CaptureFixture[str], call: list[str], said: str
) -> None:
    """Before TensorFlow is started."""
    assert cli.main(["diff", *call]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert said in told.err


def test_a_fault_of_a_revision_is_named_as_git_names_it(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody knows the folder in which its files lay."""
    commit(repository, "broken", {"lessons/two.toml": "title = 3\n"})
    assert cli.main(["diff", f"HEAD:{NAME}", f"main~1:{NAME}"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(
        "fmnist-spec: HEAD:lessons/two.toml: data: found nothing, expected a value"
    )
