"""How far the run of a notebook is, by what its process tells: the account of a stranger."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from fmnist_spec.gate.confine.sandbox import Limits
from fmnist_spec.gate.events import Event, Fitted, LeftOut
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.observe.calls import EventMessage
from fmnist_spec.gate.run.process import DYING, RunnerError, signal_name
from fmnist_spec.gate.run.protocol import BROKEN, Start, read_message
from fmnist_spec.gate.trace import CellRun, Ended
from fmnist_spec.language import say

MOST_BYTES = 2**24  # that a run tells; a long notebook tells a hundredth of it
MOST_VALUES = 2_000_000
EXIT = b'{"exit"'  # how the server's own line begins
MOST_EVENTS = 100_000  # that are kept: more than any notebook needs
LOADING = 180.0  # seconds that the imports may take
OUT_OF_MEMORY = ("bad_alloc", "MemoryError", "out of memory", "Cannot allocate memory")
ENDING = 5.0  # seconds that a process may take to end itself
BROKEN_OFF = 1.0  # and one that broke the protocol; it may have been killed within a line


def in_places(events: Mapping[int, Event]) -> tuple[Event, ...]:
    """Give events by their indices in order; one that was never told leaves no gap."""
    at = {index: place for place, index in enumerate(sorted(events))}
    return tuple(_with_places(events[index], at) for index in at)


def _with_places(event: Event, at: Mapping[int, int]) -> Event:
    """Let an event point to others by their places instead of their indices."""
    if isinstance(event, Fitted) and event.compiled is not None:
        return replace(event, compiled=at.get(event.compiled))
    if isinstance(event, LeftOut) and event.cause is not None:
        return replace(event, cause=at.get(event.cause))
    return event


@dataclass
class RunProgress:
    """How far the run of a notebook is: what its child has told so far.

    What comes behind an end, or behind what no child says, is not heard; the process then has
    ENDING or BROKEN_OFF seconds to be gone, whatever it still says.
    """

    trains: bool = True  # a training may take a time of its own
    start: Start | None = None
    events: dict[int, Event] = field(default_factory=dict)
    runs: dict[int, CellRun] = field(default_factory=dict)
    cell: int | None = None
    ended: Ended | None = None
    done: bool = False
    lost: Ended | None = None  # where it was first that not all was told
    code: int | None = None  # of the process, once it has ended
    began: float = field(default_factory=time.monotonic)  # the notebook
    since: float = 0.0  # the cell
    training: float | None = None  # since when it trains
    trained: float = 0.0  # seconds that its trainings before took
    told: int = 0  # bytes
    values: int = 0  # at most
    ends: float | None = None  # when the process must be gone
    stopped: bool = False  # it was told to go

    def take(self, line: bytes) -> None:
        """Take in a line of the child. One that the notebook has written cannot do much."""
        self.told += len(line)
        self.values += sum(line.count(sign) for sign in (b",", b"[", b"{"))
        if self.told > MOST_BYTES or self.values > MOST_VALUES:
            self._lose("lost", say("run.told-too-much", bytes=MOST_BYTES, values=MOST_VALUES))
        if self.ends is not None and not line.startswith(EXIT):
            return
        now, (kind, value) = time.monotonic(), read_message(line)
        match kind:
            case "start" if self.start is None:
                self.start, self.began = value, now
            case "cell" if self.start and (self.cell is None or self.cell < value):
                self.cell, self.since, self.training, self.trained = value, now, None, 0.0
            case "training" if self.trains and self.cell is not None:
                self._train(now, value)
            case "event" if self.cell is not None and 0 <= value.event.cell <= self.cell:
                self._take_event(value)
            case "ran" if value.cell == self.cell and value.cell not in self.runs:
                self.runs[value.cell] = value
            case "ended" | "done" | "exit" | "fault":
                self._take_end(kind, value)
            case _ if line.strip():
                self._lose("broken", say("run.forged"))

    def _take_end(self, kind: str, value: Any) -> None:
        match kind:
            case "ended" if value.cell == self.cell:
                self.ended = value
            case "done":
                self.done = True
            case "exit":
                self.code = value
            case "fault":
                raise RunnerError(say("runner.fault", said=value))
            case _:
                self._lose("broken", say("run.no-end"))
        self._close()

    def _close(self, seconds: float = ENDING) -> None:
        self.ends = self.ends or time.monotonic() + seconds

    def stop(self, limit: str, over: str) -> None:
        """Note that the process is told to go, since it ran over a limit or does not end."""
        self.stopped = True
        if self.ends is None:
            self.ended = Ended("time", self.cell, say("run.over", limit=over), limit)
        else:
            self._lose("broken", say("run.went-on", seconds=ENDING))
        self.ends = time.monotonic() + DYING

    @property
    def uses(self) -> int:
        """Give the number of the process, while it is to be watched what it uses."""
        return self.start.process if self.start and self.ends is None else 0

    def stop_using(self, limit: str, most: int) -> None:
        """Note that the process is told to go, since it uses more than a limit."""
        self.stopped = True
        over = say(f"run.for-{limit}", most=most, gigabytes=most / 2**30)
        self.ended = Ended("used", self.cell, say("run.over", limit=over), limit)
        self.ends = time.monotonic() + DYING

    def _train(self, now: float, begins: bool) -> None:
        """Let a training begin or end: its time is none of the cell's and of the notebook's."""
        if begins == (self.training is not None):
            return
        took = 0.0 if self.training is None else now - self.training
        self.training = now if begins else None
        self.trained += took
        self.since += took
        self.began += took

    def time_left(self, limits: Limits) -> tuple[float, str, str]:
        """Give the seconds that are left, the setting that ends them, and what it allows."""
        now = time.monotonic()
        if self.ends is not None:
            return self.ends - now, "", ""
        if self.start is None:
            return self.began + LOADING - now, "", say("run.for-loading", seconds=LOADING)
        begins = {"notebook_seconds": self.began}
        if self.training is not None:
            begins = {"training_seconds": self.training - self.trained}
        elif self.cell is not None:
            begins["cell_seconds"] = self.since
        ends = {name: begin + getattr(limits, name) for name, begin in begins.items()}
        first = min(ends, key=lambda name: ends[name])
        return ends[first] - now, first, say(f"run.for-{first}", seconds=getattr(limits, first))

    def _take_event(self, message: EventMessage) -> None:
        if message.index in range(MOST_EVENTS):
            self.events[message.index] = message.event
        else:
            self._lose("lost", say("run.did-too-much", most=MOST_EVENTS))

    def _lose(self, why: Literal["lost", "broken"], detail: str) -> None:
        self.lost = self.lost or Ended(why, self.cell, detail)
        self._close(BROKEN_OFF if why == "broken" else ENDING)

    def end(self, log: str, cells: Sequence[Cell]) -> None:
        """Say why the process ended, if not because the notebook was at its end.

        ``cells`` are those that it should have run: what became of each must be known.
        """
        died = not self.stopped and (self.code or 0) < 0  # within a line, perhaps
        if self.lost and not (died and self.lost.why == "broken"):
            self.ended = self.ended or self.lost
        if self.ended is None and (not self.done or self.code):
            self.ended = Ended(*self._why(log))
        self.ended = self.ended or self._unaccounted(cells)
        if said := self._forged({cell.index for cell in cells}):
            self.events, self.ended = {}, Ended("broken", None, said)

    def _unaccounted(self, cells: Sequence[Cell]) -> Ended | None:
        for cell in cells:
            run = self.runs.get(cell.index)
            if run is None:
                return Ended("broken", cell.index, say("run.untold"))
            if run.status == "raised" and "raises-exception" not in cell.tags:
                return None  # the others were not to be run
        return None

    def _forged(self, cells: set[int]) -> str:
        """Say what no child says, so that the notebook has said it; often nothing."""
        told = {*self.runs, *(one.cell for one in self.events.values())}
        at = self.ended.cell if self.ended else None
        told |= set() if at is None else {at}
        return "" if told <= cells else say("run.no-cell")

    def told_events(self) -> tuple[Event, ...]:
        """Give the events in their order."""
        return in_places(self.events)

    def _why(self, log: str) -> tuple[Any, int | None, str]:
        if any(sign in log for sign in OUT_OF_MEMORY):
            return "memory", self.cell, log.strip().splitlines()[-1]
        if self.code == BROKEN:
            return "killed", self.cell, say("run.broke")
        if self.code is None or self.code < 0:
            how = signal_name(-self.code) if self.code else say("run.with-ours")
            return "killed", self.cell, say("run.killed", how=how)
        return "exit", self.cell, say("run.ended-itself", code=self.code)

    def run_of(self, cell: int) -> CellRun:
        """Say what became of a cell."""
        ran = self.runs.get(cell)
        ended = self.ended
        if ended is not None and ended.cell == cell and ended.why != "lost":
            ran = ran or CellRun(cell, "ok", None, "", round(time.monotonic() - self.since, 3))
            return replace(ran, status="running at the end")
        return ran or CellRun(cell, "not reached", None, "", 0.0)
