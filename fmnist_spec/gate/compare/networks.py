"""Which of a notebook's models stand for the lesson's three styles, and how they differ from it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar

from fmnist_spec.gate.trace import Event, Fitted, Layer, ModelBuilt, Network, Summarised, Trace
from fmnist_spec.lesson import Lesson

MISSING = 1000  # differences that a style without a model counts for: any model is nearer
CANDIDATES = 30  # a loop may build hundreds of models; the nearest ones suffice
E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Roles:
    """The model that stands for each style: the nearest to the lesson, the earliest of equals."""

    list: ModelBuilt | None
    named: ModelBuilt | None
    add: ModelBuilt | None

    def items(self) -> Iterator[tuple[str, ModelBuilt]]:
        """Give each style that has a model, by its title."""
        for title, model in (("list", self.list), ("named", self.named), ("add", self.add)):
            if model is not None:
                yield title, model


def of_type(trace: Trace, kind: type[E]) -> list[E]:
    """Give the events of one kind, in order."""
    return [event for event in trace.events if isinstance(event, kind)]


def differences(lesson: Lesson, network: Network) -> tuple[str, ...]:
    """Say each respect in which ``network`` differs from the lesson's; nothing if it is equal."""
    return tuple(_differences(lesson, network))


def _differences(lesson: Lesson, network: Network) -> Iterator[str]:
    wanted, layers = lesson.network.layers, network.layers
    if network.type != "Sequential":
        yield f"the model is a {network.type}, not a Sequential"
    inputs = (None, lesson.data.pixels)
    if network.input_shape is None:
        yield f"the input shape is not given before the summary, it must be {inputs}"
    elif network.input_shape != inputs:
        yield f"the input shape is {network.input_shape} instead of {inputs}"
    if len(layers) != len(wanted):
        yield f"the number of layers is {len(layers)} instead of {len(wanted)}"
        return  # which layer is too many, nobody can tell
    for place, (expected, layer) in enumerate(zip(wanted, layers, strict=True), start=1):
        differing = _layer_differences(layer, expected.units, expected.activation)
        yield from (f"layer {place} {what}" for what in differing)


def _layer_differences(layer: Layer, units: int, activation: str) -> Iterator[str]:
    if layer.type != "Dense":
        yield f"is a {layer.type}, not a Dense layer"
        return
    if layer.units != units:
        yield f"has {layer.units} units instead of {units}"
    if layer.activation != activation:
        found = "a function of your own" if layer.activation == "?" else layer.activation
        yield f"has the activation {found} instead of {activation}"
    if not layer.use_bias:
        yield "has no bias"
    if not layer.trainable:
        yield "is frozen (trainable=False)"
    if layer.options:
        yield f"has other weights than by default ({', '.join(layer.options)})"


def wrong_names(lesson: Lesson, model: ModelBuilt) -> list[tuple[str, str, str]]:
    """List the names of the named style that differ: whose, expected, observed."""
    network, wanted = model.network, lesson.network
    found = [("model", wanted.name, network.name, model.model_named)]
    same = len(wanted.layers) == len(network.layers)  # else nobody can tell which is which
    layers = zip(wanted.layers, network.layers, model.layers_named, strict=True) if same else ()
    for place, (expected, layer, named) in enumerate(layers, start=1):
        found.append((f"layer {place}", expected.name, layer.name, named))
    return [
        (whose, expected, observed if named else "no name given")
        for whose, expected, observed, named in found
        if observed != expected
    ]


def models(trace: Trace) -> list[ModelBuilt]:
    """List the models built, each with its network as the notebook first used it.

    A model without an input shape is sound if build() gives it one before its first summary. If
    fit() does, the lesson's summary could not have shown the parameters.
    """
    first: dict[int, Summarised | Fitted] = {}
    for event in trace.events:
        if isinstance(event, Summarised | Fitted):
            first.setdefault(event.model, event)
    return [_as_used(built, first.get(built.model)) for built in of_type(trace, ModelBuilt)]


def _as_used(built: ModelBuilt, used: Summarised | Fitted | None) -> ModelBuilt:
    if not isinstance(used, Summarised) or used.network.built == built.network.built:
        return built
    return replace(built, network=used.network)


def roles(lesson: Lesson, trace: Trace) -> Roles:
    """Find the model of each style.

    The named style is a list with names of the author's, the list style is another list: both
    are chosen together, so that a list whose layers carry names may stand for either.
    """

    def distance(model: ModelBuilt) -> int:
        return len(differences(lesson, model.network))

    def pair_distance(pair: tuple[ModelBuilt | None, ModelBuilt | None]) -> int:
        plain, named = pair
        total = MISSING if plain is None else distance(plain) + plain.model_named
        if named is None:
            return total + MISSING
        return total + distance(named) + len(wrong_names(lesson, named))

    built = sorted(models(trace), key=distance)
    in_list = [model for model in built if model.style == "list"]
    named = [model for model in in_list if model.model_named or any(model.layers_named)]
    pairs = [
        (one, other)
        for one, other in product([*in_list[:CANDIDATES], None], [*named[:CANDIDATES], None])
        if one is None or one is not other
    ]
    plain, with_names = min(pairs, key=pair_distance)
    added = next((model for model in built if model.style == "add"), None)
    return Roles(plain, with_names, added)


def steps_of(lesson: Lesson, fit: Fitted) -> int | None:
    """Count the steps of one epoch of a fit; None where its images are no array."""
    if fit.images is None:
        return None
    images = int(fit.images.shape[0] * (1 - fit.validation_split))
    return math.ceil(images / (fit.batch_size or lesson.fit.batch_size))


def describe(lesson: Lesson) -> str:
    """Write the lesson's network in one line, in the form of ``describe_network``."""
    layers = [f"Dense {one.units} {one.activation}" for one in lesson.network.layers]
    return " -> ".join([str((None, lesson.data.pixels)), *layers])


def describe_network(network: Network) -> str:
    """Write a network in one line: its input shape, then its layers."""
    return " -> ".join([str(network.input_shape or "no input shape"), *map(_layer, network.layers)])


def _layer(layer: Layer) -> str:
    parts = [layer.type]
    if layer.units is not None:
        parts.append(str(layer.units))
    if layer.activation is not None:
        parts.append(layer.activation)
    if layer.use_bias is False:
        parts.append("without bias")
    if not layer.trainable:
        parts.append("frozen")
    return " ".join(parts)
