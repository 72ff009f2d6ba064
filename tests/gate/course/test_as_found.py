"""`--as-found`: files that another tool names are taken as a walk takes them."""

import json
from pathlib import Path

import pytest
from notebooks import SOUND, build, write

from fmnist_spec import cli
from fmnist_spec.gate.course.config import Config, load_config
from fmnist_spec.gate.course.selection import Found, find_all

FAULT = build({"title": "# 두 개의 층\n\n28 x 28 = 785"})
CONV = build({"list": "model = keras.Sequential([keras.layers.Conv2D(8, 3)])"}, FAULT)
PAIRED = "# ---\n# jupyter:\n#   jupytext:\n#     text_representation: {}\n# ---\n# 28 x 28 = 785\n"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*paths: str, config: Config | None = None) -> list[str]:
    """Name what is taken of files."""
    taken = find_all(map(Path, paths), config or Config(), as_found=True)
    assert all(isinstance(one, Found) and not one.named for one in taken), taken
    return [str(one.path) for one in taken]


def test_a_file_that_no_walk_would_find_is_left_out(folder: Path) -> None:
    """A program, a text, what is built, what is hidden, what is excluded."""
    for name in ("setup.py", "README.md", "build/one.ipynb", ".venv/one.ipynb", "old/one.ipynb"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x = 1")
    (folder / "paired.py").write_text(PAIRED)
    (folder / "pyproject.toml").write_text('[tool.fmnist_spec]\nexclude = ["old"]')
    every = [str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()]
    assert len(every) == 7
    assert found(*every, config=load_config(folder)) == ["paired.py"]


def test_a_path_to_nothing_is_told_all_the_same(folder: Path) -> None:
    """Who names it expects it to be there."""
    (one,) = find_all([Path("gone.ipynb")], Config(), as_found=True)
    assert isinstance(one, Found) is False
    assert one.verdict == "error"


def test_a_folder_above_the_current_one_is_walked_from_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name is not looked at, whatever it is."""
    (folder / "build").mkdir()
    monkeypatch.chdir(folder / "build")
    write(folder / "one.ipynb", SOUND)
    write(Path("two.ipynb"), SOUND)
    assert found("../one.ipynb", "two.ipynb") == ["../one.ipynb", "two.ipynb"]


@pytest.mark.parametrize("names", [["setup.py"], ["cnn.ipynb"], ["setup.py", "cnn.ipynb"]])
def test_nothing_left_is_nothing_wrong(
    folder: Path, names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A commit without a notebook of the lesson passes, and nothing is printed."""
    (folder / "setup.py").write_text("28 x 28 = 785")
    write(folder / "cnn.ipynb", CONV)
    assert cli.main(["check", "--static", "--as-found", *names]) == 0
    assert capsys.readouterr().out.strip() == ""


def test_what_is_left_is_checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And what belongs to no lesson is not in the report."""
    write(folder / "cnn.ipynb", CONV)
    write(folder / "wrong.ipynb", FAULT)
    options = ["--static", "--as-found", "--format", "json"]
    assert cli.main(["check", *options, "cnn.ipynb", "wrong.ipynb"]) == 1
    told = json.loads(capsys.readouterr().out)["notebooks"]
    assert [(one["path"], one["verdict"]) for one in told] == [("wrong.ipynb", "fail")]
