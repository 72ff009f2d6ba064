"""The locks of multiprocessing, for threads alone: no process of a notebook can start another.

Its own lie in memory that processes share, where a notebook may not write. Pools of threads use
them all the same, and so does Keras where it loads images from a folder.
"""

import contextlib
import threading
from importlib import import_module
from typing import Any

RECURSIVE = 0  # the number of this kind in multiprocessing.synchronize; the other is 1


class Semaphore(threading.Semaphore):
    """What multiprocessing's own semaphore can do, by the same names."""

    SEM_VALUE_MAX = 2**31 - 1
    handle, name = 0, None  # without a name no other process is started to clear it away

    def __init__(self, kind: int, value: int, maxvalue: int, *_: Any) -> None:
        super().__init__(value)
        self.kind, self.maxvalue = kind, maxvalue
        self._times, self._owner = 0, 0  # what locks alone ask for: one thread changes them

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Wait until it is free, and take it; False: the time was over before."""
        if self.kind != RECURSIVE or not self._is_mine():
            limit = max(timeout, 0) if block and timeout is not None else None
            if not super().acquire(block, limit):
                return False
            self._owner = threading.get_ident()
        self._times += 1
        return True

    __enter__ = acquire

    def release(self) -> None:  # type: ignore[override]  # of several at once it knows nothing
        """Give it back. Raises AssertionError or ValueError, as the other, if it was not taken."""
        if self.kind == RECURSIVE and not self._is_mine():
            raise AssertionError("attempt to release recursive lock not owned by thread")
        if self.kind != RECURSIVE and self._value >= self.maxvalue:
            raise ValueError("semaphore or lock released too many times")
        self._times -= 1
        if self.kind != RECURSIVE or self._times == 0:
            super().release()

    def _count(self) -> int:
        return self._times

    def _is_mine(self) -> bool:
        return self._times > 0 and self._owner == threading.get_ident()

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0


def lock_threads_only() -> None:
    """Have multiprocessing make, from now on, what one process needs."""
    with contextlib.suppress(ImportError):  # such as where the system has no semaphores
        own, memory = (import_module(name) for name in ("_multiprocessing", "multiprocessing.heap"))
        vars(own)["SemLock"] = Semaphore
        memory.Arena._dir_candidates = []  # then it is in the home
