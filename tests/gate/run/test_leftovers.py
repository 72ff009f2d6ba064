"""Whatever a notebook leaves in its folder, the folder goes, and the next notebook has its run."""

from pathlib import Path

from notebooks import Run

from fmnist_spec.gate.run.runner import Runner

DEEP = """
import ctypes
libc = ctypes.CDLL(None)  # os.mkdir() looks at the whole path, each time
for _ in range(1_500):
    libc.mkdir(b"ddd", 0o755)
    libc.chdir(b"ddd")
"""
CLOSED = "import os\nos.makedirs('a/b')\nos.chmod('a/b', 0)\nos.chmod('a', 0)\nos.chmod('.', 0)"


def test_a_folder_that_is_very_deep_or_closed_is_removed(runner: Runner, run: Run) -> None:
    """The notebooks that make them run to their ends, and so does the one after them."""
    traces = [run(source, path=Path("a.ipynb")) for source in (DEEP, CLOSED, "print('after')")]
    assert [trace.ended for trace in traces] == [None] * 3
    assert [trace.cells[0].status for trace in traces] == ["ok"] * 3
    assert [one.name for one in runner.folder.glob("notebook-*")] == []
