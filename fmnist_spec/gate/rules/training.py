"""Rules on the training as a whole: how it is compiled, that it is done once, and learns."""

from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.compare.networks import describe_network, equal
from fmnist_spec.gate.compare.terms import ACCURACIES, same_metric
from fmnist_spec.gate.events import WEIGHTED, Compiled, Fitted
from fmnist_spec.gate.evidence import Evidence, Findings, rule

ROUNDING = 0.001  # of a loss: the order of the images changes its last digits


@rule("loss", recognises=True)
def loss(evidence: Evidence) -> Findings:
    event, fit = evidence.compiled, evidence.fit
    if _is_unknown(evidence):
        return
    if event is not None and event.loss != evidence.lesson.loss:
        base = (event.loss or "").partition("(from_logits")[0]
        says = "logits" if base == evidence.lesson.compile.loss else "finding"
        observed = _loss_told(event.loss) if event.loss else phrase("not-told")
        yield evidence.finding("loss", event, says=says, observed=observed)
    elif fit.weights:  # they make the loss another one
        yield evidence.finding("loss", fit, says="weights", observed=", ".join(fit.weights))


def _loss_told(loss: str) -> Phrase | str:
    name, _, weights = loss.partition(WEIGHTED)
    return phrase("weighted", loss=name, weights=weights) if weights else loss


@rule("metrics", recognises=True)
def metrics(evidence: Evidence) -> Findings:
    wanted, event = evidence.lesson.compile.metrics, evidence.compiled
    if event is None or _is_unknown(evidence):
        return
    if not all(same_metric(one, event.loss or "") & {*event.metrics} for one in wanted):
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
        observed = phrase("not-told") if asked is None else asked
        yield evidence.finding(id, event, says=says, expected=wanted, observed=observed)
    elif began is not None and not equal(wanted, began):
        yield evidence.finding(id, fit, says="changed", expected=wanted, observed=began)


def _is_unknown(evidence: Evidence) -> bool:
    """Whether fit() raised since Keras does not know a name: cell-raises tells it."""
    event = evidence.compiled
    return evidence.fit.raised and event is not None and bool(event.unknown)


@rule("training", decided="trained")
def training(evidence: Evidence) -> Findings:
    if evidence.training is None and not evidence.cut_short:
        trained = [describe_network(fit.network) for fit in evidence.events(Fitted)]
        observed = phrase("others", networks=trained) if trained else phrase("none")
        yield evidence.finding("training", None, observed=observed)


@rule("accuracy-rises", decided="trained")
def accuracy_rises(evidence: Evidence) -> Findings:
    fit, least = evidence.training, evidence.lesson.result.training_accuracy
    if fit is None or evidence.problems(fit):
        return  # what is wrong with it explains its accuracy
    is_whole = not (fit.shortened or evidence.trace.sample_only)  # only then its level counts
    for metric in ACCURACIES.intersection(evidence.lesson.compile.metrics):  # others may fall
        values = next((fit.history[one] for one in same_metric(metric) if one in fit.history), ())
        shown = " ".join(f"{value:.3f}" for value in values)
        # A slow optimizer may need more steps than a short training has: then the loss tells.
        losses = fit.history.get("loss") or (0.0,)
        falls = losses[-1] < losses[0] * (1 - ROUNDING)
        learns = values[-1:] > values[:1] or (fit.shortened and falls)
        if values and fit.epochs > 1 and not learns:
            yield evidence.finding("accuracy-rises", fit, metric=metric, observed=shown)
        elif values and is_whole and metric == "accuracy" and not values[-1] >= least:
            yield evidence.finding("accuracy-rises", fit, says="too-low", observed=shown)


@rule("stops-early", decided="trained")
def stops_early(evidence: Evidence) -> Findings:
    fit = evidence.training
    if fit is not None and fit.stopped is not None:
        yield evidence.finding("stops-early", fit)


@rule("retrained", decided="run")
def retrained(evidence: Evidence) -> Findings:
    for fit in evidence.events(Fitted):
        if fit.earlier_fits and fit.recompiled:
            yield evidence.finding("retrained", fit)


@rule("never-fitted", decided="run")
def never_fitted(evidence: Evidence) -> Findings:
    events = evidence.trace.events
    used = {one.compiled for one in events if isinstance(one, Fitted)}  # or raised, for all to see
    for index, event in enumerate(events):
        if isinstance(event, Compiled) and event.unknown and index not in used:
            yield evidence.finding("never-fitted", event, observed=", ".join(event.unknown))
