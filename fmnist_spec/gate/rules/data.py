"""Rules on the data: the data set, its split, and what the training is validated on."""

from collections.abc import Iterator

from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.evidence import Evidence, rule
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.trace import DataLoaded, Fitted, SplitMade


@rule("data-set")
def data_set(evidence: Evidence) -> Iterator[Finding]:
    loaded = evidence.events(DataLoaded)
    if evidence.is_other_data:
        yield evidence.finding("data-set", loaded[0], observed=loaded[0].dataset)
    elif not loaded and not _known_images(evidence) and not evidence.cut_short:
        yield evidence.finding("data-set", None, says="nothing", skipped=evidence.skipped)


def _known_images(evidence: Evidence) -> bool:
    """Whether the lesson's images were used: then they were loaded in a way of the author's."""
    fits = evidence.events(Fitted)
    return any(evidence.images.words(fit.images).part != "other" for fit in fits)


@rule("split")
def split(evidence: Evidence) -> Iterator[Finding]:
    fit, splits = evidence.training, evidence.events(SplitMade)
    if evidence.is_other_data:
        return
    part = evidence.images.words(fit.images if fit else None).part
    wrong = [one for one in splits if not evidence.is_lessons_split(one)]
    of_train = [one for one in wrong if evidence.images.split(one)[0] == "train"]
    blamed = [one for one in of_train if one.random_state is None]
    if not blamed and part not in ("train", "validation"):  # these are parts of a right split
        blamed = [one for one in evidence.splits if one in wrong][-1:]
    for one in blamed[:1]:
        yield evidence.finding("split", one, observed=_observed(evidence, one))
    if not splits and part != "train" and not evidence.cut_short:
        yield evidence.finding("split", None, says="nothing", skipped=evidence.skipped)


def _observed(evidence: Evidence, one: SplitMade) -> Phrase:
    source, _ = evidence.images.split(one)
    train_size = "" if one.train_size is None else f", train_size={one.train_size}"
    options = ", shuffle=False" * (not one.shuffle) + ", stratify" * one.stratified
    of = "" if source == "train" else phrase(f"of-{source}")
    sizes = " and ".join(f"{size:,}" for size in one.sizes[:2])
    told = {"split": one, "train_size": train_size, "sizes": sizes}
    return phrase("asked", options=options, of=of, **told)


@rule("validation-part")
def validation_part(evidence: Evidence) -> Iterator[Finding]:
    fit = evidence.training
    part = evidence.images.words(fit.validation if fit else None).part
    if part in ("train", "whole", "test"):
        yield evidence.finding("validation-part", fit, observed=phrase(f"part-{part}"))
