"""What ``init`` writes: any lesson as TOML, and an entry in pyproject.toml that damages nothing."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fmnist_spec.gate.learning.init import add_entry, lesson_text
from fmnist_spec.toml import parse_toml

texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
values = st.one_of(texts, st.booleans(), numbers, st.lists(texts))
NAMES = st.sampled_from(["units", "rate", "activation"])


@example('"""\\ \x00\x1f\x7f\n패션 MNIST\'', 1e-05, {"rate": 0.5}, "# \r\n[x]\x00")
@given(texts, values, st.dictionaries(NAMES, values), texts)
def test_any_value_is_read_as_it_was_and_a_comment_changes_nothing(title, value, layer, comment):
    tables = {
        "title": title,
        "fit": {"epochs": value},
        "network": {"name": title, "layers": [layer]},
    }
    text = lesson_text([comment], tables, {"fit.epochs": "plain"})
    assert parse_toml(text) == tables


def test_half_of_a_pair_of_surrogates_can_be_written_as_utf_8():
    text = lesson_text(["\ud800"], {"title": "\ud800"}, {})
    assert parse_toml(text.encode().decode()) == {"title": "?"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Give the folder of a course with two notebooks, which is the current one."""
    monkeypatch.chdir(tmp_path)
    for name in ("chapters/07_2.ipynb", "chapters/08.ipynb"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("{}", encoding="utf-8")
    return tmp_path


LESSON = "lessons/07_2.toml"
NOTEBOOK, FILE = Path("chapters/07_2.ipynb"), Path("pyproject.toml")
ENTRY = """[[tool.fmnist_spec.notebooks]]
paths = ["chapters/07_2.ipynb"]
lesson = "lessons/07_2.toml"
"""


def test_without_write_the_entry_is_only_shown():
    told = add_entry(NOTEBOOK, [LESSON], write=False)
    assert told == f"Add this to pyproject.toml:\n\n{ENTRY}"
    assert not FILE.exists()


def test_a_missing_file_is_made():
    assert add_entry(NOTEBOOK, [LESSON], write=True) == f"Added to pyproject.toml:\n\n{ENTRY}"
    assert FILE.read_text(encoding="utf-8") == ENTRY


def test_several_lessons_stand_in_one_entry():
    told = add_entry(NOTEBOOK, [LESSON, "lessons/07_2-2.toml"], write=False)
    assert 'lessons = ["lessons/07_2.toml", "lessons/07_2-2.toml"]' in told


OTHERS = {  # files that get the entry, each with the spelling of its table
    "without the table": ('[project]\nname = "course"  # 이름\n', "fmnist_spec"),
    "with settings": ('# all\n[tool.fmnist_spec]\nignore = ["numbering"]\n', "fmnist_spec"),
    "with a hyphen": (
        "[tool.fmnist-spec]\ncell_seconds = 5\n\n[tool.ruff]\nline-length = 100\n",
        "fmnist-spec",
    ),
    "with another entry": (
        '[[tool.fmnist-spec.notebooks]]\npaths = ["chapters/08.ipynb"]\n',
        "fmnist-spec",
    ),
    "of Windows": ('[project]\r\nname = "course"\r\n', "fmnist_spec"),
    "without an end of its last line": ('[project]\nname = "course"', "fmnist_spec"),
    "empty": ("", "fmnist_spec"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_the_entry_is_added_behind_all_that_stands_there(name):
    old, spelling = OTHERS[name]
    FILE.write_bytes(old.encode())
    assert add_entry(NOTEBOOK, [LESSON], write=True).startswith("Added to pyproject.toml:")
    new = FILE.read_bytes().decode()
    assert new.startswith(old)
    added = new.removeprefix(old).replace("\r\n", "\n").lstrip("\n")
    assert added == ENTRY.replace("fmnist_spec", spelling)
    assert ("\r\n" in old) == ("\n" not in new.replace("\r\n", "")), "one kind of line ending"
    entry = {"paths": ["chapters/07_2.ipynb"], "lesson": "lessons/07_2.toml"}
    assert parse_toml(new)["tool"][spelling]["notebooks"][-1] == entry


def test_the_nearest_file_with_the_table_gets_the_entry_with_paths_from_its_folder(
    folder, monkeypatch
):
    FILE.write_text("[tool.fmnist_spec]\n", encoding="utf-8")
    monkeypatch.chdir("chapters")
    told = add_entry(Path("07_2.ipynb"), [LESSON], write=True)
    assert told.startswith("Added to ")
    text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    assert 'paths = ["chapters/07_2.ipynb"]\nlesson = "chapters/lessons/07_2.toml"' in text


REFUSED = {
    "no TOML": ("[tool", "pyproject.toml: file: found"),
    "an inline table": (
        '[tool]\nfmnist_spec = { ignore = ["numbering"] }\n',
        "there is no safe way",
    ),
    "an inline list": (
        '[tool.fmnist_spec]\nnotebooks = [{ paths = ["chapters/08.ipynb"] }]\n',
        "there is no safe way",
    ),
    "the notebook in an entry": (ENTRY, "an entry names this notebook already"),
    "a folder of it in an entry": (
        '[[tool.fmnist_spec.notebooks]]\npaths = ["chapters"]\n',
        "an entry names this notebook already",
    ),
    "two spellings": ("[tool.fmnist_spec]\n[tool.fmnist-spec]\n", "found both"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_where_there_is_no_safe_way_nothing_is_written_and_the_reason_is_told(name):
    old, reason = REFUSED[name]
    FILE.write_text(old, encoding="utf-8")
    told = add_entry(NOTEBOOK, [LESSON], write=True)
    assert told.startswith("Add this to pyproject.toml (not done: ")
    assert reason in told
    assert told.endswith(ENTRY)
    assert FILE.read_text(encoding="utf-8") == old


def test_a_notebook_outside_the_folder_of_the_file_is_told(folder, monkeypatch):
    (folder / "course").mkdir()
    monkeypatch.chdir("course")
    told = add_entry(folder / NOTEBOOK, [LESSON], write=True)
    assert "the notebook does not stand below its folder" in told
    assert not FILE.exists()
