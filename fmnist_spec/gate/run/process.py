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
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, Any

from fmnist_spec._compat import TensorFlowMissingError
from fmnist_spec.gate.confine.sandbox import environment
from fmnist_spec.gate.run.protocol import LONGEST_LINE, REQUEST
from fmnist_spec.language import say

START = "import sys; sys.path += sys.argv[1:2]; import fmnist_spec.gate.run.server as s; s.main()"
Served = tuple[str, str]  # the name of the data set, and FULL or not
PACKAGES = Path(__file__).parents[3]
CLOSING = 0.5  # seconds that the server may take to end, with its children
DYING = 30.0  # seconds that a killed process may take to be gone


class RunnerError(RuntimeError):
    """Notebooks cannot be run here, or the gate itself is at fault. The message says why."""


class KilledError(RunnerError):
    """The process that runs notebooks was killed, and again when it was tried once more."""


def unable() -> tuple[type[Exception], ...]:
    """Give what says why no notebook can be run."""
    from fmnist_spec.dataset import DataError

    return RunnerError, DataError, TensorFlowMissingError, OSError


@dataclass
class ChildProcess:
    """A process that runs a notebook: what it tells, and how to end it."""

    lines: IO[bytes]
    stop: Callable[[], None]
    code: Callable[[], int | None] = lambda: None  # how it ended, if it cannot tell itself
    killed: Callable[[], bool] = lambda: False  # whether its server was

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
        return ChildProcess(
            os.fdopen(reading, "rb"), lambda: self._ask(number), killed=self._was_killed
        )

    def _ask(self, number: int, *files: int) -> None:
        # If it has died, the end of the pipe says so.
        with contextlib.suppress(OSError), self._lock:
            socket.send_fds(self._control, [REQUEST.pack(number)], files)

    @property
    def died(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def _was_killed(self) -> bool:
        """Whether a signal has ended it, or is about to: its pipes are closed then."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(1.0) < 0
        return False

    def close(self) -> None:
        """End the process: it notices, ends its children, and then itself."""
        with contextlib.suppress(OSError):  # it hears this even while another thread asks
            self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()
        try:
            self._process.wait(CLOSING)
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


def signal_name(number: int) -> str:
    """Name a signal: SIGKILL."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return say("process.signal", code=number)
