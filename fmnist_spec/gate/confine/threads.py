"""The locks of multiprocessing, for threads alone: no process of a notebook can start another.

Its own lie in memory that processes share, where a notebook may not write. Pools of threads use
them all the same, and so does Keras where it loads images from a folder.
"""

import contextlib
import threading
from importlib import import_module
from typing import Any

RECURSIVE = 0  # the number of this kind in multiprocessing.synchronize; the other is 1
GUARD = threading.Lock()


class Semaphore:
    """What multiprocessing's own semaphore can do, by the same names."""

    SEM_VALUE_MAX = 2**31 - 1

    def __init__(self, kind: int, value: int, maxvalue: int, *_: Any) -> None:
        self.kind, self.maxvalue, self.handle = kind, maxvalue, 0
        self.name = None  # so that no other process is started to clear it away
        self._free, self._left = threading.Semaphore(value), value
        self._times, self._owner = 0, 0

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Wait until it is free, and take it; False: the time was over before."""
        if self.kind == RECURSIVE and self._is_mine():
            self._times += 1
            return True
        limit = max(timeout, 0) if block and timeout is not None else None
        taken = self._free.acquire(block, limit)
        if taken:
            self._change(1)
        return taken

    def release(self) -> None:
        """Give it back. Raises AssertionError or ValueError, as the other, if it was not taken."""
        if self.kind == RECURSIVE:
            if not self._is_mine():
                raise AssertionError("attempt to release recursive lock not owned by thread")
            if self._times > 1:
                self._times -= 1
                return
        elif self._left >= self.maxvalue:
            raise ValueError("semaphore or lock released too many times")
        self._change(-1)
        self._free.release()

    def _change(self, taken: int) -> None:
        with GUARD:
            self._times, self._left = self._times + taken, self._left - taken
            self._owner = threading.get_ident()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _count(self) -> int:
        return self._times

    def _is_mine(self) -> bool:
        return self._times > 0 and self._owner == threading.get_ident()

    def _get_value(self) -> int:
        return self._left

    def _is_zero(self) -> bool:
        return self._left == 0

    def _after_fork(self) -> None:
        """Nothing: there is no fork."""


def lock_threads_only() -> None:
    """Have multiprocessing make, from now on, what one process needs."""
    with contextlib.suppress(ImportError):  # such as where the system has no semaphores
        own, memory = (import_module(name) for name in ("_multiprocessing", "multiprocessing.heap"))
        vars(own)["SemLock"] = Semaphore
        memory.Arena._dir_candidates = []  # then it is in the home
