"""What a notebook silences where it stands, ``fmnist-spec: ignore[rule]``; what of it is idle."""

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from fmnist_spec.gate.catalogue import NEVER_SILENCED, RULES, Severity, phrase
from fmnist_spec.gate.evidence import Evidence, Findings, rule
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.source.python import python_of
from fmnist_spec.near import nearest

ASK = r"fmnist-spec\s*[:\s]\s*ignore\b(?:\s*\[([^][]*)\])?"
TAG = re.compile(ASK)
WRITTEN = {"code": re.compile(rf"#\s*{ASK}"), "markdown": re.compile(rf"<!--\s*{ASK}\s*-->")}
BY_WHOLE_TRAINING = ("accuracy-rises", "stored-log", "stored-value")  # they find more with --full
MOST = 100  # findings of the rule in a notebook


@dataclass(frozen=True)
class Silence:
    """A comment or a tag, which has no ``row``; without ``rows`` it is about the whole cell."""

    cell: int
    ids: tuple[str, ...]
    row: int | None = None
    rows: range | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether it silences a finding of its cell and of one of its rules."""
        is_there = self.rows is None or finding.line_in_cell in self.rows
        return is_there and finding.rule not in NEVER_SILENCED


def silences(cells: Iterable[Cell]) -> Iterator[Silence]:
    """Give the tags and comments that silence.

    A comment is about the statement that it stands in or behind; on a line of its own, and in
    Markdown, about its cell.
    """
    for cell in cells:
        for found in filter(None, map(TAG.fullmatch, sorted(cell.tags))):
            yield Silence(cell.index, _ids(found))
        if cell.type in WRITTEN and "fmnist-spec" in cell.source:
            yield from _comments(cell, WRITTEN[cell.type])


def _comments(cell: Cell, written: re.Pattern[str]) -> Iterator[Silence]:
    statements = [*_statements(cell.source)] if cell.type == "code" else []
    for row, line in enumerate(cell.source.split("\n"), 1):
        for found in written.finditer(line):
            own = cell.type != "code" or not line[: found.start()].strip()
            within = (rows for rows, whole in statements if row in rows and (whole or not own))
            rows = next(within, None if own else range(row, row + 1))
            yield Silence(cell.index, _ids(found), row, rows)


def _ids(found: re.Match[str]) -> tuple[str, ...]:
    ids = (one.strip() for one in (found[1] or "").split(","))
    return tuple(dict.fromkeys(filter(None, ids)))


def _statements(source: str) -> Iterator[tuple[range, bool]]:
    """Give the lines of each statement, and whether these are all of it; else its head's."""
    tree = python_of(source)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            end = body[0].lineno if body else (node.end_lineno or node.lineno) + 1
            yield range(node.lineno, max(end, node.lineno + 1)), body is None


def divided(
    evidence: Evidence, findings: Iterable[Finding], ids: Collection[str]
) -> tuple[list[Finding], list[Finding], list[Finding]]:
    """Divide findings into those that stay and those that are silenced; and tell what is idle.

    Idle is what silences nothing of a rule of ``ids``, of which a whole run would show something.
    """
    asked = defaultdict[tuple[int | None, str], list[Silence]](list)
    for one in silences(evidence.cells):
        for id in one.ids:
            asked[one.cell, id].append(one)
    kept: list[Finding] = []
    hidden: list[Finding] = []
    busy: set[tuple[Silence, str]] = set()
    for finding in findings:
        own = [one for one in asked.get((finding.cell, finding.rule), ()) if one.covers(finding)]
        busy |= {(one, finding.rule) for one in own}
        (hidden if own else kept).append(finding)
    unseen = {*NEVER_SILENCED, *(() if evidence.trained_wholly else BY_WHOLE_TRAINING)}
    told = () if evidence.cut_short or "unused-ignore" not in ids else {*ids} - unseen
    pairs = ((one, id) for (_, id), ones in asked.items() if id in told for one in ones)
    idle = (pair for pair in pairs if pair not in busy)
    return kept, hidden, [_told(evidence, one, "unused", id) for one, id in islice(idle, MOST)]


@rule("unused-ignore", decided="file", static=True)
def unused_ignore(evidence: Evidence) -> Findings:
    wrong = (told for one in silences(evidence.cells) for told in _wrong(evidence, one))
    yield from islice(wrong, MOST)


def _wrong(evidence: Evidence, asked: Silence) -> Findings:
    """Tell what can silence nothing in any run."""
    if not asked.ids:
        yield _told(evidence, asked, "blanket", "ignore")
    for id in asked.ids:
        if id not in RULES:
            near = nearest(id, RULES)
            yield _told(evidence, asked, "unknown", id, phrase("near", near=near) if near else "")
        elif id in NEVER_SILENCED:
            yield _told(evidence, asked, "never", id)


def _told(evidence: Evidence, asked: Silence, says: str, id: str, near: object = "") -> Finding:
    values: dict[str, Any] = {"id": id, "near": near, "observed": f"ignore[{', '.join(asked.ids)}]"}
    lowered: Severity = "note" if says == "unused" else "warning"
    return evidence.finding(
        "unused-ignore", asked.cell, says=says, line=asked.row, severity=lowered, **values
    )
