"""What the process of a notebook has told its runner, line by line."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
import typing
from dataclasses import dataclass, field
from typing import Any

from fmnist_spec.gate.run.sandbox import Limits
from fmnist_spec.gate.trace import CellRun, Ended, Event, from_json

WHY = typing.get_args(typing.get_type_hints(Ended)["why"])
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
MOST_EVENTS = 100_000  # that are kept: more than any notebook needs
LOADING = 180.0  # seconds that the imports may take


class RunnerError(RuntimeError):
    """Notebooks cannot be run here, or the gate itself is at fault. The message says why."""


@dataclass
class Told:
    """What a child has told so far."""

    start: dict[str, Any] = field(default_factory=dict)
    events: dict[int, Event] = field(default_factory=dict)
    runs: dict[int, CellRun] = field(default_factory=dict)
    cell: int | None = None
    ended: Ended | None = None
    done: bool = False
    code: int | None = None  # of the process, once it has ended
    began: float = field(default_factory=time.monotonic)  # the notebook
    since: float = 0.0  # the cell

    def take(self, line: bytes) -> None:
        """Take in a line. One that a killed child did not finish is no JSON, and tells nothing.

        Nor does one that the notebook has written itself and that cannot be so.
        """
        with contextlib.suppress(*UNREADABLE):
            self._take(json.loads(line))

    def _take(self, told: dict[str, Any]) -> None:
        now = time.monotonic()
        match told.pop("message"):
            case "start" if not self.start:
                self.start, self.began = told, now
            case "cell" if self.cell is None or self.cell < told["cell"]:
                self.cell, self.since = told["cell"], now
            case "event" if len(self.events) < MOST_EVENTS:
                event = from_json(told["event"])
                if self.cell is not None and 0 <= event.cell <= self.cell:
                    self.events[told["index"]] = event
            case "ran" if told["run"]["cell"] == self.cell:
                self.runs[told["run"]["cell"]] = from_json(told["run"])
            case "ended" if told["why"] in WHY:
                self.ended = Ended(told["why"], self.cell, told["detail"])
            case "done":
                self.done = True
            case "exit":
                self.code = told["code"]
            case "fault":
                raise RunnerError(f"the gate's own code failed beside the notebook: {told['text']}")

    def time_left(self, limits: Limits) -> tuple[float, str]:
        """Give the seconds that are left, and the limit that ends them."""
        now = time.monotonic()
        if not self.start:
            return self.began + LOADING - now, f"{LOADING:g} s for loading TensorFlow"
        left = [(self.began + limits.notebook_seconds, f"{limits.notebook_seconds:g} s in all")]
        if self.cell is not None:
            left.append((self.since + limits.cell_seconds, f"{limits.cell_seconds:g} s for a cell"))
        end, limit = min(left)
        return end - now, limit

    def run_of(self, cell: int) -> CellRun:
        """Say what became of a cell."""
        ran = self.runs.get(cell)
        if self.ended is not None and self.ended.cell == cell:
            ran = ran or CellRun(cell, "ok", None, "", round(time.monotonic() - self.since, 3))
            return dataclasses.replace(ran, status="running at the end")
        return ran or CellRun(cell, "not reached", None, "", 0.0)
