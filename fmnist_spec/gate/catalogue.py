"""The catalogue of the rules, read from rules.toml: ids, severities, and all words for people.

Nothing here judges: a rule's function stands in the module of its subject.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from fmnist_spec import language
from fmnist_spec.lesson import Lesson
from fmnist_spec.reading import read_toml, read_value

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
# A notebook may not say that it need not run, or that what it does to its check is no matter.
NEVER_SILENCED = ("run-ended", "unused-ignore", "source-differs", "tampering")
RULES_FILE = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True)
class Rule:
    """One requirement, as a table of rules.toml, whose head says what its keys mean."""

    requires: str
    wrong: str
    right: str
    about: str = ""
    severity: Severity = "error"
    fix: str = ""
    says: dict[str, str] = field(default_factory=dict, hash=False)
    beside: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict, hash=False)
    follows: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    meant: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def is_about(self, lesson: Lesson) -> bool:
        """Whether the lesson teaches what this rule looks at."""
        return not self.about or self.about in lesson.subjects


@dataclass(frozen=True)
class _RulesFile:
    says: dict[str, str]
    beside: dict[str, tuple[tuple[str, ...], ...]]
    rule: dict[str, Rule]


def _over(table: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
    """Put words over those of another language; of `meant` the keys are words, too."""
    deep = {key for key, value in words.items() if isinstance(value, dict) and key != "meant"}
    return {**table, **words, **{key: _over(table[key], words[key]) for key in deep}}


@cache
def _file(spoken: str) -> _RulesFile:
    tables, words = read_toml(RULES_FILE), RULES_FILE.with_suffix(f".{spoken}.toml")
    if words.exists():
        tables = _over(tables, read_toml(words))
    file: _RulesFile = read_value(_RulesFile, tables, RULES_FILE, "")
    return file


RULES = _file("en").rule


def in_words(id: str) -> Rule:
    """Give a rule with its words in the language that is chosen."""
    return _file(language.chosen()).rule[id]


def rules_of(lessons: Collection[Lesson], ids: Collection[str] = RULES) -> tuple[str, ...]:
    """Give those rules, in their order, that one of the lessons is about."""
    return tuple(id for id, one in RULES.items() if id in ids and any(map(one.is_about, lessons)))


@dataclass(frozen=True)
class Phrase:
    """Words of the catalogue that are filled into a sentence: their key, and their own values."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)


def phrase(key: str, **values: object) -> Phrase:
    """Give words of the catalogue with their values."""
    return Phrase(key, values)


def severity_of(rule: str, lowered: Severity = "error") -> Severity:
    """Give the severity of a rule; a finding may lower it, not raise it."""
    return max(RULES[rule].severity, lowered, key=SEVERITIES.index)


def words_of(rule: str) -> Mapping[str, str]:
    """Give the words of a rule by their keys: its own, and those of all; of no rule: only those."""
    return _words_of(rule, language.chosen())


@cache
def _words_of(rule: str, spoken: str) -> Mapping[str, str]:
    file = _file(spoken)
    return {**file.says, **(file.rule[rule].says if rule else {})}


def sentence(rule: str, key: str, values: Mapping[str, object]) -> str:
    """Write a sentence of a rule: each {name} is a value, or words of the catalogue without any."""
    return _filled(rule, words_of(rule)[key], values)


def beside(rule: str, key: str, values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Write what stands beside a sentence of a rule: whose two values are, and each; often ""."""
    file = _file(language.chosen())
    pairs = {**file.beside, **file.rule[rule].beside}
    told = {"expected": "", "observed": "", **values}
    return [(whose, _filled(rule, text, told)) for whose, text in pairs.get(key, pairs["any"])]


def _filled(rule: str, text: str, values: Mapping[str, object]) -> str:
    filled = {name: shown(rule, value) for name, value in values.items()}
    return language.joined(text.format_map({**words_of(rule), **filled})).strip()


def keys_of(value: object) -> Iterator[str]:
    """Give the keys of all words of the catalogue in a value, or in a list or a table of values."""
    if isinstance(value, Phrase):
        yield value.key
        yield from keys_of(value.values)
    elif isinstance(value, list | Mapping):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from keys_of(one)


def shown(rule: str, value: object) -> object:
    """Turn words of the catalogue, or a list of them, into text; a plain value stays as it is."""
    if isinstance(value, Phrase):
        return sentence(rule, value.key, value.values)
    if isinstance(value, list):
        return language.listed((str(shown(rule, one)) for one in value), "between")
    return value
