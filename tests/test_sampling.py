"""A share of the cases that take long: some of each group, the same ones each time, or all."""

import pytest
import sampling
from sampling import few

CASES = [f"{rule} {at}" for rule in ("split", "loss") for at in range(17)] + ["names 0"]


def rule_of(case):
    return case.partition(" ")[0]


@pytest.fixture(autouse=True)
def is_thorough(monkeypatch):
    monkeypatch.setattr(sampling, "is_thorough", False)


def test_each_group_gives_its_first_and_one_in_eight_after_it():
    """So no rule is left out, however few cases it has."""
    found = few(CASES, of=rule_of)
    assert found == ["split 0", "split 8", "split 16", "loss 0", "loss 8", "loss 16", "names 0"]


def test_without_groups_all_cases_are_one():
    assert few(range(10), 5) == [0, 5]


def test_a_thorough_run_tries_all(monkeypatch):
    monkeypatch.setattr(sampling, "is_thorough", True)
    assert few(CASES, of=rule_of) == CASES
