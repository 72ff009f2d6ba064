"""What a screen shows of a stored text, and edits of its words that leave columns straight."""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from fmnist_spec.harmless import ANSI
from fmnist_spec.printed import RULE_SIGNS

# Colours are not seen; of HTML, tags are not, and an entity is its sign.
UNITS = {
    False: re.compile(rf"(?P<unseen>{ANSI.pattern})|.", re.DOTALL),
    True: re.compile(rf"(?P<unseen>{ANSI.pattern}|<[^<>]*>)|&#?\w+;|.", re.DOTALL),
}
BORDER = "│┃|"
WORD = re.compile(rf"[^\s{BORDER}]+")
GAP = re.compile(r"  +")
Change = tuple[int, str, str]  # where, what stands there, what should


class Word(NamedTuple):
    """A word that is seen: where it begins, and where its column does and ends."""

    text: str
    start: int
    column: tuple[int, int]


class Seen:
    """What a screen shows of a piece of a text, and where each sign of it stands in the text."""

    def __init__(self, text: str, start: int, end: int, *, is_html: bool = False) -> None:
        units = [one for one in UNITS[is_html].finditer(text, start, end) if not one["unseen"]]
        signs = [html.unescape(one[0]) if is_html else one[0] for one in units]
        pairs = [(sign, one.span()) for sign, one in zip(signs, units, strict=True)]
        self._spans = [span for signs, span in pairs for _ in signs]
        self._whole, self._text, self._end = text, "".join(signs), end

    def lines(self) -> Iterator[list[Word]]:
        """Give the words of each line that has some."""
        for line in re.finditer(r"[^\n]+", self._text):
            if line[0].strip(RULE_SIGNS):
                columns = [*re.finditer(rf"[^{BORDER}]+", line[0])]
                spans = [
                    (line.start() + a, line.start() + b) for a, b in map(re.Match.span, columns)
                ]
                yield [
                    Word(one[0], one.start(), span)
                    for span in spans
                    for one in WORD.finditer(self._text, *span)
                ]

    def changes(self, word: Word, new: str) -> Iterator[Change]:
        """Put another word in the place of one; the blanks of its column make up for its width."""
        from rich.cells import cell_len  # importing the package loads none of it

        first = _common(word.text, new)
        # A sign that changes is kept, so that what is put before a word has its colour.
        kept = max(len(word.text) - first - 1, 0)
        last = min(_common(word.text[first:][::-1], new[first:][::-1]), kept)
        old = word.text[first : len(word.text) - last]
        yield self._change(word.start + first, old, new[first : len(new) - last])
        wider = cell_len(new) - cell_len(word.text)
        begin, end = self._gap(word)
        if begin < end and wider < 0:
            yield self._change(begin + 1, "", " " * -wider)
        elif end - begin > wider > 0:
            yield self._change(begin + 1, " " * wider, "")

    def _change(self, at: int, old: str, new: str) -> Change:
        """Place a change in the whole text; what is put there stands right behind a sign."""
        if not old:
            return (self._spans[at - 1][1] if at else self._spans[0][0]), "", new
        start, end = self._spans[at][0], self._spans[at + len(old) - 1][1]
        return start, self._whole[start:end], new

    def _gap(self, word: Word) -> tuple[int, int]:
        """Find the blanks that fill a column up, behind a word of it or before it."""
        begin, end = word.column
        behind = GAP.search(self._text, word.start, end)
        before = [*GAP.finditer(self._text, begin, word.start)]
        found = behind or (before[-1] if before else None)
        return found.span() if found else (0, 0)


def _common(one: str, other: str) -> int:
    """Count the signs with which both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
