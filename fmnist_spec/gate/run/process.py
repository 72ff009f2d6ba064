"""The processes that run notebooks, as the runner sees them: to be started, heard and ended."""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import IO, Any

from fmnist_spec._compat import TensorFlowMissingError
from fmnist_spec.dataset import DataError
from fmnist_spec.gate.confine.sandbox import Limits, environment
from fmnist_spec.gate.events import Event
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.observe.calls import EventMessage
from fmnist_spec.gate.run.protocol import BROKEN, LONGEST_LINE, REQUEST, Start, read_message
from fmnist_spec.gate.trace import CellRun, Ended

START = "import sys; sys.path += sys.argv[1:2]; import fmnist_spec.gate.run.server as s; s.main()"
Served = tuple[str, str]  # the name of the data set, and FULL or not
PACKAGES = Path(__file__).parents[3]
MOST_EVENTS = 100_000  # that are kept: more than any notebook needs
LOADING = 180.0  # seconds that the imports may take
OUT_OF_MEMORY = ("bad_alloc", "MemoryError", "out of memory", "Cannot allocate memory")
FOR = {
    "cell_seconds": "for a cell",
    "notebook_seconds": "in all",
    "training_seconds": "for the trainings of a cell",
}
DYING = 30.0  # seconds that a killed process may take to be gone


class RunnerError(RuntimeError):
    """Notebooks cannot be run here, or the gate itself is at fault. The message says why."""


UNABLE = (RunnerError, DataError, TensorFlowMissingError, OSError)  # why no notebook can be run


@dataclass
class ChildProcess:
    """A process that runs a notebook: what it tells, and how to end it."""

    lines: IO[bytes]
    stop: Callable[[], None]
    code: Callable[[], int | None] = lambda: None  # how it ended, if it cannot tell itself

    def read_into(self, lines: queue.Queue[bytes | None]) -> None:
        """Read until the process has ended; None comes last."""
        with self.lines as file:
            while line := file.readline(LONGEST_LINE):
                lines.put(line)
        lines.put(None)


