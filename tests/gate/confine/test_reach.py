"""What a notebook's process cannot reach: nothing outside is read, changed, watched or ended."""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confined import confined

from fmnist_spec.gate.confine.linux import calls, landlock
from fmnist_spec.gate.confine.linux.seccomp import MACHINES, numbers

pytestmark = pytest.mark.skipif(
    platform.machine() not in MACHINES or sys.platform != "linux", reason="Linux's measures"
)

# The numbers on x86_64 and aarch64 of calls that are on no list.
OTHERS = """
    keyctl 250 219, add_key 248 217, request_key 249 218, userfaultfd 323 282, memfd_secret 447 447,
    fanotify_init 300 262, mknodat 259 33, mount 165 40, chroot 161 51, pivot_root 155 41,
    unshare 272 97, setns 308 268, setuid 105 146, setgroups 116 159, capset 126 91, bpf 321 280,
    perf_event_open 298 241, name_to_handle_at 303 264, open_by_handle_at 304 265, shmget 29 194,
    msgget 68 186, semget 64 190, mq_open 240 180, ptrace 101 117, process_vm_readv 310 270,
    pidfd_open 434 434, pidfd_getfd 438 438, rt_sigqueueinfo 129 138, tkill 200 130, syslog 103 116,
    quotactl 179 60, reboot 169 142, kexec_load 246 104, init_module 175 105, swapon 167 224,
    sethostname 170 161, settimeofday 164 170, clock_settime 227 112, ioprio_set 251 30,
    move_pages 279 239, migrate_pages 256 238, process_madvise 440 440, kcmp 312 272,
    sendmsg 46 211, sendmmsg 307 269, connect 42 203, bind 49 200, setsockopt 54 208,
    seccomp 317 277, landlock_create_ruleset 444 444, inotify_init1 294 26, setsid 112 157,
    setpgid 109 154, personality 135 92, acct 163 89, vmsplice 278 75, io_setup 206 0,
    sched_setattr 314 274, statmount 457 457, open_tree 428 428, fsopen 430 430
"""
HEADERS = (
    "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "/usr/include/asm-generic/unistd.h",  # of aarch64, and of what came later
)
BEGIN = """
import ctypes, errno, fcntl, os, socket, struct, sys
c = ctypes.CDLL(None, use_errno=True)
c.mmap.restype = ctypes.c_void_p
def call(name, *values):
    values = [ctypes.c_long(one) if isinstance(one, int) else one for one in values]
    return c.syscall(ctypes.c_long(NUMBERS[name]), *values) >= 0
"""
READ = "os.read(os.open({}, os.O_RDONLY), 99)"
# Each is an expression that is true if it got through.
READS = {
    "a key outside": "open(KEY).read()",
    "a key outside, natively": "c.open(KEY.encode(), 0) >= 0",
    "through a link that is planted in the repository": READ.format("'planted'"),
    "through a planted link to a folder": "os.listdir('planted_folder')",
    "the settings of git": "open(REPOSITORY + '/.git/config').read()",
    "the settings of git, natively": "c.open(f'{REPOSITORY}/.git/config'.encode(), 0) >= 0",
    "the settings of git, through a planted link": READ.format("'config'"),
    "the names in .git": "c.open(f'{REPOSITORY}/.git'.encode(), os.O_DIRECTORY) >= 0",
    "a hidden file below": "c.open(f'{REPOSITORY}/data/.env'.encode(), 0) >= 0",
    "the folder of another notebook": "c.open(OTHER.encode(), 0) >= 0",
    "the passwords": "c.open(b'/etc/shadow', 0) >= 0 or c.open(b'/etc/passwd', 0) >= 0",
    "another environment": "c.open(f'/proc/{VICTIM}/environ'.encode(), 0) >= 0",
    "another command line": "c.open(f'/proc/{VICTIM}/cmdline'.encode(), 0) >= 0",
    "other memory": "c.open(f'/proc/{VICTIM}/mem'.encode(), 0) >= 0",
    "the files of another": "os.listdir(f'/proc/{VICTIM}/fd')",
    "the root by /proc": "c.open(b'/proc/self/root' + KEY.encode(), 0) >= 0",
    "a folder above by its file": "c.openat(os.open('/', os.O_PATH), KEY[1:].encode(), 0) >= 0",
    "a second name": "os.link(KEY, 'mine') or open('mine').read()",
    "an attribute": "c.getxattr(KEY.encode(), b'user.a', None, 0) >= 0",
    "a terminal": "c.open(b'/dev/tty', 0) >= 0 or c.open(b'/dev/ptmx', 2) >= 0",
    "a disk": "c.open(b'/dev/vda', 0) >= 0 or c.open(b'/dev/mem', 0) >= 0",
    "shared memory": "os.listdir('/dev/shm')",
    "the temporary files": "os.listdir('/tmp')",
    "a home": "os.listdir('/root') or os.listdir('/home')",
    "the log of the kernel": "c.open(b'/dev/kmsg', 0) >= 0",
}
WRITES = {
    "a file": "open(KEPT, 'w')",
    "a file, natively": "c.open(KEPT.encode(), os.O_WRONLY) >= 0",
    "what is cut": "call('truncate', KEPT.encode(), 0)",
    "what is opened to be read, and emptied": "c.open(READABLE.encode(), os.O_TRUNC) >= 0",
    "attributes": "c.setxattr(KEPT.encode(), b'user.a', b'1', 1, 0) == 0",
    "attributes by the newest call": "call('setxattrat', -100, KEPT.encode(), 0, b'a', b'', 0)",
    "flags by the newest call": "call('file_setattr', -100, KEPT.encode(), bytes(24), 24, 0)",
    "flags": "set_flags(READABLE) >= 0",
    "a device": "call('mknodat', -100, b'device', 0o20600, 0x103)",
    "a name": "c.rename(KEPT.encode(), b'taken') == 0 or c.unlink(KEPT.encode()) == 0",
    "a file of the repository": "c.open(READABLE.encode(), os.O_RDWR) >= 0",
    "its own limits": "open('/proc/self/oom_score_adj', 'w').write('0')",
}
OTHER_PROCESSES = {
    "where another runs": "os.sched_setaffinity(VICTIM, {0})",
    "how another is scheduled": "os.sched_setscheduler(VICTIM, os.SCHED_IDLE, os.sched_param(0))",
    "how nice another is": "c.setpriority(0, VICTIM, 19) == 0",
    "the limits of another": "call('prlimit64', VICTIM, 7, bytes(16), 0)",
    "a signal": "os.kill(VICTIM, 9)",
    "a signal, natively": "c.kill(VICTIM, 9) == 0 or c.kill(-1, 0) == 0 or c.killpg(0, 0) == 0",
    "a signal, when a pipe can be read": "hurt_by_pipe()",
    "another owner of a pipe": "c.fcntl(os.pipe()[0], 15, struct.pack('ii', 1, VICTIM)) >= 0",
    "a lease": "c.fcntl(os.open(READABLE, 0), 1024, 0) >= 0",
    "news of a folder": "c.fcntl(os.open('.', 0), 1026, 0x80000001 - 2**32) >= 0",
    "an end of its own choice": "c.prctl(1, ctypes.c_ulong(9), 0, 0, 0) == 0",
    "to be seen by others": "c.prctl(4, ctypes.c_ulong(1), 0, 0, 0) == 0",
    "letters to the terminal": "c.ioctl(0, 0x5412, b'x') >= 0 or c.ioctl(1, 0x5412, b'x') >= 0",
    "a datagram to a named socket": "datagram()",
    "a connection": "socket.socket(socket.AF_UNIX) or socket.socket()",
    "another process": "c.fork() >= 0 or os.fork()",
    "a namespace by a thread": "call('clone', 0x10000000, 0, 0, 0, 0)",
    "another program": "c.execl(b'/bin/true', b'true', None) != -1",
}
HELPERS = """
def set_flags(path):
    return c.ioctl(os.open(path, 0), ctypes.c_ulong(0x40086602), struct.pack('L', 0xC0))

def hurt_by_pipe():
    r, w = os.pipe()
    done = [c.fcntl(r, 8, VICTIM), c.fcntl(r, 10, 9), c.fcntl(r, 4, 0o24000)]
    os.write(w, b'x')
    return done[:2] != [-1, -1]

def datagram():
    one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    to = struct.pack('H', 1) + NAMED.encode() + bytes(1)
    assert one.send(b'to the other one of the pair') == 28
    return call('sendto', one.fileno(), b'x', 1, 0, to, len(to))
"""
HOSTILE = {**READS, **WRITES, **OTHER_PROCESSES}


