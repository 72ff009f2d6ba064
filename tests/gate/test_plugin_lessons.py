"""The pytest plugin where a notebook teaches another lesson than the shipped one, or several."""

import shutil
from pathlib import Path

import pytest

from fmnist_spec.gate.notebook import NOTEBOOK
from fmnist_spec.lesson import shipped_lessons

pytest_plugins = ["pytester"]
PACKAGE = str(Path(__file__).parents[2])
COLLECT = ("-p", "no:cacheprovider", "--fmnist-spec", "--collect-only", "-q")
ONE = 'lesson = "hg-mldl2-relu"'
TWO = 'lessons = ["lesson", "hg-mldl2-relu"]'


@pytest.mark.parametrize(
    ("lessons", "rules"), [(ONE, ["epochs"]), (TWO, ["names", "epochs"])], ids=["one", "two"]
)
def test_a_rule_is_a_test_if_a_lesson_is_about_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, lessons: str, rules: list[str]
) -> None:
    """The lesson with ReLU gives no names; together with the main one, names are asked for."""
    monkeypatch.setenv("PYTHONPATH", PACKAGE)
    shutil.copy(NOTEBOOK, pytester.path / "07_2.ipynb")
    settings = f'[tool.fmnist_spec]\nselect = ["names", "epochs"]\n{lessons}\n'
    (pytester.path / "pyproject.toml").write_text(settings)
    assert collected(pytester) == [f"07_2.ipynb::{rule}" for rule in rules]


def collected(pytester: pytest.Pytester, *options: str) -> list[str]:
    return [one for one in pytester.runpytest(*COLLECT, *options).outlines if "::" in one]


GIVEN = {"one": ["hg-mldl2-relu"], "two": ["lesson", "hg-mldl2-relu"], "a file": ["mine.toml"]}


@pytest.mark.parametrize("lessons", GIVEN.values(), ids=GIVEN)
def test_lessons_may_be_given_as_options(pytester: pytest.Pytester, lessons: list[str]) -> None:
    """They stand in place of those of pyproject.toml, from the folder where pytest was called."""
    shutil.copy(NOTEBOOK, pytester.path / "07_2.ipynb")
    shutil.copy(shipped_lessons()["hg-mldl2-relu"], pytester.path / "mine.toml")
    settings = '[tool.fmnist_spec]\nselect = ["names"]\nlesson = "nowhere.toml"\n'
    (pytester.path / "pyproject.toml").write_text(settings)
    options = [f"--fmnist-spec-lesson={one}" for one in lessons]
    is_named = "lesson" in lessons  # the one with ReLU gives no names, and nothing else is asked
    assert collected(pytester, *options) == ["07_2.ipynb::names"] * is_named


def test_lessons_that_cannot_be_of_one_notebook_end_the_run(pytester: pytest.Pytester) -> None:
    """In one line, before anything is collected."""
    settings = '[tool.fmnist_spec]\nlessons = ["lesson", "tensorflow-beginner"]\n'
    (pytester.path / "pyproject.toml").write_text(settings)
    found = pytester.runpytest(*COLLECT)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["ERROR: *lessons: found *expected lessons of one data set*"])
