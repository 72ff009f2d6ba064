"""The tables of Markdown: what a number counts may stand in the head of its column alone."""

import re
from collections.abc import Iterator, Sequence

from fmnist_spec.gate.prose.vocabulary import compiled

OWNER, COUNTED, COUNT = compiled("<owner>"), compiled("<counted>"), compiled("<count>")
RULER = re.compile(r"\s*\|(?:\s*:?-+:?\s*\|)+\s*")
DIGIT = re.compile(r"\d")
LAYER = re.compile(r"(?i)\b(hidden|output)\b(?! layer)")


def told_apart(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Give each line, and the numbers of a table's row of which it is known what they count.

    These are taken out of the row, and given as sentences: "output layer parameters: 1,010".
    """
    heads: list[str] = []
    for line, before, after in zip(lines, ["", *lines], [*lines[1:], ""], strict=False):
        if RULER.fullmatch(line):
            heads = _cells_of(before)
        elif not line.lstrip().startswith("|"):
            heads = []
        elif RULER.fullmatch(after) and sum(map(bool, map(DIGIT.search, _cells_of(line)))) > 1:
            line = "|"  # noqa: PLW2901 - of what stands side by side, each column has its own
        elif heads:
            yield _of_row(line, heads)
            continue
        yield line, []


def _cells_of(row: str) -> list[str]:
    return [one.strip() for one in row.strip().strip("|").split("|")]


def _of_row(row: str, heads: Sequence[str]) -> tuple[str, list[str]]:
    """Tell a row's counts apart; others beside them, as of two networks, are left out."""
    (label, *cells), told, numbers = _cells_of(row), dict[int, str](), set[int]()
    for place, (head, one) in enumerate(zip(heads[1:], cells, strict=False)):
        owner, counted = (head, label) if COUNTED.fullmatch(label.lower()) else (label, head)
        if COUNT.fullmatch(one):
            numbers.add(place)
            if OWNER.fullmatch(owner.lower()) and COUNTED.fullmatch(counted.lower()):
                owner = LAYER.sub(r"\1 layer", owner)
                told[place] = f"{owner} {counted}: {one}"
    left_out = numbers if told or len(numbers) > 1 else ()
    left = [one for place, one in enumerate(cells) if place not in left_out]
    return f"| {' | '.join([label, *left])} |", [*told.values()]
