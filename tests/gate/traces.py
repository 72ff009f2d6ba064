"""Traces for the tests of the rules, built in code: what a sound notebook shows, and changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from notebooks import LESSON
from told import told_of

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.compare.contents import Reference
from fmnist_spec.gate.compare.images import LessonImages
from fmnist_spec.gate.events import (
    Compiled,
    DataLoaded,
    Event,
    Fitted,
    Images,
    Layer,
    ModelBuilt,
    Network,
    SplitMade,
    Summarised,
)
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.gate.trace import CellRun, Trace
from fmnist_spec.gate.verdict import judge
from fmnist_spec.lesson import Lesson
from fmnist_spec.preparing import split_indices

CELLS = tuple(Cell(at, "code", "one\ntwo", (10 * at + 1, 10 * at + 2)) for at in range(9))


def layer(units: int, activation: str, **changes: Any) -> Layer:
    plain = Layer("Dense", "dense", units, activation, True, True, (None, units), None)
    return replace(plain, **changes)


FLATTEN = Layer("Flatten", "flatten", None, None, None, True, (None, 784), 0)
HIDDEN, OUTPUT = layer(100, "sigmoid"), layer(10, "softmax")
NETWORK = Network("Sequential", "sequential", True, (None, 784), (HIDDEN, OUTPUT), 79510, 0)
NAMED_LAYERS = replace(HIDDEN, name="hidden"), replace(OUTPUT, name="output")
NAMED = replace(NETWORK, name=LESSON.network.name, layers=NAMED_LAYERS)
# Small images stand for the real ones: the bytes of their index.
INDICES = np.arange(LESSON.data.train_images + LESSON.data.test_images, dtype="<u8")
TRAIN, TEST = np.split(INDICES.view(np.uint8).reshape(-1, 8), [LESSON.data.train_images])
REFERENCE = Reference((TRAIN, TRAIN[:, 0]), (TEST, TEST[:, 0]))
PARTS = LessonImages(255, REFERENCE, *split_indices(LESSON))
DIVISORS = {"lesson": 255, "raw": 1, "twice": 255**2, "other": None}


def images(
    part: str = "train", *, scaling: str = "lesson", order: str = "in order", **changes: Any
) -> Images:
    """Make images that are a part of the data set, or none of it ("other")."""
    known = PARTS.contents("in order" if order == "in order" else "other order")
    dataset = LESSON.data.dataset if part in known else None
    facts = (DIVISORS[scaling], order, dataset, known.get(part))
    plain = Images((48000, 784), "float64", 0.0, 1.0, *facts, paired=True)
    return replace(plain, **changes)


IMAGES = images()
HISTORY = {"accuracy": (0.6, 0.7, 0.8), "loss": (1.0, 0.9, 0.8)}


def built(model: int, style: str, network: Network = NETWORK, cell: int = 2) -> ModelBuilt:
    """Make the event of a model; its layers are named if they are the named network's."""
    named = network.name != "sequential"
    layers_named = tuple(one.name in ("hidden", "output") for one in network.layers)
    return ModelBuilt(cell, 1, model, style, network, named, layers_named)  # type: ignore[arg-type]


LOADED = DataLoaded(0, 1, "fashion_mnist")
SPLIT = SplitMade(
    *(1, 2, 0.2, None, 42, True, False, (48000, 12000, 48000, 12000)),
    whole=PARTS.contents("in order")["whole"],
    parts=tuple(PARTS.contents("in order")[part] for part in ("train", "validation")),
    divided_by=255,
    pixels="in order",
)
OTHER_PARTS = (None, None)
LIST, NAMED_LIST, ADD = built(0, "list"), built(1, "list", NAMED, 3), built(2, "add", cell=4)
SUMMARY = Summarised(3, 2, 1, NAMED)
COMPILE = Compiled(
    5, 1, 2, "sparse_categorical_crossentropy", ("accuracy",), "rmsprop", 0.001, False
)
FIT = Fitted(6, 1, 2, NETWORK, None, IMAGES, 5, None, None, 0.0, 0, False, HISTORY, True)
EVENTS: tuple[Event, ...] = (LOADED, SPLIT, LIST, NAMED_LIST, SUMMARY, ADD, COMPILE, FIT)


def trace(*events: Event, **changes: Any) -> Trace:
    """Make a trace of events; every cell ran."""
    cells = tuple(CellRun(cell.index, "ok", None, "", 0.1) for cell in CELLS)
    linked = tuple(_linked(event, events or EVENTS) for event in events or EVENTS)
    whole = Trace("2.21.0", "3.15.1", (), False, linked, cells, None, reference=REFERENCE)
    return replace(whole, **changes)


def _linked(event: Event, events: Sequence[Event]) -> Event:
    """Let a fit point to the last compile of its model before it."""
    if not isinstance(event, Fitted):
        return event
    before = enumerate(events[: events.index(event)])
    compiles = [at for at, one in before if isinstance(one, Compiled) and one.model == event.model]
    return replace(event, compiled=compiles[-1])


def swap(old: Event, *new: Event, events: Sequence[Event] = EVENTS) -> tuple[Event, ...]:
    """Put events in the place of one; none to leave it out."""
    at = events.index(old)
    return (*events[:at], *new, *events[at + 1 :])


RULES_ON_RUNS = [id for id in RULES if id.partition("-")[0] not in ("stored", "outputs", "prose")]


def judge_trace(
    found: Trace,
    cells: Sequence[Cell] = CELLS,
    *,
    ids: Iterable[str] = RULES_ON_RUNS,
    severity: Mapping[str, str] = {},
    lesson: Lesson = LESSON,
) -> tuple[Finding, ...]:
    """Judge a trace by the rules on the run alone, or by those that are given."""
    notebook = Notebook(Path("one.ipynb"), tuple(cells))
    return judge(Evidence(lesson, notebook, found), ids, severity)


def expect(
    found: Trace, *rules: str, cells: Sequence[Cell] = CELLS, **values: object
) -> tuple[Finding, ...]:
    """Judge a trace: these rules speak, one finding for each, and all have these values."""
    findings = judge_trace(found, cells)
    report = f"expected {rules} {values}\n{told_of(findings, cells)}"
    assert sorted(one.rule for one in findings) == sorted(rules), report
    for one in findings:
        assert {name: getattr(one, name) for name in values} == values, report
    return findings
