"""`fmnist-spec compat FROM TO` says what of the lesson changes, and what to do about it."""

import re
import subprocess
import sys
from itertools import pairwise

import pytest
from rich.cells import cell_len

from fmnist_spec import cli
from fmnist_spec.claims import changes, recorded
from fmnist_spec.claims.claims import load_claims
from fmnist_spec.harmless import ANSI
from fmnist_spec.language import LANGUAGES, form, speaking

pytestmark = pytest.mark.once

CLAIMS = load_claims()
COLUMNS = {one.version: one for one in recorded.read_answers(recorded.RECORDED, CLAIMS)}
CHANGED = {  # from 2.15 to 2.21: Keras 2 becomes Keras 3
    "input-shape-can-be-given-to-the-first-layer",
    "summary-draws-lines-and-sizes",
    "summary-draws-a-box",
    *(
        f"{kind}-layer-can-be-{what}"
        for kind in ("korean", "blank")
        for what in ("built", "summarised")
    ),
    "a-badly-named-fit-leaves-nothing-behind",
    "metrics-can-be-a-string",
    "history-lists-the-loss-first",
}


def changed(*versions):
    return {claim.id for claim in changes.changed(CLAIMS, [COLUMNS[one] for one in versions])}


def test_what_keras_3_changed_is_known():
    """The claims with another answer are these, in whichever direction one asks."""
    assert changed("2.15", "2.21") == CHANGED
    assert changed("2.21", "2.15") == CHANGED


def test_nothing_changes_where_the_answers_are_the_same():
    """That TensorFlow words an error otherwise is no other answer."""
    assert changed("2.17", "2.19") == set()
    assert changed("2.8", "2.10") == set()
    assert changed("2.15", "2.21-legacy") == set(), "Keras 2 is the same through tf_keras"


def test_both_answers_and_the_remedy_are_said(capsys):
    """Each claim stands in the lesson's words, with TensorFlow's and what a notebook does."""
    assert cli.main(["compat", "2.15.1", "2.21"]) == cli.HOLDS
    out = capsys.readouterr().out
    assert out.startswith("From TensorFlow 2.15.1 (Keras 2.15.0, Python 3.10) to TensorFlow 2.21.0")
    assert f"{len(CHANGED)} of {len(CLAIMS)} claims of the lesson change." in out
    assert (
        "\n  compile() takes metrics as a string: 'accuracy'.\n"
        "    ✓ 2.15  holds\n"
        "    ✗ 2.21  does not hold: ValueError: Expected `metrics` argument to be a list, "
        "tuple, or dict. Received instead: metrics=accuracy of type <class 'str'>\n"
        "  In a notebook: Write metrics=['accuracy'], a list. This works on every version.\n"
    ) in out
    assert "keras.Input(shape=(784,))" in out


def test_the_other_way_the_answers_change_places(capsys):
    """From 2.21 to 2.15 the same claims are told, the answer of 2.21 first."""
    cli.main(["compat", "2.21", "2.15"])
    out = capsys.readouterr().out
    assert out.startswith("From TensorFlow 2.21.0")
    assert "    ✗ 2.21  does not hold\n    ✓ 2.15  holds\n" in out


@pytest.mark.parametrize("versions", [("2.17", "2.19"), ("2.15", "2.15.0")])
def test_that_nothing_changes_is_one_line(versions, capsys):
    """It says so, and that all claims have the same answers."""
    assert cli.main(["compat", *versions]) == cli.HOLDS
    out = capsys.readouterr().out
    assert f"nothing of the lesson changes: its {len(CLAIMS)} claims have the same answers." in out
    assert out.count("\n") == 1


def test_of_one_version_what_does_not_hold_is_said(capsys):
    """Also what holds on no version, such as a model with a Korean name that is trained."""
    assert cli.main(["compat", "2.21"]) == cli.HOLDS
    out = capsys.readouterr().out
    assert "A network with a Korean model name can be trained.\n    ✗ 2.21" in out
    assert "compile() takes metrics as a list" not in out


@pytest.mark.parametrize(
    ("versions", "message"),
    [
        (["2.15", "2.99"], "TensorFlow 2.99: no answers"),
        (["2.8", "2.9", "2.10"], "found 3 versions"),
    ],
)
def test_what_is_not_known_is_one_line_and_exit_code_2(versions, message, capsys):
    """Nothing is printed of a version that is known, as the question has no answer."""
    assert cli.main(["compat", *versions]) == cli.USAGE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err
    assert printed.err.count("\n") == 1


def test_it_needs_no_tensorflow_and_no_clone(tmp_path):
    """The answers come with the package, and nothing that is costly is imported."""
    code = (
        "import sys; from fmnist_spec import cli; sys.modules['tensorflow'] = None;"
        "raise SystemExit(cli.main(['compat', '2.8', '2.21']) or 'sklearn' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    told = subprocess.check_output(command, cwd=tmp_path, text=True)
    assert told.startswith("From TensorFlow 2.8.4")


def test_every_claim_that_may_not_hold_has_a_remedy_and_every_remedy_a_claim():
    """Where the answer is not a plain yes, a reader is told what a notebook does."""
    for column in COLUMNS.values():
        for claim in changes.changed(CLAIMS, [column]):
            assert claim.remedy, f"{claim.id}: {column.name} does not hold it; write its remedy"
    for remedy in {claim.remedy for claim in CLAIMS} - {""}:
        assert form(f"compat.remedy.{remedy}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 120])
def test_a_terminal_gets_lines_of_its_width(monkeypatch, capsys, language, width):
    """They are moved in as far as the one they belong to, and a blank line parts the sections."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    with speaking(language):
        cli.main(["compat", "2.15", "2.21"])
    lines = ANSI.sub("", capsys.readouterr().out).splitlines()
    assert max(map(cell_len, lines)) <= width
    starts = [" " * 4 + mark for mark in (recorded.HOLDS, recorded.NOTICE, recorded.BROKEN)]
    for above, line in pairwise(lines):
        assert not above.startswith(tuple(starts)) or line.startswith("  "), (above, line)
    assert lines.count("") == 4, "a section begins without a blank line above it"


def test_it_is_said_in_korean(capsys):
    """Claims, answers and remedies are Korean; what TensorFlow said stays as it was."""
    with speaking("ko"):
        assert cli.main(["compat", "2.15", "2.21"]) == cli.HOLDS
    out = capsys.readouterr().out
    for line in filter(None, out.splitlines()):
        assert re.search("[가-힣]", line), f"no Korean in {line!r}"
    assert "맞지 않음: ValueError: Expected `metrics` argument" in out
