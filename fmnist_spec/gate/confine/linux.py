"""The kernel's measures against a process that may do harm: Linux's, through ctypes.

Numbers and structures are from the kernel's headers. Each function raises OSError or KeyError
where this machine does not have the measure. What it forbids, it forbids for good.
"""

import contextlib
import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
SIGKILL = 9


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "the kernel refuses")
    return result


def _libc() -> Any:
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, "not Linux")
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, *values: Any) -> None:
    padded = [ctypes.c_ulong(value) if isinstance(value, int) else value for value in values]
    _checked(_libc().prctl(option, *padded, *[ctypes.c_ulong(0)] * (4 - len(values))))


def die_with_parent() -> None:
    """Have the kernel end this process when the one that started it ends."""
    with contextlib.suppress(OSError):
        _prctl(PR_SET_PDEATHSIG, SIGKILL)


def hide_from_others() -> None:
    """Let no other process of this user read this one's memory or environment."""
    with contextlib.suppress(OSError):
        _prctl(PR_SET_DUMPABLE, 0)


def leave_network() -> None:
    """Go where there is no network interface, and no memory or queue of other processes."""
    new_user, new_network, new_ipc = 0x10000000, 0x40000000, 0x08000000  # the first: without root
    user, group = os.geteuid(), os.getegid()
    _checked(_libc().unshare(new_user | new_network | new_ipc))
    maps = {"setgroups": "deny", "uid_map": f"{user} {user} 1", "gid_map": f"{group} {group} 1"}
    with contextlib.suppress(OSError):  # only so that the process sees its user's number
        for name, text in maps.items():
            Path("/proc/self", name).write_text(text)


CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
WRITE_FILE, TRUNCATE, REFER = 1 << 1, 1 << 14, 1 << 13
MAKE_AND_REMOVE = sum(1 << bit for bit in range(4, 13))


def forbid_writing(*folders: Path) -> None:
    """Landlock: write below ``folders`` only; from its later versions on no TCP, no signals."""
    libc = _libc()
    version = _checked(libc.syscall(CREATE_RULESET, None, 0, 1))
    files = WRITE_FILE | MAKE_AND_REMOVE
    files |= (REFER if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8  # files, TCP, signals
    rules = struct.pack("=QQQ", files, 0b11, 0b11)[:size]
    rules_fd = _checked(libc.syscall(CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0))
    null = files & (WRITE_FILE | TRUNCATE)
    for path, allowed in (*((one, files) for one in folders), (Path(os.devnull), null)):
        path_fd = os.open(path, os.O_RDONLY)
        _checked(libc.syscall(ADD_RULE, rules_fd, 1, struct.pack("=Qi", allowed, path_fd), 0))
        os.close(path_fd)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _checked(libc.syscall(RESTRICT_SELF, rules_fd, 0))
    os.close(rules_fd)


CALLS: dict[str, int] = {  # what is refused, and the error that it gets
    "socket": errno.EACCES,
    "fork": errno.EAGAIN,
    "vfork": errno.EAGAIN,
    "clone3": errno.ENOSYS,  # the C library then falls back on clone, whose flags can be seen
    "execve": errno.EACCES,
    "execveat": errno.EACCES,
    **dict.fromkeys(("tkill", "rt_sigqueueinfo", "pidfd_send_signal", "pidfd_getfd"), errno.EPERM),
    **dict.fromkeys(("ptrace", "process_vm_readv", "process_vm_writev"), errno.EPERM),
    **dict.fromkeys(("unshare", "setns"), errno.EPERM),
    "io_uring_setup": errno.ENOSYS,  # it would open sockets past this filter
    **dict.fromkeys(("rt_tgsigqueueinfo", "setpriority"), errno.EPERM),
    "memfd_create": errno.ENOSYS,  # its memory is under no limit
    # Landlock knows none of these. Copying a file calls for them, so they seem to work.
    **dict.fromkeys(("chmod", "fchmod", "fchmodat", "fchmodat2"), 0),
    **dict.fromkeys(("utime", "utimes", "futimesat", "utimensat"), 0),
    **dict.fromkeys(("chown", "fchown", "lchown", "fchownat"), errno.EPERM),
    **dict.fromkeys(("setxattr", "lsetxattr", "fsetxattr"), errno.ENOTSUP),
    **dict.fromkeys(("removexattr", "lremovexattr", "fremovexattr"), errno.ENOTSUP),
    # Refused but for one use, below.
    "clone": errno.EAGAIN,
    "kill": errno.EPERM,
    "tgkill": errno.EPERM,
    "prlimit64": errno.EPERM,
}
NONE = 0xFFFFFFFF  # no such call on that machine
MACHINES = {  # the kernel's number of each, and the numbers of CALLS on it
    "x86_64": (
        0xC000003E,
        *(41, 57, 58, 435, 59, 322, 200, 129, 424, 438, 101, 310, 311, 272, 308, 425),
        *(297, 141, 319, 90, 91, 268, 452, 132, 235, 261, 280, 92, 93, 94, 260),
        *(188, 189, 190, 197, 198, 199),
        *(56, 62, 234, 302),
    ),
    "aarch64": (
        0xC00000B7,
        *(198, NONE, NONE, 435, 221, 281, 130, 138, 424, 438, 117, 270, 271, 97, 268, 425),
        *(240, 140, 279, NONE, 52, 53, 452, NONE, NONE, NONE, 88, NONE, 55, NONE, 54),
        *(5, 6, 7, 14, 15, 16),
        *(220, 129, 131, 261),
    ),
}
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
CALL_NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16  # offsets of what a filter sees
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
CLONE_THREAD = 0x10000


def forbid_calls() -> None:
    """Seccomp: no sockets, no processes, no hand on other processes. Threads are allowed."""
    program = b"".join(_filter(*MACHINES[platform.machine()]))
    buffer = ctypes.create_string_buffer(program)
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _prctl(PR_SET_SECCOMP, 2, ctypes.c_char_p(head))


def _filter(machine: int, *numbers: int) -> Iterator[bytes]:
    """A program for the kernel's packet filter; jumps count the instructions to leave out."""

    def do(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("=HBBI", code, if_true, if_false, value)

    unless = {  # the use that is allowed, as a test of the first argument
        "clone": (ANY_BIT, CLONE_THREAD),
        "kill": (EQUAL, os.getpid()),
        "tgkill": (EQUAL, os.getpid()),
        "prlimit64": (EQUAL, 0),  # 0 is the process itself
    }
    yield do(LOAD, MACHINE)
    yield do(EQUAL, machine, 1)
    yield do(RETURN, REFUSE | errno.EPERM)
    yield do(LOAD, CALL_NUMBER)
    yield do(AT_LEAST, 0x40000000, 0, 1)  # the other numbering of x86_64
    yield do(RETURN, REFUSE | errno.ENOSYS)
    for (name, error), number in zip(CALLS.items(), numbers, strict=True):
        steps = [do(RETURN, REFUSE | error)]
        if name in unless:
            test, value = unless[name]
            steps = [do(LOAD, FIRST_ARGUMENT), do(test, value, 1), *steps, do(LOAD, CALL_NUMBER)]
        yield do(EQUAL, number, 0, len(steps))
        yield from steps
    yield do(RETURN, ALLOW)