def called() -> dict[str, int]:
    """Give the numbers of all calls on this machine."""
    column = MACHINES[platform.machine()][1]
    texts = [OTHERS, calls.GUARDED, *calls.ANSWERED.values()]
    return {name: number for text in texts for name, number in numbers(text, column).items()}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A repository with secrets in and beside it, and a process that must not be hurt."""
    repository, outside, runs = (tmp_path / one for one in ("repository", "outside", "runs"))
    for folder in (".git", "data", "chapters"):
        (repository / folder).mkdir(parents=True)
    for folder in (outside, runs / "notebook-0", runs / "notebook-1"):
        folder.mkdir(parents=True)
    for path in (outside / "key", outside / "kept", repository / ".git/config"):
        path.write_text("secret")
    (repository / "data/.env").write_text("secret")
    (repository / "data/x.csv").write_text("1,2")
    (runs / "notebook-1/answers").write_text("secret")
    (repository / "chapters/one.ipynb").write_text("{}")
    (repository / "chapters/planted").symlink_to(outside / "key")
    (repository / "chapters/planted_folder").symlink_to(outside)
    (repository / "chapters/config").symlink_to("../.git/config")
    victim = subprocess.Popen(["sleep", "600"])
    before = state(tmp_path, victim.pid)
    yield {
        "KEY": str(outside / "key"),
        "KEPT": str(outside / "kept"),
        "REPOSITORY": str(repository),
        "READABLE": str(repository / "data/x.csv"),
        "OTHER": str(runs / "notebook-1/answers"),
        "NAMED": str(outside / "named"),
        "VICTIM": victim.pid,
        "NUMBERS": called(),
        "folder": runs / "notebook-0",
        "notebook": str(repository / "chapters/one.ipynb"),
    }
    ended, after = victim.poll(), state(tmp_path, victim.pid)
    victim.kill()
    victim.wait()
    assert ended is None, "another process was ended"
    assert after == before, "something outside has changed"


def state(folder: Path, process: int) -> Any:
    """Give what must stay: the files outside with their modes and attributes, and a process."""
    files = [one for one in folder.rglob("*") if "notebook-0" not in one.parts]
    kept = [(str(one), one.lstat().st_mode, one.lstat().st_mtime_ns) for one in files]
    texts = [one.read_text() for one in files if one.is_file()]
    limits = Path(f"/proc/{process}/limits").read_text()
    how = os.sched_getaffinity(process), os.sched_getscheduler(process), os.getpriority(0, process)
    return sorted(kept), sorted(texts), limits, how


def got_through(place: dict[str, Any], tried: dict[str, str]) -> str:
    """Try expressions in one confined process, and name those that got through."""
    code = f"{BEGIN}{HELPERS}\nfor name, tries in {tried!r}.items():\n"
    code += "    try: got = eval(tries)\n    except OSError: continue\n    got and say(name)\n"
    folder, notebook = place["folder"], place["notebook"]
    return confined(f"{code}say('tried')", folder, notebook, place).removesuffix("tried\n")


@pytest.mark.parametrize("tried", HOSTILE.values(), ids=HOSTILE)
def test_what_is_outside_is_not_reached(place: dict[str, Any], tried: str) -> None:
    """It is refused, by the kernel where native code tries it; nothing outside changes."""
    assert got_through(place, {tried: tried}) == ""


@pytest.mark.parametrize("abi", range(1, landlock.NEWEST + 1))
def test_it_is_not_reached_with_an_older_landlock(
    place: dict[str, Any], monkeypatch: pytest.MonkeyPatch, abi: int
) -> None:
    """What its first versions do not know is refused by the list of calls."""
    monkeypatch.setattr(landlock, "NEWEST", abi)
    assert got_through(place, HOSTILE) == ""


@pytest.mark.parametrize("name", numbers(OTHERS, 0))
def test_a_call_that_is_on_no_list_gets_an_error(place: dict[str, Any], name: str) -> None:
    """It gets EPERM, and the process lives on."""
    code = f"{BEGIN}say(call({name!r}, 0, 0, 0, 0, 0), errno.errorcode[ctypes.get_errno()])"
    assert confined(code, place["folder"], names=place) == "False EPERM\n"


@pytest.mark.parametrize(("column", "header"), list(enumerate(HEADERS)))
def test_the_numbers_of_calls_are_the_kernels(column: int, header: str) -> None:
    """As its headers have them, where they are installed and know them: an old one lacks some."""
    if not Path(header).is_file():
        pytest.skip("the kernel's headers are not installed")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\s", Path(header).read_text())
    known = {name: int(number) for name, number in found}
    tables = (*calls.ALLOWED.values(), *calls.ANSWERED.values(), calls.GUARDED, OTHERS)
    ours = {name: number for one in tables for name, number in numbers(one, column).items()}
    assert {name: known.get(name, number) for name, number in ours.items()} == ours
    assert len(set(ours.values())) == len(ours), "a number stands in the tables twice"


def test_no_capability_is_left(place: dict[str, Any]) -> None:
    """Neither of root nor of a namespace of its own; and it cannot get any."""
    code = "for line in open('/proc/self/status'):\n    'Cap' in line and say(int(line[7:], 16))"
    assert confined(code, place["folder"]) == "0\n" * 5


FLOODS = {
    "files": "kept = []\nwhile True: kept.append(open('/dev/null'))",
    "sockets": "kept = []\nwhile True: kept.append(socket.socketpair())",
    "locked memory": "m = c.mmap(0, 2**20, 3, 34, -1, 0)\n"
    "if c.mlock(ctypes.c_void_p(m), 2**20): raise OSError",
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_a_flood_ends_with_an_error(place: dict[str, Any], flood: str) -> None:
    """The limits of the kernel count these."""
    code = f"{BEGIN}{flood}"
    assert "OSError" in confined(code, place["folder"], names=place)


def test_what_waits_in_sockets_is_bounded(place: dict[str, Any]) -> None:
    """No limit of memory counts it: there are only so many sockets."""
    code = f"""{BEGIN}
pairs, sent = [], 0
try:
    while True: pairs.append(socket.socketpair())
except OSError: pass
for one, other in pairs:
    for end in (one, other):
        end.setblocking(False)
        try:
            while True: sent += end.send(bytes(2**16))
        except BlockingIOError: pass
say(sent < 2**29)
"""
    assert confined(code, place["folder"], names=place) == "True\n"
