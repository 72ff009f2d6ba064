"""Rules on the three styles: each is there, is the lesson's network, has its names and summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fmnist_spec.gate.compare.networks import (
    describe,
    describe_network,
    differences,
    models,
    of_type,
    roles,
    wrong_names,
)
from fmnist_spec.gate.evidence import Look, Problem, cut_short, skipped
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.rules.fit import lesson_fit
from fmnist_spec.gate.trace import ModelBuilt, Summarised, Trace
from fmnist_spec.lesson import Lesson

HOW = {
    "list": "from a list of layers without names of your own",
    "named": "from a list of named layers, with a name for the model",
    "add": "from an empty Sequential, layer by layer with add()",
}


def _style(title: str) -> Look:
    """Make the rule that one style is there."""

    def look(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
        if getattr(roles(lesson, trace), title) is not None or cut_short(trace, cells):
            return
        built = [f"{_kind(model)} in cell {model.cell}" for model in models(trace)]
        message = f"No model is built in the {title} style. Build the network {HOW[title]}."
        observed = "; ".join(built) or "no model"
        yield Problem(None, None, message + skipped(trace), f"a model built {HOW[title]}", observed)

    return look


def _kind(model: ModelBuilt) -> str:
    if model.style == "mixed":
        return "list and add() mixed"
    if model.style == "other":
        return f"a {model.network.type}"
    named = model.style == "list" and (model.model_named or any(model.layers_named))
    return f"{model.style} with names" if named else model.style


def network(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Compare the model of each style, and what is trained, with the lesson's network."""
    expected = describe(lesson)
    for title, model in roles(lesson, trace).items():
        found = differences(lesson, model.network)
        if found:
            message = f"The {title} style builds another network: {'; '.join(found)}. Correct it."
            observed = describe_network(model.network)
            yield Problem(model.cell, model.line, message, expected, observed)
    built = [(model.model, differences(lesson, model.network)) for model in models(trace)]
    fit = lesson_fit(lesson, trace)
    found = () if fit is None else differences(lesson, fit.network)
    if fit is not None and found and (fit.model, found) not in built:
        message = f"Another network is trained than was built: {'; '.join(found)}. Correct it."
        yield Problem(fit.cell, fit.line, message, expected, describe_network(fit.network))


def names(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Compare the names of the named style with the lesson's."""
    model = roles(lesson, trace).named
    if model is None:
        return
    for whose, expected, observed in wrong_names(lesson, model):
        message = f"The named style's {whose} has another name. Write name='{expected}'."
        yield Problem(model.cell, model.line, message, expected, observed)


def summary(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Look for a summary of the named style's model, or of another one just like it."""
    named = roles(lesson, trace).named
    if named is None or cut_short(trace, cells):
        return
    alike = {model.model for model in models(trace) if _alike(lesson, model, named)}
    if not alike & {event.model for event in of_type(trace, Summarised)}:
        message = "The named style's model is not summarised. Call its summary()."
        message += skipped(trace)
        yield Problem(named.cell, named.line, message, "model.summary()", "no summary of it")


def _alike(lesson: Lesson, one: ModelBuilt, other: ModelBuilt) -> bool:
    same_style = one.style == other.style and one.model_named == other.model_named
    same = differences(lesson, one.network) == differences(lesson, other.network)
    return same_style and same and wrong_names(lesson, one) == wrong_names(lesson, other)


LOOKS: dict[str, Look] = {
    **{f"style-{title}": _style(title) for title in HOW},
    "network": network,
    "names": names,
    "summary": summary,
}
