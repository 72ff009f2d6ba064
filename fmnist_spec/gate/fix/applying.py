"""A course file's text with edits in its cells, and the notebook that it then is."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from fmnist_spec.gate.finding import Edit
from fmnist_spec.gate.fix import json_text, lines
from fmnist_spec.gate.fix.json_text import FixError
from fmnist_spec.gate.notebook import Cell, Notebook, NotebookError, notebook_of
from fmnist_spec.language import say


class Text(NamedTuple):
    """What a file has: its text, but for a mark at its beginning, and that as a notebook."""

    text: str
    notebook: Notebook


def read(path: Path, text: str) -> Text:
    """Read a text as read_notebook() reads a file. Raises NotebookError."""
    return Text(text, notebook_of(path, text.replace("\r\n", "\n")))


def edited(old: Text, edits: Sequence[Edit]) -> Text | str:
    """Edit the cells of a notebook and nothing else; or say why that is not possible."""
    cells, path = old.notebook.cells, old.notebook.path
    try:
        if path.suffix == ".ipynb":
            text = json_text.edited(old.text, edits)
        else:
            text = lines.edited(old.text, cells, edits)
        new = read(path, text)
    except (FixError, NotebookError) as error:
        return str(error)
    wanted = zip(cells, sources(cells, edits), strict=True)
    kept = [(cell.type, cell.tags, source) for cell, source in wanted]
    found = [(cell.type, cell.tags, cell.source) for cell in new.notebook.cells]
    return new if found == kept else say("fix.unlike")


def sources(cells: Sequence[Cell], edits: Sequence[Edit]) -> list[str]:
    """Give the sources of cells with edits in them."""
    found = [cell.source for cell in cells]
    for one in sorted(edits, key=lambda one: one.start, reverse=True):
        if one.of == ("source",):
            source = found[one.cell]
            found[one.cell] = source[: one.start] + one.new + source[one.end :]
    return found
