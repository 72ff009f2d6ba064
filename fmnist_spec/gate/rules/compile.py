"""Rules on the compile() of the lesson's training: loss, metrics, optimizer, learning rate."""

from fmnist_spec.gate.catalogue import phrase
from fmnist_spec.gate.compare.networks import equal
from fmnist_spec.gate.compare.terms import same_metric
from fmnist_spec.gate.evidence import Evidence, Findings, rule


@rule("loss", recognises=True)
def loss(evidence: Evidence) -> Findings:
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
def metrics(evidence: Evidence) -> Findings:
    wanted, event = evidence.lesson.compile.metrics, evidence.compiled
    if event is None or _is_unknown(evidence):
        return
    if not all(same_metric(one) & {*event.metrics} for one in wanted):
        found, listed = ", ".join(event.metrics) or phrase("none"), str([*wanted])
        named = ", ".join(wanted)
        yield evidence.finding("metrics", event, metrics=listed, expected=named, observed=found)


@rule("optimizer", recognises=True)
def optimizer(evidence: Evidence) -> Findings:
    yield from _setting(evidence, "optimizer", evidence.lesson.compile.is_default)


@rule("learning-rate", recognises=True)
def learning_rate(evidence: Evidence) -> Findings:
    if not any(optimizer(evidence)):  # another optimizer has another rate
        yield from _setting(evidence, "learning_rate", evidence.lesson.compile.has_default_rate)


def _setting(evidence: Evidence, name: str, is_default: bool) -> Findings:
    """Hold a setting of the optimizer against the lesson's: as compiled, and when fit() began."""
    id, event, fit = name.replace("_", "-"), evidence.compiled, evidence.fit
    wanted, began = getattr(evidence.lesson.compile, name), getattr(fit, name)
    if event is not None and not equal(wanted, asked := getattr(event, name)):
        says = "finding" if is_default else "not-default"
        yield evidence.finding(id, event, says=says, expected=wanted, observed=_told(asked))
    elif began is not None and not equal(wanted, began):
        yield evidence.finding(id, fit, says="changed", expected=wanted, observed=began)


def _is_unknown(evidence: Evidence) -> bool:
    """Whether fit() raised since Keras does not know a name: cell-raises tells it."""
    event = evidence.compiled
    return evidence.fit.raised and event is not None and bool(event.unknown)


def _told(value: object) -> object:
    return phrase("not-told") if value is None else value
