"""Recorded answers are read whole or refused, and a version finds those of its environment."""

import json
import re
from pathlib import Path

import pytest

from fmnist_spec.claims import recorded
from fmnist_spec.claims.claims import load_claims
from fmnist_spec.reading import SpecificationError

pytestmark = pytest.mark.once

CLAIMS = load_claims()
COLUMNS = recorded.read_answers(recorded.RECORDED, CLAIMS)


def answers_of(name="tf2.16", **changes):
    path = recorded.RECORDED / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) | changes


FAULTS = {
    "not json": ("{", "JSONDecodeError"),
    "a list": ("[]", "TypeError"),
    "no version": (json.dumps({"answers": {}}), "KeyError: 'tensorflow'"),
    "wrong version": (json.dumps(answers_of(keras="three")), "InvalidVersion"),
    "a claim short": (json.dumps(answers_of(answers={})), "too much or too little"),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_faulty_answers_are_refused(tmp_path, text, message):
    """The error names the file and the command that writes it again."""
    (tmp_path / "tf2.16.json").write_text(text, encoding="utf-8")
    with pytest.raises(SpecificationError, match=message) as caught:
        recorded.read_answers(tmp_path, CLAIMS)
    assert "tf2.16.json" in str(caught.value)
    assert "tox run -e tf2.16" in str(caught.value)


def test_no_answers_are_refused(tmp_path):
    """An empty folder is named, with what to do instead."""
    with pytest.raises(SpecificationError, match=r"found no answers.*in a clone"):
        recorded.read_answers(tmp_path, CLAIMS)


def test_no_answers_are_refused_in_korean(tmp_path, monkeypatch):
    """What is empty has a Korean word, too."""
    monkeypatch.setenv("FMNIST_SPEC_LANG", "ko")
    with pytest.raises(SpecificationError, match=r": 폴더: \*\.json이 필요합니다.*쓰세요\."):
        recorded.read_answers(tmp_path, CLAIMS)


MEANT = {
    "2.15": "tf2.15",
    "2.15.1": "tf2.15",  # the release that was asked
    "2.15.0": "tf2.15",  # another one of the same TensorFlow
    "2.21.0rc1": "tf2.21",
    "tf2.15": "tf2.15",
    "v2.9": "tf2.9",
    " 2.10 ": "tf2.10",
    "2.21": "tf2.21",
    "2.21-py3.13": "tf2.21-py3.13",
    "tf2.21-legacy": "tf2.21-legacy",
    "2.21 legacy": "tf2.21-legacy",
}


@pytest.mark.parametrize(("asked", "name"), MEANT.items())
def test_a_version_is_understood_as_people_write_it(asked, name):
    """A release, a name of tox.ini and a label of the page all name an environment."""
    assert recorded.column_of(asked, COLUMNS).name == name


UNKNOWN = {
    "2.22": "The nearest: 2.21.",
    "3.0": "The nearest: 2.21.",
    "2.7.4": "The nearest: 2.8.",
    "2.21-legcy": "The nearest: 2.21-legacy",
    "2,15": "The nearest: 2.15",
}


@pytest.mark.parametrize(("asked", "near"), UNKNOWN.items())
def test_an_unknown_version_is_told_which_are_known_and_near(asked, near):
    """The message repeats what was asked, lists every environment, and offers the nearest."""
    with pytest.raises(recorded.UnknownVersionError) as caught:
        recorded.column_of(asked, COLUMNS)
    told = str(caught.value)
    assert f"TensorFlow {asked}: " in told
    assert ", ".join(column.version for column in COLUMNS) in told
    assert near in told


def test_another_version_is_asked_as_the_document_says_that_is_named():
    """The file that the message names has the command."""
    with pytest.raises(recorded.UnknownVersionError, match=re.escape("docs/versions.md of the")):
        recorded.column_of("2.99", COLUMNS)
    text = (Path(__file__).parents[2] / "docs/versions.md").read_text(encoding="utf-8")
    assert "tox run -e next" in text
