"""Seccomp: a program for the kernel's packet filter that looks at each system call."""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from fmnist_spec.gate.confine.linux import landlock
from fmnist_spec.gate.confine.linux.calls import ALLOWED, ANSWERED, GUARDED, NEWEST
from fmnist_spec.gate.confine.linux.process import PR_SET_NO_NEW_PRIVS, libc, prctl

PR_SET_SECCOMP, FILTER = 22, 2
MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}  # its mark, and its numbers
LOAD, AND, EQUAL, ABOVE, RETURN = 0x20, 0x54, 0x15, 0x25, 0x06
CALL_NUMBER, MACHINE, ARGUMENTS = 0, 4, 16  # offsets of what a filter sees
ALLOW, ANSWER = 0x7FFF0000, 0x00050000
WHOLE = 0xFFFFFFFF
THREAD, NAMESPACES = 0x10000, 0x7E020000  # of clone's flags
SCHEDULING = ("sched_setaffinity", "sched_setparam", "sched_setscheduler")
UNIX = 1  # the family of sockets
TRUNCATES = os.O_TRUNC | os.O_ACCMODE
# For terminals: what isatty() asks, and their size. For files: how much there is to read, whether
# they wait, and whether another program would have them.
DEVICE_ASKED = (0x5401, 0x802C542A, 0x5413, 0x540F, 0x541B, 0x5421, 0x5450, 0x5451)
# Duplicates, flags, what locks there are, and who is told of what: not to have anybody told.
FILE_ASKED = (0, 1, 2, 3, 4, 5, 9, 11, 16, 36, 1030, 1032, 1034)
LOCKS = (6, 7, 37, 38)  # one process has nobody to lock a file against
# A thread's name, timer slack and capabilities, and the name of a piece of memory.
PROCESS_ASKED = (2, 3, 15, 16, 21, 23, 29, 30, 38, 39, 40, 42, 0x53564D41)


class Use(NamedTuple):
    """A use of a call: an argument has, of the bits in ``mask``, one of these values.

    ``word`` counts halves of arguments: 2 is the low half of the second one.
    """

    word: int
    values: Iterable[int]
    mask: int = WHOLE


def _uses(has: int) -> dict[str, tuple[Use, ...]]:
    """Give the uses that are allowed of each guarded call: all that are named must be made of it.

    ``has`` is the version of Landlock; the first two do not see what shortens a file.
    """
    own = (0, os.getpid())  # 0 is the process itself
    uses = {
        "clone": (Use(0, [THREAD], THREAD | NAMESPACES),),
        "kill": (Use(0, own[1:]),),
        "tgkill": (Use(0, own[1:]),),
        "prlimit64": (Use(0, own),),
        "ioctl": (Use(2, DEVICE_ASKED),),
        "fcntl": (Use(2, FILE_ASKED),),
        "prctl": (Use(0, PROCESS_ASKED),),
        "socketpair": (Use(0, [UNIX]),),
        "sendto": (Use(8, [0]), Use(9, [0])),  # to nobody but the other one of the pair
        **dict.fromkeys(SCHEDULING, (Use(0, own),)),
        "setpriority": (Use(0, [0]), Use(2, own)),
    }
    if has >= 3:
        return {**uses, "truncate": (), "open": (), "openat": ()}
    flags = (*range(4), *range(os.O_TRUNC + 1, os.O_TRUNC + 4))  # not to read, and empty it
    return {
        **uses,
        "truncate": (Use(0, []),),
        "open": (Use(2, flags, TRUNCATES),),
        "openat": (Use(4, flags, TRUNCATES),),
    }


ERRORS = {
    **{"clone": errno.EAGAIN, "socketpair": errno.EACCES, "truncate": errno.EACCES},
    **{"open": errno.EACCES, "openat": errno.EACCES},
}


def forbid_calls() -> None:
    """Allow the calls of a list: no sockets, no processes, no hand on others. Threads are free."""
    mark, column = MACHINES[platform.machine()]
    try:
        has = landlock.version()
    except OSError:
        has = 0
    program = b"".join(_filter(mark, column, _uses(has)))
    buffer = ctypes.create_string_buffer(program)
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_SECCOMP, FILTER, ctypes.c_char_p(head))
    if libc().socket(UNIX, 1, 0) >= 0:
        raise OSError(errno.ENOSYS, "not refused")


def numbers(table: str, column: int) -> dict[str, int]:
    """Read a table of calls: the number of each on one machine, where it has one."""
    rows = (row.split() for row in table.split(",") if row.strip())
    return {name: int(both[column]) for name, *both in rows if both[column] != "-"}


def _do(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """Write an instruction; jumps count those to leave out."""
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _filter(mark: int, column: int, uses: Mapping[str, tuple[Use, ...]]) -> Iterator[bytes]:
    yield _do(LOAD, MACHINE)
    yield _do(EQUAL, mark, 1)
    yield _do(RETURN, ANSWER | errno.EPERM)
    yield _do(LOAD, CALL_NUMBER)
    for name, number in numbers(GUARDED, column).items():
        steps = list(_guard(name, uses[name]))
        yield _do(EQUAL, number, 0, len(steps))
        yield from steps
    for table in ALLOWED.values():
        yield from _all(numbers(table, column), ALLOW)
    for error, table in ANSWERED.items():
        yield from _all(numbers(table, column), ANSWER | error)
    yield _do(ABOVE, NEWEST, 0, 1)
    yield _do(RETURN, ANSWER | errno.ENOSYS)  # that other numbering, too
    yield _do(RETURN, ANSWER | errno.EPERM)


def _all(calls: Mapping[str, int], answer: int) -> Iterator[bytes]:
    for number in calls.values():
        yield _do(EQUAL, number, 0, 1)
        yield _do(RETURN, answer)


def _guard(name: str, uses: Iterable[Use]) -> Iterator[bytes]:
    """Allow a call that has one of the values in each place."""
    if name == "fcntl":
        yield from _test(Use(2, LOCKS), ANSWER, found=True)
    for use in uses:
        yield from _test(use, ANSWER | ERRORS.get(name, errno.EPERM), found=False)
    yield _do(RETURN, ALLOW)


def _test(use: Use, answer: int, *, found: bool) -> Iterator[bytes]:
    """Answer a call at once if a value is one of these, or else if it is none; else go on."""
    values = list(use.values)
    yield _do(LOAD, ARGUMENTS + 4 * use.word)
    yield _do(AND, use.mask)
    for at, value in enumerate(values, 1):
        left = len(values) - at  # that are looked at after it
        yield _do(EQUAL, value, left + (not found), found and not left)
    yield _do(RETURN, answer)
