"""Decide the claims on the installed TensorFlow, and print for people what was found."""

import platform
import warnings
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from fmnist_spec import _compat
from fmnist_spec.claims.claims import Answer, Claim, claims_on, load_claims
from fmnist_spec.claims.probes import PROBES, Probes, decide
from fmnist_spec.data import load_data
from fmnist_spec.dataset import Dataset
from fmnist_spec.harmless import harmless
from fmnist_spec.lesson import Lesson, load_lesson


def hold(file: Path, folder: str | None, sample: bool) -> bool:
    """Decide every claim of a lesson that its data can decide, print it, and say if all are right.

    The data is loaded as by :func:`fmnist_spec.load_data`, whose warnings are printed, too.
    """
    console, lesson = Console(emoji=False), load_lesson(file)
    with warnings.catch_warnings(record=True) as notices:
        warnings.simplefilter("always")
        dataset = load_data(folder, sample=sample, lesson=lesson)
    console.print(harmless(lesson.title), style="bold", markup=False)
    with console.status("Loading TensorFlow"):
        tensorflow, keras = _compat.tensorflow_version(), _compat.keras_version()
    console.print(f"TensorFlow {tensorflow}, Keras {keras}, Python {platform.python_version()}")
    for name, place in ("Lesson", file), ("Data", dataset.source):
        console.print(harmless(f"{name}: {place}"), highlight=False, markup=False, soft_wrap=True)
    for notice in notices:
        console.print(Text(harmless(f"Note: {notice.message}"), "yellow"))
    claims = claims_on(lesson, load_claims(probes=PROBES))
    left_out = [claim for claim in claims if claim.whole and dataset.is_sample]
    asked = [claim for claim in claims if claim not in left_out]
    answers = _decide(lesson, dataset, asked, console)
    _print_answers(console, lesson, answers, left_out)
    return all(answer.right for answer in answers)


def _decide(
    lesson: Lesson, dataset: Dataset, claims: Sequence[Claim], console: Console
) -> list[Answer]:
    with Progress(console=console, transient=True) as progress:
        training = progress.add_task("Training", total=lesson.fit.epochs)
        tick = _compat.import_keras().callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: progress.advance(training)
        )
        trial = Probes(lesson, dataset, callbacks=(tick,))
        return [decide(claim, trial) for claim in progress.track(claims, description="Deciding")]


def _print_answers(
    console: Console, lesson: Lesson, answers: Sequence[Answer], left_out: Sequence[Claim]
) -> None:
    """Both tables, what was not asked, what is not as the claims say, and the verdict."""
    console.print(_table_of_claims(lesson, answers))
    differences = _table_of_differences(lesson, answers)
    if differences.row_count:
        console.print(differences)
    if left_out:
        ids = ", ".join(claim.id for claim in left_out)
        console.print(f"\nNot checked, as only the whole data set can decide it: {ids}.")
    wrong = [answer for answer in answers if not answer.right]
    for answer in wrong:
        console.print("", Text(harmless(answer.explain(lesson), lines=True), "red"), sep="\n")
    verdict = f"{len(answers) - len(wrong)} of {len(answers)} claims are as the lesson says."
    console.print(f"\n[bold {'red' if wrong else 'green'}]{verdict}[/]")


def _table_of_claims(lesson: Lesson, answers: Sequence[Answer]) -> Table:
    """The claims that are said to hold on this version, by section of the lesson."""
    table = Table("Claim", "Result", title="The lesson on this TensorFlow", title_justify="left")
    expected = (answer for answer in answers if answer.expected)
    for section, group in groupby(expected, key=lambda answer: answer.claim.section):
        table.add_section()
        table.add_row(f"[bold]{section}[/]", "")
        for answer in group:
            result = "[green]holds[/]" if answer.holds else "[red]broken[/]"
            table.add_row(Text(harmless(answer.claim.text(lesson))), result)
    return table


def _table_of_differences(lesson: Lesson, answers: Sequence[Answer]) -> Table:
    """What is known not to hold on this version, and what TensorFlow advises against."""
    title = "Known differences of this TensorFlow"
    table = Table("What the lesson knows", "Holds on", "Result", title=title, title_justify="left")
    for answer in answers:
        if not answer.expected:
            result = "[red]it holds now[/]" if answer.holds else "as known"
            table.add_row(Text(harmless(answer.claim.text(lesson))), answer.claim.holds, result)
        for notice in answer.notices[:1]:
            said = Text(harmless(f"notice: {notice}", lines=True))
            table.add_row(Text(harmless(answer.claim.text(lesson))), answer.claim.holds, said)
    return table
