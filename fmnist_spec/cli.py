"""The command line. It translates between people and the package, and decides nothing."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fmnist_spec import __version__
from fmnist_spec._compat import TensorFlowMissingError
from fmnist_spec.dataset import DataError
from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.config import check_ids, load_config
from fmnist_spec.gate.notebook import NOTEBOOK
from fmnist_spec.gate.run.process import RunnerError
from fmnist_spec.lesson import LESSON, LESSON_FILE, load_lesson
from fmnist_spec.reading import SpecificationError

if TYPE_CHECKING:
    from fmnist_spec.gate.check import Checker
    from fmnist_spec.gate.finding import Result

HOLDS, BROKEN, USAGE, INTERRUPTED = 0, 1, 2, 130
ENDING = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
NOT_GIVEN: dict[str, Any] = {"data": None, "sample": False, "lesson": None}
ANSWERS = Path("docs/answers")
TABLE, PAGE = Path("COMPATIBILITY.md"), Path("docs/compatibility.html")


def parser() -> argparse.ArgumentParser:
    """The options; README's tables of them are tested against this."""
    # Given before the command or behind it, these mean the same: so they have no defaults, which
    # a command would set again. What is not given stands in NOT_GIVEN.
    of_data = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    of_lesson = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    of_data.add_argument("--data", metavar="FOLDER", help="the folder with the four .gz files")
    of_data.add_argument("--sample", action="store_true", help="use the small shipped sample")
    of_lesson.add_argument("--lesson", metavar="FILE", type=Path, help="another lesson.toml")
    top = argparse.ArgumentParser(
        prog="fmnist-spec",
        description="Hold the lesson against the installed TensorFlow, on real data.",
        epilog="Exit code 0: every claim holds. 1: at least one is broken. 2: it could not run.",
        parents=[of_data, of_lesson],
    )
    top.set_defaults(run=_check_tensorflow)
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = top.add_subparsers(title="commands", metavar="")
    _add_check(commands, [of_data, of_lesson])
    rules = commands.add_parser("rules", parents=[of_lesson], help="list the rules")
    rules.set_defaults(run=_list_rules)
    words = "explain a rule, with an example"
    explain = commands.add_parser("explain", parents=[of_lesson], help=words)
    explain.add_argument("id", metavar="ID", help="the id of a rule")
    explain.set_defaults(run=_explain_rule)
    words = "write a copy of the lesson's notebook"
    lesson = commands.add_parser("lesson", parents=[of_lesson], help=words)
    lesson.add_argument("path", metavar="NAME.ipynb", type=Path, help="the file to write")
    lesson.set_defaults(run=_copy_notebook)
    compat = commands.add_parser(
        "compat",
        help="join the answers of all TensorFlows into a table and a page",
        description="Write COMPATIBILITY.md and docs/compatibility.html from docs/answers.",
    )
    compat.add_argument("--tensorflow", metavar="VERSION", help="only say what is known of it")
    compat.set_defaults(run=_join_answers)
    return top


def _add_check(commands: Any, common: list[argparse.ArgumentParser]) -> None:
    check = commands.add_parser(
        "check",
        parents=common,
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
    check.set_defaults(run=_check_notebooks)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number above 0")
    return int(text)


def _ids(text: str) -> tuple[str, ...]:
    try:
        return check_ids([one.strip() for one in text.split(",")])
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, 1 or 2, as the help says; 130 for Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may not know every sign
            stream.reconfigure(errors="backslashreplace")
    options = parser().parse_args(arguments, argparse.Namespace(**NOT_GIVEN))
    try:
        return int(options.run(options))
    except (SpecificationError, DataError, TensorFlowMissingError, RunnerError, OSError) as error:
        print("fmnist-spec:", " ".join(str(error).split()), file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("fmnist-spec: interrupted", file=sys.stderr)
        return INTERRUPTED


def _check_tensorflow(options: argparse.Namespace) -> int:
    """Load what was asked for, and hold the lesson against the installed TensorFlow."""
    # TensorFlow's start-up lines would bury the table; whoever set the level keeps it.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from fmnist_spec.claims.report import hold
    from fmnist_spec.data import load_data

    file = options.lesson or LESSON_FILE
    lesson = load_lesson(file)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        dataset = load_data(options.data, sample=options.sample, lesson=lesson)
    holds = hold(lesson, file, dataset, [str(one.message) for one in caught])
    return HOLDS if holds else BROKEN


def _check_notebooks(options: argparse.Namespace) -> int:
    from fmnist_spec.gate.check import Checker, exit_code, loader
    from fmnist_spec.gate.report.json import as_json
    from fmnist_spec.gate.report.text import print_report
    from fmnist_spec.gate.run.sandbox import RunSettings

    config = load_config(Path.cwd())
    given = {key: getattr(options, key) for key in ("select", "ignore", "lesson")}
    config = replace(config, **{key: value for key, value in given.items() if value})
    lesson = load_lesson(config.lesson)
    paths = [Path(path) for path in options.paths or config.paths or [NOTEBOOK]]
    for name in ENDING:  # so that what the gate has started is ended, too
        signal.signal(getattr(signal, name), lambda *_: sys.exit(USAGE))
    load = loader(lesson, options.data, options.sample)
    settings = RunSettings(options.full, options.require_isolation)
    with Checker(lesson, config, load, settings) as checker:
        results = _with_progress(checker, paths, options.jobs)
    if options.format == "json":
        print(as_json(lesson, str(config.lesson), results))
    else:
        print_report(results, str(config.lesson))
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


def _list_rules(options: argparse.Namespace) -> int:
    lesson = load_lesson(_lesson_file(options))
    for id, rule in RULES.items():
        print(f"{id:15} {rule.severity:8} {rule.text(rule.requires, lesson)}")
    return 0


def _explain_rule(options: argparse.Namespace) -> int:
    try:
        check_ids([options.id])
    except ValueError as error:
        print("fmnist-spec:", error, file=sys.stderr)
        return USAGE
    rule, lesson = RULES[options.id], load_lesson(_lesson_file(options))
    print(f"{options.id} ({rule.severity})\n\n{rule.text(rule.requires, lesson)}")
    for title, example in (("wrong", rule.wrong), ("right", rule.right)):
        print(f"\n  {title}:  {rule.text(example, lesson)}")
    return 0


def _copy_notebook(options: argparse.Namespace) -> int:
    """Copy the shipped notebook; a file that is there already is never written over.

    Raises SpecificationError: the lesson asked for is not the one that this notebook teaches.
    """
    path, lesson = options.path, _lesson_file(options)
    if load_lesson(lesson) != LESSON:
        expected = "the shipped one, which is what the shipped notebook teaches"
        remedy = f"Write its notebook, and try it: fmnist-spec check --lesson {lesson} NOTEBOOK"
        raise SpecificationError(lesson, "lesson", "another lesson", expected, remedy)
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


def _join_answers(options: argparse.Namespace) -> int:
    """Write the table and the page from the committed answers, or speak of one version."""
    from fmnist_spec.claims import compatibility
    from fmnist_spec.claims.claims import load_claims
    from fmnist_spec.files import write_text

    claims, lesson = load_claims(), load_lesson()
    columns = compatibility.read_answers(ANSWERS, claims)
    if options.tensorflow is not None:
        print(compatibility.advice(options.tensorflow, columns, claims, lesson))
        return HOLDS
    for path, template in (TABLE, "compatibility.md"), (PAGE, "compatibility.html"):
        write_text(path, compatibility.render(template, claims, columns, lesson))
        print(f"wrote {path} from {len(columns)} environments")
    return HOLDS
