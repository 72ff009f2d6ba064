"""Networks and trainings of a run, as values that the page draws."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from fmnist_spec.gate.catalogue import shown
from fmnist_spec.gate.compare.networks import differences, layer_differences
from fmnist_spec.gate.compare.styles import as_used
from fmnist_spec.gate.compare.terms import ACCURACIES
from fmnist_spec.gate.events import Fitted, Layer, Network
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.report.html.pictures import strip
from fmnist_spec.lesson import Lesson
from fmnist_spec.network import LayerSpec

MOST_NETWORKS, MOST_LAYERS, MOST_EPOCHS = 4, 10, 200
WORD = 13  # characters in a box
WIDTH, HEIGHT = 200, 90  # of a chart


class Box(NamedTuple):
    """A layer: its type or units, what else is said of it, and what the lesson has instead."""

    title: str
    more: str = ""
    height: float = 0  # from 0 to 1
    differs: bool = False
    instead: str = ""


@dataclass(frozen=True)
class Drawn:
    """A network: its layers behind its inputs, where it was built, and how it differs."""

    boxes: tuple[Box, ...]
    left_out: int = 0  # layers
    places: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()


class Curve(NamedTuple):
    """A value by epoch: of the training or the validation images, as points of a chart."""

    of: str
    points: str
    last: float
    x: float
    y: float


class Chart(NamedTuple):
    """Curves between a lowest and a highest value, over so many epochs."""

    title: str
    low: float
    high: float
    epochs: int
    curves: tuple[Curve, ...]


@dataclass(frozen=True)
class Training:
    """One fit(): where, its charts, and images that it got, with their range and the lesson's."""

    fit: Fitted
    place: str
    charts: tuple[Chart, ...]
    strip: tuple[str, int, int] | None
    brightest: float  # of the lesson's images


def lessons_network(lesson: Lesson) -> Drawn:
    """Draw the network of a lesson."""
    boxes = [_box(one) for one in lesson.network.layers]
    return _drawn(_inputs(lesson.input_shape), boxes)


def networks(result: Result, lesson: Lesson) -> tuple[list[Drawn], int]:
    """Draw the networks that a notebook used, equal ones once, and count those left out."""
    if result.trace is None or result.notebook is None:
        return [], 0
    places: dict[Network, list[str]] = {}
    alike: dict[tuple[object, ...], Network] = {}
    for model in as_used(lesson, result.trace.events):
        if model.network.layers:
            one = model.network
            key = one.type, one.input_shape, *map(_key, one.layers)
            place = result.notebook.cells[model.cell].place()
            places.setdefault(alike.setdefault(key, one), []).append(place)
    kept = [*places.items()][:MOST_NETWORKS]
    return [_observed(lesson, one, at) for one, at in kept], len(places) - len(kept)


def _observed(lesson: Lesson, network: Network, places: Sequence[str]) -> Drawn:
    found = differences(lesson, network)
    differing = tuple(str(shown("network", one)) for one in found)
    boxes = [*_marked(network.layers, lesson.network.layers)]
    inputs = _inputs((network.input_shape or ())[1:])
    wanted = _inputs(lesson.input_shape)
    if inputs.title != wanted.title:
        inputs = inputs._replace(differs=True, instead=wanted.title)
    return _drawn(inputs, boxes, tuple(dict.fromkeys(places)), differing)


def _drawn(inputs: Box, boxes: Sequence[Box], *more: tuple[str, ...]) -> Drawn:
    kept = (inputs, *boxes[:MOST_LAYERS])
    return Drawn(kept, len(boxes) - len(kept) + 1, *more)


def _inputs(shape: Sequence[int | None]) -> Box:
    size = math.prod(one or 1 for one in shape)
    return Box(" \u00d7 ".join(map(str, shape)) or "?", "", _height(size))


