"""What a notebook may not do is refused or stopped, named, and harms nobody else."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from notebooks import HIDDEN, Run, as_cells

from fmnist_spec.gate.confine.sandbox import NEEDED, Limits, environment, lacking
from fmnist_spec.gate.events import Refused
from fmnist_spec.gate.run.runner import Runner
from fmnist_spec.gate.trace import Trace
from fmnist_spec.language import ASKED

linux = pytest.mark.skipif(sys.platform != "linux", reason="these measures are Linux's")
SMALL = Limits(memory_bytes=400 * 2**20, file_bytes=10**6)
SHORT = Limits(cell_seconds=1)
C = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"


def printed(trace: Trace) -> str:
    return "".join(output.get("text", "") for run in trace.cells for output in run.outputs)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("while True: pass", "time"),
        ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", "time"),
        ("import time\ntime.sleep(60)", "time"),
        ("kept = bytearray(10**9)", "memory"),
        ("import numpy as np\nkept = np.ones(10**9)", "memory"),
        ("import os\nos._exit(0)", "exit"),
        ("import sys\nsys.exit(3)", "exit"),
        ("exit()", "exit"),
        ("import ctypes\nctypes.string_at(0)", "killed"),
        ("import os\nos.abort()", "killed"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "killed"),
    ],
)
def test_a_run_that_goes_wrong_ends_at_its_cell(run: Run, source: str, why: str) -> None:
    """The trace says why and where, and what ran before."""
    trace = run("x = 1", source, "x = 2", limits=SHORT if why == "time" else SMALL)
    assert trace.ended is not None, f"expected an end by {why}, but the run went on: {trace.cells}"
    assert (trace.ended.why, trace.ended.cell) == (why, 1), trace.ended
    assert [one.status for one in trace.cells] == ["ok", "running at the end", "not reached"]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import socket\nsocket.socket()", "network"),
        ("import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)", "network"),
        ("import urllib.request\nurllib.request.urlopen('http://example.com')", "network"),
        (
            "from tensorflow.keras.utils import get_file\n"
            "get_file('x.h5', 'http://192.0.2.1/x.h5', cache_subdir='models')",
            "network",
        ),
        ("import os\nwhile True: os.fork()", "process"),
        ("import subprocess\nsubprocess.run(['ls'])", "process"),
        ("import os\nos.system('ls')", "process"),
        ("import os\nos.kill(os.getppid(), 9)", "signal"),
        ("open('{outside}/new.txt', 'w')", "write"),
        ("import os\nos.remove('{outside}/kept.txt')", "write"),
        ("import os\nos.rename('{outside}/kept.txt', 'taken.txt')", "write"),
        ("import os\nos.chmod('{outside}/kept.txt', 0)", "write"),
        ("import os\nos.symlink('{outside}', 'link')\nopen('link/new.txt', 'w')", "write"),
        ("import pathlib\npathlib.Path('{outside}/folder').mkdir()", "write"),
    ],
)
def test_what_is_refused_is_named(run: Run, tmp_path: Path, source: str, what: str) -> None:
    """The cell raises, the trace tells what was tried and in which line, nothing has changed."""
    kept = tmp_path / "kept.txt"
    kept.write_text("as before")
    mode = kept.stat().st_mode
    trace = run(source.format(outside=tmp_path))
    told = [event for event in trace.events if isinstance(event, Refused)]
    places = [(one.what, one.cell, one.line) for one in told]
    assert places == [(what, 0, source.count("\n") + 1)], told
    assert trace.cells[0].status == "raised", trace.cells
    assert trace.refused[0].startswith(f"{what}: "), trace.refused
    found = (names(tmp_path), kept.read_text(), kept.stat().st_mode)
    assert found == (["kept.txt"], "as before", mode), "a file outside its folder has changed"


@linux
def test_a_mode_outside_is_not_changed_in_any_way(run: Run, tmp_path: Path) -> None:
    """Through an open file, or natively, nothing changes; copying within the mirror works."""
    kept = tmp_path / "kept.txt"
    kept.write_text("as before")
    before = kept.stat()
    source = (
        f"{C}fd = os.open('{kept}', os.O_RDONLY)\nos.chmod(fd, 0)\nos.utime(fd, (1, 1))\n"
        f"libc.chmod(b'{kept}', 0)\n"
        "import shutil\nopen('a', 'w').close()\nshutil.copy2('a', 'b')\nprint('done')"
    )
    assert printed(run(source, path=tmp_path / "one.ipynb")) == "done\n"
    after = kept.stat()
    assert (after.st_mode, after.st_mtime) == (before.st_mode, before.st_mtime)


FORGED = {
    "a start again and again": b'{"start": {"tensorflow": "", "keras": "", "isolation": []}}',
    "a later cell": b'{"cell": 99999}',
    "a cell before": b'{"cell": -1}',
    "a number too large": b'{"ran": {"cell": 1, "status": "ok", "error": null, "reason": "",'
    b' "seconds": 1%s}}' % (b"0" * 400),
    "an event of no cell": b'{"event": {"index": 9, "event": {"type": "DataLoaded",'
    b' "cell": 77, "line": 1, "dataset": "mnist"}}}',
    "another kind of end": b'{"ended": {"why": "fun", "cell": 1, "detail": ""}}',
    "nothing": b"null",
    "half a line": b'{"message": "ra',
    "no end of a line": b"x" * 1000,
}


@linux
@pytest.mark.parametrize("line", FORGED.values(), ids=FORGED)
def test_a_notebook_that_speaks_for_the_gate_is_ended_in_time(run: Run, line: bytes) -> None:
    """What it writes into the gate's pipe neither buys it time nor breaks the gate."""
    end = b"" if line.startswith(b"x") else b"\n"
    source = (
        "import os, stat, fcntl, time\n"
        "pipes = [fd for fd in range(3, 200) if os.path.exists(f'/proc/self/fd/{fd}')"
        " and stat.S_ISFIFO(os.stat(fd).st_mode)"
        " and fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_WRONLY]\n"
        f"while True:\n    for fd in pipes: os.write(fd, {line + end!r})\n    time.sleep(0.01)"
    )
    trace = run("x = 1", source, limits=SHORT)
    assert trace.ended is not None
    assert trace.ended.why == ("broken" if end else "time"), trace.ended


