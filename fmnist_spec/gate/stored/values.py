"""The rule on stored shapes, counts and evaluations: they are those that the cell gives."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from fmnist_spec._compat import DEFAULT_BATCH_SIZE
from fmnist_spec.gate.catalogue import phrase
from fmnist_spec.gate.events import Evaluated, Fitted, Images, Predicted, SplitMade
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.stored.place import Piece, Place, matched, places, reuses_weights, stored_rule
from fmnist_spec.gate.stored.progress import Progress, read_evaluations
from fmnist_spec.gate.stored.refreshing import replaced, trained
from fmnist_spec.gate.trace import LONGEST_OUTPUT

SHAPE = r"\(\d+,(?: ?\d+,?)*\)"
TOKEN = re.compile(SHAPE + r"|(?<![\w.,:/-])\d[\d,]*(?![\d.:%/e])")
NUMPY = re.compile(r"np\.u?int\d+\((\d+)\)")  # numpy 2 writes 5 as np.int64(5)
NOWHERE = (0, 0)  # where a form of numpy's is stored
# Lines that differ from one run to the next, and those of summaries and progress bars.
NOISE = re.compile(
    r"Downloading|://|ms/|us/|it/s|^Epoch |WARNING|[─━═=_]{4}|│|params:|\(None|Model:"
)
COUNTING = re.compile(r"\blen\(|\bsize\b|\bndim\b|shape\b|count_params")
# What makes a count differ from one run to the next, or between the sample and the whole data.
UNCERTAIN = re.compile(
    r"random\.|randint|choice|time|date|sample\(|version|\bid\(|hash|[!=<>]=|where"
)
EVALUATION = re.compile(r"^\[(\d+\.\d+(?:, \d+\.\d+)+)\]$", re.MULTILINE)  # [0.3497, 0.8726]
# How far evaluate()'s loss and accuracy may be off. On the validation images, after eight
# trainings without a seed, they were 0.342 to 0.370 and 0.8667 to 0.8746.
EVALUATED = (0.05, 0.02)
SEED = re.compile(r"\bset_(?:random_)?seed\(|random\.seed\(|enable_op_determinism")


@stored_rule("stored-value")
def values(place: Place) -> Iterator[Piece]:
    """Hold stored shapes, counts and evaluations against those that the cell gave."""
    texts = place.stored.text, place.ran.text
    if place.run.status == "ok" and max(map(len, texts)) < LONGEST_OUTPUT:
        pairs = [*_compared(place, *texts)]
        wrong = [one for one in pairs if one.stored != one.ran]
        edits = [edit for one in wrong for edit in replaced(place, one.span, one.ran)]
        told = ({"expected": one.ran, "observed": one.stored} for one in wrong[:1])
        if pairs:
            yield tuple(place.finding("stored-value", edits=edits, **one) for one in told)
    yield from _evaluations(place)


class _Pair(NamedTuple):
    """A shape or a count as it is stored, as the run printed it, and where it is stored."""

    stored: str
    ran: str
    span: tuple[int, int]


def _compared(place: Place, stored: str, ran: str) -> Iterator[_Pair]:
    """Give each shape or count that can be compared.

    A line is understood if all but its numbers is the same. Left out are decimals, arrays, and
    what a training, chance or the time decides; but sizes that the run is known to have are in.
    """
    cell, events = place.cell, place.evidence.trace.events
    if not COUNTING.search(cell.source):
        return
    trained = [one.cell for one in events if isinstance(one, Fitted | Evaluated | Predicted)]
    before = cell.index < min(trained, default=cell.index + 1)
    certain, known = before and not UNCERTAIN.search(cell.source), _known(place.evidence)
    lines, ran_lines = _lines(stored), _lines(ran)
    for (line, spans), (ran_line, _) in zip(lines, ran_lines, strict=False):
        same = len(lines) == len(ran_lines) and TOKEN.sub("#", line) == TOKEN.sub("#", ran_line)
        if same and "[" not in line:
            found = TOKEN.findall(line)
            where = spans if len(spans) == len(found) else [NOWHERE] * len(found)
            pairs = zip(found, TOKEN.findall(ran_line), where, strict=True)
            yield from (_Pair(*pair) for pair in pairs if certain or pair[1] in known)


def _lines(text: str) -> list[tuple[str, list[tuple[int, int]]]]:
    """Give the lines that may be compared, each with where its shapes and counts stand."""
    lines = (found for found in re.finditer(r"[^\n]+", text) if found[0].strip())
    return [
        (
            NUMPY.sub(r"\1", line[0].strip()),
            [found.span() for found in TOKEN.finditer(text, *line.span())],
        )
        for line in lines
        if not NOISE.search(line[0].strip())
    ]


def _known(evidence: Evidence) -> set[str]:
    """Sizes and shapes of the data and of predictions: no training or chance decides them."""
    found: set[object] = set()
    for event in evidence.trace.events:
        if isinstance(event, SplitMade):
            found.update((*event.sizes, *((size,) for size in event.sizes), *event.shapes))
        images = event.images if isinstance(event, Fitted | Predicted) else None
        found.update([images.shape] if isinstance(images, Images) else ())
        found.update([event.shape] if isinstance(event, Predicted) else ())
    return {str(one) for one in found}


def results(text: str) -> list[list[float]]:
    """Read the lists that evaluate() returned."""
    return [[*map(float, one.split(", "))] for one in EVALUATION.findall(text)]


def _evaluations(place: Place) -> Iterator[Piece]:
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
            told = {"edits": trained(place), **wrong}
            yield () if right else (place.finding("stored-value", **told),)
        else:
            yield phrase("left-evaluation")


def _wrong_steps(place: Place, line: Progress, given: Sequence[Evaluated]) -> Iterator[Piece]:
    """Hold a line's count against the steps of the evaluations, if these are known."""
    known = [(one, *_size(one)) for one in given]
    event, steps, _ = known[0]
    told: dict[str, Any] = {"says": "other-steps", "found": line.count, "steps": steps}
    if all(steps is not None for _, steps, _ in known):
        right = any(line.counts(steps, images) for _, steps, images in known)
        told["edits"] = () if right else trained(place)
        yield () if right else (place.evidence.finding("stored-value", event, **told),)


