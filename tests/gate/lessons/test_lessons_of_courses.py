"""Notebooks of other lessons, run for real: sound ones pass, and a fault is told by its rule."""

from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path

import pytest
import sampling
from lesson_cases import CASES, FAULTS, LESSONS, SOUND, TOLD, Case
from sampling import few
from together import Trial, try_all
from told import told

from fmnist_spec.gate.check import Checker, load_served
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.finding import Result

TAUGHT = sorted({case.lesson for case in CASES})
KERAS_3 = version("keras") >= "3"


def is_buildable(case: Case) -> bool:
    """Whether the installed Keras builds layers with such names as this lesson gives them."""
    return KERAS_3 or case.lesson != "korean_names"


SOUND_ONES = few(filter(is_buildable, SOUND), of=attrgetter("lesson"))
FAULTY_ONES = few(filter(is_buildable, FAULTS), of=attrgetter("rule"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course: a folder for each lesson."""
    folder = tmp_path_factory.mktemp("course")
    for lesson in TAUGHT:
        (folder / lesson).mkdir()
    return folder


@pytest.fixture(scope="module")
def checker(folder: Path) -> Iterator[Checker]:
    """One runner for each data set, whatever lessons are about it; the data is made or a sample."""
    entries = (Config(lessons=(str(LESSONS[one]),), paths=(str(folder / one),)) for one in TAUGHT)
    config = Config(notebooks=tuple(entries))
    with Checker(config, partial(load_served, sample=True)) as checker:
        yield checker


@pytest.fixture(scope="module")
def results(checker: Checker, folder: Path, request: pytest.FixtureRequest) -> dict[str, Result]:
    """Check every notebook that the selected tests are about."""
    asked = [getattr(item, "callspec", None) for item in request.session.items]
    found = [one.params["case"] for one in asked if one and "case" in one.params]
    wanted = {case.id: case for case in found if isinstance(case, Case)}
    trials = (
        Trial(
            case.id,
            folder / case.lesson,
            case.parts,
            case.base,
            case.may_follow | {case.rule} if case.rule else frozenset(),
            fails=bool(case.rule) and not case.is_told,
            is_right=partial(is_right, case),
        )
        for case in wanted.values()
    )
    tried = try_all(checker, trials, one_by_one=sampling.is_thorough)
    return {key: one.result for key, one in tried.items()}


def is_right(case: Case, result: Result) -> bool:
    """Whether exactly that is found which should be."""
    if case.is_told:
        return result.verdict == "pass" and case.rule in {one.rule for one in result.findings}
    if not case.rule:
        return result.verdict == "pass" and all(one.severity == "note" for one in result.findings)
    errors = {one.rule for one in result.findings if one.severity == "error"}
    return not result.reason and case.rule in errors and errors <= {case.rule, *case.may_follow}


def test_every_lesson_has_notebooks() -> None:
    """For each lesson file there is a sound notebook, and faults of its own kind."""
    assert {case.lesson for case in SOUND} == {case.lesson for case in FAULTS} == {*LESSONS}


@pytest.mark.parametrize("case", SOUND_ONES, ids=lambda case: case.id)
def test_a_sound_notebook_of_another_lesson_passes(results: dict[str, Result], case: Case) -> None:
    """However the lesson is spelt, no error and no warning is told."""
    assert is_right(case, results[case.id]), told(results[case.id])


@pytest.mark.parametrize("case", FAULTY_ONES, ids=lambda case: case.id)
def test_a_fault_of_another_lesson_is_told_by_its_rule(
    results: dict[str, Result], case: Case
) -> None:
    """The rule that is meant finds an error, and no rule does that has nothing to do with it."""
    assert is_right(case, results[case.id]), told(results[case.id])


@pytest.mark.parametrize("case", TOLD, ids=lambda case: case.id)
def test_what_is_only_told_of_another_lesson_does_not_fail(
    results: dict[str, Result], case: Case
) -> None:
    """What could be about something else is told by its rule, and the notebook passes."""
    assert is_right(case, results[case.id]), told(results[case.id])


@pytest.mark.skipif(KERAS_3, reason="this Keras builds layers with these names")
@pytest.mark.parametrize("case", [one for one in SOUND if not is_buildable(one)][:1])
def test_names_that_keras_does_not_build_raise(results: dict[str, Result], case: Case) -> None:
    """Before Keras 3, no layer has a Korean name: the notebook fails by the cell that raises."""
    result = results[case.id]
    assert {one.rule for one in result.findings if one.severity == "error"} == {"cell-raises"}