@linux
@pytest.mark.parametrize(
    "source",
    [
        "print(libc.socket(2, 1, 0))",
        "print(libc.fork())",
        "print(libc.kill(os.getppid(), 9))",
        "print(libc.open(b'{outside}/new.txt', os.O_CREAT | os.O_WRONLY, 0o600))",
        "print(libc.rename(b'{outside}/kept.txt', b'taken.txt'))",
        "print(libc.execl(b'/bin/ls', b'ls', None))",
        "print(libc.chown(b'{outside}/kept.txt', 1, 1))",
        "print(libc.setpriority(0, os.getppid(), 19))",
        "print(libc.memfd_create(b'x', 0))",
    ],
    ids=["socket", "fork", "kill", "open", "rename", "exec", "chown", "priority", "memory"],
)
def test_the_kernel_refuses_what_python_does_not_see(run: Run, tmp_path: Path, source: str) -> None:
    """Native code is held back, too."""
    (tmp_path / "kept.txt").touch()
    trace = run(C + source.format(outside=tmp_path))
    if missing := lacking(trace.isolation):
        pytest.skip(f"this machine has no {', '.join(missing)}")
    assert printed(trace) == "-1\n", f"the call went through: {trace.cells} {trace.ended}"
    assert names(tmp_path) == ["kept.txt"], "native code has changed a file outside"