def _size(event: Evaluated) -> tuple[int | None, int | None]:
    """Count the steps and the images of an evaluation."""
    if event.images is None:
        return event.steps, None
    images = event.images.count
    return event.steps or math.ceil(images / (event.batch_size or DEFAULT_BATCH_SIZE)), images


def _again(place: Place) -> Finding | None:
    """Look for an earlier cell that stores the same numbers of a model that was trained apart."""
    evidence = place.evidence
    shown = evidence.once("evaluations", lambda: [*_shown(evidence)])
    for at, (event, fit, numbers) in enumerate(shown):
        same = (one for one in shown[:at] if one[2] == numbers)
        other = next((one for one, before, _ in same if _are_apart(evidence, fit, before)), None)
        if other and event.cell == place.cell.index:
            told: dict[str, Any] = {"says": "same-as", "severity": "warning"}
            told |= {"other": evidence.cells[other.cell].place(), "observed": str(numbers)}
            told["edits"] = trained(place)
            return evidence.finding("stored-value", event, **told)
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
    if one is other or reuses_weights(evidence, one) or reuses_weights(evidence, other):
        return False
    seeded = SEED.search(evidence.notebook.code)
    return one.model == other.model or not (seeded and _layers(one) == _layers(other))


def _layers(fit: Fitted) -> list[tuple[object, ...]]:
    return [(layer.type, layer.units, layer.activation) for layer in fit.network.layers]


def _is_comparable(evidence: Evidence, event: Evaluated) -> bool:
    """Whether the model was trained once, on the whole data, and as in the lesson."""
    fits = [one for one in evidence.events(Fitted) if one.model == event.model]
    return evidence.trained_wholly and len(fits) == 1 and evidence.is_lessons_training(fits[0])
