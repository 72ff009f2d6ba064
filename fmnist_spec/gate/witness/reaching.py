"""Where a notebook's code reaches for what could change or forge what is observed of it.

Only what is written is found; what libraries do themselves is not meant.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fmnist_spec.gate.witness.origins import Origins, imported
from fmnist_spec.gate.witness.resolving import canonical
from fmnist_spec.gate.witness.targets import (
    ATTRIBUTES,
    CHANGERS,
    CODE,
    IMPORTED,
    OF_KERAS,
    OF_MODULES,
    PARTS,
    SETTERS,
    TEXTS,
    TEXTUAL,
)

LONGEST = 120  # characters of the code that is shown


@dataclass(frozen=True)
class Reach:
    """A place in a cell's code, from line 1; ``what`` is a kind that the rule has words for."""

    line: int
    what: str
    text: str


def reaches(trees: Mapping[int, ast.Module]) -> Iterator[tuple[int, Reach]]:
    """Give the cells that reach for such things, and each place once."""
    nodes = {cell: [*ast.walk(tree)] for cell, tree in trees.items()}
    every = [node for one in nodes.values() for node in one]
    finder = _Finder(every)
    for cell, own in nodes.items():
        told = set[tuple[int, str]]()
        for node in own:
            for what in finder.found(node):
                place = int(getattr(node, "lineno", 1)), what
                if place not in told:
                    told.add(place)
                    yield cell, Reach(*place, _text(node))


def _text(node: ast.AST) -> str:
    try:
        return " ".join(ast.unparse(node).split())[:LONGEST]
    except RecursionError:  # a sum of ten thousand numbers
        return "..."


class _Finder:
    """Finds what single nodes of a notebook's code reach for."""

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        nodes = [*nodes]
        self._from = Origins(nodes)
        calls = (node for node in nodes if isinstance(node, ast.Call))
        self._sound = {one.func for one in calls if self._from.is_own_file(one)}

    def found(self, node: ast.AST) -> Iterator[str]:
        """Give what a node reaches for, by the keys of the rule's words."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from filter(None, map(_of_module, imported(node)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (what for what, texts in TEXTS.items() if texts.search(node.value))
        elif isinstance(node, ast.Attribute):
            yield from self._attribute(node)
        elif isinstance(node, ast.Call):
            yield from self._call(node)
        elif isinstance(node, ast.Subscript) and not _is_read(node):
            yield from self._within(node.value, [node.slice])

    def _attribute(self, node: ast.Attribute) -> Iterator[str]:
        path = self._from.path(node)
        root, _, rest = path.partition(".")
        if node in self._sound:
            return
        reached = ATTRIBUTES.get(node.attr) or OF_MODULES.get(root, {}).get(rest)
        # What sets an attribute by such a name has none yet, but for what changes sources.
        if reached and (_is_read(node) or reached == "source"):
            yield reached
        if path.startswith("fmnist_spec.gate") or _is_editor(node):
            yield "gate"
        if not _is_read(node):
            yield from self._set(node.value, node.attr)

    def _call(self, node: ast.Call) -> Iterator[str]:
        name, first, *_ = (_name(node.func), *(node.args or [ast.Constant(None)]))
        value = first.value if isinstance(first, ast.Constant) else None
        if name == "open" and isinstance(node.func, ast.Name) and type(value) is int:
            yield "files"
        if name in ("__import__", "import_module") and value in IMPORTED:
            yield IMPORTED[str(value)]
        if name in CHANGERS and isinstance(node.func, ast.Attribute) and _of(node.func.value):
            yield from self._within(node.func.value, _keys(node))
        if name == "patch" and isinstance(value, str):
            root, _, rest = value.partition(".")
            yield from ["replaced"] * (rest.rpartition(".")[2] in PARTS.get(canonical(root), ()))
        elif _is_setter(node.func) and len(node.args) > 1:
            yield from self._set(first, str(getattr(node.args[1], "value", "")))

    def _set(self, of: ast.AST, attribute: str) -> Iterator[str]:
        """Give what it is to set an attribute; one without a name may be any."""
        if attribute in CODE:
            yield "code"
        if attribute in OF_KERAS and self._from.is_of_keras(of):
            yield OF_KERAS[attribute]
        # What libraries keep for themselves, as switches of their warnings, may be set.
        if library := self._from.changed(of):
            is_inner = attribute[:2] == "__" and attribute not in TEXTUAL
            yield from ["replaced"] * (not attribute or attribute in PARTS[library] or is_inner)

    def _within(self, of: ast.AST, keys: Iterable[ast.AST]) -> Iterator[str]:
        """Give what it is to change what a dictionary of attributes, or of parts, has by keys."""
        for key in keys:
            name = str(key.value) if isinstance(key, ast.Constant) else ""
            if (whole := _of(of)) is not None:
                yield from self._set(whole, name)
            elif name:  # a table of a module, as that of activations by their names
                yield from self._set(of, name)


def _of(node: ast.AST) -> ast.AST | None:
    """Give that of which an expression is the dictionary of attributes."""
    if isinstance(node, ast.Call) and _name(node.func) == "vars" and node.args:
        return node.args[0]
    return node.value if isinstance(node, ast.Attribute) and node.attr == "__dict__" else None


def _keys(call: ast.Call) -> list[ast.AST]:
    """Give the keys of a dictionary that a call changes; one without a value may be any."""
    first = call.args[0] if call.args else None
    given = first.keys if isinstance(first, ast.Dict) else [first] if first else []
    named = (ast.Constant(one.arg or "") for one in call.keywords)
    return [*(one or ast.Constant("") for one in given), *named]


def _is_setter(function: ast.AST) -> bool:
    """Whether this sets an attribute of its first argument."""
    if _name(function) == "object":  # of mock.patch
        return isinstance(function, ast.Attribute) and _name(function.value) == "patch"
    return _name(function) in SETTERS


def _of_module(path: str) -> str:
    """Say what the import of a path reaches for; often nothing."""
    root, _, rest = path.partition(".")
    is_gate = root == "fmnist_spec" and rest.startswith(("gate", "_")) and rest != "__version__"
    own = OF_MODULES.get(root, {}).get(rest) or ATTRIBUTES.get(rest, "")
    return "gate" if is_gate else IMPORTED.get(root) or own


def _is_editor(node: ast.Attribute) -> bool:
    """Whether this is what the gate has put into the shell."""
    is_shell = isinstance(node.value, ast.Call) and _name(node.value.func) == "get_ipython"
    return is_shell and node.attr in ("editor", "part", "outputs")


def _is_read(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Load)


def _name(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))
