"""Edit the cells of jupytext's files, whose lines a cell's source has but for comment signs."""

from collections.abc import Iterable, Sequence

from fmnist_spec.gate.finding import Edit
from fmnist_spec.gate.fix.json_text import FixError
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.language import say


def edited(text: str, cells: Sequence[Cell], edits: Iterable[Edit]) -> str:
    """Edit lines of a file; every other byte stays. Raises FixError: a line is not the cell's."""
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda one: (one.cell, one.start), reverse=True):
        _edit(lines, cells[edit.cell], edit)
    return "\n".join(lines)


def _edit(lines: list[str], cell: Cell, edit: Edit) -> None:
    if edit.of != ("source",) or cell.source[edit.start : edit.end] != edit.old:
        raise FixError(say("fix.unlike"))
    first = cell.source.count("\n", 0, edit.start)
    last = first + edit.old.count("\n")
    old = cell.source.split("\n")[first : last + 1]
    column = edit.start - (cell.source.rfind("\n", 0, edit.start) + 1)
    behind = len("\n".join(old)) - column - len(edit.old)
    new = old[0][:column] + edit.new + old[-1][len(old[-1]) - behind :]
    numbers = [line - 1 for line in cell.lines[first : last + 1]]
    before, end = _around(lines[numbers[0]], old[0])
    for number, line in zip(numbers, old, strict=True):
        _around(lines[number], line)
    lines[numbers[0] : numbers[-1] + 1] = [f"{before}{one}{end}" for one in new.split("\n")]


def _around(line: str, own: str) -> tuple[str, str]:
    """Give what stands before and behind a cell's own line in a line of its file."""
    before, found, end = line.rpartition(own)
    if not found or not own.strip() or before.strip(" \t#") or end.strip():
        raise FixError(say("fix.unlike"))
    return before, end
