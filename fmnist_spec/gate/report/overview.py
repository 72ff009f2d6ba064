"""What a run found in short: one line a finding, one row a notebook, one total a rule."""

import csv
import io
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rich.cells import cell_len

from fmnist_spec.files import relative
from fmnist_spec.gate.catalogue import SEVERITIES, Severity
from fmnist_spec.gate.finding import EXIT_CODES, Finding, Result
from fmnist_spec.gate.report.common import fixes, static, worst_first
from fmnist_spec.harmless import harmless, in_code, in_markdown
from fmnist_spec.language import say

UNREADABLE, UNDECIDED = "readable", "undecided"  # stand for a rule where there is no verdict
COLUMNS = ("notebook", "verdict", "errors", "warnings", "rules")
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # begin so, wide ones, too
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|(?<=[다요]\.)\s+")  # where the next one begins
VERDICTS = (*EXIT_CODES, "skipped")


@dataclass(frozen=True)
class Shown:
    """How much a report for people shows."""

    notes: bool = False  # beside errors and warnings
    quiet: bool = False  # only the errors of what does not pass
    statistics: bool = False  # how many findings there are of each rule, too

    def __call__(self, severity: str) -> bool:
        """Whether findings of a severity are shown."""
        return severity == "error" if self.quiet else self.notes or severity != "note"


USUAL = Shown()


@dataclass(frozen=True)
class Told:
    """One finding, or why there is no verdict, as reports of one line each need it."""

    result: Result
    rule: str
    severity: Severity
    message: str  # in one line
    finding: Finding | None = None

    @property
    def line(self) -> int:
        """The line of the file; of no cell, the first."""
        return (self.finding and self.finding.line) or 1

    @property
    def beside(self) -> list[tuple[str, str]]:
        """What was expected and what was observed, each behind whose it is."""
        return self.finding.beside if self.finding else []

    def place(self, *, line: bool = False) -> str:
        """Name the cell as people count, with the line in it if asked for."""
        found, notebook = self.finding, self.result.notebook
        if found is None or found.cell is None or notebook is None:
            return say("place.whole")
        return harmless(notebook.cells[found.cell].place(found.line_in_cell if line else None))

    @cached_property
    def marked(self) -> str:
        """The line of the source that it is about."""
        found, notebook = self.finding, self.result.notebook
        if found is None or found.cell is None or notebook is None:
            return ""
        lines = notebook.cells[found.cell].source.split("\n")
        return lines[min(found.line_in_cell or 1, len(lines)) - 1].strip()


def told(result: Result) -> Iterator[Told]:
    """Give each finding of a notebook, and before them why there is no verdict."""
    if result.verdict == "error":
        why = harmless(one_line(result.reason)).removeprefix(f"{harmless(relative(result.path))}: ")
        yield Told(result, UNDECIDED if result.trace else UNREADABLE, "error", why)
    for one in result.findings:
        message = harmless(one_line(one.message))
        yield Told(result, one.rule, one.severity, message, one)


def one_line(text: str) -> str:
    """Join the lines of a text."""
    return " ".join(text.split())


def in_repository(path: Path) -> str:
    """Name a file from the top of its repository, as platforms do; without one, from here."""
    real = Path(os.path.realpath(path.parent)) / path.name
    top = next((one for one in real.parents if (one / ".git").exists()), None)
    return (real.relative_to(top) if top else relative(path)).as_posix()


def as_concise(results: Sequence[Result], shown: Shown) -> str:
    """Write a line for each finding, as editors and people read it, then the counts."""
    every = (one for result in results for one in told(result) if shown(one.severity))
    fixed = (f"{harmless(relative(one.path))}: {line}" for one in results for line in fixes(one))
    table = [*totals(results)] if shown.statistics else []
    apart = ["", *table, ""] if table else []
    return "\n".join([*fixed, *map(concise, every), *apart, count(results, notes=shown.notes)])


def concise(one: Told) -> str:
    """Write one finding in one line."""
    path, place = harmless(relative(one.result.path)), one.place().replace(",", "")
    return f"{path}:{one.line}: {place}: {one.severity} {one.rule}: {one.message}"


def in_short(finding: Finding) -> str:
    """Give the first sentence of a finding; its rule is the name of the test that it fails."""
    return SENTENCE.split(harmless(one_line(finding.message)), maxsplit=1)[0]


@dataclass(frozen=True)
class Row:
    """One notebook of a class: how many findings of each severity it has, and of which rules."""

    result: Result
    counts: Counter[str]
    rules: tuple[str, ...]  # of errors and warnings

    @property
    def name(self) -> str:
        """Its path, as from where the command was run."""
        return harmless(relative(self.result.path).as_posix())


def rows(results: Sequence[Result]) -> list[Row]:
    """Give a row for each notebook, the worst first."""

    def row(result: Result) -> Row:
        rules = (one.rule for one in told(result) if one.severity != "note")
        counts = Counter[str](one.severity for one in result.findings)
        return Row(result, counts, tuple(dict.fromkeys(rules)))

    return [*map(row, worst_first(results))]


