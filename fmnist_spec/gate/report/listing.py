"""Rules and shipped lessons in words: lists of them, and a rule with its examples."""

from collections.abc import Iterator
from pathlib import Path

from fmnist_spec.files import relative
from fmnist_spec.gate.catalogue import in_words, rules_of
from fmnist_spec.gate.compare.networks import describe
from fmnist_spec.harmless import harmless
from fmnist_spec.lesson import load_lesson, shipped_lessons


def rules(file: Path) -> Iterator[str]:
    """List what a lesson requires, a line for each rule."""
    lesson = load_lesson(file)
    for id in rules_of([lesson]):
        rule = in_words(id)
        yield f"{id:15} {rule.severity:8} {harmless(rule.requires.format(lesson=lesson))}"


def rule(id: str, file: Path) -> Iterator[str]:
    """Explain a rule with the numbers of a lesson, if that is about it."""
    rule, lesson = in_words(id), load_lesson(file)
    if not rule.is_about(lesson):
        told = f'{harmless(relative(file))} is not about "{rule.about}", so nothing asks for it.'
        yield f"{id} ({rule.severity}): {told}"
        return
    yield f"{id} ({rule.severity})\n\n{harmless(rule.requires.format(lesson=lesson))}"
    for title, example in (("wrong", rule.wrong), ("right", rule.right)):
        yield f"\n  {title}:  {harmless(example.format(lesson=lesson), lines=True)}"


def lessons() -> Iterator[str]:
    """List the lessons that the package ships, each with its name and numbers."""
    for name, file in shipped_lessons().items():
        lesson = load_lesson(file)
        images = f"{lesson.data.title}: {lesson.train_images:,} images to train on"
        network = f"{describe(lesson)}: {lesson.parameters:,} parameters"
        fit = f"{lesson.compile.optimizer}, {lesson.fit.epochs} epochs"
        told = f"{name}: {lesson.title}", f"  {images}; {fit}", f"  {network}"
        yield "\n".join(map(harmless, told))
