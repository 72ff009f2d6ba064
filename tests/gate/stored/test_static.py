"""Without a run: what a notebook says and stores is judged, and only what is certain is told."""

import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import LESSON, LESSON_FILE, NOTEBOOKS, cases, write
from stored_cases import ERAS, FAULTS, edited
from told import told

from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.evidence import RULES, STATIC
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import Notebook, read_notebook
from fmnist_spec.gate.verdict import judge_source

# The faults of stored/faults.toml that only a run shows: chance or the data decides the numbers, or
# they may be those of a model or a training that the source does not write out.
NEEDS_A_RUN = {
    *("stored: the summary of another model", "stored: names that count on"),
    *("stored: steps of the default split", "stored: steps without a split"),
    *("stored: steps of batches of 200", "stored: an accuracy that falls"),
    *("stored: an accuracy that is too high", "stored: a loss that rises"),
    *("stored: other training images", "stored: images that are not flat"),
    *("stored: another data set's size", "number: fewer training images"),
    *("number: more test images",),
}


def judged(notebook: Notebook, **settings: Any) -> Result:
    config = Config(lessons=(str(LESSON_FILE),), **settings)
    return judge_source(notebook, {str(LESSON_FILE): LESSON}, config, time.monotonic())


def found(result: Result) -> set[tuple[str, str]]:
    """Name the rules that speak; that nothing is stored says nothing of a notebook built here."""
    spoke = {(one.rule, one.severity) for one in result.findings}
    return spoke - {("stored-none", "note")}


@pytest.mark.parametrize("key", [key for key, _ in cases("sound")])
def test_nothing_is_told_of_a_sound_spelling(tmp_path: Path, key: str) -> None:
    """However the lesson is spelt: what the source does not show for certain is left to a run."""
    result = judged(read_notebook(write(tmp_path / "one.ipynb", NOTEBOOKS[key])))
    assert found(result) == set(), told(result)
    assert result.verdict == "pass"


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("name", ["", *FAULTS])
def test_a_stored_fault_is_told_as_a_run_tells_it(tmp_path: Path, name: str, era: str) -> None:
    """By its rule, with its severity and no other: test_stored.py asks the same of a run."""
    rule, severity, edits = FAULTS.get(name, ("", "", {}))
    nbformat.write(edited(era, edits), tmp_path / "one.ipynb")
    result = judged(read_notebook(tmp_path / "one.ipynb"))
    is_shown = name and name not in NEEDS_A_RUN
    assert found(result) == ({(rule, severity)} if is_shown else set()), told(result)


def test_every_rule_that_needs_no_run_is_one_of_the_rules() -> None:
    """Who registers a part of a rule names the rule."""
    assert STATIC.keys() < RULES.keys()


def test_a_result_names_the_rules_that_were_not_asked() -> None:
    """The asked ones and these are all that a run is asked for."""
    result = judged(read_notebook(ERAS["2.21"]), ignore=("numbering", "split"))
    assert result.is_static
    assert {*result.asked} == STATIC.keys() - {"numbering"}
    assert {"network", "epochs"} < {*result.unasked}
    assert not {*result.asked, "split"} & {*result.unasked}
