"""What is read, told or judged cannot be changed afterwards: many parts hold the same object."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

import fmnist_spec

pytestmark = pytest.mark.once
# What is kept while something goes on.
STATES = {
    "Call",
    "ChildProcess",
    "Folder",
    "Mender",
    "Originals",
    "Plan",
    "RunProgress",
    "WrittenLayer",
    "WrittenModel",
    "_Mending",
    "_ModelState",
}


def records() -> Iterator[type]:
    """Give the dataclasses of all modules of the package."""
    for module in pkgutil.walk_packages(fmnist_spec.__path__, "fmnist_spec."):
        members = vars(importlib.import_module(module.name)).values()
        classes = [one for one in members if inspect.isclass(one) and is_dataclass(one)]
        yield from (one for one in classes if one.__module__ == module.name and fields(one))


def can_change(record: type) -> bool:
    """Try to change the first field of an object."""
    one = object.__new__(record)
    try:
        setattr(one, fields(record)[0].name, None)
    except FrozenInstanceError:
        return False
    return True


def test_no_record_can_be_changed_but_what_is_a_state() -> None:
    """A new one that has to change belongs into the list above."""
    assert {one.__name__ for one in records() if can_change(one)} == STATES
