"""Results as one JSON document for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.gate.trace import Trace
from fmnist_spec.lesson import Lesson

KEYS = ("rule", "severity", "cell", "line", "message", "expected", "observed")


def as_json(lesson: Lesson, lesson_file: str, results: Sequence[Result]) -> str:
    """Write the results as the JSON document that programs may rely on."""
    trace = next((result.trace for result in results if result.trace), None)
    document = {
        "lesson": lesson.title,
        "lesson_file": lesson_file,
        "tensorflow": trace and trace.tensorflow,
        "keras": trace and trace.keras,
        "isolation": list(trace.isolation) if trace else [],
        "sample_only": bool(trace and trace.sample_only),
        "notebooks": [_notebook(result) for result in results],
    }
    return json.dumps(document, indent=2)  # in ASCII: a notebook's error may hold half a sign


def _notebook(result: Result) -> dict[str, Any]:
    return {
        "path": str(result.path),
        "verdict": result.verdict,
        "seconds": round(result.seconds, 3),
        "findings": [_finding(finding) for finding in result.findings] or _unreadable(result),
        "observed": _observed(result.trace) if result.trace else {},
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {key: getattr(finding, key) for key in KEYS}


def _unreadable(result: Result) -> list[dict[str, Any]]:
    """Write the reason why there is no verdict as a finding."""
    told = ("readable", "error", None, None, result.reason, "", "")
    return [dict(zip(KEYS, told, strict=True))] if result.reason else []


def _observed(trace: Trace) -> dict[str, Any]:
    """Give the events and the cells, without long texts that they hold in another form too."""
    events = [{"event": type(event).__name__, **asdict(event)} for event in trace.events]
    cells = [asdict(run) for run in trace.cells]
    for long, key in [
        *((event, "text") for event in events),
        *((cell, "outputs") for cell in cells),
    ]:
        long.pop(key, None)
    ended = asdict(trace.ended) if trace.ended else None
    return {"events": events, "cells": cells, "ended": ended, "refused": list(trace.refused)}
