"""rules.toml agrees with itself and with the lesson: causes are rules, keys are the lesson's."""

import re
from dataclasses import fields, is_dataclass
from typing import get_args, get_type_hints

import pytest

from fmnist_spec.gate.catalogue import RULES, words_of
from fmnist_spec.lesson import Lesson

MEANT = [(id, key, text) for id, rule in RULES.items() for key, text in rule.meant.items()]


def causes_of(id: str) -> set[str]:
    """Give the rules from which a rule's findings may follow, at once or by others."""
    near = {cause for causes in RULES[id].follows.values() for cause in causes}
    return near.union(*map(causes_of, near))


@pytest.mark.parametrize("id", [id for id, rule in RULES.items() if rule.follows])
def test_causes_are_rules_and_go_round_in_no_circle(id: str) -> None:
    """Each key of `follows` is a sentence of the rule, and no rule is its own cause."""
    assert RULES[id].follows.keys() <= words_of(id).keys()
    assert id not in causes_of(id)


def tables(kind: type, path: str = "") -> dict[str, set[str]]:
    """Give the tables of a lesson file as TOML writes them, with the keys of each."""
    found = {path: {field.name for field in fields(kind)}}
    for name, hint in get_type_hints(kind).items():
        inner = next(iter(get_args(hint)), hint)
        if is_dataclass(inner):
            here = ".".join(filter(None, [path.strip("[]"), name]))
            found |= tables(inner, f"[{here}]" if inner is hint else f"[[{here}]]")
    return found


@pytest.mark.parametrize(("id", "key", "text"), MEANT)
def test_what_to_edit_stands_in_a_lesson_file(id: str, key: str, text: str) -> None:
    """Each key of `meant` is of the rule or of all, and names what the Lesson has."""
    assert key in words_of(id)
    place = re.fullmatch(r"((?:`\w+`(?: and )?)+) in (\S+)|the tables (\S+)", text)
    assert place, "expected `key` in [table], or the tables [[table]]"
    found = tables(Lesson)[place[2] or place[3]]
    assert {*re.findall(r"`(\w+)`", text)} <= found, f"that table has {sorted(found)}"
