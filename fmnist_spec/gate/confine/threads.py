"""What is made for several processes, for threads alone: a notebook cannot start another process.

The locks of multiprocessing lie in memory that processes share, where a notebook may not write.
Pools of threads use them all the same, and so does Keras where it loads images from a folder. And
what scikit-learn is to do with n_jobs=-1 is as well done by threads.
"""

import contextlib
import threading
from functools import partial
from importlib import import_module
from typing import Any


class Lock(threading.BoundedSemaphore):
    """A lock, or a bounded semaphore, that is taken as multiprocessing's are."""

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Wait until it is free, and take it; False: the time was over before."""
        return super().acquire(block, timeout if block else None)

    __enter__ = acquire


KINDS = {"Lock": Lock, "BoundedSemaphore": Lock}
KINDS |= {name: vars(threading)[name] for name in ("RLock", "Semaphore", "Condition", "Event")}


def lock_threads_only() -> None:
    """Have multiprocessing make, from now on, what one process needs."""
    with contextlib.suppress(ImportError):  # such as where the system has no semaphores
        own, memory = map(import_module, ("multiprocessing.synchronize", "multiprocessing.heap"))
        vars(own).update({name: partial(_made, kind) for name, kind in KINDS.items()})
        memory.Arena._dir_candidates = []  # then it is in the home
    with contextlib.suppress(ImportError, AttributeError):
        joblib = import_module("joblib.parallel")
        # What a process would take, so do its threads: how many threads it may have itself.
        taken = {"supports_inner_max_num_threads": True}
        threads = type("Threads", (joblib.ThreadingBackend,), taken)
        joblib.BACKENDS.update(loky=threads, multiprocessing=threads)


def _made(kind: Any, *given: Any, ctx: object) -> Any:
    return kind(*given)
