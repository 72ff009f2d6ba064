"""What notebooks store and say, from end to end: outputs of three eras, held against a real run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from stored_cases import ERAS, FAULTS, edited
from told import told
from traces import judge_trace

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import read_notebook
from fmnist_spec.gate.run.runner import Runner
from fmnist_spec.gate.trace import Trace

COUNT = ("outputs-read", "note")
Judge = Callable[[Any], Result]


@pytest.fixture(scope="module")
def trace(runner: Runner) -> Trace:
    """One run of the code, which all eras share."""
    return runner.run(read_notebook(ERAS["2.8"]).cells)


@pytest.fixture
def judged(trace: Trace, tmp_path: Path) -> Judge:
    """Judge a notebook by that run."""

    def judged(notebook: Any) -> Result:
        nbformat.write(notebook, tmp_path / "one.ipynb")
        read = read_notebook(tmp_path / "one.ipynb")
        findings = judge_trace(trace, read.cells, ids=RULES)
        return Result(read.path, "fail", findings=findings, notebook=read)

    return judged


@pytest.mark.parametrize("era", ERAS)
def test_what_any_era_stored_is_sound(judged: Judge, era: str) -> None:
    """Outputs of every rendering pass under the installed TensorFlow, and all are understood."""
    result = judged(edited(era, {}))
    messages = [one.message for one in result.findings]
    assert messages == ["6 of 6 stored outputs were compared with this run."], told(result)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_caught_by_its_rule(judged: Judge, name: str, era: str) -> None:
    """Each fault is found by the rule that is meant for it, and by no other."""
    rule, severity, edits = FAULTS[name]
    result = judged(edited(era, edits))
    found = {(one.rule, one.severity) for one in result.findings}
    assert found - {COUNT} == {(rule, severity)}, told(result)
