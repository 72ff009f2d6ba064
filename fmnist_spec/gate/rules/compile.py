"""Rules on the compile() of the lesson's training: loss, metrics, optimizer, learning rate."""

from __future__ import annotations

import math

from fmnist_spec.gate.evidence import FitLook, Problem, at
from fmnist_spec.gate.trace import Compiled, Fitted, Trace
from fmnist_spec.lesson import Lesson

SAME_METRIC = {"accuracy": {"accuracy", "acc", "sparse_categorical_accuracy"}}
CHANGED = "changed after compile()"


def _compile_of(trace: Trace, fit: Fitted) -> Compiled | None:
    event = None if fit.compiled is None else trace.events[fit.compiled]
    return event if isinstance(event, Compiled) else None


def same_metric(name: str) -> set[str]:
    """Give the names under which Keras means the metric ``name`` for whole-number labels."""
    return SAME_METRIC.get(name, {name})


def _loss(lesson: Lesson, trace: Trace, fit: Fitted) -> Problem | None:
    wanted, event = lesson.compile.loss, _compile_of(trace, fit)
    if event is not None and event.loss != wanted:
        message = f"The loss is another one. Write loss='{wanted}'."
        return at(event, message, wanted, _words(event.loss))
    if fit.weights:
        given = ", ".join(fit.weights)
        message = f"{given} weighs the images, so that the loss is another one. Remove it."
        return at(fit, message, "every image alike", given)
    return None


def _optimizer(lesson: Lesson, trace: Trace, fit: Fitted) -> Problem | None:
    wanted, event = lesson.compile.optimizer, _compile_of(trace, fit)
    if event is not None and event.optimizer != wanted:
        message = "The optimizer is another one. Leave it out: Keras's default is meant."
        return at(event, message, wanted, _words(event.optimizer))
    if fit.optimizer not in (None, wanted):
        return at(fit, f"The optimizer is {CHANGED}. Leave it as it is.", wanted, fit.optimizer)
    return None


def _learning_rate(lesson: Lesson, trace: Trace, fit: Fitted) -> Problem | None:
    wanted, event = lesson.compile.learning_rate, _compile_of(trace, fit)
    if _optimizer(lesson, trace, fit):
        return None  # another optimizer has another rate
    if event is not None and not _close(wanted, event.learning_rate):
        message = "The learning rate is another one. Leave it out."
        return at(event, message, wanted, _words(event.learning_rate))
    if fit.learning_rate is not None and not _close(wanted, fit.learning_rate):
        message = f"The learning rate is {CHANGED}. Leave it as it is."
        return at(fit, message, wanted, fit.learning_rate)
    return None


def _metrics(lesson: Lesson, trace: Trace, fit: Fitted) -> Problem | None:
    wanted, event = lesson.compile.metrics, _compile_of(trace, fit)
    if event is None or all(same_metric(one) & {*event.metrics} for one in wanted):
        return None
    message = f"The lesson's metric is not measured. Write metrics={[*wanted]}."
    return at(event, message, ", ".join(wanted), ", ".join(event.metrics) or "none")


def _words(value: object) -> str:
    return "not told" if value is None else str(value)


def _close(wanted: float, observed: float | None) -> bool:
    return observed is not None and math.isclose(wanted, observed, rel_tol=1e-4)  # float32


COMPILE_LOOKS: dict[str, FitLook] = {
    "loss": _loss,
    "metrics": _metrics,
    "optimizer": _optimizer,
    "learning-rate": _learning_rate,
}
