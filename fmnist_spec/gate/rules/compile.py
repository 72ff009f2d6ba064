"""Rules on the compile() of the lesson's training: loss, metrics, optimizer, learning rate."""

import math
from collections.abc import Iterator

from fmnist_spec.gate.catalogue import phrase
from fmnist_spec.gate.compare.terms import same_metric
from fmnist_spec.gate.evidence import Evidence, rule
from fmnist_spec.gate.finding import Finding


@rule("loss", recognises=True)
def loss(evidence: Evidence) -> Iterator[Finding]:
    event, fit = evidence.compiled, evidence.fit
    if _is_unknown(evidence):
        return
    if event is not None and event.loss != evidence.lesson.loss:
        base = (event.loss or "").partition("(from_logits")[0]
        says = "logits" if base == evidence.lesson.compile.loss else "finding"
        yield evidence.finding("loss", event, says=says, observed=_told(event.loss))
    elif fit.weights:  # they make the loss another one
        yield evidence.finding("loss", fit, says="weights", observed=", ".join(fit.weights))


@rule("metrics", recognises=True)
def metrics(evidence: Evidence) -> Iterator[Finding]:
    wanted, event = evidence.lesson.compile.metrics, evidence.compiled
    if event is None or _is_unknown(evidence):
        return
    if not all(same_metric(one) & {*event.metrics} for one in wanted):
        found, listed = ", ".join(event.metrics) or phrase("none"), str([*wanted])
        named = ", ".join(wanted)
        yield evidence.finding("metrics", event, metrics=listed, expected=named, observed=found)


@rule("optimizer", recognises=True)
def optimizer(evidence: Evidence) -> Iterator[Finding]:
    wanted, event, fit = evidence.lesson.compile.optimizer, evidence.compiled, evidence.fit
    says = "finding" if evidence.lesson.compile.is_default else "not-default"
    if event is not None and event.optimizer != wanted:
        yield evidence.finding("optimizer", event, says=says, observed=_told(event.optimizer))
    elif fit.optimizer not in (None, wanted):
        yield evidence.finding("optimizer", fit, says="changed", observed=fit.optimizer)


@rule("learning-rate", recognises=True)
def learning_rate(evidence: Evidence) -> Iterator[Finding]:
    wanted, event, fit = evidence.lesson.compile.learning_rate, evidence.compiled, evidence.fit
    if any(optimizer(evidence)):
        return  # another optimizer has another rate
    if event is not None and not _close(wanted, event.learning_rate):
        rate = _told(event.learning_rate)
        says = "finding" if evidence.lesson.compile.has_default_rate else "not-default"
        yield evidence.finding("learning-rate", event, says=says, observed=rate)
    elif fit.learning_rate is not None and not _close(wanted, fit.learning_rate):
        yield evidence.finding("learning-rate", fit, says="changed", observed=fit.learning_rate)


def _is_unknown(evidence: Evidence) -> bool:
    """Whether fit() raised since Keras does not know a name: cell-raises tells it."""
    event = evidence.compiled
    return evidence.fit.raised and event is not None and bool(event.unknown)


def _told(value: object) -> object:
    return phrase("not-told") if value is None else value


def _close(wanted: float, observed: float | None) -> bool:
    return observed is not None and math.isclose(wanted, observed, rel_tol=1e-4)  # float32
