"""Results as text for people."""

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fmnist_spec.files import relative
from fmnist_spec.gate.catalogue import SEVERITIES, phrase, sentence
from fmnist_spec.gate.confine.sandbox import lacking
from fmnist_spec.gate.course.selection import not_named, remedy
from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.harmless import harmless
from fmnist_spec.language import say

COLOURS = {"pass": "green", "fail": "red", "error": "red", "warning": "yellow", "note": "cyan"}
COLOURS |= {"skipped": "yellow"}
AROUND = 2  # lines of a cell shown before and after the marked one
MOST_FINDINGS = 200  # of a notebook that are printed: nobody reads as many
WIDTH = 100  # of a text that goes into another report
INDENT = 2  # of what belongs to a notebook, and again of what belongs to a finding
LINE = 200  # characters of a line of a cell that are shown
PAIR = re.compile(":(?=:)")  # with it a line of a log may begin as a command
SAMPLE = "The notebooks got the small sample of the data, repeated to full size."
MADE = "{} is not at hand. The notebooks got images that were made in its form, so nothing is said "
MADE += "of their accuracies."
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|(?<=[다요]\.)\s+")  # where the next one begins


def print_report(results: Sequence[Result], lesson_files: Sequence[str]) -> None:
    """Print every notebook with its findings, then the count."""
    console = Console(highlight=False, markup=False, emoji=False)
    with nullcontext() if console.is_terminal else console.capture() as captured:
        _print_all(console, results, lesson_files)
    if captured:
        print(_unpadded(captured.get()))


def _unpadded(text: str) -> str:
    """Take off the blanks with which lines are filled up to the width."""
    return "\n".join(line.rstrip(" ") for line in text.rstrip().split("\n"))


def _print_all(console: Console, results: Sequence[Result], lesson_files: Sequence[str]) -> None:
    files = {tuple(one.lesson_files) for one in results if one.lesson_files} or {(*lesson_files,)}
    for one in files if len(files) == 1 else ():  # of others, each notebook has its own
        named = f"Lesson{'s' if len(one) > 1 else ''}: {_named(one)}"
        console.print(named, style="dim", soft_wrap=True)
    trace = next((result.trace for result in results if result.trace), None)
    if trace is not None:
        isolation = _isolation(trace.isolation)
        versions = _unbroken(f"TensorFlow {trace.tensorflow}, Keras {trace.keras}")
        console.print(f"{versions}; {isolation}", style="dim")
        instead = dict.fromkeys(_instead(result) for result in results)
        console.print("\n".join(filter(None, instead)), style="yellow")
    for result in results:
        # The author of the table of notebooks knows which it does not list: they are counted.
        if not_named() not in result.reason:
            _print_result(console, result, result.lesson_files if len(files) > 1 else ())
    number = sum(result.verdict == "skipped" for result in results)
    if number:
        console.print(skipped(number), style="yellow")
    if number == len(results):
        console.print("No notebook was checked.", style="red")
    console.print(_count(results))


def _named(files: Iterable[str | Path]) -> str:
    return ", ".join(harmless(relative(Path(file))) for file in files)


def _instead(result: Result) -> str:
    """Say what a notebook got in place of the whole data set."""
    if result.trace is None or not result.trace.sample_only:
        return ""
    data = result.lesson and result.lesson.data
    return MADE.format(_unbroken(data.title)) if data and not data.sample else SAMPLE


def _isolation(reached: tuple[str, ...]) -> str:
    """Say how far notebooks were confined, and what it means if something was lacking."""
    missing = [phrase(f"lacking-{one.rpartition(' ')[2]}") for one in lacking(reached)]
    key = "isolated-partly" if missing else "isolated-fully"
    return sentence("", key, {"missing": missing})


def skipped(number: int) -> str:
    """Say how many notebooks are skipped, and what to do if one should not be."""
    belong = "belongs" if number == 1 else "belong"
    return f"{_many(number, 'notebook')} {belong} to no lesson: skipped. {remedy()}"


def _print_result(console: Console, result: Result, lesson_files: Sequence[str]) -> None:
    said = harmless(result.reason or f"{relative(result.path)}  {result.seconds:.1f} s")
    colour = f"bold {COLOURS[result.verdict]}"
    lesson = (f"  {_named(lesson_files)}" if lesson_files else "", "dim")
    title = Text.assemble((result.verdict.upper(), colour), "  ", said, lesson)
    console.print(title, soft_wrap=True)
    for finding in result.findings[:MOST_FINDINGS]:
        _print_finding(console, finding, result)
    if (more := len(result.findings) - MOST_FINDINGS) > 0:
        console.print(
            f"  {more:,} more findings are left out; --format json has them.\n", style="dim"
        )
    if result.undecided:
        left = f"  not checked, because the run was not complete: {', '.join(result.undecided)}\n"
        console.print(left, style="dim", soft_wrap=True)
    if result.silenced:
        rules = ", ".join(dict.fromkeys(one.rule for one in result.silenced))
        told = say("silence.of", number=len(result.silenced), rules=rules)
        console.print(f"  {told}\n", style="dim", soft_wrap=True)


