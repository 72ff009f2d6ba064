"""The calls of Keras and scikit-learn that a notebook's code writes, with what they write out."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fmnist_spec.gate.source.following import PACKAGES
from fmnist_spec.gate.source.layers import NO_VALUE, POSITIONS, value_of
from fmnist_spec.gate.witness.resolving import KERAS, MODEL, SKLEARN, Names
from fmnist_spec.network import TYPES

METHODS = ("compile", "fit", "evaluate", "predict", "summary")
SPLIT, LOAD, SEQUENTIAL = "train_test_split", "load_data", "Sequential"
LONGEST = 120  # characters of a call that are shown
ARGUMENTS: dict[str, tuple[str, ...]] = {
    **{name: POSITIONS.get(name, ()) for name in TYPES},
    **{SEQUENTIAL: ("layers", "name"), "compile": ("optimizer", "loss")},
    **{"fit": ("x", "y", "batch_size", "epochs"), "evaluate": ("x", "y", "batch_size")},
    **dict.fromkeys(("predict", "summary", SPLIT, LOAD), ()),
}
# What cannot lead to another call of Keras in the same line.
HARMLESS = {*ARGUMENTS, "add", "Input", "InputLayer", "reshape", "astype"}
HARMLESS |= {"print", "len", "range", "int", "str", "float", "list", "tuple", "zip"}
MAYBE = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
MAYBE |= ast.IfExp | ast.BoolOp | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
MAYBE |= ast.Starred  # of which the order is another one


@dataclass(frozen=True)
class WrittenCall:
    """A call as it is written. ``lines`` are those that it takes, ``within`` its statement's.

    certain: what is called is Keras's or scikit-learn's own, and nothing else.
    plain: whenever its cell runs to its end, it is made once.
    """

    cell: int
    kind: str  # "Dense", "Sequential", "fit", "train_test_split", ...
    lines: range
    within: range
    node: ast.Call = field(compare=False, repr=False)
    given: Mapping[str, Any] = field(hash=False)  # what is written out
    certain: bool
    plain: bool
    dataset: str = ""  # whose load_data() is called, if it is certain

    @property
    def text(self) -> str:
        """The call as Python writes it, in one line."""
        return " ".join(ast.unparse(self.node).split())[:LONGEST]


@dataclass(frozen=True)
class OtherCall:
    """A call of anything else, which may call Keras, too."""

    cell: int
    lines: range


Call = WrittenCall | OtherCall


def calls_of(cell: int, statement: ast.stmt, names: Names) -> Iterator[Call]:
    """Give the calls of a statement at the top of a cell, in the order of their places."""
    is_plain = isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign)
    names = names if is_plain else names.without(statement)
    found = [*_calls(statement, is_plain)]
    found.sort(key=lambda pair: (pair[0].lineno, pair[0].col_offset))
    for call, plain in found:
        yield _call(cell, call, _lines(statement), plain, names)


def _calls(node: ast.AST, plain: bool) -> Iterator[tuple[ast.Call, bool]]:
    """Give the calls in a node, and whether each is made for certain."""
    chained = isinstance(node, ast.Compare) and len(node.ops) > 1
    # What an assignment gives a value is looked at after the value.
    stored = not isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    plain = plain and not (isinstance(node, MAYBE) or chained or stored)
    if isinstance(node, ast.Call):
        yield node, plain
    for inner in ast.iter_child_nodes(node):
        yield from _calls(inner, plain)


def _call(cell: int, call: ast.Call, within: range, plain: bool, names: Names) -> Call:
    name = str(getattr(call.func, "attr", getattr(call.func, "id", "")))
    path = names.path(call.func)
    kind, certain = _kind(path) or name, bool(_kind(path))
    if kind not in ARGUMENTS:
        is_harmless = name in HARMLESS or path.partition(".")[0] in (MODEL, *PACKAGES)
        return OtherCall(cell, range(0) if is_harmless else _lines(call))
    at, dataset = path.split("."), ""
    if kind == LOAD and certain:
        dataset = at[at.index("datasets") + 1]
    # A function that only has the name of one may have been given the first arguments.
    positions = () if isinstance(call.func, ast.Name) and not certain else ARGUMENTS[kind]
    given = _given(call, positions)
    return WrittenCall(cell, kind, _lines(call), within, call, given, certain, plain, dataset)


def _kind(path: str) -> str:
    """Give what a path calls for certain; "" of what nobody watches."""
    root, *parts = path.split(".")
    last = parts[-1] if parts else ""
    if root == MODEL and len(parts) == 1 and last in METHODS:
        return last
    if root == SKLEARN and last == SPLIT:
        return last
    is_layer = last in TYPES and "layers" in parts
    is_load = last == LOAD and len(parts) >= 3 and "datasets" in parts[:-2]
    return last if root == KERAS and (is_layer or is_load or last == SEQUENTIAL) else ""


def _given(call: ast.Call, positions: tuple[str, ...]) -> dict[str, Any]:
    """Give the arguments that are written out."""
    at = next((at for at, one in enumerate(call.args) if isinstance(one, ast.Starred)), None)
    nodes = dict(zip(positions, call.args[:at], strict=False))
    nodes |= {one.arg: one.value for one in call.keywords if one.arg}
    values = {name: value_of(node, {}) for name, node in nodes.items()}
    return {name: value for name, value in values.items() if value is not NO_VALUE}


def _lines(node: ast.stmt | ast.expr) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)