class ServerProcess:
    """The process with TensorFlow loaded, which forks a child for each notebook."""

    def __init__(self, folder: Path, served: Served) -> None:
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  # close() closes it
        self._control, other = socket.socketpair()
        self._numbers, self._lock = count(), threading.Lock()
        with other:
            control = other.fileno()
            self._process = open_process(folder, served, control, self.log, pass_fds=[control])

    def start(self, job: IO[bytes], log: IO[bytes]) -> ChildProcess:
        """Have a child forked that reads its job from one file and writes to the other."""
        number = next(self._numbers)
        reading, writing = os.pipe()
        try:
            self._ask(number, job.fileno(), writing, log.fileno())
        finally:
            os.close(writing)
        return ChildProcess(os.fdopen(reading, "rb"), lambda: self._ask(number))

    def _ask(self, number: int, *files: int) -> None:
        # If it has died, the end of the pipe says so.
        with contextlib.suppress(OSError), self._lock:
            socket.send_fds(self._control, [REQUEST.pack(number)], files)

    @property
    def died(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def close(self) -> None:
        """End the process: it notices, ends its children, and then itself."""
        self._control.close()
        if next(self._numbers) == 0:  # it was never asked for anything, and may still import
            self._process.kill()
        try:
            self._process.wait(DYING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.log.close()


def open_process(
    folder: Path, served: Served, control: int, log: IO[bytes], **options: Any
) -> subprocess.Popen[bytes]:
    """Start ``server.main`` with the scrubbed environment that a notebook may see."""
    command = [sys.executable, "-c", START, str(PACKAGES), str(folder), str(control), *served]
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, **options}
    return subprocess.Popen(  # noqa: S603  # this very Python
        command, cwd=folder, env=environment(folder), stderr=log, start_new_session=True, **options
    )


@dataclass
class RunProgress:
    """How far the run of a notebook is: what its child has told so far."""

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

    def take(self, line: bytes) -> None:
        """Take in a line of the child. One that the notebook has written cannot do much."""
        now, (kind, value) = time.monotonic(), read_message(line)
        match kind:
            case "start" if self.start is None:
                self.start, self.began = value, now
            case "cell" if self.cell is None or self.cell < value:
                self.cell, self.since, self.training, self.trained = value, now, None, 0.0
            case "" if line.strip():
                self._lose("what the cell did could not be told")
            case "training" if value != (self.training is not None):
                self._train(now, value)
            case "event" if self.cell is not None and 0 <= value.event.cell <= self.cell:
                self._take_event(value)
            case "ran" if value.cell == self.cell:
                self.runs[value.cell] = value
            case "ended" | "done" | "exit" | "fault":
                self._take_end(kind, value)

    def _take_end(self, kind: str, value: Any) -> None:
        match kind:
            case "ended" if value.cell == self.cell:
                self.ended = value
            case "done":
                self.done = True
            case "exit":
                self.code = value
            case "fault":
                raise RunnerError(f"fmnist-spec's own code failed beside the notebook: {value}")

    def _train(self, now: float, begins: bool) -> None:
        """Let a training begin or end: its time is none of the cell's and of the notebook's."""
        took = 0.0 if self.training is None else now - self.training
        self.training = now if begins else None
        self.trained += took
        self.since += took
        self.began += took

    def time_left(self, limits: Limits) -> tuple[float, str, str]:
        """Give the seconds that are left, the setting that ends them, and what it allows."""
        now = time.monotonic()
        if self.start is None:
            return self.began + LOADING - now, "", f"{LOADING:g} s for loading TensorFlow"
        begins = {"notebook_seconds": self.began}
        if self.training is not None:
            begins = {"training_seconds": self.training - self.trained}
        elif self.cell is not None:
            begins["cell_seconds"] = self.since
        ends = {name: begin + getattr(limits, name) for name, begin in begins.items()}
        first = min(ends, key=lambda name: ends[name])
        return ends[first] - now, first, f"{getattr(limits, first):g} s {FOR[first]}"

    def _take_event(self, message: EventMessage) -> None:
        if len(self.events) < MOST_EVENTS or message.index in self.events:
            self.events[message.index] = message.event
        else:
            self._lose(f"the cell did more than {MOST_EVENTS:,} things that are watched")

    def _lose(self, detail: str) -> None:
        self.lost = self.lost or Ended("lost", self.cell, detail)

    def end(self, log: str, cells: Sequence[Cell]) -> None:
        """Say why the process ended, if not because the notebook was at its end.

        ``cells`` are those that it should have run: what became of each must be known.
        """
        if self.ended is None and not self.done:
            self.ended = Ended(*self._why(log))
        if self.ended is None:
            self.ended = self.lost or self._unaccounted(cells)

    def _unaccounted(self, cells: Sequence[Cell]) -> Ended | None:
        for cell in cells:
            run = self.runs.get(cell.index)
            if run is None:
                return Ended("lost", cell.index, "nothing was told of this cell")
            if run.status == "raised" and "raises-exception" not in cell.tags:
                return None  # the others were not to be run
        return None

    def _why(self, log: str) -> tuple[Any, int | None, str]:
        if any(sign in log for sign in OUT_OF_MEMORY):
            return "memory", self.cell, log.strip().splitlines()[-1]
        if self.code == BROKEN:
            detail = "it broke the way in which its process tells fmnist-spec what happens"
            return "killed", self.cell, detail
        if self.code is None or self.code < 0:
            own = "with fmnist-spec's own process"
            how = signal.Signals(-self.code).name if self.code else own
            return "killed", self.cell, f"the process was killed: {how}"
        return "exit", self.cell, f"the process ended itself with code {self.code}"

    def run_of(self, cell: int) -> CellRun:
        """Say what became of a cell."""
        ran = self.runs.get(cell)
        ended = self.ended
        if ended is not None and ended.cell == cell and ended.why != "lost":
            ran = ran or CellRun(cell, "ok", None, "", round(time.monotonic() - self.since, 3))
            return replace(ran, status="running at the end")
        return ran or CellRun(cell, "not reached", None, "", 0.0)
