"""Notebooks side by side: how many, if nobody says it, and on any executor."""

import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

SERVER, CHILD = 2**30, 0.9 * 2**30  # bytes that all notebooks share, and that each takes beside
CGROUP = Path("/sys/fs/cgroup")
MOST_MEMORY = CGROUP / "memory.max", CGROUP / "memory" / "memory.limit_in_bytes"  # since 2016, old


def usual_jobs() -> int:
    """Give the cores that this process may use; fewer where there is not memory for as many."""
    return max(1, int(min(_cores(), (_memory() - SERVER) / CHILD)))


def _cores() -> int:
    if hasattr(os, "process_cpu_count"):  # since Python 3.13
        count = os.process_cpu_count()
    else:
        can_tell = hasattr(os, "sched_getaffinity")
        count = len(os.sched_getaffinity(0)) if can_tell else os.cpu_count()
    with suppress(OSError, ValueError):  # there may be no such file, and no limit in it
        quota, period = map(int, (CGROUP / "cpu.max").read_text().split())
        return min(count or 1, math.ceil(quota / period))
    return count or 1


def _memory() -> float:
    """Give the bytes that this process and those that it starts may take, as far as is known."""
    found = [math.inf]
    for file in MOST_MEMORY:
        with suppress(OSError, ValueError):
            found.append(int(file.read_text()))
    with suppress(OSError, ValueError, IndexError):
        available = Path("/proc/meminfo").read_text().partition("MemAvailable:")[2]
        found.append(int(available.split()[0]) * 2**10)
    return min(found)


def spread(
    executor: Executor,
    task: Callable[[T], R],
    given: Sequence[T],
    lost: Callable[[T, Exception], R],
) -> Iterator[R]:
    """Let an executor do a task for each of what is given, and yield what comes of it, in order.

    Whatever dies, each has something: ``lost`` says what, if the task or what does it fails.
    """
    futures = [_submitted(executor, task, one) for one in given][::-1]
    try:
        for one in given:
            try:
                done = futures.pop().result()
            except Exception as error:
                done = lost(one, error)
            yield done
    finally:
        for future in futures:
            future.cancel()


def _submitted(executor: Executor, task: Callable[[T], R], one: T) -> "Future[R]":
    try:
        return executor.submit(task, one)
    except Exception as error:  # of an executor that is broken or closed
        future: Future[R] = Future()
        future.set_exception(error)
        return future
