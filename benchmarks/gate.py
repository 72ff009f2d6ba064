"""How long the gate takes on a notebook, against nbmake on the same one.

Two notebooks are measured: the lesson's, and the lesson's with the two sections that follow it in
the chapter (ReLU, Adam), each with a training of its own. Both tools see the whole data set; all
is measured in this run, and ratios are printed. nbmake and a Jupyter kernel must be installed:

    pip install nbmake ipykernel && python benchmarks/gate.py [NOTEBOOKS]
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from fmnist_spec.data import FOLDER_VARIABLE
from fmnist_spec.gate.notebook import NOTEBOOK
from fmnist_spec.lesson import LESSON

SECTION = """model = keras.Sequential()
model.add(keras.layers.Dense(100, activation='relu', input_shape=(784,)))
model.add(keras.layers.Dense(10, activation='softmax'))
model.compile({optimizer}loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(train_scaled, train_target, epochs=5)"""


def chapter() -> nbformat.NotebookNode:
    """The lesson's notebook, and after it two sections that train other networks."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for optimizer in ("", "optimizer='adam', "):
        cell = nbformat.v4.new_code_cell(SECTION.format(optimizer=optimizer))
        notebook.cells.append(cell)
    return notebook


def seconds(arguments: list[str], environment: dict[str, str]) -> float:
    """Wall time of one process; it must succeed."""
    start = time.perf_counter()
    command = [sys.executable, "-m", *arguments]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def data_at_home(home: Path) -> dict[str, str]:
    """An environment in which Keras finds the data in its cache, as nbmake's kernel needs it."""
    cache = home / ".keras" / "datasets" / "fashion-mnist"
    cache.mkdir(parents=True)
    for file in Path(os.environ.get(FOLDER_VARIABLE, LESSON.data.debian)).glob("*.gz"):
        shutil.copy(file, cache)
    return {**os.environ, "HOME": str(home)}


def main() -> None:
    """Measure nbmake on each notebook once, then the gate on one and on many copies."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        environment = data_at_home(Path(folder) / "home")
        for name, notebook in (
            ("lesson", nbformat.read(NOTEBOOK, as_version=4)),
            ("chapter", chapter()),
        ):
            copies = Path(folder) / name
            copies.mkdir()
            for number in range(many):
                nbformat.write(notebook, copies / f"{number}.ipynb")
            one = str(copies / "0.ipynb")
            nbmake = seconds(["pytest", "-q", "--nbmake", one], environment)
            alone = seconds(["fmnist_spec", "check", one], environment)
            each = seconds(["fmnist_spec", "check", "--jobs", "2", str(copies)], environment) / many
            print(f"{name}: nbmake {nbmake:.1f} s")
            print(f"  the gate, one notebook      {alone:6.1f} s   1/{nbmake / alone:.1f}")
            print(f"  the gate, each of {many:<4}      {each:6.1f} s   1/{nbmake / each:.1f}")


if __name__ == "__main__":
    main()
