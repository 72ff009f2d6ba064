"""All rules of the gate, read from rules.toml, and the judging of one run."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from fmnist_spec.course import rules_fit, rules_network, rules_run, rules_training
from fmnist_spec.course.finding import Finding, Severity
from fmnist_spec.course.notebook import Cell
from fmnist_spec.course.trace import Trace
from fmnist_spec.lesson import Lesson
from fmnist_spec.reading import read_toml, read_value

RULES_FILE = Path(__file__).with_name("rules.toml")
LOOKS = {**rules_run.LOOKS, **rules_network.LOOKS, **rules_fit.LOOKS, **rules_training.LOOKS}


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

    def findings(
        self, lesson: Lesson, trace: Trace, cells: Sequence[Cell], severity: str
    ) -> Iterator[Finding]:
        """Give what this rule finds, with the lines in the file."""
        for found in LOOKS[self.id](lesson, trace, cells):
            line = None if found.cell is None else cells[found.cell].line_in_file(found.line)
            told = found.message, found.expected, found.observed
            yield Finding(self.id, cast(Severity, severity), found.cell, line, *told)


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
) -> tuple[Finding, ...]:
    """Hold one run against the lesson: the findings, in the order of the notebook.

    ``ids`` limits the rules, ``severity`` overrides theirs. What belongs to no cell comes last.
    """
    found = [
        finding
        for rule in RULES.values()
        if rule.id in ids
        for finding in rule.findings(lesson, trace, cells, severity.get(rule.id, rule.severity))
    ]
    return tuple(sorted(found, key=lambda one: _place(one, len(cells))))


def _place(finding: Finding, end: int) -> tuple[int, int]:
    return (end if finding.cell is None else finding.cell, finding.line or 0)
