"""What a notebook stores, held against what the same cells gave when they were run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.stored import logs, values
from fmnist_spec.gate.stored.place import AGAIN, Piece, Place, matched, shown
from fmnist_spec.gate.trace import (
    LONGEST_OUTPUT,
    CellRun,
    Evaluated,
    Fitted,
    Summarised,
    Trace,
)
from fmnist_spec.lesson import Lesson
from fmnist_spec.printed import CUT, printed_summaries
from fmnist_spec.summary import Summary, SummaryError, SummaryRow

RULES = (
    *("stored-summary", "stored-log", "stored-value", "stored-error", "stored-none"),
    "outputs-read",
)
TOTALS = {"Total", "Trainable", "Non-trainable"}
# How far evaluate()'s loss and accuracy may be off. On the validation images, after eight
# trainings without a seed, they were 0.342 to 0.370 and 0.8667 to 0.8746.
EVALUATED = (0.05, 0.02)


@dataclass(frozen=True)
class OutputsRead:
    """What became of the stored outputs: how many were understood, and which were passed over.

    A summary counts as one, however many messages it is stored in; so does a log. ``passed_over``
    holds cell and kind, such as ``(4, "image")``.
    """

    findings: tuple[Finding, ...]
    understood: int
    passed_over: tuple[tuple[int, str], ...]

    def __str__(self) -> str:
        kinds: dict[int, Counter[str]] = {}
        for cell, kind in self.passed_over:
            kinds.setdefault(cell, Counter())[kind] += 1
        left = ", ".join(f"cell {cell} ({_words(counted)})" for cell, counted in kinds.items())
        total = self.understood + len(self.passed_over)
        rest = f"; not looked at: {left}" if left else ""
        return f"{self.understood} of {total} stored outputs were understood{rest}."


def _words(kinds: Counter[str]) -> str:
    return ", ".join(f"{n} x {kind}" if n > 1 else kind for kind, n in kinds.items())


def judge_outputs(
    lesson: Lesson, cells: Sequence[Cell], trace: Trace, *, full: bool = False
) -> list[Finding]:
    """Find stored outputs that are not what their cells give, in the order of the notebook.

    ``full``: the run trained on the whole data, so that its accuracy is compared too. The
    rules are those of ``RULES``.
    """
    if not any(cell.outputs for cell in cells):
        message = "No cell stores an output, so none is compared. Save the notebook after a run."
        return [Finding("stored-none", "note", None, None, message)]
    read = read_outputs(lesson, cells, trace, full=full)
    return [*read.findings, Finding("outputs-read", "note", None, None, str(read))]


def read_outputs(
    lesson: Lesson, cells: Sequence[Cell], trace: Trace, *, full: bool = False
) -> OutputsRead:
    """Judge what is stored, and count it. An output that is no sound nbformat is passed over."""
    runs = {run.cell: run for run in trace.cells}
    code = "\n".join(cell.source for cell in cells if cell.type == "code")
    full = full and not trace.sample_only  # the sample, repeated, trains otherwise
    pieces: list[tuple[int, Piece]] = []
    for cell in cells:
        if cell.type == "code" and cell.outputs:
            run = runs.get(cell.index, CellRun(cell.index, "not reached", None, "", 0.0))
            place = Place(lesson, trace, cell, run, shown(cell.outputs), shown(run.outputs))
            pieces += [(cell.index, piece) for piece in _pieces(place, code, full)]
    understood = [piece for _, piece in pieces if isinstance(piece, tuple)]
    left = tuple((cell, piece) for cell, piece in pieces if isinstance(piece, str))
    return OutputsRead(tuple(chain(*understood)), len(understood), left)


def _pieces(place: Place, code: str, full: bool) -> Iterator[Piece]:
    for error in place.stored.errors:
        message = f"The notebook was saved with an error. Correct the cell. {AGAIN}"
        wrong = place.found("stored-error", "error", None, message, "no error", error)
        told = "raises-exception" in place.cell.tags or place.run.status == "raised"  # cell-raises
        yield () if told else (wrong,)
    of_text = [*_summaries(place), *_logs(place, code, full), *_values(place, full)]
    yield from of_text
    if not of_text and place.stored.text.strip():
        yield "text"
    yield from place.stored.others


def _summaries(place: Place) -> Iterator[Piece]:
    events = place.events(Summarised)
    given = [(event.line, _readings(event)) for event in events]
    if not events:  # a summary that was printed otherwise, such as a text that was kept
        printed = map(_parsed, _blocks(place.ran.text))
        given = [(None, tuple(map(_of_any_batch, found))) for found in printed if found]
    for block, own in matched(_blocks(place.stored.text), given):
        if not next(printed_summaries(block)).counts.keys() >= TOTALS:
            yield "summary, cut off"
        elif not own:
            yield place.without_source("stored-summary", "summary", "summary")
        else:
            yield _summary(place, block, own[0][0], [*chain(*(one for _, one in own))])


def _blocks(text: str) -> list[str]:
    """Cut a text where its summaries begin; a log below one is left out."""
    starts = (found.start() for found in re.finditer("Model:", text))
    blocks = [text[start:end] for start, end in pairwise([*starts, len(text)])]
    blocks = [logs.HEADER.split(block, maxsplit=1)[0] for block in blocks]
    return [block for block in blocks if any(printed_summaries(block))]


def _parsed(text: str) -> tuple[Summary, ...]:
    try:
        return () if CUT in text else Summary.parse_all(text)
    except SummaryError:
        return ()


def _readings(event: Summarised) -> tuple[Summary, ...]:
    """Read a summary from the model and from the text, as TensorFlow may count otherwise.

    Of a model that is no Sequential, eras name and list the layers otherwise: only the numbers
    of parameters are read.
    """
    network = event.network
    rows = [
        SummaryRow(one.name, one.type, one.output_shape, one.parameters) for one in network.layers
    ]
    counts = network.trainable_parameters or 0, network.non_trainable_parameters or 0
    if network.type != "Sequential":
        return (Summary("", (), *counts),)
    readings = Summary(network.name, tuple(rows), *counts), *_parsed(event.text)
    return tuple(map(_of_any_batch, readings))


def _summary(place: Place, block: str, line: int | None, given: Sequence[Summary]) -> Piece:
    try:
        stored = Summary.parse(block)
    except SummaryError as error:
        message = f"A stored summary contradicts itself: {error}"
        return (place.found("stored-summary", "error", line, message),)
    stored = _of_any_batch(stored)
    pairs = [(one, stored if one.name else replace(stored, name="", rows=())) for one in given]
    if any(one.matches(other) for one, other in pairs):
        return ()
    expected, observed = pairs[0]
    told = _described(expected), _described(observed)
    if any(one.matches(other, shifted_names=True) for one, other in pairs):
        message = f"The stored summary has automatic names that count on from before. {AGAIN}"
        return (place.found("stored-summary", "warning", line, message, *told),)
    differences = "; ".join(expected.differences(observed, shifted_names=True)[:3])
    message = f"The stored summary is not the one that this cell gives: {differences}. {AGAIN}"
    return (place.found("stored-summary", "error", line, message, *told),)


def _of_any_batch(summary: Summary) -> Summary:
    """Forget the size of a batch: after ``predict()`` Keras 3 shows 32 where Keras 2 shows None."""
    rows = [
        replace(row, output_shape=row.output_shape and (None, *row.output_shape[1:]))
        for row in summary.rows
    ]
    return replace(summary, rows=tuple(rows))


def _described(summary: Summary) -> str:
    rows = [f"{row.name} {row.output_shape} {row.parameters}" for row in summary.rows]
    return ", ".join(filter(None, [summary.name, *rows, f"{summary.total:,} parameters"]))


def _logs(place: Place, code: str, full: bool) -> Iterator[Piece]:
    stored, fits = logs.read_logs(place.stored.text), place.events(Fitted)
    own = {log[-1].of for log in logs.read_logs(place.ran.text)}  # perhaps of the author's loop
    for log, given in matched(stored, fits):
        if len(stored) != len(fits) and log[-1].of in own:
            yield ()
        elif given:
            yield min((_log(place, log, fit, code, full) for fit in given), key=len)
        elif len(place.ran.text) >= LONGEST_OUTPUT:
            yield "log"
        else:
            yield place.without_source("stored-log", "training log", "fit")


def _log(place: Place, log: logs.Log, fit: Fitted, code: str, full: bool) -> tuple[Finding, ...]:
    wrong = [*logs.wrong_length(place.lesson, log, fit, code)]
    if not wrong and logs.is_lessons_training(place.lesson, place.trace, fit):
        wrong += logs.wrong_values(place.lesson, log, fit.history if full else {})
    return tuple(place.found("stored-log", one.severity, fit.line, *one[1:]) for one in wrong)


def _values(place: Place, full: bool) -> Iterator[Piece]:
    texts = place.stored.text, place.ran.text
    if place.run.status == "ok" and max(map(len, texts)) < LONGEST_OUTPUT:
        pairs = [*values.compared(place.trace, place.cell, *texts)]
        differing = [pair for pair in pairs if pair[0] != pair[1]]
        if pairs:
            yield tuple(_value(place, *pair) for pair in differing[:1])
    events = place.events(Evaluated)
    evaluated = values.evaluations(place.stored.text) if events else []
    for numbers, given in matched(evaluated, events):
        if len(evaluated) == len(events) and full and _is_comparable(place, given[0]):
            yield _evaluation(place, numbers, given[0].values)
        else:
            yield "evaluation"


def _evaluation(place: Place, stored: Sequence[float], ran: Sequence[float]) -> Piece:
    compared = zip(stored, ran, EVALUATED, strict=False)
    if all(abs(one - other) <= most for one, other, most in compared):
        return ()
    return (_value(place, str(list(stored)), str(list(ran))),)


def _value(place: Place, stored: str, ran: str) -> Finding:
    message = f"{stored} is stored where the cell gives {ran}. {AGAIN}"
    return place.found("stored-value", "error", None, message, ran, stored)


def _is_comparable(place: Place, event: Evaluated) -> bool:
    """Whether the model was trained once, and as in the lesson."""
    everywhere = (one for one in place.trace.events if isinstance(one, Fitted))
    fits = [one for one in everywhere if one.model == event.model]
    return len(fits) == 1 and logs.is_lessons_training(place.lesson, place.trace, fits[0])
