"""Which models and which training of a notebook are the lesson's, where there are several."""

from dataclasses import replace
from pathlib import Path

import pytest
from notebooks import LESSON, LESSON_FILE
from traces import (
    CELLS,
    COMPILE,
    EVENTS,
    FIT,
    HIDDEN,
    LIST,
    LOADED,
    NETWORK,
    OUTPUT,
    built,
    images,
    layer,
    swap,
    trace,
)

from fmnist_spec.gate import evidence as module
from fmnist_spec.gate.events import DataLoaded, Event, Fitted
from fmnist_spec.gate.evidence import BY, Evidence, rule
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.trace import CellError, CellRun, Ended
from fmnist_spec.lesson import Lesson

NOTEBOOK = Notebook(Path("one.ipynb"), CELLS)
SEVEN = replace(LESSON, fit=replace(LESSON.fit, epochs=7))
FREE = replace(LESSON, network=replace(LESSON.network, styles=()))
FIRST = replace(COMPILE, model=0)


def held(*events: Event, lesson: Lesson = LESSON, others: tuple[Lesson, ...] = ()) -> Evidence:
    return Evidence(lesson, NOTEBOOK, trace(*events), LESSON_FILE, others)


def models(evidence: Evidence) -> list[int]:
    return [one.model for one in evidence.models]


def test_a_model_that_was_trained_as_another_lesson_has_it_is_the_others() -> None:
    """One that is trained in both ways is of both, and so is one that nobody trained."""
    seven = replace(FIT, model=0, epochs=7)
    events = (*EVENTS, FIRST, seven)
    own, other = held(*events, others=(SEVEN,)), held(*events, lesson=SEVEN, others=(LESSON,))
    assert (models(own), models(other)) == ([1, 2], [0, 1])
    both = (*events, replace(FIT, model=0, earlier_fits=1))
    assert models(held(*both, others=(SEVEN,))) == [0, 1, 2]
    assert models(held(*events)) == [0, 1, 2], "without another lesson all models are of this one"


def test_each_of_two_lessons_has_its_own_training() -> None:
    """The fit that is right for the other lesson is not judged by this one."""
    seven = replace(FIT, model=0, epochs=7)
    first, second = held(*EVENTS, FIRST, seven, others=(SEVEN,)), held(lesson=SEVEN)
    assert first.training is not None
    assert first.training.epochs == 5
    assert second.training is not None, "a training with a fault is one, if there is no other"
    assert not first.is_of_another(LOADED)


def test_a_training_that_no_lesson_has_is_of_none() -> None:
    """Nor is one of another lesson that this lesson has, too."""
    nine = held(*EVENTS, FIRST, replace(FIT, model=0, epochs=9), others=(SEVEN, LESSON))
    fits = [one for one in nine.trace.events if isinstance(one, Fitted)]
    assert [nine.is_of_another(fit) for fit in fits] == [False, False]


def test_the_model_that_is_trained_rightly_stands_for_its_style() -> None:
    """It comes before an earlier one of the same network that is trained in another way."""
    mse, later = replace(FIRST, loss="mse"), built(5, "list", cell=5)
    right = replace(COMPILE, model=5), replace(FIT, model=5)
    events = (*EVENTS, mse, replace(FIT, model=0), later, *right)
    assert held(*events).roles["list"].model == 5
    assert held(*EVENTS, FIRST, replace(FIT, model=0), later, *right).roles["list"].model == 0


WIDE = replace(NETWORK, layers=(replace(HIDDEN, units=300), OUTPUT))
OTHER = replace(NETWORK, layers=(layer(64, "relu"), layer(10, "linear")))


def test_without_styles_the_nearest_network_that_is_trained_is_judged() -> None:
    """However it is trained: a network with three differences is not the lesson's sooner."""
    far = (
        built(6, "list", OTHER, 5),
        replace(COMPILE, model=6),
        replace(FIT, model=6, network=OTHER),
    )
    wrong = replace(COMPILE, model=7, optimizer="adam", loss="mse", metrics=())
    fit = replace(FIT, model=7, network=WIDE, epochs=9)
    found = held(LOADED, *far, built(7, "list", WIDE, 6), wrong, fit, lesson=FREE).training
    assert found is not None
    assert found.model == 7


