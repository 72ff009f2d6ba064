"""Run cases that change different parts of one notebook together: a run of it takes seconds.

What of a case is not as it should be in company is run alone, and that counts. With --thorough,
all are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from notebooks import OUTPUTS, Parts, check_all, write

from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.finding import Result

# What ends a run hides what comes after it.
ALONE = frozenset({"cell-raises", "run-ended", "refused"})


@dataclass(frozen=True)
class Trial:
    """A notebook in a folder, the notebook that it is an edit of, and what makes it right.

    ``rules`` are those that should speak; ``fails`` says whether the notebook then fails.
    """

    key: str
    folder: Path
    parts: Parts
    base: Parts
    rules: frozenset[str]
    fails: bool
    is_right: Callable[[Result], bool]

    @cached_property
    def changed(self) -> frozenset[str]:
        """The parts of which anything is changed; none, if it can't be joined with others."""
        own, whole = _blocks(self.parts), _blocks(self.base)
        if self.rules & ALONE or own.keys() - whole.keys():
            return frozenset()
        return frozenset(name for name in whole if own.get(name) != whole[name])

    def may_join(self, group: "list[Trial]") -> bool:
        """Whether it changes other parts than these, and other rules speak of it."""
        first = group[0]
        alike = (self.folder, self.base, self.fails) == (first.folder, first.base, first.fails)
        apart = not any(self.changed & one.changed or self.rules & one.rules for one in group)
        return alike and apart and bool(self.changed and first.changed)


class Tried(NamedTuple):
    """What was found of a case, and all that was found in the notebook that it ran in."""

    result: Result
    whole: Result


def try_all(
    checker: Checker, trials: Iterable[Trial], *, one_by_one: bool = False
) -> dict[str, Tried]:
    """Run all, together where they may be, and alone what is not right then."""
    groups: list[list[Trial]] = []
    for one in sorted(trials, key=lambda trial: -len(trial.changed)):
        group = next((group for group in groups if one.may_join(group)), None)
        if group is None or one_by_one:
            groups.append([one])
        else:
            group.append(one)
    tried = _try(checker, groups, "together")
    together = (one for group in groups if len(group) > 1 for one in group)
    wrong = [[one] for one in together if not one.is_right(tried[one.key].result)]
    return {**tried, **_try(checker, wrong, "again")}


def _try(checker: Checker, groups: list[list[Trial]], name: str) -> dict[str, Tried]:
    files = [
        write(group[0].folder / f"{name}-{at}.ipynb", _joined(group))
        for at, group in enumerate(groups)
    ]
    ran = [*zip(groups, check_all(checker, files), strict=True)]
    return {one.key: Tried(_own(one, group, whole), whole) for group, whole in ran for one in group}


def _joined(group: list[Trial]) -> Parts:
    """Make all changes in one notebook."""
    if len(group) == 1:
        return group[0].parts
    blocks = _blocks(group[0].base)
    for one in group:
        own = _blocks(one.parts)
        blocks.update({name: own.get(name, {}) for name in one.changed})
    return {name: source for block in blocks.values() for name, source in block.items()}


def _own(trial: Trial, group: list[Trial], whole: Result) -> Result:
    """Leave out what the rules of the others say."""
    others = {rule for one in group if one is not trial for rule in one.rules} - trial.rules
    return replace(whole, findings=tuple(one for one in whole.findings if one.rule not in others))


def _blocks(parts: Parts) -> dict[str, Parts]:
    """Put to each part what is added behind it, and what is stored below its cells."""
    blocks: dict[str, Parts] = {}
    for name, source in parts.items():
        part = name.partition(" +")[0]
        part = part[:-2] if part[-2:] in OUTPUTS else part
        blocks.setdefault(part, {})[name] = source
    return blocks
