"""Edits what IPython is about to run, so that what is left out tells it when it is reached."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fmnist_spec.gate.events import LeftOut
from fmnist_spec.gate.kernel.colab import StandIns
from fmnist_spec.gate.kernel.lacks import DRAWS, WANTING, Lacks, lost_names, missing_by_print
from fmnist_spec.gate.kernel.leaving_out import (
    AROUND,
    EXTENSIONS,
    Left,
    Magic,
    Plan,
    Why,
    at,
    call,
    magics,
    reason_for,
)
from fmnist_spec.gate.kernel.near import is_installed, near_module
from fmnist_spec.gate.kernel.statement import (
    Part,
    blank_lines,
    brings_foreign,
    changed_names,
    only_shows,
    statement_at,
)
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.trace import CellError

if TYPE_CHECKING:
    from fmnist_spec.gate.kernel.shell import Shell

SHOWN = ("time", "timeit", "capture")  # magics that show us the tree of their cells
CAPTURES = re.compile(r"\s*%%capture[ \t]+\w")  # into a name
NO_TREE = (SyntaxError, ValueError, RecursionError, MemoryError)  # running it says so
REASONS = {  # why a cell is skipped
    "shell": "it has {}, which fmnist-spec does not run",
    "tensorboard": "it has {}, which starts TensorBoard",
    "colab": "it has {}, which works only on Colab",
    "package": "it needs {}, which is not installed where fmnist-spec runs",
}


class Editor:
    """One of IPython's transformers. Statements that it has edited call its other functions."""

    def __init__(self, shell: Shell) -> None:
        self._shell, self.lacks = shell, Lacks()
        self._left: list[tuple[Left, LeftOut]] = []
        self._stand_ins = StandIns(self._uploaded, self.lacks.folders.add)
        self._extension = ""  # a package whose magics are missing
        self._cell = Cell(0, "code", "", ())
        self._before: dict[str, int] = {}  # what each name stood for when the statement began
        self._foreign: set[str] = set()  # names that would stand for what may do anything
        self.passed: list[tuple[CellError, str]] = []  # errors of left out statements, and reasons
        self.only_shows = True  # so did all of them

    # Of a cell.

    def begin(self, cell: Cell) -> str:
        """Take the next cell. Gives the reason to skip it; nothing if it is to be run."""
        self._cell, self.passed, self.only_shows = cell, [], True
        if "skip-execution" in cell.tags:
            return "it is tagged skip-execution"
        plan = Plan(self._reason, self._is_missing)
        with suppress(RecursionError):  # running it says so
            plan.body(self._parsed(cell.source))
        if not plan.left or plan.keeps or CAPTURES.match(cell.source):
            return ""
        for one in plan.left:
            event = self._event(one, one.node.lineno, self._text(one.node.lineno))
            self._leave_out(one, event)
        why, detail = plan.left[0].why
        return REASONS[why].format(detail)

    def end(self, raised: BaseException | None, error: CellError | None) -> str:
        """Say what a cell lacks that has raised; nothing if that is not why."""
        self._see_prints()
        if raised is None or error is None:
            return self.passed[0][1] if self.passed else ""
        body = self._parsed(self._cell.source)
        names = lost_names(body, error.line, self._before, self._shell.user_ns)
        reason = self._lacks(raised, error, names)
        self.only_shows = self.only_shows and not reason
        self._foreign |= {*names} if reason else set()
        return reason

    def _lacks(self, raised: BaseException, error: CellError, names: Iterable[str]) -> str:
        """Tell why code raised, if that is something it lacks, and that these names are lost."""
        if "raises-exception" in self._cell.tags:
            return ""
        if isinstance(raised, ImportError) and error.near:
            return ""  # it is misspelt
        text = self._text(error.line)
        found = self.lacks.why(raised, error.message, text, self._shell.user_ns)
        if found is None:
            return ""
        why, detail, cause = found
        event = LeftOut(self._cell.index, error.line, text, why, detail, tuple(names), cause)
        self.lacks.add(event, self._cell.source)
        self._forget(names)
        return WANTING[why].format(detail)

    def _see_prints(self) -> None:
        """Tell of packages of which a library only printed that it lacks them."""
        lines = [*enumerate(self._cell.source.split("\n"), 1)]
        line = next((at for at, text in lines if DRAWS.search(text)), 1)
        for package in missing_by_print(self._shell.outputs.text):
            event = LeftOut(self._cell.index, line, self._text(line), "package", package)
            self.lacks.add(event, self._cell.source)

    # Of each statement at the top of a cell.

    def before(self) -> None:
        """Keep what each name stands for."""
        self._before = {name: id(value) for name, value in self._shell.user_ns.items()}

    def passes(self, raised: BaseException, line: int | None) -> bool:
        """Say whether a statement lacks something: it is left out, and the cell goes on."""
        here, names = self._parsed(self._cell.source), self._shell.user_ns
        statement = None if line is None else statement_at(here, line)
        if statement is None:
            return False
        self._see_prints()
        error, shows = self._shell.error(raised), only_shows(statement, names, self._foreign)
        lost = {*lost_names([statement], line, self._before, names)}
        lost |= changed_names(statement, names)
        reason = self._lacks(raised, error, sorted(lost))
        if reason:
            self.passed.append((error, reason))
            self.only_shows = self.only_shows and shows
            self._foreign |= set() if shows else lost
        return bool(reason)

    def _parsed(self, source: str, before: int = 0) -> list[ast.stmt]:
        """Parse a cell, or what stands below a magic whose cell is Python, with its lines."""
        try:
            tree: ast.Module = ast.parse(self._shell.transform_cell(source))
        except NO_TREE:
            return []
        before += blank_lines(source)
        around = next((one for one in magics(ast.walk(tree)) if one.below), None)
        if around and len(tree.body) == 1 and around.name in SHOWN:
            return self._parsed(around.below or "", before + 1)
        ast.increment_lineno(tree, before)
        return tree.body

    def _text(self, line: int | None) -> str:
        lines = self._cell.source.split("\n")
        return lines[min(line or 1, len(lines)) - 1].strip()

    # Of code that is about to run.

    def visit(self, tree: ast.Module) -> ast.Module:
        """Edit the tree of a part; IPython calls this."""
        edit = partial(self._edited, self._shell.part)
        with suppress(RecursionError):  # else IPython would drop this transformer
            tree.body = Plan(self._reason, self._is_missing, edit).body(tree.body)
        return tree

    def _edited(self, part: Part, left: Left) -> list[ast.stmt]:
        node, number = left.node, len(self._left)
        self._left.append((left, self._event(left, part.line(node), part.text(node))))
        if not isinstance(node, ast.Import | ast.ImportFrom):
            return at(node, ast.Expr(call("editor.leave_out", number)))
        if left.why[0] == "colab":
            return [*at(node, ast.Expr(call("editor.stand_in", number))), node]
        return at(node, ast.If(call("editor.has", number), [node], []))

    def _reason(self, magic: Magic) -> Why | None:
        shell = self._shell
        why = reason_for(magic, dict(shell.alias_manager.aliases))
        if why is None and magic.name in EXTENSIONS:
            package = magic.line.strip().partition(".")[0]
            if package and not any(map(is_installed, (package, f"IPython.extensions.{package}"))):
                self._extension, why = package, ("package", package)
        if why is None and magic.name in AROUND:
            why = self._around(magic)
        if why is None and self._extension and magic.name != "!":
            found = shell.find_magic(magic.name, "line" if magic.below is None else "cell")
            why = None if found else ("package", self._extension)
        return why

    def _around(self, magic: Magic) -> Why | None:
        """Judge the Python in a magic. That of some is shown to us when it is about to run."""
        if magic.below and magic.name in SHOWN:
            before = self._shell.part.before
            below = None if before is None else before + magic.number + blank_lines(magic.below)
            self._shell.part = Part(magic.below, below)
            return None
        plan = Plan(self._reason, self._is_missing)
        plan.body(self._parsed(magic.below or magic.line))
        return next((one.why for one in plan.left if one.why[0] != "package"), None)

    def _is_missing(self, package: str) -> bool:
        known = package == "__future__" or "raises-exception" in self._cell.tags
        return not (known or is_installed(package) or near_module(package, self._shell.user_ns))

    def _event(self, left: Left, line: int | None, text: str) -> LeftOut:
        return LeftOut(self._cell.index, line, text, *left.why, left.names)

    # What edited statements call.

    def leave_out(self, number: int) -> None:
        """Leave out a statement that was reached."""
        self._leave_out(*self._left[number])

    def has(self, number: int) -> bool:
        """Say whether a package is there by now, or is misspelt; else leave its import out."""
        left, event = self._left[number]
        missing = self._is_missing(left.why[1])
        if missing:
            why, detail, cause = self.lacks.package(left.why[1])
            self._leave_out(left, replace(event, why=why, detail=detail, cause=cause))
        return not missing

    def stand_in(self, number: int) -> None:
        """Have a stand-in for Colab's own package from here on."""
        if self._stand_ins.install():
            self._tell(self._left[number][1])

    def _leave_out(self, left: Left, event: LeftOut) -> None:
        self._tell(event)
        self._forget(left.names if left.is_global else ())
        if event.why != "shell" and brings_foreign(left.node):
            self._foreign |= {*left.names}

    def _uploaded(self) -> None:
        """Tell of an upload, which nobody makes here, at the line that runs."""
        line = self._shell.line_of(sys._getframe(1))
        self._tell(LeftOut(self._cell.index, line, self._text(line), "colab", "files.upload()"))

    def _tell(self, event: LeftOut) -> None:
        if event.line is None:  # in another file that the cell runs
            event = replace(event, line=self._shell.line_of(sys._getframe(1)))
        self.lacks.add(event)

    def _forget(self, names: Iterable[str]) -> None:
        """Take away what earlier cells had given these names: the cell would have changed them."""
        for name in names:
            self._shell.user_ns.pop(name, None)
