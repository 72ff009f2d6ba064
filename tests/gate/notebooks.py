"""Notebooks for the tests, built in code: a sound one from its parts, and what varies it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from fmnist_spec.gate.notebook import Cell

HIDDEN = "a-text-that-no-notebook-may-see"
Run = Callable[..., Any]  # of the fixture of that name
Parts = dict[str, str]
Change = Callable[[Parts], Parts]

SOUND: Parts = {
    "title": "# 두 개의 층으로 패션 분류하기",
    "load": "from tensorflow import keras\n"
    "(train_input, train_target), (test_input, test_target) = "
    "keras.datasets.fashion_mnist.load_data()",
    "prepare": "from sklearn.model_selection import train_test_split\n"
    "train_scaled = train_input / 255.0\n"
    "train_scaled = train_scaled.reshape(-1, 28*28)",
    "split": "train_scaled, val_scaled, train_target, val_target = train_test_split(\n"
    "    train_scaled, train_target, test_size=0.2, random_state=42)",
    "list": "dense1 = keras.layers.Dense(100, activation='sigmoid', input_shape=(784,))\n"
    "dense2 = keras.layers.Dense(10, activation='softmax')\n"
    "model = keras.Sequential([dense1, dense2])",
    "list summary": "model.summary()",
    "named": "model = keras.Sequential([\n"
    "    keras.layers.Dense(100, activation='sigmoid', input_shape=(784,), name='hidden'),\n"
    "    keras.layers.Dense(10, activation='softmax', name='output')\n"
    "], name='패션 MNIST 모델')",
    "named summary": "model.summary()",
    "add": "model = keras.Sequential()\n"
    "model.add(keras.layers.Dense(100, activation='sigmoid', input_shape=(784,)))\n"
    "model.add(keras.layers.Dense(10, activation='softmax'))",
    "add summary": "model.summary()",
    "compile": "model.compile(loss='sparse_categorical_crossentropy', metrics=['accuracy'])",
    "fit": "history = model.fit(train_scaled, train_target, epochs=5, verbose=0)",
}


def edit(part: str, old: str, new: str) -> Change:
    """Replace a text of one part, wherever it stands there; it must stand there."""

    def change(parts: Parts) -> Parts:
        assert old in parts[part], f"{old!r} does not stand in part {part!r}"
        return {**parts, part: parts[part].replace(old, new)}

    return change


def edit_all(old: str, new: str) -> Change:
    """Replace a text in all parts."""

    def change(parts: Parts) -> Parts:
        assert any(old in source for source in parts.values()), f"{old!r} stands nowhere"
        return {name: source.replace(old, new) for name, source in parts.items()}

    return change


def rewrite(part: str, source: str) -> Change:
    """Write a part anew."""
    return lambda parts: {**parts, part: source}


def drop(*names: str) -> Change:
    """Leave parts out."""
    return lambda parts: {name: one for name, one in parts.items() if name not in names}


def after(part: str, *sources: str) -> Change:
    """Add cells after a part."""

    def change(parts: Parts) -> Parts:
        new: Parts = {}
        for name, source in parts.items():
            new[name] = source
            if name == part:
                new.update({f"{part} +{at}": one for at, one in enumerate(sources)})
        return new

    return change


def join(*names: str) -> Change:
    """Put parts into the cell of the first of them."""

    def change(parts: Parts) -> Parts:
        first, *others = names
        joined = "\n".join(parts[name] for name in names)
        return {
            name: joined if name == first else source
            for name, source in parts.items()
            if name not in others
        }

    return change


def build(*changes: Change, parts: Parts = SOUND) -> Parts:
    """Vary the sound notebook; what is given stays as it is."""
    parts = dict(parts)
    for change in changes:
        parts = change(parts)
    return parts


def as_notebook(parts: Parts) -> nbformat.NotebookNode:
    """Make a notebook of parts: titles are text, and "# raises" gives a cell its tag."""
    cells = []
    for name, source in parts.items():
        make = nbformat.v4.new_markdown_cell if name == "title" else nbformat.v4.new_code_cell
        tags = {"tags": ["raises-exception"]} if source.startswith("# raises") else {}
        cells.append(make(source, metadata=tags))
    return nbformat.v4.new_notebook(cells=cells)


def write(path: Path, parts: Parts = SOUND) -> Path:
    """Write the parts as an .ipynb file."""
    nbformat.write(as_notebook(parts), path)
    return path


def as_cells(*sources: str, tags: dict[int, str] | None = None) -> list[Cell]:
    """Make code cells; ``tags`` gives cells a tag, by their index."""
    tagged = {at: frozenset([tag]) for at, tag in (tags or {}).items()}
    lines = [tuple(range(1, source.count("\n") + 2)) for source in sources]
    return [
        Cell(at, "code", source, lines[at], tagged.get(at, frozenset()))
        for at, source in enumerate(sources)
    ]
