"""A chapter of three trainings, run once and held against three lesson files."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from lesson_cases import HERE, LESSONS
from notebooks import LESSON_FILE, Parts, build, read_toml, write
from sampling import few
from told import told

from fmnist_spec.gate.check import Checker, load_served
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.notebook import read_notebook

CHAPTER = read_toml(HERE / "chapter.toml")
PATHS = {"lesson": LESSON_FILE, **LESSONS}
PARTS: Parts = CHAPTER["notebook"]
FAULTS = few(
    pytest.param(files.split(), rule, edits, id=f"{rule}-{name}".replace(" ", "_"))
    for files, rules in CHAPTER["fault"].items()
    for rule, faults in rules.items()
    for name, edits in faults.items()
)


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    """Hold each notebook against the three files; the data is the sample."""
    files = tuple(str(PATHS[name]) for name in CHAPTER["lessons"])
    with Checker(Config(lessons=files), partial(load_served, sample=True)) as checker:
        yield checker


@pytest.mark.parametrize("name", CHAPTER["sound"])
def test_a_sound_chapter_passes(checker: Checker, tmp_path: Path, name: str) -> None:
    """No file has an error or a warning of what belongs to another."""
    parts = build(CHAPTER["sound"][name], PARTS)
    result = checker.check(read_notebook(write(tmp_path / "chapter.ipynb", parts)))
    alarms = [one.rule for one in result.findings if one.severity != "note"]
    assert (result.verdict, alarms) == ("pass", []), told(result)


@pytest.mark.parametrize(("files", "rule", "edits"), FAULTS)
def test_a_fault_is_told_by_the_file_of_its_training(
    checker: Checker, tmp_path: Path, files: list[str], rule: str, edits: Mapping[str, object]
) -> None:
    """All errors are of the rule that is meant, and say by which files."""
    parts = build(edits, PARTS)
    result = checker.check(read_notebook(write(tmp_path / "chapter.ipynb", parts)))
    errors = [one for one in result.findings if one.severity == "error"]
    by = {(one.rule, file.stem) for one in errors for file in one.lesson_files}
    assert by == {(rule, file) for file in files}, told(result)
