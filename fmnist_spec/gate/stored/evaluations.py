"""What evaluate() stores, beside what its cell evaluates: steps, values, and those of another."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

from fmnist_spec._compat import DEFAULT_BATCH_SIZE
from fmnist_spec.gate.events import Evaluated, Fitted
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.stored.place import REUSED, Piece, Place, matched, places, shared_layers
from fmnist_spec.gate.stored.progress import Progress, read_evaluations

EVALUATION = re.compile(r"^\[(\d+\.\d+(?:, \d+\.\d+)+)\]$", re.MULTILINE)  # [0.3497, 0.8726]
# How far evaluate()'s loss and accuracy may be off. On the validation images, after eight
# trainings without a seed, they were 0.342 to 0.370 and 0.8667 to 0.8746.
EVALUATED = (0.05, 0.02)
SEED = re.compile(r"\bset_(?:random_)?seed\(|random\.seed\(|enable_op_determinism")


def results(text: str) -> list[list[float]]:
    """Read the lists that evaluate() returned."""
    return [[*map(float, one.split(", "))] for one in EVALUATION.findall(text)]


def evaluations(place: Place) -> Iterator[Piece]:
    """Hold each stored evaluation against those of the cell, and against those of other cells."""
    events = place.events(Evaluated)
    if not events:
        return
    lines = matched(read_evaluations(place.stored.text), events)
    steps = [piece for line in lines for piece in _wrong_steps(place, *line)]
    yield from steps
    if not any(steps):  # else the values are of that other evaluation, too
        pieces, again = [*_values(place, events)], _again(place)
        is_wrong = any(isinstance(piece, tuple) and piece for piece in pieces)
        yield from pieces if is_wrong or again is None else [(again,)]


def _values(place: Place, events: list[Evaluated]) -> Iterator[Piece]:
    evaluated = results(place.stored.text)
    for numbers, given in matched(evaluated, events):
        if len(evaluated) == len(events) and _is_comparable(place.evidence, given[0]):
            ran = [*given[0].values]
            compared = zip(numbers, ran, EVALUATED, strict=False)
            right = all(abs(one - other) <= most for one, other, most in compared)
            wrong = {"expected": str(ran), "observed": str(numbers)}
            yield () if right else (place.finding("stored-value", **wrong),)
        else:
            yield "evaluation"


def _wrong_steps(place: Place, line: Progress, given: Sequence[Evaluated]) -> Iterator[Piece]:
    """Hold a line's count against the steps of the evaluations, if these are known."""
    known = [(one, *_size(one)) for one in given]
    event, steps, images = known[0]
    told = {"says": "other-steps", "found": line.count, "steps": steps, "images": images}
    if all(steps is not None for _, steps, _ in known):
        right = any(line.counts(steps, images) for _, steps, images in known)
        yield () if right else (place.finding("stored-value", line=event.line, **told),)


def _size(event: Evaluated) -> tuple[int | None, int | None]:
    """Count the steps and the images of an evaluation."""
    if event.images is None:
        return event.steps, None
    images = event.images.shape[0]
    return event.steps or math.ceil(images / (event.batch_size or DEFAULT_BATCH_SIZE)), images


def _again(place: Place) -> Finding | None:
    """Look for an earlier cell that stores the same numbers of a model that was trained apart."""
    evidence = place.evidence
    shown = evidence.once("evaluations", lambda: [*_shown(evidence)])
    for at, (event, fit, numbers) in enumerate(shown):
        same = (one for one in shown[:at] if one[2] == numbers)
        other = next((one for one, before, _ in same if _are_apart(evidence, fit, before)), None)
        if other and event.cell == place.cell.index:
            told = {"other": evidence.cells[other.cell].place(), "observed": str(numbers)}
            says: Any = {"says": "same-as", "severity": "warning", "line": event.line}
            return place.finding("stored-value", **says, **told)
    return None


def _shown(evidence: Evidence) -> Iterator[tuple[Evaluated, Fitted, list[float]]]:
    """Give what is stored of each evaluation of a trained model, as precisely as it is.

    Which training decides it: the last of its model before it.
    """
    for place in places(evidence):
        events = place.events(Evaluated)
        lines = [[*one.values.values()] for one in read_evaluations(place.stored.text)]
        shown = (results(place.stored.text), lines)
        numbers = next((one for one in shown if len(one) == len(events)), [])
        for values, event in zip(numbers, events, strict=False):
            fits = [one for one in evidence.before(event, Fitted) if one.model == event.model]
            if fits and len(values) > 1:
                yield event, fits[-1], values


def _are_apart(evidence: Evidence, one: Fitted, other: Fitted) -> bool:
    """Whether chance has trained the two: no seed that both could have, no weights in common."""
    code = evidence.notebook.code
    if one is other or REUSED.search(code):
        return False
    alike = _layers(one) == _layers(other) and SEED.search(code)
    shared = shared_layers(evidence, one) or shared_layers(evidence, other)
    return one.model == other.model or not (alike or shared)


def _layers(fit: Fitted) -> list[tuple[object, ...]]:
    return [(layer.type, layer.units, layer.activation) for layer in fit.network.layers]


def _is_comparable(evidence: Evidence, event: Evaluated) -> bool:
    """Whether the model was trained once, on the whole data, and as in the lesson."""
    fits = [one for one in evidence.events(Fitted) if one.model == event.model]
    return evidence.trained_wholly and len(fits) == 1 and evidence.is_lessons_training(fits[0])
