"""What notebooks store and say, from end to end: outputs of three eras, held against a real run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import LESSON
from stored_cases import ERAS, FAULTS, edited

from fmnist_spec.gate.catalogue import judge
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import read_notebook
from fmnist_spec.gate.run.runner import Runner
from fmnist_spec.gate.trace import Trace

COUNT = ("outputs-read", "note")


@pytest.fixture(scope="module")
def trace(runner: Runner) -> Trace:
    """One run of the code, which all eras share."""
    return runner.run(read_notebook(ERAS["2.8"]).cells, "stored")


@pytest.fixture
def judged(trace: Trace, tmp_path: Path) -> Callable[[Any], list[Finding]]:
    """Judge a notebook by that run."""

    def judged(notebook: Any) -> list[Finding]:
        path = tmp_path / "one.ipynb"
        nbformat.write(notebook, path)
        return list(judge(LESSON, trace, read_notebook(path).cells))

    return judged


@pytest.mark.parametrize("era", ERAS)
def test_what_any_era_stored_is_sound(judged: Callable[[Any], list[Finding]], era: str) -> None:
    """Outputs of every rendering pass under the installed TensorFlow, and all are understood."""
    (count,) = judged(edited(era, {}))
    assert count.message == "6 of 6 stored outputs were understood."


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_caught_by_its_rule(
    judged: Callable[[Any], list[Finding]], name: str, era: str
) -> None:
    """Each fault is found by the rule that is meant for it, and by no other."""
    rule, severity, edits = FAULTS[name]
    found = {(one.rule, one.severity) for one in judged(edited(era, edits))}
    assert found - {COUNT} == {(rule, severity)}
