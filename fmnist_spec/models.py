"""The lesson's network in its three spellings.

Every constructor returns a built, uncompiled ``keras.Sequential``: input of shape ``(None, 784)``
float32, or ``(None, 28, 28)`` where a Flatten comes first; the lesson's layers; output of shape
``(None, 10)``. Inside ``tf.Graph().as_default()`` no weight is allocated, so that networks larger
than memory can be counted there.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

from fmnist_spec._compat import import_keras, named_sequential
from fmnist_spec.language import say
from fmnist_spec.lesson import LESSON, Lesson
from fmnist_spec.network import LayerSpec, NetworkSpec

if TYPE_CHECKING:
    import keras


def build_list(hidden: Sequence[int] | None = None, *, lesson: Lesson = LESSON) -> keras.Sequential:
    """Build the network from layer objects that are handed to ``Sequential`` as a list.

    Args:
        hidden: units of each hidden layer, first to last; the lesson's own layers by default.
            They replace its Dense hidden layers, and all are like the first of these.
        lesson: the specification to build from.

    Raises:
        TypeError: ``hidden`` is no sequence, or holds something that is no whole number.
        ValueError: ``hidden`` is empty, holds more than six layers or a number below 1.

    Source: the lesson's section on building the network from ``dense1`` and ``dense2``.
    """
    return import_keras().Sequential(_keras_layers(hidden, lesson))


def build_named(
    hidden: Sequence[int] | None = None, *, name: str | None = None, lesson: Lesson = LESSON
) -> keras.Sequential:
    """Build the network inside the call of ``Sequential``, with names for layers and model.

    Given as ``hidden``, layers are called ``hidden``, ``hidden_2``, ``hidden_3`` and so on.
    ``name`` is the model's, by default the lesson's ``패션 MNIST 모델``: TensorFlow can summarise
    a model of that name, but not train it. What the lesson gives no name, Keras names. Other
    arguments and errors are those of :func:`build_list`.

    Source: the lesson's first way of adding layers.
    """
    layers = _keras_layers(hidden, lesson, named=True)
    return named_sequential(layers, (lesson.network.name or None) if name is None else name)


def build_add(hidden: Sequence[int] | None = None, *, lesson: Lesson = LESSON) -> keras.Sequential:
    """Build the network by calling ``add()`` once for each layer.

    Arguments and errors are those of :func:`build_list`.

    Source: the lesson's second way of adding layers.
    """
    model = import_keras().Sequential()
    for layer in _keras_layers(hidden, lesson):
        model.add(layer)
    return model


def _keras_layers(hidden: Sequence[int] | None, lesson: Lesson, named: bool = False) -> list[Any]:
    """The input and each layer of the network, with its name if ``named``."""
    layers, keras = _layers(hidden, lesson.network), import_keras()
    stack = [keras.Input(shape=lesson.input_shape)]
    for layer in layers:
        name = {"name": layer.name} if named and layer.name else {}
        stack.append(getattr(keras.layers, layer.type)(**layer.arguments, **name))
    return stack


def _layers(hidden: Sequence[int] | None, network: NetworkSpec) -> list[LayerSpec]:
    """The lesson's layers, with one for each of ``hidden`` in the place of its hidden ones."""
    if hidden is None:
        return [*network.layers]
    _refuse_wrong_units(hidden)
    first = network.dense[0] if network.hidden else LayerSpec()
    numbers = ["", *(f"_{place}" for place in range(2, len(hidden) + 1))]
    names = (first.name and first.name + number for number in numbers)
    arguments = ({**first.arguments, "units": int(units)} for units in hidden)
    further = map(LayerSpec, [first.type] * len(hidden), names, arguments)
    place = network.layers.index(network.dense[0])
    kept = [one for one in network.layers if one is network.output or one.type != "Dense"]
    return [*kept[:place], *further, *kept[place:]]


def _refuse_wrong_units(hidden: Sequence[int]) -> None:
    remedy = say("models.remedy")
    if isinstance(hidden, str | bytes) or not isinstance(hidden, Sequence):
        raise TypeError(say("models.sequence", hidden=hidden, remedy=remedy))
    if not 1 <= len(hidden) <= 6:
        raise ValueError(say("models.layers", count=len(hidden), remedy=remedy))
    for place, units in enumerate(hidden):
        if isinstance(units, bool) or not isinstance(units, Integral):
            raise TypeError(say("models.whole", place=place, units=units, remedy=remedy))
        if units < 1:
            raise ValueError(say("models.least", place=place, units=units, remedy=remedy))
