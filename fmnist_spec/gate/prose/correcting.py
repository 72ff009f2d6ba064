"""Which number of a false equation is wrong, if only one can be, and where it stands in a cell."""

import re
from collections.abc import Iterator, Mapping

from fmnist_spec.gate.compare.terms import Values
from fmnist_spec.gate.finding import Edit
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.prose.arithmetic import Equation, false_equations
from fmnist_spec.gate.prose.sentences import Sentence

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?%?")
BETWEEN = r"\D{1,24}?"  # two numbers of an equation: a sign, in words or as LaTeX writes it
ASIDE = re.compile(r"^(?:also|each) |(?:limit|levels?|rate)$")
MOST = 1_500  # characters of a cell in which a sentence's equation stands


def corrections(
    equation: Equation, sentence: Sentence, cell: Cell, allowed: Mapping[str, Values]
) -> Iterator[Edit]:
    """Put the right number into a false equation: it is the only one that nothing knows.

    Exactly one number of the lesson and the notebook, ``allowed`` by their terms, must make the
    equation true; otherwise another number, or a sign, may be the wrong one.
    """
    known = {*_known(allowed)}
    numbers = NUMBER.findall(equation.written)
    unknown = [at for at, one in enumerate(numbers) if _value(one) not in known]
    again = [one.written for one in false_equations(equation.written)]
    if len(unknown) == 1 and again == [equation.written] and "%" not in numbers[unknown[0]]:
        at = unknown[0]
        written = {_like(numbers, one) for one in known}
        right = {one for one in written if _is_true(equation.written, at, one)}
        if len(right) == 1 and (start := _place(numbers, at, sentence, cell)) is not None:
            yield Edit(cell.index, start, numbers[at], right.pop())


def _known(allowed: Mapping[str, Values]) -> Iterator[float]:
    """Give what things are as such, without what is also true of a part of them, and all pixels."""
    for term, values in allowed.items():
        if term and not ASIDE.search(term):
            numbers = [one for one in values if isinstance(one, int | float) and one > 0]
            yield from numbers
            yield from (one / 100 for one in numbers if term.endswith("share"))


def _value(number: str) -> float:
    return float(number.replace(",", "").rstrip("%"))


def _like(numbers: list[str], value: float) -> str:
    """Write a value as the others are: with commas or without."""
    digits = f"{value:,.10g}"
    return digits if any("," in one for one in numbers) else digits.replace(",", "")


def _is_true(written: str, at: int, number: str) -> bool:
    """Whether an equation is true with another number at a place among its numbers."""
    found = [*NUMBER.finditer(written)][at]
    return not [*false_equations(written[: found.start()] + number + written[found.end() :])]


def _place(numbers: list[str], at: int, sentence: Sentence, cell: Cell) -> int | None:
    """Find a number of an equation in its cell, in code within a comment; None: it is not clear."""
    parts = [f"({re.escape(one)})" for one in numbers]
    pattern = rf"(?<![\d.,]){BETWEEN.join(parts)}(?!\d|[.,]\d)"
    begin = sum(len(line) + 1 for line in cell.source.split("\n")[: sentence.row - 1])
    found = re.compile(pattern).search(cell.source, begin, begin + MOST)
    if not found:
        return None
    before = cell.source[cell.source.rfind("\n", 0, found.start()) + 1 : found.start()]
    return found.start(at + 1) if cell.type == "markdown" or "#" in before else None
