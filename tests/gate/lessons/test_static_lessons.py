"""Sound notebooks of other lessons without a run: nothing is told of them."""

import time
from pathlib import Path

import pytest
from lesson_cases import LESSONS, SOUND, Case
from notebooks import write
from told import told

from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.notebook import read_notebook
from fmnist_spec.gate.verdict import judge_source
from fmnist_spec.lesson import load_lesson


@pytest.mark.parametrize("case", SOUND, ids=lambda case: case.id)
def test_nothing_is_told_of_a_sound_notebook(tmp_path: Path, case: Case) -> None:
    """Whatever layers, losses, splits and names the lesson has."""
    file = str(LESSONS[case.lesson])
    notebook = read_notebook(write(tmp_path / "one.ipynb", case.parts))
    config = Config(lessons=(file,))
    result = judge_source(notebook, {file: load_lesson(file)}, config, time.monotonic())
    assert {one.rule for one in result.findings} <= {"stored-none"}, told(result)
