"""Results as text for people."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fmnist_spec.files import relative
from fmnist_spec.gate.catalogue import SEVERITIES, phrase, sentence
from fmnist_spec.gate.confine.sandbox import lacking
from fmnist_spec.gate.course.belonging import NOT_NAMED, REMEDY
from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.printed import ANSI

COLOURS = {"pass": "green", "fail": "red", "error": "red", "warning": "yellow", "note": "cyan"}
COLOURS |= {"skipped": "yellow"}
AROUND = 2  # lines of a cell shown before and after the marked one
WIDTH = 100  # of a text that goes into another report
INDENT = 2  # of what belongs to a notebook, and again of what belongs to a finding
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # what could steer a terminal
SAMPLE = "The notebooks got the small sample of the data, repeated to full size."
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")  # where the next one begins


def print_report(results: Sequence[Result], lesson_file: str) -> None:
    """Print every notebook with its findings, then the count."""
    console = Console(highlight=False)
    if console.is_terminal:
        _print_all(console, results, lesson_file)
        return
    with console.capture() as captured:
        _print_all(console, results, lesson_file)
    print(_unpadded(captured.get()))


def _unpadded(text: str) -> str:
    """Take off the blanks with which lines are filled up to the width."""
    return "\n".join(line.rstrip(" ") for line in text.rstrip().split("\n"))


def _print_all(console: Console, results: Sequence[Result], lesson_file: str) -> None:
    files = {result.lesson_file for result in results if result.lesson_file} or {lesson_file}
    for file in files if len(files) == 1 else ():  # of several, each notebook has its own
        named = f"Lesson: {relative(Path(file))}"
        console.print(named, style="dim", markup=False, soft_wrap=True)
    trace = next((result.trace for result in results if result.trace), None)
    if trace is not None:
        isolation = _isolation(trace.isolation)
        versions = f"TensorFlow {trace.tensorflow}, Keras {trace.keras}; {isolation}"
        console.print(versions, style="dim", markup=False)
        console.print(SAMPLE if trace.sample_only else "", style="yellow")
    for result in results:
        if NOT_NAMED not in result.reason:  # the author of the table knows those: they are counted
            _print_result(console, result, result.lesson_file if len(files) > 1 else "")
    _print_skipped(console, results)
    console.print(_count(results))


def _isolation(reached: tuple[str, ...]) -> str:
    """Say how far notebooks were confined, and what it means if something was lacking."""
    missing = [phrase(f"lacking-{one.rpartition(' ')[2]}") for one in lacking(reached)]
    key = "isolated-partly" if missing else "isolated-fully"
    return sentence("", key, {"missing": missing})


def _print_skipped(console: Console, results: Sequence[Result]) -> None:
    number = sum(result.verdict == "skipped" for result in results)
    if number:
        console.print(skipped(number), style="yellow", markup=False)
    if number == len(results):
        console.print("No notebook was checked.", style="red", markup=False)


def skipped(number: int) -> str:
    """Say how many notebooks are skipped, and what to do if one should not be."""
    belong = "belongs" if number == 1 else "belong"
    return f"{_many(number, 'notebook')} {belong} to no lesson: skipped. {REMEDY}"


def _print_result(console: Console, result: Result, lesson_file: str) -> None:
    said = _shown(result.reason or f"{relative(result.path)}  {result.seconds:.1f} s")
    colour = f"bold {COLOURS[result.verdict]}"
    lesson = (f"  {relative(Path(lesson_file))}" if lesson_file else "", "dim")
    title = Text.assemble((result.verdict.upper(), colour), "  ", said, lesson)
    console.print(title, soft_wrap=True)
    for finding in result.findings:
        _print_finding(console, finding, result)
    if result.undecided:
        rules = ", ".join(result.undecided)
        left = f"  not checked, because the run was not complete: {rules}\n"
        console.print(left, style="dim", markup=False, soft_wrap=True)


def as_text(finding: Finding, result: Result) -> str:
    """Write one finding as plain text, as the report shows it."""
    console = Console(width=WIDTH, color_system=None)
    with console.capture() as captured:
        _print_finding(console, finding, result)
    return _unpadded(captured.get())


def in_short(finding: Finding) -> str:
    """Give the rule and the first sentence of a finding, in one line."""
    said = " ".join(_shown(finding.message).split())
    return f"{finding.rule}: {SENTENCE.split(said, maxsplit=1)[0]}"


def _print_finding(console: Console, finding: Finding, result: Result) -> None:
    severity = finding.severity, COLOURS[finding.severity]
    title = Text.assemble("  ", severity, " ", (finding.rule, "bold"))
    for place in _places(finding, result):
        title.append(f"  {place}", "dim")
    console.print(title, soft_wrap=True)  # a path that is cut opens nowhere
    message = Text(_shown(finding.message))
    for line in message.wrap(console, console.width - INDENT, overflow="ignore"):
        console.print(Text(" " * INDENT) + line, soft_wrap=True)  # nor does one in a sentence
    details = [Padding(one, (0, 0, 0, INDENT), expand=False) for one in _details(finding, result)]
    console.print(Padding(Group(*details), (0, 0, 1, INDENT), expand=False))


def _places(finding: Finding, result: Result) -> Iterator[str]:
    """Give the place as people count, and as an editor opens it."""
    if finding.cell is None:
        yield "whole notebook"
    elif result.notebook is not None:
        yield result.notebook.cells[finding.cell].place(finding.line_in_cell)
        yield _shown(f"{relative(result.path)}:{finding.line or 1}")


def _shown(text: str) -> str:
    """Take colours off a text of others, and what else could steer a terminal."""
    return CONTROL.sub("�", ANSI.sub("", text))


def _details(finding: Finding, result: Result) -> Iterator[RenderableType]:
    """Give the lines around the place, and the two values with whose they are."""
    if result.notebook is not None and finding.cell is not None:
        cell = result.notebook.cells[finding.cell]
        yield Text(_shown(excerpt(cell.source, finding.line_in_cell)))
    values = zip(finding.whose, (finding.expected, finding.observed), ("green", "red"), strict=True)
    if told := [one for one in values if one[1]]:
        table = Table.grid(*(whose for whose, _, _ in told), padding=(0, 3))
        table.add_row(*(Text(whose, "dim") for whose, _, _ in told))
        table.add_row(*(Text(_shown(text), colour) for _, text, colour in told))
        yield table


def excerpt(source: str, marked: int | None) -> str:
    """Cut the lines around one, counted from 1, out of a cell; the line gets a mark.

    Of no line, those at the cell's beginning.
    """
    lines, middle = source.split("\n"), marked or 1
    shown = range(max(middle - AROUND, 1), min(middle + AROUND, len(lines)) + 1)
    return "\n".join(f"{'>' if at == marked else ' '} {lines[at - 1]}" for at in shown)


def _count(results: Sequence[Result]) -> str:
    verdicts = Counter(str(result.verdict) for result in results)
    severities = Counter(finding.severity for result in results for finding in result.findings)
    words = {"pass": "pass", "fail": "fail", "error": "could not be checked", "skipped": "skipped"}
    told = ", ".join(f"{verdicts[one]} {word}" for one, word in words.items() if verdicts[one])
    counts = ((severities[one], one) for one in SEVERITIES)
    found = ", ".join(_many(number, severity) for number, severity in counts if number)
    return f"{_many(len(results), 'notebook')}: {told}. Findings: {found or 'none'}."


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
