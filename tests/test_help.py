"""The help of every command, and what a wrong call is answered with, in both languages."""

import argparse
import re
import shlex

import pytest
from rich.cells import cell_len

from fmnist_spec import cli
from fmnist_spec.gate.report.formats import FORMATS
from fmnist_spec.language import LANGUAGES
from fmnist_spec.options import EXAMPLES, OPTIONS

pytestmark = pytest.mark.once
COMMANDS = [*cli.COMMANDS]


def printed(call, capsys):
    """What a call that ends in argparse prints, on both streams, and its exit code."""
    with pytest.raises(SystemExit) as end:
        cli.main(call)
    told = capsys.readouterr()
    return told.out + told.err, end.value.code


@pytest.fixture(params=LANGUAGES)
def language(request, monkeypatch):
    monkeypatch.setenv("FMNIST_SPEC_LANG", request.param)
    return request.param


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_help_has_examples_defaults_and_exit_codes(
    language, command, columns, monkeypatch, capsys
):
    """Each option that a command takes has its default, and no line is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", str(columns))
    told, code = printed([command, "--help"] if command else ["--help"], capsys)
    assert code == 0
    default = {"en": r"\(default: [^)]+\)", "ko": r"\(기본값: [^)]+\)"}[language]
    may_be_left_out = any(f"\n  {one} " in told for one in ("PATH", "NOTEBOOK"))
    takes = len(cli.COMMANDS[command].options) + may_be_left_out
    assert len(re.findall(default, " ".join(told.split()))) == takes
    for example in EXAMPLES[command]:
        assert f"\n  {example}\n" in told
    assert re.search(r"\n(Exit code|종료 코드) 0: ", told)
    wide = [
        line for line in told.split("\n") if cell_len(line) > columns and "fmnist-spec " not in line
    ]
    assert wide == []
    assert [line for line in told.split("\n") if line != line.rstrip()] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_the_examples_are_calls_that_the_command_takes(command):
    """Together they have every option of the command, none that is of no use, and its arguments."""
    used = set()
    for example in EXAMPLES[command]:
        name, *call = shlex.split(example)
        given = cli.parser().read(call)
        assert (name, given["command"]) == ("fmnist-spec", command)
        used |= {one for one in call if one.startswith("--")}
    assert used == {*cli.COMMANDS[command].options}


def test_no_word_of_argparse_is_left_in_korean(monkeypatch, capsys):
    """Titles, the help's own options, and errors have words of ours."""
    monkeypatch.setenv("FMNIST_SPEC_LANG", "ko")
    calls = [[one, "-h"] if one else ["-h"] for one in COMMANDS]
    calls += [["chek"], ["check", "--jobs"], ["check", "--jobs", "x"], ["explain"], ["check", ""]]
    calls += [["--s"], ["check", "--full=3"], ["check", "--fulll"], ["rules", "more"], ["a.ipynb"]]
    for call in calls:
        told, _ = printed(call, capsys)
        for line in told.split("\n"):
            words = re.sub(
                r"`[^`]+`|fmnist-spec.*|\.[a-z]+|-+[a-z-]+( [A-Z,]+| [{].*?[}])?", "", line
            )
            found = re.findall(r"\b[a-z]{3,}\b", words)
            known = {
                "toml",
                "pyproject",
                "docs",
                "answers",
                "html",
                "compatibility",
                "text",
                "json",
            }
            assert {*found} <= known | {*COMMANDS, *FORMATS}, line


NEAR = {
    "a command": (["chek"], "Did you mean check?"),
    "an option": (["check", "--fulll"], "Did you mean --full?"),
    "an option with a value": (["check", "--selct=loss"], "Did you mean --select?"),
    "an option before the command": (["--smaple", "check"], "Did you mean --sample?"),
    "a notebook for a command": (["a/07_2.ipynb"], "fmnist-spec check a/07_2.ipynb"),
}


@pytest.mark.parametrize(("call", "told"), NEAR.values(), ids=NEAR)
def test_a_wrong_call_is_answered_with_what_was_meant(capsys, call, told):
    """The last line has it, behind the usage; the exit code is 2."""
    said, code = printed(call, capsys)
    assert code == cli.USAGE
    assert said.rstrip().endswith(told)


def test_a_wrong_call_forges_nothing(capsys):
    """What a shell makes of a pattern may be anybody's text."""
    said, _ = printed(["check", "--\x1b[31m\n::error::x"], capsys)
    assert "\x1b" not in said
    assert "\n::error::" not in said


def test_every_option_is_shown_by_some_command():
    """None is hidden everywhere."""
    assert {one for command in cli.COMMANDS.values() for one in command.options} == {*OPTIONS}
    assert argparse.SUPPRESS not in " ".join(one.format_help() for one in [cli.parser()])


@pytest.mark.parametrize("call", [["--lang", "ko", "chek"], ["chek", "--lang=ko"]])
def test_the_language_that_is_asked_for_is_spoken_whatever_is_wrong(call, monkeypatch, capsys):
    """It is heard before anything is read, and in the processes that are started."""
    monkeypatch.setenv("FMNIST_SPEC_LANG", "en")
    told, code = printed(call, capsys)
    assert code == 2
    assert re.search("혹시 .*check", told), told


def test_a_language_that_is_none_is_refused_with_those_that_are(monkeypatch, capsys):
    """The words are those of the locale."""
    monkeypatch.setenv("FMNIST_SPEC_LANG", "en")
    told, code = printed(["rules", "--lang", "kr"], capsys)
    assert code == 2
    assert "'kr' (choose from en, ko)" in told, told
