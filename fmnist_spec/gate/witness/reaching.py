"""Where a notebook's code reaches for what could change or forge what is observed of it.

Only what is written is found; what libraries do themselves is not meant.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fmnist_spec.gate.witness.resolving import canonical
from fmnist_spec.gate.witness.targets import (
    ATTRIBUTES,
    CHANGED,
    CHANGERS,
    CODE,
    FILES,
    IMPORTED,
    OF_KERAS,
    OF_MODULES,
    OPENING,
    PARTS,
    SETTERS,
    STANDARD,
    TEXTS,
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
        self._targets = set[ast.Name]()  # of names that stand for the same wherever they stand
        self._given = set[str]()  # names that stand for something of the notebook's own, too
        self._paths = {name: _root(name, path) for node in nodes for name, path in _imported(node)}
        for node in nodes:
            self._learn(node)
        own = {one for node in nodes for one in self._opened(node)}
        stored = (one for one in nodes if isinstance(one, ast.Name) and not _is_read(one))
        # A name that stands for anything else, too, may be the number of any file.
        self._given = {one.id for one in stored if one not in self._targets}
        self._own = own - self._given
        calls = (node for node in nodes if isinstance(node, ast.Call))
        self._sound = {one.func for one in calls if self._is_own(one)}
        self._of_keras = set[str]()
        for node in nodes:
            self._of_keras.update(self._made(node))

    def found(self, node: ast.AST) -> Iterator[str]:
        """Give what a node reaches for, by the keys of the rule's words."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from filter(None, (_of_module(path) for _, path in _imported(node)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (what for what, texts in TEXTS.items() if texts.search(node.value))
        elif isinstance(node, ast.Attribute):
            yield from self._attribute(node)
        elif isinstance(node, ast.Call):
            yield from self._call(node)
        elif isinstance(node, ast.Subscript) and not _is_read(node):
            yield from self._within(node.value)

    def _attribute(self, node: ast.Attribute) -> Iterator[str]:
        path = self._path(node)
        root, _, rest = path.partition(".")
        if node in self._sound:
            return
        if what := ATTRIBUTES.get(node.attr) or OF_MODULES.get(root, {}).get(rest):
            yield what
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
        if name in CHANGERS and isinstance(node.func, ast.Attribute):
            yield from self._within(node.func.value)
        if name == "patch" and isinstance(value, str):
            root, _, rest = value.partition(".")
            yield from ["replaced"] * (root in CHANGED and rest.rpartition(".")[2] in PARTS)
        elif name in SETTERS and len(node.args) > 1:
            yield from self._set(first, str(getattr(node.args[1], "value", "")))

    def _set(self, of: ast.AST, attribute: str) -> Iterator[str]:
        """Give what it is to set an attribute; one without a name may be any."""
        if attribute in CODE:
            yield "code"
        if attribute in OF_KERAS and self._is_of_keras(of):
            yield OF_KERAS[attribute]
        # What libraries keep for themselves, as switches of their warnings, may be set.
        is_part = not attribute or attribute in PARTS or attribute[:2] == "__"
        yield from ["replaced"] * (is_part and self._is_changed(of))

    def _within(self, of: ast.AST) -> Iterator[str]:
        """Give what it is to change the dictionary of attributes of something."""
        whole = of.value if isinstance(of, ast.Attribute) and of.attr == "__dict__" else None
        if isinstance(of, ast.Call) and _name(of.func) == "vars" and of.args:
            whole = of.args[0]
        if whole is None:  # a table of a module, as that of activations by their names
            yield from ["replaced"] * self._is_changed(of)
        else:
            yield from ["replaced"] * self._is_changed(whole)
            yield from ["layer"] * (not self._is_changed(whole) and self._is_of_keras(whole))

    def _is_of_keras(self, node: ast.AST) -> bool:
        """Whether this is certainly a layer, a model, or another object or class of Keras."""
        if isinstance(node, ast.Name) and node.id in self._of_keras:
            return True
        if isinstance(node, ast.Subscript):
            return _name(node.value) == "layers"
        if isinstance(node, ast.Call):
            path = self._path(node.func)
            return _name(node.func) == "get_layer" or path.startswith("keras.")
        return self._path(node).startswith("keras")

    def _made(self, node: ast.AST) -> Iterator[str]:
        """Name what a statement gives an object of Keras; a loop may be over layers."""
        if isinstance(node, ast.Assign) and self._is_of_keras(node.value):
            yield from (one.id for one in node.targets if isinstance(one, ast.Name))
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            yield from [node.target.id] * (_name(node.iter) == "layers")

    def _is_changed(self, node: ast.AST) -> bool:
        """Whether this is a module, or a part of one, whose attributes are not to be replaced."""
        is_builtins = isinstance(node, ast.Name) and node.id == "__builtins__"
        return is_builtins or self._path(node).partition(".")[0] in CHANGED

    def _path(self, node: ast.AST) -> str:
        """Give the dotted path of a name or an attribute; "" of what was not imported."""
        parts = list[str]()
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        is_known = isinstance(node, ast.Name) and node.id not in self._given
        root = self._paths.get(node.id, "") if is_known else ""  # type: ignore[attr-defined]
        return canonical(".".join([root, *parts])) if root else ""

    def _learn(self, node: ast.AST) -> None:
        """Take another name for what was imported, as of "keras = tf.keras"."""
        if isinstance(node, ast.Assign) and (path := self._path(node.value)):
            names = [one for one in node.targets if isinstance(one, ast.Name)]
            self._targets.update(names)
            self._paths.update((one.id, path) for one in names)

    def _opened(self, node: ast.AST) -> set[str]:
        """Name what a statement gives the number of a file that it opens itself."""
        call = node.value if isinstance(node, ast.Assign) else None
        if not isinstance(call, ast.Call) or self._path(call.func).split(".")[-1] not in OPENING:
            return set()
        inner = (one for target in node.targets for one in ast.walk(target))  # type: ignore[attr-defined]
        names = [one for one in inner if isinstance(one, ast.Name)]
        self._targets.update(names)
        return {one.id for one in names}

    def _is_own(self, call: ast.Call) -> bool:
        """Whether a call is about a file that the notebook itself has opened."""
        first = call.args[0] if call.args else None
        if self._path(call.func).removeprefix("os.") not in FILES:
            return False
        if isinstance(first, ast.Call):
            return _name(first.func) == "fileno" or self._path(first.func) == "os.open"
        is_standard = isinstance(first, ast.Constant) and first.value in STANDARD
        return is_standard or (isinstance(first, ast.Name) and first.id in self._own)


def _root(name: str, path: str) -> str:
    """Give what a name stands for: of "import keras.layers" the name is the first part."""
    return name if path.startswith(f"{name}.") else path


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Give the names that a node imports, and what they stand for."""
    if isinstance(node, ast.Import):
        for one in node.names:
            yield one.asname or one.name.partition(".")[0], canonical(one.name)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for one in node.names:
            yield one.asname or one.name, canonical(f"{node.module}.{one.name}")


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
