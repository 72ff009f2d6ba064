"""A sound notebook that stores what it gave, and faults in it, in every form of a file."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.notebook import NOTEBOOK, read_notebook
from fmnist_spec.gate.trace import Trace

Document = dict[str, Any]
Text = tuple[str, str]  # what stands in the sound notebook, and the fault


def sound(checker: Checker) -> tuple[Document, Trace]:
    """Run the shipped notebook and store what it gave, but for what a training gives."""
    trace = checker.check(read_notebook(NOTEBOOK)).trace
    assert trace is not None
    document = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    for number, run in enumerate(trace.cells, 1):
        cell = document["cells"][run.cell]
        cell["execution_count"] = number
        texts = [one for one in run.outputs if one.get("name") == "stdout"]
        is_training = ".fit(" in "".join(cell["source"])
        cell["outputs"] = [] if is_training else [lines_of(one) for one in texts]
    return document, trace


def lines_of(output: Any) -> Any:
    """Store a text as Jupyter does: line by line."""
    return {**output, "text": output["text"].splitlines(keepends=True)}


def everywhere(value: Any, changes: list[Text]) -> Any:
    """Replace in all texts of a value."""
    if isinstance(value, dict):
        return {key: everywhere(one, changes) for key, one in value.items()}
    if isinstance(value, list):
        return [everywhere(one, changes) for one in value]
    for old, new in changes if isinstance(value, str) else ():
        value = value.replace(old, new)
    return value


def with_stale_outputs(document: Document) -> Document:
    """Store the first summary of another network, and another shape; count on."""
    found = copy.deepcopy(document)
    storing = [cell for cell in found["cells"] if cell.get("outputs")]
    shape, first = storing[1], storing[2]
    shape["outputs"] = everywhere(shape["outputs"], [("(48000, 784)", "(45000, 784)")])
    units = [("78,500", "95,400"), ("78500", "95400"), ("79,510", "96,410"), (" 100)", " 128)")]
    first["outputs"] = everywhere(first["outputs"], units)
    for at, cell in enumerate(cell for cell in found["cells"] if cell["cell_type"] == "code"):
        cell["execution_count"] += at + 4
    return found


def with_texts(document: Document, changes: list[Text]) -> Document:
    """Replace in the sources of all cells; each text must stand there."""
    found = copy.deepcopy(document)
    for cell in found["cells"]:
        cell["source"] = everywhere(cell["source"], changes)
    for change in changes:
        assert with_text(document, change), f"{change[0]!r} stands nowhere"
    return found


def with_text(document: Document, change: Text) -> bool:
    return any(change[0] in "".join(cell["source"]) for cell in document["cells"])


EQUATION = ("784 x 100 + 100", "785 x 100 + 100")
METRICS = ('metrics=["accuracy"]', 'metrics="accuracy"')
SHAPE = [
    ("[keras.Input(shape=(784,)), dense1", "[dense1"),
    (
        'dense1 = keras.layers.Dense(100, activation="sigmoid"',
        'dense1 = keras.layers.Dense(100, activation="sigmoid", input_shape=(784,)',
    ),
]


def sources_joined(document: Document) -> Document:
    """Store each source as one text, which is as right as a list of lines."""
    cells = [{**cell, "source": "".join(cell["source"])} for cell in document["cells"]]
    return {**document, "cells": cells}


def dumped(**how: Any) -> Callable[[Document], bytes]:
    return lambda document: (json.dumps(document, **{"indent": 1, **how}) + "\n").encode()


ODD = {"number": float("nan"), "half": "\ud83d", "slash": "a/b"}
FORMS: dict[str, Callable[[Document], bytes]] = {
    "as Jupyter writes it": dumped(ensure_ascii=False),
    "in ASCII": dumped(),
    "tabs": dumped(indent="\t", ensure_ascii=False),
    "one line": dumped(indent=None),
    "one line without blanks": dumped(indent=None, separators=(",", ":")),
    "carriage returns": lambda one: dumped()(one).replace(b"\n", b"\r\n"),
    "a byte order mark": lambda one: b"\xef\xbb\xbf" + dumped(ensure_ascii=False)(one),
    "no line at its end": lambda one: dumped()(one).rstrip(),
    "texts instead of lists": lambda one: dumped(ensure_ascii=False)(sources_joined(one)),
    "sorted keys": dumped(sort_keys=True),
    "NaN, half a pair and escapes": lambda one: dumped()({**one, "metadata": ODD}).replace(
        b"a/b", rb"a\/b"
    ),
}


def written(folder: Path, content: bytes) -> Path:
    file = folder / "07_2.ipynb"
    file.write_bytes(content)
    return file
