"""A notebook that deceives its own check is told of it; one that only looks like it is not."""

import shutil
from collections.abc import Iterator

import pytest
import sampling
from notebooks import GATE, LESSON_FILE, build, read_toml
from notebooks import SOUND as NOTEBOOK
from sampling import few
from together import Trial, try_all
from told import told

from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.finding import Result

CASES = read_toml(GATE / "witness" / "forgeries.toml")
SOUND, FORGED, MISSED = CASES["sound"], CASES["forged"], CASES["missed"]


def rules_of(case: str) -> str:
    """Name the rules by one of which a forgery fails: they stand first in its name."""
    return case.partition(":")[0]


ABOUT = {"source-differs", "tampering", "skipped-code", "bidirectional-unicode"}


@pytest.fixture(scope="module")
def results(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Result]]:
    """Check every notebook that the selected tests are about, beside a helper of the course."""
    folder = tmp_path_factory.mktemp("notebooks")
    shutil.copy(GATE / "witness" / "helper.py", folder)
    asked = [getattr(item, "callspec", None) for item in request.session.items]
    asked_for = [one.params.get("case") for one in asked if one]
    built = {case: build(edits) for case, edits in {**SOUND, **FORGED, **MISSED}.items()}
    trials = (  # what deceives is an edit of itself, so that it stays alone
        Trial(
            case, folder, parts, NOTEBOOK if case in SOUND else parts, frozenset(), False, is_sound
        )
        for case, parts in built.items()
        if case in asked_for
    )
    with Checker(Config(lessons=(str(LESSON_FILE),))) as checker:
        tried = try_all(checker, trials, one_by_one=sampling.is_thorough)
        yield {key: one.result for key, one in tried.items()}


def is_sound(result: Result) -> bool:
    """Whether it passes, and nobody thinks of a forgery."""
    return result.verdict == "pass" and not {one.rule for one in result.findings} & ABOUT


def test_no_case_stands_in_both_tables() -> None:
    """One name is one notebook."""
    assert not SOUND.keys() & FORGED.keys()


@pytest.mark.parametrize("case", few(SOUND))
def test_what_only_looks_like_a_forgery_is_sound(results: dict[str, Result], case: str) -> None:
    """Helpers, aliases, loops and magics are no reason for an alarm."""
    assert is_sound(results[case]), told(results[case])


@pytest.mark.parametrize("case", few(FORGED, of=rules_of))
def test_a_forgery_fails_by_its_rule(results: dict[str, Result], case: str) -> None:
    """What the run was made to show is no pass, and the report says why."""
    result, rules = results[case], {*rules_of(case).split(", ")}
    found = {one.rule for one in result.findings if one.severity == "error"}
    assert result.verdict == "fail", told(result)
    assert found & rules, told(result)


@pytest.mark.parametrize("case", few(MISSED))
def test_a_helper_may_hide_what_it_does(results: dict[str, Result], case: str) -> None:
    """Code that runs beside what is written is not told: helpers of courses do the same."""
    assert results[case].verdict == "pass", told(results[case])
