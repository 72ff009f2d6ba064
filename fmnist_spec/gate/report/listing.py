"""Rules and shipped lessons in words: lists of them, and a rule with its examples."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console

from fmnist_spec.files import relative
from fmnist_spec.gate.catalogue import NEVER_SILENCED, RULES, Rule, in_words, rules_of, sentence
from fmnist_spec.gate.compare.networks import describe
from fmnist_spec.gate.report.text import wrapped
from fmnist_spec.harmless import harmless
from fmnist_spec.language import joined, listed, say
from fmnist_spec.lesson import Lesson, load_lesson, shipped_lessons


def print_lines(lines: Iterable[str], hanging: int = 0) -> None:
    """Print lines; a terminal breaks them between words, and what goes on hangs further in."""
    console = Console()
    for line in "\n".join(lines).split("\n"):
        if not console.is_terminal:
            print(line)
            continue
        text = line.lstrip(" ")
        first, *others = wrapped(console, text, len(line) - len(text) + hanging)
        print(first[hanging:], *others, sep="\n")


def rules(file: Path) -> Iterator[str]:
    """List what a lesson requires, a line for each rule."""
    from rich.cells import set_cell_size  # letters of Korean are two columns wide

    lesson, width = load_lesson(file), max(map(len, RULES))
    for id in rules_of([lesson]):
        rule = in_words(id)
        severity = set_cell_size(_severity(rule), 8)
        yield f"{id:{width}} {severity} {_filled(rule.requires, lesson)}"


def rule(id: str, file: Path) -> Iterator[str]:
    """Explain a rule with the numbers of a lesson, if that is about it."""
    rule, lesson = in_words(id), load_lesson(file)
    if not rule.is_about(lesson):
        told = say("listing.not-about", file=harmless(relative(file)), about=rule.about)
        yield f"{id} ({_severity(rule)}): {told}"
        return
    yield f"{id} ({_severity(rule)})\n\n{_filled(rule.requires, lesson)}"
    for key, example in (("wrong", rule.wrong), ("right", rule.right)):
        yield f"\n  {say(f'listing.{key}')}  {_filled(example, lesson, lines=True)}"
    yield "\n" + say(
        "listing.key" if rule.meant else "listing.no-key", keys=listed(rule.meant, "between")
    )
    if rule.fix:
        yield say("listing.fixed", fix=_filled(rule.fix, lesson))
    yield from _silencing(id)


def _filled(text: str, lesson: Lesson, *, lines: bool = False) -> str:
    return harmless(joined(text.format(lesson=lesson)), lines=lines)


def _severity(rule: Rule) -> str:
    return sentence("", f"severity-{rule.severity}", {})


def _silencing(id: str) -> Iterator[str]:
    """Say how a rule is silenced, from one line of a notebook to all notebooks."""
    ask = f"fmnist-spec: ignore[{id}]"
    ways = {"line": f"# {ask}", "text": f"<!-- {ask} -->", "tag": ask}
    ways = {} if id in NEVER_SILENCED else ways
    ways |= {"settings": f'ignore = ["{id}"]', "once": f"fmnist-spec check --ignore {id}"}
    yield f"\n{say('silence.how')}"
    for way, written in ways.items():
        yield f"  {say(f'silence.{way}')}\n      {written}"


def lessons() -> Iterator[str]:
    """List the lessons that the package ships, each with its name and numbers."""
    for name, file in shipped_lessons().items():
        lesson = load_lesson(file)
        fit = say("listing.fit", lesson=lesson)
        network = say("listing.network", network=describe(lesson), lesson=lesson)
        yield "\n".join(map(harmless, (f"{name}: {lesson.title}", f"  {fit}", f"  {network}")))
