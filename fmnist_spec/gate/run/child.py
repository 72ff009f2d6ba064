"""A child: the process that runs one notebook, confined, and tells what happens."""

import os
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from fmnist_spec._compat import keras_version, tensorflow_version
from fmnist_spec.gate.confine import sandbox
from fmnist_spec.gate.confine.files.reading import of_server
from fmnist_spec.gate.confine.inspecting import Inspections
from fmnist_spec.gate.events import Refused, Tampered
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.observe.calls import Sink
from fmnist_spec.gate.observe.observer import Observer
from fmnist_spec.gate.run.protocol import Start, read_message, write_message
from fmnist_spec.gate.trace import Ended

LONGEST_DETAIL = 200  # characters
OUT_OF_MEMORY = ("MemoryError", "ResourceExhaustedError")


class Channel(Sink):
    """Tells the runner, line by line, what happens in the child."""

    def __init__(self, file: int) -> None:
        self._file, self._lock = file, threading.Lock()
        self.shell: Any = None  # once there is one
        self.refused: set[str] = set()  # in this cell
        self.noticed: set[str] = set()

    def say(self, kind: str, value: Any) -> None:
        """Write one message, all of it."""
        line = write_message(kind, value)
        with self._lock:
            while line:
                line = line[os.write(self._file, line) :]

    def line_of(self, frame: FrameType) -> int | None:
        """Give the line of the running cell that led to this frame."""
        line: int | None = self.shell.line_of(frame) if self.shell else None
        return line

    def place_of(self, frame: FrameType) -> tuple[int, int] | None:
        """Give the cell and the line in which the code of this very frame stands."""
        place: tuple[int, int] | None = self.shell.place_of(frame) if self.shell else None
        return place

    def refuse(self, what: Any, detail: str) -> None:
        """Tell what was tried and not allowed, each kind once a cell."""
        if what not in self.refused:
            self.refused.add(what)
            self.add(Refused(self.cell, self.line_of(sys._getframe(1)), what, detail))

    def notice(self, what: Any, detail: str) -> None:
        """Tell by what the notebook could change what is observed, each kind once a cell."""
        if what not in self.noticed:
            self.noticed.add(what)
            line = self.line_of(sys._getframe(1))
            self.add(Tampered(self.cell, line, what, detail[:LONGEST_DETAIL]))


def run(observer: Observer, line: bytes, file: int) -> None:
    """Run the cells of one job in this process, confined, and tell of them through ``file``."""
    channel, (_, job) = Channel(file), read_message(line)
    versions = str(tensorflow_version()), str(keras_version())
    served = of_server(Path(job.folder).parent)
    reached = sandbox.confine(Path(job.folder), job.notebook, job.limits, channel.refuse, served)
    channel.say("start", Start(*versions, reached, os.getpid()))
    observer.wrapper.sink = channel
    sys.addaudithook(Inspections(channel.notice))
    if job.shown:
        observer.show_images()
    _run_cells(job.cells, channel, observer)
    channel.say("done", True)


def _run_cells(cells: tuple[Cell, ...], channel: Channel, observer: Observer) -> None:
    from fmnist_spec.gate.kernel.shell import Shell

    channel.shell = shell = Shell.instance()  # get_ipython() gives it, too
    shell.editor.lacks.sink = channel
    for cell in cells:
        channel.cell = cell.index
        channel.refused.clear()
        channel.noticed.clear()
        channel.say("cell", cell.index)
        ran, raised = shell.run(cell)
        observer.end_cell()
        for name in observer.originals.replaced():
            channel.notice("replaced", name)
        channel.say("ran", ran)
        if raised is None or ran.error is None:
            continue
        if why := _end(raised):
            said = f"{ran.error.type}: {ran.error.message}"[:200]
            channel.say("ended", Ended(why, cell.index, said))
        if why or (ran.status == "raised" and "raises-exception" not in cell.tags):
            return  # as Jupyter's "Run all"


def _end(raised: BaseException) -> Any:
    """Say why an exception ends the run, whatever the cell's tags; nothing if it does not."""
    if isinstance(raised, SystemExit):
        return "exit"
    return "memory" if type(raised).__name__ in OUT_OF_MEMORY else ""
