"""Edits that put what a run gave in the place of what is stored, in whatever form it is stored."""

from collections.abc import Sequence
from itertools import chain

from fmnist_spec.gate.finding import Edit
from fmnist_spec.gate.stored.place import Place
from fmnist_spec.gate.stored.seen import Seen
from fmnist_spec.gate.textual import on_screen
from fmnist_spec.gate.trace import LONGEST_OUTPUT
from fmnist_spec.printed import CUT

Span = tuple[int, int]


def ran_wholly(place: Place) -> bool:
    """Whether all that the run of a cell printed is known."""
    return place.run.status == "ok" and len(place.ran.text) < LONGEST_OUTPUT


def replaced(place: Place, span: Span, new: str) -> tuple[Edit, ...]:
    """Put a text in the place of a piece of what is stored, if that is a piece of one output.

    Of one that has two forms, such as text and HTML, both would change.
    """
    for part in place.stored.parts:
        start, end = span[0] - part.begin, min(span[1] - part.begin, len(part.text))
        if 0 <= start < end and span[1] <= part.begin + len(part.text) + 1:  # a line's end
            edit = Edit(place.cell.index, start, part.text[start:end], new, part.of)
            return () if part.twin or edit.old == new else (edit,)
    return ()


def trained(place: Place) -> tuple[Edit, ...]:
    """Put all that the run of a cell printed in the place of what it stores, output by output.

    Only a whole training tells what a training gives: of a shortened one nothing is taken.
    """
    stored, ran = place.stored.parts, place.ran.parts
    alike = [one.of for one in stored] == [one.of for one in ran] and not place.stored.errors
    if not (alike and ran_wholly(place) and place.evidence.trained_wholly):
        return ()
    pairs = zip(stored, ran, strict=True)
    texts = (("\n".join(map(on_screen, new.text.split("\n"))), one) for one, new in pairs)
    edits = (replaced(place, (one.begin, one.begin + len(one.text)), new) for new, one in texts)
    return tuple(chain.from_iterable(edits))


def refreshed(place: Place, span: Span, ran: str) -> tuple[Edit, ...]:
    """Change the words of a stored summary that are others in the run's; or else all of it.

    So it stays as wide and as coloured as it is, if its lines have as many words each.
    """
    if CUT in ran or not ran_wholly(place):
        return ()
    wanted = [[word.text for word in line] for line in Seen(ran, 0, len(ran)).lines()]
    edits = list[Edit]()
    for part in place.stored.parts:
        start, end = (min(max(at - part.begin, 0), len(part.text)) for at in span)
        pieces = [(part.of, Seen(part.text, start, end, is_html=part.of[-1] == "text/html"))]
        number = len([*pieces[0][1].lines()])
        own, wanted = wanted[:number], wanted[number:]
        if part.twin and number:
            whole = 0, len(part.twin)
            pieces.append(((*part.of[:-1], "text/html"), Seen(part.twin, *whole, is_html=True)))
        for of, seen in pieces:
            found = _aligned(place.cell.index, of, seen, own)
            if found is None:
                return replaced(place, span, ran)
            edits += found
    return replaced(place, span, ran) if wanted else tuple(edits)


def _aligned(
    cell: int, of: tuple[str | int, ...], seen: Seen, wanted: Sequence[Sequence[str]]
) -> list[Edit] | None:
    """Give the edits of the words that differ; None: the lines are others."""
    lines, edits = [*seen.lines()], list[Edit]()
    if [*map(len, lines)] != [*map(len, wanted)]:
        return None
    for line, words in zip(lines, wanted, strict=True):
        for word, new in zip(line, words, strict=True):
            changes = seen.changes(word, new) if word.text != new else ()
            for at, (start, old, put) in enumerate(changes):
                edit = Edit(cell, start, old, put, of)
                if not any(map(edit.overlaps, edits)):
                    edits.append(edit)
                elif at == 0:
                    return None
    return edits
