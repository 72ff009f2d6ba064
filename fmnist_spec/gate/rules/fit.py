"""Rules on the training of the lesson: the images, labels and settings that fit() was given."""

from collections.abc import Iterator

from fmnist_spec._compat import DEFAULT_BATCH_SIZE
from fmnist_spec.gate.catalogue import phrase
from fmnist_spec.gate.events import Evaluated, Event, Fitted, Images, Predicted, SplitMade
from fmnist_spec.gate.evidence import Evidence, rule
from fmnist_spec.gate.finding import Finding


def _used(evidence: Evidence) -> Iterator[tuple[Event, str, Images]]:
    """Give the images that the trained model was shown, with the event and the call."""
    fit = evidence.fit
    if evidence.other_data:
        return
    if fit.images is not None:
        yield fit, "fit()", fit.images
    if fit.validation is not None:
        yield fit, "validation_data", fit.validation
    for event in evidence.events(Evaluated):
        if event.model == fit.model and event.images is not None:
            yield event, "evaluate()", event.images
    for shown in evidence.events(Predicted):
        known = evidence.images.words(shown.images).part != "other"
        if shown.model == fit.model and shown.images and known:
            yield shown, "predict()", shown.images


@rule("scaling", recognises=True)
def scaling(evidence: Evidence) -> Iterator[Finding]:
    for event, call, images in _used(evidence):
        # What is evaluated may be the author's own pictures; those of the lesson are known.
        is_fit = event is evidence.fit
        how = evidence.images.words(images).scaling
        if how in ("raw", "twice") or (how == "other" and is_fit):
            seen = f"{how}: {_rounded(images.minimum)} to {_rounded(images.maximum)}"
            yield evidence.finding("scaling", event, call=call, what=phrase(how), observed=seen)
            return


def _rounded(value: float | None) -> float | None:
    """Leave a number that people can read: 0.0039 of 0.00392156862745098."""
    return value if value is None or value == round(value, 4) else float(f"{value:.2g}")


@rule("pixel-order", recognises=True)
def pixel_order(evidence: Evidence) -> Iterator[Finding]:
    for event, call, images in _used(evidence):
        if evidence.images.words(images).order == "other":
            yield evidence.finding("pixel-order", event, call=call, shape=images.shape)
            return


@rule("training-part", recognises=True)
def training_part(evidence: Evidence) -> Iterator[Finding]:
    fit = evidence.fit
    if evidence.other_data:
        return
    part = evidence.images.words(fit.images).part
    if fit.images is None:
        says = "no-array"
    elif fit.steps_per_epoch not in (None, evidence.lesson.steps_per_epoch):
        says = "steps"
    elif part == "train" and fit.validation_split:
        says = "validation-split"
    elif part == "train" or _explained(evidence, fit.images):
        return
    else:
        says = "finding"
    yield evidence.finding(
        "training-part",
        fit,
        says=says,
        fit=fit,
        part=phrase(f"part-{part}"),
        size=fit.images.shape[0] if fit.images else 0,
    )


def _explained(evidence: Evidence, images: Images) -> bool:
    """Whether another rule says why these images are not the lesson's: scaling, order or split."""
    words = evidence.images.words(images)
    splits = evidence.before_training(SplitMade)
    if words.part == "whole":
        return not splits
    unknown = words.scaling != "lesson" or words.order == "other"
    wanted = evidence.lesson.split
    right = [evidence.images.is_lessons_split(one, wanted) for one in splits]
    return words.part == "other" and (unknown or not right or not all(right))


@rule("pairing", recognises=True)
def pairing(evidence: Evidence) -> Iterator[Finding]:
    fit = evidence.fit
    images, labels = (one and one[0] for one in (fit.images and fit.images.shape, fit.labels_shape))
    if images and labels and images != labels:  # a shortened training does not notice
        yield evidence.finding("pairing", fit, says="other-number", images=images, labels=labels)
        return
    wrong = next((where for where in _labelled(evidence, fit) if where[2] is False), None)
    if wrong is not None and not evidence.other_data:
        yield evidence.finding("pairing", wrong[0], call=wrong[1])


def _labelled(evidence: Evidence, fit: Fitted) -> Iterator[tuple[Event, str, bool | None]]:
    """Give where the trained model got labels, and whether they are those of the images."""
    paired = evidence.images.paired
    yield fit, "fit()", paired(fit.images, fit.paired)
    yield fit, "validation_data", paired(fit.validation, fit.validation_paired)
    for event in evidence.events(Evaluated):
        if event.model == fit.model:
            yield event, "evaluate()", paired(event.images, event.paired)


@rule("epochs", recognises=True)
def epochs(evidence: Evidence) -> Iterator[Finding]:
    fit = evidence.fit
    if fit.epochs - fit.initial_epoch != evidence.lesson.fit.epochs:
        first = phrase("without-first", fit=fit)
        yield evidence.finding("epochs", fit, observed=first if fit.initial_epoch else fit.epochs)


@rule("batch-size", recognises=True)
def batch_size(evidence: Evidence) -> Iterator[Finding]:
    fit, wanted = evidence.fit, evidence.lesson.fit
    if fit.images is None and fit.batch_size is None:
        return  # it comes in batches of its own, which were not seen
    batch_size = fit.batch_size or DEFAULT_BATCH_SIZE
    if batch_size != wanted.batch_size:
        says = "finding" if wanted.is_default else "not-default"
        yield evidence.finding("batch-size", fit, says=says, observed=batch_size)
