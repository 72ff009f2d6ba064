"""Which images are held back: by a split, by slices, by fit(), or not at all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from notebooks import LESSON
from traces import (
    CELLS,
    EVENTS,
    FIT,
    IMAGES,
    REFERENCE,
    SPLIT,
    images,
    swap,
    trace,
)

from fmnist_spec.gate.compare.images import LessonImages
from fmnist_spec.gate.events import Event, Fitted
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.verdict import judge
from fmnist_spec.lesson import Lesson
from fmnist_spec.preparing import split_indices
from fmnist_spec.settings import Split

ASKED = ("split", "training-part", "validation-part")
NO_SPLIT = replace(LESSON, split=None)
SLICES = replace(LESSON, split=Split(held_back="last", train=55_000, validation=5_000))
KEPT = replace(NO_SPLIT, fit=replace(LESSON.fit, validation_split=0.1))
PARTS = LessonImages(255, REFERENCE, *split_indices(SLICES)).contents("in order")


def told(lesson: Lesson, fit: Fitted, events: tuple[Event, ...] = EVENTS) -> list[Finding]:
    """Judge a training by the rules on parts alone, for a lesson."""
    shown = trace(*swap(FIT, fit, events=events))
    return [*judge(Evidence(lesson, Notebook(Path("one.ipynb"), CELLS), shown), ASKED)]


def rules(lesson: Lesson, **changes: Any) -> list[str]:
    without = swap(SPLIT)
    return [one.rule for one in told(lesson, replace(FIT, **changes), without)]


def part(name: str, **changes: Any) -> Any:
    """A part by the slices of SLICES."""
    return replace(IMAGES, content=PARTS[name], **changes)  # type: ignore[index]


WHOLE, TEST, TRAIN = images("whole"), images("test"), images("train")


def test_without_a_split_all_images_are_trained_on() -> None:
    """And those of the test may validate, which a lesson with a split keeps for the end."""
    assert rules(NO_SPLIT, images=WHOLE) == []
    assert rules(NO_SPLIT, images=WHOLE, validation=TEST) == []
    assert rules(NO_SPLIT, images=TEST) == ["training-part"]
    assert [one.rule for one in told(LESSON, replace(FIT, validation=TEST))] == ["validation-part"]
    assert [one.rule for one in told(LESSON, replace(FIT, validation=WHOLE))] == ["validation-part"]


@pytest.mark.parametrize(("shared", "expected"), [(481, ["validation-part"]), (480, [])])
def test_images_that_are_trained_on_validate_nothing(shared: int, expected: list[str]) -> None:
    """Any slice of them; but a data set may have an image twice."""
    fit = replace(FIT, validation=images("other"), shared=shared)
    assert fit.validation is not None
    assert fit.validation.count == 48_000
    assert [one.rule for one in told(LESSON, fit)] == expected


SLICED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "its own": ({"images": part("train"), "validation": part("validation")}, []),
    "no validation": ({"images": part("train")}, []),
    "all of them": ({"images": WHOLE}, ["split"]),
    "other ones": ({"images": TRAIN}, ["split"]),
    "another slice to validate": ({"images": part("train"), "validation": TRAIN}, ["split"]),
    "the test images": ({"images": TEST}, ["training-part"]),
    "the part that is held back": ({"images": part("validation")}, ["training-part"]),
    "validated on the whole": (
        {"images": part("train"), "validation": WHOLE},
        ["validation-part"],
    ),
}


@pytest.mark.parametrize(("given", "expected"), SLICED.values(), ids=SLICED)
def test_slices_are_the_first_and_the_last_images(
    given: dict[str, Any], expected: list[str]
) -> None:
    """The first of these rules that knows what is wrong tells it, once."""
    assert rules(SLICES, **given) == expected


def test_a_wrong_slice_is_told_with_its_size_and_its_call() -> None:
    """So the reader finds the slice that is not right."""
    found = told(SLICES, replace(FIT, images=WHOLE), swap(SPLIT))
    told_of_fit = "fit() gets 48,000 images: all training images, because they were not split"
    assert [str(one.observed) for one in found] == [told_of_fit]
    fit = replace(FIT, images=part("train"), validation=TRAIN)
    (wrong,) = told(SLICES, fit, swap(SPLIT))
    assert str(wrong.observed).startswith("validation_data gets 48,000 images: other images than")


def test_a_wrong_split_is_told_as_it_was_asked_for() -> None:
    """With what differs from the lesson's call, and how large its parts are."""
    other = replace(SPLIT, test_size=0.1, train_size=0.5, shuffle=False, stratified=True)
    other = replace(other, sizes=(30_000, 6_000, 30_000, 6_000), parts=(None, None))
    found = told(LESSON, replace(FIT, images=images("other")), swap(SPLIT, other))
    assert [str(one.observed) for one in found] == [
        "test_size=0.1, random_state=42, train_size=0.5, parts of 30,000 and 6,000, "
        "shuffle=False, stratify"
    ]


def test_what_fit_holds_back_is_asked_only_of_a_lesson_that_says_it() -> None:
    """A lesson of validation_split = 0.1 names the other number; one without says to leave it."""
    assert rules(KEPT, images=WHOLE, validation_split=0.1) == []
    (found,) = told(KEPT, replace(FIT, images=WHOLE, validation_split=0.2), swap(SPLIT))
    assert (found.rule, found.says) == ("training-part", "other-validation-split")
    (found,) = told(LESSON, replace(FIT, validation_split=0.2))
    assert (found.rule, found.says) == ("training-part", "validation-split")


def test_the_whole_set_is_told_by_the_split_if_there_is_none() -> None:
    """With a right split, it is the training that took the wrong part."""
    whole = replace(FIT, images=WHOLE)
    assert [one.rule for one in told(LESSON, whole, swap(SPLIT))] == ["split"]
    assert [one.rule for one in told(LESSON, whole)] == ["training-part"]


def test_the_whole_set_is_told_beside_a_wrong_split() -> None:
    """That one does not say why all images were trained on."""
    wrong = swap(SPLIT, replace(SPLIT, random_state=7, parts=(None, None)))
    found = told(LESSON, replace(FIT, images=WHOLE), wrong)
    assert [one.rule for one in found] == ["split", "training-part"]


def test_steps_of_a_lesson_of_any_batch_size_are_those_of_the_fit() -> None:
    """It may give fit() the number of steps that its own batches have."""
    any_size = replace(LESSON, fit=replace(LESSON.fit, batch_size=None))
    right, wrong = (replace(FIT, batch_size=64, steps_per_epoch=one) for one in (750, 100))
    assert told(any_size, right) == []
    assert [one.says for one in told(any_size, wrong)] == ["steps"]
    assert [one.says for one in told(LESSON, replace(FIT, steps_per_epoch=1_500))] == []
