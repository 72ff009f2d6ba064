"""The findings of two notebooks beside each other: which came, went and stay."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from fmnist_spec.gate.catalogue import sentence
from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.gate.report.overview import Told, one_line
from fmnist_spec.harmless import harmless


@dataclass(frozen=True)
class Matched:
    """The findings of a new notebook, and of those of an old one what is ``gone``.

    ``kept`` were there before; ``silenced`` are those that the new notebook silences, and the old
    one did not; ``outdated`` is text that was true of the old notebook's own code, and now is not.
    """

    new: tuple[Told, ...]
    gone: tuple[Told, ...]
    silenced: tuple[Told, ...]
    kept: tuple[Told, ...]
    outdated: tuple[Told, ...]


def _by_line(one: Told) -> tuple[Hashable, ...]:
    return one.rule, one.severity, one.finding and one.finding.says, one.marked


def _by_words(one: Told) -> tuple[Hashable, ...]:
    found = one.finding
    told = sentence(found.rule, found.says, found.values) if found else one.message
    return one.rule, one.severity, told


def _exactly(one: Told) -> tuple[Hashable, ...]:
    return *_by_line(one), *_by_words(one)


# By which two findings are one, the surest first. The line is what is marked, wherever its cell
# stands: a cell that is inserted changes none. If the line is edited, what is said may be the same.
KEYS: tuple[Callable[[Told], tuple[Hashable, ...]], ...] = (_exactly, _by_line, _by_words)


def matched(
    old: Result, new: Result, untrue: tuple[Iterable[Finding], Iterable[Finding]]
) -> Matched:
    """Match the findings of two notebooks, and what the text of each says falsely of its code."""
    gone, came, kept = _paired(_told(old, old.findings), _told(new, new.findings))
    _, silenced, _ = _paired(_told(old, old.silenced), _told(new, new.silenced))
    gone, _, _ = _paired(gone, silenced)
    told = {(one.cell, one.values.get("said")) for one in new.findings}
    now = [one for one in untrue[1] if (one.cell, one.values.get("said")) not in told]
    _, outdated, _ = _paired(_told(old, untrue[0]), _told(new, now))
    return Matched(tuple(came), tuple(gone), tuple(silenced), tuple(kept), tuple(outdated))


def _told(result: Result, findings: Iterable[Finding]) -> list[Told]:
    return [
        Told(result, one.rule, one.severity, harmless(one_line(one.message)), one)
        for one in findings
    ]


def _paired(old: Sequence[Told], new: Sequence[Told]) -> tuple[list[Told], list[Told], list[Told]]:
    """Give what of the old has no partner, what of the new has none, and what of the new has."""
    taken = set[int]()
    for key in KEYS:
        waiting = defaultdict[Hashable, list[Told]](list)
        for one in reversed(old):
            waiting[key(one)] += [one] * (id(one) not in taken)
        for two in new:
            if id(two) not in taken and waiting[key(two)]:
                taken |= {id(two), id(waiting[key(two)].pop())}
    left, rest = ([one for one in those if id(one) not in taken] for those in (old, new))
    return left, rest, [one for one in new if id(one) in taken]