def test_each_difference_of_the_network_is_a_problem_of_its_training() -> None:
    """So the fit of a network that is nearer to the lesson's is taken sooner."""
    wide, other = (replace(FIT, network=one) for one in (WIDE, OTHER))
    evidence = held(*EVENTS, wide, other)
    fits = [one for one in evidence.trace.events if isinstance(one, Fitted)]
    assert [evidence.problems(fit) for fit in fits] == [0, 1, 3]


DIGITS = DataLoaded(1, 1, "mnist")
UNKNOWN = replace(images("other", order="unknown"), divided_by=255, dataset=None)
OF_DIGITS = replace(FIT, model=0, images=replace(UNKNOWN, dataset="mnist"), raised=True)


def test_the_problems_of_a_fit_hang_on_no_earlier_question() -> None:
    """Which data it had is asked of itself, and not of the training that is judged."""
    events = (LOADED, DIGITS, *EVENTS[1:], FIRST, OF_DIGITS)
    plain, asked = held(*events), held(*events)
    assert asked.other_data is None
    raised = asked.trace.events[-1]
    assert isinstance(raised, Fitted)
    assert asked.problems(raised) == plain.problems(raised) > 0


def test_what_nobody_knows_is_taken_for_what_was_loaded_last() -> None:
    """But images that are the lesson's in another order of their pixels are the lesson's."""
    unknown = swap(FIT, replace(FIT, images=UNKNOWN), events=(LOADED, DIGITS, *EVENTS[1:]))
    assert held(*unknown).other_data == DIGITS
    bright = held(*EVENTS).images._brightness
    turned = replace(FIT, images=replace(UNKNOWN, brightness=min(bright)))
    assert held(*swap(FIT, turned, events=(LOADED, DIGITS, *EVENTS[1:]))).other_data is None


def test_a_finding_says_finding_and_is_as_severe_as_its_rule() -> None:
    """Unless a rule says something else."""
    found = held(*EVENTS).finding("epochs", 1, line=2)
    assert (found.says, found.severity, found.cell, found.line) == ("finding", "error", 1, 12)
    assert held(*EVENTS).finding("epochs", 1, severity="warning").severity == "warning"


def test_what_decides_a_rule_of_a_run_that_was_cut_short() -> None:
    """The file needs no run; the rest what its cells did, the lesson's training, or its end."""
    ended, whole = Ended("time", 3, 1.0), held(*EVENTS)
    cut = Evidence(LESSON, NOTEBOOK, trace(*EVENTS[:3], ended=ended))
    broken = replace(FIT, raised=True)
    runs = [CellRun(one.index, "ok", None, "", 0.1) for one in CELLS]
    runs[6] = CellRun(6, "raised", CellError("ValueError", "no", 1), "", 0.1)
    raised = Evidence(LESSON, NOTEBOOK, trace(*swap(FIT, broken), cells=tuple(runs)))
    decided = {key: [by(one) for one in (whole, cut, raised)] for key, by in BY.items()}
    assert decided == {
        "file": [True, True, True],
        "run": [True, False, False],
        "training": [True, False, True],
        "trained": [True, False, False],
    }


def test_a_rule_is_asked_for_a_training_unless_it_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A rule that recognises the training is not asked where there is none."""
    for name, empty in (("RULES", {}), ("DECIDED", {}), ("RECOGNISING", [])):
        monkeypatch.setattr(module, name, empty)
    judge = rule("plain")(lambda one: iter([one]))  # type: ignore[arg-type,list-item]
    rule("recognising", recognises=True)(lambda one: iter([one.fit]))  # type: ignore[arg-type,list-item]
    assert (module.RECOGNISING, module.DECIDED["plain"]) == (["recognising"], BY["training"])
    none = held(LOADED, LIST)
    assert judge is module.RULES["plain"], "a rule can be called by its name, too"
    assert [len(list(ask(none))) for ask in module.RULES.values()] == [1, 0]
    assert [len(list(ask(held(*EVENTS)))) for ask in module.RULES.values()] == [1, 1]


def test_evidence_cannot_be_changed() -> None:
    """What was computed from it stays true."""
    with pytest.raises(AttributeError):
        held(*EVENTS).lesson = SEVEN  # type: ignore[misc]
