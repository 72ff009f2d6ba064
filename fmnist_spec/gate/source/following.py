"""Follows what a notebook's statements build, summarise, split and train, without running them.

Only what is written out in plain statements is followed. Whatever else a statement touches is not
known any more, so that nothing is said of it.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import starmap
from typing import Any

from fmnist_spec.gate.events import Event, Fitted, Network, SplitMade, Summarised
from fmnist_spec.gate.source.layers import (
    MOST_LAYERS,
    NO_VALUE,
    WrittenLayer,
    WrittenModel,
    arguments_of,
    layer_of,
    value_of,
)
from fmnist_spec.gate.source.names import (
    defined,
    gives_one_name,
    imported,
    used_in_functions,
    uses_of,
)

KERAS = ("tensorflow", "keras", "tf_keras")
# Of these packages it is known what they build, split and train: nothing, but for what is watched.
PACKAGES = {*KERAS, "numpy", "sklearn", "matplotlib", "pandas", "seaborn", "IPython"}
PACKAGES |= {"os", "sys", "random", "time", "datetime", "math", "warnings", "pathlib", "re"}
# What builds, splits and trains, and what changes a layer.
WATCHED = re.compile(
    r"\w*[Ff]it\w*|train\w*_on_batch|train_test_split|\w*Split|load_model|clone_model|set_weights"
    r"|model_from_\w+|from_config|Sequential|\w*Model|Functional|add|units|activation|trainable"
    r"|applications|\w*experimental\w*"
)
SPLIT = "train_test_split"
METHODS = {one: re.compile(one) for one in ("summary", "fit")}
# Methods that leave the layers of a model as they are.
HARMLESS = {"compile", "fit", "evaluate", "predict", "save", "save_weights", "summary"}
OF_FIT = ("x", "y", "batch_size", "epochs", "verbose", "callbacks")
# A fit of which nothing is known yet.
NOTHING = Network("Sequential", "", False, None, (), None, None)
FIT = Fitted(0, None, 0, NOTHING, None, None, 1, None, None, 0.0, 0, False, {}, shortened=False)


class Reader:
    """Follows the statements of a notebook, one after the other."""

    def __init__(self, trees: Mapping[int, ast.Module]) -> None:
        self._trees = trees
        self._names: dict[str, Any] = {}
        self._modules: dict[str, str] = {}  # what imported names stand for
        self._hidden = {*used_in_functions(trees.values())}
        self._understood = set[ast.AST]()
        self._models = list[WrittenModel]()
        self._splits = list[Event]()
        self._unclear = set[int]()  # cells with statements that were not followed
        self._is_lost = False  # whether something unknown was done to a model
        self.calls = list[Summarised | Fitted]()

    def certain(self, cells: Iterable[int]) -> Iterator[tuple[int, str]]:
        """Give the cells, and methods, of which every use was understood.

        In a cell with none, nothing else may call it either.
        """
        for cell in cells:
            for name, method in METHODS.items():
                uses = {*uses_of(self._trees[cell], method)}
                is_clear = bool(uses) or cell not in self._unclear
                if name not in self._hidden and is_clear and uses <= self._understood:
                    yield cell, name

    def events(self) -> tuple[Event, ...] | None:
        """Give all that is built, split and trained; None if there may be more."""
        trees = self._trees.values()
        watched = {one for tree in trees for one in uses_of(tree, WATCHED)}
        # As far as a model had grown, it may have been seen.
        sizes = [(one, min(len(one.layers), MOST_LAYERS + 1)) for one in self._models]
        ends = [(one, end) for one, size in sizes for end in range(1, size + 1)]
        networks = [(one.number, one.network(end)) for one, end in ends]
        is_all = watched <= self._understood and not any(starmap(_is_foreign, imported(trees)))
        if self._is_lost or not is_all or not all(_is_told(network) for _, network in networks):
            return None
        built = [Summarised(0, None, number, network) for number, network in networks if network]
        return (*built, *self._splits, *(one for one in self.calls if isinstance(one, Fitted)))

    def read(self, cell: int, statement: ast.stmt) -> None:
        """Follow one statement."""
        if isinstance(statement, ast.Import | ast.ImportFrom):
            self._import(statement)
            if any(starmap(_is_foreign, imported([statement]))):
                self._unclear.add(cell)  # what it imports may print
            return
        value: Any = getattr(statement, "value", None)
        self._note_split(cell, value)
        plain = value is not None and (isinstance(statement, ast.Expr) or gives_one_name(statement))
        if plain and isinstance(value, ast.Call) and self._method(cell, value):
            self._define(statement, NO_VALUE)  # such as a history
        elif plain and (made := self._value(value)) is not NO_VALUE:
            self._define(statement, made)
        else:
            self._unclear.add(cell)
            self.forget(statement)

    def _define(self, statement: ast.AST, value: Any) -> None:
        for name in defined(statement):
            self._modules.pop(name, None)
            self._names.pop(name, None)
            if value is not NO_VALUE and name not in self._hidden:
                self._names[name] = value

    def _import(self, statement: ast.Import | ast.ImportFrom) -> None:
        module = getattr(statement, "module", "") or ""
        for one in statement.names:
            name = one.asname or one.name.partition(".")[0]
            whole = one.name if one.asname or module else name
            for value in self._names.values() if name == "*" else ():
                _unknown(value)  # it may stand in the place of any name
            self._names.pop(name, None)
            self._modules[name] = f"{module}.{whole}" if module else whole

    def forget(self, statement: ast.AST) -> None:
        """Take what a statement touches for unknown from now on."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                _unknown(self._names.get(node.id))
            # To show a model changes nothing of it; a method, or a part of it, may.
            if isinstance(node, ast.Attribute) and node.attr not in HARMLESS:
                self._is_lost |= self._holds(node.value)
        self._define(statement, NO_VALUE)

    def _value(self, node: ast.AST) -> Any:
        """Give the layer, the model, the list of layers or the constant that is written out."""
        if isinstance(node, ast.Name) and self._holds(node):
            return self._names[node.id]
        if isinstance(node, ast.List) and node.elts:
            layers = [self._value(one) for one in node.elts]
            return layers if all(isinstance(one, WrittenLayer) for one in layers) else NO_VALUE
        if not isinstance(node, ast.Call):
            return value_of(node, self._names)
        kind = self._name(node.func, KERAS)
        if kind == "Sequential":
            return self._sequential(node)
        return layer_of(kind, node, self._names) or NO_VALUE

    def _name(self, node: ast.AST, packages: Iterable[str]) -> str:
        """Give the last name of what is called, if it is one of these packages'."""
        parts = list[str]()
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        root = self._modules.get(node.id, "") if isinstance(node, ast.Name) else ""
        whole = [*root.split("."), *parts]
        return whole[-1] if whole[0] in packages and len(whole) > 1 else ""

    def _sequential(self, call: ast.Call) -> Any:
        given = {str(one.arg): one.value for one in call.keywords}
        given |= dict(zip(("layers", "name"), call.args, strict=False))
        layers = self._value(given.pop("layers")) if "layers" in given else []
        name = value_of(given.pop("name"), self._names) if "name" in given else ""
        if given or len(call.args) > 2 or not isinstance(layers, list) or not isinstance(name, str):
            return NO_VALUE
        self._understood.add(call.func)
        self._models.append(WrittenModel(len(self._models), name, [*layers]))
        return self._models[-1]

    def _method(self, cell: int, call: ast.Call) -> bool:
        """Follow a method of a model; False if it is another call, or not followed."""
        func = call.func
        if not (isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name)):
            return False
        model = self._names.get(func.value.id)
        given = [*call.args, *(one.value for one in call.keywords)]
        if not isinstance(model, WrittenModel):
            return False
        if func.attr == "add" and len(given) == 1:
            return self._add(func, model, self._value(given[0]))
        touches = any(self._holds(node) for one in given for node in ast.walk(one))
        if func.attr not in HARMLESS or touches:
            return False
        if func.attr == "fit" and (fit := _fit(arguments_of(call, OF_FIT, self._names))):
            network = model.network() or NOTHING
            found = replace(fit, cell=cell, line=call.lineno, model=model.number, network=network)
            self.calls.append(found)
            self._understood.add(func)
        shown = model.network() if func.attr == "summary" and model.is_known and not given else None
        if shown is not None:
            self.calls.append(Summarised(cell, call.lineno, model.number, shown))
            self._understood.add(func)
        return True

    def _add(self, func: ast.AST, model: WrittenModel, layer: Any) -> bool:
        if not isinstance(layer, WrittenLayer):
            return False
        model.layers.append(layer)
        self._understood.add(func)
        return True

    def _holds(self, node: ast.AST) -> bool:
        named = self._names.get(node.id) if isinstance(node, ast.Name) else None
        return isinstance(named, WrittenLayer | WrittenModel | list)

    def _note_split(self, cell: int, call: Any) -> None:
        """Note the seed of a split whose arguments are written out; of what, a run shows."""
        is_split = isinstance(call, ast.Call) and self._name(call.func, {"sklearn"}) == SPLIT
        given = (
            {one.arg: value_of(one.value, self._names) for one in call.keywords} if is_split else {}
        )
        seed = given.get("random_state")
        if is_split and None not in given and seed is not NO_VALUE:
            self._understood.add(call.func)
            of = (None, None, seed if type(seed) is int else None, True, False, (), None, ())
            self._splits.append(SplitMade(cell, call.lineno, *of))


