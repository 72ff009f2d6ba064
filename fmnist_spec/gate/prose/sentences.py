"""The sentences of a notebook: what its Markdown and its comments say, with the line."""

import ast
import bisect
import html
import io
import re
import tokenize
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, NamedTuple

from fmnist_spec.files import LONGEST_PROGRAM, parsed
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.prose.tables import told_apart
from fmnist_spec.gate.prose.vocabulary import compiled, replacing

Section = Literal["lesson", "exercise", "other"]
LONGEST = 1000  # characters: what is longer is data, no sentence
LONGEST_LINE = 110_000  # characters of a line that are read: more than are judged of a notebook
DIGITS = re.compile(r"\d{30}")  # data, too: no number of a course has as many
CONTEXT = 300  # characters: what stood before them is forgotten
EXERCISE, OTHER = compiled("<exercise>"), compiled("<other>")
EXERCISES = compiled("<exercise>|<questions>")  # in a heading
PLAIN = replacing("plain")
MARKED = compiled("<marks>")
HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*)")
MARKER = re.compile(r"\s*(?:[-*•▶]|\d{1,2}[.)]|\(\d{1,2}\)|[①-⑳])\s+")
FENCE = re.compile(r"\s*(```|~~~)")
FOREIGN_CELL = re.compile(r"\s*%%(?!time|capture)")
END = re.compile(r"(?<=[.!?。])(?<!i\.e\.)(?<!e\.g\.)\s+")
GOES_ON = compiled(r"\s*<sign>")
ENDS_OPEN = compiled(r"<sign>\s*$")


@dataclass(frozen=True)
class Sentence:
    """One sentence as plain text; ``row`` is the line of the cell's source on which it begins."""

    text: str  # with the source's line breaks, but for those within a formula
    cell: int
    row: int
    section: Section  # "other": the heading names another subject, such as convolution
    before: str = ""  # the last words of the same paragraph before it
    begin: int = 0  # where it begins in its paragraph

    @property
    def place(self) -> dict[str, Any]:
        """Where a finding of what it says stands."""
        return {"at": self.cell, "line": self.row, "begin": self.begin}


class Line(NamedTuple):
    """A line of text; some are read as one: those of a paragraph, a list item, a comment."""

    row: int  # of the cell's source
    text: str  # plain
    heading: int = 0  # its level


END_OF_BLOCK = Line(0, "")


def sentences(cells: Sequence[Cell]) -> Iterator[Sentence]:
    """Give all sentences in order, without code, outputs, headings, links and pictures.

    Whether it is of another subject, such as convolution, or an exercise, the section says.
    """
    section: Section = "lesson"
    level = 0  # of the heading that opened the section
    for cell in (one for one in cells if one.type in LINES):
        lines = groupby(LINES[cell.type](cell), key=lambda line: line is not END_OF_BLOCK)
        for first, *others in (group for is_text, group in lines if is_text):
            if not first.heading:
                yield from _split([first, *others], cell, section)
            elif section == "lesson" or first.heading <= level:
                title, level = first.text.lower(), first.heading
                subject: Section = "other" if OTHER.search(title) else "lesson"
                section = "exercise" if EXERCISES.search(title) else subject


def _split(block: list[Line], cell: Cell, section: Section) -> Iterator[Sentence]:
    parts, starts, length = [], [], 0
    for last, line in zip([Line(0, "="), *block], block, strict=False):
        goes_on = GOES_ON.match(line.text) or ENDS_OPEN.search(last.text)
        parts += [" " if goes_on else "\n", line.text.strip()]
        starts.append(length + 1)
        length += 1 + len(parts[-1])
    text = "".join(parts)
    begin = 0
    for end in [*(match.end() for match in END.finditer(text)), len(text)]:
        sentence = text[begin:end].strip()
        if sentence and len(sentence) <= LONGEST and not DIGITS.search(sentence):
            place = bisect.bisect(starts, max(begin, 1)) - 1
            before = text[max(0, begin - CONTEXT) : begin]
            yield Sentence(sentence, cell.index, block[place].row, section, before, begin)
        begin = end


def _paragraphs(cell: Cell) -> Iterator[Line]:
    """Give paragraphs, list items and headings; fenced and indented code is left out."""
    fence, blank = "", True
    lines = cell.source.split("\n")[: len(cell.lines)]
    for number, (raw, counts) in enumerate(told_apart(lines), start=1):
        mark, heading, marker = FENCE.match(raw), HEADING.match(raw), MARKER.match(raw)
        if fence or mark:
            fence = "" if mark and mark[1] == fence else fence or (mark[1] if mark else "")
            continue
        for one in counts:
            yield from (END_OF_BLOCK, Line(number, plain(one)))
        is_code = blank and not marker and raw.startswith(("    ", "\t"))
        if heading or marker or is_code or not raw.strip() or raw.lstrip().startswith("|"):
            yield END_OF_BLOCK
        blank = is_code or not raw.strip()
        if heading:
            yield Line(number, heading[2], len(heading[1]))
        elif not blank:
            yield Line(number, plain(raw[marker.end() :] if marker else raw.lstrip("> ")))
        if heading or raw.endswith(("  ", "\\", "<br>")):
            yield END_OF_BLOCK


def _remarks(cell: Cell) -> Iterator[Line]:
    """Give the comments one by one; those that go on with a formula are read together."""
    last = Line(-1, "")
    for row, comment in _comments(cell.source):
        text = plain(comment.lstrip("#!: "))
        if row > len(cell.lines) or _is_code(text):
            continue
        text = re.sub(r"[A-Za-z_]\w*=(?!=)\S*", " | ", text)  # a piece of code
        if row != last.row + 1 or not (GOES_ON.match(text) or ENDS_OPEN.search(last.text)):
            yield END_OF_BLOCK
        last = Line(row, text)
        yield last


LINES = {"markdown": _paragraphs, "code": _remarks}


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """Give row, from 1, and text of each comment; magics and broken code do no harm."""
    if "#" not in source or FOREIGN_CELL.match(source):
        return
    lines = ["" if line.lstrip()[:1] in ("%", "!", "?") else line for line in source.split("\n")]
    row = 0
    try:
        if len(source) > LONGEST_PROGRAM:
            raise ValueError("too long to be read as Python")
        for token in tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline):
            row = max(row, token.start[0])
            if token.type == tokenize.COMMENT:
                yield row, token.string
    except (tokenize.TokenError, SyntaxError, ValueError):
        for later, line in enumerate(lines[row:], row + 1):
            if line.lstrip().startswith("#"):
                yield later, line.strip()


def _is_code(comment: str) -> bool:
    """Whether a comment is code that was switched off: an assignment or a call."""
    tree = parsed(comment.strip())
    nodes = [*ast.walk(tree)] if tree else []
    calls = (node.func for node in nodes if isinstance(node, ast.Call))
    is_call = any(isinstance(called, (ast.Name, ast.Attribute)) for called in calls)
    return is_call or any(isinstance(node, ast.Assign) for node in nodes)


def plain(line: str) -> str:
    """Take Markdown, HTML and LaTeX off a line; write full-width signs and 4만 8천 as usual."""
    line = line[:LONGEST_LINE]
    if MARKED.search(line):
        line = html.unescape(PLAIN(line))
    return line if line.isascii() else unicodedata.normalize("NFKC", line)
