"""The Evidence computes each of its answers once, and only the rules that are asked for run."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from notebooks import LESSON
from told import told_of
from traces import CELLS, EVENTS, FIT, trace

from fmnist_spec.gate import evidence as module
from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.evidence import RECOGNISING, Evidence
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.verdict import judge


@pytest.fixture
def evidence() -> Evidence:
    """A sound run."""
    return Evidence(LESSON, Notebook(Path("one.ipynb"), CELLS), trace())


def test_every_answer_is_computed_once(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rules together look once for the roles, and once at each fit of the lesson's network."""
    calls: Counter[str] = Counter()

    def counting(name: str, function: Any) -> Any:
        return lambda *given: (calls.update([name]), function(*given))[1]

    for name in ("roles", "observed_values"):
        monkeypatch.setattr(module, name, counting(name, getattr(module, name)))
    for id in RECOGNISING:
        monkeypatch.setitem(module.RULES, id, counting(id, module.RULES[id]))
    judge(evidence)
    twice = dict.fromkeys(RECOGNISING, 2)  # to recognise the training, and to judge it
    assert calls == {"roles": 1, "observed_values": 1, **twice}


def test_a_rule_that_is_not_asked_for_is_not_run(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules on the run, on stored outputs and on text alike."""
    run: list[str] = []
    for id in RULES:
        monkeypatch.setitem(module.RULES, id, lambda _, id=id: iter(run.append(id) or ()))
    judge(evidence, ids=("epochs", "stored-log", "prose-number"))
    assert run == ["epochs", "stored-log", "prose-number"]


def test_one_run_is_held_against_several_lessons(evidence: Evidence) -> None:
    """What a trace says of images hangs on no lesson: another seed makes its split another one."""
    seed = replace(LESSON.split, random_state=7)
    other = Evidence(replace(LESSON, split=seed), evidence.notebook, evidence.trace)
    for lesson, rules in ((evidence, ["stored-none"]), (other, ["split", "stored-none"])):
        found = judge(lesson)
        assert [one.rule for one in found] == rules, told_of(found, CELLS)


def test_a_fit_is_judged_by_the_rules_that_recognise_it(evidence: Evidence) -> None:
    """Of two fits the one with the fewest findings is the lesson's; asking does not change it."""
    worse = replace(FIT, epochs=1, batch_size=1)
    twice = Evidence(LESSON, evidence.notebook, trace(*EVENTS[:-1], worse, FIT))
    assert twice.problems(twice.trace.events[-2]) == 2
    assert twice.training is twice.trace.events[-1]
    assert twice.training.epochs == LESSON.fit.epochs
