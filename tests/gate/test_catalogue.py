"""rules.toml agrees with itself and with the lesson: causes are rules, keys are the lesson's."""

import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from korean import english_in
from notebooks import LESSON

from fmnist_spec import language
from fmnist_spec.gate.catalogue import RULES, RULES_FILE, in_words, words_of
from fmnist_spec.gate.finding import Finding
from fmnist_spec.lesson import AccuracyBounds, Compile, Fit, Split
from fmnist_spec.network import TYPES, NetworkSpec
from fmnist_spec.reading import read_toml

MEANT = [(id, text, keys) for id, rule in RULES.items() for text, keys in rule.meant.items()]


def causes_of(id: str) -> set[str]:
    """Give the rules from which a rule's findings may follow, at once or by others."""
    near = {cause for causes in RULES[id].follows.values() for cause in causes}
    return near.union(*map(causes_of, near))


@pytest.mark.parametrize("id", [id for id, rule in RULES.items() if rule.follows])
def test_causes_are_rules_and_go_round_in_no_circle(id: str) -> None:
    """Each key of `follows` is a sentence of the rule, and no rule is its own cause."""
    assert RULES[id].follows.keys() <= words_of(id).keys()
    assert id not in causes_of(id)


# The tables of a lesson file, with the keys of each.
KEYS = {
    "[data]": {"dataset", "scale"},
    "[split]": {field.name for field in fields(Split)},
    "[network]": {field.name for field in fields(NetworkSpec)},
    "[[network.layers]]": {"type", "name", *chain.from_iterable(TYPES.values())},
    "[compile]": {field.name for field in fields(Compile)},
    "[fit]": {field.name for field in fields(Fit)},
    "[result]": {field.name for field in fields(AccuracyBounds)},
}


@pytest.mark.parametrize(("id", "text", "keys"), MEANT)
def test_what_to_edit_stands_in_a_lesson_file(id: str, text: str, keys: tuple[str]) -> None:
    """Each key of `meant` is of the rule or of all, and names what the Lesson has."""
    assert words_of(id).keys() >= {*keys}
    place = re.fullmatch(r"((?:`\w+`(?: and )?)+) in (\S+)|the tables? (\S+)", text)
    assert place, "expected `key` in [table], the table [table], or the tables [[table]]"
    found = KEYS[place[2] or place[3]]
    assert {*re.findall(r"`(\w+)`", text)} <= found, f"that table has {sorted(found)}"


@pytest.mark.parametrize("id", [id for id, rule in RULES.items() if rule.beside])
def test_what_stands_beside_a_sentence_is_two_texts_each_with_whose_it_is(id: str) -> None:
    """Each key of `beside` is a sentence of the rule, or "any" for all others."""
    assert RULES[id].beside.keys() <= {*words_of(id), "any"}
    for pair in RULES[id].beside.values():
        assert [len(one) for one in pair] == [2, 2], "expected [[whose, text], [whose, text]]"


HANGUL = re.compile("[가-힣]")
ENGLISH, KOREAN = (read_toml(RULES_FILE.with_suffix(end)) for end in (".toml", ".ko.toml"))


def sentences(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Give each text of a file by its keys, such as rule.split.says.finding."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from sentences(value, f"{before}{key}.")
        elif key in ("wrong", "right", "about", "severity") or ".follows." in before:
            continue  # code, and what is no text
        elif isinstance(value, str):
            yield before + key, value
        elif ".meant." in before:
            yield before[: before.index(".meant.")] + f".meant {value}", key
        else:
            yield from ((f"{before}{key} {at}", " ".join(one)) for at, one in enumerate(value))


def names(text: str) -> set[str]:
    """Give the names of the values in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


SAID, IN_KOREAN = dict(sentences(ENGLISH)), dict(sentences(KOREAN))


def test_every_sentence_is_said_in_korean() -> None:
    """A sentence that is missing would be told in English."""
    assert IN_KOREAN.keys() == SAID.keys()


@pytest.mark.parametrize("key", SAID)
def test_a_korean_sentence_has_the_values_of_the_english_one(key: str) -> None:
    """And it is Korean, unless nothing in it is to be read but values."""
    assert names(IN_KOREAN[key]) == names(SAID[key])
    words = re.sub(r"\{[^}]*\}|`[^`]*`|[\w.]+\([^)]*\)|\w+=\S+", "", SAID[key])
    assert HANGUL.search(IN_KOREAN[key]) or not re.search("[a-z]{3} [a-z]{3}", words)


class Seven:
    """Any value, any part of it, in any form."""

    def __getattr__(self, name: str) -> "Seven":
        return self

    def __format__(self, form: str) -> str:
        return "7"


def findings(id: str) -> Iterator[Finding]:
    """Make a finding of every sentence of a rule, and of all words that stand in sentences."""
    words, pairs = words_of(id), chain.from_iterable(in_words(id).beside.values())
    beside = (text for pair in pairs for text in pair)
    filled: Iterable[str] = {one for text in (*words.values(), *beside) for one in names(text)}
    values = {re.split(r"[.\[]", one)[0]: Seven() for one in filled} | {"lesson": LESSON}
    yield from (
        Finding(id, "error", None, None, key, values, lesson_files=(Path("lesson.toml"),))
        for key in words
    )


NAMED = {"accuracy", "rmsprop", "dense", "images", "seaborn"}  # in the lesson and the examples


@pytest.mark.parametrize("id", RULES)
def test_no_english_is_left_in_what_a_rule_says_in_korean(
    id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside code, ids and names. An example may be code alone; else its comment is read."""
    monkeypatch.setenv(language.ASKED, "ko")
    rule, told = in_words(id), [(one.message, *chain(*one.beside)) for one in findings(id)]
    examples = [one.rpartition("# ")[2] for one in (rule.wrong, rule.right) if HANGUL.search(one)]
    texts = [*chain(*told), *(one.format(lesson=LESSON) for one in (rule.requires, *examples))]
    assert [one for one in texts if {*english_in(one)} - NAMED] == []
