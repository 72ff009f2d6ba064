"""Two notebooks beside each other, without a run: what the traces of traces.py show of them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from notebooks import LESSON, LESSON_FILE
from traces import EVENTS, trace

from fmnist_spec.gate.confine.sandbox import NEEDED
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.diff.comparison import Comparison, compare, held_of
from fmnist_spec.gate.diff.facts import Value
from fmnist_spec.gate.events import Event, Network
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.gate.trace import CellRun
from fmnist_spec.gate.verdict import hold
from fmnist_spec.lesson import Lesson

# Where the events of traces.py stand.
CODE = ("load", "split", "list", "named\nnamed.summary()", "add", "compile", "fit")
CONFIG = Config(ignore=("stored-none",))  # nothing is stored below these cells
NAMES = ("old.ipynb", "new.ipynb")


def cells_of(*sources: str) -> tuple[Cell, ...]:
    """Make cells; a source that begins with # and a blank is text."""
    kinds = ("markdown" if one.startswith("# ") else "code" for one in sources)
    lines = (tuple(range(1, one.count("\n") + 2)) for one in sources)
    cells = zip(kinds, sources, lines, strict=True)
    return tuple(Cell(at, *one) for at, one in enumerate(cells))  # type: ignore[arg-type]


def judged(
    events: Iterable[Event] = EVENTS,
    sources: Sequence[str] = CODE,
    config: Config = CONFIG,
    lesson: Lesson = LESSON,
    **changes: Any,
) -> Result:
    """Judge a notebook whose run showed these events; their cells count only those of code."""
    cells = cells_of(*sources)
    code = [one.index for one in cells if one.type == "code"]
    ran = tuple(CellRun(at, "ok", None, "", 0.1) for at in code)
    moved = (replace(one, cell=code[one.cell]) for one in events)
    shown = trace(*moved, **{"cells": ran, "isolation": NEEDED, **changes})
    notebook = Notebook(Path("one.ipynb"), cells)
    return hold([Evidence(lesson, notebook, shown, LESSON_FILE)], config, 0.0)


def beside(old: Result, new: Result) -> Comparison:
    return compare(NAMES, (old, new), (held_of(old), held_of(new)))


def changed(found: Comparison) -> dict[str, tuple[Value, Value]]:
    """Give the facts that differ, by their layers and names: "hidden units"."""
    return {f"{one.layer} {one.what}".strip(): (one.old, one.new) for one in found.changed}


def rules(found: Comparison, state: str) -> list[str]:
    """Name the rules of the findings that are new, gone, silenced or kept."""
    return [one.rule for one in getattr(found.findings, state)]


def counted(network: Network) -> Network:
    """Fill in the parameters of Dense layers, as Keras counts them."""
    layers, inputs = [], 784
    for one in network.layers:
        own = (inputs + 1) * (one.units or 0)
        layers.append(replace(one, parameters=own))
        inputs = one.units or inputs
    total = sum(one.parameters or 0 for one in layers)
    return replace(network, layers=tuple(layers), trainable_parameters=total)


def with_networks(change: Any, events: Iterable[Event] = EVENTS) -> list[Event]:
    """Change the network of each event that has one."""
    return [
        replace(one, network=change(one.network)) if hasattr(one, "network") else one  # type: ignore[call-arg]
        for one in events
    ]
