"""The command line. It translates between people and the package, and decides nothing."""

from __future__ import annotations

import argparse
import io
import os
import platform
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fmnist_spec import __version__
from fmnist_spec._compat import TensorFlowMissingError
from fmnist_spec.dataset import DataError
from fmnist_spec.gate import commands
from fmnist_spec.gate.run.protocol import RunnerError
from fmnist_spec.lesson import LESSON_FILE, Lesson, load_lesson
from fmnist_spec.reading import SpecificationError

if TYPE_CHECKING:
    from rich.console import Console

    from fmnist_spec.claims.claims import Answer, Claim
    from fmnist_spec.data import Dataset

HOLDS, BROKEN, USAGE, INTERRUPTED = 0, 1, 2, 130
NOT_GIVEN: dict[str, Any] = {"data": None, "sample": False, "lesson": None}
ANSWERS = Path("docs/answers")
TABLE, PAGE = Path("COMPATIBILITY.md"), Path("docs/compatibility.html")


def parser() -> argparse.ArgumentParser:
    """The options; README's tables of them are tested against this."""
    # Given before the command or behind it, these mean the same: so they have no defaults, which
    # a command would set again. What is not given stands in NOT_GIVEN.
    of_data, of_lesson = (
        argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
        for _ in range(2)
    )
    of_data.add_argument("--data", metavar="FOLDER", help="the folder with the four .gz files")
    of_data.add_argument(
        "--sample", action="store_true", help="use the small sample that is shipped"
    )
    of_lesson.add_argument("--lesson", metavar="FILE", type=Path, help="another lesson.toml")
    top = argparse.ArgumentParser(
        prog="fmnist-spec",
        description="Hold the lesson against the installed TensorFlow, on real data.",
        epilog="Exit code 0: every claim holds. 1: at least one is broken. 2: it could not run.",
        parents=[of_data, of_lesson],
    )
    top.set_defaults(run=_check_tensorflow)
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = top.add_subparsers(title="commands", metavar="")
    commands.add_commands(subparsers, of_data, of_lesson)
    compat = subparsers.add_parser(
        "compat",
        help="join the answers of all TensorFlows into a table and a page",
        description="Write COMPATIBILITY.md and docs/compatibility.html from docs/answers.",
    )
    compat.add_argument("--tensorflow", metavar="VERSION", help="only say what is known of it")
    compat.set_defaults(run=_join_answers)
    return top


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
    for path, render in (TABLE, compatibility.markdown), (PAGE, compatibility.page):
        write_text(path, render(claims, columns, lesson))
        print(f"wrote {path} from {len(columns)} environments")
    return HOLDS


def _check_tensorflow(options: argparse.Namespace) -> int:
    """Load what was asked for, and hold the lesson against the installed TensorFlow."""
    # TensorFlow's start-up lines would bury the table; whoever set the level keeps it.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from fmnist_spec.data import load_data

    file = options.lesson or LESSON_FILE
    lesson = load_lesson(file)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        dataset = load_data(options.data, sample=options.sample, lesson=lesson)
    return _hold(lesson, file, dataset, [str(one.message) for one in caught])


def _hold(lesson: Lesson, file: Path, dataset: Dataset, notices: Sequence[str]) -> int:
    """Decide every claim that ``dataset`` can decide, and print what was found."""
    from rich.console import Console

    from fmnist_spec import _compat
    from fmnist_spec.claims.claims import load_claims

    console = Console()
    console.print(f"[bold]{lesson.title}[/]")
    with console.status("Loading TensorFlow"):
        tensorflow, keras = _compat.tensorflow_version(), _compat.keras_version()
    console.print(f"TensorFlow {tensorflow}, Keras {keras}, Python {platform.python_version()}")
    console.print(f"Lesson: {file}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"Data: {dataset.source}", highlight=False, soft_wrap=True)
    for notice in notices:
        console.print(f"Note: {notice}", style="yellow", markup=False, highlight=False)
    claims = load_claims()
    left_out = [claim for claim in claims if claim.whole and dataset.is_sample]
    answers = _decide(
        lesson, dataset, [claim for claim in claims if claim not in left_out], console
    )
    _print_claims(console, lesson, answers)
    _print_differences(console, lesson, answers)
    if left_out:
        ids = ", ".join(claim.id for claim in left_out)
        console.print(f"\nNot checked, as only the whole data set can decide it: {ids}.")
    wrong = [answer for answer in answers if not answer.right]
    for answer in wrong:
        console.print(f"\n{answer.explain(lesson)}", style="red", markup=False, highlight=False)
    verdict = f"{len(answers) - len(wrong)} of {len(answers)} claims are as the lesson says."
    console.print(f"\n[bold {'red' if wrong else 'green'}]{verdict}[/]")
    return BROKEN if wrong else HOLDS


def _decide(
    lesson: Lesson, dataset: Dataset, claims: Sequence[Claim], console: Console
) -> list[Answer]:
    from rich.progress import Progress

    from fmnist_spec._compat import import_keras
    from fmnist_spec.claims.claims import decide
    from fmnist_spec.claims.probes import Bench

    with Progress(console=console, transient=True) as progress:
        training = progress.add_task("Training", total=lesson.fit.epochs)
        deciding = progress.add_task("Deciding", total=len(claims))
        tick = import_keras().callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: progress.advance(training)
        )
        bench = Bench(lesson, dataset, callbacks=(tick,))
        answers = []
        for claim in claims:
            answers.append(decide(claim, bench))
            progress.advance(deciding)
    return answers


def _print_claims(console: Console, lesson: Lesson, answers: Sequence[Answer]) -> None:
    """The claims that are said to hold on this version, by section of the lesson."""
    from rich.table import Table
    from rich.text import Text

    table = Table("Claim", "Result", title="The lesson on this TensorFlow", title_justify="left")
    section = ""
    for answer in (one for one in answers if one.expected):
        if answer.claim.section != section:
            section = answer.claim.section
            table.add_section()
            table.add_row(f"[bold]{section}[/]", "")
        result = "[green]holds[/]" if answer.holds else "[red]broken[/]"
        table.add_row(Text(answer.claim.text(lesson)), result)
    console.print(table)


def _print_differences(console: Console, lesson: Lesson, answers: Sequence[Answer]) -> None:
    """What is known not to hold on this version, and what TensorFlow advises against."""
    from rich.table import Table
    from rich.text import Text

    title = "Known differences of this TensorFlow"
    table = Table("What the lesson knows", "Holds on", "Result", title=title, title_justify="left")
    for answer in answers:
        if not answer.expected:
            result = "[red]it holds now[/]" if answer.holds else "as known"
            table.add_row(Text(answer.claim.text(lesson)), answer.claim.holds, result)
        for notice in answer.notices[:1]:
            said = Text(f"notice: {notice}")
            table.add_row(Text(answer.claim.text(lesson)), answer.claim.holds, said)
    if table.row_count:
        console.print(table)
