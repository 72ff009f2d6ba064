"""Rules on the training of the lesson: what fit() and the compile() before it were given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fmnist_spec.gate.compare.networks import differences, of_type, roles
from fmnist_spec.gate.evidence import FitLook, Look, Problem, at
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.rules.compile import COMPILE_LOOKS
from fmnist_spec.gate.trace import (
    DataLoaded,
    Evaluated,
    Event,
    Fitted,
    Images,
    Predicted,
    SplitMade,
    Trace,
)
from fmnist_spec.lesson import Lesson

SCALINGS = {
    "raw": "raw pixels, not scaled",
    "twice": "pixels that were scaled twice",
    "other": "pixels that are not the lesson's divided by its scale",
}
PARTS = {
    "train": "the images to train on",
    "validation": "the validation images",
    "whole": "all training images, without a split",
    "test": "the test images",
    "other": "images that are not those of the lesson's split, or not as they are after scaling",
}


def lesson_fit(lesson: Lesson, trace: Trace) -> Fitted | None:
    """Find the training of the lesson: the fit of a lesson network with the fewest problems.

    The earliest of equals counts. Other networks, as in later sections of a chapter, do not.
    """
    lesson_models = {model.model for _, model in roles(lesson, trace).items()}
    fits = [
        fit
        for fit in of_type(trace, Fitted)
        if fit.model in lesson_models
        or not differences(lesson, replace(fit.network, type="Sequential"))
    ]
    return min(fits, key=lambda fit: problems(lesson, trace, fit), default=None)


def problems(lesson: Lesson, trace: Trace, fit: Fitted) -> int:
    """Count what is wrong with a fit: what the rules of this module say, and its network."""
    found = sum(look(lesson, trace, fit) is not None for look in FIT_LOOKS.values())
    return found + len(differences(lesson, fit.network))


def is_other_data(lesson: Lesson, trace: Trace) -> bool:
    """Whether only other data sets were loaded: then nothing about its images says more."""
    loaded = {event.dataset for event in of_type(trace, DataLoaded)}
    return bool(loaded) and lesson.data.dataset not in loaded


def _used(trace: Trace, fit: Fitted) -> Iterator[tuple[Event, str, Images]]:
    """Give the images that the trained model was shown, with the event and the call."""
    if fit.images is not None:
        yield fit, "fit()", fit.images
    if fit.validation is not None:
        yield fit, "validation_data", fit.validation
    for event in of_type(trace, Evaluated):
        if event.model == fit.model and event.images is not None:
            yield event, "evaluate()", event.images
    for shown in of_type(trace, Predicted):
        if shown.model == fit.model and shown.images and shown.images.part != "other":
            yield shown, "predict()", shown.images


def _scaling(lesson: Lesson, trace: Trace, fit: Fitted) -> Problem | None:
    if is_other_data(lesson, trace):
        return None
    for event, call, images in _used(trace, fit):
        # What is evaluated may be the author's own pictures; those of the lesson are known.
        if images.scaling in ("raw", "twice") or (images.scaling == "other" and event is fit):
            message = f"{call} is given {SCALINGS[images.scaling]}. "
            remedy = f"Divide all images by {lesson.data.scale} once, before the split."
            observed = f"{images.scaling}: {images.minimum} to {images.maximum}"
            return at(event, message + remedy, "0.0 to 1.0", observed)
    return None


def _pixel_order(lesson: Lesson, trace: Trace, fit: Fitted) -> Problem | None:
    if is_other_data(lesson, trace):
        return None
    for event, call, images in _used(trace, fit):
        if images.order == "other":
            message = f"The pixels of the images that {call} is given are out of order. "
            remedy = f"Flatten with reshape(-1, {lesson.data.pixels}) and no transpose."
            return at(event, message + remedy, "row by row", f"other, shape {images.shape}")
    return None


def _training_part(lesson: Lesson, trace: Trace, fit: Fitted) -> Problem | None:
    expected = f"{lesson.split.train:,} images of the split"
    remedy = "Give fit() what train_test_split() keeps for training, scaled and else unchanged."
    if is_other_data(lesson, trace):
        return None
    if fit.images is None:
        message = "fit() is given no array of images, so they cannot be checked. "
        return at(fit, message + remedy, expected, "no array")
    if fit.steps_per_epoch not in (None, lesson.steps_per_epoch):
        message = f"steps_per_epoch={fit.steps_per_epoch} changes how many images an epoch takes. "
        steps = (f"{number:,} steps" for number in (lesson.steps_per_epoch, fit.steps_per_epoch))
        return at(fit, message + "Remove it.", *steps)
    part, size = fit.images.part, f"{fit.images.shape[0]:,}"
    if part == "train" and fit.validation_split:
        message = f"validation_split={fit.validation_split} takes images away from training. "
        return at(fit, message + "Remove it: the split is made before.", expected, "fewer")
    if part == "train" or _explained(lesson, trace, fit, fit.images):
        return None
    message = f"The lesson's network is trained on {PARTS[part]}. "
    return at(fit, message + remedy, expected, f"{size}: {PARTS[part]}")


def _explained(lesson: Lesson, trace: Trace, fit: Fitted, images: Images) -> bool:
    """Whether another rule says why these images are not the lesson's: scaling, order or split."""
    splits = splits_before(trace, fit)
    if images.part == "whole":
        return not splits
    unknown = images.scaling != "lesson" or images.order == "other"
    split_wrong = not splits or not all(is_lessons_split(lesson, one) for one in splits)
    return images.part == "other" and (unknown or split_wrong)


