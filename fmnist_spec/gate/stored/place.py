"""One cell's stored outputs, joined into text, beside what the cell gave when it was run."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.compare.styles import CANDIDATES
from fmnist_spec.gate.events import Fitted
from fmnist_spec.gate.evidence import Decided, Evidence, Findings, rule
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.outcome import E
from fmnist_spec.gate.trace import CellRun

S = TypeVar("S")
T = TypeVar("T")
EPOCH = re.compile(r"Epoch (\d{1,6})/(\d{1,6})[ \r]*$", re.MULTILINE)  # begins an epoch in a log
# Of stored texts so many characters are read, and a line counts for some of them: a log of five
# epochs that was stored with all its progress has 500,000.
LONGEST, LINE = 4_000_000, 50
TOO_LONG = "too-long"
UNREACHED = ("raised", "not reached", "running at the end")
# What gives a model weights that it has not learnt itself.
REUSED = re.compile(r"load_weights|load_model|set_weights|clone_model|from_pretrained")

# One thing that is stored: what is wrong with it; or, if it is passed over, what it is.
Piece = tuple[Finding, ...] | Phrase


class Part(NamedTuple):
    """The text of one output: which, where it begins among the others, and its form in HTML."""

    of: tuple[str | int, ...]  # from the cell: ("outputs", 0, "text")
    begin: int
    text: str
    twin: str


class Shown(NamedTuple):
    """A cell's outputs: their text in order, the errors, and the kinds of all else: "image"."""

    text: str
    errors: tuple[str, ...]
    others: tuple[str, ...]
    parts: tuple[Part, ...] = ()  # that the text is joined of


def shown(outputs: Iterable[Any]) -> Shown:
    """Join outputs in nbformat's form. Of a text and its HTML twin the text is taken."""
    texts, errors, others, parts = list[str](), list[str](), list[str](), list[Part]()
    length = 0
    for at, one in enumerate(outputs):
        data = one.get("data")
        data = data if isinstance(data, Mapping) else {}
        if one.get("output_type") == "error":
            told = f"{_text(one.get('ename'))}: {_text(one.get('evalue'))}"
            errors.append(told.removesuffix(": ")[:200])
        elif any(str(kind).startswith("image/") for kind in data):
            others.append("image")
        elif one.get("name") == "stderr":
            others.append("warnings")
        else:
            part = _part(at, one, data, length)
            parts.append(part)
            texts.append(part.text + "\n" * (part.of[-1] != "text"))
            length += len(texts[-1])
    return Shown("".join(texts), tuple(errors), tuple(others), tuple(parts))


def _part(at: int, output: Mapping[str, Any], data: Mapping[Any, Any], begin: int) -> Part:
    if output.get("output_type") == "stream":
        return Part(("outputs", at, "text"), begin, _text(output.get("text")), "")
    plain, page = _text(data.get("text/plain")), _text(data.get("text/html"))
    kind, twin = ("text/plain", page) if plain else ("text/html", "")
    return Part(("outputs", at, "data", kind), begin, plain or page, twin)


def _text(value: Any) -> str:
    """Give a text, whose lines nbformat has joined; nothing for what is none."""
    return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class Place:
    """One cell that stores something, with what it did when it was run."""

    evidence: Evidence
    cell: Cell
    run: CellRun
    stored: Shown
    ran: Shown

    def events(self, kind: type[E]) -> list[E]:
        """Give the cell's events of one kind, in order."""
        return [one for one in self.evidence.events(kind) if one.cell == self.cell.index]

    def finding(self, rule: str, **values: Any) -> Finding:
        """Make a finding of this cell, as Evidence does; ``line`` counts in the cell."""
        return self.evidence.finding(rule, self.cell.index, **values)

    def without_source(self, rule: str, what: str, call: str) -> Piece:
        """Judge what is stored where the run gave nothing of the kind."""
        # A cell that was not run is not blamed, unless it was skipped and does not make the call.
        skipped = self.run.status == "skipped" and call not in self.cell.source
        if self.run.status != "ok" and not skipped:
            return phrase("left-not-run", what=phrase(f"left-{what}"))
        return (self.of_nothing(rule, what),)

    def of_nothing(self, rule: str, what: str) -> Finding:
        """Tell of what is stored that the cell makes none of its kind."""
        return self.finding(rule, says="without-source", what=phrase(f"left-{what}"))


def reuses_weights(evidence: Evidence, fit: Fitted) -> bool:
    """Whether a fit may begin from weights of a file, or of a model that was trained before."""
    own = {one.name for one in fit.network.layers if one.parameters}
    before = evidence.before(fit, Fitted)
    others = (other.network.layers for other in before if other.model != fit.model)
    shared = own & {one.name for one in chain(*others)}
    return bool(shared or REUSED.search(evidence.notebook.code))


def places(evidence: Evidence) -> list[Place]:
    """Give the code cells that store something."""
    return evidence.once("places", lambda: [*_places(evidence)])


def _places(evidence: Evidence) -> Iterator[Place]:
    left = LONGEST
    runs = {run.cell: run for run in evidence.trace.cells}
    for cell in evidence.cells:
        if cell.type == "code" and cell.outputs:
            run = runs.get(cell.index, CellRun(cell.index, "not reached", None, "", 0.0))
            stored = shown(cell.outputs)
            left -= len(stored.text) + LINE * (stored.text.count("\n") + len(stored.errors))
            if left < 0:  # what is not read is counted among what was not compared
                stored = Shown("", (), (*stored.others, TOO_LONG))
            yield Place(evidence, cell, run, stored, shown(run.outputs))


Reader = Callable[[Place], Iterator[Piece]]
READERS: dict[str, Reader] = {}


def stored_rule(
    id: str, decided: str | Decided | None = None, *, static: bool = False
) -> Callable[[Reader], Reader]:
    """Register a function that reads a kind of stored outputs as the rule that judges them.

    It is decided, if nothing else is said, where every cell was run that stores something for it.
    """

    def register(read: Reader) -> Reader:
        READERS[id] = read

        @rule(id, decided=decided or (lambda evidence: _compared(evidence, id)), static=static)
        def judge(evidence: Evidence) -> Findings:
            for _, piece in pieces(evidence, id):
                yield from piece if isinstance(piece, tuple) else ()

        return read

    return register


def _compared(evidence: Evidence, id: str) -> bool:
    lacking = {run.cell for run in evidence.lacking}
    unread = [one for one in places(evidence) if one.run.status in UNREACHED]
    read = {cell for cell, _ in pieces(evidence, id)}
    return not any(one.stored.text.strip() for one in unread) and not read & lacking


def pieces(evidence: Evidence, id: str) -> list[tuple[int, Piece]]:
    """Give what a rule reads of each cell, by the cell's index; it is read once."""
    found = ((one.cell.index, piece) for one in places(evidence) for piece in READERS[id](one))
    return evidence.once(id, lambda: [*found])


def matched(stored: Sequence[S], given: Sequence[T]) -> Iterator[tuple[S, Sequence[T]]]:
    """Pair in order, if there are as many of both; else any of the given may be meant."""
    for at, one in enumerate(stored):
        yield one, given[at : at + 1] if len(stored) == len(given) else given[:CANDIDATES]
