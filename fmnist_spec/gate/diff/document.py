"""A comparison as one JSON document for programs; diff.schema.json says its form."""

from collections.abc import Iterable
from typing import Any

import fmnist_spec
from fmnist_spec.gate.diff.comparison import Change, Comparison
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.report.common import file_names
from fmnist_spec.gate.report.json import document, finding_table
from fmnist_spec.gate.report.overview import Told

VERSION = 1  # of the form; only what is added leaves it as it is
STATES = ("new", "gone", "silenced", "kept", "outdated")


def as_json(found: Comparison) -> str:
    """Write the comparison as the document that programs may rely on."""
    trace, held = found.new.trace, zip(found.names, (found.old, found.new), strict=True)
    old, new = (_notebook(*one, cut) for one, cut in zip(held, found.cut_short, strict=True))
    told = {
        "version": VERSION,
        "fmnist_spec": fmnist_spec.__version__,
        "tensorflow": trace and trace.tensorflow,
        "keras": trace and trace.keras,
        "exit_code": found.exit_code,
        "old": old,
        "new": new,
        "changed": [*map(_change, found.changed)],
        "unchanged": [_change(one) for one in found.facts if one.old == one.new],
        "findings": {one: _findings(getattr(found.findings, one)) for one in STATES},
        "newly_undecided": found.newly_undecided,
    }
    return document(told)


def _notebook(name: str, result: Result, cut_short: bool) -> dict[str, Any]:
    return {
        "name": name,
        "verdict": result.verdict,
        "cut_short": cut_short,
        "undecided": [*result.undecided],
        "lesson_files": file_names(result.lesson_files),
        "sample_only": bool(result.trace and result.trace.sample_only),
    }


def _change(one: Change) -> dict[str, Any]:
    told = {key: value for key, value in vars(one).items() if key != "cells"}
    return {**told, "cell_numbers": [cell + 1 for cell in one.cells]}


def _findings(told: Iterable[Told]) -> list[dict[str, Any]]:
    return [finding_table(one.finding, one.result.notebook) for one in told if one.finding]
