"""Calls in a cell's source, and edits of them that are mechanical."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from fmnist_spec.gate.finding import Edit
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.source.python import python_of

METRICS = 2  # the place of metrics among the arguments of compile()


@dataclass(frozen=True)
class Source:
    """A code cell as Python; without a tree, if it is none."""

    cell: int
    text: str
    tree: ast.Module | None

    @classmethod
    def of(cls, cell: Cell) -> "Source":
        """Parse a cell, unless Python counts other lines than a cell has."""
        is_read = cell.type == "code" and "\r" not in cell.source
        tree = python_of(cell.source) if is_read else None
        return cls(cell.index, cell.source, tree)

    def place(self, line: int, column: int) -> int:
        """Give the place in the text of a line, from 1, and of a column, which counts bytes."""
        lines = self.text.split("\n")
        before = sum(len(one) + 1 for one in lines[: line - 1])
        return before + len(lines[line - 1].encode()[:column].decode(errors="ignore"))

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        """Give where a node begins and ends in the text."""
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.place(node.lineno, node.col_offset), self.place(end_line, end)

    def written(self, node: ast.expr | ast.stmt | ast.keyword) -> str:
        """Give a node as it is written."""
        start, end = self.span(node)
        return self.text[start:end]

    def calls(self) -> Iterator[ast.Call]:
        """Give all calls, in the order of their lines."""
        nodes = ast.walk(self.tree) if self.tree else ()
        found = [one for one in nodes if isinstance(one, ast.Call)]
        yield from sorted(found, key=lambda one: (one.lineno, one.col_offset))


def name_of(call: ast.Call) -> str:
    """Give the last name of what is called: Dense of keras.layers.Dense."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def metrics_in_a_list(cell: Cell, line: int | None) -> tuple[Edit, ...]:
    """Put a string for metrics into a list, if the one compile() of a line is given one."""
    source = Source.of(cell)
    on_line = (one for one in source.calls() if name_of(one) == "compile")
    near = [one for one in on_line if one.lineno <= (line or 0) <= (one.end_lineno or 0)]
    given = [one.value for call in near for one in call.keywords if one.arg == "metrics"]
    given += [one for call in near for one in call.args[METRICS : METRICS + 1]]
    if len(near) != 1 or len(given) != 1 or not isinstance(given[0], ast.Constant):
        return ()
    text = given[0]
    if not isinstance(text.value, str) or text.lineno != text.end_lineno:
        return ()  # pieces on several lines may have comments between them
    start, written = source.span(text)[0], source.written(text)
    is_whole = ast.literal_eval(written) == text.value
    return (Edit(cell.index, start, written, f"[{written}]"),) if is_whole else ()
