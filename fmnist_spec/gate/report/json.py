"""Results as one JSON document for programs."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import fmnist_spec
from fmnist_spec.files import relative
from fmnist_spec.gate.compare.images import LessonImages, lesson_images
from fmnist_spec.gate.events import Event, Images, SplitMade
from fmnist_spec.gate.finding import Finding, Fix, Result
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.report.common import file_names
from fmnist_spec.gate.report.overview import UNREADABLE
from fmnist_spec.gate.trace import Trace
from fmnist_spec.harmless import in_quotes, shortened
from fmnist_spec.lesson import Lesson

LONGEST = 5_000  # characters of a text: more than a path can have
VERSION = 1  # of the form, which report.schema.json says; only what is added leaves it as it is
KEYS = (
    *("rule", "severity", "cell", "cell_number", "execution_count", "line", "line_in_cell"),
    *("message", "expected", "observed", "lesson_files"),
)
OF_FIX = ("rule", "severity", "cell", "cell_number", "line_in_cell")


def as_json(lesson: Lesson, lesson_files: Sequence[str], results: Sequence[Result]) -> str:
    """Write the results as the JSON document that programs may rely on."""
    trace = next((result.trace for result in results if result.trace), None)
    told = {
        "version": VERSION,
        "fmnist_spec": fmnist_spec.__version__,
        "lesson": lesson.title,
        "lesson_file": file_names(lesson_files)[0],
        "tensorflow": trace and trace.tensorflow,
        "keras": trace and trace.keras,
        "isolation": list(trace.isolation) if trace else [],
        "sample_only": bool(trace and trace.sample_only),
        "static": any(one.is_static for one in results),
        "notebooks": [_notebook(lesson, lesson_files, result) for result in results],
    }
    return document(told)


def document(value: object) -> str:
    """Write a value as JSON, in ASCII: a notebook's error may hold half a sign."""
    return in_quotes(json.dumps(_bounded(value), indent=2, allow_nan=False))


def _bounded(value: Any) -> Any:
    """Shorten all texts in a value, keys too; a number that JSON does not know is null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return shortened(value, LONGEST)
    if isinstance(value, dict):
        return {_bounded(key): _bounded(one) for key, one in value.items()}
    return [_bounded(one) for one in value] if isinstance(value, list | tuple) else value


def _notebook(lesson: Lesson, lesson_files: Sequence[str], result: Result) -> dict[str, Any]:
    findings = [finding_table(finding, result.notebook) for finding in result.findings]
    files = file_names(result.lesson_files or lesson_files)
    if result.verdict == "error" and result.trace is None:  # why there is no verdict, as a finding
        told = {"rule": UNREADABLE, "severity": "error", "message": result.reason}
        empty: dict[str, Any] = {"expected": "", "observed": "", "lesson_files": []}
        findings = [{**dict.fromkeys(KEYS), **told, **empty}]
    return {
        "path": str(relative(result.path)),
        "verdict": result.verdict,
        "reason": result.reason,
        "seconds": round(result.seconds, 3),
        "findings": findings,
        "silenced": [finding_table(finding, result.notebook) for finding in result.silenced],
        "undecided": list(result.undecided),
        "unasked": list(result.unasked),
        "fixes": [_fix(fix, result.notebook) for fix in result.fixes],
        "observed": _observed(result.lesson or lesson, result.trace) if result.trace else {},
        "lesson_file": files[0],
        "lesson_files": files,
    }


def finding_table(finding: Finding, notebook: Notebook | None) -> dict[str, Any]:
    """Give a finding as the schema has it."""
    cell = None if notebook is None or finding.cell is None else notebook.cells[finding.cell]
    own: dict[str, Any] = {"cell_number": cell and cell.index + 1}
    own |= {"execution_count": cell and cell.execution_count}
    own |= {"lesson_files": file_names(finding.lesson_files)}
    return {key: own[key] if key in own else getattr(finding, key) for key in KEYS}


def _fix(fix: Fix, notebook: Notebook | None) -> dict[str, Any]:
    told = finding_table(fix.finding, notebook)
    return {**{key: told[key] for key in OF_FIX}, "became": fix.became, "refused": fix.refused}


def _observed(lesson: Lesson, trace: Trace) -> dict[str, Any]:
    """Give the events and the cells, without long texts that they hold in another form too."""
    images = lesson_images(lesson, trace.reference)
    cells = [asdict(run) for run in trace.cells]
    for cell in cells:
        del cell["outputs"]
    return {
        "events": [_event(images, event) for event in trace.events],
        "cells": cells,
        "ended": asdict(trace.ended) if trace.ended else None,
        "refused": list(trace.refused),
    }


def _event(images: LessonImages, event: Event) -> dict[str, Any]:
    """Write an event, with images and splits in the lesson's words."""
    table = {"event": type(event).__name__, **asdict(event)}
    for key in ("text", "pictures", "by"):
        table.pop(key, None)
    for key in ("images", "validation"):
        one = getattr(event, key, None)
        if isinstance(one, Images):
            names = ("shape", "dtype", "minimum", "maximum", "labels")
            kept = {name: table[key][name] for name in names}
            table[key] = {**kept, **images.words(one)._asdict(), "paired": images.paired(one)}
    if isinstance(event, SplitMade):
        table["source"], table["exact"] = images.split(event)
        for key in ("whole", "parts", "divided_by", "pixels"):
            del table[key]
    return table
