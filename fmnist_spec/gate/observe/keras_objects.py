"""Describe live Keras objects as the values of a trace. Nothing here changes them."""

import inspect
import math
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from fmnist_spec.gate.confine.inspecting import defines
from fmnist_spec.gate.events import WEIGHTED, Layer, Network
from fmnist_spec.gate.observe.calls import LIBRARIES
from fmnist_spec.gate.observe.images import MOST
from fmnist_spec.network import SAME, TYPES

OWN = "?"  # a loss, metric or activation that is the author's own
SHORTHANDS = ("accuracy", "acc", "crossentropy", "ce")  # Keras takes the kind that fits the loss
MOST_BATCHES = 4_000  # of a tf.data.Dataset that are looked at
SEPARATE = ("units", "activation", "use_bias", "seed")  # told apart, or of no account
# What Keras raises where a model or layer does not have a property, or not yet.
ABSENT = (AttributeError, ValueError, RuntimeError, TypeError)


def network(model: Any) -> Network:
    """Describe a model as it is now; InputLayers are left out, as a summary leaves them out."""
    built = bool(model.built)
    trainable = _count(model.trainable_weights) if built else None
    return Network(
        type=type(model).__name__,
        name=model.name,
        built=built,
        input_shape=_shape(model, "input_shape"),
        layers=tuple(layer_of(layer) for layer in model.layers if not is_input(layer)),
        trainable_parameters=trainable,
        non_trainable_parameters=None if trainable is None else _count(model.weights) - trainable,
    )


def join_batches(images: Any, labels: Any, steps: int | None) -> tuple[Any, Any, int | None]:
    """Join the batches of a tf.data.Dataset, and give their size; arrays stay as they are."""
    if labels is not None or not hasattr(images, "as_numpy_iterator"):
        return images, labels, None
    count = int(images.cardinality())
    if steps is None and not 0 <= count <= MOST_BATCHES:  # endless, or nobody knows
        return images, labels, None
    batches, values = [], 0
    for batch in images.take(steps or count).as_numpy_iterator():
        if not isinstance(batch, tuple) or len(batch) != 2:
            return images, labels, None
        batches.append(batch)
        values += np.size(batch[0])
        if values > MOST:  # more than is looked at
            return images, labels, None
    images, labels = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    return images, labels, len(batches[0][0])


def is_input(layer: Any) -> bool:
    """Say whether this is an InputLayer, or what ``keras.Input`` gives."""
    return type(layer).__name__ in ("InputLayer", "KerasTensor")


def is_named(thing: Any) -> bool:
    """Say whether a layer or model has another name than the one that Keras makes itself."""
    # Keras 2 calls a Functional "model".
    return not re.fullmatch(rf"({_snake(type(thing).__name__)}|model)(_\d+)?", thing.name)


def layer_of(layer: Any) -> Layer:
    """Describe a layer as it is now."""
    units, activation = getattr(layer, "units", None), getattr(layer, "activation", None)
    return Layer(
        type=type(layer).__name__,
        name=layer.name,
        units=int(units) if isinstance(units, int | np.integer) else None,
        activation=None if activation is None else _activation(activation),
        use_bias=bool(layer.use_bias) if hasattr(layer, "use_bias") else None,
        trainable=bool(layer.trainable),
        output_shape=_shape(layer, "output"),
        parameters=_count(layer.weights) if layer.built else None,
        options=dict(_layer_options(layer)),
    )


def _layer_options(layer: Any) -> Iterator[tuple[str, Any]]:
    """Give what a layer was given beside Keras's defaults."""
    parameters = inspect.signature(type(layer).__init__).parameters
    for name in (one for one in TYPES.get(type(layer).__name__, ()) if one not in SEPARATE):
        found, asked = getattr(layer, name, None), parameters.get(name)
        if isinstance(found, float | int | np.number | np.ndarray):
            found = float(f"{float(found):.6g}")  # Keras holds some in 32 bits
        elif found is not None:
            found = _snake(type(found).__name__) + _options(found, ("seed",))
        if asked is not None and found != asked.default:
            yield name, found


def _activation(function: Any) -> str:
    if not is_kerass(function):
        return OWN
    name = getattr(function, "__name__", type(function).__name__.lower())
    name = str(name).removesuffix("_v2")  # tf.nn.softmax's own name is softmax_v2
    return SAME.get(name, name)


def _shape(thing: Any, name: str) -> tuple[int | None, ...] | None:
    try:
        found = getattr(thing, name)
        return tuple(size if size is None else int(size) for size in getattr(found, "shape", found))
    except ABSENT:
        return None


