"""How long everything takes that people wait for, against the import of TensorFlow.

All is measured one after the other in this run, as often as asked, and the medians are printed as
the table of docs/speed.md: the seconds, and how many times as long as the floor they are, which is
one process that imports TensorFlow and scikit-learn. A further notebook's time is what it adds to
one. nbmake sees the same files; it and a Jupyter kernel must be installed:

    pip install nbmake ipykernel && python benchmarks/speed.py [ROUNDS]
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat

from fmnist_spec.data import FOLDER_VARIABLE
from fmnist_spec.gate.notebook import NOTEBOOK
from fmnist_spec.lesson import LESSON

MANY, FEW = 30, 10  # further notebooks: those that are run, those that are only read
FLOOR = "import tensorflow, sklearn.model_selection"
BASE = """
import sklearn.model_selection
from fmnist_spec import build_list, load_data, train
from fmnist_spec.preparing import flatten, scale
sample = load_data(sample=True)
train(build_list(), flatten(scale(sample.train_images)), sample.train_labels)
"""
SECTION = """model = keras.Sequential()
model.add(keras.layers.Dense(100, activation='relu', input_shape=(784,)))
model.add(keras.layers.Dense(10, activation='softmax'))
model.compile({optimizer}loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(train_scaled, train_target, epochs=5)"""
SUITE = ["-m", "pytest", "-q", "-n", "2", "--ignore=tests/gate", "--ignore=tests/fuzz"]
SUITE += ["-m", "not once and not lessons"]
CHECK = ["-m", "fmnist_spec", "check"]


def chapter() -> nbformat.NotebookNode:
    """The lesson's notebook, and after it two sections that train other networks."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for optimizer in ("", "optimizer='adam', "):
        cell = nbformat.v4.new_code_cell(SECTION.format(optimizer=optimizer))
        notebook.cells.append(cell)
    return notebook


def data_at_home(home: Path) -> dict[str, str]:
    """An environment in which Keras finds the data in its cache, as nbmake's kernel needs it."""
    cache = home / ".keras" / "datasets" / "fashion-mnist"
    cache.mkdir(parents=True)
    for file in Path(os.environ.get(FOLDER_VARIABLE, LESSON.data.debian)).glob("*.gz"):
        shutil.copy(file, cache)
    return {**os.environ, "HOME": str(home)}


def copies(folder: Path, notebook: nbformat.NotebookNode, many: int) -> str:
    """Write a notebook as often as asked."""
    folder.mkdir()
    for number in range(many):
        nbformat.write(notebook, folder / f"{number}.ipynb")
    return str(folder)


def runs(folder: Path) -> Iterator[tuple[str, list[str], int]]:
    """What is measured: its name, its process, and how many notebooks that checks beyond one."""
    lesson, two = nbformat.read(NOTEBOOK, as_version=4), ["--jobs", "2"]
    for name, notebook in (("the lesson", lesson), ("the chapter", chapter())):
        one = copies(folder / f"{name} 1", notebook, 1)
        many = copies(folder / f"{name} {MANY}", notebook, MANY + 1)
        yield f"`check` of {name}", [*CHECK, one], 0
        yield f"{name}, each further one of {MANY}, one job", [*CHECK, "--jobs", "1", many], MANY
        yield f"{name}, each further one of {MANY}, two jobs", [*CHECK, *two, many], MANY
        yield f"nbmake on {name}", ["-m", "pytest", "-q", "--nbmake", f"{one}/0.ipynb"], 0
    one, few = str(folder / "the lesson 1"), copies(folder / "few", lesson, FEW + 1)
    yield "`check --static` of the lesson", [*CHECK, "--static", one], 0
    yield f"`check --static`, each further one of {FEW}", [*CHECK, "--static", few], FEW
    yield "`fmnist-spec`, all claims on this TensorFlow", ["-m", "fmnist_spec"], 0
    yield "its imports and five epochs on the sample", ["-c", BASE], 0
    yield "the suite without the gate, on two processes", SUITE, 0


def seconds(arguments: list[str], environment: dict[str, str]) -> float:
    """Wall time of one process; it must succeed."""
    start = time.perf_counter()
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def main() -> None:
    """Measure every run in turn, as often as asked, and print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as name:
        environment = data_at_home(Path(name) / "home")
        measured = [("the floor: TensorFlow and scikit-learn imported", ["-c", FLOOR], 0)]
        measured += runs(Path(name))
        taken = [[seconds(run, environment) for _, run, _ in measured] for _ in range(rounds)]
    medians = [*map(statistics.median, zip(*taken, strict=True))]
    print("| what | seconds | times the floor |\n| --- | --- | --- |")
    alone = 0.0
    for (what, _, further), median in zip(measured, medians, strict=True):
        alone = alone if further else median
        each = (median - alone) / further if further else median
        print(f"| {what} | {each:.2f} | {each / medians[0]:.2f} |")


if __name__ == "__main__":
    main()
