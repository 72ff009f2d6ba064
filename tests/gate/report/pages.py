"""Results with notebooks on disk, as a report gets them that shows their cells."""

import base64
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from notebooks import LESSON
from traces import FIT, HIDDEN, LIST, NETWORK, built, swap, trace

from fmnist_spec.gate.catalogue import Severity
from fmnist_spec.gate.events import Fitted, Pictures
from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.gate.notebook import read_notebook
from fmnist_spec.gate.report.html import as_html
from fmnist_spec.gate.report.html.excerpt import excerpt, marks_of

V4: Any = nbformat.v4
IMAGES = np.zeros((8, 28, 28), np.uint8)
IMAGES[:, 4:12, 8:20] = np.linspace(40, 255, 8, dtype=np.uint8)[:, None, None]
TOLD = Pictures(8, 28, 28, 0.0, 1.0, base64.b64encode(IMAGES.tobytes()).decode())
HISTORY = {"accuracy": (0.6, 0.7, 0.8), "loss": (1.0, 0.9, 0.8), "val_accuracy": (0.5, 0.6, 0.7)}
TRAINED = replace(FIT, pictures=TOLD, history=HISTORY)
SMALLER = replace(NETWORK, layers=(replace(HIDDEN, units=64), NETWORK.layers[1]))
EVENTS = swap(LIST, built(0, "list", SMALLER))
PLOT = (  # a PNG of 2 x 1 pixels
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR4nGNg+A8AAQIBAEK+vGgAAAAASUVORK5CYII="
)


def code(source: str, *outputs: Any) -> Any:
    return V4.new_code_cell(source, execution_count=1, outputs=[*outputs])


def printed(text: str) -> Any:
    return V4.new_output("stream", name="stdout", text=text)


def showing(**data: str) -> Any:
    """Make an output of kinds of data, such as image_png."""
    return V4.new_output(
        "display_data", {kind.replace("_", "/"): one for kind, one in data.items()}
    )


def finding(cell: int | None, line: int = 1, severity: Severity = "error") -> Finding:
    told = {"lesson": LESSON, "observed": "7"}
    return Finding("epochs", severity, cell, line, "finding", told, line)


def result(
    folder: Path, *cells: Any, name: str = "07_2", found: Any = (), room: int = 100_000, **more: Any
) -> Result:
    """Write cells to a notebook and give the result of its run, with what a page shows of it."""
    path = folder / f"{name}.ipynb"
    nbformat.write(V4.new_notebook(cells=[*cells] or [code("1")]), path)
    notebook = read_notebook(path)
    shown = excerpt(notebook, marks_of(found), room)
    told: dict[str, Any] = {"verdict": "fail" if found else "pass", "findings": (*found,)}
    plain = Result(path, seconds=1.0, notebook=notebook, shown=shown, lesson=LESSON, **told)
    return replace(plain, lesson_files=("lesson.toml",), **more)


def run_of(fit: Fitted = TRAINED) -> Any:
    """Give what a run showed that built a smaller network first, and trained the lesson's."""
    events = tuple(replace(one, cell=0) for one in (*EVENTS[:-1], fit))
    return trace(*events)


def page(*results: Result) -> str:
    return as_html(LESSON, ("lesson.toml",), results)


class Read(HTMLParser):
    """What a browser would find on a page: tags with their attributes, and the text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """Give the attributes of the tags of a kind, with these values."""
        found = (attributes for name, attributes in self.tags if name == tag)
        return [one for one in found if wanted.items() <= one.items()]