def _count(weights: Iterable[Any]) -> int:
    return sum(math.prod(map(int, weight.shape)) for weight in weights)


def is_kerass(thing: Any) -> bool:
    """Say whether Keras or TensorFlow defines this function, or the class of this object."""
    defined = thing if isinstance(thing, type) or hasattr(thing, "__globals__") else type(thing)
    module = str(getattr(thing, "__module__", None) or type(thing).__module__)
    return module.partition(".")[0] in LIBRARIES and not defines(defined)


def _snake(name: str) -> str:
    """Write a class's name as Keras writes it in automatic names."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def optimizer(model: Any, asked: Any) -> str | None:
    """Name the optimizer of a compiled model, with what it was given beside a learning rate."""
    name, plain = optimizer_class(model), isinstance(asked, str)
    return name if name is None or plain else name + _options(model.optimizer, ("learning_rate",))


def optimizer_class(model: Any) -> str | None:
    """Name the class of a model's optimizer, in lower case."""
    used = getattr(model, "optimizer", None)
    if used is None:
        return None
    return type(used).__name__.lower() if is_kerass(used) else OWN


def learning_rate(model: Any) -> float | None:
    """Give the optimizer's learning rate, where it is one number and no schedule."""
    try:
        rate = float(model.optimizer.get_config()["learning_rate"])
    except (*ABSENT, KeyError):
        return None
    return float(f"{rate:.6g}")  # Keras holds it in 32 bits


def loss(asked: Any, package: str, weights: Any) -> str | None:
    """Name a loss: ``SparseCategoricalCrossentropy()`` and the string are the same."""
    asked = asked[0] if isinstance(asked, list | tuple) and len(asked) == 1 else asked
    if asked is None:
        return None
    weighted = "" if weights is None else f"{WEIGHTED}{weights}"
    return _named(_from_string(asked, "losses", package)) + weighted


def metrics(asked: Any, package: str) -> tuple[str, ...]:
    """Name the metrics; strings such as 'acc' stay as they are."""
    return tuple(_metric(one, package) for one in _flat(asked))


def _metric(asked: Any, package: str) -> str:
    if isinstance(asked, str) and asked.lower() in SHORTHANDS:
        return asked.lower()
    if type(asked).__name__ == "Accuracy":  # not the string: it compares labels with probabilities
        return "Accuracy"
    return _named(_from_string(asked, "metrics", package))


def unknown(loss: Any, metrics: Any, package: str) -> tuple[str, ...]:
    """List the losses and metrics that Keras does not know, though compile() may let them pass."""
    asked = [(one, "losses") for one in _flat(loss) if isinstance(one, str)]
    named = [one for one in _flat(metrics) if isinstance(one, str)]
    asked += [(one, "metrics") for one in named if one.lower() not in SHORTHANDS]
    return tuple(one for one, kind in asked if _from_string(one, kind, package) is one)


def _from_string(asked: Any, kind: str, package: str) -> Any:
    """Give what Keras takes a string for; the string itself if Keras does not know it."""
    if not isinstance(asked, str):
        return asked
    try:
        return getattr(sys.modules[package], kind).get(asked)
    except (ValueError, TypeError, KeyError):
        return asked


def _named(thing: Any) -> str:
    if isinstance(thing, str):
        return thing
    if not is_kerass(thing):
        return OWN
    name = getattr(thing, "__name__", None)
    return name if name is not None else _snake(type(thing).__name__) + _options(thing)


def _options(thing: Any, but: tuple[str, ...] = ()) -> str:
    """Write the options that differ from the class's own, as in ``(from_logits=True)``."""
    try:
        default, found = type(thing)().get_config(), thing.get_config()
    except ABSENT:
        return ""
    names = [name for name in found if name not in ("name", *but)]
    differing = [f"{name}={found[name]}" for name in names if found[name] != default.get(name)]
    return f"({', '.join(differing)})" if differing else ""


def callbacks(asked: Any) -> tuple[str, ...]:
    """Name the classes of the callbacks that fit() is given."""
    given = _flat(getattr(asked, "callbacks", asked) or ())
    return tuple(type(one).__name__ if is_kerass(one) else OWN for one in given)


def _flat(asked: Any) -> list[Any]:
    """Give what stands in lists, tuples and tables, however deep."""
    from tensorflow import nest

    return [one for one in nest.flatten(asked) if one is not None]
