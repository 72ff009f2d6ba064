"""What ``model.summary()`` prints, to the letter, and in any rendering read into plain values."""

import contextlib
import html
import io
import os
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

CUT = "…"
ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
TAG = re.compile(r"<[^<>]*>")
START = re.compile(r'Model:\s+"([^\n]*)')
COUNT = re.compile(r"(Total|Trainable|Non-trainable|Optimizer)\s+params:\s+(\d[\d,]{0,40})")
COLUMNS = re.compile(r"(Layer \(type\)) +(Output Shape) +(Param)")  # Keras 2 aligns by these
BOX = re.compile(r"[┏┌][━─]|\+--")  # Keras 3; of ASCII where the output's encoding has no lines
# Keras 3 draws as wide as the terminal, at most 88 columns, and in ASCII where standard output
# is not UTF-8. Colab has 100 columns.
TERMINAL = {"COLUMNS": "100", "LINES": "100", "JUPYTER_COLUMNS": "100", "JUPYTER_LINES": "100"}
RULES = "_=¯+-"  # what may stand between two layers

Cells = tuple[str, ...]
NO_CELLS = ("", "", "")
Shape = tuple[int | None, ...]


class Printed(NamedTuple):
    """One printed summary, as far as it can be read: None is what the text does not show."""

    name: str
    layers: tuple[tuple[str, str, Shape | None, int | None], ...]  # as in SummaryRow
    counts: dict[str, int]  # of Total, Trainable, Non-trainable and Optimizer


def summary_text(model: Any) -> str:
    """What ``model.summary()`` prints, to the letter, on a terminal that is wide enough."""
    pieces: list[str] = []

    # Keras 2 calls this for each line, without its end; Keras 3 once, before 3.2 with line_break.
    def collect(text: str, line_break: bool = True) -> None:
        pieces.append(text if text.endswith("\n") else text + "\n")

    before = {name: os.environ[name] for name in TERMINAL if name in os.environ}
    os.environ.update(TERMINAL)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            model.summary(print_fn=collect)
    finally:
        for name in TERMINAL:
            del os.environ[name]
        os.environ.update(before)
    return "".join(pieces)


def printed_summaries(text: str) -> Iterator[Printed]:
    """Find every summary in ``text``, in order. What was cut ends in ``…``."""
    plain = ANSI.sub("", text)  # without colours, and below without HTML
    if "</pre>" in plain:
        plain = html.unescape(TAG.sub("", plain))
    starts = [*START.finditer(plain)]
    ends = [*(start.start() for start in starts[1:]), len(plain)]
    for start, end in zip(starts, ends, strict=False):
        block = plain[start.end() : end]
        table = block.partition("Total params")[0]
        counts = {k: int(n.replace(",", "")) for k, n in reversed(COUNT.findall(block))}
        if (COLUMNS.search(table) or BOX.search(table)) and (counts or "Layer" in table):
            name, quote, _ = start[1].rpartition('"')  # no quote: the name goes on below
            layers = tuple((*_label(a), _shape(b), _number(c)) for a, b, c in _rows(table))
            yield Printed(name if quote else start[1].strip() + CUT, layers, counts)


def _rows(table: str) -> list[Cells]:
    """Give the cells of each layer, but not of layers inside another layer."""
    if header := COLUMNS.search(table):
        rows = list(_join(_aligned_cells(table, header), ""))
    else:
        rows = list(_join(_boxed_cells(table), " "))[1:]  # the first row is the header
    return [cells for cells in rows if cells[0] and cells[0][0] not in "|└"]


def _aligned_cells(table: str, header: re.Match[str]) -> Iterator[Cells]:
    """Cut the lines of a table of Keras 2 where its header's columns begin."""
    line_start = table.rfind("\n", 0, header.start()) + 1
    first, second, third = (header.start(column) - line_start for column in (1, 2, 3))
    for line in table[header.end() :].split("\n")[1:]:
        # One place more to the left holds the bar of a layer inside another.
        name, shape, rest = line[max(first - 1, 0) : second], line[second:third], line[third:]
        yield name.strip(), shape.strip(), rest.partition("  ")[0].strip()


def _boxed_cells(table: str) -> Iterator[Cells]:
    """Cut the lines of a box of Keras 3; a cell without its right border is empty."""
    bars = "[┃│]" if "┃" in table or "│" in table else r"\|"
    for line in table.split("\n"):
        yield (*(cell.strip() for cell in re.split(bars, line)[1:-1]), *NO_CELLS)[:3]


def _join(lines: Iterable[Cells], glue: str) -> Iterator[Cells]:
    """Join the lines of a row. Keras 2 breaks words, and some copies lose its empty lines."""
    row: list[Cells] = []
    for cells in [*lines, NO_CELLS]:
        is_rule = not "".join(cells).strip(RULES)
        if row and (is_rule or (cells[0] and row[-1][0].endswith(")"))):
            yield tuple(glue.join(filter(None, column)) for column in zip(*row, strict=True))
            row = []
        if not is_rule:
            row.append(cells)


def _label(cell: str) -> tuple[str, str]:
    """Read name and type from ``dense (Dense)``, or what a cut cell shows of them."""
    name, bracket, kind = cell.rpartition("(")
    if not bracket:
        name, kind = cell + CUT, ""
    kind = kind[:-1] if kind.endswith(")") else kind + CUT
    return _visible(name.strip()), _visible(kind)


def _visible(text: str) -> str:
    # A blank before the mark is half of a wide letter, such as a Korean one.
    before, cut, _ = text.partition(CUT)
    return before.rstrip() + cut


def _shape(cell: str) -> Shape | None:
    """Read one shape, ``(None, 100)`` or ``[(None, 100)]``; anything else is unknown."""
    inside = re.fullmatch(r"\[?\(([^()]*)\)\]?", cell)
    sizes = inside[1].replace(",", " ").split() if inside else ["?"]
    if all(re.fullmatch(r"None|\d{1,40}", size) for size in sizes):
        return tuple(None if size == "None" else int(size) for size in sizes)
    return None


def _number(cell: str) -> int | None:
    return int(cell.replace(",", "")) if re.fullmatch(r"\d[\d,]{0,40}", cell) else None
