"""The keys `lesson` and `lessons` of pyproject.toml."""

from pathlib import Path

import pytest

from fmnist_spec.gate.course.config import Config, load_config
from fmnist_spec.lesson import LESSON_FILE, lesson_file
from fmnist_spec.reading import SpecificationError

ENTRY = "[[tool.fmnist_spec.notebooks]]\npaths = ['a.ipynb']\n"
TWO = "lessons = ['lessons/a.toml', 'hg-mldl2-relu']\n"


def config_of(folder: Path, text: str) -> Config:
    (folder / "a.ipynb").touch()
    (folder / "pyproject.toml").write_text(f"[tool.fmnist_spec]\n{text}", encoding="utf-8")
    return load_config(folder)


def test_lessons_are_files_or_names_of_shipped_ones(tmp_path: Path) -> None:
    """Paths count from the file; `lesson` is a list of one."""
    two = (str(tmp_path / "lessons" / "a.toml"), str(lesson_file("hg-mldl2-relu")))
    assert config_of(tmp_path, TWO).lessons == two
    assert config_of(tmp_path, "lesson = 'hg-mldl2-relu'").lessons == two[1:]
    assert config_of(tmp_path, "").lessons == (str(LESSON_FILE),)


@pytest.mark.parametrize("above", ["lesson = 'b.toml'\n", "lessons = ['b.toml', 'c.toml']\n"])
@pytest.mark.parametrize(
    ("own", "names"),
    [("lesson = 'd.toml'", ["d.toml"]), ("lessons = ['d.toml', 'e.toml']", ["d.toml", "e.toml"])],
)
def test_an_entrys_own_lessons_replace_what_is_above(
    tmp_path: Path, above: str, own: str, names: list[str]
) -> None:
    """Whichever of the two keys either of them has; without one, those above hold."""
    (entry,) = config_of(tmp_path, above + ENTRY + own).notebooks
    assert entry.lessons == tuple(str(tmp_path / name) for name in names)
    config = config_of(tmp_path, above + ENTRY)
    assert config.notebooks[0].lessons == config.lessons


WRONG = {
    "both": ("lesson = 'a.toml'\nlessons = ['b.toml']", "lessons: found it beside lesson"),
    "none": ("lessons = []", "lessons: found an empty list, expected at least one lesson file"),
    "no text": ("lesson = 5", "lesson: found 5, expected a text that is not empty"),
    "an empty text": ("lesson = ''", "lesson: found '', expected a text that is not empty"),
    "no list": ("lessons = 'a.toml'", "lessons: found 'a.toml', expected a list"),
    "no texts": ("lessons = [5]", "lessons[0]: found 5, expected a text"),
}


@pytest.mark.parametrize("place", ["", ENTRY], ids=["above", "in an entry"])
@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG)
def test_a_mistake_names_its_key(tmp_path: Path, place: str, text: str, told: str) -> None:
    """As it is written, above the table and in an entry."""
    with pytest.raises(SpecificationError) as caught:
        config_of(tmp_path, place + text)
    key = "tool.fmnist_spec.notebooks[0]." if place else "tool.fmnist_spec."
    assert f"pyproject.toml: {key}{told}" in str(caught.value)
