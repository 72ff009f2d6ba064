"""Notebooks that store outputs: those of three eras, and the faults of faults.toml in them."""

import re
from pathlib import Path
from typing import Any

import nbformat
from notebooks import pairs, read_toml

HERE = Path(__file__).parent
ERAS = {era: HERE / f"pass-tf{era}.ipynb" for era in ("2.8", "2.15", "2.21")}
NOTHING_BEFORE, NOTHING_AFTER = r"(?<![\d,])", r"(?![\d,])"  # of a number
_FILE = read_toml(HERE / "faults.toml")
CELLS: dict[str, int] = _FILE.pop("cells")
FAULTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    f"{group}: {name}": (rule, fault.pop("severity", "error"), fault)
    for group, rules in _FILE.items()
    for rule, faults in rules.items()
    for name, fault in faults.items()
}


def _stored(notebook: Any, cell: int, change: Any) -> None:
    """Replace in all that a cell stores, in every form of it."""
    outputs = notebook.cells[cell].outputs
    holders = [one if one.output_type == "stream" else one.data for one in outputs]
    places = [(one, key) for one in holders for key in one if key not in ("output_type", "name")]
    for old, new in pairs(change):
        changed = 0
        for holder, key in places:
            holder[key], times = re.subn(old, new, holder[key])
            changed += times
        assert changed, f"cell {cell} stores nothing like {old!r}"


def _number(notebook: Any, cell: int, change: Any) -> None:
    for old, new in pairs(change):
        pattern = NOTHING_BEFORE + old.replace(",", ",?") + NOTHING_AFTER
        _stored(notebook, cell, [pattern, new])


def _moved(notebook: Any, cell: int, to: str) -> None:
    notebook.cells[CELLS[to]].outputs = notebook.cells[cell].outputs


def _error(notebook: Any, cell: int, name: str) -> None:
    one = nbformat.v4.new_output("error", ename=name, evalue="name 'x' is not defined")
    notebook.cells[cell].outputs.append(one)


def _added(notebook: Any, cell: int, text: str) -> None:
    one = notebook.cells[cell]
    one.source += ("\n\n" if one.cell_type == "markdown" else "\n# ") + text


def _counts(notebook: Any, numbers: list[int]) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, number in zip(code, numbers, strict=False):
        cell.execution_count = number


def _said(notebook: Any, change: list[str]) -> None:
    """Replace in the one cell that says so."""
    old, new = change
    cells = [cell for cell in notebook.cells if old in cell.source]
    assert len(cells) == 1, f"{len(cells)} cells say {old!r}, expected one"
    cells[0].source = cells[0].source.replace(old, new)


IN_A_CELL = {one.__name__[1:]: one for one in (_stored, _number, _moved, _error, _added)}


def edited(era: str, edits: dict[str, Any]) -> Any:
    """Read the notebook that an era stored, and edit it."""
    notebook = nbformat.read(ERAS[era], as_version=4)
    for kind, change in edits.items():
        if kind in IN_A_CELL:
            for cell, one in change.items():
                IN_A_CELL[kind](notebook, CELLS[cell], one)
        else:
            {"counts": _counts, "said": _said}[kind](notebook, change)
    return notebook