def _key(layer: Layer | LayerSpec) -> tuple[object, ...]:
    told = layer.units or None, layer.activation, *sorted(map(str, layer.options.items()))
    return layer.type, getattr(layer, "trainable", True), getattr(layer, "use_bias", None), *told


def _height(size: float) -> float:
    return min(math.log10(max(size, 1)) / 3, 1)


def _box(layer: Layer | LayerSpec) -> Box:
    title = layer.type if layer.type != "Dense" else str(layer.units)
    more = [layer.activation, *(f"{name} {one}" for name, one in layer.options.items())]
    told = " ".join(str(one) for one in more if one is not None)
    return Box(_cut(title), _cut(told), _height(layer.units or 1))


def _cut(text: str) -> str:
    """Cut a word that is longer than a box."""
    return text if len(text) <= WORD else f"{text[: WORD - 1]}…"


def _marked(layers: Sequence[Layer], wanted: Sequence[LayerSpec]) -> Iterator[Box]:
    """Draw layers; those that the lesson does not have are marked."""
    own, others = ([(one.type, one.units or 0) for one in of] for of in (layers, wanted))
    codes = SequenceMatcher(None, others, own, autojunk=False).get_opcodes()
    if len(own) == len(others):
        codes = [("replace", 0, len(own), 0, len(own))]
    for _, begin, end, start, stop in codes:
        paired: Sequence[LayerSpec | None] = wanted[begin:end]
        if len(paired) != stop - start:
            paired = [None] * (stop - start)
        for layer, expected in zip(layers[start:stop], paired, strict=True):
            box = _box(layer)
            if expected is None or any(layer_differences(layer, expected)):
                instead = _box(expected) if expected else None
                told = f"{instead.title} {instead.more}".strip() if instead else ""
                box = box._replace(differs=True, instead=told)
            yield box


def trainings(result: Result, lesson: Lesson, most: int) -> tuple[list[Training], int]:
    """Draw what was trained, and count the trainings that are left out."""
    if result.trace is None or result.notebook is None:
        return [], 0
    events = result.trace.events
    fits = [one for one in events if isinstance(one, Fitted) and not one.raised]
    cells, drawn = result.notebook.cells, []
    brightest = lesson.data.brightest / lesson.data.scale
    for fit in fits[:most]:
        place = cells[fit.cell].place(fit.line)
        pictures = strip(fit.pictures, 0.0, brightest) if fit.pictures else None
        drawn.append(Training(fit, place, tuple(_charts(fit)), pictures, brightest))
    return drawn, len(fits) - len(drawn)


def _charts(fit: Fitted) -> Iterator[Chart]:
    """Draw accuracy and loss, each of the training and the validation images."""
    for title, names in (("accuracy", ACCURACIES), ("loss", {"loss"})):
        found = {name.removeprefix("val_") for name in fit.history} & names
        for name in sorted(found)[:1]:
            told = {
                of: [one for one in fit.history.get(key, ())[:MOST_EPOCHS] if abs(one) < 1e30]
                for of, key in (("training", name), ("validation", f"val_{name}"))
            }
            values = [one for curve in told.values() for one in curve]
            if values:
                low, high = _bounds(title, values)
                epochs = max(map(len, told.values()))
                curves = (_curve(of, one, low, high) for of, one in told.items() if one)
                yield Chart(title, low, high, epochs, tuple(curves))


def _bounds(title: str, values: Sequence[float]) -> tuple[float, float]:
    if title == "accuracy" and min(values) >= 0 and max(values) <= 1:
        return 0.0, 1.0
    low, high = min(*values, 0.0), max(values)
    return low, high if high > low else low + 1.0


def _curve(of: str, values: Sequence[float], low: float, high: float) -> Curve:
    step = WIDTH / max(len(values) - 1, 1)
    points = [
        (round(at * step, 1), round(HEIGHT * (1 - (one - low) / (high - low)), 1))
        for at, one in enumerate(values)
    ]
    return Curve(of, " ".join(f"{x},{y}" for x, y in points), values[-1], *points[-1])
