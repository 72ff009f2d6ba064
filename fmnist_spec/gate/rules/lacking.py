"""Rules on what was not run, or only in part, since it is not to be had where the gate runs."""

from collections.abc import Iterator

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
    told: set[object] = set()
    for event in _left_out(evidence):
        if event.why in ("shell", "tensorboard"):
            why = phrase(event.why)
            yield evidence.finding("not-run", event, says="line", text=event.text, why=why)
        elif (root := _first_cause(evidence, event)).why in ("shell", "tensorboard") and _is_first(
            evidence, event, told
        ):
            yield _stopped(evidence, "not-run", event, root)


@rule("not-installed", decided="file")
def not_installed(evidence: Evidence) -> Iterator[Finding]:
    told = set()
    for event in evidence.events(LeftOut):
        package = event.detail
        if event.why == "package" and package not in told:
            told.add(package)
            install = TO_INSTALL.get(package, package.replace("_", "-"))
            yield evidence.finding(
                "not-installed",
                event,
                package=package,
                text=event.text,
                install=install,
            )


@rule("colab", decided="file")
def colab(evidence: Evidence) -> Iterator[Finding]:
    told: set[object] = set()
    for event in _left_out(evidence):
        root = _first_cause(evidence, event)
        if event.why in ("content", "written"):
            if event.detail not in told:
                told.add(event.detail)
                yield evidence.finding("colab", event, says=event.why, path=event.detail)
        elif event.why == "colab":
            says = {"google.colab": "stand-in", "files.upload()": "upload"}
            key = says.get(event.detail, "line")
            yield evidence.finding("colab", event, says=key, severity="note", text=event.text)
        elif event is not root and root.why == "colab" and _is_first(evidence, event, told):
            yield _stopped(evidence, "colab", event, root)


def _left_out(evidence: Evidence) -> list[LeftOut]:
    """Give what was left out, but for that in cells of which nothing was run."""
    skipped = {run.cell for run in evidence.trace.cells if run.status == "skipped"}
    return [event for event in evidence.events(LeftOut) if event.cell not in skipped]


def _first_cause(evidence: Evidence, event: LeftOut) -> LeftOut:
    """Give the first of those that one follows from; itself, if it follows from none."""
    events, at = evidence.trace.events, evidence.trace.events.index(event)
    while event.cause is not None and 0 <= event.cause < at:  # a notebook may tell of a circle
        at, before = event.cause, events[event.cause]
        if not isinstance(before, LeftOut):
            break
        event = before
    return event


def _is_first(evidence: Evidence, event: LeftOut, told: set[object]) -> bool:
    """Whether a reader does not know of this yet: it hangs on the root, by a new name or file."""
    key = (event.cause, event.detail)
    direct = evidence.trace.events[event.cause or 0] is _first_cause(evidence, event)
    is_first = direct and key not in told
    told.add(key)
    return is_first


def _stopped(evidence: Evidence, id: str, event: LeftOut, root: LeftOut) -> Finding:
    place = evidence.cells[root.cell].place(root.line)
    what, text = event.detail, root.text
    return evidence.finding(id, event, says="follows", what=what, text=text, place=place)
