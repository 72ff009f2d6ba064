"""The report of a notebook, for the messages of assertions: what its author would read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from fmnist_spec.files import relative
from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.gate.report.text import as_text


def told(result: Result) -> str:
    """Write the verdict, why there is none, and every finding with its lines."""
    verdict = f"{result.verdict.upper()}  {result.reason or relative(result.path)}"
    return "\n\n".join(["", verdict, *(as_text(finding, result) for finding in result.findings)])


def told_of(findings: Iterable[Finding], cells: Sequence[Cell]) -> str:
    """Write findings in cells that stand in no file."""
    path = Path("findings.ipynb")
    notebook = Notebook(path, tuple(cells))
    return told(Result(path, "fail", findings=tuple(findings), notebook=notebook))


def in_lines(name: str, findings: Iterable[Finding]) -> Iterator[str]:
    """Write each finding of a case in a line, for a golden list."""
    for one in findings:
        place = "" if one.cell is None else f", cell {one.cell}, line {one.line}"
        message = replace(one, lesson_files=()).message  # whose path differs from place to place
        beside = f" [{one.expected} | {one.observed}]" if one.expected or one.observed else ""
        causes = "".join(f" (no cause of {id})" for id in one.values.get("no_cause_of", ()))
        line = f"{name}: {one.severity} {one.rule}{place}: {message}{beside}{causes}"
        yield line.replace("\n", "\\n")
