"""Each word for people stands in both languages, and the one that is asked for is said."""

import string
from pathlib import Path

import pytest

from fmnist_spec import language
from fmnist_spec.language import joined, say
from fmnist_spec.reading import read_toml

pytestmark = pytest.mark.once
PACKAGE = Path(language.__file__).parent


def flat(table, before=""):
    """Give the words by their keys, such as language.help."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{key}.")
        else:
            yield before + key, value


WORDS = {one: dict(flat(read_toml(PACKAGE / f"words.{one}.toml"))) for one in language.LANGUAGES}


def names(words):
    forms = [words] if isinstance(words, str) else words
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


def test_both_languages_have_the_same_keys():
    """What one says, the other says, too."""
    assert WORDS["en"].keys() == WORDS["ko"].keys()


@pytest.mark.parametrize("key", WORDS["en"])
def test_both_languages_say_the_same_values(key):
    """A value that is left out in one language would be lost there."""
    assert names(WORDS["en"][key]) - {"number"} == names(WORDS["ko"][key]) - {"number"}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "FMNIST_SPEC_LANG": "en"}, "en"),
        ({"FMNIST_SPEC_LANG": "klingon", "LC_MESSAGES": "ko"}, "ko"),
    ],
)
def test_the_environment_decides_the_language(monkeypatch, environment, expected):
    """What is asked for, else what the locale says, else English."""
    for name in (language.ASKED, *language.LOCALE):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language.chosen() == expected


def test_what_is_chosen_is_said(monkeypatch):
    """The words are those of the language that was chosen last."""
    monkeypatch.setenv(language.ASKED, "en")
    for one in language.LANGUAGES:
        language.choose(one)
        assert say("language.help") == WORDS[one]["language.help"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("뉴런[을/를]", "뉴런을"),
        ("은닉층[은/는] 뉴런 10개[이/가]", "은닉층은 뉴런 10개가"),
        ("784[은/는] 79,510[과/와] 3[으로/로]", "784는 79,510과 3으로"),
        ("`units`[을/를] 파일[으로/로] 칠 7[으로/로]", "`units`를 파일로 칠 7로"),
        ("notebook.ipynb[이/가], 'epochs'[을/를] [을/를]", "notebook.ipynb가, 'epochs'를 를"),
        ("rmsprop[을/를] adam[을/를] sgd[을/를]", "rmsprop을 adam을 sgd를"),
        ('"78,500"[이라고/라고] "79,512"[이라고/라고]', '"78,500"이라고 "79,512"라고'),
        ("images[::2] and [0/1] stay", "images[::2] and [0/1] stay"),
    ],
)
def test_korean_particles_follow_what_stands_before_them(written, read):
    """The form is that of the last sound: of a syllable, of a digit, of a letter."""
    assert joined(written) == read
