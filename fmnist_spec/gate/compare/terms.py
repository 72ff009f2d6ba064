"""The terms of which a notebook's text speaks: what the lesson says of each, what a run showed."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from fmnist_spec._compat import DEFAULT_BATCH_SIZE, DEFAULT_OPTIMIZER, default_learning_rate
from fmnist_spec.gate.events import (
    Evaluated,
    Event,
    Fitted,
    ModelBuilt,
    Network,
    Predicted,
    SplitMade,
    Summarised,
)
from fmnist_spec.lesson import Lesson

# Numbers are numbers, activations are Keras's names, a pixel range is "0~255".
Value = float | str
Values = frozenset[Value]
RATES = {name: default_learning_rate(name) for name in ("rmsprop", "adam", "sgd", "adagrad")}
# What is true of Keras, whatever the lesson.
KERAS: dict[str, set[Any]] = {
    "default optimizer": {DEFAULT_OPTIMIZER[0]},
    **{f"{name} rate": {rate} for name, rate in RATES.items()},
    "rate": {*RATES.values()},
    "sigmoid range": {"0~1"},
    "softmax range": {"0~1"},
    "tanh range": {"-1~1"},
    "relu range": {"0~inf"},
    "sigmoid limit": {0, 1},
    "softmax limit": {0, 1},
    "tanh limit": {-1, 1},
    "relu limit": {0},
    "sum of probabilities": {1},
}
# What a cell calls that shows values of these terms.
SHOWING = re.compile(r"\b(Sequential|Model|Dense|add|fit|load_data|train_test_split)\s*\(")
ACCURACIES = {"accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy"}


# By the first word of a loss: the accuracy that takes labels of the other form, and means nothing.
MISTAKEN = {"sparse": "categorical_accuracy", "categorical": "sparse_categorical_accuracy"}


def same_metric(name: str, loss: str = "") -> set[str]:
    """Give the names under which Keras means the metric ``name``; beside a loss, of its labels."""
    mistaken = MISTAKEN.get(loss.partition("_")[0], "")
    return ACCURACIES - {mistaken} if name == "accuracy" else {name}


def images_of(fit: Fitted) -> int | None:
    """Count the images of one epoch of a fit; None where they are no array."""
    left = 1 - fit.validation_split  # which may be no number: Keras says that in its own words
    return int(fit.images.count * left) if fit.images and math.isfinite(left) else None


def steps_of(fit: Fitted) -> int | None:
    """Count the steps of one epoch of a fit; None where its images are no array."""
    images = images_of(fit)
    return images and math.ceil(images / (fit.batch_size or DEFAULT_BATCH_SIZE))


def lesson_values(lesson: Lesson) -> dict[str, Values]:
    """Give what the lesson says of each term to which a text is held; of others it says nothing.

    "also ..." is what is true, too, but seldom meant: the parameters of one neuron, all biases.
    "each ..." is that of one neuron, class or epoch.
    """
    values = {**KERAS, **_of_layers(lesson), **_of_images(lesson), **_of_training(lesson)}
    known = {
        term: frozenset(one for one in allowed if one is not None and one != "linear")
        for term, allowed in values.items()
    }
    return {term: allowed for term, allowed in known.items() if allowed}


def _of_layers(lesson: Lesson) -> dict[str, set[Any]]:
    data, network, total = lesson.data, lesson.network, lesson.parameters
    units = [layer.units for layer in network.dense]
    sizes = [*zip(lesson.dense_parameters, units, strict=True)]
    weights, per_neuron = [n - one for n, one in sizes], [n // one for n, one in sizes]
    inputs = [n // one for n, one in zip(weights, units, strict=True)]
    each: dict[str, list[Any]] = {  # of the layers in order
        "units": units,
        "parameters": [*lesson.dense_parameters],
        "weights": weights,
        "biases": units,
        "matrix": [f"{n} x {one}" for n, one in zip(inputs, units, strict=True)],
        "activation": [layer.activation for layer in network.dense],
    }
    parameters = {*lesson.layer_parameters, total}
    second = {1} if network.flatten is None else {0, 1}  # of all layers, or of the Dense ones
    second &= {*range(len(units))}
    return {
        **{f"hidden {noun}": {*of[:-1]} for noun, of in each.items()},
        **{f"output {noun}": {of[-1]} for noun, of in each.items()},
        **{f"second {noun}": {of[place] for place in second} for noun, of in each.items()},
        "hidden": {data.pixels, *(n for of in list(each.values())[:4] for n in of[:-1])},
        "output": {inputs[-1], *(of[-1] for of in list(each.values())[:4])},
        "input units": {data.pixels},
        "units": {data.pixels, *units},
        "also units": {sum(units)},
        "parameters": {0, *parameters},
        "total parameters": {total},
        "trainable parameters": {total - lesson.non_trainable},
        "non-trainable parameters": {lesson.non_trainable},
        "flatten parameters": {0, total},
        "each parameters": {*per_neuron, *parameters},
        "also parameters": {*per_neuron, *units, sum(units), *weights, sum(weights)},
        "weights": {*weights, sum(weights), *inputs},
        "total weights": {sum(weights), total},
        "each weights": {*inputs},
        "also weights": {*parameters, *units, *per_neuron},
        "biases": {*units, sum(units)},
        "total biases": {sum(units)},
        "activation": {*each["activation"]},
        "features": {data.pixels, data.height, data.width, data.classes, *units},
        "also features": {data.brightest + 1, *weights, *per_neuron},
        "probabilities": {units[-1]},
        "layers": {len(network.layers), len(units)},
        "dense layers": {len(units)},
        "hidden layers": {len(network.hidden)},
        "also layers": {len(network.layers) + 1},
        "ways": {len(network.styles)},
        "input shape": {str(data.pixels)},
        "chain": {" → ".join(str(n) for n in (data.pixels, *units))},
    }


def _of_images(lesson: Lesson) -> dict[str, set[Any]]:
    data, split = lesson.data, lesson.split
    validation = {split.validation} if split else set()
    sets = {
        "training": {data.train_images, lesson.train_images},
        "validation": validation,
        "test": {data.test_images},
        "total": {data.train_images + data.test_images, data.train_images},
    }
    images = {n for counts in sets.values() for n in counts}
    per_class = {which: {n // data.classes for n in sets[which]} for which in [*sets][:3]}
    shares = {round(100 * part / data.train_images, 6) for part in validation}
    arrays = {f"{n} x {data.pixels}" for n in (lesson.train_images, *validation)}
    layers = {f"None x {layer.units}" for layer in lesson.network.dense}
    pixels = {n * data.pixels for n in images}  # of all images
    return {
        **{f"{which} images": counts for which, counts in sets.items()},
        **{f"each {which} images": counts for which, counts in per_class.items()},
        "images": images,
        "also images": {lesson.train_images * lesson.fit.epochs},
        "each images": {n // data.classes for n in images},
        "labels": {data.classes, *images},
        "classes": {data.classes},
        "label range": {f"0~{data.classes - 1}"},
        "pixels": {data.pixels, data.height, data.width},
        "also pixels": pixels,
        "level": {0, data.brightest},
        "levels": {data.brightest + 1},
        "also level": {*range(data.brightest + 1), *pixels},
        "pixel range": {f"0~{data.brightest}", "0~1"},
        "pixel divisor": {data.scale if data.scale > 1 else None},
        "shape": {f"{data.height} x {data.width}", *arrays, *layers},
        "random_state": {split.random_state if split else None},
        "validation share": shares,
        "training share": {100 - share for share in shares},
        "share": {*shares, *(100 - share for share in shares)},
    }


def _of_training(lesson: Lesson) -> dict[str, set[Any]]:
    fit, tested = lesson.fit, lesson.data.test_images
    held_back = {lesson.split.validation} if lesson.split else set()
    batches = {fit.batch_size or DEFAULT_BATCH_SIZE, DEFAULT_BATCH_SIZE}
    steps = {lesson.steps_per_epoch} if lesson.steps_per_epoch else set()
    total = {one * fit.epochs for one in steps}
    checked = {-(-n // size) for n, size in product({*held_back, tested}, batches) if steps}
    return {
        "batch size": {fit.batch_size},
        "epochs": {fit.epochs},
        "steps": {*steps, *total, *checked},
        "each steps": {*steps},
        "total steps": total,
        "validation steps": {-(-n // size) for n, size in product(held_back, batches)},
        "repeated": {fit.epochs, *total, *steps},
        "total repeated": total,
    }


def observed_values(lesson: Lesson, events: Iterable[Event]) -> dict[str, Values]:
    """Collect the values of all models, splits and trainings of a run, by term of the lesson."""
    values: defaultdict[str, set[Value]] = defaultdict(set)
    for event in events:
        for term, value in _of_event(lesson, event):
            if value is not None:
                values[term].add(value)
    return {term: frozenset(found) for term, found in values.items()}


def _of_event(lesson: Lesson, event: Event) -> Iterator[tuple[str, Value | None]]:
    if isinstance(event, ModelBuilt | Summarised | Fitted):
        yield from _of_network(event.network)
    if isinstance(event, SplitMade):
        yield "random_state", event.random_state
        yield from zip(("training images", "validation images"), event.sizes, strict=False)
    if isinstance(event, Fitted):
        yield from _of_fit(event)
    if isinstance(event, Evaluated | Predicted) and event.images is not None:
        yield "test images", event.images.count
        # with whichever batch size it was asked
        for batch_size in (lesson.fit.batch_size or DEFAULT_BATCH_SIZE, DEFAULT_BATCH_SIZE):
            yield "steps", math.ceil(event.images.count / batch_size)


def _of_network(network: Network) -> Iterator[tuple[str, Value | None]]:
    layers = [layer for layer in network.layers if layer.units is not None]
    for place, layer in enumerate(layers, start=1):
        which = "output" if place == len(layers) else "hidden"
        yield f"{which} units", layer.units
        yield f"{which} activation", layer.activation
        yield f"{which} parameters", layer.parameters
    for layer in network.layers:
        yield "parameters", layer.parameters
    trainable, others = network.trainable_parameters, network.non_trainable_parameters
    yield "trainable parameters", trainable
    yield "non-trainable parameters", others
    yield "total parameters", None if trainable is None else trainable + (others or 0)


def _of_fit(fit: Fitted) -> Iterator[tuple[str, Value | None]]:
    steps = steps_of(fit)
    yield "epochs", fit.epochs
    yield "batch size", fit.batch_size
    yield "steps", steps
    yield "steps", steps and steps * fit.epochs
    for part, images in (("training", fit.images), ("validation", fit.validation)):
        yield f"{part} images", None if images is None else images.count
