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
from fmnist_spec.gate.kernel.colab import stand_in
from fmnist_spec.gate.kernel.lacks import DRAWS, MUST_INSTALL, Lacks, lost_names
from fmnist_spec.gate.kernel.leaving_out import (
    EXTENSIONS,
    Left,
    Magic,
    Plan,
    Why,
    magics,
    reason_for,
)
from fmnist_spec.gate.kernel.near import is_installed, near_module
from fmnist_spec.gate.kernel.statement import (
    brings_foreign,
    changed_names,
    only_shows,
    statement_at,
)
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.source.python import AROUND, blank_lines
from fmnist_spec.gate.trace import CellError
from fmnist_spec.language import say

if TYPE_CHECKING:
    from fmnist_spec.gate.kernel.shell import Shell

SHOWN = ("time", "timeit", "capture")  # magics that show us the tree of their cells
CAPTURES = re.compile(r"\s*%%capture[ \t]+\w")  # into a name
NO_TREE = (SyntaxError, ValueError, RecursionError, MemoryError)  # running it says so


class Editor:
    """One of IPython's transformers. Statements that it has edited call its other functions."""

    def __init__(self, shell: Shell) -> None:
        self._shell, self.lacks = shell, Lacks()
        self._left: list[tuple[Left, LeftOut]] = []
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
            return say("run.skip-execution")
        plan = Plan(self._reason, self._is_missing)
        with suppress(RecursionError):  # running it says so
            plan.body(self._parsed(cell.source))
        if not plan.left or plan.keeps or CAPTURES.match(cell.source):
            return ""
        for one in plan.left:
            self._leave_out(one, self._event(one.why, one.node.lineno, one.names))
        first = plan.left[0].why
        return say(f"run.skipped-{first.why}", what=first.detail)

    def end(self, raised: BaseException | None) -> tuple[CellError | None, str]:
        """Give the error of a cell that has raised, and what it lacks if that is why."""
        self._see_prints()
        if raised is None:
            return self.passed[0] if self.passed else (None, "")
        return self._judged(raised, self._parsed(self._cell.source))

    def _judged(
        self,
        raised: BaseException,
        body: Iterable[ast.stmt],
        changed: Iterable[str] = (),
        shows: bool = False,
    ) -> tuple[CellError, str]:
        """Give the error of statements, and what they lack if that is why: their names are lost."""
        error, now = self._shell.error(raised), self._shell.user_ns
        if "raises-exception" in self._cell.tags:
            return error, ""
        if isinstance(raised, ImportError) and error.near:
            return error, ""  # it is misspelt
        found = self.lacks.why(raised, error.message, _line(self._cell.source, error.line), now)
        if found is None:
            return error, ""
        names = sorted({*changed, *lost_names(body, error.line, self._before, now)})
        self.lacks.add(self._event(found, error.line, names), self._cell.source)
        self._forget(names)
        self.only_shows = self.only_shows and shows
        self._foreign |= set() if shows else {*names}
        return error, say(f"run.lacks-{found.why}", what=found.detail)

    def _see_prints(self) -> None:
        """Tell of packages of which a library only printed that it lacks them."""
        lines = [*enumerate(self._cell.source.split("\n"), 1)]
        line = next((at for at, text in lines if DRAWS.search(text)), 1)
        for package in MUST_INSTALL.findall(self._shell.outputs.text):
            if not is_installed(package):
                self.lacks.add(self._event(Why("package", package), line), self._cell.source)

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
        shows = only_shows(statement, names, self._foreign)
        error, reason = self._judged(raised, [statement], changed_names(statement, names), shows)
        self.passed += [(error, reason)] if reason else []
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

    # Of code that is about to run.

    def visit(self, tree: ast.Module) -> ast.Module:
        """Edit the tree of a part; IPython calls this."""
        edit = partial(self._edited, *self._shell.part)
        with suppress(RecursionError):  # else IPython would drop this transformer
            tree.body = Plan(self._reason, self._is_missing, edit).body(tree.body)
        return tree

    def _edited(self, source: str, before: int, left: Left) -> ast.stmt:
        """Have a statement ask whether it runs, when it is reached."""
        node, number = left.node, len(self._left)
        line = before + node.lineno
        event = self._event(left.why, line if source == self._cell.source else None, left.names)
        self._left.append((left, replace(event, text=_line(source, line))))
        asked = ast.parse(f"get_ipython().editor.runs({number})", mode="eval").body
        ast.increment_lineno(asked, node.lineno - 1)
        return ast.copy_location(ast.If(asked, [node], []), node)

    def _reason(self, magic: Magic) -> Why | None:
        shell = self._shell
        why = reason_for(magic, dict(shell.alias_manager.aliases))
        if why is None and magic.name in EXTENSIONS:
            package = magic.line.strip().partition(".")[0]
            if package and not any(map(is_installed, (package, f"IPython.extensions.{package}"))):
                self._extension, why = package, Why("package", package)
        if why is None and magic.name in AROUND:
            why = self._around(magic)
        if why is None and self._extension and magic.name != "!":
            found = shell.find_magic(magic.name, "line" if magic.below is None else "cell")
            why = None if found else Why("package", self._extension)
        return why

    def _around(self, magic: Magic) -> Why | None:
        """Judge the Python in a magic. That of some is shown to us when it is about to run."""
        if magic.below and magic.name in SHOWN:
            source, before = self._shell.part
            before += magic.number + blank_lines(magic.below)
            is_own = source == self._cell.source
            self._shell.part = (source, before) if is_own else (magic.below.lstrip(), 0)
            return None
        plan = Plan(self._reason, self._is_missing)
        plan.body(self._parsed(magic.below or magic.line))
        return next((one.why for one in plan.left if one.why.why != "package"), None)

    def _is_missing(self, package: str) -> bool:
        known = package == "__future__" or "raises-exception" in self._cell.tags
        return not (known or is_installed(package) or near_module(package, self._shell.user_ns))

    def _event(self, why: Why, line: int | None, names: Iterable[str] = ()) -> LeftOut:
        text = _line(self._cell.source, line)
        return LeftOut(self._cell.index, line, text, why.why, why.detail, tuple(names), why.cause)

    # What edited statements call.

    def runs(self, number: int) -> bool:
        """Say whether a statement that was reached runs; else leave it out.

        It does if its package is there by now, is misspelt, or is Colab's own: of that there is a
        stand-in from here on.
        """
        left, event = self._left[number]
        if event.line is None:  # in another file that the cell runs
            event = replace(event, line=self._shell.line_of(sys._getframe(1)))
        if isinstance(left.node, ast.Import | ast.ImportFrom):
            if event.why == "colab":
                if stand_in(self._uploaded, self.lacks.folders.add):
                    self.lacks.add(event)
                return True
            if not self._is_missing(event.detail):
                return True
            event = replace(event, **self.lacks.package(event.detail)._asdict())
        self._leave_out(left, event)
        return False

    def _leave_out(self, left: Left, event: LeftOut) -> None:
        self.lacks.add(event)
        self._forget(left.names if left.is_global else ())
        if event.why != "shell" and brings_foreign(left.node):
            self._foreign |= {*left.names}

    def _uploaded(self) -> None:
        """Tell of an upload, which nobody makes here, at the line that runs."""
        line = self._shell.line_of(sys._getframe(1))
        self.lacks.add(self._event(Why("colab", "files.upload()"), line))

    def _forget(self, names: Iterable[str]) -> None:
        """Take away what earlier cells had given these names: the cell would have changed them."""
        for name in names:
            self._shell.user_ns.pop(name, None)


def _line(source: str, line: int | None) -> str:
    lines = source.split("\n")
    return lines[min(line or 1, len(lines)) - 1].strip()
