"""The rule on what the gate does not allow: told once, whether a cell raised by it or not."""

import errno
import re
from collections.abc import Iterator
from typing import Any

from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.confine.refusals import REMEDY
from fmnist_spec.gate.events import LeftOut, Refused
from fmnist_spec.gate.evidence import Evidence, rule
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.trace import CellError, CellRun

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
    for run in evidence.raised:
        error = run.error or CellError("Exception", "", None)
        if found := refusal(evidence, run):
            kind, tried = found
            told |= {tried, *(_tried(event) for event in _beside(evidence, run.cell, error))}
            rest = unreached(evidence)
            values = {**_words(kind, tried), "type": error.type, "rest": rest}
            yield evidence.finding("refused", run.cell, line=error.line, **values)
    on_colab = [one for one in evidence.events(LeftOut) if one.why in ("content", "written")]
    colabs = {(one.cell, one.line) for one in on_colab}  # the rule on Colab tells them
    for event in evidence.events(Refused):
        if (event.cell, event.line) in colabs and event.what == "write":
            continue
        if (tried := _tried(event)) not in told:
            told.add(tried)
            values = _words(event.what, tried)
            yield evidence.finding("refused", event, says="caught", severity="warning", **values)


def unreached(evidence: Evidence) -> Phrase | str:
    """Say that cells below did not run; nothing if there are none."""
    left = any(run.status == "not reached" for run in evidence.trace.cells)
    return phrase("not-judged") if left else ""


def refusal(evidence: Evidence, run: CellRun) -> tuple[str, str] | None:
    """Say what kind of thing was refused so that a cell raised, and what it was; None: nothing."""
    error = run.error or CellError("Exception", "", None)
    for pattern, kind in BY_THE_KERNEL.items():
        if re.search(pattern, error.message, re.DOTALL):
            return kind, error.message.strip().splitlines()[-1]
    events = [event for event in evidence.events(Refused) if event.cell == run.cell]
    if events and (own := OWN.search(error.message)):
        # Each kind is told once a cell: the second file is none of these.
        kinds = [event.what for event in events if event.detail == own[1]] or [events[-1].what]
        return kinds[0], f"{kinds[0]}: {own[1]}"
    beside = _beside(evidence, run.cell, error)
    return (beside[-1].what, _tried(beside[-1])) if beside else None


def _beside(evidence: Evidence, cell: int, error: CellError) -> list[Refused]:
    """Give what was refused in the very line that raised: a library may raise its own error."""
    place = (cell, error.line)
    return [one for one in evidence.events(Refused) if one.line and (one.cell, one.line) == place]


def _tried(event: Refused) -> str:
    return f"{event.what}: {event.detail}"


def _words(kind: str, tried: str) -> dict[str, Any]:
    return {"what": phrase(kind), "remedy": phrase(f"{kind}-remedy"), "observed": tried}
