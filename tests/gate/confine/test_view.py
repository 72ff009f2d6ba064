"""Notebooks run in a real repository: they see it as in Jupyter, and leave it as it was."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from notebooks import Run

from fmnist_spec.gate.confine.files.repository import MOST_ENTRIES
from fmnist_spec.gate.confine.sandbox import lacking
from fmnist_spec.gate.events import Refused
from fmnist_spec.gate.trace import Trace

linux = pytest.mark.skipif(sys.platform != "linux", reason="these measures are Linux's")

OTHER = "\n\ndef double(x):\n    return 2 * x\n\ndef fail():\n    return 1 / 0"
FILES = {
    "pyproject.toml": "[project]\nname = 'course'\n",
    ".gitignore": "secret.txt\n",
    "assets/net.svg": "<svg/>",
    "data/x.csv": "a,b\n1,2\n",
    "data/z.csv": "",
    "course/__init__.py": "COURSE = 7\n",
    "chapters/course_words.py": "WORD = 'from the words'\n",
    "chapters/helper.py": "def show():\n    return 'shown'\n",
    "chapters/script.py": "result = 6 * 7\n",
    "chapters/local/__init__.py": "ANSWER = 42\n",
    "chapters/notes.txt": "as before\n",
    "chapters/other.ipynb": json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "execution_count": None,
                    "metadata": {},
                    "outputs": [],
                    "source": OTHER,
                }
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 4,
        }
    ),
    "chapters/one.ipynb": "{}",
}
IMPORTS = """
import csv, json, os, pathlib, pickle, shutil, sqlite3, zipfile
import h5py, numpy as np, tensorflow as tf, matplotlib.pyplot as plt
from tensorflow import keras
model = keras.Sequential([keras.layers.Dense(1, input_shape=(3,))])
model.compile(loss='mse')
"""
FIT = "model.fit(np.ones((2, 3)), np.ones((2, 1)), verbose=0, callbacks=[keras.callbacks."
OLD = b"as before"
# Files in the notebook's folder: how each is written over, what is looked at then, and seen.
WRITES = {
    "added": ("open(P, 'a').write('!')", "open(P).read()", "as before!"),
    "emptied": ("open(P, 'w').close()", "repr(open(P).read())", "''"),
    "changed": ("f = open(P, 'r+'); f.write('A'); f.close()", "open(P).read()", "As before"),
    "touched": ("pathlib.Path(P).touch()", "open(P).read()", "as before"),
    "copied": ("shutil.copy2('../data/x.csv', P)", "open(P).read()[:3]", "a,b"),
    "moved": ("shutil.move('../data/z.csv', P)", "os.listdir('../data')", "['x.csv']"),
    "renamed": ("os.rename(P, 'other')", "open('other').read()", "as before"),
    "removed": ("os.remove(P)", "os.path.exists(P)", "False"),
    "cut": ("os.truncate(P, 2)", "open(P).read()", "as"),
    "new": ("try: open(P, 'x')\nexcept FileExistsError: f = 1", "f", "1"),
    "folder": ("shutil.rmtree('../assets')", "os.path.exists('../assets')", "False"),
    "x.json": ("json.dump([1], open(P, 'w'))", "json.load(open(P))", "[1]"),
    "x.csv": ("csv.writer(open(P, 'w')).writerow([3])", "open(P).read().strip()", "3"),
    "x.zip": ("zipfile.ZipFile(P, 'w').close()", "zipfile.is_zipfile(P)", "True"),
    "x.pkl": ("pickle.dump(1, open(P, 'wb'))", "pickle.load(open(P, 'rb'))", "1"),
    "x.npz": ("np.savez(P, a=[1])", "np.load(P)['a']", "[1]"),
    "mapped": ("np.memmap(P, 'u1', 'r+')[0] = 65", "open(P).read()", "As before"),
    "x.png": ("plt.plot([1])\nplt.savefig(P)", "open(P, 'rb').read()[1:4]", "b'PNG'"),
    "x.db": ("db = sqlite3.connect(P)\nos.path.islink(P)", "os.path.islink(P)", "False"),
    "a db": (
        "db = sqlite3.connect('file:a%20db?mode=rw', uri=True)",
        "os.path.islink(P)",
        "False",
    ),
    "full.db": (
        "db = sqlite3.connect(f'file://{os.path.abspath(P)}#'.replace(' ', '%20'), uri=True)",
        "os.path.islink(P)",
        "False",
    ),
    "helper_2.py": (
        "get_ipython().run_cell_magic('writefile', P, 'x = 1')",
        "__import__('helper_2').x",
        "Overwriting helper_2.py\n1",
    ),
    # These are written by native code.
    "model.h5": ("model.save(P)", "keras.models.load_model(P, compile=False).count_params()", "4"),
    "x.weights.h5": ("model.save_weights(P)", "h5py.is_hdf5(P)", "True"),
    "x.h5": (
        "with h5py.File(P, 'w') as f: f['x'] = 1\nwith h5py.File(P, 'a') as f: f['y'] = 2",
        "sorted(h5py.File(P, 'r'))",
        "['x', 'y']",
    ),
    "y.h5": ("try: h5py.File(P, 'x')\nexcept OSError: f = 2", "f", "2"),
    "gfile": ("with tf.io.gfile.GFile(P, 'a') as f: f.write('!')", "open(P).read()", "as before!"),
    "gcopy": ("tf.io.gfile.copy('../data/x.csv', P, True)", "open(P).read()[:3]", "a,b"),
    "file": ("tf.io.write_file(P, 'new')", "open(P).read()", "new"),
    "records": ("tf.io.TFRecordWriter(P).close()", "os.path.getsize(P)", "0"),
    "saved/saved_model.pb": (
        "tf.saved_model.save(tf.Module(), 'saved')",
        "len(open(P, 'rb').read()) > 9",
        "True",
    ),
    "at/checkpoint": ("tf.train.Checkpoint().save('at/x')", "open(P).read()[:5]", "model"),
    "best.weights.h5": (
        f"{FIT}ModelCheckpoint(P, save_weights_only=True)])",
        "h5py.is_hdf5(P)",
        "True",
    ),
    "log.csv": (f"{FIT}CSVLogger(P)])", "open(P).read()[:5]", "epoch"),
}


def git(root: Path, *command: str) -> str:
    given = ["git", "-C", str(root), "-c", "user.name=n", "-c", "user.email=n@example.org"]
    return subprocess.run([*given, *command], check=True, capture_output=True, text=True).stdout


def contents(root: Path) -> dict[str, bytes]:
    found = (one for one in root.rglob("*") if one.is_file() and ".git" not in one.parts)
    return {str(one.relative_to(root)): one.read_bytes() for one in found}


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A course repository, clean in git. After the test it must be what it was before."""
    folder = tmp_path / "course repository"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    for name in WRITES:
        (folder / "chapters" / name).parent.mkdir(exist_ok=True)
        (folder / "chapters" / name).write_bytes(OLD)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "The course")
    before = contents(folder)
    yield folder
    assert contents(folder) == before, "a file of the repository has changed"
    assert git(folder, "status", "--porcelain") == "", "the working tree is not clean"


