"""The rule on stored training logs: Keras's progress lines are those of the cell's fit."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.compare.terms import same_metric, steps_of
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.stored.place import EPOCH, Piece, Place, matched, stored_rule
from fmnist_spec.gate.trace import LONGEST_OUTPUT, Fitted
from fmnist_spec.lesson import Lesson
from fmnist_spec.printed import ANSI

# Measured: eight trainings of the lesson without a seed, two on each of TensorFlow 2.8, 2.15, 2.16
# and 2.21, begin at a training accuracy of 0.805 to 0.810 and end at 0.8775 to 0.8797; five epochs
# more begin at 0.8825 and end at 0.8962. Keras 3.0 to 3.10 shows up to 0.01 more or less on the
# last line of an epoch, and on that of the first up to 0.06 less. The lesson's least is 0.86.
DISPLAY = 0.01
SEEDS = 0.01  # four times the largest difference seen
ABOVE = 0.04  # the most that a first training reaches above the lesson's least
MORE = 0.02  # what five epochs more add to that, at the most
WOBBLE = {"accuracy": -0.02, "loss": 0.05}  # how far one epoch may go the wrong way

PROGRESS = re.compile(r" *(\d{1,9})/(\d{1,9}) ")
METRIC = re.compile(r" - (\w+): (\d+(?:\.\d+)?(?:e[+-]?\d+)?|nan|inf)(?![\w.])")

LINES = 100  # below a header among which the epoch's own line is looked for
SHARES = (0.25, 0.1, 0.15, 0.3)  # of a split: scikit-learn's default, then usual ones
BATCHES = (16, 64, 128, 256, 512, 1024, 10, 50, 100, 200, 500, 1000, 1)


@dataclass(frozen=True)
class Epoch:
    """One epoch as a log shows it: ``steps`` None and no ``values`` where it shows no numbers."""

    number: int
    of: int
    steps: int | None = None
    values: Mapping[str, float] = field(default_factory=dict, hash=False)
    keras_3: bool = False
    cut: bool = False  # its progress ends before its last step


Log = tuple[Epoch, ...]


def read_logs(text: str) -> list[Log]:
    """Read every log in ``text``, of verbose=1 or 2 of any Keras, in order."""
    _, *pieces = EPOCH.split(text)  # number, number of all, and what stands below, in turn
    logs: list[list[Epoch]] = []
    for number, of, below in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        epoch = _epoch(int(number), int(of), below)
        if not logs or epoch.number <= logs[-1][-1].number or epoch.of != logs[-1][-1].of:
            logs.append([])
        logs[-1].append(epoch)
    return [tuple(log) for log in logs]


def _epoch(number: int, of: int, text: str) -> Epoch:
    """Read what stands below a header, up to the first line that shows all steps done."""
    cut = False
    for line in text.split("\n", LINES)[:LINES]:
        line_end = line.rstrip("\r\b ")  # what was printed over, as often as steps, is not read
        start = max(line_end.rfind("\r"), line_end.rfind("\b")) + 1
        shown = ANSI.sub("", line_end[start:])
        progress = PROGRESS.match(shown)
        if progress and progress[1] == progress[2]:
            values = {name: float(value) for name, value in METRIC.findall(shown)}
            steps = None if "/sample" in shown else int(progress[2])  # TF 2.0 counts images
            return Epoch(number, of, steps, values, "━" in shown)
        cut = cut or bool(progress)
    return Epoch(number, of, cut=cut)


@stored_rule("stored-log")
def logs(place: Place) -> Iterator[Piece]:
    """Hold each stored log against the fits of the cell."""
    stored, fits = read_logs(place.stored.text), place.events(Fitted)
    own = {log[-1].of for log in read_logs(place.ran.text)}  # perhaps of the author's loop
    for log, given in matched(stored, fits):
        if len(stored) != len(fits) and log[-1].of in own:
            yield ()
        elif given:
            yield min((_judged(place, log, fit) for fit in given), key=len)
        elif len(place.ran.text) >= LONGEST_OUTPUT:
            yield "log"
        else:
            yield place.without_source("stored-log", "training log", "fit")


def _judged(place: Place, log: Log, fit: Fitted) -> tuple[Finding, ...]:
    evidence = place.evidence
    wrong = [*_wrong_length(evidence.lesson, log, fit, evidence.code)]
    if not wrong and evidence.is_lessons_training(fit):
        history = fit.history if evidence.trained_wholly else {}
        wrong += _wrong_values(evidence.lesson, log, history)
    return tuple(
        place.finding("stored-log", line=fit.line, of_model=fit.model, **one) for one in wrong
    )


Wrong = Iterator[dict[str, Any]]  # what a finding is made of


def _wrong_length(lesson: Lesson, log: Log, fit: Fitted, code: str) -> Wrong:
    """Compare the number of epochs, and the steps of each, with what the fit asks for."""
    last = log[-1]
    may_stop = last.cut or "callback" in code or "stop_training" in code
    if last.of != fit.epochs:
        yield {"says": "other-epochs", "epochs": fit.epochs, "found": last.of}
    elif last.number != last.of and not may_stop:
        yield {"says": "early-end", "epochs": last.of, "found": last.number}
    shows = {name for epoch in log for name in epoch.values if name.startswith("val_")}
    if shows and "validation" not in code:
        yield {"says": "validation", "observed": ", ".join(sorted(shows))}
    steps = None if "steps_per_epoch" in code else steps_of(fit)
    found = next((one.steps for one in log if one.steps not in (None, steps)), None)
    if steps is not None and found is not None:
        why = _whose_steps(lesson, found, fit)
        yield {"says": "other-steps", "why": why, "steps": steps, "found": found}


def _whose_steps(lesson: Lesson, steps: int, fit: Fitted) -> Phrase:
    """Name the split or batch size that gives so many steps."""
    batch, whole, part = lesson.fit.batch_size, lesson.data.train_images, lesson.split.train
    sizes = {whole: phrase("all-images", size=whole), part: phrase("lessons-split")}
    for share in SHARES:
        sizes.setdefault(whole - math.ceil(whole * share), phrase("share-held-back", share=share))
    for share in (lesson.split.test_size, *SHARES):
        sizes.setdefault(int(part * (1 - share)), phrase("validation-split", share=share))
    own = part if fit.images is None else fit.images.shape[0]
    named = [(math.ceil(images / batch), words) for images, words in sizes.items()]
    named += [(math.ceil(own / size), phrase("batch-size", size=size)) for size in BATCHES]
    return dict(reversed(named)).get(steps, phrase("another-split"))


def _wrong_values(lesson: Lesson, log: Log, history: Mapping[str, Sequence[float]]) -> Wrong:
    """Look at a log of the lesson's training: the accuracy rises into its range, the loss falls."""
    names = same_metric("accuracy")
    for what, spellings in {"accuracy": names, "loss": {"loss"}}.items():
        values = [epoch.values[name] for epoch in log for name in spellings & epoch.values.keys()]
        if len(values) > 1 and not _goes(values, WOBBLE[what]):
            yield {"says": what, "observed": _list(values)}
        elif what == "accuracy" and len(values) == log[-1].of == lesson.fit.epochs:
            final = [values[-1] for name, values in history.items() if name in names]
            yield from _wrong_level(lesson, values, final, log[-1].keras_3)


def _goes(values: Sequence[float], wobble: float) -> bool:
    """Whether values go up (or down, for a positive wobble), but for the wobble."""
    sign = -1 if wobble > 0 else 1
    steps = [sign * (after - before) for before, after in pairwise(values)]
    return sign * (values[-1] - values[0]) > 0 and min(steps) >= -abs(wobble)


def _wrong_level(
    lesson: Lesson, values: Sequence[float], final: Sequence[float], keras_3: bool
) -> Wrong:
    least, last = lesson.result.training_accuracy, values[-1]
    low, high, tolerance = least - DISPLAY, least + ABOVE, SEEDS + DISPLAY * keras_3
    told = {"low": low, "high": high, "least": least, "observed": _list(values)}
    if values[0] >= least and last <= high + MORE:
        yield {"says": "twice", "severity": "warning", **told}
    elif not low <= last <= high:
        yield {"says": "other-level", **told}
    elif any(abs(last - one) > tolerance for one in final):
        expected = f"{final[0]:.4f} ± {tolerance:.2f}"
        yield {"says": "other-run", "expected": expected, "observed": f"{last:.4f}"}


def _list(values: Sequence[float]) -> str:
    return " ".join(f"{value:.4f}" for value in values)
