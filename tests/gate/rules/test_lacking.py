"""What was not run is told where it stands, by its own rule, and never twice."""

from dataclasses import replace

import pytest
from notebooks import as_cells
from traces import CELLS, EVENTS, FIT, expect, judge_trace, swap, trace

from fmnist_spec.gate.events import Event, LeftOut, Refused
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.trace import CellError, Trace

SHELL = LeftOut(6, 2, "files = !ls", "shell", "a shell escape", ("files",))
PACKAGE = LeftOut(6, 2, "import seaborn as sns", "package", "seaborn", ("sns",))
BOARD = LeftOut(6, 2, "%tensorboard --logdir files", "tensorboard", "%tensorboard")
UPLOAD = LeftOut(6, 2, "files.upload()", "colab", "files.upload()")
CONTENT = LeftOut(6, 2, "open('/content/x')", "content", "/content/x")


def with_left_out(*events: Event) -> Trace:
    """Make the trace of a sound notebook that left something out at its end."""
    return trace(*swap(FIT, FIT, *events))


def following(text: str, detail: str) -> LeftOut:
    """Make the rest of a cell that lacked what the first one would have made."""
    return LeftOut(7, 1, text, "follows", detail, cause=8)


LEFT_OUT = {
    "a shell line": ([SHELL], ["not-run"], ["files = !ls"]),
    "what misses its name": (
        [SHELL, following("print(files)", "files")],
        ["not-run", "not-run"],
        ["files = !ls", "files is missing", "(cell 7, line 2): files = !ls"],
    ),
    "what misses it again": (
        [SHELL, *(replace(following("print(files)", "files"), line=at) for at in (1, 2))],
        ["not-run", "not-run"],
        [],
    ),
    "what misses what missed it": (
        [SHELL, following("x = files[0]", "files"), replace(following("x", "x"), cause=9)],
        ["not-run", "not-run"],
        ["files is missing"],
    ),
    "a circle, as only a notebook could tell of it": (
        [replace(following("x", "x"), cause=9), replace(following("y", "y"), cause=8)],
        [],
        [],
    ),
    "a package": ([PACKAGE], ["not-installed"], ["pip install seaborn", "import seaborn as sns"]),
    "what needs it": ([PACKAGE, following("sns.set()", "sns")], ["not-installed"], []),
    "a package twice": ([PACKAGE, replace(PACKAGE, cell=7)], ["not-installed"], []),
    "two packages": ([PACKAGE, replace(PACKAGE, detail="cv2")], ["not-installed"] * 2, ["opencv"]),
    "an upload": ([UPLOAD], ["colab"], ["Here it returns no file"]),
    "what misses it": (
        [UPLOAD, following("open('x.csv')", "x.csv")],
        ["colab", "colab"],
        ["x.csv is missing", "works only on Colab"],
    ),
    "Colab's files": ([CONTENT], ["colab"], ["/content/x exists only on Colab"]),
    "the package": ([replace(UPLOAD, detail="google.colab")], ["colab"], ["Here it does nothing"]),
    "another refusal of its line": (
        [Refused(6, 2, "network", "x"), replace(CONTENT, why="written")],
        ["colab", "refused"],
        [],
    ),
    "Colab's files twice": ([CONTENT, replace(CONTENT, cell=7)], ["colab"], []),
    "what misses a name that was lost twice": (
        [
            *(SHELL, following("print(files)", "files"), replace(SHELL, cell=7)),
            replace(following("print(files)", "files"), cell=8, cause=10),
        ],
        ["not-run"] * 4,
        [],
    ),
    "what is read there, where it may not be": (
        [Refused(6, 2, "write", "open /content/x"), CONTENT],
        ["colab"],
        [],
    ),
    "what is written there": (
        [Refused(6, 2, "write", "open /content/x w"), replace(CONTENT, why="written")],
        ["colab"],
        ["writes to /content/x,"],
    ),
    "what needs them": ([CONTENT, following("print(x)", "x")], ["colab"], []),
    "two lines of TensorBoard": ([BOARD, replace(BOARD, cell=7)], ["not-run"] * 2, []),
    "a package, and then a shell line": ([PACKAGE, SHELL], ["not-installed", "not-run"], []),
    "a cause that is none": ([replace(SHELL, why="follows", cause=99)], [], []),
}


@pytest.mark.parametrize(("events", "rules", "told"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_each_is_told_by_its_rule(events: list[Event], rules: list[str], told: list[str]) -> None:
    """The line is named; what follows from a missing package or file is not told again."""
    findings = expect(with_left_out(*events), *rules)
    messages = " ".join(one.message for one in findings)
    assert all(text in messages for text in told), messages
    assert not any(one.severity == "error" for one in findings), findings


def test_a_cell_that_was_skipped_is_told_once() -> None:
    """The lines that it consists of are not told besides."""
    runs = list(with_left_out().cells)
    runs[6] = replace(runs[6], status="skipped", reason="it has a shell escape")
    expect(replace(with_left_out(SHELL, UPLOAD), cells=tuple(runs)), "not-run", cell=6)


def raising(source: str, error: CellError, **runs: str) -> Finding:
    """Judge a notebook whose last cell raised; ``runs`` are statuses of cells before it."""
    cells = [
        *as_cells(
            "files = !ls\nx = 1\nimport numpy as np\nclass Net: pass", "%%time\ny = 2", source
        ),
        *CELLS[3:],
    ]
    told = list(trace().cells)
    told[2] = replace(told[2], status="raised", error=error)
    for cell, status in runs.items():
        at = int(cell.removeprefix("cell"))
        told[at] = replace(told[at], status=status, reason="it is tagged skip-execution")
    found = judge_trace(replace(trace(), cells=tuple(told)), cells, ids=["cell-raises"])
    return found[0]


@pytest.mark.parametrize(
    ("name", "cell"), [("files", 0), ("x", 0), ("np", 0), ("Net", 0), ("y", 1)]
)
def test_of_a_name_in_a_skipped_cell_it_is_said_where(name: str, cell: int) -> None:
    """The cell is named, with why it was not run; that no cell defines it would be wrong."""
    error = CellError("NameError", f"name '{name}' is not defined", 1)
    found = raising(name, error, **{f"cell{cell}": "skipped"})
    assert f"(cell {cell + 1})" in found.message, found.message
    assert "skip-execution" in found.message, found.message


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("NameError", "name 'kears' is not defined"),
        ("ImportError", "cannot import name 'kears' from 'tensorflow' (a/file.py)"),
        ("ModuleNotFoundError", "No module named 'kears'"),
        ("AttributeError", "module 'tensorflow' has no attribute 'kears'"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_right_one(kind: str, message: str) -> None:
    """Nobody is sent to install something that does not exist."""
    found = raising("kears", CellError(kind, message, 1, "keras"))
    assert "Did you mean keras?" in found.message, found.message
    assert "nstall" not in found.message, found.message


NAMED_OTHERWISE = {
    "cv2": "opencv-python",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "yaml": "pyyaml",
    "sklearn": "scikit-learn",
    "bs4": "beautifulsoup4",
    "umap": "umap-learn",
    "imblearn": "imbalanced-learn",
    "dateutil": "python-dateutil",
    "fitz": "pymupdf",
    "my_package": "my-package",
}


@pytest.mark.parametrize("name", NAMED_OTHERWISE)
def test_a_package_is_installed_by_its_own_name(name: str) -> None:
    """It is often not the one that is imported."""
    (found,) = expect(trace(*EVENTS, replace(PACKAGE, detail=name)), "not-installed")
    assert f"pip install {NAMED_OTHERWISE[name]}" in found.message
