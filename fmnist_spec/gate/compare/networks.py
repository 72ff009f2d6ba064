"""Networks beside the lesson's: how they differ."""

from collections.abc import Iterator
from functools import lru_cache

from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.events import Layer, Network
from fmnist_spec.lesson import Lesson


@lru_cache(maxsize=1000)
def differences(lesson: Lesson, network: Network) -> tuple[Phrase, ...]:
    """Say each respect in which ``network`` differs from the lesson's; nothing if it is equal."""
    return tuple(_differences(lesson, network))


def _differences(lesson: Lesson, network: Network) -> Iterator[Phrase]:
    wanted, layers = lesson.network.layers, network.layers
    if network.type != "Sequential":
        yield phrase("no-sequential", type=network.type)
    inputs = (None, lesson.data.pixels)
    if network.input_shape is None:
        yield phrase("no-input", expected=inputs)
    elif network.input_shape != inputs:
        yield phrase("other-input", observed=network.input_shape, expected=inputs)
    if len(layers) != len(wanted):
        yield phrase("other-length", observed=len(layers), expected=len(wanted))
        return  # which layer is too many, nobody can tell
    for place, (expected, layer) in enumerate(zip(wanted, layers, strict=True), start=1):
        for what in _layer_differences(layer, expected.units, expected.activation):
            yield phrase("layer", place=place, what=what)


def _layer_differences(layer: Layer, units: int, activation: str) -> Iterator[Phrase]:
    if layer.type != "Dense":
        yield phrase("no-dense", type=layer.type)
        return
    if layer.units != units:
        yield phrase("other-units", observed=layer.units, expected=units)
    if layer.activation != activation:
        found = phrase("own-function") if layer.activation == "?" else layer.activation
        yield phrase("other-activation", observed=found, expected=activation)
    if not layer.use_bias:
        yield phrase("no-bias")
    if not layer.trainable:
        yield phrase("frozen")
    if layer.options:
        yield phrase("other-options", options=", ".join(layer.options))


def describe(lesson: Lesson) -> str:
    """Write the lesson's network in one line, in the form of ``describe_network``."""
    layers = [f"Dense {one.units} {one.activation}" for one in lesson.network.layers]
    return " -> ".join([str((None, lesson.data.pixels)), *layers])


def describe_network(network: Network) -> str:
    """Write a network in one line: its input shape, then its layers."""
    return " -> ".join([str(network.input_shape or "no input shape"), *map(_layer, network.layers)])


def _layer(layer: Layer) -> str:
    parts = [layer.type, layer.units, layer.activation]
    parts += ["without bias"] if layer.use_bias is False else []
    parts += [] if layer.trainable else ["frozen"]
    return " ".join(str(part) for part in parts if part is not None)
