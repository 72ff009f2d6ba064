"""Which data set was trained on, and how the training images are split, also in other sections."""

from dataclasses import replace
from typing import Any

import pytest
from traces import (
    ADD,
    COMPILE,
    EVENTS,
    FIT,
    LIST,
    LOADED,
    NAMED_LIST,
    OTHER_PARTS,
    PARTS,
    SPLIT,
    SUMMARY,
    built,
    expect,
    images,
    judge_trace,
    swap,
    trace,
)

from fmnist_spec.gate.events import DataLoaded, Event, Fitted, SplitMade

DIGITS, COLOURS = (DataLoaded(0, 2, name) for name in ("mnist", "cifar10"))
LATER = replace(LOADED, cell=7, line=1)
UNKNOWN = images("other", scaling="other", order="unknown", paired=None)
ON_OTHERS = replace(FIT, images=UNKNOWN)
ON_DIGITS = replace(FIT, images=replace(UNKNOWN, dataset="mnist"))
SPLIT_OF_OTHERS = replace(SPLIT, whole=None, parts=OTHER_PARTS, divided_by=255, pixels="unknown")
MODELS = (LIST, NAMED_LIST, SUMMARY, ADD)


def lesson(*loaded: Event, fit: Fitted = FIT, split: SplitMade = SPLIT) -> tuple[Event, ...]:
    """Give the lesson after these loads."""
    return (*loaded, split, *MODELS, COMPILE, fit)


def warmed_up(*before: Event) -> tuple[Event, ...]:
    """Give the lesson after the same network has been trained on the digits."""
    model = built(5, "add", cell=1)
    compiled, fit = replace(COMPILE, cell=1, model=5), replace(ON_OTHERS, cell=1, model=5)
    return (*before, SPLIT_OF_OTHERS, model, compiled, fit, *lesson(LOADED))


DATA: dict[str, tuple[Any, ...]] = {
    "digits trained, the lesson's loaded later": (
        (*lesson(DIGITS, fit=ON_OTHERS, split=SPLIT_OF_OTHERS), LATER),
        DIGITS,
    ),
    "the lesson's loaded first, digits trained": (
        lesson(LOADED, DIGITS, fit=ON_OTHERS, split=SPLIT_OF_OTHERS),
        DIGITS,
    ),
    "digits, split in another way": (
        lesson(DIGITS, fit=ON_OTHERS, split=replace(SPLIT_OF_OTHERS, random_state=7)),
        DIGITS,
    ),
    "only digits": (lesson(DIGITS, fit=ON_OTHERS, split=SPLIT_OF_OTHERS), DIGITS),
    "only digits, without a training": ((DIGITS, SPLIT_OF_OTHERS, *MODELS), DIGITS, "training"),
    "digits loaded, too, the lesson's trained": (lesson(LOADED, DIGITS), None),
    "digits loaded before": (lesson(DIGITS, LOADED), None),
    "colours for a later section": ((*EVENTS, replace(COLOURS, cell=7)), None),
    "the network tried on digits before": (warmed_up(DIGITS), None),
    "digits trained, though the lesson's was loaded last": (
        *(lesson(DIGITS, LOADED, fit=ON_DIGITS, split=SPLIT_OF_OTHERS), DIGITS),
    ),
    "the lesson's trained out of order, though digits were loaded last": (
        lesson(LOADED, DIGITS, fit=replace(FIT, images=images(order="other order"))),
        None,
        "pixel-order",
    ),
}


@pytest.mark.parametrize("case", DATA.values(), ids=DATA)
def test_the_data_set_is_that_of_the_lessons_training(case: Any) -> None:
    """The load whose images it got is named, and nothing is told that follows from it."""
    events, blamed, *also = case
    found = judge_trace(trace(*events))
    told = {one.rule: (one.line, one.observed) for one in found}
    assert told.pop("data-set", None) == (blamed and (blamed.line, blamed.dataset))
    assert told.keys() == {*also}


@pytest.mark.parametrize("epochs", [5, 7])
def test_a_fault_of_the_lessons_training_is_not_taken_for_other_data(epochs: int) -> None:
    """Of two trainings the one on the lesson's images is the lesson's, though it has a fault."""
    events = warmed_up(DIGITS)
    expect(
        trace(*swap(FIT, replace(FIT, epochs=epochs), events=events)), *["epochs"] * (epochs > 5)
    )


PIXELS = {
    "standardised": (UNKNOWN, "scaling"),
    "out of order": (images(order="other order", paired=None), "pixel-order"),
}


@pytest.mark.parametrize(("given", "rule"), PIXELS.values(), ids=PIXELS)
def test_images_that_were_changed_are_still_of_the_data_set(given: Any, rule: str) -> None:
    """Where the lesson's data was loaded last, or its pixels are there, that is told."""
    fit = replace(FIT, images=given)
    loads = (LOADED, DIGITS) if rule == "pixel-order" else (DIGITS, LOADED)
    expect(trace(*lesson(*loads, fit=fit)), rule)


