"""The formats of a report: each writes the same results."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fmnist_spec.files import write_text
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.report import github
from fmnist_spec.gate.report.json import as_json
from fmnist_spec.gate.report.junit import as_junit
from fmnist_spec.gate.report.overview import USUAL, Shown, as_concise, as_csv, as_markdown
from fmnist_spec.gate.report.scanning import as_gitlab, as_sarif
from fmnist_spec.gate.report.text import as_full, print_report
from fmnist_spec.lesson import Lesson

MARK = "\ufeff"  # with it at a file's beginning, Excel reads Korean


def _as_html(*run: Any) -> str:
    from fmnist_spec.gate.report.html import as_html  # with its libraries

    return as_html(*run)


@dataclass(frozen=True)
class Run:
    """The results of one run, and what it was asked for."""

    lesson: Lesson
    lesson_files: Sequence[str]
    results: Sequence[Result]
    shown: Shown = USUAL


FORMATS: dict[str, Callable[[Run], str]] = {
    "full": lambda run: as_full(run.results, run.lesson_files, run.shown),
    "concise": lambda run: as_concise(run.results, run.shown),
    "json": lambda run: as_json(run.lesson, run.lesson_files, run.results),
    "github": lambda run: github.as_commands(run.results),
    "gitlab": lambda run: as_gitlab(run.results),
    "sarif": lambda run: as_sarif(run.lesson, run.results),
    "junit": lambda run: as_junit(run.results),
    "csv": lambda run: as_csv(run.results),
    "markdown": lambda run: as_markdown(run.results),
    "html": lambda run: _as_html(run.lesson, run.lesson_files, run.results),
}
SHOWN = {"html"}  # these show the notebooks, too
NAMES = {**{name: name for name in FORMATS}, "text": "full"}  # as they may be called


def write(run: Run, format: str, files: dict[Path, str]) -> None:
    """Print a run in one format, or in none (""), and write it to files, each in its own.

    Raises OSError: a file cannot be written; what stands before it is.
    """
    if format == "full" and run.results:
        print_report(run.results, run.lesson_files, run.shown)
    elif format not in ("", "full"):
        print(FORMATS[format](run))
    if "github" in (format, *files.values()):
        github.add_summary(run.results)
    for path, name in files.items():
        write_text(path, f"{MARK if name == 'csv' else ''}{FORMATS[name](run)}\n")