def as_text(finding: Finding, result: Result) -> str:
    """Write one finding as plain text, as the report shows it."""
    console = Console(width=WIDTH, color_system=None)
    with console.capture() as captured:
        _print_finding(console, finding, result)
    return _unpadded(captured.get())


def in_short(finding: Finding) -> str:
    """Give the rule and the first sentence of a finding, in one line."""
    said = harmless(" ".join(finding.message.split()))
    return f"{finding.rule}: {SENTENCE.split(said, maxsplit=1)[0]}"


def _print_finding(console: Console, finding: Finding, result: Result) -> None:
    severity = finding.severity, COLOURS[finding.severity]
    title = Text.assemble("  ", severity, " ", (finding.rule, "bold"))
    for place in _places(finding, result):
        title.append(f"  {place}", "dim")
    if len(finding.lesson_files) < len(result.lesson_files):
        title.append(f"  by {_named(finding.lesson_files)}")
    console.print(title, soft_wrap=True)  # a path that is cut opens nowhere
    lines = textwrap.TextWrapper(console.width - INDENT, break_on_hyphens=False)
    lines.break_long_words = False  # nor does one in a sentence
    for line in lines.wrap(harmless(finding.message, lines=True)):
        console.print(Text(" " * INDENT + line), soft_wrap=True)
    if result.notebook is not None and finding.cell is not None:
        source = result.notebook.cells[finding.cell].source
        for line in excerpt(source, finding.line_in_cell).split("\n"):
            console.print(Text(" " * 2 * INDENT + line), soft_wrap=True)
    if table := _values(finding):
        console.print(Padding(table, (0, 0, 0, 2 * INDENT), expand=False))
    console.print()


def _places(finding: Finding, result: Result) -> Iterator[str]:
    """Give the place as people count, and as an editor opens it."""
    if finding.cell is None:
        yield say("place.whole")
    elif result.notebook is not None:
        yield harmless(result.notebook.cells[finding.cell].place(finding.line_in_cell))
        yield harmless(f"{relative(result.path)}:{finding.line or 1}")


def _values(finding: Finding) -> Table | None:
    """Give the two values with whose they are."""
    values = zip(finding.beside, ("green", "red"), strict=True)
    told = [one for one in values if one[0][1]]
    table = Table.grid(*(whose for (whose, _), _ in told), padding=(0, 3))
    table.add_row(*(Text(whose, "dim") for (whose, _), _ in told))
    table.add_row(*(Text(_unbroken(text, lines=True), colour) for (_, text), colour in told))
    return table if told else None


def _unbroken(text: str, *, lines: bool = False) -> str:
    """Make a text harmless that Rich wraps: it breaks words that are longer than a line."""
    return PAIR.sub(r"\\x3a", harmless(text, lines=lines))


def excerpt(source: str, marked: int | None) -> str:
    """Cut the lines around one, counted from 1, out of a cell, harmless; the line gets a mark.

    Of no line, those at the cell's beginning.
    """
    lines, middle = source.split("\n"), marked or 1
    shown = range(max(middle - AROUND, 1), min(middle + AROUND, len(lines)) + 1)
    told = [(at, harmless(lines[at - 1], lines=True, longest=LINE)) for at in shown]
    return "\n".join(f"{'>' if at == marked else ' '} {line}" for at, line in told)


def _count(results: Sequence[Result]) -> str:
    verdicts = Counter(str(result.verdict) for result in results)
    severities = Counter(finding.severity for result in results for finding in result.findings)
    words = {"pass": "pass", "fail": "fail", "error": "could not be checked", "skipped": "skipped"}
    told = ", ".join(f"{verdicts[one]} {word}" for one, word in words.items() if verdicts[one])
    counts = ((severities[one], one) for one in SEVERITIES)
    found = ", ".join(_many(number, severity) for number, severity in counts if number)
    silenced = sum(len(result.silenced) for result in results)
    silent = " " + say("silence.count", number=silenced) if silenced else ""
    return f"{_many(len(results), 'notebook')}: {told}. Findings: {found or 'none'}.{silent}"


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
