"""What corrections change, as a unified diff of the cells."""

from collections.abc import Iterator
from difflib import unified_diff

from fmnist_spec.files import relative
from fmnist_spec.gate.fix.fixing import Mended
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.stored.place import shown
from fmnist_spec.harmless import harmless
from fmnist_spec.language import say


def lines(mended: Mended) -> Iterator[str]:
    """Give a diff for each text of a cell that changes: its number, its source, its outputs."""
    cells = zip(mended.before.notebook.cells, mended.after.notebook.cells, strict=True)
    for pair in cells:
        for what in (_number, _source, _outputs):
            old, new = (what(one) for one in pair)
            title = f"{relative(mended.result.path)}: {old[0]}"
            texts = old[1].split("\n"), new[1].split("\n")
            yield from map(harmless, unified_diff(*texts, title, title, lineterm=""))


def _number(cell: Cell) -> tuple[str, str]:
    return cell.place(), f"In [{cell.execution_count}]"


def _source(cell: Cell) -> tuple[str, str]:
    return cell.place(), cell.source


def _outputs(cell: Cell) -> tuple[str, str]:
    return f"{cell.place()}, {say('fix.outputs')}", shown(cell.outputs).text
