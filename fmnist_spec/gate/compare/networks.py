"""Networks beside the lesson's: how they differ."""

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from fmnist_spec.gate.catalogue import Phrase, phrase, words_of
from fmnist_spec.gate.events import Layer, Network
from fmnist_spec.lesson import Lesson
from fmnist_spec.network import LayerSpec


@lru_cache(maxsize=1000)
def differences(lesson: Lesson, network: Network) -> tuple[Phrase, ...]:
    """Say each respect in which ``network`` differs from the lesson's; nothing if it is equal."""
    return tuple(_differences(lesson, network))


def _differences(lesson: Lesson, network: Network) -> Iterator[Phrase]:
    wanted, layers = lesson.network.layers, network.layers
    if network.type != "Sequential" and lesson.network.styles:  # else it is built in any way
        yield phrase("no-sequential", type=network.type)
    inputs = (None, *lesson.input_shape)
    if network.input_shape is None:
        yield phrase("no-input", expected=inputs)
    elif network.input_shape != inputs:
        yield phrase("other-input", observed=network.input_shape, expected=inputs)
    if len(layers) != len(wanted):
        yield phrase("other-length", observed=len(layers), expected=len(wanted))
        return  # which layer is too many, nobody can tell
    for place, (expected, layer) in enumerate(zip(wanted, layers, strict=True), start=1):
        for what in layer_differences(layer, expected):
            yield phrase("layer", place=place, what=what)


def layer_differences(layer: Layer, expected: LayerSpec) -> Iterator[Phrase]:
    """Say each respect in which a layer differs from the lesson's."""
    if layer.type != expected.type:
        yield phrase("other-type", type=layer.type, expected=expected.type)
        return
    if expected.units != (layer.units or 0):
        yield phrase("other-units", observed=layer.units, expected=expected.units)
    if layer.activation not in (None, expected.activation):
        found = phrase("own-function") if layer.activation == "?" else layer.activation
        yield phrase("other-activation", observed=found, expected=expected.activation)
    if layer.use_bias is False and expected.arguments.get("use_bias", True):
        yield phrase("no-bias")
    if not layer.trainable:
        yield phrase("frozen")
    yield from _option_differences(layer.options, expected.options)


def _option_differences(found: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[Phrase]:
    for name in sorted({*found, *expected}):
        values = [one.get(name, phrase("default")) for one in (found, expected)]
        if not equal(*values):
            yield phrase("other-option", name=name, observed=values[0], expected=values[1])


def equal(one: Any, other: Any) -> bool:
    """Whether two settings are the same, though Keras holds numbers in 32 bits."""
    numbers = all(isinstance(value, float | int) for value in (one, other))
    return math.isclose(one, other, rel_tol=1e-5) if numbers else one == other


def describe(lesson: Lesson) -> str:
    """Write the lesson's network in one line, in the form of ``describe_network``."""
    layers = (_told(one, one.arguments.get("use_bias", True)) for one in lesson.network.layers)
    return " -> ".join([str((None, *lesson.input_shape)), *layers])


def describe_network(network: Network) -> str:
    """Write a network in one line: its input shape, then its layers."""
    layers = (_told(one, one.use_bias is not False, one.trainable) for one in network.layers)
    return " -> ".join([str(network.input_shape or words_of("")["described-no-input"]), *layers])


def _told(layer: Layer | LayerSpec, has_bias: bool, trainable: bool = True) -> str:
    parts = [layer.type, layer.units or None, layer.activation]
    parts += [f"{name}={value}" for name, value in layer.options.items()]
    parts += [] if has_bias else [words_of("")["described-no-bias"]]
    parts += [] if trainable else [words_of("")["described-frozen"]]
    return " ".join(str(part) for part in parts if part is not None)
