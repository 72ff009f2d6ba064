"""Settings that cannot be: with each other, or with the lessons that they name."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from fmnist_spec.files import relative
from fmnist_spec.gate.catalogue import rules_of
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.evidence import STATIC
from fmnist_spec.language import listed, say
from fmnist_spec.lesson import Lesson


def wrong(
    config: Config, lessons: Mapping[str, Lesson], *, static: bool
) -> Iterator[tuple[str, str, str, str]]:
    """Say which settings cannot be: the key, what was found, what was expected, the remedy.

    ``lessons`` are those of the settings, by their files; ``static``: nothing is run.
    """
    files = config.lessons
    if len({Path(one).resolve() for one in files}) < len(files):
        twice = say("check.twice", files=", ".join(files))
        yield "lessons", twice, say("check.different"), say("check.name-once")
    if len({one.data.dataset for one in lessons.values()}) > 1:
        named = ((relative(Path(one)), lessons[one].data.title) for one in files)
        of = ", ".join(say("check.lesson-of", file=file, title=title) for file, title in named)
        yield "lessons", of, say("check.one-data-set"), say("check.another-notebook")
    if not (asked := rules_of(lessons.values(), config.rules)):
        yield "ignore", say("check.all-rules"), say("check.a-rule"), say("check.ignore-fewer")
    elif static and STATIC.keys().isdisjoint(asked):
        known = say("static.a-rule", rules=", ".join(rules_of(lessons.values(), STATIC)))
        yield "select", listed(asked), known, say("static.select")
