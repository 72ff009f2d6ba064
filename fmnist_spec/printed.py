"""What ``model.summary()`` prints, to the letter, and in any rendering read into plain values."""

import contextlib
import html
import io
import os
import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any, NamedTuple

from fmnist_spec.harmless import ANSI

CUT = "…"
TAG = re.compile(r"<[^<>]*>")
START = re.compile(r'Model:\s+"([^\n]*)')
COUNT = re.compile(r"(Total|Trainable|Non-trainable|Optimizer)\s+params:\s+(\d[\d,]{0,40})")
# Keras 2 aligns by these, and breaks them where its columns are narrow.
COLUMNS = re.compile(
    r"(L[aye]{0,3}r?(?: \(?t?y?p?e?\)?)?) +(O[utp]{0,5}(?: S?h?a?p?e?)?) +(P[arm]{0,4})"
)
HEADER = "Layer(type)OutputShapeParam"
BOX = re.compile(r"[┏┌][━─]|\+--")  # Keras 3; of ASCII where the output's encoding has no lines
BARS = "[┃│|]"
# Keras 3 draws as wide as the terminal, at most 88 columns, and in ASCII where standard output
# is not UTF-8. Colab has 100 columns.
TERMINAL = {"COLUMNS": "100", "JUPYTER_COLUMNS": "100"}
RULES = "_=¯+-"  # what may stand between two layers
RULE_SIGNS = "_=-+┏┌├┡└━─┳┬┼╇┴┓┐┤┩┘ \r"
ALL_COUNTS = {"Total", "Trainable", "Non-trainable"}
BLANKS = str.maketrans("\u00a0\u2007\u202f\u3000", "    ", "\u200b\ufeff")  # from web pages

Cells = tuple[str, ...]
NO_CELLS = ("", "", "")
Shape = tuple[int | None, ...]
Layer = tuple[str, str, Shape | None, int | None]


class Printed(NamedTuple):
    """One printed summary, as far as it can be read: None is what the text does not show."""

    name: str
    # As in SummaryRow; None of a table whose columns cannot be told apart
    layers: tuple[Layer, ...] | None
    counts: dict[str, int]  # of Total, Trainable, Non-trainable and Optimizer


def summary_text(model: Any) -> str:
    """What ``model.summary()`` prints, to the letter, on a terminal that is wide enough."""
    from unittest import mock

    pieces: list[str] = []

    # Keras 2 calls this for each line, without its end; Keras 3 once, before 3.2 with line_break.
    def collect(text: str, line_break: bool = True) -> None:
        pieces.append(text if text.endswith("\n") else text + "\n")

    with mock.patch.dict(os.environ, TERMINAL), contextlib.redirect_stdout(io.StringIO()):
        model.summary(print_fn=collect)
    return "".join(pieces)


def printed_summaries(text: str) -> Iterator[Printed]:
    """Find every summary in ``text``, in order. What was cut ends in ``…``."""
    plain = ANSI.sub("", text)  # without colours, and below without HTML
    if "</pre>" in plain:
        plain = html.unescape(TAG.sub("", plain))
    plain = plain.translate(BLANKS)
    starts = [*START.finditer(plain)]
    ends = [*(start.start() for start in starts[1:]), len(plain)]
    for start, end in zip(starts, ends, strict=False):
        block = _unwrapped(plain[start.end() : end])
        table = block.partition("Total params")[0]
        counts = {k: int(n.replace(",", "")) for k, n in reversed(COUNT.findall(block))}
        is_table = COLUMNS.search(table) or (BOX.search(table) and (counts or "Layer" in table))
        if is_table or (counts.keys() >= ALL_COUNTS and "____" in table):
            name, quote, _ = start[1].rpartition('"')  # no quote: the name goes on below
            name = name if quote else start[1].strip() + CUT
            yield Printed(name, _layers(table), counts)


