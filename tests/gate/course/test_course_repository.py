"""A course repository as courses have them: six notebooks, of which one teaches the lesson."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import notebooks
import numpy as np
import pytest
from sampling import few

from fmnist_spec.gate.catalogue import RULES

PACKAGE = str(Path(__file__).parents[3])
PIXEL = base64.b64decode(  # a PNG of one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
THIS = "chapters/07_2.ipynb"
FIRST = [  # what stands before the lesson in a notebook that students open in Colab
    "from google.colab import drive\ndrive.mount('/content/drive')",
    "!pip install -q scikit-learn\nimport numpy as np\nfrom IPython.display import Image",
    "Image('../assets/net.png')",
    "from helper import show\nshow('weights')",
    "np.load('weights.npz')['bias'].shape",
    "print(open('../data/classes.csv', encoding='utf-8').read())",
]
LAST = """
import matplotlib.pyplot as plt
plt.plot(history.history['loss'])
plt.savefig('loss.png')
plt.savefig('../assets/new.png')
open('../data/classes.csv', 'a').write('10,none')"""
OTHERS = {  # the other chapters: what is not the lesson must not be held to it
    "chapters/01_python.ipynb": ["print('hello')", "sum(range(10))"],
    "chapters/03_neighbours.ipynb": [
        "from sklearn.neighbors import KNeighborsClassifier",
        "KNeighborsClassifier().fit([[0], [1]] * 5, [0, 1] * 5).score([[0]], [0])",
    ],
    "chapters/08_convolution.ipynb": [
        "from tensorflow import keras",
        "model = keras.Sequential()\n"
        "model.add(keras.layers.Conv2D(4, 3, activation='relu', input_shape=(28, 28, 1)))\n"
        "model.add(keras.layers.Flatten())\n"
        "model.add(keras.layers.Dense(10, activation='softmax'))\nmodel.summary()",
    ],
    "chapters/09_regression.ipynb": [
        "from tensorflow import keras",
        "model = keras.Sequential([keras.layers.Dense(1, input_shape=(3,))])",
        "model.compile(loss='mse')",
    ],
    "appendix/broken.ipynb": ["import a_package_that_nobody_has", "1 / 0"],
}
TABLE = f"""
[tool.fmnist_spec]
exclude = ["drafts/**"]
[[tool.fmnist_spec.notebooks]]
paths = ["chapters/07_2*.ipynb"]
lesson = '{notebooks.LESSON_FILE}'
"""
WITHOUT = f"[tool.fmnist_spec]\nlesson = '{notebooks.LESSON_FILE}'\n"


def write(path: Path, sources: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


@pytest.fixture(params=few([TABLE, WITHOUT]), ids=few(["with the table", "without it"]))
def course(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Make the repository, and commit all of it."""
    lesson = notebooks.build({"fit": [", verbose=0", ""]})
    write(
        tmp_path / THIS, [*FIRST, *(one for name, one in lesson.items() if name != "title"), LAST]
    )
    for name, sources in OTHERS.items():
        write(tmp_path / name, sources)
    for name, content in {
        "assets/net.png": PIXEL,
        "chapters/loss.png": PIXEL,
        "chapters/helper.py": b"def show(text):\n    print(text)\n",
        "data/classes.csv": "0,티셔츠\n".encode(),
        "tests/test_helper.py": b"def test_it():\n    assert True\n",
        "pyproject.toml": request.param.encode(),
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    np.savez(tmp_path / "chapters/weights.npz", bias=np.zeros(10))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    ended = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    return ended.stdout.decode()


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files if ".git/" not in str(path)}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module of Python in the repository, as its maintainer does."""
    environment = {**os.environ, "PYTHONPATH": PACKAGE, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_command_judges_this_lesson_and_passes(course: Path) -> None:
    """`check .` passes; the other five notebooks are skipped, and nothing in the tree changes."""
    before = contents(course)
    ended = run(course, "fmnist_spec", "check", ".", "--format", "json", "--sample")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = {one["path"]: one for one in json.loads(ended.stdout)["notebooks"]}
    judged = {path for path, one in found.items() if one["verdict"] == "pass"}
    assert judged == {THIS}, ended.stdout
    rules = {one["rule"] for one in found[THIS]["findings"]}
    assert {"not-run", "colab"} <= rules, f"a left-out line or Colab's cell is not told: {rules}"
    assert contents(course) == before, "the run changed a file of the repository"
    assert git(course, "status", "--porcelain") == ""


def test_pytest_judges_it_beside_other_tests(course: Path) -> None:
    """The plugin does the same, on two processes, beside the course's own tests."""
    before = contents(course)
    options = ("--fmnist-spec", "-n", "2", "-p", "no:cacheprovider", "-rs")
    ended = run(course, "pytest", *options, ".")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f" {len(RULES) + 1} passed" in ended.stdout, "each rule once, and the course's own test"
    assert contents(course) == before, "the run changed a file of the repository"
    assert git(course, "status", "--porcelain") == ""
