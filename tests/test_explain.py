"""`fmnist-spec explain`, and the name that was probably meant where one is misspelt."""

import re

import pytest
from rich.cells import cell_len

from fmnist_spec import cli
from fmnist_spec.gate.catalogue import NEVER_SILENCED, RULES
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.report import listing
from fmnist_spec.gate.rules.silencing import silences
from fmnist_spec.lesson import LESSON, LESSON_FILE

pytestmark = pytest.mark.once


@pytest.mark.parametrize("id", RULES)
def test_a_rule_is_explained(id):
    """What and why, two examples, the key of the lesson file, and how to silence it."""
    told = "\n".join(listing.rule(id, LESSON_FILE))
    rule = RULES[id]
    texts = (rule.requires, rule.wrong, rule.right)
    expected = [f"{id} ({rule.severity})", *(one.format(lesson=LESSON) for one in texts)]
    expected += list(rule.meant) or ["No key of the lesson file"]
    expected += [f"`fmnist-spec check --fix` corrects it: {rule.fix}"] if rule.fix else []
    expected += [f'ignore = ["{id}"]', f"fmnist-spec check --ignore {id}"]
    assert [one for one in expected if one not in told] == []


def test_in_korean_no_particle_is_left_open(monkeypatch):
    """The list and every explanation have the form that fits what stands before it."""
    monkeypatch.setenv("FMNIST_SPEC_LANG", "ko")
    listed = [*listing.rules(LESSON_FILE)]
    told = [*listed, *(one for id in RULES for one in listing.rule(id, LESSON_FILE))]
    assert [one for one in told if re.search(r"\[[가-힣]+/[가-힣]+\]", one)] == []
    columns = max(map(len, RULES)) + len("  ") + cell_len("오류") + len("    ")
    assert cell_len(listed[0].partition("모든")[0]) == columns, (
        "Korean letters are two columns wide"
    )


@pytest.mark.parametrize("id", RULES)
def test_the_comments_of_an_explanation_silence_the_rule(id):
    """Copied into a cell of code or text, or as its tag, each is taken for what it says."""
    told = [line.strip() for line in "\n".join(listing.rule(id, LESSON_FILE)).split("\n")]
    lines = {one[:1]: one for one in told if one.endswith((f"ignore[{id}]", f"ignore[{id}] -->"))}
    if id in NEVER_SILENCED:
        assert lines == {}
        return
    cells = Cell(0, "code", lines["#"], (1,)), Cell(1, "markdown", lines["<"], (1,))
    cells += (Cell(2, "code", "one", (1,), frozenset({lines["f"]})),)
    assert [(one.cell, one.ids) for one in silences(cells)] == [(at, (id,)) for at in range(3)]


MISSPELT = {  # in pyproject.toml: the text, and what was meant
    "a key": ("[tool.fmnist_spec]\nselct = []", "select"),
    "a rule": ("[tool.fmnist_spec]\nselect = ['epocs']", "epochs"),
    "a severity": ("[tool.fmnist_spec]\nseverity.loss = 'eror'", "error"),
    "a key of an entry": ("[[tool.fmnist_spec.notebooks]]\npaths = ['a']\nleson = 'a'", "lesson"),
}


@pytest.mark.parametrize(("text", "meant"), MISSPELT.values(), ids=MISSPELT)
def test_what_is_meant_in_the_settings_is_told(tmp_path, monkeypatch, capsys, text, meant):
    """The one line of the error ends with it and the remedy."""
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["rules"]) == cli.USAGE
    assert f". Did you mean {meant}? " in capsys.readouterr().err


IN_A_LESSON = {
    "a key": ("epochs = 5", "epoch = 5", "epochs"),
    "a table": ("[compile]", "[compiler]", "compile"),
    "a value": ('"sigmoid"', '"sigmod"', "sigmoid"),
    "a key of a layer": ("units = 100", "unit = 100", "units"),
}


@pytest.mark.parametrize(("old", "new", "meant"), IN_A_LESSON.values(), ids=IN_A_LESSON)
def test_what_is_meant_in_a_lesson_file_is_told(edited_file, capsys, old, new, meant):
    """Keys of tables, of layers, and values of which there are only some."""
    assert cli.main(["rules", "--lesson", str(edited_file((old, new)))]) == cli.USAGE
    assert f". Did you mean {meant}? " in capsys.readouterr().err


ON_THE_COMMAND_LINE = {
    "a lesson": (["rules", "--lesson", "hg-mldl"], "hg-mldl2"),
    "a rule that is explained": (["explain", "Epochs"], "epochs"),
    "a rule that is selected": (["check", "--select", "loss,split,scalling"], "scaling"),
}


@pytest.mark.parametrize(
    ("call", "meant"), ON_THE_COMMAND_LINE.values(), ids=[*ON_THE_COMMAND_LINE]
)
def test_what_is_meant_on_the_command_line_is_told(capsys, call, meant):
    """With exit code 2, as for any call that is wrong."""
    try:
        code = cli.main(call)
    except SystemExit as end:  # as argparse ends
        code = end.code
    assert code == cli.USAGE
    assert f"Did you mean {meant}? " in capsys.readouterr().err


@pytest.mark.parametrize("call", [["explain", "zzzz"], ["rules", "--lesson", "zzzz"]], ids=str)
def test_where_nothing_is_near_no_guess_is_made(capsys, call):
    """A guess that is far off would mislead."""
    assert cli.main(call) == cli.USAGE
    assert "Did you mean" not in capsys.readouterr().err