@pytest.fixture
def run_in(run: Run, root: Path) -> Run:
    """Run sources as cells of the notebook in the repository's folder chapters."""
    return lambda *sources: run(*sources, path=root / "chapters" / "one.ipynb")


def expect(trace: Trace, printed: str) -> None:
    """Every cell runs, and this is printed in all."""
    told = [(one.cell, one.status, one.error) for one in trace.cells if one.status != "ok"]
    assert not told, (told, trace.refused, trace.ended)
    outputs = [one for run in trace.cells for one in run.outputs if one.get("name") == "stdout"]
    found = "".join(one["text"] for one in outputs)
    assert found == printed, found


SEEN = {
    "a picture in a folder beside": ("print(open('../assets/net.svg').read())", "<svg/>\n"),
    "data in a folder beside": ("print(open('../data/x.csv').read())", "a,b\n1,2\n\n"),
    "a helper": ("from helper import show\nprint(show())", "shown\n"),
    "another helper": ("import course_words\nprint(course_words.WORD)", "from the words\n"),
    "a package": ("import local\nprint(local.ANSWER)", "42\n"),
    "a package beside": (
        "import sys\nsys.path.append('..')\nfrom course import COURSE\nprint(COURSE)",
        "7\n",
    ),
    "a script": ("%run script.py\nprint(result)", "42\n"),
    "another notebook": ("%run other.ipynb\nprint(double(4))", "8\n"),
    "where it stands": (
        "from pathlib import Path\nprint(Path.cwd().name, Path.cwd().parent.name)\n"
        "print(Path('.').resolve().parent.joinpath('data', 'x.csv').exists())",
        "chapters course repository\nTrue\n",
    ),
    "what it walks through": (
        "from pathlib import Path\nprint(sorted(p.name for p in Path('..').rglob('?.csv')))",
        "['x.csv', 'x.csv', 'z.csv']\n",
    ),
    "no hidden files, no home": (
        "import os\nprint(sorted(os.listdir('..')))",
        ("['.git', 'assets', 'chapters', 'course', 'data', 'pyproject.toml']\n"),
    ),
    "its top, by git's folder": (
        "at = Path.cwd()\nwhile not (at / '.git').exists(): at = at.parent\n"
        "print(at.name, list((at / '.git').iterdir()))",
        "course repository []\n",
    ),
    "after a change of folder": (
        "import os\nos.chdir('../data')\nopen('y.csv', 'w').close()\nprint(sorted(os.listdir()))",
        "['x.csv', 'y.csv', 'z.csv']\n",
    ),
}


