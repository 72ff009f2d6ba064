"""Decide the claims on the installed TensorFlow, and print for people what was found."""

import platform
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table
from rich.text import Text

from fmnist_spec import _compat
from fmnist_spec.claims.claims import WORDS, Answer, Claim, claims_on, load_claims
from fmnist_spec.claims.probes import PROBES, Probes, decide
from fmnist_spec.data import load_data, prepare
from fmnist_spec.dataset import Dataset, Prepared
from fmnist_spec.harmless import harmless
from fmnist_spec.language import say
from fmnist_spec.lesson import Lesson, load_lesson

RESULTS = {"holds": "green", "broken": "red", "holds-now": "red", "as-known": "", "notice": ""}
Row = tuple[Text, ...]


def hold(file: Path, folder: str | None, sample: bool) -> bool:
    """Decide every claim of a lesson that its data can decide, print it, and say if all are right.

    The data is loaded as by :func:`fmnist_spec.load_data`, whose warnings are printed, too.
    """
    console, lesson = Console(emoji=False, highlight=False, markup=False), load_lesson(file)
    with warnings.catch_warnings(record=True) as notices:
        warnings.simplefilter("always")
        dataset = load_data(folder, sample=sample, lesson=lesson)
    console.print(harmless(lesson.title), style="bold", soft_wrap=True)
    with console.status(_said("loading")), ThreadPoolExecutor(1) as beside:
        prepared = beside.submit(prepare, dataset, lesson=lesson)  # TensorFlow takes seconds
        versions = {"tensorflow": _compat.tensorflow_version(), "keras": _compat.keras_version()}
    console.print(_said("versions", **versions, python=platform.python_version()), soft_wrap=True)
    for name, place in ("lesson", file), ("data", dataset.source):
        console.print(harmless(_said(name, place=place)), soft_wrap=True)
    for notice in notices:
        _print(console, harmless(_said("note", notice=notice.message)), "yellow")
    claims = claims_on(lesson, load_claims(probes=PROBES))
    left_out = [claim for claim in claims if claim.whole and dataset.is_sample]
    asked = [claim for claim in claims if claim not in left_out]
    answers = _decide(lesson, dataset, prepared, asked, console)
    _print_answers(console, lesson, answers, left_out)
    return all(answer.right for answer in answers)


def _said(key: str, **values: object) -> str:
    return say(f"compat.run.{key}", **values)


def _print(console: Console, text: str, style: str = "") -> None:
    """Print a text, wrapped only where a person reads it."""
    console.print(Text(text, style), soft_wrap=not console.is_terminal)


def _decide(
    lesson: Lesson,
    dataset: Dataset,
    prepared: Future[Prepared],
    claims: Sequence[Claim],
    console: Console,
) -> list[Answer]:
    quiet = not console.is_terminal
    with Progress(console=console, transient=True, disable=quiet) as progress:
        training = progress.add_task(_said("training"), total=lesson.fit.epochs)
        tick = _compat.import_keras().callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: progress.advance(training)
        )
        trial = Probes(lesson, dataset, callbacks=(tick,))
        if prepared.exception() is None:  # else each probe that needs it says why
            trial.prepared = prepared.result()
        asked = progress.track(claims, description=_said("deciding"))
        return [decide(claim, trial) for claim in asked]


def _print_answers(
    console: Console, lesson: Lesson, answers: Sequence[Answer], left_out: Sequence[Claim]
) -> None:
    """Both tables, what was not asked, what is not as the claims say, and the verdict."""
    _print_table(console, "title", ["claim", "result"], list(_rows_of_claims(lesson, answers)))
    differences = list(_rows_of_differences(lesson, answers))
    if differences:
        _print_table(console, "differences", ["known", "on", "result"], differences)
    if left_out:
        ids = ", ".join(claim.id for claim in left_out)
        _print(console, "\n" + _said("left-out", ids=ids))
    wrong = [answer for answer in answers if not answer.right]
    for answer in wrong:
        _print(console, "\n" + harmless(answer.explain(lesson), lines=True), "red")
    right = len(answers) - len(wrong)
    verdict = _said("verdict", right=right, claims=len(answers))
    _print(console, "\n" + verdict, f"bold {'red' if wrong else 'green'}")


def _print_table(console: Console, title: str, columns: list[str], rows: list[Row]) -> None:
    """Print rows, a short one as a head: a table where a person reads it, else a line for each."""
    if not console.is_terminal:
        lines = ["", _said(title), *("  ".join(cell.plain for cell in row) for row in rows)]
        print(*lines, sep="\n")
        return
    # fold: else Rich cuts off what a wide letter and a blank at the end of a line take too much
    heads = [Column(_said(one), overflow="fold") for one in columns]
    table = Table(*heads, title=_said(title), title_justify="left")
    for row in rows:
        if len(row) == 1:
            table.add_section()
        table.add_row(*row)
    console.print(table)


def _rows_of_claims(lesson: Lesson, answers: Sequence[Answer]) -> Iterator[Row]:
    """The claims that are said to hold on this version, by section of the lesson."""
    expected = (answer for answer in answers if answer.expected)
    for section, group in groupby(expected, key=lambda answer: answer.claim.section):
        yield (Text(say(f"compat.section.{section}"), "bold"),)
        for answer in group:
            yield _text(answer, lesson), _result("holds" if answer.holds else "broken")


def _rows_of_differences(lesson: Lesson, answers: Sequence[Answer]) -> Iterator[Row]:
    """What is known not to hold on this version, and what TensorFlow advises against."""
    for answer in answers:
        on = answer.claim.holds
        known = _text(answer, lesson), Text(_said(on) if on in WORDS else on)
        if not answer.expected:
            yield *known, _result("holds-now" if answer.holds else "as-known")
        for notice in answer.notices[:1]:
            yield *known, _result("notice", notice=notice)


def _text(answer: Answer, lesson: Lesson) -> Text:
    return Text(harmless(answer.claim.text(lesson)))


def _result(key: str, **values: object) -> Text:
    return Text(harmless(_said(key, **values)), RESULTS[key])
