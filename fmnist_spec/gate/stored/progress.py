"""Keras's progress lines as values: the logs of fit(), and the lines of evaluate()."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from fmnist_spec.gate.stored.place import EPOCH
from fmnist_spec.gate.textual import on_screen
from fmnist_spec.harmless import ANSI

PROGRESS = re.compile(r" *(\d{1,9})/(\d{1,9}) ")
METRIC = re.compile(r" - (\w+): (\d+(?:\.\d+)?(?:e[+-]?\d+)?|nan|inf)(?![\w.])")
TIMED = re.compile(r"\d[mu]?s\b")  # Keras's own lines say how long they took
LINES = 100  # below a header among which the epoch's own line is looked for


@dataclass(frozen=True)
class Progress:
    """A line that shows all steps done; before Keras 2.4 it counted images instead of steps."""

    count: int
    values: Mapping[str, float] = field(default_factory=dict, hash=False)
    keras_3: bool = False
    timed: bool = False

    def counts(self, steps: int | None, images: int | None) -> bool:
        """Whether it counts so many steps, or so many images as an older Keras may."""
        return self.count == steps or (self.count == images and not self.keras_3)


class Epoch(NamedTuple):
    """One epoch as a log shows it: a line of no steps where it shows no numbers."""

    number: int
    of: int
    line: Progress
    cut: bool  # its progress ends before its last step


Log = tuple[Epoch, ...]


def read_logs(text: str) -> list[Log]:
    """Read every log in ``text``, of verbose=1 or 2 of any Keras, in order."""
    _, *pieces = EPOCH.split(text)  # number, number of all, and what stands below, in turn
    logs: list[list[Epoch]] = []
    for number, of, below in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        # Its own is the first line that shows all steps done.
        line = next(_whole(below), Progress(0))
        began = not line.count and any(PROGRESS.match(shown) for shown in _lines(below))
        epoch = Epoch(int(number), int(of), line, cut=began and below.count("\n") < LINES)
        if not logs or epoch.number <= logs[-1][-1].number or epoch.of != logs[-1][-1].of:
            logs.append([])
        logs[-1].append(epoch)
    return [tuple(log) for log in logs]


def read_evaluations(text: str) -> list[Progress]:
    """Read the lines of every evaluate(): they show metrics, and are no epoch's own."""
    before, *pieces = EPOCH.split(text)
    lines = [*_whole(before)]
    for below in pieces[2::3]:
        lines += [*_whole(below)][1:]
    return [line for line in lines if line.values and line.timed]


def _whole(text: str) -> Iterator[Progress]:
    """Give the lines that show all steps done."""
    for shown in _lines(text):
        progress = PROGRESS.match(shown)
        if progress and progress[1] == progress[2]:
            values = {name: float(value) for name, value in METRIC.findall(shown)}
            yield Progress(int(progress[2]), values, "━" in shown, bool(TIMED.search(shown)))


def _lines(text: str) -> Iterator[str]:
    """Give what stays on the screen: what was printed over, as often as steps, is not read."""
    for line in text.split("\n", LINES)[:LINES]:
        yield ANSI.sub("", on_screen(line))
