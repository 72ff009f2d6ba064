"""The command line: its table, its exit codes, and its errors."""

import re

import pytest

from fmnist_spec import cli
from fmnist_spec.claims.claims import CLAIMS_FILE, load_claims
from fmnist_spec.lesson import LESSON_FILE


@pytest.fixture
def few_claims(monkeypatch, tmp_path):
    """A claims file of the test's own: the command reads it instead of the shipped one."""

    def use(*ids, **changes):
        blocks = CLAIMS_FILE.read_text(encoding="utf-8").split("[[claim]]")
        kept = [block for block in blocks if any(f'id = "{id_}"' in block for id_ in ids)]
        text = "".join("[[claim]]" + block for block in kept)
        for old, new in changes.values():
            assert old in text, f"the claims do not hold {old!r}"
            text = text.replace(old, new)
        path = tmp_path / "claims.toml"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setattr("fmnist_spec.claims.claims.load_claims", lambda: load_claims(path))

    return use


def test_the_sample_is_announced_and_what_it_cannot_decide_is_named(few_claims, capsys):
    """On the sample, claims about the whole data are listed as not checked, and 0 is returned."""
    few_claims("labels-are-the-classes", "the-data-set-has-its-size")
    code = cli.main(["--sample"])
    out = capsys.readouterr().out
    assert code == cli.HOLDS, out
    assert "Data: shipped sample" in out
    assert "1 of 1 claims are as" in out
    assert re.search(r"Not checked.*\sthe-data-set-has-its-size", out, re.DOTALL), out


def test_a_lesson_of_its_own_is_trained_on_the_sample(few_claims, capsys, tmp_path):
    """A claim that trains is decided on the sample too, for as many epochs as the file says."""
    few_claims("training-runs-for-all-epochs")
    text = LESSON_FILE.read_text(encoding="utf-8")
    (tmp_path / "short.toml").write_text(text.replace("epochs = 5", "epochs = 1"), encoding="utf-8")
    code = cli.main(["--sample", "--lesson", str(tmp_path / "short.toml")])
    assert code == cli.HOLDS
    assert re.search(r"epochs=1 trains.*holds", capsys.readouterr().out, re.DOTALL)


def test_a_broken_claim_is_explained_and_returns_1(few_claims, capsys):
    """A claim that says 'none' of something that works is broken, and the line is named."""
    few_claims("labels-are-the-classes", change=('holds = "all"', 'holds = "none"'))
    code = cli.main(["--sample"])
    out = capsys.readouterr().out
    assert code == cli.BROKEN, out
    assert "0 of 1 claims are as" in out
    assert "labels-are-the-classes: claims.toml says that this does not hold" in out


WRONG_CALLS = {
    "missing folder": (["--data", "absent"], "absent"),
    "missing lesson": (["--lesson", "absent.toml"], "absent.toml: file: found No such file"),
    "faulty lesson": (["--lesson", "faulty.toml"], "data.pixels: found 785"),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_wrong_call_returns_2_with_one_clear_line(
    arguments, message, capsys, tmp_path, monkeypatch
):
    """The error goes to standard error and names the file."""
    text = LESSON_FILE.read_text(encoding="utf-8").replace("pixels = 784", "pixels = 785")
    (tmp_path / "faulty.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code = cli.main(arguments)
    printed = capsys.readouterr()
    assert code == cli.USAGE
    assert message in printed.err
    assert printed.err.count("\n") == 1, f"more than one line: {printed.err}"
    assert printed.out == ""
