"""What a process is to others, and what it may: its end, its namespaces, its capabilities."""

import contextlib
import ctypes
import errno
import os
import struct
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
PR_CAPBSET_DROP, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 24, 47, 4
SIGKILL = 9


def checked(result: int) -> int:
    """Give what a call gave. Raises OSError where that is an error."""
    if result < 0:
        raise OSError(ctypes.get_errno(), "the kernel refuses")
    return result


@lru_cache(maxsize=1)
def libc() -> Any:
    """Give the C library. Raises OSError where it is not Linux's."""
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, "not Linux")
    return ctypes.CDLL(None, use_errno=True)


def prctl(option: int, *values: Any) -> None:
    """Set one of a process's options. Raises OSError."""
    padded = [ctypes.c_ulong(value) if isinstance(value, int) else value for value in values]
    checked(libc().prctl(option, *padded, *[ctypes.c_ulong(0)] * (4 - len(values))))


def die_with_parent() -> None:
    """Have the kernel end this process when the one that started it ends."""
    with contextlib.suppress(OSError):
        prctl(PR_SET_PDEATHSIG, SIGKILL)


def hide_from_others() -> None:
    """Let no other process of this user read this one's memory or environment."""
    with contextlib.suppress(OSError):
        prctl(PR_SET_DUMPABLE, 0)


def leave_network() -> None:
    """Go where there is no network interface, and no memory or queue of other processes."""
    new_user, new_network, new_ipc = 0x10000000, 0x40000000, 0x08000000  # the first: without root
    user, group = os.geteuid(), os.getegid()
    checked(libc().unshare(new_user | new_network | new_ipc))
    maps = {"setgroups": "deny", "uid_map": f"{user} {user} 1", "gid_map": f"{group} {group} 1"}
    with contextlib.suppress(OSError):  # only so that the process sees its user's number
        for name, text in maps.items():
            Path("/proc/self", name).write_text(text)


CAPABILITIES_VERSION = struct.pack("=II", 0x20080522, 0)  # and 0: of this process
NONE = bytes(24)  # effective, permitted and inheritable ones, 64 bits each


def drop_capabilities() -> None:
    """Give up what root may, also in a namespace of its own. Raises OSError if any is left."""
    with contextlib.suppress(OSError):  # who has none may not, and need not
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
        for capability in range(64):
            prctl(PR_CAPBSET_DROP, capability)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    checked(libc().capset(CAPABILITIES_VERSION, NONE))
    left = ctypes.create_string_buffer(len(NONE))
    checked(libc().capget(CAPABILITIES_VERSION, left))
    if left.raw != NONE:
        raise OSError(errno.EPERM, "not dropped")