def _fit(given: Mapping[str, Any] | None) -> Fitted | None:
    """Make the event of a training; None if its epochs and batches are not written out."""
    told = given or {"initial_epoch": 0}
    epochs, batch_size = told.get("epochs", 1), told.get("batch_size")
    is_told = type(epochs) is int and (batch_size is None or type(batch_size) is int)
    if not is_told or "initial_epoch" in told:
        return None
    callbacks = ("?",) * (told.get("callbacks") not in (None, ()))
    return replace(FIT, epochs=epochs, batch_size=batch_size, callbacks=callbacks)


def _is_foreign(whole: str, called: str) -> bool:
    """Whether an import brings what may do anything, or hides what is watched."""
    package, name = whole.partition(".")[0], whole.rpartition(".")[2]
    hidden = called not in (name, whole) and WATCHED.fullmatch(name)
    return package not in PACKAGES or name == "*" or bool(hidden)


def _is_told(network: Network | None) -> bool:
    """Whether all of a network is written out."""
    return network is not None and all(one.activation != "?" for one in network.layers)


def _unknown(value: Any) -> None:
    """Take a layer or a model for unknown, with its layers, and so what these are a part of."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, WrittenLayer | WrittenModel):
            one.known = False
        _unknown(getattr(one, "layers", []))
