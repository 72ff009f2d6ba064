"""The command ``check``: what it is asked for becomes a run, and the run its reports."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from os.path import realpath
from pathlib import Path
from typing import Any

from fmnist_spec import ending
from fmnist_spec.files import relative, why_unwritable
from fmnist_spec.gate import check
from fmnist_spec.gate.course.config import load_config
from fmnist_spec.gate.course.selection import Found
from fmnist_spec.gate.finding import Result, exit_code
from fmnist_spec.gate.fix.mending import Mender
from fmnist_spec.gate.many.settings import CheckSettings, find
from fmnist_spec.gate.report import formats
from fmnist_spec.gate.report.overview import Shown
from fmnist_spec.gate.run.jobs import usual_jobs
from fmnist_spec.harmless import harmless
from fmnist_spec.language import listed, say
from fmnist_spec.lesson import load_lesson

# options that say how notebooks are run, and what needs a run
OF_RUNS = ("data", "sample", "full", "require_isolation", "fix", "diff")
NO_CI = ("", "0", "false")  # of the variable CI


def check_notebooks(options: argparse.Namespace) -> int:
    """Check what is asked for, report it, and give the exit code."""
    _refuse_what_runs(options)
    _refuse_in_ci(options)
    shown, files = _shown(options), _output_files(options.output_file)
    config = load_config(Path.cwd()).with_options(select=options.select, ignore=options.ignore)
    of_run = options.sample, options.full, options.require_isolation
    settings = CheckSettings(
        tuple(options.lesson), options.data, *of_run, config, static=options.static
    )
    is_shown = not formats.SHOWN.isdisjoint((options.output_format, *files.values()))
    checker = settings.checker(shown=is_shown, forks=True)
    config, lesson = checker.config, load_lesson(checker.config.lessons[0])

    mender = Mender(checker, is_asked=options.fix or options.diff, writes=not options.diff)

    def write(results: Sequence[Result]) -> None:
        run = formats.Run(lesson, config.lessons, results, shown)
        formats.write(run, "" if options.diff else options.output_format, files)

    notebooks: Sequence[Found | Result] = ()
    try:
        notebooks = find(options.paths, config, as_found=options.as_found)
        _refuse_to_replace(notebooks, files)
        results = _check_all(checker, notebooks, options.jobs or usual_jobs(), mender.mended)
    except ending.Interrupted as end:
        ending.HEARD.set()
        results = [result for _, result in sorted(checker.finished.items())]
        told = {"end": end, "done": len(results), "number": len(notebooks)}
        end.args = (say("report.interrupted", **told),)
        write(results)
        raise
    if options.as_found:  # what belongs to no lesson is as if it were not there
        results = [one for one in results if one.verdict != "skipped"]
    write(results)
    if options.as_found and not results:
        return 0
    return mender.told(results) if options.diff else exit_code(results)


def _refuse_what_runs(options: argparse.Namespace) -> None:
    """Refuse options of how notebooks are run, if they are not."""
    given = [one for one in OF_RUNS if options.static and getattr(options, one)]
    if given:
        named = listed(f"--{one.replace('_', '-')}" for one in given)
        raise argparse.ArgumentTypeError(say("static.useless", options=named))


def _refuse_in_ci(options: argparse.Namespace) -> None:
    """Refuse to change files where nobody would see it; who means it leaves CI empty."""
    if options.fix and not options.diff and os.environ.get("CI", "").lower() not in NO_CI:
        raise argparse.ArgumentTypeError(say("fix.in-ci"))


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
    checker: check.Checker,
    notebooks: Sequence[Found | Result],
    jobs: int,
    mended: Callable[[Result], Result],
) -> list[Result]:
    with checker, _bar(checker, notebooks) as advance:
        results = []
        for result in checker.check_all(notebooks, jobs):
            results.append(mended(result))
            checker.finished[len(results) - 1] = results[-1]  # what is told if the run is ended
            advance(len(results))
        return results


def _bar(
    checker: check.Checker, notebooks: Sequence[Found | Result]
) -> AbstractContextManager[Any]:
    """Give what shows how far it is, where a person waits who sees it."""
    if checker.is_static or not sys.stderr.isatty():  # its thread may hold locks where others fork
        return nullcontext(lambda done: None)
    from fmnist_spec.waiting import bar

    return bar(checker, notebooks)
