"""Arithmetic in a sentence: find its equations, and say which of them are false.

A sentence is first written in one letter a token, such as ``n*nw+n=nw`` (n stands for a number,
w for a word); grammars of a line each then read it. What they do not match is not judged.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from operator import add, mul, sub, truediv

from fmnist_spec.gate.prose.tokens import in_digits
from fmnist_spec.gate.prose.vocabulary import VOCABULARY, compiled, replacing

SPOKEN = replacing("spoken")
QUOTED = compiled("<quoted>")
TWO_NUMBERS = re.compile(r"\d[^\d,.]+\d|\d[,.]\D+\d")
TOKEN = compiled("|".join(f"(?P<{kind}>{one})" for kind, one in VOCABULARY["token"].items()))
LETTERS = {"open": "(", "close": ")", "about": "a", "calculating": "c", "clause": "e", "word": "w"}
SIGNS = {"x": "*", "×": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "−": "-", "**": "^"}  # noqa: RUF001
SIGNS |= {"==": "=", "≒": "≈", "⇒": "→", "->": "→", "=>": "→"}
OPERAND = "[\ue000-\uf8ff]"  # every number has a letter of its own, of Unicode's private ones
FORMULA = rf"{OPERAND}(?:w{{0,6}}[-+*/^]w{{0,6}}{OPERAND})*"
# Before a formula stand words, a dash, or a clause that has ended.
LEFT = re.compile(rf"(?:(?:^|;)[wea]*-?|e)({FORMULA})w{{0,8}}$")
# In a chain of equations the number before is the end of the last one: a = 78,500 784 x 100 = b.
LEFT_IN_CHAIN = re.compile(rf"(?:(?:^|;)[wea]*-?|e|^{OPERAND})({FORMULA})$")
RIGHT = re.compile(rf"([wa]{{0,4}})({FORMULA})(?!w*[+*/^c])([^;]*)")
GROUP = re.compile(r"\(([^()]*)\)")
PERCENTS = (Fraction(1, 100), Fraction(1))  # 48,000 / 60,000 x 100 = 80% is meant well, too
SMALL = 100  # such a number before the sign is often a count of the thing that is calculated
TOLERANCE = Fraction(1, 20)  # of what is said to be about so


@dataclass(frozen=True)
class Equation:
    """A false equation: as it is read, what its formula comes to, and the number claimed."""

    written: str
    value: float
    claimed: str


@dataclass(frozen=True)
class Number:
    """A number as written, or a bracket that was calculated."""

    text: str
    value: Fraction
    percent: bool = False
    calculated: bool = False


def false_equations(text: str) -> Iterator[Equation]:
    """Give the equations of a sentence that no reading makes true; a new line ends an equation."""
    text = in_digits(text.lower())
    if not TWO_NUMBERS.search(text) or QUOTED.search(text):
        return
    text = SPOKEN(text)
    if re.search("[=≈≒→⇒]|->", text):
        parts = text.split(" / ")
        for part in parts if all("=" in one for one in parts) else [text]:
            yield from _Reading(part).false


class _Reading:
    """A sentence in one letter a token, and the false equations in it."""

    def __init__(self, text: str) -> None:
        self.numbers: dict[str, Number] = {}
        self.false: list[Equation] = []
        letters = "".join(self._letter(token) for token in TOKEN.finditer(text))
        while group := GROUP.search(letters):
            letters = letters[: group.start()] + self._fold(letters, group) + letters[group.end() :]
        self._judge(re.sub(r"[()]", ";", letters))

    def _letter(self, token: re.Match[str]) -> str:
        text, kind = token.group(), token.lastgroup or "other"
        if kind == "number":
            digits = text.rstrip(" 개장번회%")
            value = Fraction(digits.replace(",", ""))
            return self._add(Number(digits + "%" * ("%" in text), value, "%" in text))
        return SIGNS.get(text, text) if kind in ("sign", "equals") else LETTERS.get(kind, ";")

    def _add(self, number: Number) -> str:
        letter = chr(0xE000 + len(self.numbers))
        self.numbers[letter] = number
        return letter

    def _fold(self, letters: str, group: re.Match[str]) -> str:
        """The letter that stands for a pair of brackets: an operand, or a remark on one."""
        inner, before = group[1], re.search(rf"({OPERAND})w*$", letters[: group.start()])
        if not re.search(OPERAND, inner):
            return ""
        if re.search("[=≈→]", inner):  # an equation of its own, or 784(= 28 x 28)
            self._judge(before[1] + inner if before and inner[0] in "=≈→" else inner)
            return "" if before else ";"
        formula = re.fullmatch(rf"w*({FORMULA})w*", inner)
        if before or not formula:
            return "c" if before else ";"
        bare = formula[1].replace("w", "")
        if len(bare) == 1:
            return bare
        try:
            value = self._value(bare, PERCENTS[0])
        except ArithmeticError:
            return ";"
        return self._add(Number(f"({self._show(bare)})", value, calculated=True))

    def _judge(self, letters: str) -> None:
        """Compare the formulas next to each equals sign: a = b = c is judged pair by pair."""
        sides = re.split("([=≈→])", letters)
        for place in range(1, len(sides), 2):
            left = (LEFT if place == 1 else LEFT_IN_CHAIN).search(sides[place - 1])
            right = RIGHT.match(sides[place + 1])
            is_step = (
                sides[place] == "→" and left and right and (len(left[1]) == 1 or len(right[2]) > 1)
            )
            if left and right and _ends(right) and not is_step:
                about = "a" in right[1] or sides[place] == "≈"
                self._compare(left[1].replace("w", ""), right[2].replace("w", ""), about)

    def _compare(self, left: str, right: str, about: bool) -> None:
        """Keep the equation if it is a number against a formula, and false however it is read."""
        claim, formula = (left, right) if len(left) == 1 else (right, left)
        number = self.numbers[claim[0]]
        is_formula = len(formula) > 1 or self.numbers[formula].calculated
        if len(claim) > 1 or number.calculated or not is_formula:
            return
        # In "layer 1 - 784 x 100 + 100" the first number is a title.
        readings = [formula, formula[2:]] if len(formula) > 4 and formula[1] == "-" else [formula]
        both = [(one, percent) for one in readings for percent in PERCENTS]
        try:
            values = [(self._value(one, percent), percent) for one, percent in both]
            shown = float(values[number.percent][0])
        except ArithmeticError:
            return
        if claim is left and number.value < SMALL and 2 * number.value < values[0][0]:
            return  # 5 epochs = 5 x 1,500 steps
        if not any(_agrees(value, percent, number, about) for value, percent in values):
            written = f"{self._show(left)} = {self._show(right)}"
            self.false.append(Equation(written, shown, number.text))

    def _show(self, letters: str) -> str:
        shown = (self.numbers[one].text if one in self.numbers else one for one in letters)
        return " ".join(shown).replace("*", "x").replace(" ^ ", "^")

    def _value(self, formula: str, percent: Fraction) -> Fraction:
        for signs in ("([+-])", "([*/])", r"(\^)"):  # what binds least is calculated last
            first, *others = re.split(signs, formula)
            if others:
                value = self._value(first, percent)
                for sign, side in zip(others[::2], others[1::2], strict=True):
                    value = CALCULATE[sign](value, self._value(side, percent))
                return value
        number = self.numbers[formula]
        return number.value * (percent if number.percent else 1)


def _ends(right: re.Match[str]) -> bool:
    """Whether nothing after the right side of an equation could belong to it."""
    if len(right[2]) > 1:
        return not re.search(rf"[-c]|{OPERAND}", right[3])
    return "c" not in right[3] and not re.match(rf"w*-w*{OPERAND}", right[3])


def _agrees(value: Fraction, percent: Fraction, claim: Number, about: bool) -> bool:
    """Whether ``claim`` is the value, rounded up or down to the places it shows."""
    unit = percent if claim.percent else Fraction(1)
    places = len(claim.text.rstrip("%").partition(".")[2])
    difference = abs(value - claim.value * unit)
    return difference < unit / 10**places or (about and difference <= TOLERANCE * abs(value))


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator > 1 or abs(exponent) > 100 or abs(base) > 10**6:
        raise ArithmeticError("a power that no lesson needs")
    return base ** int(exponent)


CALCULATE = {"+": add, "-": sub, "*": mul, "/": truediv, "^": _power}
