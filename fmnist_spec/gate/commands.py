"""The gate's commands: check, rules, explain, lesson. They translate and decide nothing."""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.config import check_ids, load_config
from fmnist_spec.lesson import LESSON, load_lesson
from fmnist_spec.reading import SpecificationError

if TYPE_CHECKING:
    from fmnist_spec.gate.check import Checker, Result

NOTEBOOK = Path(__file__).with_name("lesson.ipynb")
USAGE = 2
ENDING = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


def add_commands(
    subparsers: Any, of_data: argparse.ArgumentParser, of_lesson: argparse.ArgumentParser
) -> None:
    """Add the gate's commands to those of the command line; ``options.run(options)`` runs one.

    ``of_data`` and ``of_lesson`` have the options that these share with the rest.
    """
    check = subparsers.add_parser(
        "check",
        parents=[of_data, of_lesson],
        help="check that notebooks still teach the lesson",
        epilog="Exit code 0: all pass. 1: at least one fails. 2: one could not be judged.",
    )
    check.add_argument("paths", nargs="*", metavar="PATH", help="notebooks, or folders of them")
    check.add_argument("--format", choices=("text", "json"), default="text", help="of the report")
    check.add_argument("--jobs", type=_count, default=1, metavar="N", help="notebooks at a time")
    check.add_argument("--full", action="store_true", help="train on all images, unshortened")
    check.add_argument(
        "--require-isolation", action="store_true", help="do not run with less than full isolation"
    )
    check.add_argument("--select", type=_ids, metavar="ID,ID", help="only these rules")
    check.add_argument("--ignore", type=_ids, metavar="ID,ID", help="all but these rules")
    rules = subparsers.add_parser("rules", parents=[of_lesson], help="list the rules")
    explain = subparsers.add_parser(
        "explain", parents=[of_lesson], help="explain a rule, with an example"
    )
    explain.add_argument("id", metavar="ID", help="the id of a rule")
    lesson = subparsers.add_parser(
        "lesson", parents=[of_lesson], help="write a copy of the lesson's notebook"
    )
    lesson.add_argument("path", metavar="NAME.ipynb", type=Path, help="the file to write")
    for command, run in ((check, _check), (rules, _rules), (explain, _explain), (lesson, _lesson)):
        command.set_defaults(run=run)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number above 0")
    return int(text)


def _ids(text: str) -> tuple[str, ...]:
    try:
        return check_ids([one.strip() for one in text.split(",")])
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _check(options: argparse.Namespace) -> int:
    from fmnist_spec.gate.check import Checker, exit_code
    from fmnist_spec.gate.report.text import as_json, print_report

    config = load_config(Path.cwd())
    given = {key: getattr(options, key) for key in ("select", "ignore", "lesson")}
    config = replace(config, **{key: value for key, value in given.items() if value})
    lesson = load_lesson(config.lesson)
    paths = [Path(path) for path in options.paths or config.paths or [NOTEBOOK]]
    for name in ENDING:  # so that what the gate has started is ended, too
        signal.signal(getattr(signal, name), lambda *_: sys.exit(USAGE))
    names = ("data", "sample", "full", "require_isolation")
    with Checker(lesson, config, **{name: getattr(options, name) for name in names}) as checker:
        results = _with_progress(checker, paths, options.jobs)
    if options.format == "json":
        print(as_json(lesson, results))
    else:
        print_report(results)
    return exit_code(results)


def _with_progress(checker: Checker, paths: list[Path], jobs: int) -> list[Result]:
    """Check with a bar on standard error, if there is more than one notebook to wait for."""
    from rich.console import Console
    from rich.progress import Progress

    from fmnist_spec.gate.check import read_all

    notebooks = read_all(paths)
    alone = len(notebooks) == 1
    with Progress(console=Console(stderr=True), transient=True, disable=alone) as bar:
        task = bar.add_task("Checking", total=len(notebooks))
        return checker.check_all(notebooks, jobs, done=lambda: bar.advance(task))


def _lesson_file(options: argparse.Namespace) -> Path:
    """The lesson asked for: by the option, else by pyproject.toml, else the shipped one."""
    return Path(options.lesson or load_config(Path.cwd()).lesson)


def _rules(options: argparse.Namespace) -> int:
    lesson = load_lesson(_lesson_file(options))
    for rule in RULES.values():
        print(f"{rule.id:15} {rule.severity:8} {rule.text(rule.requires, lesson)}")
    return 0


def _explain(options: argparse.Namespace) -> int:
    try:
        check_ids([options.id])
    except ValueError as error:
        print("fmnist-spec:", error, file=sys.stderr)
        return USAGE
    rule, lesson = RULES[options.id], load_lesson(_lesson_file(options))
    print(f"{rule.id} ({rule.severity})\n\n{rule.text(rule.requires, lesson)}")
    for title, example in (("wrong", rule.wrong), ("right", rule.right)):
        print(f"\n  {title}:  {rule.text(example, lesson)}")
    return 0


def _lesson(options: argparse.Namespace) -> int:
    """Copy the shipped notebook; a file that is there already is never written over.

    Raises SpecificationError: the lesson asked for is not the one that this notebook teaches.
    """
    file = _lesson_file(options)
    if load_lesson(file) != LESSON:
        expected = "the shipped one, which is what the shipped notebook teaches"
        remedy = f"Write its notebook, and try it with: fmnist-spec check --lesson {file} NOTEBOOK"
        raise SpecificationError(file, "lesson", "another lesson", expected, remedy)
    path: Path = options.path
    fault = ""
    if path.suffix != NOTEBOOK.suffix:
        fault = f"found {path.suffix or 'no suffix'}, expected .ipynb. Choose another name."
    elif path.exists():
        fault = "the file is there already. Choose another name."
    else:
        try:
            with path.open("xb") as copy:
                copy.write(NOTEBOOK.read_bytes())
        except OSError as error:
            fault = f"cannot be written: {error.strerror}. Choose another place."
    print(f"fmnist-spec: {path}: {fault}" if fault else f"Wrote {path}.", file=sys.stderr)
    return USAGE if fault else 0
