"""Notebooks that reach out of their process, run as a course's are: they fail, and harm nobody."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from notebooks import HIDDEN, Run

from fmnist_spec.gate.confine.sandbox import lacking
from fmnist_spec.gate.rules.lacking import BY_THE_KERNEL, OWN

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these measures are Linux's")

C = "import ctypes, os, struct\nc = ctypes.CDLL(None, use_errno=True)\n"
REACHING = {
    "the server's scheduling": "import os\nos.sched_setaffinity(os.getppid(), {0})",
    "the server's end": f"{C}r, w = os.pipe()\n"
    "for command, value in ((8, os.getppid()), (10, 9), (4, 0o24000)):\n"
    "    c.fcntl(r, command, ctypes.c_long(value))\n"
    "os.write(w, b'x')\nos.sched_setaffinity(os.getppid(), {0})",
    "shared memory": f"{C}assert c.shmget(0, 1 << 20, 0o1600) == -1\n"
    "raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))",
    "a terminal": "import os, termios\nfile = os.open('/dev/ptmx', os.O_RDONLY | os.O_NOCTTY)",
    "the gate's environment": "import os\nopen(f'/proc/{os.getppid()}/environ').read()",
    "a key": "print(open('{outside}/key').read())",
    "a key by a link": "print(open('planted').read())",
    "a key, by TensorFlow": "import tensorflow as tf\nprint(tf.io.read_file('{outside}/key'))",
    "a key, by its data sets": "import tensorflow as tf\n"
    "print(list(tf.data.TextLineDataset('{outside}/key')))",
    "the settings of git": "print(open('{root}/.git/config').read())",
}


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A repository in which a link to a key is planted."""
    folder = tmp_path / "repository"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git/config").write_text(HIDDEN)
    (tmp_path / "key").write_text(HIDDEN)
    (folder / "planted").symlink_to(tmp_path / "key")
    yield folder
    assert (tmp_path / "key").read_text() == HIDDEN


@pytest.mark.parametrize("source", REACHING.values(), ids=REACHING)
def test_a_notebook_that_reaches_out_is_told_that_the_gate_forbids_it(
    run: Run, root: Path, source: str
) -> None:
    """Its cell raises over it, what it looked for is not shown, and the next one has its run."""
    source = source.replace("{outside}", str(root.parent)).replace("{root}", str(root))
    trace = run(source, path=root / "one.ipynb")
    if missing := lacking(trace.isolation):
        pytest.skip(f"this machine has no {', '.join(missing)}")
    error = trace.cells[0].error
    assert error is not None, trace.cells
    said = [*BY_THE_KERNEL, OWN.pattern]
    assert any(re.search(one, error.message, re.DOTALL) for one in said), error.message
    assert HIDDEN not in str(trace.cells), "a secret is shown"
    assert run("print(1)").cells[0].status == "ok"
