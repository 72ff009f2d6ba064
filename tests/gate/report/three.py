"""One run of three notebooks: a sound one, one with findings of all severities, one unreadable.

Nothing is run: the traces are built in code, and what differs from run to run is fixed.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import notebooks
import pytest
from notebooks import LESSON
from traces import EVENTS, FIT, LIST, NETWORK, layer, swap, trace

from fmnist_spec.gate.confine.sandbox import NEEDED
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.events import Event
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import NotebookError, read_notebook
from fmnist_spec.gate.report.formats import Run
from fmnist_spec.gate.report.html.excerpt import excerpt, marks_of, room_of
from fmnist_spec.gate.trace import CellRun
from fmnist_spec.gate.verdict import hold

LESSON_FILE = Path("lessons/07_2.toml")
AT = {0: 1, 1: 3, 2: 4, 3: 6, 4: 8, 5: 10, 6: 11}  # where the traces' cells stand in the notebooks
SMALL = replace(
    NETWORK, layers=(layer(64, "sigmoid"), NETWORK.layers[1]), trainable_parameters=50_890
)
FAULTY = swap(FIT, replace(FIT, epochs=7), events=swap(LIST, replace(LIST, network=SMALL)))
EDITS = {"list": ["Dense(100", "Dense(64"], "fit": ["epochs=5", "epochs=7"]}
EDITS |= {"title": "# 두 개의 층\n\n파라미터는 784 x 100 + 100 = 78,400개입니다."}
# The events of these traces stand in the first line of their cells, wherever the calls do.
CONFIG = Config(severity={"epochs": "warning"}, ignore=("source-differs",))


def run_of_three(folder: Path) -> Run:
    """Write the notebooks into the chapters of a repository, the current folder, and judge them."""
    (folder / ".git").mkdir()
    (folder / "chapters").mkdir()
    names = ("chapters/07_1.ipynb", "chapters/07_2 신경망.ipynb", "chapters/07_3.ipynb")
    sound, faulty, broken = map(Path, names)
    notebooks.write(sound)
    notebooks.write(faulty, notebooks.build(EDITS))
    broken.write_text('{"cells": [')
    results = [_judged(sound, EVENTS), _judged(faulty, FAULTY), _unreadable(broken)]
    return Run(LESSON, [str(LESSON_FILE)], results)


def _judged(path: Path, events: Iterable[Event]) -> Result:
    notebook = read_notebook(path)
    ran = tuple(CellRun(one.index, "ok", None, "", 0.1) for one in notebook.cells)
    moved = (replace(one, cell=AT[one.cell]) for one in events)
    shown = trace(*moved, cells=ran, isolation=NEEDED, sample_only=True)
    held = Evidence(LESSON, notebook, shown, LESSON_FILE)
    result = replace(hold([held], CONFIG, 0.0), seconds=4.25)
    cells = excerpt(notebook, marks_of(result.findings), room_of(3))
    return replace(result, shown=cells)


def _unreadable(path: Path) -> Result:
    with pytest.raises(NotebookError) as error:
        read_notebook(path)
    return Result(path, "error", 0.01, reason=str(error.value))
