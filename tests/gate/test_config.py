"""The settings in pyproject.toml, and the mistakes in them that are refused."""

from pathlib import Path

import pytest

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.config import Config, load_config
from fmnist_spec.reading import SpecificationError

BAD = {
    "no TOML": ("[tool.fmnist_spec", "TOML"),
    "an unknown key": ("[tool.fmnist_spec]\nselct = []", "selct"),
    "an unknown rule": ('[tool.fmnist_spec]\nselect = ["spilt"]', "'spilt'"),
    "an unknown rule to ignore": ('[tool.fmnist_spec]\nignore = ["spilt"]', "'spilt'"),
    "an unknown rule's severity": ('[tool.fmnist_spec.severity]\nspilt = "note"', "'spilt'"),
    "an unknown severity": ('[tool.fmnist_spec.severity]\nsplit = "fatal"', "'fatal'"),
    "a text for a list": ('[tool.fmnist_spec]\nselect = "split"', "a list"),
    "a number for a path": ("[tool.fmnist_spec]\npaths = [1]", "paths[0]"),
    "a text for a number": ('[tool.fmnist_spec]\ncell_seconds = "long"', "cell_seconds"),
    "no table": ("[tool]\nfmnist_spec = 1", "a table"),
    "no tools": ("tool = 1", "a table"),
}


def write(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_or_a_table_all_rules_apply(tmp_path: Path) -> None:
    """The defaults are every rule and the lesson that is shipped."""
    assert load_config(write(tmp_path, "[project]\nname = 'course'")) == Config()
    assert Config().rules == tuple(RULES)


def test_the_table_is_read(tmp_path: Path) -> None:
    """Rules are selected and ignored, and paths count from the file, also from a folder below."""
    text = """[tool.fmnist_spec]
    select = ["split", "loss"]
    ignore = ["loss"]
    severity = { split = "warning" }
    lesson = "course.toml"
    paths = ["lessons"]
    cell_seconds = 60
    """
    (tmp_path / "lessons").mkdir()
    write(tmp_path, text)
    config = load_config(tmp_path / "lessons")
    assert config.rules == ("split",)
    assert config.severity == {"split": "warning"}
    assert config.lesson == str(tmp_path / "course.toml")
    assert config.paths == (str(tmp_path / "lessons"),)
    assert config.cell_seconds == 60


@pytest.mark.parametrize(("text", "told"), BAD.values(), ids=BAD)
def test_a_mistake_is_refused_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    """The error names the file and what is wrong in it."""
    with pytest.raises(SpecificationError) as caught:
        load_config(write(tmp_path, text))
    message = str(caught.value)
    assert told in message
    assert message.startswith(str(tmp_path / "pyproject.toml"))
    assert "\n" not in message
