"""Edit the cells of jupytext's files, whose lines a cell's source has but for comment signs."""

from collections.abc import Iterable, Sequence

from fmnist_spec.gate.finding import Edit
from fmnist_spec.gate.fix.json_text import FixError
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.language import say


def edited(text: str, cells: Sequence[Cell], edits: Iterable[Edit]) -> str:
    """Edit lines of a file; every other byte stays. Raises FixError: a line is not the cell's."""
    lines, sources = text.split("\n"), {cell.index: cell.source for cell in cells}
    for edit in sorted(edits, key=lambda one: (one.cell, one.start), reverse=True):
        source = sources[edit.cell]
        if edit.of != ("source",) or source[edit.start : edit.end] != edit.old:
            raise FixError(say("fix.unlike"))
        _edit(lines, cells[edit.cell].lines, source, edit)
        sources[edit.cell] = source[: edit.start] + edit.new + source[edit.end :]
    return "\n".join(lines)


def _edit(lines: list[str], numbers: Sequence[int], source: str, edit: Edit) -> None:
    """Put an edit of a source, of which later ones are done, into the lines that it stands in."""
    begin = source.rfind("\n", 0, edit.start) + 1
    end = source.find("\n", edit.end)
    old, first = source[begin : len(source) if end < 0 else end], source.count("\n", 0, begin)
    new = source[begin : edit.start] + edit.new + source[edit.end : begin + len(old)]
    own, at = old.split("\n"), numbers[first] - 1
    around = [_around(*pair) for pair in zip(lines[at : at + len(own)], own, strict=True)]
    before, behind = around[0]
    lines[at : at + len(own)] = [f"{before}{one}{behind}" for one in new.split("\n")]


def _around(line: str, own: str) -> tuple[str, str]:
    """Give what stands before and behind a cell's own line in a line of its file."""
    before, found, behind = line.rpartition(own) if own.strip() else ("", "", "")
    if not found or before.strip(" \t#") or behind.strip():
        raise FixError(say("fix.unlike"))
    return before, behind
