"""The refusals in Python: an audit hook, which no code in the process can take away.

They name what was tried, and stand in where the kernel has no measure.
"""

import errno
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Report = Callable[[str, str], None]  # what kind of thing was refused, and its detail

NETWORK = ("connect", "bind", "sendto", "sendmsg", "getaddrinfo", "gethostbyname", "gethostbyaddr")
PROCESS = (
    *("os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "os.exec"),
    *("os.startfile", "pty.spawn", "subprocess.Popen"),
)
# Where the paths stand among an event's arguments, and whether the last one is a folder to which
# they are relative.
WRITES: dict[str, tuple[tuple[int, ...], bool]] = {
    **dict.fromkeys(("open", "os.truncate", "os.setxattr"), ((0,), False)),
    **dict.fromkeys(("os.remove", "os.rmdir", "os.mkdir"), ((0,), True)),
    **dict.fromkeys(("os.chmod", "os.chown", "os.utime"), ((0,), True)),
    **dict.fromkeys(("os.rename", "os.link"), ((0, 1), True)),
    "os.symlink": ((1,), True),
}
OTHERS = re.compile(r"/proc/(?!self/|thread-self/)[^/]+/(?:environ|mem|maps|fd)\b")
FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
REMEDY = "fmnist-spec runs notebooks without network, processes of their own or files elsewhere"


class Refusals:
    """Refuses what Python announces, and reports it."""

    def __init__(self, folder: Path, report: Report) -> None:
        self._folder, self._report = os.path.realpath(folder), report

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take an event that Python announces. Raises PermissionError: it is refused."""
        what = self._forbidden(event, arguments)
        if what:
            detail = f"{event} {' '.join(_plain(arguments))}".strip()[:200]
            self._report(what, detail)
            raise PermissionError(errno.EACCES, f"{detail}: {REMEDY}")

    def _forbidden(self, event: str, arguments: tuple[Any, ...]) -> str:
        if event == "open" and OTHERS.match(str(arguments[0])):
            return "read"
        if event in WRITES:
            return "write" if self._writes_elsewhere(event, arguments) else ""
        if event in PROCESS:
            return "process"
        if event in ("os.kill", "os.killpg"):
            return "" if arguments[0] == os.getpid() else "signal"
        if event == "socket.__new__":
            local = getattr(sys.modules.get("socket"), "AF_UNIX", None)
            return "" if arguments[1] == local else "network"
        return "network" if event.startswith("socket.") and event[7:] in NETWORK else ""

    def _writes_elsewhere(self, event: str, arguments: tuple[Any, ...]) -> bool:
        if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & FOR_WRITING):
            return False
        if event == "os.mkdir" and Path(arguments[0]).is_dir():
            return False  # it only fails, as makedirs(exist_ok=True) expects
        places, relative = WRITES[event]
        if relative and arguments[-1] not in (-1, None):
            return False  # the kernel decides
        return any(self._is_elsewhere(arguments[place]) for place in places)

    def _is_elsewhere(self, path: Any) -> bool:
        if path is None or isinstance(path, int):
            return False  # an open file
        real = os.path.realpath(os.fsdecode(path))
        return real != os.devnull and os.path.commonpath([real, self._folder]) != self._folder


def _plain(arguments: tuple[Any, ...]) -> Iterator[str]:
    """Give those arguments that tell a reader something."""
    for value in arguments:
        if isinstance(value, str | bytes | os.PathLike):
            yield os.fsdecode(value)
        elif isinstance(value, tuple | list):
            yield str(value)
