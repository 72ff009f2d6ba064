"""Which finding is named as the cause of another, and which cannot be it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from test_finding import LOG, RELU, SMALL, STORED, found_in, storing
from traces import FIT, LIST, LOADED, SPLIT, images, swap

from fmnist_spec.gate.events import Event, Network, Summarised
from fmnist_spec.gate.finding import Finding

CAUSE = "First correct the {} `{}` {}: it may be the cause."


def by_rule(found: Sequence[Finding]) -> dict[str, Finding]:
    return {one.rule: one for one in found}


def test_what_belongs_to_no_cell_comes_first() -> None:
    """What is missing in the whole notebook is told before the errors in its cells."""
    found = found_in(swap(LIST, events=swap(FIT, replace(FIT, epochs=7))))
    assert [(one.rule, one.cell) for one in found] == [("style-list", None), ("epochs", 6)]


def test_images_of_no_known_data_set_are_the_cause_of_those_trained_on() -> None:
    """Nothing was loaded, so what was trained on cannot be the lesson's part."""
    cause, other = found_in(swap(LOADED, events=swap(FIT, replace(FIT, images=images("other")))))
    assert (cause.rule, other.rule) == ("data-set", "training-part")
    assert other.message.endswith(CAUSE.format("error", "data-set", "above"))


BIASLESS = replace(
    SMALL, layers=(replace(SMALL.layers[0], units=100, use_bias=False), SMALL.layers[1])
)
OLD = storing(2, STORED.replace("78500", "78600"))


@pytest.mark.parametrize(
    ("network", "is_cause"),
    [(SMALL, True), (BIASLESS, True), (RELU, False)],
    ids=["units", "no bias", "an activation, which no summary shows"],
)
def test_a_network_is_why_a_summary_is_old_only_if_it_shows(
    network: Network, is_cause: bool
) -> None:
    """Who only changed the activation is not sent there."""
    shown = Summarised(2, 1, LIST.model, network)
    found = by_rule(found_in((*swap(LIST, replace(LIST, network=network)), shown), OLD))
    assert {"network", "stored-summary"} <= found.keys()
    told = CAUSE.format("error", "network", "above")
    assert (told in found["stored-summary"].message) == is_cause


def of_split(random_state: int, train: int) -> tuple[Event, ...]:
    """Give a run with another split, and a training on its part."""
    sizes = (train, 60_000 - train)
    other = replace(SPLIT, random_state=random_state, sizes=sizes, parts=(None, None))
    of_it = replace(FIT, images=images("other", shape=(train, 784)))
    return swap(FIT, of_it, events=swap(SPLIT, other))


@pytest.mark.parametrize(
    ("random_state", "train", "is_cause"), [(42, 42_000, True), (7, 48_000, False)]
)
def test_a_split_is_why_a_log_has_other_steps_only_if_its_sizes_differ(
    random_state: int, train: int, is_cause: bool
) -> None:
    """Another seed gives as many images, so the log was old before."""
    log = LOG.replace("1500/1500", "1407/1407")
    found = by_rule(found_in(of_split(random_state, train), storing(6, log)))
    assert {"split", "stored-log"} <= found.keys()
    told = CAUSE.format("error", "split", "above")
    assert (told in found["stored-log"].message) == is_cause