def test_a_notebook_sees_no_token(run: Run) -> None:
    """Neither os.environ nor /proc shows what the gate's own environment holds."""
    trace = run(
        "import os\nprint(dict(os.environ))",
        "from pathlib import Path\nfor file in Path('/proc').glob('*/environ'):\n"
        "    try: print(file.read_text(errors='replace'))\n    except OSError: pass",
    )
    assert os.environ["SERVICE_TOKEN"] == HIDDEN, "the test itself lost the token"
    assert "HOME" in printed(trace), "the notebook printed no environment"
    assert HIDDEN not in printed(trace), "the notebook found the gate's token"


def test_the_environment_is_an_allow_list(tmp_path: Path) -> None:
    """Only names that are listed pass; the home is the notebook's."""
    given = {"PATH": "/bin", "LC_ALL": "C", "API_KEY": "1", "HOME": "/root", ASKED: "ko"}
    given["TZ"] = "Asia/Seoul"
    made = environment(tmp_path, given)
    assert made["HOME"] == made["TMPDIR"] == str(tmp_path), made
    assert made["PATH"] == "/bin", made
    assert (made["LC_ALL"], made["TZ"]) == ("C", "Asia/Seoul"), made
    assert made[ASKED] == "ko", "a cell that is skipped would be told of in another language"
    assert "API_KEY" not in made, made


def test_a_notebook_may_do_as_it_likes_in_its_folder(run: Run) -> None:
    """Home, temporary files and models go there; threads are free."""
    trace = run(
        "import os, shutil, tempfile, threading\n"
        "os.makedirs('a/b', exist_ok=True)\nopen('a/x', 'w').write('1')\n"
        "os.rename('a/x', 'a/b/x')\nshutil.rmtree('a')\n"
        "tempfile.NamedTemporaryFile().write(b'1')\n"
        "thread = threading.Thread(target=print, args=('from a thread',))\n"
        "thread.start()\nthread.join()\nopen(os.devnull, 'w').write('1')\n"
        "print(os.path.expanduser('~') == tempfile.gettempdir(), os.listdir())"
    )
    assert printed(trace) == "from a thread\nTrue []\n", trace.cells
    assert not trace.refused, trace.refused


def test_a_file_does_not_outgrow_its_limit(run: Run) -> None:
    """Writing more than allowed raises."""
    trace = run("open('big', 'wb').write(bytes(2 * 10**6))", limits=SMALL)
    error = trace.cells[0].error
    assert error is not None, "a file larger than allowed was written"
    assert error.type == "OSError", error


@linux
def test_in_a_batch_only_the_bad_ones_fail(runner: Runner) -> None:
    """The others get their traces, and no process is left."""
    bad = ["import os\nos._exit(1)", "while True: pass", "import ctypes\nctypes.string_at(0)"]
    sources = ["print(1)", bad[0], "print(2)", bad[1], bad[2], "print(3)"]
    with ThreadPoolExecutor(2) as pool:
        traces = list(pool.map(lambda one: runner.run(as_cells(one), None, SHORT), sources))
    assert [printed(trace) for trace in traces] == ["1\n", "", "2\n", "", "", "3\n"]
    assert [one.ended.why for one in traces if one.ended] == ["exit", "time", "killed"]
    assert len(processes(runner)) == 1, "more is left than the one that has TensorFlow loaded"


def processes(runner: Runner) -> list[str]:
    """Find the processes that a runner has: its folder stands in their command line."""
    commands = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            commands.append(file.read_bytes().decode(errors="replace"))
        except OSError:  # it has just ended
            continue
    return [one for one in commands if str(runner.folder) in one]


@pytest.mark.parametrize("missing", NEEDED)
def test_a_measure_that_is_not_there_is_named(missing: str) -> None:
    """What a machine lacks is what --require-isolation complains about."""
    assert lacking(tuple(one for one in NEEDED if one != missing)) == (missing,)
    assert lacking(NEEDED) == ()
