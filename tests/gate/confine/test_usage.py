"""A run that uses more of the disk, or more threads, than it may is ended, and it is said why."""

import ctypes
import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest
from notebooks import Run

from fmnist_spec.gate.confine.sandbox import Limits
from fmnist_spec.gate.confine.usage import LEAST, Usage, deleted_of, disk_of, threads_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it asks /proc")
MOST = 2**40
MANY_FILES = "n = 0\nwhile True:\n    n += 1\n    open(f'{n}', 'wb').write(bytes(2**20))"
REMOVED = """
import os
kept = []
while len(kept) < 500:
    kept.append(open('x', 'wb'))
    kept[-1].write(bytes(2**20))
    kept[-1].flush()
    os.remove('x')
while True: pass
"""
THREADS = """
import threading, time
threading.stack_size(2**15)
while True: threading.Thread(target=time.sleep, args=(99,)).start()
"""


def test_what_a_folder_takes_is_counted_without_what_links_lead_to(tmp_path: Path) -> None:
    """Each file takes at least a block; a link takes nothing of what it leads to."""
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/large").write_bytes(bytes(10**6))
    before = disk_of(str(tmp_path), MOST)
    assert 10**6 <= before <= 10**6 + 4 * LEAST
    (tmp_path / "link").symlink_to(sys.executable)
    (tmp_path / "up").symlink_to("a")
    for number in range(100):
        (tmp_path / f"{number}").touch()
    assert disk_of(str(tmp_path), MOST) == before + 100 * LEAST


def test_a_file_that_is_removed_and_open_is_counted(tmp_path: Path) -> None:
    """The disk has it still."""
    before = deleted_of(os.getpid(), str(tmp_path))
    with (tmp_path / "x").open("wb") as file:
        file.write(bytes(10**6))
        file.flush()
        Path(file.name).unlink()
        assert deleted_of(os.getpid(), str(tmp_path)) - before >= 10**6
    assert deleted_of(os.getpid(), str(tmp_path)) == before


def test_a_file_that_is_removed_closed_and_mapped_is_counted_once(tmp_path: Path) -> None:
    """The disk has it still; Python's own mmap keeps it open, native code need not."""
    before = deleted_of(os.getpid(), str(tmp_path))  # other tests have files of their own
    library, size = ctypes.CDLL(None), ctypes.c_size_t(2**20)
    library.mmap.restype = ctypes.c_void_p
    with (tmp_path / "x").open("wb+") as file:
        file.write(bytes(2**20))
        file.flush()
        place = library.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, file.fileno(), 0)
        Path(file.name).unlink()
        assert deleted_of(os.getpid(), str(tmp_path)) == before + 2**20
    assert deleted_of(os.getpid(), str(tmp_path)) == before + 2**20
    library.munmap(ctypes.c_void_p(place), size)
    assert deleted_of(os.getpid(), str(tmp_path)) == before


def test_threads_are_counted() -> None:
    """Those of a process; there are none of one that is gone."""
    with subprocess.Popen(["sleep", "9"]) as process:
        assert threads_of(process.pid) == 1
        process.kill()
    assert threads_of(process.pid) == 0


def test_it_is_not_looked_all_the_time(tmp_path: Path) -> None:
    """Looking through many files takes long: it is done now and then."""
    usage = Usage(tmp_path, Limits(threads=0))
    assert usage.exceeded(os.getpid()) == ""
    usage.next = 0
    assert usage.exceeded(os.getpid()) == "threads"
    assert usage.exceeded(os.getpid()) == ""


@pytest.mark.parametrize(
    ("source", "limits", "limit"),
    [
        (MANY_FILES, Limits(disk_bytes=2**26), "disk_bytes"),
        (REMOVED, Limits(disk_bytes=2**26), "disk_bytes"),
        (THREADS, Limits(threads=300), "threads"),
    ],
    ids=["files", "removed files", "threads"],
)
def test_a_run_that_uses_too_much_is_ended(
    run: Run, source: str, limits: Limits, limit: str
) -> None:
    """It is no other limit that ends it; where the kernel counts threads, none are started."""
    trace = run("x = 1", source, limits=limits)
    raised = trace.cells[1].error
    if limit == "threads" and raised and "start new thread" in raised.message:
        return
    assert trace.ended is not None, trace.cells
    assert (trace.ended.why, trace.ended.limit, trace.ended.cell) == ("used", limit, 1)
    assert [one.status for one in trace.cells] == ["ok", "running at the end"]
