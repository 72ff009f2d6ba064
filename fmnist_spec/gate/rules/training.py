"""Rules on the data and on the training as a whole: loaded, split, trained, and it learns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fmnist_spec.gate.compare.networks import describe_network, of_type
from fmnist_spec.gate.evidence import Look, Problem, cut_short, skipped
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.rules.compile import same_metric
from fmnist_spec.gate.rules.fit import (
    PARTS,
    is_lessons_split,
    is_other_data,
    lesson_fit,
    problems,
    splits_before,
)
from fmnist_spec.gate.trace import Compiled, DataLoaded, Fitted, SplitMade, Trace
from fmnist_spec.lesson import Lesson


def data_set(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Look for another data set, or none."""
    loaded, wanted = of_type(trace, DataLoaded), lesson.data.dataset
    remedy = f"Call keras.datasets.{wanted}.load_data()."
    if is_other_data(lesson, trace):
        first = loaded[0]
        message = f"The notebook loads another data set. {remedy}"
        yield Problem(first.cell, first.line, message, wanted, first.dataset)
    elif not loaded and not _known_images(trace) and not cut_short(trace, cells):
        message = f"The notebook loads no data set. {remedy}{skipped(trace)}"
        yield Problem(None, None, message, wanted, "none")


def _known_images(trace: Trace) -> bool:
    """Whether the lesson's images were used: then they were loaded in a way of the author's."""
    fits = of_type(trace, Fitted)
    return any(fit.images is not None and fit.images.part != "other" for fit in fits)


def split(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Look for another split than the lesson's before its training, and for one with no seed."""
    fit = lesson_fit(lesson, trace)
    images = None if fit is None else fit.images
    if is_other_data(lesson, trace):
        return
    splits, part = of_type(trace, SplitMade), None if images is None else images.part
    wanted = _in_words(lesson.split.test_size, lesson.split.random_state)
    wrong = [one for one in splits if not is_lessons_split(lesson, one)]
    blamed = [one for one in wrong if one.random_state is None and one.source == "train"]
    if not blamed and part not in ("train", "validation"):  # these are parts of a right split
        blamed = [one for one in splits_before(trace, fit) if one in wrong][-1:]
    for one in blamed[:1]:
        message = f"The images are split otherwise than in the lesson. Give {wanted}."
        yield Problem(one.cell, one.line, message, wanted, _observed(one))
    if not splits and part != "train" and not cut_short(trace, cells):
        message = f"The training images are not split. Call train_test_split() with {wanted}."
        yield Problem(None, None, message + skipped(trace), wanted, "no split")


def _in_words(test_size: object, random_state: object) -> str:
    return f"test_size={test_size}, random_state={random_state}"


def _observed(one: SplitMade) -> str:
    words = [_in_words(one.test_size, one.random_state)]
    words += [] if one.train_size is None else [f"train_size={one.train_size}"]
    words += [f"parts of {' and '.join(f'{size:,}' for size in one.sizes[:2])}"]
    words += [] if one.shuffle else ["shuffle=False"]
    words += ["stratify"] if one.stratified else []
    words += {"train": [], "test": ["of the test images"], "other": ["of other images"]}[one.source]
    return ", ".join(words)


def training(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Look for a fit of the lesson's network."""
    if lesson_fit(lesson, trace) is None and not cut_short(trace, cells):
        trained = [describe_network(fit.network) for fit in of_type(trace, Fitted)]
        message = "The lesson's network is never trained. Compile one of its models and call fit()."
        observed = "only others: " + "; ".join(trained) if trained else "no fit"
        yield Problem(None, None, message + skipped(trace), "fit of the network", observed)


def validation_part(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Look for validation on other images than those that were held back."""
    fit = lesson_fit(lesson, trace)
    images = None if fit is None else fit.validation
    if fit is not None and images is not None and images.part in ("train", "whole", "test"):
        message = f"The validation data are {PARTS[images.part]}. Give the part held back for it."
        yield Problem(fit.cell, fit.line, message, PARTS["validation"], PARTS[images.part])


def accuracy_rises(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Compare the first accuracy with the last; of a whole training, also with the lesson's."""
    fit = lesson_fit(lesson, trace)
    if fit is None or problems(lesson, trace, fit):
        return  # what is wrong with it explains its accuracy
    for metric in lesson.compile.metrics:
        values = next((fit.history[one] for one in same_metric(metric) if one in fit.history), ())
        low = lesson.result.training_accuracy
        remedy = "Look for a callback or an initializer that stops the learning."
        observed = " ".join(f"{value:.3f}" for value in values)
        if values and fit.epochs > 1 and not values[-1] > values[0]:
            message = f"The {metric} of the training does not rise. {remedy}"
            yield Problem(fit.cell, fit.line, message, "a rise", observed)
        elif values and not fit.shortened and metric == "accuracy" and not values[-1] >= low:
            message = f"The whole training reaches less than the lesson's {metric}. {remedy}"
            yield Problem(fit.cell, fit.line, message, f"at least {low}", observed)


def stops_early(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Look for a callback that ended the lesson's training before its last epoch."""
    fit = lesson_fit(lesson, trace)
    if fit is not None and fit.stopped is not None:
        message = (
            "A callback ended the training early, at least on the gate's few images. "
            "Leave it out, so that every reader sees all epochs."
        )
        yield Problem(fit.cell, fit.line, message, f"{fit.epochs} epochs", f"{fit.stopped}")


def retrained(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Look for training that goes on from old weights under a new compile."""
    for fit in of_type(trace, Fitted):
        if fit.earlier_fits and fit.recompiled:
            message = (
                "The model is compiled again, but training goes on from its old weights, "
                "so that its accuracy is not a fresh one. Build the model again before."
            )
            observed = f"trained {fit.earlier_fits} time(s) before"
            yield Problem(fit.cell, fit.line, message, "fresh weights", observed)


def never_fitted(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Look for a compile that no fit used and that would have made it raise."""
    used = {fit.compiled for fit in of_type(trace, Fitted)}
    for index, event in enumerate(trace.events):
        if isinstance(event, Compiled) and event.unknown and index not in used:
            observed = ", ".join(event.unknown)
            message = f"Keras does not know {observed}: fit() would raise. Correct its spelling."
            yield Problem(event.cell, event.line, message, "names that Keras knows", observed)


LOOKS: dict[str, Look] = {
    "data-set": data_set,
    "split": split,
    "training": training,
    "validation-part": validation_part,
    "accuracy-rises": accuracy_rises,
    "stops-early": stops_early,
    "retrained": retrained,
    "never-fitted": never_fitted,
}
