"""What reports share: the order of notebooks, lesson files, data, confinement, what was asked."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from fmnist_spec.files import relative
from fmnist_spec.gate.catalogue import SEVERITIES, phrase, sentence
from fmnist_spec.gate.confine.sandbox import lacking
from fmnist_spec.gate.finding import EXIT_CODES, Result
from fmnist_spec.harmless import harmless
from fmnist_spec.language import say

WORST_FIRST = (*sorted(EXIT_CODES, key=lambda one: -EXIT_CODES[one]), "skipped")


def worst_first(results: Iterable[Result]) -> list[Result]:
    """Order notebooks as their verdicts weigh in the exit code, then by what was found."""

    def rank(result: Result) -> tuple[object, ...]:
        counts = Counter(one.severity for one in result.findings)
        found = (-counts[kind] for kind in SEVERITIES[:2])
        return WORST_FIRST.index(result.verdict), *found, relative(result.path).as_posix()

    return sorted(results, key=rank)


def file_names(files: Iterable[str | Path]) -> list[str]:
    """Name files, as seen from where the command was run."""
    return [str(relative(Path(file))) for file in files]


def instead(results: Iterable[Result]) -> list[str]:
    """Say what notebooks got in place of the whole data."""
    given = (one for one in results if one.trace and one.trace.sample_only)
    return [*dict.fromkeys(map(_instead, given))]


def _instead(result: Result) -> str:
    if result.lesson is None or result.lesson.data.sample:
        return say("report.sample")
    return say("report.made", title=harmless(result.lesson.data.title))


def fixes(result: Result) -> Iterator[str]:
    """Say in a line what became of each finding that is mechanical to correct."""
    cells = result.notebook.cells if result.notebook else ()
    for one in result.fixes:
        at, said = one.finding.cell, one.became
        place = cells[at].place(one.finding.line_in_cell) if cells and at is not None else ""
        if one.refused:
            said = say("fix.rest", became=said, refused=one.refused)
        kind = say("fix.not-done" if one.refused else "fix.done")
        yield harmless(f"{kind}  {one.finding.rule}  {place}: {said}")


def isolation(reached: tuple[str, ...]) -> str:
    """Say how far notebooks were confined, and what it means if something was lacking."""
    missing = [phrase(f"lacking-{one.rpartition(' ')[2]}") for one in lacking(reached)]
    key = "isolated-partly" if missing else "isolated-fully"
    return sentence("", key, {"missing": missing})


def static(results: Iterable[Result]) -> list[str]:
    """Say that nothing was run, and how many of the rules were asked; of a run nothing."""
    judged = [one for one in results if one.is_static]
    asked = {id for one in judged for id in one.asked}
    number = len(asked.union(*(one.unasked for one in judged)))
    return [say("static.told", asked=len(asked), number=number)] if judged else []
