"""The rule on stored training logs: Keras's progress lines are those of the cell's fit."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import Any

from fmnist_spec._compat import DEFAULT_BATCH_SIZE
from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.compare.terms import images_of, same_metric, steps_of
from fmnist_spec.gate.events import Fitted
from fmnist_spec.gate.evidence import Evidence, Findings, without_run
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.stored.place import (
    Piece,
    Place,
    matched,
    places,
    reuses_weights,
    stored_rule,
)
from fmnist_spec.gate.stored.progress import Log, read_logs
from fmnist_spec.gate.stored.refreshing import trained
from fmnist_spec.gate.trace import LONGEST_OUTPUT
from fmnist_spec.lesson import Lesson

# Measured: eight trainings of the lesson without a seed, two on each of TensorFlow 2.8, 2.15, 2.16
# and 2.21, begin at a training accuracy of 0.805 to 0.810 and end at 0.8775 to 0.8797; five epochs
# more begin at 0.8825 and end at 0.8962. Keras 3.0 to 3.10 shows up to 0.01 more or less on the
# last line of an epoch, and on that of the first up to 0.06 less. The lesson's least is 0.86.
DISPLAY = 0.01
SEEDS = 0.01  # four times the largest difference seen
ABOVE = 0.04  # the most that a first training reaches above the lesson's least
MORE = 0.05  # what five epochs more, and again five, add to that at the most
WOBBLE = {"accuracy": -0.02, "loss": 0.05}  # how far one epoch may go the wrong way

# Layers that learn nothing else than Dense ones do.
PLAIN = {"Dense", "Flatten", "Reshape", "Dropout", "Activation", "Rescaling", "InputLayer"}

# Keras's callbacks that may end a training, and the author's own; but only after a whole line: what
# stops within an epoch (TerminateOnNaN) lets Keras show all steps of it as done.
STOPPING = {"EarlyStopping", "LambdaCallback", "TerminateOnNaN", "?"}
CAUGHT = re.compile(r"\bexcept\b")  # an error that interrupts the training, but is not stored

SHARES = (0.2, 0.25, 0.1, 0.15, 0.3)  # of a split: scikit-learn's default, and usual ones
BATCHES = (16, 64, 128, 256, 512, 1024, 10, 50, 100, 200, 500, 1000, 1)


@stored_rule("stored-log")
def logs(place: Place) -> Iterator[Piece]:
    """Hold each stored log against the fits of the cell."""
    stored, fits = read_logs(place.stored.text), place.events(Fitted)
    for log, given in matched(stored, fits):
        if len(stored) != len(fits) and _is_the_authors(place, log, fits):
            yield ()
        elif given:
            yield min((_judged(place, log, fit) for fit in given), key=len)
        elif len(place.ran.text) >= LONGEST_OUTPUT:
            yield phrase("left-log")
        else:
            yield place.without_source("stored-log", "training-log", "fit")


@without_run("stored-log")
def lengths(evidence: Evidence) -> Findings:
    """Hold the length of stored logs against fits that the code writes out."""
    for place in places(evidence):
        stored, fits = read_logs(place.stored.text), evidence.source.fits(place.cell.index)
        if fits == []:
            yield from (place.of_nothing("stored-log", "training-log") for _ in stored)
        for log, fit in zip(
            stored, fits if fits and len(fits) == len(stored) else (), strict=False
        ):
            for one in _wrong_length(place, log, fit):
                yield evidence.finding("stored-log", fit, **one)


def _is_the_authors(place: Place, log: Log, fits: Sequence[Fitted]) -> bool:
    """Whether a loop of the author's may have printed a log: the run did, and no fit, like it."""
    printed = read_logs(place.ran.text)
    if log[-1].of not in {one[-1].of for one in printed}:
        return False
    kerass = {fit.epochs for fit in fits}
    kerass |= {fit.initial_epoch + len(values) for fit in fits for values in fit.history.values()}
    bare = not any(epoch.line.count or epoch.cut for epoch in log)
    more = len(printed) > sum(fit.epochs > 1 for fit in fits)  # Keras numbers no single epoch
    return bare or more or log[-1].of not in kerass


def _judged(place: Place, log: Log, fit: Fitted) -> tuple[Finding, ...]:
    evidence = place.evidence
    wrong = [*_wrong_length(place, log, fit)]
    if not wrong and evidence.is_lessons_training(fit):
        history = fit.history if evidence.trained_wholly else {}
        wrong += _wrong_values(evidence.lesson, log, history)
    elif not wrong and _begins_afresh(evidence, fit):
        wrong += _wrong_beginning(evidence.lesson, log)
    edits = trained(place) if wrong else ()
    return tuple(evidence.finding("stored-log", fit, edits=edits, **one) for one in wrong)


Wrong = Iterator[dict[str, Any]]  # what a finding is made of


def _wrong_length(place: Place, log: Log, fit: Fitted) -> Wrong:
    """Compare the number of epochs, and the steps of each, with what the fit asks for."""
    last, code = log[-1], place.evidence.notebook.code
    # A stored error, such as KeyboardInterrupt, is told by its own rule.
    interrupted = place.stored.errors or CAUGHT.search(place.cell.source)
    stops = STOPPING.intersection(fit.callbacks) or fit.stopped or "stop_training" in code
    begun = not last.line.count and any(epoch.line.count for epoch in log)
    if last.of != fit.epochs:
        yield {"says": "other-epochs", "epochs": fit.epochs, "found": last.of}
    elif not interrupted and (last.cut or (last.number != last.of and (begun or not stops))):
        yield {"says": "early-end", "epochs": last.of, "found": last.number}
    shows = {name for epoch in log for name in epoch.line.values if name.startswith("val_")}
    if shows and "validation" not in code:
        yield {"says": "validation", "observed": ", ".join(sorted(shows))}
    if "steps_per_epoch" not in code:
        yield from _wrong_steps(place.evidence.lesson, log, fit)


