"""The rule on stored summaries: each is the one that its cell gives."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, pairwise
from typing import Any

from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.events import Summarised
from fmnist_spec.gate.evidence import Evidence, Findings, without_run
from fmnist_spec.gate.finding import Edit
from fmnist_spec.gate.source.python import UNJUDGED
from fmnist_spec.gate.stored.place import EPOCH, Piece, Place, matched, places, stored_rule
from fmnist_spec.gate.stored.refreshing import refreshed
from fmnist_spec.printed import CUT, printed_summaries
from fmnist_spec.summary import Summary, SummaryError, SummaryRow

END = re.compile(r"params:[^\n]*\n?(?:[_=]{5,}[^\n]*(?:\n|$))?")  # the last lines of a summary
TOTALS = {"Total", "Trainable", "Non-trainable"}


@stored_rule("stored-summary")
def summaries(place: Place) -> Iterator[Piece]:
    """Hold each stored summary against those that the cell gave."""
    printed = [_parsed(one) for one in _blocks(place.ran.text)]
    given: list[tuple[Summarised | None, list[Summary]]]
    given = [
        (event, _readings(event, chain(*shown)))
        for event, shown in matched(place.events(Summarised), printed)
    ]
    # Without an event it was printed otherwise, such as a text that was kept.
    given = given or [(None, one) for one in printed if one]
    for at, (block, own) in enumerate(matched(_blocks(place.stored.text), given)):
        if _is_cut_off(block):
            yield phrase("left-cut-off")
        elif not own:
            yield place.without_source("stored-summary", "summary", "summary")
        else:
            both = own[0][0], [*chain(*(one for _, one in own))]
            yield _summary(place, block, *both, _edits(place, at))


@without_run("stored-summary")
def written_out(evidence: Evidence) -> Findings:
    """Hold stored summaries against themselves, and against models that the code writes out."""
    for place in places(evidence):
        shown = evidence.source.summaries(place.cell.index)
        blocks = _blocks(place.stored.text) if not place.cell.tags & UNJUDGED else []
        known = shown if shown and len(shown) == len(blocks) else [None] * len(blocks)
        for block, event in zip(blocks, known, strict=True):
            if shown == [] and not _is_cut_off(block):
                yield place.of_nothing("stored-summary", "summary")
            elif not _is_cut_off(block):
                yield from _beside_source(place, block, event)


def _beside_source(place: Place, block: str, event: Summarised | None) -> Findings:
    at, finding = event or place.cell.index, place.evidence.finding
    try:
        stored = _of_any_batch(Summary.parse(block))
    except SummaryError as error:
        yield finding("stored-summary", at, says="contradiction", error=error)
        return
    written = _readings(event, ())[0] if event else stored
    named = zip(written.rows, [*stored.rows, *written.rows], strict=False)  # Keras names the rest
    rows = tuple(replace(row, name=row.name or other.name) for row, other in named)
    expected = replace(written, name=written.name or stored.name, rows=rows)
    if wrong := expected.differences(stored, shifted_names=True)[:3]:
        told: dict[str, Any] = {"expected": _described(expected), "observed": _described(stored)}
        told["differences"] = [
            phrase("in-code", what=one.what, stored=one.found, code=one.expected) for one in wrong
        ]
        yield finding("stored-summary", at, says="not-of-code", **told)


def _is_cut_off(block: str) -> bool:
    found = next(printed_summaries(block))
    return found.layers is None or not found.counts.keys() >= TOTALS


def _blocks(text: str) -> list[str]:
    """Cut a text where its summaries begin; a log below one is left out."""
    return [block for _, block in _placed(text)]


def _placed(text: str) -> list[tuple[int, str]]:
    """Give each such piece of a text with the place where it begins."""
    starts = (found.start() for found in re.finditer("Model:", text))
    blocks = [(start, text[start:end]) for start, end in pairwise([*starts, len(text)])]
    blocks = [(start, EPOCH.split(block, maxsplit=1)[0]) for start, block in blocks]
    return [(start, block) for start, block in blocks if any(printed_summaries(block))]


def _edits(place: Place, at: int) -> tuple[Edit, ...]:
    """Refresh a stored summary from the run, if that gave as many."""
    stored, ran = (_spans(one.text) for one in (place.stored, place.ran))
    is_clear = len(stored) == len(ran)
    return refreshed(place, stored[at], place.ran.text[slice(*ran[at])]) if is_clear else ()


def _spans(text: str) -> list[tuple[int, int]]:
    """Give where each summary begins, and where its last count ends."""
    placed = ((start, [*END.finditer(block)]) for start, block in _placed(text))
    return [(start, start + (found[-1].end() if found else 0)) for start, found in placed]


def _parsed(text: str) -> list[Summary]:
    try:
        return [] if CUT in text else [*map(_of_any_batch, Summary.parse_all(text))]
    except SummaryError:
        return []


def _readings(event: Summarised, printed: Iterable[Summary]) -> list[Summary]:
    """Read a summary from the model and as it was printed, as TensorFlow may count otherwise."""
    network = event.network
    counts = network.trainable_parameters or 0, network.non_trainable_parameters or 0
    if network.type != "Sequential":  # eras name and list the layers of others otherwise
        return [Summary("", (), *counts)]
    layers = ((one.name, one.type, one.output_shape, one.parameters) for one in network.layers)
    own = Summary(network.name, tuple(SummaryRow(*one) for one in layers), *counts)
    return [_of_any_batch(own), *printed]


def _summary(
    place: Place,
    block: str,
    event: Summarised | None,
    given: Sequence[Summary],
    edits: tuple[Edit, ...],
) -> Piece:
    at, finding = event or place.cell.index, partial(place.evidence.finding, edits=edits)
    try:
        stored = _of_any_batch(Summary.parse(block))
    except SummaryError as error:
        return (finding("stored-summary", at, says="contradiction", error=error),)
    pairs = [(one, stored if one.name else replace(stored, name="", rows=())) for one in given]
    if any(one.matches(other) for one, other in pairs):
        return ()
    expected, observed = pairs[0]
    told: dict[str, Any] = {"expected": _described(expected), "observed": _described(observed)}
    if any(one.matches(other, shifted_names=True) for one, other in pairs):
        return (finding("stored-summary", at, says="names", severity="warning", **told),)
    differences = [
        phrase("difference", what=one.what, stored=one.found, ran=one.expected)
        for one in expected.differences(observed, shifted_names=True)[:3]
    ]
    return (finding("stored-summary", at, differences=differences, **told),)


def _of_any_batch(summary: Summary) -> Summary:
    """Forget the size of a batch: after ``predict()`` Keras 3 shows 32 where Keras 2 shows None."""
    shapes = [row.output_shape and (None, *row.output_shape[1:]) for row in summary.rows]
    rows = [replace(row, output_shape=one) for row, one in zip(summary.rows, shapes, strict=True)]
    return replace(summary, rows=tuple(rows))


def _described(summary: Summary) -> Phrase:
    rows = [f"{row.name} {row.output_shape} {row.parameters}" for row in summary.rows]
    layers = "".join(f"{one}, " for one in (summary.name, *rows) if one)
    return phrase("described", layers=layers, total=summary.total)
