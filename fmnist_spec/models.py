"""The lesson's network in its three spellings.

Every constructor returns a built, uncompiled ``keras.Sequential``: input of shape
``(None, 784)`` float32, Dense hidden layers, and the Dense output layer last, with output
of shape ``(None, 10)``. Inside ``tf.Graph().as_default()`` no weight is allocated, so
that networks larger than memory can be counted there.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

from fmnist_spec._compat import import_keras, named_sequential
from fmnist_spec.lesson import LESSON, Lesson

MAX_HIDDEN_LAYERS = 6


def build_list(hidden: Sequence[int] | None = None, *, lesson: Lesson = LESSON) -> Any:
    """Build the network from layer objects that are handed to ``Sequential`` as a list.

    Args:
        hidden: units of each hidden layer, first to last; the lesson's ``(100,)`` by default.
        lesson: the specification to build from.

    Raises:
        TypeError: ``hidden`` is no sequence, or holds something that is no whole number.
        ValueError: ``hidden`` is empty, holds more than six layers or a number below 1.

    Source: the lesson's section on building the network from ``dense1`` and ``dense2``.
    """
    units = hidden_units(hidden, lesson)
    keras = import_keras()
    first = keras.Input(shape=(lesson.data.pixels,))
    layers = [keras.layers.Dense(n, activation=a) for n, a in _layers(units, lesson)]
    return keras.Sequential([first, *layers])


def build_named(
    hidden: Sequence[int] | None = None, *, name: str | None = None, lesson: Lesson = LESSON
) -> Any:
    """Build the network inside the call of ``Sequential``, with names for layers and model.

    Further hidden layers are called ``hidden_2``, ``hidden_3`` and so on. ``name`` is the
    model's, by default the lesson's ``패션 MNIST 모델``: TensorFlow can summarise a model of
    that name, but not train it. Other arguments and errors are those of :func:`build_list`.

    Source: the lesson's first way of adding layers.
    """
    units = hidden_units(hidden, lesson)
    keras = import_keras()
    first, output = lesson.network.layers[0].name, lesson.network.output.name
    names = [first, *(f"{first}_{i}" for i in range(2, len(units) + 1)), output]
    return named_sequential(
        [
            keras.Input(shape=(lesson.data.pixels,)),
            *(
                keras.layers.Dense(n, activation=a, name=layer_name)
                for layer_name, (n, a) in zip(names, _layers(units, lesson), strict=True)
            ),
        ],
        lesson.network.name if name is None else name,
    )


def build_add(hidden: Sequence[int] | None = None, *, lesson: Lesson = LESSON) -> Any:
    """Build the network by calling ``add()`` once for each layer.

    Arguments and errors are those of :func:`build_list`.

    Source: the lesson's second way of adding layers.
    """
    units = hidden_units(hidden, lesson)
    keras = import_keras()
    model = keras.Sequential()
    model.add(keras.Input(shape=(lesson.data.pixels,)))
    for n, activation in _layers(units, lesson):
        model.add(keras.layers.Dense(n, activation=activation))
    return model


BUILDERS = {"list": build_list, "named": build_named, "add": build_add}


def hidden_units(hidden: Sequence[int] | None, lesson: Lesson = LESSON) -> tuple[int, ...]:
    """Check the units of the hidden layers; errors as in :func:`build_list`."""
    if hidden is None:
        return lesson.network.hidden
    remedy = "Give the units of each hidden layer, for example hidden=(100,) or hidden=(100, 50)."
    if isinstance(hidden, str | bytes) or not isinstance(hidden, Sequence):
        raise TypeError(f"hidden is {hidden!r}, expected a sequence of whole numbers. {remedy}")
    if not 1 <= len(hidden) <= MAX_HIDDEN_LAYERS:
        expected = f"1 to {MAX_HIDDEN_LAYERS}"
        raise ValueError(f"hidden has {len(hidden)} layers, expected {expected}. {remedy}")
    for place, units in enumerate(hidden):
        if isinstance(units, bool) or not isinstance(units, Integral):
            raise TypeError(f"hidden[{place}] is {units!r}, expected a whole number. {remedy}")
        if units < 1:
            raise ValueError(f"hidden[{place}] is {units}, expected 1 or more. {remedy}")
    return tuple(int(units) for units in hidden)


def _layers(units: tuple[int, ...], lesson: Lesson) -> list[tuple[int, str]]:
    """Units and activation of every layer: any further hidden layer is like the first."""
    first, output = lesson.network.layers[0], lesson.network.output
    return [*((n, first.activation) for n in units), (output.units, output.activation)]
