"""rules.toml agrees with itself and with the lesson: causes are rules, keys are the lesson's."""

import re
from dataclasses import fields
from itertools import chain

import pytest

from fmnist_spec.gate.catalogue import RULES, words_of
from fmnist_spec.lesson import Compile, Fit, Split
from fmnist_spec.network import TYPES, NetworkSpec

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