def run_table(results: Sequence[Result]) -> Iterator[str]:
    """Write a line for each notebook that was checked, the worst first, if there are several.

    The name stands last, so that a long one neither breaks nor moves a column.
    """
    checked = [one for one in rows(results) if one.result.verdict != "skipped"]
    if len(checked) > 1:
        names = ("verdict", "errors", "warnings", "seconds", "notebook")
        lines = [[say(f"report.column.{name}") for name in names]]
        for one in checked:
            numbers = (str(one.counts[kind]) for kind in SEVERITIES[:2])
            verdict, seconds = say(f"report.verdict.{one.result.verdict}"), one.result.seconds
            lines.append([verdict, *numbers, f"{seconds:.1f}", one.name])
        yield from _aligned(lines, "<>>><")


def totals(results: Sequence[Result]) -> Iterator[str]:
    """Write how many findings there are of each rule, and in how many notebooks, most first."""
    places = defaultdict[tuple[str, str], list[int]](list)
    for at, result in enumerate(results):
        for one in told(result):
            places[one.rule, one.severity].append(at)
    names = ("findings", "notebooks", "severity", "rule")
    lines = [[say(f"report.column.{name}") for name in names]]
    for (rule, severity), found in sorted(places.items(), key=lambda one: (-len(one[1]), one[0])):
        word = say(f"report.severity.{severity}")
        lines.append([str(len(found)), str(len({*found})), word, rule])
    if places:
        yield from _aligned(lines, ">><<")


def _aligned(lines: Sequence[Sequence[str]], sides: str) -> Iterator[str]:
    """Set columns side by side, two blanks apart; a Korean letter is two wide."""
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        blanks = [" " * (width - cell_len(one)) for one, width in zip(line, widths, strict=True)]
        cells = zip(line, blanks, sides, strict=True)
        placed = (f"{gap}{one}" if side == ">" else f"{one}{gap}" for one, gap, side in cells)
        yield "  ".join(placed).rstrip()


def count(results: Sequence[Result], *, notes: bool) -> str:
    """Count the notebooks by their verdicts and the findings by their severities, in one line."""
    if not results:
        return say("report.nothing")
    verdicts = Counter(str(result.verdict) for result in results)
    severities = Counter(finding.severity for result in results for finding in result.findings)
    words = [
        say(f"report.counted.{one}", number=verdicts[one]) for one in VERDICTS if verdicts[one]
    ]
    found = [say(f"report.{one}s", number=severities[one]) for one in SEVERITIES if severities[one]]
    if severities["note"] and not notes:
        found[-1] += say("report.hidden")
    told = {"notebooks": say("report.notebooks", number=len(results)), "verdicts": ", ".join(words)}
    counted = say("report.count", **told, findings=", ".join(found) or say("report.none"))
    silenced = sum(len(result.silenced) for result in results)
    fixed = sum(not one.refused for result in results for one in result.fixes)
    more = (("silence.count", silenced), ("fix.counted", fixed))
    said = (say(key, number=number) for key, number in more if number)
    return " ".join([counted, *said, *static(results)])


def as_csv(results: Sequence[Result]) -> str:
    """Write a row for each notebook, the worst first. No cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    is_static = any(one.is_static for one in results)
    writer.writerow([*COLUMNS, *["rules asked"] * is_static])
    for one in rows(results):
        name = f"./{one.name}" if one.name.startswith(FORMULA) else one.name
        numbers = (one.counts[kind] for kind in SEVERITIES[:2])
        asked, number = (len(ids) for ids in (one.result.asked, one.result.unasked))
        of_all = [f"{asked} of {asked + number}" * one.result.is_static] * is_static
        writer.writerow([name, one.result.verdict, *numbers, " ".join(one.rules), *of_all])
    return out.getvalue().rstrip("\n")


def as_markdown(results: Sequence[Result]) -> str:
    """Write a table of the notebooks, the worst first."""
    told = (line for one in static(results) for line in ("", in_markdown(one)))
    return "\n".join([*table_of(results), *told])


def table_of(results: Sequence[Result]) -> list[str]:
    """Give the lines of a table of the notebooks, the worst first."""
    lines = [[say(f"report.column.{name}") for name in COLUMNS]]
    for one in rows(results):
        numbers = (str(one.counts[kind]) for kind in SEVERITIES[:2])
        verdict = in_markdown(say(f"report.verdict.{one.result.verdict}"))
        rules = ", ".join(map(in_code, one.rules))
        lines.append([in_code(one.name), verdict, *numbers, rules])
    return [*markdown_table(lines)]


def markdown_table(lines: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write the lines of a table, of which the first is the head; the cells are Markdown."""
    for at, line in enumerate(lines):
        yield f"| {' | '.join(line)} |"
        if at == 0:
            yield f"|{' --- |' * len(line)}"
