"""Six notebooks, and what nbval, nbmake and the gate say of them: the README's table.

Each tool runs each notebook for real, on the installed TensorFlow, in this one run. nbval, nbmake
and a Jupyter kernel must be installed:

    pip install nbval nbmake ipykernel && python benchmarks/six_cases.py
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from gate import data_at_home
from packaging.version import Version

from fmnist_spec._compat import tensorflow_version

STORED = Path(__file__).resolve().parents[1] / "tests" / "gate" / "stored"
TOOLS = {
    "nbval": ["pytest", "-q", "--nbval"],
    "nbmake": ["pytest", "-q", "--nbmake"],
    "fmnist-spec": ["fmnist_spec", "check"],
}
STRING_RAISES = Version("2.16")  # the first TensorFlow that refuses a string for metrics


def replaced(old: str, new: str) -> Callable[[nbformat.NotebookNode], None]:
    """Replace a text wherever the notebook's cells have it."""

    def edit(notebook: nbformat.NotebookNode) -> None:
        assert any(old in cell.source for cell in notebook.cells), f"no cell has {old!r}"
        for cell in notebook.cells:
            cell.source = cell.source.replace(old, new)

    return edit


def cleared(notebook: nbformat.NotebookNode) -> None:
    """Store no outputs."""
    for cell in notebook.cells:
        cell.update({"outputs": []} if cell.cell_type == "code" else {})


UNITS = replaced("Dense(100,", "Dense(64,")
# What is the case, the era that stored the notebook, its edits, and whether it is sound.
CASES = [
    ("unchanged, outputs stored by Keras 2.8", "2.8", [], True),
    ("unchanged, outputs stored by Keras 2.15", "2.15", [], True),
    ("64 units in the code, the old outputs below", "2.15", [UNITS], False),
    ("785 pixels for 784 in the text", "2.15", [replaced("784 x 100", "785 x 100")], False),
    (
        "`metrics='accuracy'`",
        "2.15",
        [replaced('["accuracy"]', '"accuracy"')],
        tensorflow_version() < STRING_RAISES,
    ),
    ("64 units in the code, no outputs", "2.15", [UNITS, cleared], False),
]


def verdict(tool: str, path: Path, environment: dict[str, str], sound: bool) -> str:
    """Run a tool on a notebook: what it says, marked if that is wrong, and its seconds."""
    start = time.perf_counter()
    command = [sys.executable, "-m", *TOOLS[tool], str(path)]
    code = subprocess.run(command, capture_output=True, check=False, env=environment).returncode
    assert code in (0, 1), f"{tool} could not run: exit code {code}"
    mark = "" if (code == 0) == sound else " ✗"
    return f"{'fails' if code else 'passes'}{mark} ({time.perf_counter() - start:.0f} s)"


def main() -> None:
    """Print the table, row by row."""
    print("| notebook | right is | " + " | ".join(TOOLS) + " |")
    print("| --- | --- |" + " --- |" * len(TOOLS))
    with tempfile.TemporaryDirectory() as folder:
        environment = data_at_home(Path(folder) / "home")
        for name, era, edits, sound in CASES:
            notebook = nbformat.read(STORED / f"pass-tf{era}.ipynb", as_version=4)
            for edit in edits:
                edit(notebook)
            path = Path(folder) / "notebook.ipynb"
            nbformat.write(notebook, path)
            said = [verdict(tool, path, environment, sound) for tool in TOOLS]
            print(f"| {name} | {'passes' if sound else 'fails'} | {' | '.join(said)} |", flush=True)


if __name__ == "__main__":
    main()
