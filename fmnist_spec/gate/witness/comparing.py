"""What the source says of calls of Keras and scikit-learn, beside what a run has observed of them.

Only what is written out is compared. Where another call in the same line may have led to what was
observed, as a helper's, nothing is.
"""

import ast
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from fmnist_spec.files import LONGEST_PROGRAM
from fmnist_spec.gate.events import MOST_LAYERS, Event, LayerMade, LeftOut
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.source.python import MAGIC, NOT_PYTHON, SKIPPED, python_of
from fmnist_spec.gate.trace import Trace
from fmnist_spec.gate.witness.arguments import kind_of, shown, wrong
from fmnist_spec.gate.witness.calls import Call, OtherCall, WrittenCall, calls_of
from fmnist_spec.gate.witness.resolving import Names
from fmnist_spec.network import TYPES

IDLE = ast.Assign | ast.Expr | ast.Name | ast.Constant | ast.expr_context | ast.Pass
# Magics that give no name another value.
HARMLESS = ("%matplotlib", "%config", "!", "%pip", "%%time", "%time", "%%capture", "%load_ext")
MOST_EVENTS = 2_000  # of a cell that are compared


@dataclass(frozen=True)
class Difference:
    """What a line writes, and what was observed there; nothing observed is ""."""

    cell: int
    line: int
    written: str  # "" if the line writes no such call
    observed: str
    is_read: bool = True  # else the cell is too long for that


def differences(cells: Iterable[Cell], trace: Trace) -> Iterator[Difference]:
    """Give where what was observed is not what the source writes."""
    code = [one for one in cells if one.type == "code" and SKIPPED not in one.tags]
    written = _Written(code)
    told = set[tuple[int, int]]()
    for one in (*_missing(written, trace), *_other(written, trace), *_unread(code, trace)):
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
        self.calls: dict[int, list[Call]] = {}
        names = Names(self.trees.values())
        for at, tree in self.trees.items():
            hides = _hides(self.cells[at])
            for statement in tree.body:
                if hides:
                    names.forget_models()
                with suppress(RecursionError):  # a sum of ten thousand numbers
                    self.calls.setdefault(at, []).extend(calls_of(at, statement, names))
                names.take(statement)
            if hides:
                names.forget_models()

    def at(self, cell: int, line: int) -> list[Call]:
        """Give the calls that a line is a part of."""
        return [one for one in self.calls.get(cell, ()) if line in one.lines]


def _hides(source: str) -> bool:
    """Whether a magic of a cell may give a name another value."""
    lines = (found[0].lstrip() for found in MAGIC.finditer(source))
    return not all(line.startswith(HARMLESS) for line in lines)


def _missing(written: _Written, trace: Trace) -> Iterator[Difference]:
    """Tell of calls that were made for certain and are not observed as they are written."""
    ran = {run.cell for run in trace.cells if run.status == "ok"} - _unlike(written, trace)
    events = _by_cell(trace)
    ran -= {at for at, found in events.items() if len(found) > MOST_EVENTS}
    calls = (one for at in ran for one in written.calls.get(at, ()))
    plain = [one for one in calls if isinstance(one, WrittenCall) and one.certain and one.plain]
    if sum(isinstance(one, LayerMade) for one in trace.events) >= MOST_LAYERS:
        plain = [one for one in plain if one.kind not in TYPES]  # not all were told
    groups: dict[tuple[int, range, str], list[WrittenCall]] = {}
    for one in plain:
        groups.setdefault((one.cell, one.within, one.kind), []).append(one)
    for (cell, lines, kind), group in groups.items():
        here = (one for one in events.get(cell, ()) if (one.line or 0) in lines)
        yield from _unmatched(group, [one for one in here if kind_of(one) == kind])


def _by_cell(trace: Trace) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = {}
    for one in trace.events:
        found.setdefault(one.cell, []).append(one)
    return found


def _unlike(written: _Written, trace: Trace) -> set[int]:
    """Give the cells of which not all lines ran as they stand there."""
    around = {at for at, source in written.cells.items() if source.lstrip().startswith("%%")}
    timed = {at for at in around if _magic(written.cells[at]) in ("time", "capture")}
    events = (one for one in trace.events if isinstance(one, LeftOut))
    # A shell command that names nothing is a line of its own: the other ones run as they stand.
    left = {one.cell for one in events if one.why != "shell" or one.names}
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
        found = next((place for place in later if not wrong(call, events[place])), None)
        if found is None:
            instead = events[number] if is_paired else events[-1] if len(events) == 1 else None
            observed = shown(instead, call) if instead is not None else ""
            yield Difference(call.cell, call.lines[0], call.text, observed)
        else:
            at = found + 1


def _other(written: _Written, trace: Trace) -> Iterator[Difference]:
    """Tell of what a cell's own code has called that does not stand there so."""
    for event in (one for found in _by_cell(trace).values() for one in found[:MOST_EVENTS]):
        kind = kind_of(event)
        if not kind or event.by is None or event.by[0] not in written.trees:
            continue
        calls = written.at(*event.by)
        own = [one for one in calls if isinstance(one, WrittenCall) and one.kind == kind]
        is_helped = any(isinstance(one, OtherCall) for one in calls)
        if is_helped or not all(wrong(one, event) for one in own):
            continue
        if own:
            yield Difference(*event.by, own[0].text, shown(event, own[0]))
        elif not calls and _is_idle(written.trees[event.by[0]], event.by[1]):
            yield Difference(*event.by, "", kind)


def _unread(code: Iterable[Cell], trace: Trace) -> Iterator[Difference]:
    """Tell of cells that are too long to be read, and whose own code calls Keras."""
    calling = {event.by[0]: kind_of(event) for event in trace.events if event.by and kind_of(event)}
    for cell in code:
        if len(cell.source) > LONGEST_PROGRAM and cell.index in calling:
            yield Difference(cell.index, 1, "", calling[cell.index], is_read=False)


def _is_idle(tree: ast.Module, line: int) -> bool:
    """Whether a line of a cell can call nothing at all."""
    for one in tree.body:
        if one.lineno <= line <= (one.end_lineno or one.lineno):
            nodes = [*ast.walk(one)]
            texts = (node for node in nodes if isinstance(node, ast.Constant))
            has_text = any(isinstance(node.value, str) for node in texts)  # it may be run
            return not has_text and all(isinstance(node, IDLE) for node in nodes)
    return True
