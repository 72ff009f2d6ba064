"""Rules on what was not run, or was refused: it is not to be had, or not allowed, in the gate."""

import errno
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from fmnist_spec.gate.catalogue import Severity, phrase
from fmnist_spec.gate.confine.refusals import READ, REMEDY
from fmnist_spec.gate.events import LeftOut, Refused
from fmnist_spec.gate.evidence import Evidence, Findings, rule
from fmnist_spec.gate.trace import CellError
from fmnist_spec.language import say

# What to install for a package, where the name that is imported does not say it.
TO_INSTALL = {
    **{"cv2": "opencv-python", "PIL": "pillow", "skimage": "scikit-image", "yaml": "pyyaml"},
    **{"sklearn": "scikit-learn", "bs4": "beautifulsoup4", "umap": "umap-learn"},
    **{"imblearn": "imbalanced-learn", "dateutil": "python-dateutil", "fitz": "pymupdf"},
}
# The rule that tells of something left out, by the reason.
RULE_OF = {
    **{"shell": "not-run", "tensorboard": "not-run", "package": "not-installed"},
    **{"colab": "colab", "content": "colab", "written": "colab"},
}
LINES = ("shell", "tensorboard", "colab")  # each is told, and what misses its names or files
STAND_INS = {"google.colab": "stand-in", "files.upload()": "upload"}
# What native code says where the kernel refuses, and what that was. Python's own words for a file
# that this user may not read name it at their end: that is not the gate's doing.
BY_THE_KERNEL = {
    r"Resource temporarily unavailable": "process",
    r"Operation not permitted": "call",
    r"/.*Permission denied.*\[Op:(?:ReadFile|IteratorGetNext)": "elsewhere",
    r"/.*Permission denied(?!: )": "write",
    r"Permission denied$": "native",
}
OWN = re.compile(rf"\[Errno {errno.EACCES}\] (.*?): {REMEDY}", re.DOTALL)  # what the gate says


@rule("not-run", decided="file")
def not_run(evidence: Evidence) -> Findings:
    for run in evidence.trace.cells:
        if run.status == "skipped":
            yield evidence.finding("not-run", run.cell, reason=run.reason)
    yield from _left_out(evidence, "not-run")


def _left_out(evidence: Evidence, id: str) -> Findings:
    """Tell what was left out, and what follows at once from a line that was: each thing once.

    What follows from that tells a reader nothing new.
    """
    told = set[object]()
    for event, root in _with_roots(evidence):
        key = event if event.why in LINES else (event.cause, event.detail)
        if RULE_OF.get(root.why) != id or key in told:
            continue
        told.add(key)
        if root is event:
            says = STAND_INS.get(event.detail, event.why)
            install = TO_INSTALL.get(event.detail, event.detail.replace("_", "-"))
            severity: Severity = "note" if event.why == "colab" else "error"
            yield evidence.finding(id, event, says=says, severity=severity, install=install)
        elif root.why in LINES:
            place = evidence.cells[root.cell].place(root.line)
            yield evidence.finding(id, event, says="follows", text=root.text, place=place)


def _with_roots(evidence: Evidence) -> Iterator[tuple[LeftOut, LeftOut]]:
    """Give what was left out in cells that were not skipped, and what each follows from."""
    skipped = {run.cell for run in evidence.trace.cells if run.status == "skipped"}
    events = {at: one for at, one in enumerate(evidence.trace.events) if isinstance(one, LeftOut)}
    for event in events.values():
        root = event if event.cause is None else events.get(event.cause)
        if root is not None and event.cell not in skipped:
            yield event, root


for id in ("not-installed", "colab"):
    rule(id, decided="file")(partial(_left_out, id=id))


@rule("refused", decided="run")
def refused(evidence: Evidence) -> Findings:
    told: set[str] = set()
    for cell, error in evidence.raised.items():
        if found := refusal(evidence, cell, error):
            told |= {found[1], *(event.tried for event in _beside(evidence, cell, error))}
            values = {**_words(*found), "type": error.type}
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
    not_served = re.escape(say("run.not-served")) + "$"  # as load_data() says here
    for pattern, kind in {**BY_THE_KERNEL, not_served: "network"}.items():
        if re.search(pattern, error.message, re.DOTALL):
            return kind, error.message.strip().splitlines()[-1]
    own = OWN.search(error.message)
    if own and own[1].startswith(READ):
        return "elsewhere", own[1]
    events = [event for event in evidence.events(Refused) if event.cell == cell]
    if events and own:
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
