"""Where the names in a notebook's code come from, wherever they stand in it.

A name that stands for anything else, too, in a function or elsewhere, comes from nowhere for
certain: what is done with it may be the notebook's own affair.
"""

import ast
from collections.abc import Iterable, Iterator

from fmnist_spec.gate.witness.resolving import canonical
from fmnist_spec.gate.witness.targets import CHANGED, FILES, OPENING, STANDARD

DEFINING = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
AROUND = ("enumerate", "list", "reversed", "tuple")  # the layers of a model come out of them, too


class Origins:
    """What was imported, what is certainly an object of Keras, and which files are the notebook's.

    Args:
        nodes: all of a notebook's code.
    """

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        nodes = [*nodes]
        imported = [pair for node in nodes for pair in _imported(node)]
        self._paths = dict(imported)
        self._given = _ambiguous(imported) | {name for node in nodes for name in _defined(node)}
        self._kerass, self._files = set[str](), set[str]()
        known = set[ast.AST]()  # places where a name is given what it stands for elsewhere, too
        for node in nodes:
            known |= self._learn(node)
        names = (one for one in nodes if isinstance(one, ast.Name) and one not in known)
        self._given |= {one.id for one in names if not isinstance(one.ctx, ast.Load)}
        self._kerass -= self._given
        self._files -= {name for node in nodes for name in _counted(node)}

    def path(self, node: ast.AST) -> str:
        """Give the dotted path of a name or an attribute; "" of what was not imported."""
        parts = list[str]()
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        is_known = isinstance(node, ast.Name) and node.id not in self._given
        root = self._paths.get(node.id, "") if is_known else ""  # type: ignore[attr-defined]
        return canonical(".".join([root, *parts])) if root else ""

    def changed(self, node: ast.AST) -> str:
        """Give the library that a module, or a part of it, is of, if it is not to be changed."""
        is_builtins = isinstance(node, ast.Name) and node.id == "__builtins__"
        root = "builtins" if is_builtins else self.path(node).partition(".")[0]
        return root if root in CHANGED else ""

    def is_of_keras(self, node: ast.AST) -> bool:
        """Whether this is certainly a layer, a model, or another object or class of Keras."""
        if isinstance(node, ast.Name) and node.id in self._kerass:
            return True
        if isinstance(node, ast.Subscript):
            return self._has_layers(node.value)
        if isinstance(node, ast.Call):
            is_of_model = _name(node.func) == "get_layer" and isinstance(node.func, ast.Attribute)
            if is_of_model and self.is_of_keras(node.func.value):  # type: ignore[attr-defined]
                return True
            return self.path(node.func).startswith("keras.")
        return self.path(node).startswith("keras.")

    def is_own_file(self, call: ast.Call) -> bool:
        """Whether a call is about a file that the notebook itself has opened, or a standard one."""
        first = call.args[0] if call.args else None
        if self.path(call.func).removeprefix("os.") not in FILES:
            return False
        if isinstance(first, ast.Call):
            return _name(first.func) in OPENING
        is_standard = isinstance(first, ast.Constant) and first.value in STANDARD
        return is_standard or _name(first) in self._files

    def _has_layers(self, node: ast.AST) -> bool:
        """Whether this is the list of the layers of what is certainly a model, or a part of it."""
        while isinstance(node, ast.Call | ast.Subscript):
            if isinstance(node, ast.Subscript):
                node = node.value
            elif _name(node.func) in AROUND and node.args:
                node = node.args[0]
            else:
                return False
        is_list = isinstance(node, ast.Attribute) and node.attr == "layers"
        return is_list and self.is_of_keras(node.value)  # type: ignore[attr-defined]

    def _learn(self, node: ast.AST) -> set[ast.AST]:
        """Take what a statement gives names; give the places of those that it makes certain."""
        if isinstance(node, ast.For) and self._has_layers(node.iter):
            places = [one for one in ast.walk(node.target) if isinstance(one, ast.Name)]
            self._kerass.add(places[-1].id)
            return {*places[-1:]}
        if not isinstance(node, ast.Assign):
            return set()
        names = {one for one in node.targets if isinstance(one, ast.Name)}
        if path := self.path(node.value):
            self._paths.update((one.id, path) for one in names)
            return {*names}
        if self.is_of_keras(node.value):
            self._kerass.update(one.id for one in names)
            return {*names}
        if isinstance(node.value, ast.Call) and _name(node.value.func) in OPENING:
            inner = (one for target in node.targets for one in ast.walk(target))
            self._files.update(filter(None, map(_name, inner)))
        return set()


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Give the paths of what a statement imports."""
    module = "." * getattr(node, "level", 0) + (getattr(node, "module", "") or "")
    module += "." if isinstance(node, ast.ImportFrom) else ""
    return [canonical(f"{module}{one.name}") for one in node.names]


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Give the names that a node imports, and what they stand for."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        for one, path in zip(node.names, imported(node), strict=True):
            first = one.name.partition(".")[0]
            is_first = isinstance(node, ast.Import) and not one.asname  # of "import keras.layers"
            yield (first, canonical(first)) if is_first else (one.asname or one.name, path)


def _ambiguous(pairs: Iterable[tuple[str, str]]) -> set[str]:
    """Give the names that are imported from several places."""
    roots: dict[str, set[str]] = {}
    for name, path in pairs:
        roots.setdefault(name, set()).add(path)
    return {name for name, found in roots.items() if len(found) > 1}


def _defined(node: ast.AST) -> Iterator[str]:
    """Give the names that a node gives a value without an assignment."""
    if isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, DEFINING | ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def _counted(node: ast.AST) -> Iterator[str]:
    """Give the names that stand for numbers that somebody chose, as those of any files."""
    if isinstance(node, ast.For | ast.comprehension):
        yield from (one.id for one in ast.walk(node.target) if isinstance(one, ast.Name))
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
        yield from (one.id for one in node.targets if isinstance(one, ast.Name))


def _name(node: ast.AST | None) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))
