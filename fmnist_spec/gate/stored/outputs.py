"""Rules on stored outputs as such: errors, none at all, and how many of them were compared."""

from collections import Counter
from collections.abc import Iterator

from fmnist_spec.gate.catalogue import RULES, Phrase, phrase, shown
from fmnist_spec.gate.evidence import Evidence, Findings, rule
from fmnist_spec.gate.stored.place import READERS, Piece, Place, pieces, places, stored_rule


@stored_rule("stored-error", decided="file", static=True)
def errors(place: Place) -> Iterator[Piece]:
    """Look for an error that is stored below a cell which is not meant to raise, and does not."""
    told = "raises-exception" in place.cell.tags or place.run.status == "raised"  # cell-raises
    for error in place.stored.errors:
        yield () if told else (place.finding("stored-error", observed=error),)


@rule("stored-none", decided="file", static=True)
def nothing_stored(evidence: Evidence) -> Findings:
    """Say that no cell stores an output, if the file could hold some."""
    if evidence.notebook.path.suffix == ".ipynb" and not any(places(evidence)):
        yield evidence.finding("stored-none", None)


@rule("outputs-read", decided="file")
def outputs_read(evidence: Evidence) -> Findings:
    """Say how many stored outputs were compared with the run, and which were passed over."""
    if not any(places(evidence)):
        return
    found = [one for id in RULES if id in READERS for one in pieces(evidence, id)]
    understood = sum(isinstance(piece, tuple) for _, piece in found)
    left = [(cell, piece) for cell, piece in found if isinstance(piece, Phrase)]
    left = sorted([*left, *_others(evidence)], key=lambda one: one[0])
    unread = phrase("not-compared", left=_left(evidence, left)) if left else ""
    total = understood + len(left)
    yield evidence.finding("outputs-read", None, understood=understood, total=total, unread=unread)


def _others(evidence: Evidence) -> Iterator[tuple[int, Phrase]]:
    """Give the texts of which nothing was read, and what is no text."""
    read = {cell for id in READERS if id != "stored-error" for cell, _ in pieces(evidence, id)}
    for place in places(evidence):
        if place.cell.index not in read and place.stored.text.strip():
            yield place.cell.index, phrase("left-text")
        yield from ((place.cell.index, phrase(f"left-{kind}")) for kind in place.stored.others)


def _left(evidence: Evidence, passed_over: list[tuple[int, Phrase]]) -> list[Phrase]:
    """Give what was passed over, by cell: In [3], cell 6 (2 x image, text)."""
    words: dict[int, list[str]] = {}
    for (cell, kind), n in Counter(passed_over).items():
        one = phrase("left-many", number=n, kind=kind) if n > 1 else kind
        words.setdefault(cell, []).append(str(shown("outputs-read", one)))
    named = ((evidence.cells[cell].place(), ", ".join(kinds)) for cell, kinds in words.items())
    return [phrase("left-in", place=place, kinds=kinds) for place, kinds in named]
