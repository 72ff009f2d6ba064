"""Which statements of a cell are left out: shell escapes, Colab's magics, missing packages.

A transformed cell (Python, with calls of ``get_ipython()`` for magics) is edited: a call that
tells guards each such statement, so that only what is reached is told.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fmnist_spec.language import say

# Magics that start a process or install things.
ESCAPES = {
    *("pip", "conda", "mamba", "micromamba", "uv", "system", "sx", "sc", "script", "shell"),
    *("bash", "sh", "cmd", "perl", "ruby", "pypy", "python", "python2", "python3", "!", "!!"),
}
COLAB = {"tensorflow_version", "bigquery"}
EXTENSIONS = ("load_ext", "reload_ext")
CAPTURED = re.compile(r"--(?:out|err|proc)[ =](\w+)")  # options of %%bash and its like
CATCHING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


class Why(NamedTuple):
    """Why something cannot run here: of LeftOut."""

    why: Any
    detail: str
    cause: int | None = None


class Magic(NamedTuple):
    """A magic or shell escape that is called for, with its line, and the cell below it."""

    name: str
    line: str
    below: str | None
    number: int  # of its first line

    @property
    def shown(self) -> str:
        """Its name as people write it."""
        return f"{'%' if self.below is None else '%%'}{self.name}"


@dataclass(frozen=True)
class Left:
    """A statement that is left out, or is if its package is missing when it is reached."""

    node: ast.stmt
    why: Why
    names: tuple[str, ...]  # that it would have defined
    is_global: bool  # it stands in no function


@dataclass
class Plan:
    """What of a cell is left out. ``edit`` puts a statement's replacement in its place."""

    reason: Callable[[Magic], Why | None]
    is_missing: Callable[[str], bool]  # whether no package has this name
    edit: Callable[[Left], ast.stmt] = lambda left: left.node
    left: list[Left] = field(default_factory=list)
    keeps: bool = False  # something else than what is left out

    def body(
        self, body: Iterable[ast.stmt], *, is_global: bool = True, guarded: bool = False
    ) -> list[ast.stmt]:
        """Edit a list of statements; what is ``guarded`` may fail to import."""
        parts = [part for one in body for part in _parted(one)]
        return [self._statement(one, is_global, guarded) for one in parts]

    def _statement(self, node: ast.stmt, is_global: bool, guarded: bool) -> ast.stmt:
        why = next(filter(None, map(self.reason, magics(_own_nodes(node)))), None)
        if why is None and not guarded:
            why = self._missing(node)
        if why is not None:
            one = Left(node, why, _names(node), is_global)
            # An import is decided when it is reached: sys.path may be another one by then.
            self.keeps = self.keeps or isinstance(node, ast.Import | ast.ImportFrom)
            self.left.append(one)
            return self.edit(one)
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        guarded = guarded or is_function or isinstance(node, ast.With)
        caught, held = _catches(node), [*_bodies(node)]
        for holder, name in held:  # what stands below "except" is not caught by it
            may_fail = guarded or (caught and (holder, name) == (node, "body"))
            edited = self.body(
                getattr(holder, name), is_global=is_global and not is_function, guarded=may_fail
            )
            setattr(holder, name, edited)
        self.keeps = self.keeps or is_function or not (held or isinstance(node, ast.Pass))
        return node

    def _missing(self, node: ast.stmt) -> Why | None:
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [f"{node.module}.{one.name}" for one in node.names]
        for module in modules:
            if module.startswith("google.colab"):
                return Why("colab", "google.colab")
            package = module.partition(".")[0]
            if self.is_missing(package):
                return Why("package", package)
        return None


def _names(node: ast.stmt) -> tuple[str, ...]:
    """Name what a statement would define, as "x" of "x = !ls" and of "%%bash --out x"."""
    options = [word for one in magics(_own_nodes(node)) for word in CAPTURED.findall(one.line)]
    return tuple(sorted({*names_of([node]), *options}))


def _parted(node: ast.stmt) -> list[ast.stmt]:
    """Give each name of "import a, b" a statement: only the missing one is left out."""
    if not isinstance(node, ast.Import):
        return [node]
    return [ast.copy_location(ast.Import([one]), node) for one in node.names]


def _bodies(node: ast.stmt) -> Iterator[tuple[Any, str]]:
    """Give the lists of statements that a statement holds, as attributes of their holders."""
    holders = [node, *getattr(node, "handlers", ()), *getattr(node, "cases", ())]
    for holder in holders:
        for name in ("body", "orelse", "finalbody"):
            if getattr(holder, name, None):
                yield holder, name


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Give the nodes of a statement, without the statements that it holds."""
    waiting, held = [node], ast.stmt | ast.ExceptHandler | ast.match_case
    while waiting:
        yield (one := waiting.pop())
        inner = [child for child in ast.iter_child_nodes(one) if not isinstance(child, held)]
        waiting += reversed(inner)


def _catches(node: ast.stmt) -> bool:
    """Whether a statement catches what an import of a missing package raises."""
    handlers = getattr(node, "handlers", ())
    caught = [ast.walk(one.type) if one.type else [ast.Name("Exception")] for one in handlers]
    return any(getattr(name, "id", "") in CATCHING for names in caught for name in names)


def magics(nodes: Iterable[ast.AST]) -> Iterator[Magic]:
    """Give the magics and shell escapes that nodes of a transformed cell call for."""
    for node in nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        given = [str(one.value) for one in node.args if isinstance(one, ast.Constant)]
        line = given[0] if given else ""
        if node.func.attr in ("system", "getoutput") and "get_ipython" in ast.dump(node.func):
            yield Magic("!", line, None, node.lineno)
        elif node.func.attr == "run_line_magic" and given:
            yield Magic(line, given[-1], None, node.lineno)
        elif node.func.attr == "run_cell_magic" and given:
            yield Magic(line, given[1] if given[2:] else "", given[-1], node.lineno)


def names_of(body: Iterable[ast.stmt]) -> set[str]:
    """Name what statements define, but for what stands in functions and classes."""
    found: set[str] = set()
    waiting: list[ast.AST] = [*body]
    for node in waiting:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found |= {node.asname or node.name.partition(".")[0]} - {"*"}
        waiting += ast.iter_child_nodes(node)
    return found


def reason_for(magic: Magic, aliases: Mapping[str, Any]) -> Why | None:
    """Say why a magic is not run, if its name and its line tell."""
    argument = magic.line.strip().split(" ")[0]
    if magic.name in ESCAPES or magic.name in aliases:  # such as %ls
        escape = magic.name in ("!", "!!")
        return Why("shell", say("run.shell-escape") if escape else magic.shown)
    if magic.name == "tensorboard" or (magic.name in EXTENSIONS and "tensorboard" in argument):
        return Why("tensorboard", magic.shown)
    if magic.name in COLAB or (magic.name in EXTENSIONS and argument.startswith("google.")):
        return Why("colab", magic.shown)
    if magic.name == "cd" and argument.strip("'\"").split("/")[:2] == ["", "content"]:
        return Why("colab", f"%cd {argument}")
    return None
