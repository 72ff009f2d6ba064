"""What the process of a notebook may not do, and how far this machine lets us make sure of it.

Each measure is taken where the system has it and left out where not. The kernel's measures hold
for any code; the refusals in Python name what was tried, and stand in where the kernel has none.
"""

import contextlib
import os
import site
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os.path import realpath
from pathlib import Path

from fmnist_spec.gate.confine.files import reading
from fmnist_spec.gate.confine.files.repository import Copies, Lay, folders_of, mirror, seen
from fmnist_spec.gate.confine.files.scratch import Scratch, stay_in_mirror
from fmnist_spec.gate.confine.files.tree import Readable, readable
from fmnist_spec.gate.confine.linux import landlock, process, seccomp
from fmnist_spec.gate.confine.native import announce_native_files
from fmnist_spec.gate.confine.refusals import Refusals, Report
from fmnist_spec.gate.confine.threads import lock_threads_only
from fmnist_spec.language import ASKED

NAMESPACE, SECCOMP, LANDLOCK = "network namespace", "seccomp", "landlock"
CAPABILITIES, LIMITS, REFUSALS = "no capabilities", "resource limits", "refusals in Python"
NEEDED = (SECCOMP, LANDLOCK, CAPABILITIES, LIMITS)  # the namespace only doubles what these do
ABI = "landlock ABI"  # and its number


@dataclass(frozen=True)
class Limits:
    """What a notebook may use. It may start no process at all."""

    cell_seconds: float = 60.0
    notebook_seconds: float = 300.0
    # Where training is not shortened: the trainings of one cell, which the other two do not count.
    training_seconds: float = 1800.0
    memory_bytes: int = 4 * 2**30  # beyond what TensorFlow and the data take at the start
    file_bytes: int = 200 * 2**20  # of each file that it writes
    disk_bytes: int = 2 * 2**30  # of all files that it has at a time
    threads: int = 1000


@dataclass(frozen=True)
class RunSettings:
    """How notebooks are run, whatever they teach."""

    full: bool = False  # train for real, not shortened
    require_isolation: bool = False  # refuse to run where the kernel cannot confine a notebook
    shown: bool = False  # give what a report needs that shows notebooks and their images
    static: bool = False  # do not run them: judge what their files say and store
    forks: bool = False  # then fork what reads them: no other thread of this process works


ALLOWED = (
    *("PATH", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME"),
    *("VIRTUAL_ENV", "SYSTEMROOT", "TF_USE_LEGACY_KERAS", ASKED),
)
MOST_DESCRIPTORS, MOST_LOCKED = 1024, 2**16  # open files; bytes that are kept in memory
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


def confine(
    folder: Path, notebook: str, limits: Limits, report: Report, served: Sequence[str] = ()
) -> tuple[str, ...]:
    """Confine this process to ``folder``, for good, and name the measures that worked.

    It then works in the mirror of the folder of ``notebook``, "" if there is none, with a home
    beside it, and may read ``served``, too. Call it while the process has one thread: some measures
    hold for the calling thread and those that it starts later.
    """
    root, own = folders_of(Path(notebook)) if notebook else ("", "")
    home, top = folder / "home", folder / "view" / (Path(root).name or "repository")
    for one in (home, top):
        one.mkdir(parents=True)
    tree = seen(root, own, str(top)) if root else {}
    python = reading.of_python(str(folder.parent))
    # Above the top there is nothing else, so that may be listed.
    own_paths = map(realpath, [str(home), str(top.parent), *served, *reading.of_kernel()])
    read = [*own_paths, *python.read, *readable(tree)]
    reached: list[str] = []
    steps: dict[str, Callable[[], int | None]] = {
        NAMESPACE: process.leave_network,
        LIMITS: lambda: _limit_resources(limits, counts_threads=NAMESPACE in reached),
        LANDLOCK: lambda: landlock.forbid_files((home, top), read, python.listed),
        CAPABILITIES: process.drop_capabilities,
        SECCOMP: seccomp.forbid_calls,
    }
    os.environ.update(homes(home))
    tempfile.tempdir = None  # TMPDIR is another one now
    for name, step in steps.items():
        with contextlib.suppress(OSError, ImportError, AttributeError, KeyError, ValueError):
            abi = step()
            reached += [name, f"{ABI} {abi}"] if abi else [name]
    lay: Lay = os.symlink if LANDLOCK in reached else Copies()  # native code writes through links
    place = mirror(root, own, str(top), lay, tree) if root else str(top)
    os.chdir(place)
    sys.path.insert(0, place)  # only now: a module of the notebook's could stand in for ours
    sys.dont_write_bytecode = True
    lock_threads_only()
    announce_native_files()
    scratch = Scratch(str(home), str(top), root)
    stay_in_mirror(scratch)
    sys.addaudithook(Refusals(scratch, report, Readable(read) if sys.platform == "linux" else None))
    return (*reached, REFUSALS)


def lacking(reached: tuple[str, ...]) -> tuple[str, ...]:
    """The needed measures that this machine does not have."""
    return tuple(name for name in NEEDED if name not in reached)


def _limit_resources(limits: Limits, *, counts_threads: bool) -> None:
    import resource

    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # if memory is short, this one goes
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    seconds = limits.notebook_seconds + limits.training_seconds
    seconds = int(seconds * (os.cpu_count() or 1)) + 10
    most = {
        "AS": mapped + limits.memory_bytes,
        "FSIZE": limits.file_bytes,
        "CPU": seconds,  # if nobody watches the clock
        "CORE": 0,
        "NOFILE": MOST_DESCRIPTORS,  # and so many pipes and sockets, with what waits in them
        "MEMLOCK": MOST_LOCKED,
        "MSGQUEUE": 0,
        "RTPRIO": 0,
        "SIGPENDING": MOST_DESCRIPTORS,
    }
    if counts_threads:  # else it would count what else this user does
        most["NPROC"] = limits.threads
    for name, value in most.items():
        if (kind := getattr(resource, f"RLIMIT_{name}", None)) is not None:
            before = resource.getrlimit(kind)[1]
            least = value if before == resource.RLIM_INFINITY else min(value, before)
            resource.setrlimit(kind, (least, least))
