"""Cases that run as one notebook: what is joined, what is not, and what counts."""

from collections.abc import Iterable
from pathlib import Path

import pytest
import together
from notebooks import Parts
from together import Trial, try_all

from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.gate.notebook import read_notebook

BASE: Parts = {"load": "load", "list": "list", "fit": "fit"}
CHECKER: object = None  # the notebooks of these tests are not run


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The sources of each notebook that was run; a rule speaks of each cell that begins with !."""
    ran: list[list[str]] = []

    def check(_: object, files: Iterable[Path]) -> list[Result]:
        results = []
        for file in files:
            sources = [one.source for one in read_notebook(file).cells]
            ran.append(sources)
            spoken = [one[1:].split()[0] for one in sources if one[0] == "!"]
            if "silent" in sources:
                spoken = []
            found = tuple(Finding(rule, "error", None, None, "finding") for rule in spoken)
            results.append(Result(file, "fail" if found else "pass", findings=found))
        return results

    monkeypatch.setattr(together, "check_all", check)
    return ran


def trial(folder: Path, key: str, *rules: str, **changes: str) -> Trial:
    """An edit of the notebook, which is right if just its rules speak."""
    right = frozenset(rules)
    return Trial(
        key,
        folder,
        {**BASE, **changes},
        BASE,
        right,
        bool(rules),
        lambda result: {one.rule for one in result.findings} == right,
    )


def test_other_parts_and_other_rules_run_as_one(tmp_path: Path, ran: list[list[str]]) -> None:
    """Each has what its own rules say."""
    trials = [
        trial(tmp_path, "a", "network", list="!network"),
        trial(tmp_path, "b", "loss", fit="!loss"),
    ]
    tried = try_all(CHECKER, trials)
    assert ran == [["load", "!network", "!loss"]]
    assert {key: [one.rule for one in tried[key].result.findings] for key in tried} == {
        "a": ["network"],
        "b": ["loss"],
    }


APART: dict[str, tuple[str, dict[str, str]]] = {
    "a change of the same part": ("loss", {"list": "!loss"}),
    "a fault of the same rule": ("network", {"fit": "!network"}),
    "a sound one": ("", {"fit": "sound"}),
    "what ends the run": ("cell-raises", {"fit": "!cell-raises"}),
    "the notebook as it is": ("", {}),
}


@pytest.mark.parametrize(("rule", "changes"), APART.values(), ids=APART)
def test_what_meets_runs_apart(
    tmp_path: Path, ran: list[list[str]], rule: str, changes: dict[str, str]
) -> None:
    """Beside a fault of the network in the part "list"."""
    first = trial(tmp_path, "first", "network", list="!network")
    try_all(CHECKER, [first, trial(tmp_path, "second", *filter(None, [rule]), **changes)])
    assert len(ran) == 2, ran


def test_one_by_one_nothing_is_joined(tmp_path: Path, ran: list[list[str]]) -> None:
    """As the environments of the label gate run."""
    trials = [
        trial(tmp_path, "a", "network", list="!network"),
        trial(tmp_path, "b", "loss", fit="!loss"),
    ]
    try_all(CHECKER, trials, one_by_one=True)
    assert ran == [["load", "!network", "fit"], ["load", "list", "!loss"]]


def test_what_is_not_right_in_company_runs_alone_and_that_counts(
    tmp_path: Path, ran: list[list[str]]
) -> None:
    """A case that is hidden by another, and one that is never right."""
    trials = [
        trial(tmp_path, "hiding", "loss", fit="silent"),
        trial(tmp_path, "hidden", "network", list="!network"),
        trial(tmp_path, "as it is"),
    ]
    tried = try_all(CHECKER, trials)
    assert ran[-2:] == [["load", "list", "silent"], ["load", "!network", "fit"]]
    assert [one.rule for one in tried["hidden"].result.findings] == ["network"]
    assert tried["hiding"].result.findings == ()
    assert len({one.whole.path for one in tried.values()}) == 3, "a file was written twice"
