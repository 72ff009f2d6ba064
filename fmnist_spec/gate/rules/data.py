"""Rules on the data: the data set, its split, and what the training is validated on."""

from collections.abc import Iterator, Sequence

from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.events import DataLoaded, Fitted, SplitMade
from fmnist_spec.gate.evidence import Evidence, rule
from fmnist_spec.gate.finding import Finding


@rule("data-set", decided=lambda evidence: bool(evidence.events(DataLoaded)))
def data_set(evidence: Evidence) -> Iterator[Finding]:
    loaded, other = evidence.events(DataLoaded), evidence.other_data
    if other is not None:
        yield evidence.finding("data-set", other, observed=other.dataset)
    elif not loaded and not _known_images(evidence) and not evidence.cut_short:
        yield evidence.finding("data-set", None, says="nothing", skipped=evidence.skipped)


def _known_images(evidence: Evidence) -> bool:
    """Whether the lesson's images were used: then they were loaded in a way of the author's."""
    fits = evidence.events(Fitted)
    return any(evidence.images.words(fit.images).part != "other" for fit in fits)


@rule("split", decided="training")
def split(evidence: Evidence) -> Iterator[Finding]:
    fit, splits, wanted = evidence.training, evidence.events(SplitMade), evidence.lesson.split
    if evidence.other_data:
        return
    part = evidence.images.words(fit.images if fit else None).part
    wrong = [one for one in splits if not evidence.images.is_lessons_split(one, wanted)]
    before = [one for one in evidence.before_training(SplitMade) if one in wrong]
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
        yield evidence.finding("split", None, says="nothing", skipped=evidence.skipped)


def _of_other_sections(evidence: Evidence, wrong: Sequence[SplitMade]) -> Iterator[Finding]:
    """Warn of other splits of the training images; images and labels split alike are one."""
    told: dict[object, SplitMade] = {}
    for one in wrong:
        if _is_of_train(evidence, one):
            asked = one.test_size, one.train_size, one.random_state, one.shuffle, one.stratified
            told.setdefault((one.cell, asked), one)
    for one in told.values():
        yield evidence.finding(
            "split",
            one,
            says="further",
            severity="warning",
            observed=_observed(evidence, one),
            no_cause_of=("training-part",),
        )


def _is_of_train(evidence: Evidence, one: SplitMade) -> bool:
    """Whether all images to train on were split, or those of their number that nobody knows."""
    (source, _), data, loaded = evidence.images.split(one), evidence.lesson.data, None
    for event in evidence.trace.events[: evidence.trace.events.index(one)]:
        loaded = event.dataset if isinstance(event, DataLoaded) else loaded
    unknown = one.whole is None and sum(one.sizes[:2]) == data.train_images
    return source == "train" or (source == "other" and unknown and loaded == data.dataset)


def _observed(evidence: Evidence, one: SplitMade) -> Phrase:
    source, _ = evidence.images.split(one)
    train_size = "" if one.train_size is None else f", train_size={one.train_size}"
    options = ", shuffle=False" * (not one.shuffle) + ", stratify" * one.stratified
    of = "" if source == "train" else phrase(f"of-{source}")
    sizes = " and ".join(f"{size:,}" for size in one.sizes[:2])
    told = {"split": one, "train_size": train_size, "sizes": sizes}
    return phrase("asked", options=options, of=of, **told)


@rule("validation-part", decided="training")
def validation_part(evidence: Evidence) -> Iterator[Finding]:
    fit = evidence.training
    part = evidence.images.words(fit.validation if fit else None).part
    if part in ("train", "whole", "test"):
        yield evidence.finding("validation-part", fit, observed=phrase(f"part-{part}"))
