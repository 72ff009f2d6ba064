"""The server, a process with TensorFlow and the data loaded, and the children that it forks.

TensorFlow must be imported but not used before a fork. A child runs one notebook and tells what
happens, as it happens, in lines of JSON: a child that is killed has told all until then.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import signal
import socket
import struct
import sys
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from types import FrameType
from typing import Any

import numpy as np

from fmnist_spec._compat import import_keras, keras_version, tensorflow_version
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.observe.calls import Sink
from fmnist_spec.gate.observe.observer import Observer, Served
from fmnist_spec.gate.run import kernel, sandbox
from fmnist_spec.gate.run.process import ARRAYS, BROKEN
from fmnist_spec.gate.trace import CellRun, Event, Refused, to_json
from fmnist_spec.lesson import Data, Split

MESSAGE = struct.Struct("!cQ")  # what is asked, and the number of the job
RUN, KILL = b"r", b"k"
DUMPS = json.dumps  # whatever a notebook does to json
FILES = 3  # that come with RUN: the job, the lines of JSON, and the log
OUT_OF_MEMORY = ("MemoryError", "ResourceExhaustedError")


@dataclass
class World:
    """What all children share."""

    observer: Observer
    versions: dict[str, str]


def import_all() -> None:
    """Import what notebooks import."""
    gc.disable()  # with so much to import it takes a fifth of the time, and finds nothing
    import sklearn.model_selection  # noqa: F401

    import_keras()
    with contextlib.suppress(ImportError):
        import matplotlib.pyplot  # noqa: F401
    from fmnist_spec.gate.run import shell  # noqa: F401

    gc.enable()
    gc.freeze()  # so that children do not write to what they share


def load(folder: Path) -> World:
    """Make the observer of the data in ``folder``."""
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    data, split = Data(**settings["data"]), Split(**settings["split"])
    observer = _observer(data, split, folder, settings["full"])
    versions = {"tensorflow": str(tensorflow_version()), "keras": str(keras_version())}
    return World(observer, versions)


def _mapped(folder: Path) -> Served:
    """Map the data into memory: it costs nothing, and a write stays in the process that writes."""
    images, labels, *test = (
        np.asarray(np.load(folder / f"{name}.npy", mmap_mode="c", allow_pickle=False))
        for name in ARRAYS
    )
    return (images, labels), (test[0], test[1])


def _observer(data: Data, split: Split, folder: Path, full: bool) -> Observer:
    from sklearn.model_selection import train_test_split

    from fmnist_spec.gate.compare.images import Known

    indices = np.arange(data.train_images)
    share, seed = split.test_size, split.random_state
    training, validation = train_test_split(indices, test_size=share, random_state=seed)
    served = _mapped(folder)
    known = Known(data, *served, (training, validation))
    observer = Observer(known, data.dataset, served, _mapped(folder), full)
    observer.install()
    return observer


class _Channel(Sink):
    """Tells the runner, line by line, what happens in the child."""

    def __init__(self, file: int) -> None:
        self._file, self._lock = file, threading.Lock()
        self.shell: Any = None  # once there is one
        self.refused: set[str] = set()  # in this cell

    def say(self, message: str, **content: Any) -> None:
        line = DUMPS({"message": message, **content}, default=_plain).encode() + b"\n"
        with self._lock:
            while line:
                line = line[os.write(self._file, line) :]

    def tell(self, index: int, event: Event) -> None:
        self.say("event", index=index, event=to_json(event))

    def fault(self, text: str) -> None:
        self.say("fault", text=text)

    def line_of(self, frame: FrameType) -> int | None:
        line: int | None = self.shell.line_of(frame) if self.shell else None
        return line


def _plain(value: Any) -> Any:
    """Write what JSON does not know: numpy's numbers as Python's."""
    return value.item() if hasattr(value, "item") else str(value)


def run(world: World, job: dict[str, Any], file: int) -> None:
    """Run the cells of one notebook in this process, confined."""
    channel, observer = _Channel(file), world.observer

    def refuse(what: Any, detail: str) -> None:
        if what not in channel.refused:
            channel.refused.add(what)
            line = channel.line_of(sys._getframe(1))
            channel.add(Refused(channel.cell, line, what, detail))

    limits = sandbox.Limits(**job["limits"])
    reached = sandbox.confine(Path(job["folder"]), limits, refuse)
    channel.say("start", isolation=reached, **world.versions)
    observer.start(channel)
    _run_cells([_cell(table) for table in job["cells"]], channel, observer)
    channel.say("done")


def _cell(table: dict[str, Any]) -> Cell:
    return Cell(table["index"], "code", table["source"], (), frozenset(table["tags"]))


def _run_cells(cells: list[Cell], channel: _Channel, observer: Observer) -> None:
    from fmnist_spec.gate.run.shell import Shell

    channel.shell = shell = Shell.start()
    for cell in cells:
        channel.cell = cell.index
        channel.refused.clear()
        channel.say("cell", cell=cell.index)
        ran, raised = shell.run(cell)
        observer.end_cell()
        channel.say("ran", run=to_json(ran))
        if raised is not None and (why := _end(raised, channel.refused)):
            channel.say("ended", why=why, detail=_said(ran))
            return
        if raised is not None and "raises-exception" not in cell.tags:
            return  # as Jupyter's "Run all"


def _said(ran: CellRun) -> str:
    return f"{ran.error.type}: {ran.error.message}"[:200] if ran.error else ""


def _end(raised: BaseException, refused: set[str]) -> str:
    """Say why an exception ends the run, whatever the cell's tags; nothing if it does not."""
    if isinstance(raised, SystemExit):
        return "exit"
    if type(raised).__name__ in OUT_OF_MEMORY:
        return "memory"
    return "processes" if isinstance(raised, PermissionError) and "process" in refused else ""


