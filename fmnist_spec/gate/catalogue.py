"""All rules of the gate, read from rules.toml, and the judging of one run."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from fmnist_spec.gate.evidence import cut_short
from fmnist_spec.gate.finding import Finding, Severity
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.prose.numbers import Observed, judge_prose
from fmnist_spec.gate.prose.observed import observed_values
from fmnist_spec.gate.rules import fit, network, run, training
from fmnist_spec.gate.stored.outputs import judge_outputs
from fmnist_spec.gate.trace import Trace
from fmnist_spec.lesson import Lesson
from fmnist_spec.reading import read_toml, read_value

RULES_FILE = Path(__file__).with_name("rules.toml")
LOOKS = {**run.LOOKS, **network.LOOKS, **fit.LOOKS, **training.LOOKS}


@dataclass(frozen=True)
class Rule:
    """One requirement, with a wrong and a right line of a notebook; the lesson is filled in."""

    id: str
    severity: str
    requires: str
    wrong: str
    right: str

    def text(self, template: str, lesson: Lesson) -> str:
        """Fill the lesson's numbers into ``requires``, ``wrong`` or ``right``."""
        return template.format(lesson=lesson)


@dataclass(frozen=True)
class _RulesFile:
    rule: tuple[Rule, ...]


RULES: dict[str, Rule] = {
    rule.id: rule for rule in read_value(_RulesFile, read_toml(RULES_FILE), RULES_FILE, "").rule
}


def judge(
    lesson: Lesson,
    trace: Trace,
    cells: Sequence[Cell],
    *,
    ids: Container[str] = RULES,
    severity: Mapping[str, str] = {},
    full: bool = False,
) -> tuple[Finding, ...]:
    """Hold one run, and what its cells store and say, against the lesson.

    ``ids`` limits the rules, ``severity`` overrides theirs; ``full``: the run trained on the whole
    data. The findings come in the order of the notebook; what belongs to no cell comes last.
    """
    found = [
        *_of_run(lesson, trace, cells, ids),
        *judge_outputs(lesson, cells, trace, full=full),
        *judge_prose(lesson, cells, _observed(lesson, trace, cells)),
    ]
    given = cast(Mapping[str, Severity], severity)
    kept = [
        replace(one, severity=given.get(one.rule, one.severity)) for one in found if one.rule in ids
    ]
    return tuple(sorted(kept, key=lambda one: _place(one, len(cells))))


def _of_run(
    lesson: Lesson, trace: Trace, cells: Sequence[Cell], ids: Container[str]
) -> Iterator[Finding]:
    """Give what the rules on the run find, with the lines in the file."""
    for id, look in LOOKS.items():
        for found in look(lesson, trace, cells) if id in ids else ():
            line = None if found.cell is None else cells[found.cell].line_in_file(found.line)
            told = found.message, found.expected, found.observed
            yield Finding(id, cast(Severity, RULES[id].severity), found.cell, line, *told)


def _observed(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Observed | None:
    """Give what a text may speak of; of a run that was cut short, nobody knows all of it."""
    return None if cut_short(trace, cells) else observed_values(lesson, trace)


def _place(finding: Finding, end: int) -> tuple[int, int]:
    return (end if finding.cell is None else finding.cell, finding.line or 0)
