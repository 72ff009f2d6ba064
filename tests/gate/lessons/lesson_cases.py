"""The notebooks of other lessons, and their faults: a file of cases beside this one a lesson."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from notebooks import OUTPUTS, Parts, build, read_toml

HERE = Path(__file__).parent
LESSONS = {path.stem: path for path in sorted((HERE.parents[1] / "lessons").glob("*.toml"))}


@dataclass(frozen=True)
class Case:
    """A notebook that is held against a lesson: sound, or with the fault that a rule must tell.

    ``base`` is the notebook that it is an edit of; ``may_follow`` are rules that may have errors of
    their own by that fault.
    """

    lesson: str
    name: str
    parts: Parts
    base: Parts
    rule: str = ""
    may_follow: frozenset[str] = frozenset()
    is_told: bool = False  # as a warning or a note, and the notebook passes

    @property
    def id(self) -> str:
        """Its name in the tests."""
        return "-".join(filter(None, [self.lesson, self.rule, self.name])).replace(" ", "_")


def _cases_of(file: Path) -> Iterator[Case]:
    data = read_toml(file)
    whole: Parts = data["notebook"]
    rest = {f"{name}{mark}" for name in data.get("rest", ()) for mark in ("", *OUTPUTS)}
    short = {name: part for name, part in whole.items() if name not in rest}
    missing = {*data.get("rest", ())} - {*whole}
    assert not missing, f"{file.name}: rest names what is no part: {missing}"
    texts: Mapping[str, str] = data.get("texts", {})
    texts = {name: _resolved(one, texts) for name, one in texts.items()}

    def case(name: str, edits: Any, rules: str = "") -> Case:
        rule, *others = rules.split() or [""]
        edited = {*edits, *edits.get("drop", []), *edits.get("after", {})}
        parts = whole if name == "as it is" or edited & rest else short
        try:
            made = build(edits, parts, texts)
        except AssertionError as error:
            raise AssertionError(f"{file.name}: {name}: {error}") from None
        return Case(file.stem, name, made, parts, rule, frozenset(others))

    yield from (case(name, edits) for name, edits in data["sound"].items())
    for rules, faults in data.get("fault", {}).items():
        yield from (case(name, edits, rules) for name, edits in faults.items())
    for rule, told in data.get("told", {}).items():
        made = (case(name, edits, rule) for name, edits in told.items())
        yield from (replace(one, is_told=True) for one in made)


def _resolved(text: str, texts: Mapping[str, str]) -> str:
    """Put the texts that a text names in their places."""
    for name, one in texts.items():
        text = text.replace(f"<{name}>", one)
    return text


FILES = [path for path in sorted(HERE.glob("*.toml")) if path.stem in LESSONS]
CASES = [case for file in FILES for case in _cases_of(file)]
assert len({case.id for case in CASES}) == len(CASES), "two cases have one name"
SOUND = [case for case in CASES if not case.rule]
FAULTS = [case for case in CASES if case.rule and not case.is_told]
TOLD = [case for case in CASES if case.is_told]