def test_a_notebook_sees_its_repository_as_jupyter_would(run_in: Run) -> None:
    """At the same relative places; its own folder is where it stands, and first in imports."""
    sources = [source for source, _ in SEEN.values()]
    expect(run_in(*sources), "".join(printed for _, printed in SEEN.values()))


def test_an_error_in_another_notebook_has_the_line_of_the_cell(run_in: Run) -> None:
    """The line of the running cell that led there, not the line in the other notebook."""
    trace = run_in("%run other.ipynb", "x = 1\n\n\nfail()")
    error = trace.cells[1].error
    assert error is not None
    assert (error.type, error.line) == ("ZeroDivisionError", 4)


def test_what_a_notebook_writes_over_is_a_copy(run_in: Run) -> None:
    """Whatever writes, also native code; what it has written can be read again."""
    cells = [f"P = {name!r}\n{write}\nprint({see})" for name, (write, see, _) in WRITES.items()]
    trace = run_in(IMPORTS, *cells)
    expect(trace, "".join(f"{seen}\n" for *_, seen in WRITES.values()))
    assert not trace.refused, trace.refused


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("open('../../out.txt', 'w')", "write"),
        ("import h5py\nh5py.File('../../out.h5', 'w')", "write"),
        ("import tensorflow as tf\ntf.io.gfile.GFile('/out.txt', 'w').write('1')", "write"),
    ],
)
def test_what_it_writes_elsewhere_is_refused(run_in: Run, source: str, what: str) -> None:
    """A path that leaves the mirror."""
    trace = run_in(source)
    told = [(event.what, event.line) for event in trace.events if isinstance(event, Refused)]
    assert told == [(what, source.count("\n") + 1)], (told, trace.cells)
    assert trace.cells[0].status == "raised", trace.cells


def test_a_large_folder_is_walked_and_removed(run_in: Run, root: Path) -> None:
    """It is laid as one link, which a walk would not follow, nor rmtree remove."""
    images = root / "images"
    for kind in "ab":
        (images / kind).mkdir(parents=True)
        for n in range(MOST_ENTRIES + 1):
            (images / kind / f"{n}.txt").touch()
    trace = run_in(
        "import os, shutil\nprint(sum(len(names) for *_, names in os.walk('../images')))",
        "shutil.rmtree('../images/b')\nprint(os.listdir('../images'))",
        "shutil.rmtree('../images')\nprint(os.path.exists('../images'))",
    )
    left = sum(1 for _ in images.rglob("*.txt"))
    shutil.rmtree(images)
    expect(trace, f"{2 * (MOST_ENTRIES + 1)}\n['a']\nFalse\n")
    assert left == 2 * (MOST_ENTRIES + 1), "files of the repository were removed"


