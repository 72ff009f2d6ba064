"""What the source says of calls of Keras and scikit-learn, beside what a run has observed of them.

Only what is written out is compared. Where another call in the same line may have led to what was
observed, as a helper's, nothing is.
"""

import ast
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fmnist_spec.gate.events import (
    MOST_LAYERS,
    Compiled,
    DataLoaded,
    Evaluated,
    Event,
    Fitted,
    LayerMade,
    LeftOut,
    ModelBuilt,
    Predicted,
    SplitMade,
    Summarised,
)
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.source.calls import SEQUENTIAL, Call, OtherCall, WrittenCall, calls_of
from fmnist_spec.gate.source.python import MAGIC, NOT_PYTHON, SKIPPED, python_of
from fmnist_spec.gate.source.resolving import Names
from fmnist_spec.gate.trace import Trace
from fmnist_spec.network import SAME, TYPES

KINDS: dict[type[Event], str] = {
    **{DataLoaded: "load_data", SplitMade: "train_test_split", Summarised: "summary"},
    **{Compiled: "compile", Fitted: "fit", Evaluated: "evaluate", Predicted: "predict"},
}
# Values that Keras takes as they are written; others it may call by another name.
ACTIVATIONS = {"sigmoid", "softmax", "relu", "tanh", "linear", "elu", "selu", "gelu", "softplus"}
OPTIMIZERS = {"sgd", "rmsprop", "adam", "nadam", "adagrad", "adadelta", "adamax"}
LOSSES = {"sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"}
LOSSES |= {"mean_squared_error", "mean_absolute_error"}
METRICS = LOSSES | {"accuracy", "acc"}
SHORT = {**SAME, "mse": "mean_squared_error", "mae": "mean_absolute_error"}
IDLE = ast.Assign | ast.Expr | ast.Name | ast.Constant | ast.expr_context | ast.Pass
# Magics that give no name another value.
HARMLESS = ("%matplotlib", "%config", "!", "%pip", "%%time", "%time", "%%capture", "%load_ext")
LONGEST = 120  # characters of a call that are shown


@dataclass(frozen=True)
class Difference:
    """What a line writes, and what was observed there; nothing observed is ""."""

    cell: int
    line: int
    written: str  # "" if the line writes no such call
    observed: str


def differences(cells: Iterable[Cell], trace: Trace) -> Iterator[Difference]:
    """Give where what was observed is not what the source writes."""
    code = [one for one in cells if one.type == "code" and SKIPPED not in one.tags]
    written = _Written(code)
    told = set[tuple[int, int]]()
    for one in (*_missing(written, trace), *_other(written, trace)):
        if (one.cell, one.line) not in told:
            told.add((one.cell, one.line))
            yield one


class _Written:
    """The calls of a notebook's code."""

    def __init__(self, code: Iterable[Cell]) -> None:
        own = (one for one in code if not NOT_PYTHON.match(one.source))
        self.cells = {cell.index: cell.source for cell in own}
        found = {at: python_of(source) for at, source in self.cells.items()}
        self.trees = {at: tree for at, tree in found.items() if tree is not None}
        self.calls = list[Call]()
        names = Names(self.trees.values())
        for at, tree in self.trees.items():
            hides = _hides(self.cells[at])
            for statement in tree.body if _is_followed(tree) else ():
                if hides:
                    names.forget_models()
                self.calls += calls_of(at, statement, names)
                names.take(statement)
            if hides:
                names.forget_models()

    def at(self, cell: int, line: int) -> list[Call]:
        """Give the calls that a line is a part of."""
        return [one for one in self.calls if one.cell == cell and line in one.lines]


def _is_followed(tree: ast.Module) -> bool:
    try:
        ast.unparse(tree)
    except RecursionError:  # a sum of ten thousand numbers
        return False
    return True


def _hides(source: str) -> bool:
    """Whether a magic of a cell may give a name another value."""
    lines = (found[0].lstrip() for found in MAGIC.finditer(source))
    return not all(line.startswith(HARMLESS) for line in lines)


def _missing(written: _Written, trace: Trace) -> Iterator[Difference]:
    """Tell of calls that were made for certain and are not observed as they are written."""
    ran = {run.cell for run in trace.cells if run.status == "ok"} - _unlike(written, trace)
    plain = [one for one in written.calls if isinstance(one, WrittenCall)]
    plain = [one for one in plain if one.certain and one.plain and one.cell in ran]
    if sum(isinstance(one, LayerMade) for one in trace.events) >= MOST_LAYERS:
        plain = [one for one in plain if one.kind not in TYPES]  # not all were told
    groups: dict[tuple[int, range, str], list[WrittenCall]] = {}
    for one in plain:
        groups.setdefault((one.cell, one.within, one.kind), []).append(one)
    for (cell, lines, kind), calls in groups.items():
        here = [one for one in trace.events if one.cell == cell and (one.line or 0) in lines]
        events = [one for one in here if _kind(one) == kind]
        yield from _unmatched(calls, events)


def _unlike(written: _Written, trace: Trace) -> set[int]:
    """Give the cells of which not all lines ran as they stand there."""
    around = {at for at, source in written.cells.items() if source.lstrip().startswith("%%")}
    timed = {at for at in around if _magic(written.cells[at]) in ("time", "capture")}
    left = {one.cell for one in trace.events if isinstance(one, LeftOut)}
    return left | (around - timed)


