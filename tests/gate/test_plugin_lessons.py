"""The pytest plugin where a notebook teaches another lesson than the shipped one, or several."""

import shutil
from pathlib import Path

import pytest

from fmnist_spec.gate.notebook import NOTEBOOK

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
    found = pytester.runpytest(*COLLECT)
    assert [line for line in found.outlines if "::" in line] == [
        f"07_2.ipynb::{rule}" for rule in rules
    ]


def test_lessons_that_cannot_be_of_one_notebook_end_the_run(pytester: pytest.Pytester) -> None:
    """In one line, before anything is collected."""
    settings = '[tool.fmnist_spec]\nlessons = ["lesson", "tensorflow-beginner"]\n'
    (pytester.path / "pyproject.toml").write_text(settings)
    found = pytester.runpytest(*COLLECT)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["ERROR: *lessons: found *expected lessons of one data set*"])
