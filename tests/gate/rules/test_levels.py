"""How high an accuracy must be: said only of whole trainings on real images."""

from dataclasses import replace

import pytest
from notebooks import LESSON
from traces import FIT, expect, judge_trace, swap, trace

LEAST = LESSON.result.training_accuracy
LOW = replace(FIT, history={"accuracy": (0.3, 0.4, 0.5)}, shortened=False)


@pytest.mark.parametrize(
    ("sample_only", "shortened", "rules"),
    [(False, False, ["accuracy-rises"]), (True, False, []), (False, True, [])],
    ids=["whole", "on the sample, or on images that were made", "shortened"],
)
def test_a_low_accuracy_is_told_of_a_whole_training_on_real_images(
    sample_only: bool, shortened: bool, rules: list[str]
) -> None:
    """Others reach other levels, so that it rises is all that is asked."""
    events = swap(FIT, replace(LOW, shortened=shortened))
    expect(trace(*events, full=not shortened, sample_only=sample_only), *rules)


ENDS = {
    "just there": ((0.5, LEAST), []),
    "below, after it was there": ((0.5, 0.9, LEAST - 0.001), ["accuracy-rises"]),
    "there, after it was below": ((0.5, 0.6, LEAST), []),
}


@pytest.mark.parametrize(("accuracies", "rules"), ENDS.values(), ids=ENDS)
def test_the_last_epoch_has_the_level(accuracies: tuple[float, ...], rules: list[str]) -> None:
    """Of a whole training, whatever an epoch before it has."""
    fit = replace(FIT, history={"accuracy": accuracies}, shortened=False)
    expect(trace(*swap(FIT, fit), full=True), *rules)


@pytest.mark.parametrize(("shortened", "rules"), [(True, set()), (False, {"accuracy-rises"})])
def test_a_short_training_may_learn_before_its_accuracy_rises(
    shortened: bool, rules: set[str]
) -> None:
    """A slow optimizer lowers the loss first: that is enough in the few steps of a short run."""
    slow = {"accuracy": (0.1, 0.1), "loss": (2.4, 2.3)}
    told = judge_trace(trace(*swap(FIT, replace(FIT, history=slow, shortened=shortened))))
    assert {one.rule for one in told} == rules


def test_what_lowers_neither_learns_nothing() -> None:
    """The loss must fall, too, where the accuracy stays."""
    still = {"accuracy": (0.1, 0.1), "loss": (2.3, 2.29999)}
    told = judge_trace(trace(*swap(FIT, replace(FIT, history=still, shortened=True))))
    assert {one.rule for one in told} == {"accuracy-rises"}
