"""How many notebooks a second are checked, on one worker and on two, of several executors.

Each is a copy of the lesson's notebook, on the whole data set. Before the clock starts, two have
been checked for each worker, so that all are warm. dask.distributed must be installed:

    pip install distributed && python benchmarks/executors.py [NOTEBOOKS]
"""

import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from distributed import Client, LocalCluster

import fmnist_spec as spec
from fmnist_spec.gate.notebook import NOTEBOOK


def threads(workers: int) -> Executor:
    """Give threads of this process, as the command has them."""
    return ThreadPoolExecutor(workers)


def processes(workers: int, method: str = "spawn") -> Executor:
    """Give processes of the standard library."""
    return ProcessPoolExecutor(workers, multiprocessing.get_context(method))


def forkserver(workers: int) -> Executor:
    """Give processes that are forked from a small one."""
    return processes(workers, "forkserver")


@contextmanager
def dask(workers: int) -> Iterator[Executor]:
    """Give workers of dask on this machine."""
    sizes = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**sizes) as cluster, Client(cluster) as client:
        yield client.get_executor()


KINDS: list[Callable[..., Executor]] = [threads, processes, forkserver, dask]


def seconds(executor: Executor, files: list[Path]) -> float:
    """Give the time in which all are checked; each must pass."""
    start = time.perf_counter()
    for result in spec.check_all(files, executor):
        assert result.verdict == "pass", (result.path, result.reason, result.findings)
    return time.perf_counter() - start


def main() -> None:
    """Write the copies, and print a row for each executor and number of workers."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(shutil.copy(NOTEBOOK, f"{folder}/{at}.ipynb")) for at in range(number)]
        for kind in KINDS:
            for workers in (1, 2):
                with kind(workers) as executor:
                    cold = seconds(executor, files[: 2 * workers])
                    warm = seconds(executor, files)
                name = f"{kind.__name__}, {workers}"
                print(
                    f"{name:<16} {number / warm:5.2f} a second; first {2 * workers}: {cold:.1f} s"
                )


if __name__ == "__main__":
    main()