WHOLE = PARTS.contents("in order")["whole"]
OTHERWISE: dict[str, dict[str, Any]] = {  # how other sections split the training images
    "another share": {"test_size": 0.1},
    "another seed": {"random_state": 7},
    "no seed": {"random_state": None},
    "neither": {"test_size": None, "random_state": None},
    "no shuffling": {"shuffle": False},
    "stratified": {"stratified": True},
    "scaled otherwise": {"whole": None, "divided_by": None, "sizes": (54000, 6000)},
    "indices": {"whole": PARTS.contents("indices")["whole"], "divided_by": None, "test_size": 0.1},
}
FURTHER = replace(SPLIT, parts=OTHER_PARTS, cell=7)


@pytest.mark.parametrize("changes", OTHERWISE.values(), ids=OTHERWISE)
@pytest.mark.parametrize("before", [False, True], ids=["after", "before"])
def test_another_split_of_the_training_images_is_a_warning(
    changes: dict[str, Any], before: bool
) -> None:
    """Whether it stands after the lesson or before: the lesson's own training got its own split."""
    further = replace(FURTHER, **changes)
    events = (LOADED, further, *EVENTS[1:]) if before else (*EVENTS, further)
    expect(trace(*events), "split", cell=7, severity="warning")


def test_each_further_split_is_told_once() -> None:
    """At its own place; images and labels that are split alike in a cell are one."""
    labels = PARTS.contents("labels")["whole"]
    tenth = replace(FURTHER, test_size=0.1)
    both = (tenth, replace(tenth, line=2, whole=labels, divided_by=None))
    found = expect(trace(*EVENTS, *both, replace(tenth, cell=8)), "split", "split")
    assert [(one.cell, one.severity) for one in found] == [(7, "warning"), (8, "warning")]


ALIKE = {
    "the lesson's split again": replace(SPLIT, cell=7),
    "the training part, once more": replace(FURTHER, whole=PARTS.contents("in order")["train"]),
    "the test images": replace(FURTHER, whole=PARTS.contents("in order")["test"], test_size=0.5),
    "other things": replace(FURTHER, whole=None, sizes=(40, 10)),
}


def test_a_split_of_another_data_set_is_not_told() -> None:
    """There are as many digits to train on, so what was loaded last decides."""
    sizes = (54_000, 6_000, 54_000, 6_000)  # of images and of labels
    tenth = replace(SPLIT_OF_OTHERS, divided_by=None, sizes=sizes, cell=7)
    expect(trace(*EVENTS, replace(DIGITS, cell=7), tenth))
    expect(trace(*EVENTS, tenth), "split", severity="warning")
    again = replace(LOADED, cell=7)
    expect(trace(*EVENTS, replace(DIGITS, cell=7), again, tenth), "split", severity="warning")


@pytest.mark.parametrize("one", ALIKE.values(), ids=ALIKE)
def test_what_is_no_other_split_of_the_training_images_is_not_told(one: SplitMade) -> None:
    """It contradicts nothing in the lesson."""
    expect(trace(*EVENTS, one))


def test_a_training_on_the_part_to_validate_is_of_the_right_split() -> None:
    """Another split is of another section then, too."""
    fit = replace(FIT, images=images("validation"))
    further = replace(FURTHER, random_state=7, cell=1)
    found = expect(trace(*EVENTS[:-1], further, fit), "split", "training-part")
    assert {one.rule: one.severity for one in found} == {
        "split": "warning",
        "training-part": "error",
    }


def test_a_later_split_that_is_trained_on_is_an_error() -> None:
    """Where the lesson's training got other parts, the split before it that is wrong is blamed."""
    fit = replace(FIT, images=images("other"))
    wrong, later = replace(FURTHER, random_state=7, cell=5), replace(FURTHER, random_state=None)
    expect(trace(*EVENTS[:-1], wrong, fit, later), "split", cell=5, severity="error")


@pytest.mark.parametrize(
    ("scaling", "lowest", "highest", "told"),
    [
        ("twice", 0.0, 1 / 255, "twice: 0.0 to 0.0039"),
        ("raw", 0, 255, "raw: 0 to 255"),
        ("other", -0.8123456, 1.5e-7, "other: -0.81 to 1.5e-07"),
        ("other", 0.1234, 0.12345, "other: 0.1234 to 0.12"),
        ("other", 0.25, None, "other: 0.25 to None"),
    ],
)
def test_the_range_of_pixels_is_rounded(
    scaling: str, lowest: float, highest: float | None, told: str
) -> None:
    """People read two digits, and whole numbers as they are."""
    shown = images(scaling=scaling, minimum=lowest, maximum=highest)
    expect(trace(*swap(FIT, replace(FIT, images=shown))), "scaling", observed=told)
