"""What evaluate() stores, beside what its cell evaluates: steps, values, and those of another."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    steps = [_wrong_steps(place, *one) for one in lines]
    yield from (piece for piece in steps if piece is not None)
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


def _wrong_steps(place: Place, line: Progress, given: Sequence[Evaluated]) -> Piece | None:
    """Hold a line's count against the steps of the evaluations; None if these are not known."""
    known = [(one, *_size(one)) for one in given]
    if any(steps is None for _, steps, _ in known):
        return None
    if any(line.counts(steps, images) for _, steps, images in known):
        return ()
    event, steps, images = known[0]
    told = {"found": line.count, "steps": steps, "images": images}
    return (place.finding("stored-value", line=event.line, says="other-steps", **told),)


def _size(event: Evaluated) -> tuple[int | None, int | None]:
    """Count the steps and the images of an evaluation."""
    if event.images is None:
        return event.steps, None
    images = event.images.shape[0]
    return event.steps or math.ceil(images / (event.batch_size or DEFAULT_BATCH_SIZE)), images


@dataclass(frozen=True)
class _Shown:
    """Numbers that are stored of one evaluation, and the training that they belong to."""

    cell: int
    line: int | None
    numbers: tuple[float, ...]
    fits: tuple[Fitted, ...]  # of its model, before it


def _again(place: Place) -> Finding | None:
    """Look for an earlier cell that stores the same numbers of a model that was trained apart."""
    evidence = place.evidence
    shown = evidence.once("evaluations", lambda: [*_shown(evidence)])
    for at, one in enumerate(shown):
        same = (other for other in shown[:at] if other.numbers == one.numbers)
        other = next((other for other in same if _are_apart(evidence, one, other)), None)
        if other and one.cell == place.cell.index:
            told = {"other": evidence.place_of(other.cell), "observed": str([*one.numbers])}
            says: Any = {"says": "same-as", "severity": "warning", "line": one.line}
            return place.finding("stored-value", **says, **told)
    return None


def _shown(evidence: Evidence) -> Iterator[_Shown]:
    """Give what is stored of each evaluation of a trained model, as precisely as it is."""
    for place in places(evidence):
        events = place.events(Evaluated)
        lines = [(*one.values.values(),) for one in read_evaluations(place.stored.text)]
        lists = [(*one,) for one in results(place.stored.text)]
        numbers = next((one for one in (lists, lines) if len(one) == len(events)), [])
        for values, event in zip(numbers, events, strict=False):
            if (fits := _fits(evidence, event)) and len(values) > 1:
                yield _Shown(place.cell.index, event.line, values, fits)


def _fits(evidence: Evidence, event: Evaluated) -> tuple[Fitted, ...]:
    before = evidence.trace.events[: evidence.trace.events.index(event)]
    return tuple(one for one in before if isinstance(one, Fitted) and one.model == event.model)


def _are_apart(evidence: Evidence, one: _Shown, other: _Shown) -> bool:
    """Whether chance has trained the two: no seed that both could have, no weights in common."""
    last, before = one.fits[-1], other.fits[-1]
    if last is before or REUSED.search(evidence.code):
        return False
    if last.model == before.model:
        return True
    alike = _layers(last) == _layers(before) and SEED.search(evidence.code)
    return not (alike or shared_layers(evidence, last) or shared_layers(evidence, before))


def _layers(fit: Fitted) -> list[tuple[object, ...]]:
    return [(layer.type, layer.units, layer.activation) for layer in fit.network.layers]


def _is_comparable(evidence: Evidence, event: Evaluated) -> bool:
    """Whether the model was trained once, on the whole data, and as in the lesson."""
    fits = [one for one in evidence.events(Fitted) if one.model == event.model]
    return evidence.trained_wholly and len(fits) == 1 and evidence.is_lessons_training(fits[0])
