"""With xdist, its main process runs the notebooks for all others: TensorFlow starts once."""

from __future__ import annotations

import os
from multiprocessing.managers import BaseManager
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from fmnist_spec.gate.check import Checker
    from fmnist_spec.gate.course.selection import Found
    from fmnist_spec.gate.finding import Result
    from fmnist_spec.gate.notebook import Notebook

CALLS = ("read", "check")  # of a desk


class Desk:
    """Reads each notebook once, and gives its result whatever happens."""

    def __init__(self, checker: Checker) -> None:
        self._checker, self._lock = checker, Lock()
        self._read: dict[Path, Notebook | Result] = {}

    def read(self, file: Found) -> Notebook | Result:
        """Read a notebook, or say why it is not run."""
        with self._lock:  # all processes of xdist collect the same at the same time
            if file.path not in self._read:
                self._read[file.path] = self._checker.read(file)
            return self._read[file.path]

    def check(self, notebook: Notebook) -> Result:
        """Run and judge a notebook, or say why none can be run."""
        from fmnist_spec.gate.finding import Result
        from fmnist_spec.gate.run.process import unable

        try:
            return self._checker.check(notebook)
        except unable() as error:
            return Result(notebook.path, "error", reason=" ".join(str(error).split()))


class Office(BaseManager):
    """Where processes of this machine that know its key call a desk of another one."""


def serve(desk: Desk) -> tuple[Any, bytes]:
    """Let other processes call a desk, each in a thread of its own: the address, and the key."""
    key = os.urandom(32)
    Office.register("desk", lambda: desk, exposed=CALLS)
    server = Office(authkey=key).get_server()
    Thread(target=server.serve_forever, daemon=True).start()
    return server.address, key


def called(address: Any, key: bytes) -> Desk:
    """Give the desk of the process that serves: what it is asked is done there."""
    Office.register("desk", exposed=CALLS)
    office = Office(address, authkey=key)
    office.connect()
    return cast(Desk, cast(Any, office).desk())