def _magic(source: str) -> str:
    return next(iter(source.lstrip().removeprefix("%%").split()), "")


def _unmatched(calls: Iterable[WrittenCall], events: list[Event]) -> Iterator[Difference]:
    """Find each call among what was observed, in their order; else tell what was instead."""
    calls = [*calls]
    is_paired = len(calls) == len(events)
    at = 0
    for number, call in enumerate(calls):
        later = range(at, len(events))
        found = next((place for place in later if not _wrong(call, events[place])), None)
        if found is None:
            instead = events[number] if is_paired else events[-1] if len(events) == 1 else None
            observed = _shown(instead, call) if instead is not None else ""
            yield Difference(call.cell, call.lines[0], call.text[:LONGEST], observed)
        else:
            at = found + 1


def _other(written: _Written, trace: Trace) -> Iterator[Difference]:
    """Tell of what a cell's own code has called that does not stand there so."""
    for event in trace.events:
        kind = _kind(event)
        if not kind or event.by is None or event.by[0] not in written.trees:
            continue
        calls = written.at(*event.by)
        own = [one for one in calls if isinstance(one, WrittenCall) and one.kind == kind]
        is_helped = any(isinstance(one, OtherCall) for one in calls)
        if is_helped or not all(_wrong(one, event) for one in own):
            continue
        if own:
            yield Difference(*event.by, own[0].text[:LONGEST], _shown(event, own[0]))
        elif not calls and _is_idle(written.trees[event.by[0]], event.by[1]):
            yield Difference(*event.by, "", kind)


def _is_idle(tree: ast.Module, line: int) -> bool:
    """Whether a line of a cell can call nothing at all."""
    for one in tree.body:
        if one.lineno <= line <= (one.end_lineno or one.lineno):
            nodes = [*ast.walk(one)]
            texts = (node for node in nodes if isinstance(node, ast.Constant))
            has_text = any(isinstance(node.value, str) for node in texts)  # it may be run
            return not has_text and all(isinstance(node, IDLE) for node in nodes)
    return True


def _kind(event: Event) -> str:
    """Give the kind of call that an event is of; "" of others."""
    if isinstance(event, LayerMade):
        return event.layer.type
    if isinstance(event, ModelBuilt):
        return "" if event.style == "other" else SEQUENTIAL
    return KINDS.get(type(event), "")


def _wrong(call: WrittenCall, event: Event) -> list[tuple[str, Any]]:
    """Give the arguments that are written out otherwise than observed, with what was observed."""
    if call.dataset and isinstance(event, DataLoaded) and event.dataset != call.dataset:
        return [("dataset", event.dataset)]
    found = dict(_observed(event))
    pairs = [(name, value, found[name]) for name, value in call.given.items() if name in found]
    return [(name, seen) for name, value, seen in pairs if _differ(name, value, seen)]


def _observed(event: Event) -> Iterator[tuple[str, Any]]:
    """Give what was observed of a call's arguments, by their names."""
    names: Collection[str] = ()
    source: Any = event
    if isinstance(event, LayerMade):
        source, names = event.layer, ("units", "activation", "use_bias", "name")
    elif isinstance(event, Compiled):
        names = ("loss", "optimizer", "metrics")
    elif isinstance(event, Fitted):
        names = ("epochs", "batch_size", "validation_split", "initial_epoch", "steps_per_epoch")
    elif isinstance(event, Evaluated):
        names = ("batch_size", "steps")
    elif isinstance(event, SplitMade):
        names = ("test_size", "train_size", "random_state", "shuffle")
    for name in names:
        yield name, getattr(source, name)


def _differ(name: str, written: Any, seen: Any) -> bool:
    """Whether a written value is certainly another one than that which was observed."""
    if name in WORDS:
        return WORDS[name](written, seen)
    if name == "name":
        return isinstance(written, str) and written != seen
    is_plain = type(written) in (int, float, bool)
    if name in ("units", "epochs", "batch_size", "steps", "steps_per_epoch", "initial_epoch"):
        is_plain = type(written) is int
    return is_plain and written != seen


def _of(known: Collection[str]) -> Callable[[Any, Any], bool]:
    """Compare words, if Keras takes both of them as they stand."""

    def differ(written: Any, seen: Any) -> bool:
        one, other = (SHORT.get(str(word), str(word)) for word in (written, seen))
        return isinstance(written, str) and {one, other} <= {*known} and one != other

    return differ


def _metrics_differ(written: Any, seen: Any) -> bool:
    asked = (written,) if isinstance(written, str) else written
    if not isinstance(asked, tuple) or not all(isinstance(one, str) for one in asked):
        return False
    one = tuple(SHORT.get(word, word) for word in asked)
    return {*one, *seen} <= METRICS and one != tuple(seen)


WORDS: dict[str, Callable[[Any, Any], bool]] = {
    "activation": _of(ACTIVATIONS),
    "optimizer": lambda written, seen: _of(OPTIMIZERS)(str(written).lower(), seen),
    "loss": _of(LOSSES),
    "metrics": _metrics_differ,
}


def _shown(event: Event, call: WrittenCall) -> str:
    """Write what was observed instead of what a call writes."""
    wrong = _wrong(call, event)
    told = ", ".join(f"{name}={value!r}" for name, value in wrong[:3])
    return f"{call.kind}({told})" if told else ""
