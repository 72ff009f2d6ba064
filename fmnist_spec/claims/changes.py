"""What of the lesson changes from one TensorFlow to another, and what a notebook does about it."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from fmnist_spec.claims.claims import Claim
from fmnist_spec.claims.recorded import BROKEN, HOLDS, NOTICE, Column
from fmnist_spec.harmless import harmless
from fmnist_spec.language import say
from fmnist_spec.lesson import Lesson

COLOURS = {HOLDS: "green", NOTICE: "yellow", BROKEN: "red"}
Alike = tuple[str, list[Claim]]  # a remedy, and the claims that have it
Line = tuple[int, str]  # how far it is moved in, and what it says


def changed(claims: Sequence[Claim], columns: Sequence[Column]) -> list[Claim]:
    """Give the claims to which environments answer differently; of one: those to tell of it."""

    def is_told(claim: Claim) -> bool:
        marks = {column.entries[claim.id].mark for column in columns}
        return marks != {HOLDS} if len(columns) == 1 else len(marks) > 1

    return [claim for claim in claims if is_told(claim)]


def parts(claims: Sequence[Claim], lesson: Lesson) -> Iterator[tuple[str, list[Alike]]]:
    """Give claims by section, and there by what a notebook does where they do not hold."""
    for section, group in groupby(claims, lambda claim: claim.section):
        alike = groupby(group, lambda claim: _remedy(claim, lesson))
        yield section, [(remedy, list(those)) for remedy, those in alike]


def _remedy(claim: Claim, lesson: Lesson) -> str:
    return say(f"compat.remedy.{claim.remedy}", lesson=lesson) if claim.remedy else ""


def lines(claims: Sequence[Claim], columns: Sequence[Column], lesson: Lesson) -> Iterator[Line]:
    """Say what changes from the first environment to the second, or what a single one breaks."""
    told = changed(claims, columns)
    first, last = (_called(column) for column in (columns[0], columns[-1]))
    kind = "known" if len(columns) == 1 else "changes" if told else "same"
    yield 0, say(f"compat.{kind}", first=first, last=last, number=len(told), claims=len(claims))
    for section, groups in parts(told, lesson):
        yield 0, ""
        yield 0, say(f"compat.section.{section}")
        for remedy, alike in groups:
            for claim in alike:
                yield 2, claim.text(lesson)
                yield from ((4, _answer(column, claim)) for column in columns)
            yield 2, say("compat.remedied", remedy=remedy)


def _called(column: Column) -> str:
    versions = {one: getattr(column, one) for one in ("tensorflow", "keras", "python")}
    return say("compat.environment", **versions)


def _answer(column: Column, claim: Claim) -> str:
    """Write one answer, with TensorFlow's words where they are a line: a summary is not."""
    entry = column.entries[claim.id]
    said = say(f"compat.{entry.called}")
    words = f": {entry.words}" if entry.words and "\n" not in entry.words else ""
    return f"{entry.mark} {column.version}  {said}{words}"


def print_lines(lines: Iterator[Line]) -> None:
    """Print them, wrapped where a person reads them, and as they are where a program does."""
    console = Console(highlight=False, markup=False, emoji=False)
    for indent, line in lines:
        if line and console.is_terminal:
            text = Text(harmless(line), COLOURS.get(line[0], "" if indent else "bold"))
            console.print(Padding(text, (0, 0, 0, indent), expand=False))
        else:
            print(" " * indent + harmless(line))
