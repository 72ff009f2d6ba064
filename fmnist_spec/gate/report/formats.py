"""The formats of a report: each writes the same results."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from fmnist_spec.files import write_text
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.report.overview import USUAL, Shown, as_concise, as_csv, as_markdown
from fmnist_spec.lesson import Lesson

MARK = "\ufeff"  # with it at a file's beginning, Excel reads Korean


def _of(module: str) -> Any:
    """Give the module of a format, whose libraries the others need not wait for."""
    return import_module(f"fmnist_spec.gate.report.{module}")


@dataclass(frozen=True)
class Run:
    """The results of one run, and what it was asked for."""

    lesson: Lesson
    lesson_files: Sequence[str]
    results: Sequence[Result]
    shown: Shown = USUAL


FORMATS: dict[str, Callable[[Run], str]] = {
    "full": lambda run: _of("text").as_full(run.results, run.lesson_files, run.shown),
    "concise": lambda run: as_concise(run.results, run.shown),
    "json": lambda run: _of("json").as_json(run.lesson, run.lesson_files, run.results),
    "github": lambda run: _of("github").as_commands(run.results),
    "gitlab": lambda run: _of("scanning").as_gitlab(run.results),
    "sarif": lambda run: _of("scanning").as_sarif(run.lesson, run.results),
    "junit": lambda run: _of("junit").as_junit(run.results),
    "csv": lambda run: as_csv(run.results),
    "markdown": lambda run: as_markdown(run.results),
    "html": lambda run: _of("html").as_html(run.lesson, run.lesson_files, run.results),
}
SHOWN = {"html"}  # these show the notebooks, too
NAMES = {**{name: name for name in FORMATS}, "text": "full"}  # as they may be called


def write(run: Run, format: str, files: dict[Path, str]) -> None:
    """Print a run in one format, or in none (""), and write it to files, each in its own.

    Raises OSError: a file cannot be written; what stands before it is.
    """
    if format == "full" and run.results:
        _of("text").print_report(run.results, run.lesson_files, run.shown)
    elif format not in ("", "full"):
        print(FORMATS[format](run))
    if "github" in (format, *files.values()):
        _of("github").add_summary(run.results)
    for path, name in files.items():
        write_text(path, f"{MARK if name == 'csv' else ''}{FORMATS[name](run)}\n")
