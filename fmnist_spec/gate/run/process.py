"""The processes that run notebooks, as the runner sees them: to be started, heard and ended."""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, Any

from fmnist_spec.gate.run.sandbox import environment

START = (
    "import sys; sys.path.append(sys.argv[1]); from fmnist_spec.gate.run.child import main; main()"
)
PACKAGES = Path(__file__).parents[3]
ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")  # one file for each
BROKEN = 70  # the code of a child that could not tell what happened
LONGEST_LINE = 2**24  # bytes: what a child says in one go is far shorter
DYING = 30.0  # seconds that a killed process may take to be gone


@dataclass
class Process:
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


class Server:
    """The process with TensorFlow loaded, which forks a child for each notebook."""

    MESSAGE = struct.Struct("!cQ")  # as child.py reads it

    def __init__(self, folder: Path) -> None:
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  # close() closes it
        self._control, other = socket.socketpair()
        self._numbers, self._lock = count(), threading.Lock()
        with other:
            self._process = open_process(
                folder, other.fileno(), self.log, pass_fds=[other.fileno()]
            )

    def start(self, job: IO[bytes], log: IO[bytes]) -> Process:
        """Have a child forked that reads its job from one file and writes to the other."""
        number = next(self._numbers)
        reading, writing = os.pipe()
        try:
            self._ask(b"r", number, [job.fileno(), writing, log.fileno()])
        finally:
            os.close(writing)
        return Process(os.fdopen(reading, "rb"), lambda: self._ask(b"k", number, []))

    def _ask(self, what: bytes, number: int, files: list[int]) -> None:
        # If it has died, the end of the pipe says so.
        with contextlib.suppress(OSError), self._lock:
            socket.send_fds(self._control, [self.MESSAGE.pack(what, number)], files)

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
    folder: Path, control: int, log: IO[bytes], **options: Any
) -> subprocess.Popen[bytes]:
    """Start ``child.main`` with the scrubbed environment that a notebook may see."""
    command = [sys.executable, "-c", START, str(PACKAGES), str(folder), str(control)]
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, **options}
    home = environment(folder)
    return subprocess.Popen(  # noqa: S603  # this very Python
        command, cwd=folder, env=home, stderr=log, start_new_session=True, **options
    )