def _unwrapped(block: str) -> str:
    """Join lines that a page has broken: the table's first rule is, too, and tells at which width.

    Every line of a table is as wide as its rule, and so broken into as many pieces.
    """
    table, total, below = block.partition("Total params")
    lines = table.split("\n")
    rules = [bool(line.strip()) and not line.strip(RULE_SIGNS) for line in lines]
    first = rules.index(True) if True in rules else len(rules)
    pieces = sum(1 for _ in takewhile(bool, rules[first:]))
    if pieces < 2:
        return block
    end, width = len(rules) - rules[::-1].index(True), len(lines[first].rstrip())
    groups = [slice(at, at + pieces) for at in range(first, end, pieces)]
    if any(len({*rules[group]}) > 1 for group in groups):
        return block
    joined = ["".join(line.ljust(width) for line in lines[group]) for group in groups]
    below = "\n".join(lines[end:]) + total + below
    below = re.sub(rf"^(.{{{width}}})\n", r"\1", below, flags=re.MULTILINE)
    return "\n".join([*lines[:first], *joined, below])


def _layers(table: str) -> tuple[Layer, ...] | None:
    """Read each layer, but not layers inside another layer."""
    if header := COLUMNS.search(table):
        rows = _join(_aligned_cells(table, header), broken=True)
    elif box := BOX.search(table):
        lines = table[box.start() :].split("\n")
        rows = _join(_boxed_cells(lines), broken=False)
        if len({len(re.findall(BARS, line)) for line in lines if re.search(r"\w", line)}) > 1:
            return None  # the lines of a whole box have equally many bars
    else:
        return None
    head = "".join(next(rows, NO_CELLS)).replace(" ", "")
    layers = [cells for cells in rows if any(cells) and not cells[0].startswith(("|", "└"))]
    if not head.startswith(HEADER if header else "Lay") or not all(map(_is_layer, layers)):
        return None  # what a page has broken
    return tuple((*_label(a), _shape(b), _number(c)) for a, b, c in layers)


def _is_layer(cells: Cells) -> bool:
    """Whether a row is one layer: what a broken line leaves is less, or more."""
    kind = cells[0].rpartition("(")[2]
    return all((cells[0], any(cells[1:]), ")" not in kind[:-1], "   " not in cells[0]))


def _aligned_cells(table: str, header: re.Match[str]) -> Iterator[Cells]:
    """Cut the lines of a table of Keras 2 where its header's columns begin."""
    line_start = table.rfind("\n", 0, header.start()) + 1
    first, second, third = (header.start(column) - line_start for column in (1, 2, 3))
    for line in table[line_start:].split("\n"):
        one, two = _cut(line, second), _cut(line, third)
        # One place more to the left holds the bar of a layer inside another.
        bar, name = line[max(first - 1, 0) : first].strip(), line[first:one].rstrip()
        yield bar + name, line[one:two].strip(), line[two:].partition("  ")[0].strip()


def _cut(line: str, begin: int) -> int:
    """Find where a column begins in this line: a full one before it may move it to the left."""
    places = (begin, begin - 1)
    return next((at for at in places if not line[max(at - 2, 0) : at].strip()), begin)


def _boxed_cells(box: list[str]) -> Iterator[Cells]:
    """Cut the lines of a box of Keras 3; a cell without its right border is empty."""
    for line in box:
        yield (*(cell.strip() for cell in re.split(BARS, line)[1:-1]), *NO_CELLS)[:3]


def _join(lines: Iterable[Cells], broken: bool) -> Iterator[Cells]:
    """Join the lines of a row. Keras 2 breaks words, and some copies lose its empty lines."""
    row: list[Cells] = []
    every = [*lines, NO_CELLS]
    rules = {cells for cells in every if not "".join(cells).strip(RULES + " ")}
    width = max((len(cells[0]) for cells in every if cells not in rules), default=0)
    for cells in every:
        is_rule = cells in rules
        if row and (is_rule or (cells[0] and row[-1][0].endswith(")"))):
            yield _joined(row, width if broken else 0)
            row = []
        if not is_rule:
            row.append(cells)


def _joined(row: list[Cells], width: int) -> Cells:
    """Join the cells of each column: with blanks, or as they were before ``width`` broke them."""
    columns = [[*filter(None, column)] for column in zip(*row, strict=True)]
    if not width:
        return tuple(map(" ".join, columns))
    *names, last = columns[0] or [""]
    name = "".join(one.ljust(width) for one in names) + last
    return (name.strip(), *map("".join, columns[1:]))


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
