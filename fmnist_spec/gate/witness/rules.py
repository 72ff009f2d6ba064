"""Rules on what a notebook may do to its own check: what it hides, changes or reaches for."""

import ast
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from fmnist_spec.gate.catalogue import phrase
from fmnist_spec.gate.events import Tampered
from fmnist_spec.gate.evidence import Evidence, Findings, rule, without_run
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.source.python import NOT_PYTHON, SKIPPED, python_of
from fmnist_spec.gate.witness.calls import SEQUENTIAL
from fmnist_spec.gate.witness.comparing import differences
from fmnist_spec.gate.witness.reaching import reaches
from fmnist_spec.network import TYPES

MOST = 20  # findings of a rule in a notebook
# Marks that change the order in which a text is shown: embeddings, overrides and isolates.
ORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What Python takes in a name and nobody sees: fillers, and marks of variation.
INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")
BUILDS = {*TYPES, SEQUENTIAL, "Model", "fit", "train_test_split", "load_data"}


@rule("source-differs", decided="run")
def source_differs(evidence: Evidence) -> Findings:
    for one in islice(differences(evidence.cells, evidence.trace), MOST):
        says = "finding" if one.observed else "not-observed"
        says = says if one.written else "no-call" if one.is_read else "too-long"
        yield evidence.finding(
            "source-differs",
            one.cell,
            says=says,
            line=one.line,
            expected=one.written,
            observed=one.observed,
        )


@rule("tampering", decided="run")
def tampering(evidence: Evidence) -> Findings:
    told = set[tuple[int | None, str]]()
    for one in (*written(evidence), *_observed(evidence)):
        place = one.cell, str(one.values["what"])
        if place not in told:
            told.add(place)
            yield one


@without_run("tampering")
def written(evidence: Evidence) -> Findings:
    trees = {cell.index: tree for cell, tree in _code(evidence)}
    for cell, one in islice(reaches(trees), MOST):
        told: dict[str, Any] = {"line": one.line, "observed": one.text}
        yield evidence.finding("tampering", cell, what=phrase(one.what), **told)


def _observed(evidence: Evidence) -> Findings:
    for event in islice(evidence.events(Tampered), MOST):
        told: dict[str, Any] = {"observed": event.detail}
        yield evidence.finding("tampering", event, what=phrase(event.what), **told)


def _code(evidence: Evidence) -> Iterator[tuple[Cell, ast.Module]]:
    """Give the code cells that are Python, with their trees."""
    code = (cell for cell in evidence.cells if cell.type == "code")
    for cell in code:
        tree = None if NOT_PYTHON.match(cell.source) else python_of(cell.source)
        if tree is not None:
            yield cell, tree


@rule("skipped-code", decided="file", static=True)
def skipped_code(evidence: Evidence) -> Findings:
    for cell, tree in _code(evidence):
        calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
        names = [str(getattr(one, "attr", getattr(one, "id", ""))) for one in calls]
        if SKIPPED in cell.tags and (found := [one for one in names if one in BUILDS]):
            yield evidence.finding("skipped-code", cell.index, observed=f"{found[0]}()")


@rule("bidirectional-unicode", decided="file", static=True)
def bidirectional_unicode(evidence: Evidence) -> Findings:
    code = (cell for cell in evidence.cells if cell.type == "code")
    for cell in code:
        if found := ORDERING.search(cell.source):
            line = cell.source.count("\n", 0, found.start()) + 1
            yield _marked(evidence, cell, "finding", line, found[0])
    for cell, tree in _code(evidence):
        for node in ast.walk(tree) if INVISIBLE.search(cell.source) else ():
            name = str(getattr(node, "attr", getattr(node, "id", getattr(node, "arg", ""))))
            if found := INVISIBLE.search(name):
                yield _marked(evidence, cell, "name", getattr(node, "lineno", 1), found[0])
                break


def _marked(evidence: Evidence, cell: Cell, says: str, line: int, mark: str) -> Finding:
    observed = f"U+{ord(mark):04X}"
    return evidence.finding(
        "bidirectional-unicode", cell.index, says=says, line=line, observed=observed
    )
