"""Rules on what was not run, or only in part, since it is not to be had where the gate runs."""

from collections.abc import Iterator
from typing import Any

from fmnist_spec.gate.catalogue import phrase
from fmnist_spec.gate.events import LeftOut
from fmnist_spec.gate.evidence import Evidence, rule
from fmnist_spec.gate.finding import Finding

# What to install for a package, where the name that is imported does not say it.
TO_INSTALL = {
    **{"cv2": "opencv-python", "PIL": "pillow", "skimage": "scikit-image", "yaml": "pyyaml"},
    **{"sklearn": "scikit-learn", "bs4": "beautifulsoup4", "umap": "umap-learn"},
    **{"imblearn": "imbalanced-learn", "dateutil": "python-dateutil", "fitz": "pymupdf"},
}


@rule("not-run", decided="file")
def not_run(evidence: Evidence) -> Iterator[Finding]:
    for run in evidence.trace.cells:
        if run.status == "skipped":
            yield evidence.finding("not-run", run.cell, reason=run.reason)
    for event in _left_out(evidence):
        if event.why in ("shell", "tensorboard"):
            why = phrase(event.why)
            yield evidence.finding("not-run", event, says="line", text=event.text, why=why)
    yield from _following(evidence, "not-run", "shell", "tensorboard")


@rule("not-installed", decided="file")
def not_installed(evidence: Evidence) -> Iterator[Finding]:
    told = set()
    for event in evidence.events(LeftOut):
        package = event.detail
        if event.why == "package" and package not in told:
            told.add(package)
            name = TO_INSTALL.get(package, package.replace("_", "-"))
            told_of: dict[str, Any] = {"package": package, "install": name, "text": event.text}
            yield evidence.finding("not-installed", event, **told_of)


@rule("colab", decided="file")
def colab(evidence: Evidence) -> Iterator[Finding]:
    told = set()
    for event in _left_out(evidence):
        if event.why in ("content", "written") and event.detail not in told:
            told.add(event.detail)
            yield evidence.finding("colab", event, says=event.why, path=event.detail)
        elif event.why == "colab":
            says = {"google.colab": "stand-in", "files.upload()": "upload"}
            key = says.get(event.detail, "line")
            yield evidence.finding("colab", event, says=key, severity="note", text=event.text)
    yield from _following(evidence, "colab", "colab")


def _left_out(evidence: Evidence) -> list[LeftOut]:
    """Give what was left out, but for that in cells of which nothing was run."""
    skipped = {run.cell for run in evidence.trace.cells if run.status == "skipped"}
    return [event for event in evidence.events(LeftOut) if event.cell not in skipped]


def _following(evidence: Evidence, id: str, *why: str) -> Iterator[Finding]:
    """Tell what follows at once from what was left out for such a reason, each name or file once.

    What follows from that tells a reader nothing new.
    """
    events, told = dict(enumerate(evidence.trace.events)), set()
    for event in _left_out(evidence):
        key = event.cause, event.detail
        root = None if event.cause is None else events.get(event.cause)
        if isinstance(root, LeftOut) and root.why in why and key not in told:
            told.add(key)
            place = evidence.cells[root.cell].place(root.line)
            what, text = event.detail, root.text
            yield evidence.finding(id, event, says="follows", what=what, text=text, place=place)
