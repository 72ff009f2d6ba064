"""The terms of which a notebook's text speaks: what the lesson says of each, what a run showed."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import product

from fmnist_spec._compat import DEFAULT_BATCH_SIZE
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
from fmnist_spec.gate.trace import Trace
from fmnist_spec.lesson import Lesson

# Numbers are numbers, activations are Keras's names, a pixel range is "0~255".
Value = float | str
Values = frozenset[Value]
# What a cell calls that shows values of these terms.
SHOWING = re.compile(r"\b(Sequential|Model|Dense|add|fit|load_data|train_test_split)\s*\(")
ACCURACIES = {"accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy"}


def same_metric(name: str) -> set[str]:
    """Give the names under which Keras means the metric ``name`` for whole-number labels."""
    return ACCURACIES if name == "accuracy" else {name}


def images_of(fit: Fitted) -> int | None:
    """Count the images of one epoch of a fit; None where they are no array."""
    return None if fit.images is None else int(fit.images.shape[0] * (1 - fit.validation_split))


def steps_of(fit: Fitted) -> int | None:
    """Count the steps of one epoch of a fit; None where its images are no array."""
    images = images_of(fit)
    return images and math.ceil(images / (fit.batch_size or DEFAULT_BATCH_SIZE))


def lesson_values(lesson: Lesson) -> dict[str, Values]:
    """Give what the lesson says of each term to which a text is held; of others it says nothing.

    "also ..." is what is true, too, but seldom meant: the parameters of one neuron, all biases.
    """
    data, split, network, fit = lesson.data, lesson.split, lesson.network, lesson.fit
    *hidden, last = lesson.dense_parameters
    units = [layer.units for layer in network.dense]
    weights = [n - biases for n, biases in zip(lesson.dense_parameters, units, strict=True)]
    per_neuron = [n // size for n, size in zip(lesson.dense_parameters, units, strict=True)]
    validation = {split.validation} if split else set()
    steps = {lesson.steps_per_epoch} if lesson.steps_per_epoch else set()
    batches = {fit.batch_size or DEFAULT_BATCH_SIZE, DEFAULT_BATCH_SIZE}
    held_back = product({*validation, data.test_images}, batches)
    evaluations = {-(-images // batch_size) for images, batch_size in held_back if steps}
    parameters = {*lesson.layer_parameters, lesson.parameters}
    *activations, activation = [layer.activation for layer in network.dense]
    values: dict[str, set[float | str | None]] = {
        "hidden units": {*network.hidden},
        "output units": {network.output.units},
        "units": {data.pixels, *units},
        "also units": {sum(units)},
        "hidden parameters": {*hidden},
        "output parameters": {last},
        "total parameters": {lesson.parameters},
        "trainable parameters": {lesson.parameters - lesson.non_trainable},
        "non-trainable parameters": {lesson.non_trainable},
        "parameters": {0, *parameters},
        "also parameters": {*per_neuron, *units, sum(units)},
        "weights": {*parameters, *weights, sum(weights), data.pixels, *units},
        "hidden activation": {*activations},
        "output activation": {activation},
        "pixels": {data.pixels, data.height, data.width},
        "classes": {data.classes},
        "batch size": {fit.batch_size},
        "steps": {*steps, *(one * fit.epochs for one in steps), *evaluations},
        "epochs": {fit.epochs},
        "training images": {data.train_images, lesson.train_images},
        "validation images": {*validation},
        "test images": {data.test_images},
        "random_state": {split.random_state if split else None},
        "pixel divisor": {data.scale if data.scale > 1 else None},
        "pixel range": {f"0~{data.scale}", "0~1"} if data.scale > 1 else set(),
    }
    known = {
        term: frozenset(one for one in allowed if one is not None and one != "linear")
        for term, allowed in values.items()
    }
    return {term: allowed for term, allowed in known.items() if allowed}


def observed_values(lesson: Lesson, trace: Trace) -> dict[str, Values]:
    """Collect the values of all models, splits and trainings of a run, by term of the lesson."""
    values: defaultdict[str, set[Value]] = defaultdict(set)
    for event in trace.events:
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
        yield "test images", event.images.shape[0]
        # with whichever batch size it was asked
        for batch_size in (lesson.fit.batch_size or DEFAULT_BATCH_SIZE, DEFAULT_BATCH_SIZE):
            yield "steps", math.ceil(event.images.shape[0] / batch_size)


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
        yield f"{part} images", None if images is None else images.shape[0]