RESOLVED = {
    "beside a helper": (
        "from keeper import IMAGES\nIMAGES.mkdir(exist_ok=True)\n"
        "(IMAGES / 'x.txt').write_text('1')",
        "os.listdir('images')",
        "['x.txt']",
    ),
    "a file": ("Path('added').resolve().write_text('new')", "open('added').read()", "new"),
    "a file beside": (
        "Path('../data/x.csv').resolve().write_text('new')",
        "open('../data/x.csv').read()",
        "new",
    ),
    "by os.path": (
        "open(os.path.realpath('cut'), 'a').write('!')",
        "open('cut').read()",
        "as before!",
    ),
    "as bytes": (
        "open(os.path.realpath(b'emptied'), 'w').close()",
        "os.path.getsize('emptied')",
        "0",
    ),
    "removed": ("os.remove(os.path.realpath('removed'))", "os.path.exists('removed')", "False"),
    "strictly": (
        "Path('touched').resolve(strict=True).unlink()",
        "os.path.exists('touched')",
        "False",
    ),
    "in place": ("", "Path('moved').resolve() == Path.cwd() / 'moved'", "True"),
    "what is left out": (
        "",
        "Path(FULL, '.gitignore').resolve() == Path(FULL, '.gitignore')",
        "True",
    ),
    "elsewhere": ("", "Path(os.__file__).resolve().exists()", "True"),
}


def test_a_path_that_is_resolved_stays_in_the_mirror(run_in: Run, root: Path) -> None:
    """There its files are links, which a helper that saves beside itself would follow."""
    begin = f"import os\nfrom pathlib import Path\nFULL = {str(root)!r}"
    keeper = root / "chapters" / "keeper.py"
    keeper.write_text(
        "from pathlib import Path\nIMAGES = Path(__file__).resolve().parent / 'images'\n"
    )
    trace = run_in(begin, *(f"{do}\nprint({see})" for do, see, _ in RESOLVED.values()))
    keeper.unlink()
    expect(trace, "".join(f"{seen}\n" for *_, seen in RESOLVED.values()))
    assert not trace.refused, trace.refused


@pytest.mark.parametrize(
    "source",
    [
        "open('{root}/chapters/added', 'w')",
        "open('{root}/chapters/new', 'w')",
        "import os\nos.remove('{root}/data/x.csv')",
        "import os\nos.rename('added', '{root}/added')",
        "import os\nos.mkdir('{root}/images')",
        "import h5py\nh5py.File('{root}/out.h5', 'w')",
    ],
)
def test_a_full_path_to_the_repository_is_refused_as_the_original(
    run_in: Run, root: Path, source: str
) -> None:
    """It is no path to another place: what the notebook sees is a copy."""
    trace = run_in(source.format(root=root))
    told = [(event.what, event.line) for event in trace.events if isinstance(event, Refused)]
    assert told == [("original", source.count("\n") + 1)], (told, trace.cells)


@linux
@pytest.mark.parametrize(
    "source",
    [
        "print(libc.open(b'added', os.O_WRONLY | os.O_TRUNC))",
        "print(libc.open(os.readlink('added').encode(), os.O_WRONLY))",
        "print(libc.open(b'../../new', os.O_WRONLY | os.O_CREAT, 0o600))",
    ],
)
def test_other_native_code_does_not_write_through_a_link(run_in: Run, source: str) -> None:
    """The kernel refuses it."""
    trace = run_in(f"import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n{source}")
    if missing := lacking(trace.isolation):
        pytest.skip(f"this machine has no {', '.join(missing)}")
    expect(trace, "-1\n")
