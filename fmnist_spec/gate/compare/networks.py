"""Networks beside the lesson's: how they differ, and which stand for its three styles."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product

from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.trace import Layer, ModelBuilt, Network
from fmnist_spec.lesson import Lesson

MISSING = 1000  # differences that a style without a model counts for: any model is nearer
CANDIDATES = 30  # a loop may build hundreds of models; the nearest ones suffice


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


def wrong_names(lesson: Lesson, model: ModelBuilt) -> list[tuple[Phrase, str, str | Phrase]]:
    """List the names of the named style that differ: whose, expected, observed."""
    network, wanted = model.network, lesson.network
    found = [(phrase("model"), wanted.name, network.name, model.model_named)]
    same = len(wanted.layers) == len(network.layers)  # else nobody can tell which is which
    layers = zip(wanted.layers, network.layers, model.layers_named, strict=True) if same else ()
    for place, (expected, layer, named) in enumerate(layers, start=1):
        found.append((phrase("layer-number", place=place), expected.name, layer.name, named))
    return [
        (whose, expected, observed if named else phrase("unnamed"))
        for whose, expected, observed, named in found
        if observed != expected
    ]


def has_names(model: ModelBuilt) -> bool:
    """Whether the notebook gave the model or one of its layers a name."""
    return model.model_named or any(model.layers_named)


def roles(lesson: Lesson, models: Sequence[ModelBuilt]) -> dict[str, ModelBuilt]:
    """Find the model that stands for each style: the nearest to the lesson, the earliest of equals.

    The named style is a list with names of the author's, the list style is another list: both
    are chosen together, so that a list whose layers carry names may stand for either.
    """
    far = {model.model: len(differences(lesson, model.network)) for model in models}
    built = sorted(models, key=lambda model: far[model.model])
    in_list = [model for model in built if model.style == "list"]
    named = [model for model in in_list if has_names(model)][:CANDIDATES]
    misnamed = {model.model: len(wrong_names(lesson, model)) for model in named}

    def distance(pair: tuple[ModelBuilt | None, ModelBuilt | None]) -> int:
        plain, other = pair
        total = MISSING if plain is None else far[plain.model] + plain.model_named
        return total + (MISSING if other is None else far[other.model] + misnamed[other.model])

    pairs = [
        (one, other)
        for one, other in product([*in_list[:CANDIDATES], None], [*named, None])
        if one is None or one is not other
    ]
    plain, with_names = min(pairs, key=distance)
    added = next((model for model in built if model.style == "add"), None)
    found = {"list": plain, "named": with_names, "add": added}
    return {title: model for title, model in found.items() if model is not None}


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
