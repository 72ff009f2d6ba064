"""Landlock: which files a process may read and write, and from its later versions on more."""

import contextlib
import ctypes
import errno
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

from fmnist_spec.gate.confine.linux.process import PR_SET_NO_NEW_PRIVS, checked, libc, prctl

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
NEWEST = 7  # of Landlock's versions whose rights are known here
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
MAKE_AND_REMOVE = sum(1 << bit for bit in range(4, 13))
MAKE_DEVICE = 1 << 6 | 1 << 11
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
PROC = "/proc/"


def version() -> int:
    """Give the version of Landlock on this machine. Raises OSError: it has none."""
    return min(checked(libc().syscall(CREATE_RULESET, None, 0, 1)), NEWEST)


def forbid_files(
    writable: Iterable[Path], readable: Iterable[str], listed: Iterable[str] = ()
) -> int:
    """Write below folders only, read these and what is below them, and list some further folders.

    From its later versions on no TCP, no signals, and no talk with devices. Nothing is executed.
    Gives the version. Raises OSError, also where nothing has come of it.
    """
    has, library = version(), libc()
    files = EXECUTE | WRITE_FILE | READ_FILE | READ_DIR | MAKE_AND_REMOVE
    files |= (REFER if has >= 2 else 0) | (TRUNCATE if has >= 3 else 0)
    files |= IOCTL_DEV if has >= 5 else 0
    size = 24 if has >= 6 else 16 if has >= 4 else 8  # files, TCP, signals
    asked = struct.pack("=QQQ", files, 0b11, 0b11)[:size]
    rules = checked(library.syscall(CREATE_RULESET, asked, ctypes.c_size_t(len(asked)), 0))

    def allow(path: str, rights: int) -> None:
        file = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if not stat.S_ISDIR(os.fstat(file).st_mode):
            rights &= OF_FILES
        rule = struct.pack("=Qi", rights & files, file)
        checked(library.syscall(ADD_RULE, rules, 1, rule, 0))
        # The kernel forgets what it knows of a file in /proc that nobody has open, and its rule.
        if not path.startswith(PROC):
            os.close(file)

    for folder in writable:
        allow(str(folder), files & ~(EXECUTE | IOCTL_DEV | MAKE_DEVICE))
    allow(os.devnull, READ_FILE | WRITE_FILE | TRUNCATE)
    for path in readable:
        with contextlib.suppress(OSError):  # it is not there, or not any more
            allow(path, READ_FILE | READ_DIR)
    for path in listed:
        with contextlib.suppress(OSError):
            allow(path, READ_DIR)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    checked(library.syscall(RESTRICT_SELF, rules, 0))
    os.close(rules)
    with contextlib.suppress(PermissionError):
        os.close(os.open("/", os.O_RDONLY))
        raise OSError(errno.ENOSYS, "not refused")
    return has
