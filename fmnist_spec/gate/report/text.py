"""Results as text for people."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fmnist_spec.files import relative
from fmnist_spec.gate.course.selection import not_named, remedy
from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.gate.report.common import file_names, fixes, instead, isolation
from fmnist_spec.gate.report.overview import USUAL, Shown, count, run_table, totals
from fmnist_spec.harmless import harmless
from fmnist_spec.language import say

COLOURS = {"pass": "green", "fail": "red", "error": "red", "warning": "yellow", "note": "cyan"}
COLOURS |= {"skipped": "yellow"}
AROUND = 2  # lines of a cell shown before and after the marked one
MOST_FINDINGS = 200  # of a notebook that are printed: nobody reads as many
WIDTH = 100  # of a text that goes into another report
UNWRAPPED = 100_000  # the width of what is no terminal: a paragraph is one line
INDENT = 2  # of what belongs to a notebook, and again of what belongs to a finding
LINE = 200  # characters of a line of a cell that are shown
PAIR = re.compile(":(?=:)")  # with it a line of a log may begin as a command


def print_report(
    results: Sequence[Result], lesson_files: Sequence[str], shown: Shown = USUAL
) -> None:
    """Print every notebook with its findings, then the counts; in a terminal as wide as it is."""
    if (console := _console()).is_terminal:
        _print_all(console, results, lesson_files, shown)
    else:
        print(as_full(results, lesson_files, shown))


def as_full(
    results: Sequence[Result],
    lesson_files: Sequence[str],
    shown: Shown = USUAL,
    width: int = UNWRAPPED,
) -> str:
    """Write what is printed, without colours."""
    console = _console(width)
    with console.capture() as captured:
        _print_all(console, results, lesson_files, shown)
    return _unpadded(captured.get())


def _console(width: int | None = None) -> Console:
    """Make what prints a text as it is; of a given width, without colours."""
    colours: Literal["auto"] | None = "auto" if width is None else None
    return Console(highlight=False, markup=False, emoji=False, width=width, color_system=colours)


def _unpadded(text: str) -> str:
    """Take off the blanks with which lines are filled up to the width."""
    return "\n".join(line.rstrip(" ") for line in text.rstrip().split("\n"))


def _print_all(
    console: Console, results: Sequence[Result], lesson_files: Sequence[str], shown: Shown
) -> None:
    files = {tuple(one.lesson_files) for one in results if one.lesson_files} or {(*lesson_files,)}
    if not shown.quiet:
        _print_head(console, results, next(iter(files)) if len(files) == 1 else ())
    gap = True  # whether what is printed ends with a blank line
    for result in results:
        if shown.quiet and result.verdict in ("pass", "skipped"):
            continue
        # The author of the table of notebooks knows which it does not list: they are counted.
        if not_named() not in result.reason:
            by = result.lesson_files if len(files) > 1 else ()
            gap = _print_result(console, result, by, shown)
    number = sum(result.verdict == "skipped" for result in results)
    if number and not shown.quiet:
        _print_wrapped(console, skipped(number), "yellow")
        gap = False
    if results and number == len(results):
        console.print(say("report.nothing"), style="red")
    _print_end(console, results, shown, gap)


def _print_head(console: Console, results: Sequence[Result], files: Sequence[str]) -> None:
    """Print what all notebooks have in common: lessons, versions, isolation, the data."""
    if files:  # of others, each notebook has its own
        told = say("report.lessons", number=len(files), files=_named(files))
        console.print(told, style="dim", soft_wrap=True)
    trace = next((result.trace for result in results if result.trace), None)
    if trace is not None:
        versions = f"TensorFlow {trace.tensorflow}, Keras {trace.keras}"
        _print_wrapped(console, harmless(f"{versions}; {isolation(trace.isolation)}"), "dim")
        for told in instead(results):
            _print_wrapped(console, told, "yellow")
        console.print()


def _print_end(console: Console, results: Sequence[Result], shown: Shown, gap: bool) -> None:
    tables = [] if shown.quiet else [[*run_table(results)]]
    tables += [[*totals(results)]] if shown.statistics else []
    console.print(end="\n" * (any(tables) and not gap))
    for lines in tables:
        console.print(*lines, *[""][: len(lines)], sep="\n", end="\n" * bool(lines), soft_wrap=True)
    _print_wrapped(console, count(results, notes=shown.notes))


def _named(files: Iterable[str | Path]) -> str:
    return ", ".join(map(harmless, file_names(files)))


def skipped(number: int) -> str:
    """Say how many notebooks are skipped, and what to do if one should not be."""
    return say("report.skipped", number=number, remedy=remedy())


def _print_result(
    console: Console, result: Result, lesson_files: Sequence[str], shown: Shown
) -> bool:
    said = harmless(result.reason or f"{relative(result.path)}  {result.seconds:.1f} s")
    colour = f"bold {COLOURS[result.verdict]}"
    lesson = f"  {_named(lesson_files)}" if lesson_files else ""
    verdict = say(f"report.verdict.{result.verdict}")
    lines = [*wrapped(console, f"{verdict}  {said}{lesson}")] if result.reason else []
    first, *others = lines or [f"{verdict}  {said}{lesson}"]
    title = Text(first)
    title.stylize(colour, 0, len(verdict))
    console.print(title, *others, sep="\n", soft_wrap=True)
    for line in (fixed := [*fixes(result)]):
        console.print(Text(f"  {line}"), soft_wrap=True)
    console.print(end="\n" * bool(fixed))
    findings = [one for one in result.findings if shown(one.severity)]
    for finding in findings[:MOST_FINDINGS]:
        _print_finding(console, finding, result)
    if (more := len(findings) - MOST_FINDINGS) > 0:
        console.print(f"  {say('report.more', number=more)}\n", style="dim", soft_wrap=True)
    for told in (left := [*_left_out(result)]):
        _print_wrapped(console, told, "dim", INDENT)
        console.print()
    return bool(fixed or findings or left)  # which end with a blank line


def _left_out(result: Result) -> Iterator[str]:
    """Say which rules could not be checked, and which the notebook silences."""
    if result.undecided:
        yield say("report.undecided", rules=", ".join(result.undecided))
    if result.silenced:
        rules = ", ".join(dict.fromkeys(one.rule for one in result.silenced))
        yield say("silence.of", number=len(result.silenced), rules=rules)


def as_text(finding: Finding, result: Result) -> str:
    """Write one finding as plain text, as the report shows it."""
    console = _console(WIDTH)
    with console.capture() as captured:
        _print_finding(console, finding, result)
    return _unpadded(captured.get())


def _print_finding(console: Console, finding: Finding, result: Result) -> None:
    severity = say(f"report.severity.{finding.severity}"), COLOURS[finding.severity]
    title = Text.assemble("  ", severity, " ", (finding.rule, "bold"))
    for place in _places(finding, result):
        title.append(f"  {place}", "dim")
    if len(finding.lesson_files) < len(result.lesson_files):
        title.append(f"  {say('report.by', files=_named(finding.lesson_files))}")
    console.print(title, soft_wrap=True)  # a path that is cut opens nowhere
    _print_wrapped(console, harmless(finding.message, lines=True), indent=INDENT)
    if result.notebook is not None and finding.cell is not None:
        source = result.notebook.cells[finding.cell].source
        for line in excerpt(source, finding.line_in_cell).split("\n"):
            console.print(Text(" " * 2 * INDENT + line), soft_wrap=True)
    _print_values(console, finding)
    console.print()


def _print_wrapped(console: Console, text: str, style: str = "", indent: int = 0) -> None:
    for line in wrapped(console, text, indent):
        console.print(Text(line), style=style, soft_wrap=True)


def wrapped(console: Console, text: str, indent: int = 0) -> Iterator[str]:
    """Break a text between words, never in one: a path in a sentence stays whole."""
    line = ""
    for word in text.replace("\n", " ").split(" "):
        longer = f"{line} {word}" if line else word
        if line and indent + cell_len(longer) > console.width:
            yield " " * indent + line
            longer = word
        line = longer
    yield " " * indent + line


def _places(finding: Finding, result: Result) -> Iterator[str]:
    """Give the place as people count, and as an editor opens it."""
    if finding.cell is None:
        yield say("place.whole")
    elif result.notebook is not None:
        yield harmless(result.notebook.cells[finding.cell].place(finding.line_in_cell))
        yield harmless(f"{relative(result.path)}:{finding.line or 1}")


def _print_values(console: Console, finding: Finding) -> None:
    """Print the two values with whose they are: side by side, or a line for each if it is wide."""
    values = zip(finding.beside, ("green", "red"), strict=True)
    told = [one for one in values if one[0][1]]
    if console.width == UNWRAPPED:
        for (whose, text), _ in told:
            lines = f"{whose}: {harmless(text, lines=True)}".replace("\n", "\n" + " " * 3 * INDENT)
            console.print(Text(" " * 2 * INDENT + lines), soft_wrap=True)
    elif told:
        table = Table.grid(*(whose for (whose, _), _ in told), padding=(0, 3))
        table.add_row(*(Text(whose, "dim") for (whose, _), _ in told))
        table.add_row(*(Text(_unbroken(text), colour) for (_, text), colour in told))
        console.print(Padding(table, (0, 0, 0, 2 * INDENT), expand=False))


def _unbroken(text: str) -> str:
    """Make a text harmless that Rich wraps: it breaks words that are longer than a line."""
    return PAIR.sub(r"\\x3a", harmless(text, lines=True))


def excerpt(source: str, marked: int | None) -> str:
    """Cut the lines around one, counted from 1, out of a cell, harmless; the line gets a mark.

    Of no line, those at the cell's beginning.
    """
    lines, middle = source.split("\n"), marked or 1
    shown = range(max(middle - AROUND, 1), min(middle + AROUND, len(lines)) + 1)
    told = [(at, harmless(lines[at - 1], lines=True, longest=LINE)) for at in shown]
    return "\n".join(f"{'>' if at == marked else ' '} {line}" for at, line in told)
