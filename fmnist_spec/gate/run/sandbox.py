"""What the process of a notebook may not do, and how far this machine lets us make sure of it.

Each measure is taken where the system has it and left out where not. The kernel's measures hold
for any code; the refusals in Python name what was tried, and stand in where the kernel has none.
"""

import contextlib
import errno
import os
import re
import site
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fmnist_spec.gate.run import linux

Report = Callable[[str, str], None]  # what kind of thing was refused, and its detail

NAMESPACE, SECCOMP, LANDLOCK = "network namespace", "seccomp", "landlock"
LIMITS, REFUSALS = "resource limits", "refusals in Python"
NEEDED = (SECCOMP, LANDLOCK, LIMITS)  # the namespace only doubles what seccomp does


@dataclass(frozen=True)
class Limits:
    """What a notebook may use. It may start no process at all."""

    cell_seconds: float = 60.0
    notebook_seconds: float = 300.0
    memory_bytes: int = 4 * 2**30  # beyond what TensorFlow and the data take at the start
    file_bytes: int = 200 * 2**20  # of each file that it writes


@dataclass(frozen=True)
class RunSettings:
    """How notebooks are run, whatever they teach."""

    full: bool = False  # train for real, not shortened
    require_isolation: bool = False  # refuse to run where the kernel cannot confine a notebook
    limits: Limits = Limits()


ALLOWED = (
    *("PATH", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME"),
    *("VIRTUAL_ENV", "SYSTEMROOT", "TF_USE_LEGACY_KERAS"),
)
THREADS = "1"  # a small network gains nothing from more, and each takes address space


def environment(home: Path, before: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The whole environment of a process with this home: an allow-list, so no tokens."""
    kept = {name: before[name] for name in before if name in ALLOWED or name.startswith("LC_")}
    return {
        **kept,
        **homes(home),
        "PYTHONUSERBASE": site.getuserbase(),
        "MPLBACKEND": "agg",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_NUM_INTRAOP_THREADS": THREADS,
        "TF_NUM_INTEROP_THREADS": "2",  # of one it may wait for itself
        "OMP_NUM_THREADS": THREADS,
        "OPENBLAS_NUM_THREADS": THREADS,
        "MALLOC_ARENA_MAX": "4",
    }


def homes(folder: Path) -> dict[str, str]:
    """The variables that say where a process keeps its files."""
    names = "HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"
    return {**dict.fromkeys(names, str(folder)), "IPYTHONDIR": str(folder / ".ipython")}


def confine(folder: Path, limits: Limits, report: Report) -> tuple[str, ...]:
    """Confine this process to ``folder``, for good, and name the measures that worked.

    Call it while the process has one thread: some measures hold for the calling thread and those
    that it starts later.
    """
    steps: dict[str, Callable[[], None]] = {
        NAMESPACE: linux.leave_network,
        LIMITS: lambda: _limit_resources(limits),
        LANDLOCK: lambda: linux.forbid_writing(folder),
        SECCOMP: linux.forbid_calls,
    }
    os.chdir(folder)
    os.environ.update(homes(folder))
    tempfile.tempdir = None  # TMPDIR is another one now
    reached = []
    for name, step in steps.items():
        with contextlib.suppress(OSError, ImportError, AttributeError, KeyError, ValueError):
            step()
            reached.append(name)
    sys.dont_write_bytecode = True
    sys.addaudithook(_Refusals(folder, report))
    return (*reached, REFUSALS)


def lacking(reached: tuple[str, ...]) -> tuple[str, ...]:
    """The needed measures that this machine does not have."""
    return tuple(name for name in NEEDED if name not in reached)


def _limit_resources(limits: Limits) -> None:
    import resource

    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # if memory is short, this one goes
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    seconds = int(limits.notebook_seconds * (os.cpu_count() or 1)) + 10
    for kind, most in (
        (resource.RLIMIT_AS, mapped + limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_CPU, seconds),  # if nobody watches the clock
        (resource.RLIMIT_CORE, 0),
    ):
        before = resource.getrlimit(kind)[1]
        least = most if before == resource.RLIM_INFINITY else min(most, before)
        resource.setrlimit(kind, (least, least))


# The refusals in Python: an audit hook, which no code in the process can take away.

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


class _Refusals:
    """Refuses what Python announces, and reports it."""

    def __init__(self, folder: Path, report: Report) -> None:
        self._folder, self._report = os.path.realpath(folder), report

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
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
