"""The statements of a cell: where they stand, and what one that could not run might have done."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

from fmnist_spec.gate.kernel.near import SHOWING

# What builds, splits, loads, trains or tells of it, and what runs code that we do not see.
WATCHED = re.compile(
    r"\b(\w*fit\w*|train\w*_on_batch|train_test_split|\w*Split|evaluate|predict|compile|compiled"
    r"|add|summary|load_data|load_model|clone_model|model_from_\w+|Sequential|\w*Model"
    r"|Functional|Input|InputLayer|Dense|Flatten|layers|exec|eval|run_line_magic"
    r"|run_cell_magic|run_cell|runpy|run_path|import_module|cross_val_\w+|GridSearchCV)\b"
)
CHANGES = {"add", "compile", "append", "extend", "insert", "update", "setdefault"}  # what has them


def statement_at(body: Iterable[ast.stmt], line: int) -> ast.stmt | None:
    """Give the statement of a cell that holds a line."""
    for one in body:
        first = min([one.lineno, *(at.lineno for at in getattr(one, "decorator_list", ()))])
        if first <= line <= (one.end_lineno or first):
            return one
    return None


def only_shows(statement: ast.stmt, names: Mapping[str, Any], foreign: Iterable[str]) -> bool:
    """Whether a statement can have built, split, loaded and trained nothing.

    ``names`` are the notebook's own; ``foreign`` those of them that a package would have given
    which may do anything.
    """
    words = {one.id for one in ast.walk(statement) if isinstance(one, ast.Name)}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return not brings_foreign(statement)
    if WATCHED.search(ast.unparse(statement)) or words & {*foreign}:
        return False
    return not any(_may_train(names.get(word), names) for word in words)


def brings_foreign(statement: ast.stmt) -> bool:
    """Whether a statement imports what is not known to do nothing but show."""
    modules = [one.name for one in statement.names] if isinstance(statement, ast.Import) else []
    modules += [statement.module or ""] if isinstance(statement, ast.ImportFrom) else []
    return not {one.partition(".")[0] for one in modules} <= SHOWING


def changed_names(statement: ast.stmt, names: Mapping[str, Any]) -> set[str]:
    """Name what a statement changes without defining it: "x[0] = 1", "model.add(layer)"."""
    found = {_root(one) for one in ast.walk(statement) if _changes(one)}
    return {name for name in found if name and not isinstance(names.get(name), ModuleType)}


def _changes(node: ast.AST) -> bool:
    if isinstance(node, ast.Subscript | ast.Attribute):
        return isinstance(node.ctx, ast.Store)
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in CHANGES


def _root(node: ast.AST) -> str:
    while not isinstance(node, ast.Name):
        inner = getattr(node, "func", getattr(node, "value", None))
        if not isinstance(inner, ast.AST):
            return ""
        node = inner
    return node.id


def _may_train(value: Any, names: Mapping[str, Any]) -> bool:
    """Whether a function or an object of the notebook's own may call what is watched."""
    waiting, seen = [value], set[int]()
    while waiting:
        one = waiting.pop()
        if isinstance(one, FunctionType) and one.__module__ == "__main__":
            words = {*_words(one.__code__)}
            if any(map(WATCHED.fullmatch, words)):
                return True
            own = [names[word] for word in words if isinstance(names.get(word), FunctionType)]
            waiting += [inner for inner in own if id(inner) not in seen]
            seen |= {*map(id, own)}
        elif (one if isinstance(one, type) else type(one)).__module__ == "__main__":
            return True
    return False


def _words(code: CodeType) -> Iterator[str]:
    """Name what a function uses, those in it included."""
    yield from (*code.co_names, *code.co_freevars)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _words(inner)
