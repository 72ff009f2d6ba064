"""The refusals in Python: an audit hook, which no code in the process can take away.

They name what was tried, and stand in where the kernel has no measure.
"""

import contextlib
import errno
import os
import re
import sys
from collections.abc import Callable, Iterator
from os.path import realpath  # which a notebook's is not, later
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fmnist_spec.gate.confine.files.scratch import Scratch
from fmnist_spec.gate.confine.files.tree import Readable

Report = Callable[[str, str], None]  # what kind of thing was refused, and its detail

NETWORK = ("connect", "bind", "sendto", "sendmsg", "getaddrinfo", "gethostbyname", "gethostbyaddr")
PROCESS = (
    *("os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "os.exec"),
    *("os.startfile", "pty.spawn", "subprocess.Popen"),
)
# Events that write where a path leads to; and those that act on the name itself, with the places
# of the paths among their arguments.
CONTENT = ("open", "os.truncate", "os.setxattr", "os.chmod", "os.chown", "os.utime")
NAMES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("os.remove", "os.rmdir", "os.mkdir"), (0,)),
    **dict.fromkeys(("os.rename", "os.link"), (0, 1)),
    "os.symlink": (1,),
}
# Those whose last argument may be a folder to which the paths are relative.
RELATIVE = ("os.chmod", "os.chown", "os.utime", *NAMES)
# Events that are not refused, and may write all the same or walk: how the mirror is made ready.
READY: dict[str, Callable[[Scratch, str], object]] = {
    "os.chdir": Scratch.take_folder,
    "os.listdir": Scratch.list,
    "os.scandir": Scratch.list,
    # It leaves alone what is a link.
    "shutil.rmtree": lambda mirror, path: mirror.list(mirror.take_folder(str(Path(path).parent))),
    "sqlite3.connect": lambda mirror, path: mirror.take(_file_of(path)),
}
OTHERS = re.compile(r"/proc/(?!self/|thread-self/)[^/]+/(?:environ|mem|maps|fd)\b")
# Events that read what a path leads to, beside open().
LISTING = ("os.listdir", "os.scandir")
READ = "read: "  # how the message of what may not be read begins; it is told only where it matters
FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
REMEDY = "fmnist-spec runs notebooks without network, processes of their own or files elsewhere"


class Refusals:
    """Refuses what Python announces, and reports it."""

    def __init__(self, scratch: Scratch, report: Report, readable: Readable | None = None) -> None:
        self._scratch, self._report, self._readable = scratch, report, readable

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take an event that Python announces. Raises PermissionError: it is refused."""
        what = self._forbidden(event, arguments)
        if not what and self._reads_elsewhere(event, arguments):
            # Libraries try one path after the other: if it matters, the notebook raises.
            raise PermissionError(errno.EACCES, f"{READ}{os.fsdecode(arguments[0])}: {REMEDY}")
        if what:
            detail = f"{event} {' '.join(_plain(arguments))}".strip()[:200]
            self._report(what, detail)
            raise PermissionError(errno.EACCES, f"{detail}: {REMEDY}")

    def _forbidden(self, event: str, arguments: tuple[Any, ...]) -> str:
        if event == "open" and OTHERS.match(str(arguments[0])):
            return "read"
        if event in READY and isinstance(arguments[0], str | bytes | os.PathLike | None):
            with contextlib.suppress(OSError):  # the call itself will tell
                READY[event](self._scratch, os.fsdecode(arguments[0] or "."))
        if event in CONTENT or event in NAMES:
            return self._writes_elsewhere(event, arguments)
        if event in PROCESS:
            return "process"
        if event in ("os.kill", "os.killpg"):
            return "" if arguments[0] == os.getpid() else "signal"
        if event == "socket.__new__":
            local = getattr(sys.modules.get("socket"), "AF_UNIX", None)
            return "" if arguments[1] == local else "network"
        return "network" if event.startswith("socket.") and event[7:] in NETWORK else ""

    def _reads_elsewhere(self, event: str, arguments: tuple[Any, ...]) -> bool:
        """Whether a path leads to what is there, and may not be read."""
        if self._readable is None or not (event == "open" or event in LISTING):
            return False
        path = arguments[0]
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        real = realpath(os.fsdecode(path))
        return real not in self._readable and Path(real).exists()

    def _writes_elsewhere(self, event: str, arguments: tuple[Any, ...]) -> str:
        empty = False
        follow = event in CONTENT
        if event == "open":
            flags = arguments[2] if isinstance(arguments[2], int) else 0
            if not flags & FOR_WRITING:
                return ""
            # A file that must not be there yet is not looked for behind a link.
            follow, empty = not flags & os.O_EXCL, bool(flags & os.O_TRUNC)
        if event == "os.mkdir" and Path(arguments[0]).is_dir():
            return ""  # it only fails, as makedirs(exist_ok=True) expects
        if event in RELATIVE and arguments[-1] not in (-1, None):
            return ""  # the kernel decides
        for path in (arguments[place] for place in NAMES.get(event, (0,))):
            if not isinstance(path, str | bytes | os.PathLike):
                continue  # it is an open file
            if not self._scratch.take(os.fsdecode(path), follow=follow, empty=empty):
                return "original" if self._scratch.is_original(os.fsdecode(path)) else "write"
        return ""


def _file_of(database: str) -> str:
    """Give the file of a database, which may be named by a URI."""
    scheme, colon, rest = database.partition(":")
    if (scheme, colon) != ("file", ":"):
        return database
    path = re.split("[?#]", rest)[0]
    return unquote(re.sub("^//(localhost)?(?=/)", "", path))


def _plain(arguments: tuple[Any, ...]) -> Iterator[str]:
    """Give those arguments that tell a reader something."""
    for value in arguments:
        if isinstance(value, str | bytes | os.PathLike):
            yield os.fsdecode(value)
        elif isinstance(value, tuple | list):
            yield str(value)
