"""Lessons by their names: what is listed, and which commands take one or more."""

import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from fmnist_spec import cli, language
from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.lesson import LESSON, LESSON_FILE, load_lesson, shipped_lessons

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of its own, with no settings above it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_shipped_lessons_are_listed_with_their_numbers(capsys):
    """The main one first; each with title, images, optimizer, epochs, network and parameters."""
    assert cli.main(["lessons"]) == 0
    out = capsys.readouterr().out
    listed = [line.partition(":")[0] for line in out.splitlines() if not line.startswith(" ")]
    assert listed == [*shipped_lessons()]
    assert listed[0] == "lesson"
    block = out.partition("tensorflow-classification: ")[2].splitlines()
    assert block[0] == "TensorFlow: basic classification"
    assert block[1].strip() == "Fashion-MNIST: 60,000 images to train on; adam, 10 epochs"
    assert "Flatten -> Dense 128 relu -> Dense 10" in block[2]
    assert block[2].endswith(": 101,770 parameters")


@pytest.mark.parametrize("name", shipped_lessons())
def test_every_shipped_lesson_can_be_named(capsys, name):
    """`rules` speaks of it; no file of that name is needed."""
    assert cli.main(["rules", "--lesson", name]) == 0
    epochs = load_lesson(shipped_lessons()[name]).fit.epochs
    assert f"Training lasts {epochs} epochs" in capsys.readouterr().out


def test_the_main_lesson_has_a_name_too():
    """So that it can be one of several."""
    assert shipped_lessons()["lesson"] == LESSON_FILE
    assert load_lesson("lesson") == LESSON


def test_a_name_that_is_none_is_told_with_those_there_are(capsys):
    """It is neither a file nor a shipped lesson."""
    assert cli.main(["rules", "--lesson", "tensorflow-clasification"]) == cli.USAGE
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert f"name one of {', '.join(shipped_lessons())}." in told


@pytest.mark.parametrize("spoken", language.LANGUAGES)
@pytest.mark.parametrize("call", [["rules"], ["lessons"], ["explain", "network"]], ids=" ".join)
def test_a_terminal_breaks_no_word_of_a_list(capsys, monkeypatch, call, spoken):
    """It breaks lines between words, and the words are those that a pipe gets."""
    monkeypatch.setenv(language.ASKED, spoken)
    assert cli.main(call) == 0
    piped = capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("FORCE_COLOR", "1")  # so Rich takes it for a terminal
    monkeypatch.setenv("TERM", "xterm")
    assert cli.main(call) == 0
    wrapped = capsys.readouterr().out
    assert wrapped.split() == piped.split()
    assert max(map(cell_len, wrapped.split("\n"))) <= 60 < max(map(cell_len, piped.split("\n")))


@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_the_rules_stand_in_columns(capsys, monkeypatch, spoken):
    """Id, severity and what is required begin where they begin in every other line."""
    monkeypatch.setenv(language.ASKED, spoken)
    assert cli.main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    ends = [re.match(r"(\S+ +)(\S+ +)", line).groups() for line in lines]
    assert len({tuple(map(cell_len, one)) for one in ends}) == 1


ONE = {"": [], "rules": ["rules"], "explain": ["explain", "loss"], "lesson": ["lesson", "a.ipynb"]}


@pytest.mark.parametrize("place", ["before", "behind", "both"])
@pytest.mark.parametrize("command", ONE.values(), ids=ONE)
def test_other_commands_take_one_lesson(capsys, folder, command, place):
    """More than one is refused in one line, and nothing is done."""
    first, second = ["--lesson", "lesson"], ["--lesson", "hg-mldl2"]
    calls = {
        "before": [*first, *second, *command],
        "behind": [*command, *first, *second],
        "both": [*first, *command, *second],
    }
    assert cli.main(calls[place]) == cli.USAGE
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "found --lesson lesson and hg-mldl2, expected one" in told.err
    assert not (folder / "a.ipynb").exists()


def test_check_takes_lessons_before_and_behind_the_command(capsys, folder):
    """All of them are used; nothing is run here, since the notebook cannot be read."""
    (folder / "a.ipynb").write_text("{")
    arguments = ["--lesson", "hg-mldl2", "check", "--lesson", "hg-mldl2-relu", "--format", "json"]
    assert cli.main([*arguments, "a.ipynb"]) == cli.USAGE
    (one,) = json.loads(capsys.readouterr().out)["notebooks"]
    assert [Path(file).stem for file in one["lesson_files"]] == ["hg-mldl2", "hg-mldl2-relu"]


def test_check_refuses_lessons_of_two_data_sets(capsys):
    """In one line, before anything runs."""
    call = ["check", "--lesson", "lesson", "--lesson", "tensorflow-beginner", "absent.ipynb"]
    assert cli.main(call) == cli.USAGE
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "expected lessons of one data set" in told.err


def test_lessons_in_the_settings_are_spoken_of_by_the_first(capsys, folder):
    """`rules` and `explain` fill in the numbers of one lesson."""
    text = "[tool.fmnist_spec]\nlessons = ['hands-on-ml-10', 'lesson']\n"
    (folder / "pyproject.toml").write_text(text)
    assert cli.main(["explain", "epochs"]) == 0
    assert "epochs=30" in capsys.readouterr().out


def test_a_rule_that_the_lesson_is_not_about_is_not_listed(capsys):
    """Of one without split and names, nothing asks for them; the main one has all."""
    assert cli.main(["rules", "--lesson", "tensorflow-classification"]) == 0
    listed = {line.split()[0] for line in capsys.readouterr().out.splitlines()}
    assert not {"split", "names", "style-add"} & listed
    assert {"network", "style-list", "loss"} <= listed
    assert cli.main(["rules"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(RULES)


def test_a_rule_that_the_lesson_is_not_about_is_explained_in_one_line(capsys):
    """Neither an error nor an example with numbers that the lesson does not have."""
    assert cli.main(["explain", "split", "--lesson", "tensorflow-classification"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("split (error): ")
    assert 'is not about "split", so nothing asks for it.' in line


def test_the_shipped_notebook_is_only_that_of_the_main_lesson(capsys, folder):
    """By its name it is given; for another lesson, nothing is written."""
    assert cli.main(["lesson", "a.ipynb", "--lesson", "lesson"]) == 0
    assert cli.main(["lesson", "b.ipynb", "--lesson", "hg-mldl2-relu"]) == cli.USAGE
    assert [one.name for one in folder.iterdir()] == ["a.ipynb"]
