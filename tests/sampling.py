"""A share of those cases of a table of which each takes seconds; with --thorough, all of them."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Case = TypeVar("Case")
is_thorough = False  # conftest.py sets it before it collects


def few(
    cases: Iterable[Case], share: int = 8, of: Callable[[Case], Hashable] = lambda case: None
) -> list[Case]:
    """Give one case in so many of each group, and at least its first.

    ``of`` tells the group of a case, such as the rule that it is about.
    """
    groups: dict[Hashable, list[Case]] = {}
    for case in cases:
        groups.setdefault(of(case), []).append(case)
    return [one for group in groups.values() for one in group[:: 1 if is_thorough else share]]
