"""Rules on the lesson's styles: each is there, is its network, has its names and summary."""

from functools import partial
from typing import Any

from fmnist_spec.gate.catalogue import Phrase, keys_of, phrase
from fmnist_spec.gate.compare.networks import describe, describe_network, differences
from fmnist_spec.gate.compare.styles import has_names, wrong_names
from fmnist_spec.gate.events import Fitted, ModelBuilt, Summarised
from fmnist_spec.gate.evidence import Evidence, Findings, rule
from fmnist_spec.lesson import Lesson
from fmnist_spec.network import STYLES

# Differences between networks that their summaries do not show.
UNSEEN = {"layer", "other-activation", "own-function", "other-option", "default"}


def _style(evidence: Evidence, title: str) -> Findings:
    """Look for a model that stands for a style."""
    if title in evidence.roles or evidence.cut_short:
        return
    placed = [(_kind(one), evidence.cells[one.cell].place()) for one in evidence.candidates]
    built = [phrase("built", kind=kind, place=place) for kind, place in placed]
    is_plain = title == "list" and "named" not in evidence.lesson.network.styles
    told: dict[str, Any] = {"style": title, "observed": built or phrase("none")}
    told["how"] = phrase(f"how-{title}" + "-any" * is_plain)
    yield evidence.finding(f"style-{title}", None, says="no-style", **told)


for style in STYLES:
    has_style = partial(lambda evidence, style: style in evidence.roles, style=style)
    rule(f"style-{style}", decided=has_style)(partial(_style, title=style))


def _kind(model: ModelBuilt) -> Phrase | str:
    if model.style in ("mixed", "other"):
        return phrase(model.style, type=model.network.type)
    named = model.style == "list" and has_names(model)
    return phrase("with-names", style=model.style) if named else model.style


def _all_there(evidence: Evidence) -> bool:
    styles = evidence.lesson.network.styles
    return len(evidence.roles) == len(styles) and evidence.training is not None


@rule("network", decided=_all_there)
def network(evidence: Evidence) -> Findings:
    lesson, fit, styles = evidence.lesson, evidence.training, evidence.lesson.network.styles
    told: list[tuple[ModelBuilt | Fitted, Phrase]]
    told = [(model, phrase("builds", style=title)) for title, model in evidence.roles.items()]
    built = [(model.model, differences(lesson, model.network)) for model in evidence.models]
    if fit and not (styles and (fit.model, differences(lesson, fit.network)) in built):
        told.append((fit, phrase("trained" if styles else "any-style")))
    for at, what in told:
        if wrong := [*differences(lesson, at.network)]:
            yield evidence.finding(
                "network",
                at,
                what=what,
                differences=wrong,
                expected=describe(lesson),
                observed=describe_network(at.network),
                no_cause_of=("stored-summary",) * UNSEEN.issuperset(keys_of(wrong)),
            )


@rule("names", decided=lambda evidence: "named" in evidence.roles)
def names(evidence: Evidence) -> Findings:
    model = evidence.roles.get("named")
    for whose, expected, observed in wrong_names(evidence.lesson, model) if model else ():
        yield evidence.finding("names", model, whose=whose, expected=expected, observed=observed)


def _summarised(evidence: Evidence) -> bool:
    """Whether the model of the named style is summarised, or one that is built just so."""
    named = evidence.roles.get("named")
    shown = named and _shown(evidence.lesson, named)
    alike = {one.model for one in evidence.models if _shown(evidence.lesson, one) == shown}
    return bool(alike & {event.model for event in evidence.events(Summarised)})


@rule("summary", decided=_summarised)
def summary(evidence: Evidence) -> Findings:
    named = evidence.roles.get("named")
    if named is not None and not evidence.cut_short and not _summarised(evidence):
        yield evidence.finding("summary", named)


def _shown(lesson: Lesson, one: ModelBuilt) -> tuple[object, ...]:
    """Give what decides, beside Keras's own names, what the summary of a model shows."""
    styled = one.style, one.model_named, wrong_names(lesson, one)
    return *styled, differences(lesson, one.network)
