"""What the names of a notebook stand for, statement by statement: which are certainly Keras's.

Of Keras and scikit-learn a name stands for a dotted path, however it was imported; of a model that
the notebook itself has made it stands for ``MODEL``. What is not certain has no path.
"""

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from fmnist_spec.gate.source.following import PACKAGES
from fmnist_spec.network import TYPES

MODEL = "model"
MADE = ("Sequential", "Model")  # Keras's classes that make one
KERAS, SKLEARN = "keras", "sklearn"
# The same Keras, by the names that it has; the longest first.
ROOTS = ("tensorflow.keras", "keras.src", "keras.api", "tf_keras")
# Modules that a helper's "import *" gives no other meaning.
MODULES = {"keras", "tensorflow", "layers", "models", "datasets", "sklearn", "model_selection"}
STARS = {"keras.layers": tuple(TYPES), "keras.models": MADE, "keras": (*MADE, "layers", "models")}
# What may give any name another value, unseen.
UNSEEN = {"exec", "eval", "globals", "locals", "vars", "get_ipython", "run_path", "run_module"}
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def canonical(path: str) -> str:
    """Give one path to what has several: ``tensorflow.keras.layers`` is ``keras.layers``."""
    for root in ROOTS:
        if path == root or path.startswith(f"{root}."):
            return KERAS + path[len(root) :]
    return path


class Names:
    """What names stand for, as far as the statements that were taken make it certain."""

    def __init__(self, trees: Iterable[ast.AST]) -> None:
        nodes = (node for tree in trees for node in ast.walk(tree))
        changed = (node.names for node in nodes if isinstance(node, ast.Global))
        # A function may give these another value whenever it is called.
        self._changing = {name for names in changed for name in names}
        self._paths: dict[str, str] = {}

    def path(self, node: ast.AST) -> str:
        """Give the path of what an expression stands for; "" if it is not certain."""
        parts = list[str]()
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if isinstance(node, ast.Call) and not parts:
            return MODEL if self.path(node.func).split(".")[-1] in MADE else ""
        root = self._paths.get(node.id, "") if isinstance(node, ast.Name) else ""
        return canonical(".".join([root, *parts])) if root else ""

    def take(self, statement: ast.stmt) -> None:
        """Take the next statement at the top of a cell."""
        if _is_unseen(statement):
            self.forget_models()
        given = dict(self._given(statement))
        for name in bound([statement]):
            self._paths.pop(name, None)
        own = {name: path for name, path in given.items() if path and name not in self._changing}
        self._paths.update(own)

    def forget_models(self) -> None:
        """Take every model for unknown: another one may have its name."""
        self._paths = {name: path for name, path in self._paths.items() if path != MODEL}

    def without(self, statement: ast.stmt) -> "Names":
        """Give the names as they are within a statement, which may give some another value."""
        inner = Names(())
        lost = {*bound([statement])} | {one.arg for one in _arguments(statement)}
        inner._paths = {name: path for name, path in self._paths.items() if name not in lost}
        return inner

    def _given(self, statement: ast.stmt) -> Iterator[tuple[str, str]]:
        """Give the names that a statement gives a value, and their paths."""
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield from self._imported(statement)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            one_target = [getattr(statement, "target", None)]
            targets: list[Any] = getattr(statement, "targets", one_target)
            path = self.path(statement.value) if statement.value else ""
            if path and all(isinstance(one, ast.Name) for one in targets):
                yield from ((one.id, path) for one in targets)
        elif isinstance(statement, ast.Try | ast.If | ast.With):
            yield from self._agreed(statement)

    def _agreed(self, statement: ast.stmt) -> Iterator[tuple[str, str]]:
        """Give the names that a statement imports in several ways, all of the same meaning."""
        kinds = ast.Import | ast.ImportFrom
        imports = [one for one in ast.walk(statement) if isinstance(one, kinds)]
        found: dict[str, set[str]] = {}
        for name, path in (pair for one in imports for pair in self._imported(one)):
            found.setdefault(name, set()).add(path)
        others = {*bound([statement], imports=False)}
        yield from (
            (name, *paths)
            for name, paths in found.items()  # type: ignore[misc]
            if len(paths) == 1 and name not in others
        )

    def _imported(self, statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
        module = "." * getattr(statement, "level", 0) + (getattr(statement, "module", "") or "")
        for one in statement.names:
            if one.name == "*":
                yield from self._all_of(canonical(module))
            elif isinstance(statement, ast.ImportFrom):
                yield one.asname or one.name, canonical(f"{module}.{one.name}")
            else:
                first = one.name.partition(".")[0]
                yield one.asname or first, canonical(one.name if one.asname else first)

    def _all_of(self, module: str) -> Iterator[tuple[str, str]]:
        """Give what "import *" brings. That of a helper may stand in the place of any name."""
        yield from ((name, f"{module}.{name}") for name in STARS.get(module, ()))
        if module.partition(".")[0] not in PACKAGES:
            kept = {name: path for name, path in self._paths.items() if _is_module(path)}
            self._paths = kept


def bound(body: Iterable[ast.AST], *, imports: bool = True) -> Iterator[str]:
    """Name what statements may give a value at the top of a cell, all that they hold included."""
    waiting = [*body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, FUNCTION | ast.ClassDef):
            yield node.name
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.alias) and imports:
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        waiting += ast.iter_child_nodes(node)


def _arguments(statement: ast.stmt) -> Iterator[ast.arg]:
    """Give the arguments and, as if they were arguments, what functions in it define."""
    for node in ast.walk(statement):
        if isinstance(node, ast.arg):
            yield node
        elif isinstance(node, FUNCTION | ast.ClassDef | ast.Lambda):
            inner = node.body if isinstance(node.body, list) else [node.body]
            yield from (ast.arg(name) for name in bound(inner))


def _is_unseen(statement: ast.stmt) -> bool:
    names = (getattr(one, "id", getattr(one, "attr", "")) for one in ast.walk(statement))
    return any(name in UNSEEN for name in names)


def _is_module(path: str) -> bool:
    parts = path.split(".")
    return parts[-1] in MODULES or parts[-2:-1] == ["datasets"]
