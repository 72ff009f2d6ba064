"""Rules on the training of the lesson: the images, labels and settings that fit() was given."""

from collections.abc import Iterator
from typing import Any

from fmnist_spec._compat import DEFAULT_BATCH_SIZE
from fmnist_spec.gate.catalogue import phrase
from fmnist_spec.gate.compare.terms import steps_of
from fmnist_spec.gate.events import Evaluated, Event, Images, Predicted, SplitMade
from fmnist_spec.gate.evidence import Evidence, Findings, rule


def _shown(evidence: Evidence) -> Iterator[tuple[Event, str, Images | None]]:
    """Give what the trained model was shown: the event, the call, and the images."""
    fit = evidence.fit
    if evidence.other_data:
        return
    yield fit, "fit()", fit.images
    yield fit, "validation_data", fit.validation
    for event in evidence.events(Evaluated):
        if event.model == fit.model:
            yield event, "evaluate()", event.images
    for shown in evidence.events(Predicted):
        if shown.model == fit.model and evidence.images.words(shown.images).part != "other":
            yield shown, "predict()", shown.images


@rule("scaling", recognises=True)
def scaling(evidence: Evidence) -> Findings:
    for event, call, images in _shown(evidence):
        # What is evaluated may be the author's own pictures; those of the lesson are known.
        is_fit = event is evidence.fit
        how = evidence.images.words(images).scaling
        if images and (how in ("raw", "twice") or (how == "other" and is_fit)):
            low, high = _rounded(images.minimum), _rounded(images.maximum)
            seen = phrase("seen", how=phrase(f"seen-{how}"), low=low, high=high)
            yield evidence.finding("scaling", event, call=call, what=phrase(how), observed=seen)
            return


def _rounded(value: float | None) -> float | None:
    """Leave a number that people can read: 0.0039 of 0.00392156862745098."""
    return value if value is None or value == round(value, 4) else float(f"{value:.2g}")


@rule("pixel-order", recognises=True)
def pixel_order(evidence: Evidence) -> Findings:
    for event, call, images in _shown(evidence):
        if images and evidence.images.words(images).order == "other":
            yield evidence.finding("pixel-order", event, call=call, shape=images.shape)
            return


@rule("training-part", recognises=True)
def training_part(evidence: Evidence) -> Findings:
    fit = evidence.fit
    if evidence.other_data:
        return
    part, lesson = evidence.images.words(fit.images).part, evidence.lesson
    steps = lesson.steps_per_epoch or steps_of(fit)
    if fit.images is None:
        says = "no-array"
    elif fit.steps_per_epoch not in (None, steps):
        says = "steps"
    elif part == "train" and fit.validation_split != lesson.fit.validation_split:
        says = "other-validation-split" if lesson.fit.validation_split else "validation-split"
    elif part == "train" or _explained(evidence, fit.images):
        return
    else:
        says = "finding"
    yield evidence.finding(
        "training-part",
        fit,
        says=says,
        steps=steps,
        part=phrase(f"part-{part}"),
        remedy=phrase("remedy" + "-whole" * (not lesson.split), images=lesson.train_images),
        size=fit.images.count if fit.images else 0,
    )


def _explained(evidence: Evidence, images: Images) -> bool:
    """Whether another rule says why these images are not the lesson's: scaling, order or split."""
    words, wanted = evidence.images.words(images), evidence.lesson.split
    if words.part == "other" and (words.scaling != "lesson" or words.order == "other"):
        return True
    if wanted is None or words.part not in ("other", "whole"):
        return False
    if wanted.held_back:
        return images.content is not None
    splits = evidence.before(evidence.fit, SplitMade)
    right = [evidence.images.is_lessons_split(one, wanted) for one in splits]
    return not splits if words.part == "whole" else not (right and all(right))


@rule("pairing", recognises=True)
def pairing(evidence: Evidence) -> Findings:
    given = evidence.fit.images
    if given and given.shape and given.labels not in (None, given.shape[0]):
        # a shortened training does not notice
        told: dict[str, Any] = {"images": given.shape[0], "labels": given.labels}
        yield evidence.finding("pairing", evidence.fit, says="other-number", **told)
        return
    for event, call, images in _shown(evidence):
        if evidence.images.paired(images) is False:
            yield evidence.finding("pairing", event, call=call)
            return


@rule("epochs", recognises=True)
def epochs(evidence: Evidence) -> Findings:
    fit = evidence.fit
    if fit.epochs - fit.initial_epoch != evidence.lesson.fit.epochs:
        first = phrase("without-first", fit=fit)
        yield evidence.finding("epochs", fit, observed=first if fit.initial_epoch else fit.epochs)


@rule("batch-size", recognises=True)
def batch_size(evidence: Evidence) -> Findings:
    fit, lessons = evidence.fit, evidence.lesson.fit
    if fit.images is None and fit.batch_size is None:
        return  # it comes in batches of its own, which were not seen
    found, wanted = fit.batch_size or DEFAULT_BATCH_SIZE, lessons.batch_size
    if wanted not in (None, found):
        says = "finding" if lessons.is_default else "not-default"
        yield evidence.finding("batch-size", fit, says=says, expected=wanted, observed=found)