class Server:
    """Forks a child for each job, ends it when told to, and says how it ended."""

    def __init__(self, world: World, control: socket.socket) -> None:
        self._world, self._control = world, control
        self._jobs: dict[int, tuple[int, int]] = {}  # process: job, and its lines of JSON
        self._selector = DefaultSelector()
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._waker, False)

    def serve(self) -> None:
        """Work until the runner closes its end of the control socket, or dies."""
        signal.set_wakeup_fd(self._waker)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._control, EVENT_READ)
        self._selector.register(self._wake, EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in self._selector.select()}
            if self._wake in ready:
                os.read(self._wake, 4096)
                self._reap()
            if self._control in ready and not self._obey():
                return

    def _obey(self) -> bool:
        message, files, *_ = socket.recv_fds(self._control, MESSAGE.size, FILES)
        if not message:
            for process in self._jobs:
                _kill(process)
            return False
        asked, job = MESSAGE.unpack(message)
        if asked == RUN:
            self._fork(job, files)
        for process, (number, _) in self._jobs.items():
            if asked == KILL and number == job:
                _kill(process)
        return True

    def _fork(self, job: int, files: list[int]) -> None:
        process = os.fork()
        if process == 0:
            code = BROKEN
            try:
                self._be_child(files)
                code = 0
            except BaseException:
                _Channel(files[1]).fault(traceback.format_exc())
            finally:
                os._exit(code)  # past what the server would do at its end
        self._jobs[process] = (job, files[1])
        os.close(files[0])
        os.close(files[2])

    def _be_child(self, files: list[int]) -> None:
        kernel.die_with_parent()
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()  # the server's own, which the child could tamper with
        others = [file for _, file in self._jobs.values()]
        for file in (self._control.fileno(), self._wake, self._waker, *others):
            os.close(file)
        os.dup2(files[2], 1)
        os.dup2(files[2], 2)
        with os.fdopen(files[0], encoding="utf-8") as job:
            run(self._world, json.load(job), files[1])

    def _reap(self) -> None:
        for process in list(self._jobs):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process, signal.SIGKILL)  # what it left, where it could start any
                _, file = self._jobs.pop(process)
                line = json.dumps({"message": "exit", "code": os.waitstatus_to_exitcode(status)})
                with contextlib.suppress(OSError):  # the runner no longer listens
                    os.write(file, f"\n{line}\n".encode())
                os.close(file)


def _kill(process: int) -> None:
    for kill in (os.killpg, os.kill):  # a child that has just begun has no group yet
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(process, signal.SIGKILL)


def main() -> None:
    """Be the server; or, where there is no fork, run the one job on standard input."""
    folder, control = Path(sys.argv[2]), int(sys.argv[3])
    if control < 0:
        job = json.loads(sys.stdin.buffer.read())
        file = os.dup(1)
        os.dup2(2, 1)
        import_all()
        run(load(folder), job, file)
        os._exit(0)
    asked = socket.socket(fileno=control)
    import_all()
    if asked.recv(1, socket.MSG_PEEK):  # the runner asks once the data is there
        Server(load(folder), asked).serve()
    shutil.rmtree(folder, ignore_errors=True)  # the runner may have been killed
    os._exit(0)  # at once: nothing that is loaded needs an end of its own
