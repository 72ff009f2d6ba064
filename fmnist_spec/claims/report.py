"""Decide the claims on the installed TensorFlow, and print for people what was found."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fmnist_spec import _compat
from fmnist_spec.claims.claims import Answer, Claim, decide, load_claims
from fmnist_spec.claims.probes import Trial
from fmnist_spec.dataset import Dataset
from fmnist_spec.lesson import Lesson

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def hold(lesson: Lesson, file: Path, dataset: Dataset, notices: Sequence[str]) -> bool:
    """Decide every claim that ``dataset`` can decide, print it, and say whether all are right.

    ``file`` is where the lesson stands; ``notices`` are what is to be said of the data.
    """
    from rich.console import Console

    console = Console()
    console.print(f"[bold]{lesson.title}[/]")
    with console.status("Loading TensorFlow"):
        tensorflow, keras = _compat.tensorflow_version(), _compat.keras_version()
    console.print(f"TensorFlow {tensorflow}, Keras {keras}, Python {platform.python_version()}")
    for name, place in ("Lesson", file), ("Data", dataset.source):
        console.print(f"{name}: {place}", highlight=False, markup=False, soft_wrap=True)
    for notice in notices:
        console.print(f"Note: {notice}", style="yellow", markup=False, highlight=False)
    claims = load_claims()
    left_out = [claim for claim in claims if claim.whole and dataset.is_sample]
    asked = [claim for claim in claims if claim not in left_out]
    answers = _decide(lesson, dataset, asked, console)
    _print_answers(console, lesson, answers, left_out)
    return all(answer.right for answer in answers)


def _decide(
    lesson: Lesson, dataset: Dataset, claims: Sequence[Claim], console: Console
) -> list[Answer]:
    from rich.progress import Progress

    with Progress(console=console, transient=True) as progress:
        training = progress.add_task("Training", total=lesson.fit.epochs)
        tick = _compat.import_keras().callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: progress.advance(training)
        )
        trial = Trial(lesson, dataset, callbacks=(tick,))
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
        console.print(f"\n{answer.explain(lesson)}", style="red", markup=False, highlight=False)
    verdict = f"{len(answers) - len(wrong)} of {len(answers)} claims are as the lesson says."
    console.print(f"\n[bold {'red' if wrong else 'green'}]{verdict}[/]")


def _table_of_claims(lesson: Lesson, answers: Sequence[Answer]) -> Table:
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
    return table


def _table_of_differences(lesson: Lesson, answers: Sequence[Answer]) -> Table:
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
    return table
