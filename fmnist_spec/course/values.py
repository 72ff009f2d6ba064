"""Shapes, counts and evaluations that a cell stores, beside those that it gave when it was run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fmnist_spec.course.notebook import Cell
from fmnist_spec.course.trace import Evaluated, Fitted, Predicted, Trace

SHAPE = r"\(\d+,(?: ?\d+,?)*\)"
TOKEN = re.compile(SHAPE + r"|(?<![\w.,:/-])\d[\d,]*(?![\d.:%/e])")
NUMPY = re.compile(r"np\.u?int\d+\((\d+)\)")  # numpy 2 writes 5 as np.int64(5)
EVALUATION = re.compile(r"^\[(\d+\.\d+(?:, \d+\.\d+)+)\]$", re.MULTILINE)
# Lines that differ from one run to the next, and those of summaries and progress bars.
NOISE = re.compile(
    r"Downloading|://|ms/|us/|it/s|^Epoch |WARNING|[─━═=_]{4}|│|params:|\(None|Model:"
)
COUNTING = re.compile(r"\blen\(|\bsize\b|\bndim\b|shape\b|count_params")
# What makes a count differ from one run to the next, or between the sample and the whole data.
UNCERTAIN = re.compile(
    r"rand|time|date|sampl|shuffle|version|history|epoch|\bid\(|hash|[=<>]=|where"
)


def compared(trace: Trace, cell: Cell, stored: str, ran: str) -> Iterator[tuple[str, str]]:
    """Give each shape or count that can be compared: as stored, and as the run printed it.

    A line is understood if all but its numbers is the same. Left out are decimals, arrays, and
    all that a training, chance or the time decides.
    """
    trained = [one.cell for one in trace.events if isinstance(one, Fitted | Evaluated | Predicted)]
    certain = COUNTING.search(cell.source) and not UNCERTAIN.search(cell.source)
    if not certain or cell.index >= min(trained, default=cell.index + 1):
        return
    lines, ran_lines = _lines(stored), _lines(ran)
    if len(lines) != len(ran_lines):
        return
    for line, ran_line in zip(lines, ran_lines, strict=True):
        if "[" not in line and TOKEN.sub("#", line) == TOKEN.sub("#", ran_line):
            yield from zip(TOKEN.findall(line), TOKEN.findall(ran_line), strict=True)


def _lines(text: str) -> list[str]:
    return [
        NUMPY.sub(r"\1", line).strip()
        for line in text.split("\n")
        if line.strip() and not NOISE.search(line)
    ]


def evaluations(text: str) -> list[tuple[float, ...]]:
    """Give what ``evaluate()`` returned, where a line shows it: ``[0.3497, 0.8726]``."""
    return [tuple(map(float, found.split(", "))) for found in EVALUATION.findall(text)]