def _wrong_steps(lesson: Lesson, log: Log, fit: Fitted) -> Wrong:
    """Look for an epoch with other steps than the fit has; an older Keras counts its images."""
    steps, images = steps_of(fit), images_of(fit)
    lines = [one.line for one in log if one.line.count]
    found = next((one.count for one in lines if not one.counts(steps, images)), None)
    if images and steps and found is not None:
        size = None if found == images else dict(reversed(_sizes(lesson))).get(found)
        told = {"says": "other-images" if size else "other-steps", "found": found, "steps": steps}
        yield {**told, "images": images, "why": size or _whose_steps(lesson, found, images)}


def _sizes(lesson: Lesson) -> list[tuple[int, Phrase]]:
    """Name the splits that train on so many images: the likeliest first."""
    whole, part = lesson.data.train_images, lesson.train_images
    named = [(part, phrase("lessons-split"))] if lesson.split else []
    named.append((whole, phrase("all-images", size=whole)))
    held = [(whole - ceil(whole * one), phrase("share-held-back", share=one)) for one in SHARES]
    split = [(int(part * (1 - one)), phrase("validation-split", share=one)) for one in SHARES]
    return [*named, *held, *split]


def _whose_steps(lesson: Lesson, steps: int, own: int) -> Phrase:
    """Name the split, or the batch size of so many images, that gives so many steps."""
    batch = lesson.fit.batch_size or DEFAULT_BATCH_SIZE
    named = [(ceil(images / batch), words) for images, words in _sizes(lesson)]
    named += [(ceil(own / size), phrase("batch-size", size=size)) for size in BATCHES]
    return dict(reversed(named)).get(steps, phrase("another-split"))


def _wrong_values(lesson: Lesson, log: Log, history: Mapping[str, Sequence[float]]) -> Wrong:
    """Look at a log of the lesson's training: the accuracy rises into its range, the loss falls."""
    accuracies, losses = _values(log, same_metric("accuracy")), _values(log, {"loss"})
    is_whole = len(accuracies) == log[-1].of == lesson.fit.epochs
    least = lesson.result.training_accuracy
    if is_whole and least and min(accuracies) >= least and accuracies[-1] <= least + ABOVE + MORE:
        yield from _wrong_beginning(lesson, log)
        return
    for what, values in {"accuracy": accuracies, "loss": losses}.items():
        if len(values) > 1 and not _goes(values, WOBBLE[what]):
            yield {"says": what, "observed": _list(values)}
        elif what == "accuracy" and is_whole:
            names = same_metric("accuracy") & history.keys()
            final = [history[name][-1] for name in names]
            keras_3 = any(epoch.line.keras_3 for epoch in log)
            yield from _wrong_level(lesson, values, final, keras_3)


def _values(log: Log, names: set[str]) -> list[float]:
    lines = [epoch.line for epoch in log]
    return [line.values[name] for line in lines for name in names & line.values.keys()]


def _goes(values: Sequence[float], wobble: float) -> bool:
    """Whether values go up (or down, for a positive wobble), but for the wobble."""
    rising = values[::-1] if wobble > 0 else values
    steps = [after - before for before, after in pairwise(rising)]
    return rising[-1] > rising[0] and min(steps) >= -abs(wobble)


def _wrong_level(
    lesson: Lesson, values: Sequence[float], final: Sequence[float], keras_3: bool
) -> Wrong:
    least, last = lesson.result.training_accuracy, values[-1]
    low, high, tolerance = least - DISPLAY, least + ABOVE, SEEDS + DISPLAY * keras_3
    if least and not low <= last <= high:
        yield {"says": "other-level", "low": low, "high": high, "observed": _list(values)}
    elif any(abs(last - one) > tolerance for one in final):
        expected = f"{final[0]:.4f} ± {tolerance:.2f}"
        yield {"says": "other-run", "expected": expected, "observed": f"{last:.4f}"}


def _begins_afresh(evidence: Evidence, fit: Fitted) -> bool:
    """Whether a network of Dense layers is trained on the data for the first time.

    In its first epoch such a network, however wide, does not reach what the lesson ends with.
    """
    images, layers = fit.images, fit.network.layers
    own = images and images.dataset == evidence.lesson.data.dataset and images.paired
    plain = all(one.type in PLAIN for one in layers)
    first = not (fit.earlier_fits or fit.initial_epoch or reuses_weights(evidence, fit))
    return bool(own and plain and first)


def _wrong_beginning(lesson: Lesson, log: Log) -> Wrong:
    values, least = _values(log, same_metric("accuracy")), lesson.result.training_accuracy
    if values and least and log[0].number == 1 and least <= values[0] < 1:
        yield {"says": "twice", "severity": "warning", "least": least, "observed": _list(values)}


def _list(values: Sequence[float]) -> str:
    return " ".join(f"{value:.4f}" for value in values)
