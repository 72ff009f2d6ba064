"""What is said of a text without a run: no run of any notebook around it would make it untrue."""

import re
from collections.abc import Iterator

import pytest
from labelled import GROUPS, RAN, Observed, cell, judged, judged_of
from sampling import few

from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.trace import NOT_RUN

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
WRITTEN_OUT = ("units", "activation", "parameters")  # each of a hidden and of the output layer
IN_DATA = ("training images", "validation images", "test images", "steps")
OTHERS = ("parameters", "trainable parameters", "non-trainable parameters", "total parameters")
OTHERS += ("random_state", "epochs", "batch size")


def numbers_of(text: str) -> frozenset[float | str]:
    """Give what a run might have shown so that a text is true: its own numbers and functions."""
    found = {float(one.replace(",", "")) for one in NUMBER.findall(text)}
    return frozenset[float | str](found | {"relu", "tanh", "softmax", "sigmoid"})


def runs_of(numbers: frozenset[float | str]) -> Iterator[Observed]:
    """Give what runs of notebooks may have shown: the lesson alone, or all that a text says."""
    terms = [f"{layer} {noun}" for layer in ("hidden", "output") for noun in WRITTEN_OUT]
    yield RAN
    yield dict.fromkeys((*terms, *OTHERS, *IN_DATA), numbers)


def said(findings: list[Finding]) -> set[tuple[str, str, str]]:
    return {(one.rule, one.severity, one.observed) for one in findings}


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_said_without_a_run_any_run_says(group: str) -> None:
    """Where the source does not write out what is built, and where it does but for the data."""
    for one in few(judged_of(group), 6):
        text, numbers = cell(one.text), numbers_of(one.text)
        if unseen := said(judged(text, None, NOT_RUN)):
            runs = [said(judged(text, observed)) for observed in runs_of(numbers)]
            assert all(unseen <= run for run in runs), (one.text, unseen, runs)
        if told := said(judged(text, RAN, NOT_RUN)):
            assert told <= said(judged(text, dict.fromkeys(IN_DATA, numbers))), one.text


def test_much_is_said_without_a_run() -> None:
    """Of the labelled sentences of our own that are errors, most do not depend on the data."""
    errors = few(one for one in judged_of("by-crc") if one.said == "error")
    shown = [one for one in errors if said(judged(cell(one.text), RAN, NOT_RUN))]
    assert len(shown) > len(errors) / 2 > 10, f"{len(shown)} of {len(errors)}"
