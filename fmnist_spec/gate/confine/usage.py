"""What a running notebook uses of the machine where no limit of the kernel counts it.

That are all files together, and threads: for root the kernel counts none.
"""

import contextlib
import os
import stat
import time
from pathlib import Path

from fmnist_spec.gate.confine.sandbox import Limits

OFTEN = 0.5  # seconds after which is looked again
SHARE = 20  # and looking takes at most one part of so many
LEAST = 4096  # bytes that a file or folder takes
REMOVED = " (deleted)\n"  # how a line on what is mapped ends


class Usage:
    """Says when the process of a notebook, with its folder, uses more than it may."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder, self._limits = os.path.realpath(folder), limits
        self.next = time.monotonic() + OFTEN

    def exceeded(self, process: int) -> str:
        """Name the limit that is exceeded, if it is time to look: "disk_bytes", "threads"."""
        begin = time.monotonic()
        if begin < self.next:
            return ""
        threads = threads_of(process) > self._limits.threads
        most = self._limits.disk_bytes
        disk = disk_of(self._folder, most) + deleted_of(process, self._folder) > most
        end = time.monotonic()
        self.next = end + max(OFTEN, SHARE * (end - begin))
        return "threads" if threads else "disk_bytes" if disk else ""


def disk_of(folder: str, most: int) -> int:
    """Count the bytes that a folder takes on the disk; more than ``most`` are not counted."""
    used, waiting = 0, [folder]
    while waiting and used <= most:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                    used += LEAST
                elif not entry.is_symlink():
                    with contextlib.suppress(OSError):  # it has just gone
                        used += max(LEAST, _taken(entry.stat(follow_symlinks=False)))
    return used


def deleted_of(process: int, folder: str) -> int:
    """Count the bytes of the files that a process has removed, and still has open or mapped."""
    found = dict[tuple[int, int], int]()
    with contextlib.suppress(OSError), Path(f"/proc/{process}/maps").open(errors="replace") as maps:
        for line in maps:
            if line.endswith(REMOVED) and f" {folder}/" in line:
                place, _, offset, device, number, *_ = line.split()
                first, last = (int(one, 16) for one in place.split("-"))
                at = os.makedev(*(int(one, 16) for one in device.split(":"))), int(number)
                size = int(offset, 16) + last - first
                found[at] = max(size, found.get(at, 0))
    with contextlib.suppress(OSError), os.scandir(f"/proc/{process}/fd") as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                file = entry.stat()
                if stat.S_ISREG(file.st_mode) and not file.st_nlink:
                    found[file.st_dev, file.st_ino] = _taken(file)
    return sum(found.values())


def _taken(file: os.stat_result) -> int:
    return getattr(file, "st_blocks", 0) * 512


def threads_of(process: int) -> int:
    """Count the threads of a process; 0 where there is no /proc."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(errors="replace").splitlines():
            if line.startswith("Threads:"):
                return int(line.split()[1])
    return 0
