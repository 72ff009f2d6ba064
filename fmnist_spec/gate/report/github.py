"""GitHub's annotations, and the summary of a step, within the platform's limits."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.report.overview import (
    Told,
    concise,
    count,
    in_repository,
    markdown_table,
    table_of,
    told,
)
from fmnist_spec.harmless import harmless, in_code, in_markdown
from fmnist_spec.language import refusal, say

COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
MOST = 10  # annotations of each kind that GitHub shows of one step
MOST_BYTES = 2**20  # of a step's summary: GitHub refuses a larger one whole
LAST = 1_000  # bytes of it that are kept for its last line
SUMMARY = "GITHUB_STEP_SUMMARY"
OF_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
OF_PROPERTY = {**OF_DATA, ":": "%3A", ",": "%2C"}


def as_commands(results: Sequence[Result]) -> str:
    """Write an annotation for each finding, a plain line for those over the limit, and a count."""
    return "\n".join([*_lines(results), count(results, notes=True)])


def _lines(results: Sequence[Result]) -> Iterator[str]:
    written = Counter[str]()
    for result in results:
        file = harmless(in_repository(result.path))
        for one in told(result):
            written[one.severity] += 1
            is_shown = written[one.severity] <= MOST
            yield _command(one, file) if is_shown else concise(one)


def _command(one: Told, file: str) -> str:
    title = f"{one.rule}  {one.place(line=True)}"
    given = {"file": file, "line": str(one.line), "title": title}
    properties = ",".join(f"{name}={_escaped(text, OF_PROPERTY)}" for name, text in given.items())
    values = [f"{whose}: {harmless(text)}" for whose, text in one.beside if text]
    message = _escaped("\n".join([one.message, *values]), OF_DATA)
    return f"::{COMMANDS[one.severity]} {properties}::{message}"


def _escaped(text: str, signs: Mapping[str, str]) -> str:
    return "".join(signs.get(one, one) for one in text)


def add_summary(results: Sequence[Result]) -> None:
    """Add a summary to the file of this step, if GitHub runs it and has room for one."""
    if not (name := os.environ.get(SUMMARY)):
        return
    try:
        with Path(name).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(as_summary(results, MOST_BYTES - file.tell()))
    except OSError as error:  # which changes no verdict
        print(f"fmnist-spec: {SUMMARY}: {refusal(error)}", file=sys.stderr)


def as_summary(results: Sequence[Result], most: int = MOST_BYTES) -> str:
    """Write the count, a table of the notebooks and one of the findings, in so many bytes."""
    head = [f"**fmnist-spec**: {in_markdown(count(results, notes=True))}", ""]
    names = ("place", "severity", "rule", "message")
    lines = [[say(f"report.column.{name}") for name in names]]
    lines += [_row(one) for result in results for one in told(result)]
    found = ["", *markdown_table(lines)] if len(lines) > 1 else []
    written, room = "", most - LAST
    whole = [*head, *table_of(results), *found]
    for at, line in enumerate(whole):
        room -= len(line.encode(errors="backslashreplace")) + 1
        if room < 0:
            left = say("report.left", number=len(whole) - at)
            return f"{written}\n{left}\n" if most >= LAST else ""
        written += f"{line}\n"
    return written


def _row(one: Told) -> list[str]:
    place = f"{in_code(f'{in_repository(one.result.path)}:{one.line}')} {in_markdown(one.place())}"
    return [
        place,
        say(f"report.severity.{one.severity}"),
        in_code(one.rule),
        in_markdown(one.message),
    ]
