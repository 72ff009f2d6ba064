"""The gate from end to end: notebooks built in code, run for real, by one runner."""

import time
from collections.abc import Iterator
from functools import partial
from operator import itemgetter
from pathlib import Path

import jupytext
import pytest
import sampling
from notebooks import LESSON, LESSON_FILE, NOTEBOOKS, SOUND, as_notebook, build, cases, write
from sampling import few
from together import Trial, Tried, try_all
from told import told

from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import NOTEBOOK, read_notebook
from fmnist_spec.gate.verdict import judge_source

FAULTY = ("fault", "raises", "told")


def some_of(kind: str) -> list[tuple[str, str]]:
    """Give some cases of each rule, or all if the run is thorough."""
    return few(cases(kind), of=itemgetter(1))


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    """One runner for all notebooks: TensorFlow is imported once."""
    with Checker(Config(lessons=(str(LESSON_FILE),))) as checker:
        yield checker


@pytest.fixture(scope="module")
def tried(
    checker: Checker, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Tried]:
    """Check every notebook that the selected tests are about."""
    folder = tmp_path_factory.mktemp("notebooks")
    asked = [getattr(item, "callspec", None) for item in request.session.items]
    keys = {one.params.get("key") for one in asked if one}
    trials = (trial(folder, key, rule) for key, rule in cases("") if key in keys)
    return try_all(checker, trials, one_by_one=sampling.is_thorough)


def trial(folder: Path, key: str, rule: str) -> Trial:
    """Give a case with what makes it right."""
    kind = key.partition(":")[0]
    rules = {"sound": (), "raises": (rule, "cell-raises")}.get(kind, (rule,))
    right, fails = partial(is_right, kind, rule), kind in ("fault", "raises")
    return Trial(key, folder, NOTEBOOKS[key], SOUND, frozenset(rules), fails, right)


@pytest.fixture(scope="module")
def results(tried: dict[str, Tried]) -> dict[str, Result]:
    """What was found of each case."""
    return {key: one.result for key, one in tried.items()}


def is_right(kind: str, rule: str, result: Result) -> bool:
    """Whether exactly that is found which should be."""
    if kind == "sound":
        return result.verdict == "pass"
    found = {one.rule for one in result.findings}
    if kind == "told":
        return result.verdict == "pass" and rule in found
    return not result.reason and errors(result) == {rule}


def errors(result: Result) -> set[str]:
    """Name the rules with errors."""
    return {finding.rule for finding in result.findings if finding.severity == "error"}


@pytest.mark.parametrize(
    "edits", [{"fit": ["a=6", "a=7"]}, {"fit": ["fit", "fit"]}, {"drop": ["fitt"]}], ids=str
)
def test_an_edit_that_changes_nothing_is_refused(edits: dict[str, list[str]]) -> None:
    """A case whose edit no longer meets its text would be the sound notebook, unnoticed."""
    with pytest.raises(AssertionError):
        build(edits)


@pytest.mark.parametrize("key", few(key for key, _ in cases("sound")))
def test_a_sound_spelling_passes(results: dict[str, Result], key: str) -> None:
    """However the lesson is spelt, the gate raises no alarm."""
    assert is_right("sound", "", results[key]), told(results[key])


@pytest.mark.parametrize(("key", "rule"), some_of("fault"))
def test_a_fault_is_caught_by_its_rule(results: dict[str, Result], key: str, rule: str) -> None:
    """Each fault is an error of the rule that is meant for it, and of no other."""
    assert is_right("fault", rule, results[key]), told(results[key])


@pytest.mark.parametrize(("key", "rule"), some_of("raises"))
def test_a_fault_by_which_fit_raises_is_told_first(
    results: dict[str, Result], key: str, rule: str
) -> None:
    """What fit() was asked is judged though it raised, and the error is told to follow from it."""
    found = [one for one in results[key].findings if one.severity == "error"]
    assert [one.rule for one in found] == [rule, "cell-raises"], told(results[key])
    assert f"the error `{rule}` above" in found[1].message, told(results[key])
    assert "Read the error" not in found[1].message, told(results[key])
    assert not {"split", "pairing", "epochs", "optimizer"} & {*results[key].undecided}


@pytest.mark.parametrize(("key", "rule"), some_of("told"))
def test_what_is_only_told_does_not_fail(results: dict[str, Result], key: str, rule: str) -> None:
    """Warnings and notes are told by their rule, and the notebook passes."""
    assert is_right("told", rule, results[key]), told(results[key])


def test_a_string_for_metrics_is_judged_by_the_installed_version(
    checker: Checker, tmp_path: Path
) -> None:
    """It raises where TensorFlow no longer takes it, with what changed, and is noted elsewhere."""
    parts = build({"compile": ["['accuracy']", "'accuracy'"]})
    result = checker.check(read_notebook(write(tmp_path / "one.ipynb", parts)))
    either = (("cell-raises", "error"), ("metrics-string", "note"))
    found = next((one for one in result.findings if (one.rule, one.severity) in either), None)
    assert found is not None, told(result)
    assert "Write metrics=['accuracy']" in found.message, told(result)


@pytest.mark.parametrize("form", ["py:percent", "md"])
def test_a_jupytext_file_is_judged_alike(checker: Checker, tmp_path: Path, form: str) -> None:
    """A fault in a text notebook has its line in that text."""
    parts = build({"fit": ["epochs=5", "epochs=7"]})
    path = tmp_path / f"one.{form.partition(':')[0]}"
    path.write_text(jupytext.writes(as_notebook(parts), fmt=form), encoding="utf-8")
    result = checker.check(read_notebook(path))
    line = path.read_text(encoding="utf-8").split("\n").index(parts["fit"]) + 1
    found = [(one.rule, one.line) for one in result.findings if one.severity != "note"]
    assert found == [("epochs", line)], told(result)


def test_the_shipped_notebook_passes() -> None:
    """The notebook that courses start from teaches the lesson; it only stores no outputs."""
    with Checker(Config()) as checker:
        result = checker.check(read_notebook(NOTEBOOK))
    assert result.verdict == "pass", told(result)
    assert [finding.rule for finding in result.findings] == ["stored-none"], told(result)


@pytest.mark.parametrize("key", [key for kind in FAULTY for key, _ in some_of(kind)])
def test_what_is_found_without_a_run_a_run_finds_too(
    checker: Checker, tried: dict[str, Tried], key: str
) -> None:
    """By the same rule and in the same cell, unless the run stops before it.

    Where a cell raises, that is told instead of the error that it stores.
    """
    ran = tried[key].whole
    assert ran.trace is not None, told(ran)
    lessons = {str(LESSON_FILE): LESSON}
    static = judge_source(read_notebook(ran.path), lessons, checker.config, time.monotonic())
    by_run = {(one.rule, one.cell) for one in ran.findings}
    unseen = {run.cell for run in ran.trace.cells if run.status == "not reached"}
    unseen |= {one.cell for one in ran.findings if one.rule in ("cell-raises", "refused")}
    more = [one for one in static.findings if (one.rule, one.cell) not in by_run]
    assert [one for one in more if one.cell not in unseen] == [], told(static)
