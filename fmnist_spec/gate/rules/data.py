"""Rules on the data: the data set, its split, and what the training is validated on."""

from collections.abc import Sequence
from typing import Any

from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.events import DataLoaded, Fitted, SplitMade
from fmnist_spec.gate.evidence import Evidence, Findings, rule
from fmnist_spec.language import listed
from fmnist_spec.settings import Split

SAME = 0.01  # of the images to validate on, so many may be in the data set twice


@rule("data-set", decided=lambda evidence: bool(evidence.events(DataLoaded)))
def data_set(evidence: Evidence) -> Findings:
    loaded, other = evidence.events(DataLoaded), evidence.other_data
    if other is not None:
        yield evidence.finding("data-set", other, observed=other.dataset)
    elif not loaded and not evidence.cut_short:
        parts = {evidence.images.words(fit.images).part for fit in evidence.events(Fitted)}
        if parts <= {"other"}:  # else they were loaded in a way of the author's
            yield evidence.finding("data-set", None, says="nothing", observed=phrase("none"))


@rule("split", decided="training")
def split(evidence: Evidence) -> Findings:
    fit, wanted = evidence.training, evidence.lesson.split
    if wanted is None or evidence.other_data:
        return
    if wanted.held_back and fit is not None:
        yield from _slices(evidence, fit)
    elif not wanted.held_back:
        yield from _drawn(evidence, fit, wanted)


def _slices(evidence: Evidence, fit: Fitted) -> Findings:
    """Look whether the parts are the first and the last images, with none in both or in neither."""
    drawn = next(iter(evidence.before(fit, SplitMade)), None)
    for call, images in (("fit()", fit.images), ("validation_data", fit.validation)):
        words = evidence.images.words(images)
        # Another rule tells of images that are of no part, and of those of a wrong one.
        wrong = ("other", "whole") if images is fit.images else ("other",)
        if images and images.content and words.part in wrong and words.order == "lesson":
            told = {"size": images.count, "part": phrase(f"part-{words.part}"), "call": call}
            observed = phrase("part-of", **told)
            yield evidence.finding("split", drawn or fit, observed=observed)
            return


def _drawn(evidence: Evidence, fit: Fitted | None, wanted: Split) -> Findings:
    splits = evidence.events(SplitMade)
    part = evidence.images.words(fit.images if fit else None).part
    wrong = [one for one in splits if not evidence.images.is_lessons_split(one, wanted)]
    before = [one for one in evidence.before(fit, SplitMade) if one in wrong]
    if part in ("train", "validation"):  # parts of a right split, so these are of other sections
        yield from _of_other_sections(evidence, wrong)
    elif before:
        of_train = [one for one in before if _is_of_train(evidence, one)]
        unseeded = (one for one in of_train if one.random_state is None)
        blamed = next(unseeded, before[-1])
        same = blamed.sizes[:2] == (wanted.train, wanted.validation)
        observed, no_cause_of = _observed(evidence, blamed), ("stored-log",) * same
        yield evidence.finding("split", blamed, observed=observed, no_cause_of=no_cause_of)
    if not splits and part != "train" and not evidence.cut_short:
        yield evidence.finding("split", None, says="nothing")


def _of_other_sections(evidence: Evidence, wrong: Sequence[SplitMade]) -> Findings:
    """Warn of other splits of the training images; images and labels split alike are one."""
    told: dict[object, SplitMade] = {}
    for one in wrong:
        if _is_of_train(evidence, one):
            asked = one.test_size, one.train_size, one.random_state, one.shuffle, one.stratified
            told.setdefault((one.cell, asked), one)
    for one in told.values():
        how: dict[str, Any] = {"says": "further", "severity": "warning"}
        how |= {"observed": _observed(evidence, one), "no_cause_of": ("training-part",)}
        yield evidence.finding("split", one, **how)


def _is_of_train(evidence: Evidence, one: SplitMade) -> bool:
    """Whether all images to train on were split, or those of their number that nobody knows."""
    (source, _), data = evidence.images.split(one), evidence.lesson.data
    loaded = [event.dataset for event in evidence.before(one, DataLoaded)]
    unknown = one.whole is None and sum(one.sizes[:2]) == data.train_images
    return source == "train" or (source == "other" and unknown and loaded[-1:] == [data.dataset])


def _observed(evidence: Evidence, one: SplitMade) -> Phrase:
    source, _ = evidence.images.split(one)
    train_size = "" if one.train_size is None else f", train_size={one.train_size}"
    options = ", shuffle=False" * (not one.shuffle) + ", stratify" * one.stratified
    of = "" if source == "train" else phrase(f"of-{source}")
    sizes = listed(f"{size:,}" for size in one.sizes[:2])
    return phrase("asked", split=one, train_size=train_size, sizes=sizes, options=options, of=of)


@rule("validation-part", decided="training")
def validation_part(evidence: Evidence) -> Findings:
    fit = evidence.training
    part = evidence.images.words(fit.validation if fit else None).part
    own = ("whole", "test") if evidence.lesson.split else ()  # without a split: the test images
    if part in ("train", *own):
        yield evidence.finding("validation-part", fit, observed=phrase(f"part-{part}"))
    elif part == "other" and fit and fit.validation and fit.shared > SAME * fit.validation.count:
        observed = phrase("part-shared", shared=fit.shared, size=fit.validation.count)
        yield evidence.finding("validation-part", fit, observed=observed)
