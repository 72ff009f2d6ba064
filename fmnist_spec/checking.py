"""The command ``check``: what it is asked for becomes a run, and the run its reports."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from os.path import realpath
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task
from rich.table import Column
from rich.text import Text

from fmnist_spec import ending
from fmnist_spec.files import relative, why_unwritable
from fmnist_spec.gate import check
from fmnist_spec.gate.course.config import load_config
from fmnist_spec.gate.course.selection import Found
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.many.settings import CheckSettings, find
from fmnist_spec.gate.report import formats
from fmnist_spec.gate.report.overview import Shown
from fmnist_spec.gate.run.jobs import usual_jobs
from fmnist_spec.harmless import harmless
from fmnist_spec.language import listed, say
from fmnist_spec.lesson import load_lesson

BAR = 20  # columns of a terminal that may be 60 wide


def check_notebooks(options: argparse.Namespace) -> int:
    """Check what is asked for, report it, and give the exit code."""
    shown, files = _shown(options), _output_files(options.output_file)
    config = load_config(Path.cwd()).with_options(select=options.select, ignore=options.ignore)
    of_run = options.sample, options.full, options.require_isolation
    settings = CheckSettings(tuple(options.lesson), options.data, *of_run, config)
    is_shown = not formats.SHOWN.isdisjoint((options.output_format, *files.values()))
    checker = settings.checker(shown=is_shown)
    config, lesson = checker.config, load_lesson(checker.config.lessons[0])

    def write(results: Sequence[Result]) -> None:
        run = formats.Run(lesson, config.lessons, results, shown)
        formats.write(run, options.output_format, files)

    notebooks: Sequence[Found | Result] = ()
    try:
        notebooks = find(options.paths, config)
        _refuse_to_replace(notebooks, files)
        results = _check_all(checker, notebooks, options.jobs or usual_jobs())
    except ending.Interrupted as end:
        ending.HEARD.set()
        results = [result for _, result in sorted(checker.finished.items())]
        told = {"end": end, "done": len(results), "number": len(notebooks)}
        end.args = (say("report.interrupted", **told),)
        write(results)
        raise
    write(results)
    return check.exit_code(results)


def _shown(options: argparse.Namespace) -> Shown:
    if options.quiet and options.verbose:
        raise argparse.ArgumentTypeError(say("usage.quiet_verbose"))
    return Shown(options.verbose, options.quiet, options.statistics)


def _output_files(given: Iterable[tuple[str, Path]]) -> dict[Path, str]:
    """Give the format of each file. One that cannot be written is refused before all else."""
    files: dict[Path, str] = {}
    for format, path in given:
        place, named = Path(realpath(path)), harmless(path)
        if place in files:
            both = listed(dict.fromkeys((files[place], format)))
            raise argparse.ArgumentTypeError(say("usage.one_file", file=named, formats=both))
        if why := why_unwritable(place):
            raise argparse.ArgumentTypeError(say("usage.unwritable", file=named, why=why))
        files[place] = format
    return files


def _refuse_to_replace(notebooks: Iterable[Found | Result], files: dict[Path, str]) -> None:
    """Refuse to write a report to a notebook that is to be checked."""
    for one in notebooks if files else ():
        if Path(realpath(one.path)) in files:
            named = harmless(relative(one.path))
            raise argparse.ArgumentTypeError(say("usage.replaces", file=named))


def _check_all(
    checker: check.Checker, notebooks: Sequence[Found | Result], jobs: int
) -> list[Result]:
    with checker, _bar(checker, notebooks) as advance:
        results = []
        for result in checker.check_all(notebooks, jobs):
            results.append(result)
            advance(len(results))
        return results


@contextmanager
def _bar(checker: check.Checker, notebooks: Sequence[Found | Result]) -> Iterator[Any]:
    """Show a person how far it is, and which notebook it waits for."""
    names = [*(harmless(one.path.name) for one in notebooks), ""]
    bar = Progress(
        BarColumn(BAR, table_column=Column(no_wrap=True)),
        MofNCompleteColumn(table_column=Column(no_wrap=True)),
        _Waiting(checker),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(names[0], total=len(notebooks))
        yield lambda done: bar.update(task, completed=done, description=names[done], refresh=True)


class _Waiting(ProgressColumn):
    """What is waited for, in what is left of the line."""

    def __init__(self, checker: check.Checker) -> None:
        super().__init__()
        self._checker = checker

    def render(self, task: Task) -> Text:
        starts = "" if self._checker.ready else f"{say('report.starting')}  "
        return Text(f"{starts}{task.description}", no_wrap=True, overflow="ellipsis")
