"""The cells of jupytext's files, and on which lines of its file a cell of any form stands."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from fmnist_spec.language import say

LONGEST_HEADER = 20_000  # characters; jupytext reads for two seconds if they have 50,000
MOST_LINES = 10_000  # of such a file, each of which may be a cell; 60,000 take over 20 seconds
LONGEST_LINE = 200_000  # of which jupytext may keep a thousand copies: a cell's options
OF_OUTPUT = ("output_type", "name", "text", "ename", "evalue", "traceback", "execution_count")
AHEAD = 1000  # lines among which a cell's first one is looked for
QUOTE = re.compile(r'[\s,]*"')  # of JSON: before the next string of a list
SOURCE = re.compile(r'(?<!\\)"source"\s*:\s*\[?')  # what stands before those of a source
JSON = json.JSONDecoder()
_ONE = Lock()  # what stands in the place of YAML's loader is there for all threads


class HeaderError(ValueError):
    """A header, or a part of one, that is not read."""


def read_cells(text: str, suffix: str) -> Iterator[tuple[Any, tuple[int, ...]]]:
    """Read a file's text as jupytext's cells, each with its lines of the file, from 1.

    Raises HeaderError for YAML that is not read, and whatever jupytext and its parsers raise.
    """
    import jupytext

    with _bounded_yaml():
        cells = jupytext.reads(text, fmt=suffix[1:]).cells
    # jupytext keeps the lines, but for comment signs.
    blocks = [[_without_comment(line) for line in cell.source.split("\n")] for cell in cells]
    starts = _starts(blocks, [_without_comment(line) for line in text.split("\n")])
    for cell, block, at in zip(cells, blocks, starts, strict=True):
        yield cell, tuple(range(at + 1, at + 1 + len(block)))


def _without_comment(line: str) -> str:
    return re.sub(r"^[\s#]+", "", line).rstrip()


def _starts(blocks: Iterable[list[str]], whole: list[str]) -> Iterator[int]:
    """Find blocks of lines in the whole, one after the other: where each begins."""
    start = 0
    for block in blocks:
        near = range(start, min(start + AHEAD, len(whole)))
        start = next((at for at in near if whole[at : at + len(block)] == block), start)
        yield start
        start += len(block)


@contextmanager
def _bounded_yaml() -> Iterator[None]:
    """Let YAML refuse aliases, which multiply what they stand for, and headers without an end.

    Where a header stands, and what of a file is one, only jupytext knows, so it is its loader that
    refuses, at the first such piece.
    """
    import yaml

    class Bounded(yaml.SafeLoader):  # type: ignore[misc]
        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.peek_event()
            if isinstance(event, yaml.AliasEvent):
                raise HeaderError(say("textual.alias", alias=event.anchor[:40]))
            if event.end_mark.index > LONGEST_HEADER:
                raise HeaderError(say("textual.long", most=LONGEST_HEADER))
            return super().compose_node(parent, index)

    with _ONE:
        usual, yaml.SafeLoader = yaml.SafeLoader, Bounded
        try:
            yield
        finally:
            yaml.SafeLoader = usual


def are_outputs(found: Any) -> bool:
    """Whether a value has the form of a cell's outputs."""
    tables = isinstance(found, list) and all(isinstance(one, dict) for one in found)
    return tables and all(isinstance(one.get("data", {}), dict) for one in found)


def bare(outputs: Iterable[Any]) -> tuple[dict[str, Any], ...]:
    """Give outputs with their texts alone: of a picture, a table or a widget only that it is there.

    They are kept in memory for as long as their notebook is, and may be most of a file.
    """
    return tuple(
        {**{key: one[key] for key in OF_OUTPUT if key in one}, **_data(one)} for one in outputs
    )


def _data(output: Any) -> dict[str, Any]:
    data = output.get("data")
    shown = data.items() if isinstance(data, dict) else ()
    texts = {key: one if key.startswith("text/") else "" for key, one in shown}
    return {} if data is None else {"data": texts}


def on_screen(line: str) -> str:
    """Give what stays of a line on a screen, without what was printed over."""
    whole = line.rstrip("\r\b ")
    return whole[max(whole.rfind("\r"), whole.rfind("\b")) + 1 :]


def physical_lines(sources: Iterable[str], text: str) -> Iterator[tuple[int, ...]]:
    """Find the file's lines of every cell: the strings of its source stand behind that key."""
    keys, row, last = SOURCE.finditer(text), 1, 0
    for source in sources:
        found = ((key, [*_strings(text, key)]) for key in keys)
        is_own = (one for one in found if "".join(piece for _, piece in one[1]) == source)
        key, pieces = next(is_own, (None, []))
        lines, begins = [], True
        for start, piece in pieces or [(key.end() if key else last, "")]:
            row, last = row + text.count("\n", last, start), start
            ends = piece.count("\n") - piece.endswith("\n")
            lines += [row] * (ends + 1 if begins else ends) if piece else []
            begins = piece.endswith("\n") if piece else begins
        yield (*lines, *[row] * begins)


def _strings(text: str, key: re.Match[str]) -> Iterator[tuple[int, str]]:
    """Give the strings of a list behind a key, or the one string: where each begins."""
    at = key.end()
    while (quote := QUOTE.match(text, at)) and (at == key.end() or key[0].endswith("[")):
        begin = quote.end() - 1
        piece, at = JSON.raw_decode(text, begin)
        yield begin, piece
