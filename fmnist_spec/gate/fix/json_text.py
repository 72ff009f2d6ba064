"""Edit texts and numbers of a JSON document where they stand; every other byte stays as it is."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fmnist_spec.gate.finding import Edit
from fmnist_spec.language import say

JSON = json.JSONDecoder()
BLANK = re.compile(r"[ \t\n\r]*")
HALF = re.compile("[\ud800-\udfff]")  # of a pair of surrogates, which UTF-8 does not have alone
# A sign of a text as JSON writes it: a pair of surrogates is one sign of Python.
SIGN = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\?.", re.DOTALL
)
Path = tuple[str | int, ...]
Span = tuple[int, int]


class FixError(ValueError):
    """A file is not edited: the message says why."""


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Edit the cells of a notebook's JSON, with none of its other bytes changed.

    Raises FixError: it does not have what is to be changed, or would not be read as it should.
    """
    by_path = defaultdict[Path, list[Edit]](list)
    for one in sorted(edits, key=lambda one: one.start):
        by_path[("cells", one.cell, *one.of)].append(one)
    before = _loaded(text)
    spans = dict(items(text, span_of(text, ("cells",))[0]))
    changes = [one for path, of in by_path.items() for one in _changes(text, spans, path, of)]
    new = _changed(text, sorted(changes))
    after = _loaded(new)
    as_wanted = [
        _take(after, path) == _edited(_take(before, path), by_path[path]) for path in by_path
    ]
    if not all(as_wanted) or before != after:  # from which the texts are taken out
        raise FixError(say("fix.unlike"))
    return new


def _changed(text: str, changes: Iterable[tuple[Span, str]]) -> str:
    """Put texts in the places of pieces, which are given in their order."""
    parts, last = list[str](), 0
    for (start, end), raw in changes:
        parts += [text[last:start], raw]
        last = end
    return "".join([*parts, text[last:]])


def _loaded(text: str) -> Any:
    """Read a document in which each key of a table stands once; numbers as they are written."""
    try:
        return json.loads(
            text,
            object_pairs_hook=_table,
            parse_float=_Number,
            parse_int=_Number,
            parse_constant=_Number,
        )
    except (json.JSONDecodeError, RecursionError) as error:
        raise FixError(say("fix.no-json", error=error)) from None


class _Number(str):
    """A number, to the letter: NaN is equal to itself, and 1.0 is not 1.00."""

    __slots__ = ()


def _table(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(one for one in keys if keys.count(one) > 1)
        raise FixError(say("fix.twice", key=repr(twice)[:60]))
    return table


def items(text: str, at: int) -> Iterator[tuple[str | int, Span]]:
    """Give each key, or index, of the table or list at a place, and where its value stands."""
    has_items, is_table, at, number = text[at] in "[{", text[at] == "{", _blank(text, at + 1), 0
    while has_items and text[at] not in "]}":
        key: str | int = number
        if is_table:
            key, at = JSON.raw_decode(text, at)
            at = _blank(text, _blank(text, at) + 1)
        end = JSON.raw_decode(text, at)[1]
        yield key, (at, end)
        at, number = _blank(text, end), number + 1
        at = _blank(text, at + 1) if text[at] == "," else at


def _blank(text: str, at: int) -> int:
    found = BLANK.match(text, at)
    return found.end() if found else at


def span_of(text: str, path: Iterable[str | int], at: int | None = None) -> Span:
    """Find where a value of a document stands, or of the value at a place. Raises FixError."""
    span = (_blank(text, 0) if at is None else at, len(text))
    for key in path:
        found = next((one for name, one in items(text, span[0]) if name == key), None)
        if found is None:
            raise FixError(say("fix.missing", key=key))
        span = found
    return span


def _changes(
    text: str, cells: dict[str | int, Span], path: Path, edits: Iterable[Edit]
) -> Iterator[tuple[Span, str]]:
    """Give what to put where, in the document, to edit one value of a cell."""
    if path[1] not in cells:
        raise FixError(say("fix.missing", key=path[1]))
    start, end = span_of(text, path[2:], cells[path[1]][0])
    if text[start] not in '"[':  # a number
        yield from (((start, end), edit.new) for edit in edits)
        return
    pieces = [span for _, span in items(text, start)] if text[start] == "[" else [(start, end)]
    if not pieces or any(text[begin] != '"' for begin, _ in pieces):
        raise FixError(say("fix.missing", key=path[-1]))
    between = text[pieces[0][1] : pieces[1][0]] if len(pieces) > 1 else ""
    if text[start] == "[" and not between:
        between = "," + text[start + 1 : pieces[0][0]]
    signs = [sign for begin, end in pieces for sign in _signs(text, begin + 1, end - 1)]
    last = pieces[-1][1] - 1
    for edit in edits:
        first = signs[edit.start][0] if edit.start < len(signs) else last
        behind = signs[edit.end - 1][1] if edit.old and edit.end <= len(signs) else first
        yield (first, behind), _raw(edit.new, between, behind < last, text.isascii())


def _signs(text: str, start: int, end: int) -> Iterator[Span]:
    """Give where each sign of a text stands, as Python counts them."""
    return (found.span() for found in SIGN.finditer(text, start, end))


def _raw(new: str, between: str, goes_on: bool, is_ascii: bool) -> str:
    """Write a text as JSON, in a list of lines with a string for each."""
    lines = re.split(r"(?<=\n)", new) if between else [new]
    if len(lines) > 1 and not lines[-1] and not goes_on:
        lines.pop()
    written = (json.dumps(line, ensure_ascii=is_ascii)[1:-1] for line in lines)
    return HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", f'"{between}"'.join(written))


def _take(document: Any, path: Path) -> str:
    """Take a text out of a document, with its lines joined; nothing stays in its place."""
    for key in path[:-1]:
        document = document[key]
    value, document[path[-1]] = document[path[-1]], None
    text = "".join(value) if isinstance(value, list) else value
    if not isinstance(text, str):
        raise FixError(say("fix.unlike"))
    return text


def _edited(text: str, edits: Sequence[Edit]) -> str:
    """Edit a text; what is to be changed must stand there."""
    for one in reversed(edits):
        if text[one.start : one.end] != one.old:
            raise FixError(say("fix.unlike"))
        text = text[: one.start] + one.new + text[one.end :]
    return text