def splits_before(trace: Trace, fit: Fitted | None) -> list[SplitMade]:
    """Give the splits made before ``fit``; all, if there is none."""
    end = len(trace.events) if fit is None else trace.events.index(fit)
    return [event for event in trace.events[:end] if isinstance(event, SplitMade)]


def is_lessons_split(lesson: Lesson, one: SplitMade) -> bool:
    """Whether the parts are the lesson's, or would be if the images had been scaled rightly."""
    asked = (one.random_state, one.shuffle, one.stratified, one.sizes[:2])
    wanted = (lesson.split.random_state, True, False, (lesson.split.train, lesson.split.validation))
    return one.exact or (one.source == "other" and asked == wanted)


def _pairing(lesson: Lesson, trace: Trace, fit: Fitted) -> Problem | None:
    images, labels = (one and one[0] for one in (fit.images and fit.images.shape, fit.labels_shape))
    if images and labels and images != labels:  # a shortened training does not notice
        message = "fit() is given more images than labels, or fewer. Give those of one split."
        return at(fit, message, f"{images:,} labels", f"{labels:,} labels")
    wrong = next((where for where in _labelled(trace, fit) if where[2] is False), None)
    if wrong is None or is_other_data(lesson, trace):
        return None
    message = (
        f"The labels that {wrong[1]} is given are not those of the images beside them. "
        "Split images and labels in one call and shuffle neither afterwards."
    )
    return at(wrong[0], message, "each image with its own label", "other labels")


def _labelled(trace: Trace, fit: Fitted) -> Iterator[tuple[Event, str, bool | None]]:
    """Give where the trained model got labels, and whether they are those of the images."""
    yield fit, "fit()", fit.paired
    yield fit, "validation_data", fit.validation_paired
    for event in of_type(trace, Evaluated):
        if event.model == fit.model:
            yield event, "evaluate()", event.paired


def _epochs(lesson: Lesson, trace: Trace, fit: Fitted) -> Problem | None:
    wanted, observed = lesson.fit.epochs, fit.epochs - fit.initial_epoch
    if observed == wanted:
        return None
    message = f"The number of epochs is another one. Write epochs={wanted}."
    first = f", the first {fit.initial_epoch} left out" if fit.initial_epoch else ""
    return at(fit, message, wanted, f"{fit.epochs}{first}")


def _batch_size(lesson: Lesson, trace: Trace, fit: Fitted) -> Problem | None:
    wanted = lesson.fit.batch_size
    if fit.batch_size in (None, wanted):
        return None
    return at(fit, "The batch size is another one. Leave it out.", wanted, fit.batch_size)


FIT_LOOKS: dict[str, FitLook] = {
    "scaling": _scaling,
    "pixel-order": _pixel_order,
    "training-part": _training_part,
    "pairing": _pairing,
    **COMPILE_LOOKS,
    "batch-size": _batch_size,
    "epochs": _epochs,
}


def _look(look_at_fit: FitLook) -> Look:
    """Make a rule's function of one that looks at the training of the lesson."""

    def look(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
        fit = lesson_fit(lesson, trace)
        found = None if fit is None else look_at_fit(lesson, trace, fit)
        if found is not None:
            yield found

    return look


LOOKS: dict[str, Look] = {id: _look(look_at_fit) for id, look_at_fit in FIT_LOOKS.items()}
