"""A process that is a fork of this one: it starts at once, with all that is imported here."""

import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import IO, NoReturn

from fmnist_spec.ending import SIGNALS

# Elsewhere a fork that does not start another program may break what the system's libraries hold.
CAN_FORK = sys.platform == "linux"
HIGHEST = 4096  # of the numbers of files that are closed
OFTEN = 0.01  # seconds after which is looked again whether it has ended
Serve = Callable[[IO[bytes], IO[bytes]], object]  # reads questions, and writes answers


class ForkedProcess:
    """What ``subprocess.Popen`` is for another program, as far as a worker needs it.

    Only while no other thread holds a lock may it be made: the fork would wait for it for ever.
    """

    def __init__(self, serve: Serve) -> None:
        asked, asking = os.pipe()
        answered, answering = os.pipe()
        with warnings.catch_warnings():
            # The thread that waits for a signal holds no lock.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            _be(serve, asked, answering)
        os.close(asked)
        os.close(answering)
        self.stdin, self.stdout = os.fdopen(asking, "wb"), os.fdopen(answered, "rb")
        self._code: int | None = None
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Give its exit code, as Popen does; None while it runs."""
        with self._lock:
            if self._code is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self._code = os.waitstatus_to_exitcode(status) if pid else None
            return self._code

    def wait(self, timeout: float) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("fork", timeout)
            time.sleep(OFTEN)
        return code

    def kill(self) -> None:
        """End it, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def communicate(self) -> None:
        """Close its pipes, and wait for its end."""
        for pipe in (self.stdin, self.stdout):
            with contextlib.suppress(OSError):  # what was not yet written
                pipe.close()
        while self.poll() is None:
            time.sleep(OFTEN)


def _be(serve: Serve, asked: int, answering: int) -> NoReturn:
    """Be the process: of this one it keeps its memory, and nothing else."""
    code = 1
    try:
        os.setsid()  # Ctrl-C is for the gate, which ends this one
        signal.set_wakeup_fd(-1)
        for one in SIGNALS:
            signal.signal(one, signal.SIG_DFL)
        low, high = sorted((asked, answering))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(nowhere, number)
        for begin, end in ((3, low), (low + 1, high), (high + 1, HIGHEST)):
            os.closerange(begin, end)
        gc.freeze()  # what is here already is no garbage
        serve(os.fdopen(asked, "rb"), os.fdopen(answering, "wb"))
        code = 0
    finally:
        os._exit(code)
