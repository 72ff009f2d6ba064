"""Optimizer, learning rate and batch size: what Keras takes by itself, and what must be written."""

from dataclasses import replace
from pathlib import Path

import pytest
from notebooks import LESSON
from traces import CELLS, COMPILE, EVENTS, FIT, swap, trace

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.compare.terms import lesson_values, steps_of
from fmnist_spec.gate.events import Event
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.verdict import judge
from fmnist_spec.lesson import Lesson

ADAM = replace(LESSON, compile=replace(LESSON.compile, optimizer="adam"))
FAST = replace(LESSON, compile=replace(LESSON.compile, learning_rate=0.01))
SIXTY_FOUR = replace(LESSON, fit=replace(LESSON.fit, batch_size=64))
BY_ADAM = replace(COMPILE, optimizer="adam")
BY_SGD = replace(COMPILE, optimizer="sgd", learning_rate=0.01)


def judged(lesson: Lesson, *events: Event) -> list[Finding]:
    """Hold a run against another lesson than the tests' own."""
    ids = ("optimizer", "learning-rate", "batch-size")
    evidence = Evidence(lesson, Notebook(Path("one.ipynb"), CELLS), trace(*events))
    return list(judge(evidence, ids))


def other(change: Event) -> tuple[Event, ...]:
    """Give the events of a sound run with another compile or fit."""
    return swap(COMPILE if type(change) is type(COMPILE) else FIT, change)


REMEDIES: dict[str, tuple[Lesson, tuple[Event, ...], str, str]] = {
    "Keras's own optimizer is meant": (
        LESSON,
        other(BY_ADAM),
        "optimizer",
        "or write optimizer='rmsprop'",
    ),
    "Adam is meant, and none is named": (ADAM, EVENTS, "optimizer", "Write optimizer='adam'"),
    "Adam is meant, and another is named": (
        *(ADAM, other(BY_SGD), "optimizer", "Write optimizer='adam'"),
    ),
    "Keras's own rate is meant": (
        *(
            LESSON,
            other(replace(COMPILE, learning_rate=0.1)),
            "learning-rate",
            "Leave it out of the optimizer",
        ),
    ),
    "a rate is meant, and none is given": (
        *(
            FAST,
            EVENTS,
            "learning-rate",
            "Write optimizer=keras.optimizers.RMSprop(learning_rate=0.01)",
        ),
    ),
    "Adam's rate is another one": (
        *(ADAM, other(replace(BY_ADAM, learning_rate=0.1)), "learning-rate"),
        "or write learning_rate=0.001",
    ),
    "Keras's own batch size is meant": (
        *(LESSON, other(replace(FIT, batch_size=64)), "batch-size", "or write batch_size=32"),
    ),
    "a batch size is meant, and none is given": (
        *(SIXTY_FOUR, EVENTS, "batch-size", "Write batch_size=64"),
    ),
    "a batch size is meant, and another is given": (
        *(SIXTY_FOUR, other(replace(FIT, batch_size=32)), "batch-size", "Write batch_size=64"),
    ),
}


@pytest.mark.parametrize(("lesson", "events", "rule", "remedy"), REMEDIES.values(), ids=REMEDIES)
def test_only_what_keras_takes_itself_may_be_left_out(
    lesson: Lesson, events: tuple[Event, ...], rule: str, remedy: str
) -> None:
    """The remedy leads to what the lesson says, with the value where it must be written."""
    (one,) = judged(lesson, *events)
    assert one.rule == rule
    assert remedy in one.message


def test_what_the_lesson_says_is_right_written_out_or_left_out() -> None:
    """Batches of a training that nobody saw are not judged by their size."""
    assert judged(LESSON, *other(replace(FIT, batch_size=32))) == []
    assert judged(ADAM, *other(BY_ADAM)) == []
    assert judged(SIXTY_FOUR, *other(replace(FIT, batch_size=64))) == []
    assert judged(SIXTY_FOUR, *other(replace(FIT, images=None))) == []


def test_steps_are_those_of_the_batches_that_keras_takes() -> None:
    """A fit without a batch size takes Keras's 32, and so does evaluate(), whatever the lesson."""
    assert steps_of(FIT) == 1_500
    assert {750, 188, 157, 375, 313} <= lesson_values(SIXTY_FOUR)["steps"]


@pytest.mark.parametrize("id", ["optimizer", "learning-rate", "batch-size"])
def test_the_right_example_is_that_of_the_lesson(id: str) -> None:
    """What is explained as right names the optimizer or batch size that Keras does not take."""
    lesson = replace(ADAM, fit=SIXTY_FOUR.fit)
    shown = {one: RULES[id].right.format(lesson=one) for one in (LESSON, lesson)}
    named = "batch_size=64" if id == "batch-size" else "optimizer='adam'"
    assert named in shown[lesson]
    assert named.partition("=")[0] not in shown[LESSON]
