"""What a run showed of each term of the lesson, so that the notebook's text may speak of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from fmnist_spec.gate.compare.networks import steps_of
from fmnist_spec.gate.prose.numbers import Observed
from fmnist_spec.gate.trace import (
    Evaluated,
    Event,
    Fitted,
    ModelBuilt,
    Network,
    Predicted,
    SplitMade,
    Summarised,
    Trace,
)
from fmnist_spec.lesson import Lesson

Value = float | str


def observed_values(lesson: Lesson, trace: Trace) -> Observed:
    """Collect the values of all models, splits and trainings of a run, by term of the lesson."""
    values: defaultdict[str, set[Value]] = defaultdict(set)
    for event in trace.events:
        for term, value in _of_event(lesson, event):
            if value is not None:
                values[term].add(value)
    return Observed({term: frozenset(found) for term, found in values.items()})


def _of_event(lesson: Lesson, event: Event) -> Iterator[tuple[str, Value | None]]:
    if isinstance(event, ModelBuilt | Summarised | Fitted):
        yield from _of_network(event.network)
    if isinstance(event, SplitMade):
        yield "random_state", event.random_state
        yield from zip(("training images", "validation images"), event.sizes, strict=False)
    if isinstance(event, Fitted):
        yield from _of_fit(lesson, event)
    if isinstance(event, Evaluated | Predicted) and event.images is not None:
        yield "test images", event.images.shape[0]
        yield "steps", math.ceil(event.images.shape[0] / lesson.fit.batch_size)


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


def _of_fit(lesson: Lesson, fit: Fitted) -> Iterator[tuple[str, Value | None]]:
    steps = steps_of(lesson, fit)
    yield "epochs", fit.epochs
    yield "batch size", fit.batch_size
    yield "steps", steps
    yield "steps", steps and steps * fit.epochs
    for part, images in (("training", fit.images), ("validation", fit.validation)):
        yield f"{part} images", None if images is None else images.shape[0]
