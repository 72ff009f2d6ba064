"""Two notebooks beside each other: what of the lesson changed, what did not, what is wrong now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from fmnist_spec.gate.diff.facts import SUBJECTS, Fact, Value, facts_of
from fmnist_spec.gate.diff.matching import Matched, matched
from fmnist_spec.gate.diff.own import untrue
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.report.overview import Told
from fmnist_spec.gate.verdict import against
from fmnist_spec.lesson import load_lesson


@dataclass(frozen=True)
class Change:
    """A fact of both notebooks, ``old`` and ``new`` may be equal; None: there is none.

    ``styles`` are those whose networks have it, ``cells`` are the new notebook's, from 0.
    """

    lesson: str
    subject: str
    what: str
    layer: str
    styles: tuple[str, ...]
    old: Value
    new: Value
    cells: tuple[int, ...]


@dataclass(frozen=True)
class Comparison:
    """What a change does to a lesson. ``names`` are those of the old and the new notebook."""

    names: tuple[str, str]
    old: Result
    new: Result
    facts: tuple[Change, ...]
    findings: Matched
    cut_short: tuple[bool, bool]  # the runs: what they did not show is not compared
    same_lessons: bool  # in content: each notebook may have files of its own

    @property
    def changed(self) -> list[Change]:
        """The facts that differ."""
        return [one for one in self.facts if one.old != one.new]

    @cached_property
    def unchanged(self) -> dict[tuple[str, str], list[Change]]:
        """The facts of each lesson and subject of which none differs."""
        by_subject = defaultdict[tuple[str, str], list[Change]](list)
        for one in self.facts:
            by_subject[one.lesson, one.subject].append(one)
        changed = {(one.lesson, one.subject) for one in self.changed}
        return {key: facts for key, facts in by_subject.items() if key not in changed}

    @property
    def new_errors(self) -> list[Told]:
        """The errors that the change brings."""
        return [one for one in self.findings.new if one.severity == "error"]

    @property
    def newly_undecided(self) -> list[str]:
        """The rules that were decided in the old notebook, and are not in the new one."""
        return [id for id in self.new.undecided if id not in self.old.undecided]

    @property
    def exit_code(self) -> int:
        """Give 1 if the change brings an error, 2 if it may hide one, else 0."""
        return 1 if self.new_errors else 2 if self.newly_undecided else 0


def compare(
    names: tuple[str, str],
    results: tuple[Result, Result],
    held: tuple[Sequence[Evidence], Sequence[Evidence]],
) -> Comparison:
    """Compare two notebooks that were run, each ``held`` against its lessons, first with first."""
    facts = [one for pair in zip(*held, strict=False) for one in _compared(*pair)]
    (old, *_), (new, *_) = held
    findings = matched(*results, (untrue(old), untrue(new)))
    cut_short = old.cut_short, new.cut_short
    same = [one.lesson for one in held[0]] == [one.lesson for one in held[1]]
    return Comparison(names, *results, tuple(facts), findings, cut_short, same)


def held_of(result: Result) -> list[Evidence]:
    """Hold a run against its lessons again."""
    assert result.notebook and result.trace  # noqa: S101, PT018  # it was run
    lessons = {file: load_lesson(file) for file in result.lesson_files}
    return against(result.notebook, result.trace, lessons)


def _compared(old: Evidence, new: Evidence) -> list[Change]:
    """Compare what two notebooks teach; what is alike in several styles is one change."""
    was, now = ({one.key: one for one in facts_of(held)} for held in (old, new))
    styles = {one.style for one in was.values()} & {one.style for one in now.values()}
    merged = defaultdict[tuple[str, str, str, Value, Value], list[tuple[str, Fact | None]]](list)
    for key in dict.fromkeys((*was, *now)):
        one, two, (*of, style) = was.get(key), now.get(key), key
        unknown = (one is None and old.cut_short) or (two is None and new.cut_short)
        if style in styles and not unknown:
            subject, what, layer = of
            values = one.value if one else None, two.value if two else None
            merged[(subject, what, layer, *values)].append((style, two))
    changes = [_change(new.lesson.title, key, facts) for key, facts in merged.items()]
    return sorted(changes, key=lambda one: SUBJECTS.index(one.subject))


def _change(
    lesson: str,
    key: tuple[str, str, str, Value, Value],
    facts: Sequence[tuple[str, Fact | None]],
) -> Change:
    subject, what, layer, old, new = key
    cells = (fact.cell for _, fact in facts if fact is not None and fact.cell is not None)
    styles = tuple(style for style, _ in facts if style)
    return Change(lesson, subject, what, layer, styles, old, new, tuple(dict.fromkeys(cells)))
