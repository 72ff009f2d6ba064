"""A finding: one thing that a notebook says or does differently from the lesson."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """``cell`` counts all cells from 0; ``line`` is the physical line in the file, from 1.

    ``message`` ends with the remedy. ``expected`` and ``observed`` are short texts for people.
    """

    rule: str
    severity: Severity
    cell: int | None
    line: int | None
    message: str
    expected: str = ""
    observed: str = ""
