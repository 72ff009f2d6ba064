"""Results as one page: what was found, beside the cells, and what the runs showed."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from fmnist_spec.files import relative
from fmnist_spec.gate.course.selection import not_named
from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.observe.shortening import EPOCHS
from fmnist_spec.gate.report.common import (
    WORST_FIRST,
    file_names,
    instead,
    isolation,
    static,
    worst_first,
)
from fmnist_spec.gate.report.html import drawing
from fmnist_spec.harmless import harmless, shortened
from fmnist_spec.language import chosen, listed, say
from fmnist_spec.lesson import Lesson

HERE = Path(__file__).parent
FINDINGS, TRAININGS = (3_000, 5, 200), (600, 1, 4)  # shown: in all; of a notebook at least, at most
LONGEST = 1_000  # characters of a sentence; of a value half as many
MOST_RULES = 12  # by which the overview can be narrowed
QUOTED = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Section:
    """One notebook on the page."""

    id: str
    result: Result
    lesson: Lesson
    notebooks: int  # on the page, which share its room

    @property
    def name(self) -> str:
        """Its file, as seen from where the command was run."""
        return str(relative(self.result.path))

    @cached_property
    def counts(self) -> Counter[str]:
        """How many findings of each severity there are."""
        return Counter(one.severity for one in self.result.findings)

    @cached_property
    def rules(self) -> Counter[str]:
        """How many errors and warnings there are of each rule, in the order of the report."""
        told = (one.rule for one in self.result.findings if one.severity != "note")
        return Counter(told)

    @cached_property
    def findings(self) -> list[tuple[int, Finding]]:
        """The findings that are shown, each with its number."""
        return [*enumerate(self.result.findings[: self._share(*FINDINGS)])]

    @cached_property
    def found_at(self) -> dict[int | None, list[tuple[int, Finding]]]:
        """Those of each cell, and of the whole notebook."""
        found: dict[int | None, list[tuple[int, Finding]]] = {None: []}
        for at, one in self.findings:
            found.setdefault(one.cell, []).append((at, one))
        return found

    @property
    def cells(self) -> Iterator[tuple[Cell | None, int]]:
        """Give each cell that is shown or that a finding is about; None for some left out."""
        left = 0
        for cell in self.result.notebook.cells if self.result.notebook else ():
            if cell.index not in self.result.shown and cell.index not in self.found_at:
                left += 1
                continue
            if left:
                yield None, left
            yield cell, left
            left = 0
        if left:
            yield None, left

    @cached_property
    def networks(self) -> tuple[list[drawing.Drawn], int]:
        """The networks that its run built, and how many more there are."""
        return drawing.networks(self.result, self.lesson)

    @cached_property
    def trainings(self) -> tuple[list[drawing.Training], int]:
        """What its run trained, and how many trainings more there are."""
        return drawing.trainings(self.result, self.lesson, self._share(*TRAININGS))

    def _share(self, of_all: int, least: int, most: int) -> int:
        return min(max(of_all // self.notebooks, least), most)


def as_html(lesson: Lesson, lesson_files: Sequence[str], results: Sequence[Result]) -> str:
    """Write the results as a page that is complete in itself and asks nothing of the network."""
    told = [one for one in results if not_named() not in one.reason]
    counts = Counter(str(one.verdict) for one in results)
    sections = [
        Section(f"n{at}", one, one.lesson or lesson, len(told))
        for at, one in enumerate(worst_first(told))
    ]
    style, script = ((HERE / f"page.{kind}").read_text("utf-8").strip() for kind in ("css", "js"))
    return (
        _environment()
        .get_template("page.html")
        .render(
            sections=sections,
            lesson_files=_lesson_files(results) or file_names(lesson_files),
            verdicts=[(one, counts[one]) for one in WORST_FIRST if counts[one]],
            rules=_by_rule(sections),
            unnamed=len(results) - len(told),
            static=static(results),
            instead=instead(results),
            trace=next((one.trace for one in results if one.trace), None),
            style=Markup(style),  # noqa: S704  # our own files
            script=Markup(script),  # noqa: S704
        )
    )


def _lesson_files(results: Sequence[Result]) -> list[str]:
    return file_names(dict.fromkeys(file for one in results for file in one.lesson_files))


def _by_rule(sections: Sequence[Section]) -> list[tuple[str, int]]:
    """Say in how many notebooks each rule is broken, the most frequent ones."""
    return Counter(rule for one in sections for rule in one.rules).most_common(MOST_RULES)


def _digest(text: str) -> Markup:
    """Name our own style or script, so that a browser obeys it and no other."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(f"'sha256-{digest}'")  # noqa: S704  # it has nothing to escape


def _environment() -> Environment:
    """What fills in the page: each text is made harmless, and then escaped."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=lambda one: one if isinstance(one, Markup) else harmless(one, lines=True),
    )
    environment.globals |= {"say": say, "language": chosen(), "isolation": isolation}
    environment.globals |= {"lessons_network": drawing.lessons_network, "longest": LONGEST // 2}
    environment.globals |= {"most_epochs": EPOCHS}
    environment.filters |= {
        "quoted": _quoted,
        "as_written": Markup,
        "names": file_names,
        "listed": listed,
        "cut": shortened,
        "digest": _digest,
    }
    return environment


def _quoted(text: str) -> Markup:
    """Write a sentence, with what stands in backticks as code."""
    written = str(escape(harmless(text, lines=True, longest=LONGEST)))
    return Markup(QUOTED.sub(r"<code>\1</code>", written))  # noqa: S704  # it is escaped
