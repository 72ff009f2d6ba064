"""The rule on what the gate does not allow: told once, whether a cell raised by it or not."""

import errno
import re
from collections.abc import Iterator
from typing import Any

from fmnist_spec.gate.catalogue import phrase
from fmnist_spec.gate.confine.refusals import REMEDY
from fmnist_spec.gate.events import LeftOut, Refused
from fmnist_spec.gate.evidence import Evidence, rule
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.trace import CellError

# What native code says where the kernel refuses (load_data() where nothing is served), and what
# that was. Python's own words for a file that this user may not read name it at their end: that is
# not the gate's doing.
BY_THE_KERNEL = {
    r"Resource temporarily unavailable": "process",
    r"/.*Permission denied(?!: )": "write",
    r"Permission denied$": "native",
    r"without network, so this cannot be loaded$": "network",
}
OWN = re.compile(rf"\[Errno {errno.EACCES}\] (.*?): {REMEDY}", re.DOTALL)  # what the gate says


@rule("refused", decided="run")
def refused(evidence: Evidence) -> Iterator[Finding]:
    told: set[str] = set()
    for cell, error in evidence.raised.items():
        if found := refusal(evidence, cell, error):
            kind, tried = found
            told |= {tried, *(event.tried for event in _beside(evidence, cell, error))}
            values = {**_words(kind, tried), "type": error.type, "rest": evidence.unreached}
            yield evidence.finding("refused", cell, line=error.line, **values)
    on_colab = [one for one in evidence.events(LeftOut) if one.why in ("content", "written")]
    colabs = {("write", one.cell, one.line) for one in on_colab}  # the rule on Colab tells them
    for event in evidence.events(Refused):
        if event.tried not in told and (event.what, event.cell, event.line) not in colabs:
            told.add(event.tried)
            values = _words(event.what, event.tried)
            yield evidence.finding("refused", event, says="caught", severity="warning", **values)


def refusal(evidence: Evidence, cell: int, error: CellError) -> tuple[str, str] | None:
    """Say what kind of thing was refused so that a cell raised, and what it was; None: nothing."""
    for pattern, kind in BY_THE_KERNEL.items():
        if re.search(pattern, error.message, re.DOTALL):
            return kind, error.message.strip().splitlines()[-1]
    events = [event for event in evidence.events(Refused) if event.cell == cell]
    if events and (own := OWN.search(error.message)):
        # Each kind is told once a cell: the second file is none of these.
        kinds = [event.what for event in events if event.detail == own[1]] or [events[-1].what]
        return kinds[0], f"{kinds[0]}: {own[1]}"
    beside = _beside(evidence, cell, error)
    return (beside[-1].what, beside[-1].tried) if beside else None


def _beside(evidence: Evidence, cell: int, error: CellError) -> list[Refused]:
    """Give what was refused in the very line that raised: a library may raise its own error."""
    place = (cell, error.line)
    return [one for one in evidence.events(Refused) if one.line and (one.cell, one.line) == place]


def _words(kind: str, tried: str) -> dict[str, Any]:
    return {"what": phrase(kind), "remedy": phrase(f"{kind}-remedy"), "observed": tried}
