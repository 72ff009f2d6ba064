"""Layers and models as a source writes them out, and what Keras makes of them."""

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fmnist_spec.gate.events import Layer, Network
from fmnist_spec.network import NEEDED, TYPES, LayerSpec

Shape = tuple[int, ...]
INPUTS = ("Input", "InputLayer")
OF_INPUT = ("shape", "input_shape", "input_dim")
POSITIONS: dict[str, tuple[str, ...]] = {one: (first,) for one, first in NEEDED.items()}
POSITIONS |= {**dict.fromkeys(INPUTS, ("shape",)), "Dense": ("units", "activation", "use_bias")}
LARGEST, MOST_SIZES = 10**9, 8  # of a number that a layer has; of those of a shape
MOST_LAYERS = 100  # of a model that is followed
NO_VALUE: Any = object()  # of what is not written out
CALCULATE: dict[type, Any] = {
    ast.Add: lambda one, other: one + other,
    ast.Sub: lambda one, other: one - other,
    ast.Mult: lambda one, other: one * other,
    ast.FloorDiv: lambda one, other: one // other if other else NO_VALUE,
}


@dataclass
class WrittenLayer:
    """A layer whose arguments are all written out; ``known`` while nothing else may change it."""

    spec: LayerSpec
    shape: Shape | None = None  # of its input, if it says so
    known: bool = True


@dataclass
class WrittenModel:
    """A Sequential as it grows."""

    number: int  # counts the models from 0
    name: str
    layers: list[WrittenLayer]
    known: bool = True

    @property
    def is_known(self) -> bool:
        """Whether nothing else may have changed it or one of its layers."""
        return self.known and all(one.known for one in self.layers)

    def network(self, layers: int | None = None) -> Network | None:
        """Give what Keras makes of it, or of its first layers; None if that needs its input."""
        if len(self.layers) > MOST_LAYERS:
            return None
        shape: Shape | None = None
        first, made, fixed = None, list[Layer](), 0
        for layer in self.layers[:layers]:
            shape = layer.shape or shape
            if shape is None:
                return None
            first = first or shape
            if layer.spec.type not in INPUTS:
                _, _, own = layer.spec.after(shape[-1])
                made.append(_made(layer.spec, shape))
                shape, fixed = (
                    tuple(one or 0 for one in (made[-1].output_shape or ())[1:]),
                    fixed + own,
                )
        total = sum(one.parameters or 0 for one in made)
        return Network(
            "Sequential", self.name, True, (None, *(first or ())), tuple(made), total - fixed, fixed
        )


def _made(spec: LayerSpec, shape: Shape) -> Layer:
    outputs, parameters, _ = spec.after(shape[-1])
    if spec.type == "Flatten":
        shape = (math.prod(shape),)
    elif spec.type == "Dense":
        shape = (*shape[:-1], outputs)
    activation = spec.activation if isinstance(spec.activation, str | None) else "?"
    bias = bool(spec.arguments.get("use_bias", True)) if spec.type == "Dense" else None
    own = (spec.type, spec.name, spec.units or None, activation, bias, True)
    return Layer(*own, (None, *shape), parameters)


def value_of(node: ast.AST, names: Mapping[str, Any]) -> Any:
    """Give what is written out: a constant, a tuple, a product, or a name for one of these."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        value = names.get(node.id, NO_VALUE)
        return NO_VALUE if isinstance(value, WrittenLayer | WrittenModel | list) else value
    if isinstance(node, ast.Tuple | ast.List):
        values = [value_of(one, names) for one in node.elts]
        return NO_VALUE if NO_VALUE in values else tuple(values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = value_of(node.operand, names)
        return -value if type(value) in (int, float) else NO_VALUE
    if isinstance(node, ast.BinOp) and type(node.op) in CALCULATE:
        both = [value_of(one, names) for one in (node.left, node.right)]
        if all(type(one) is int and abs(one) < LARGEST for one in both):
            return CALCULATE[type(node.op)](*both)
    return NO_VALUE


def arguments_of(
    call: ast.Call, positions: Sequence[str], names: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Give the arguments of a call by their names; None if these are not all told."""
    is_starred = any(isinstance(one, ast.Starred) for one in call.args)
    if is_starred or len(call.args) > len(positions) or any(not one.arg for one in call.keywords):
        return None
    given = {name: value_of(one, names) for name, one in zip(positions, call.args, strict=False)}
    return given | {str(one.arg): value_of(one.value, names) for one in call.keywords}


def layer_of(kind: str, call: ast.Call, names: Mapping[str, Any]) -> WrittenLayer | None:
    """Give the layer of a call; None of one that is not written out, or of another type."""
    if kind not in TYPES and kind not in INPUTS:
        return None
    given = arguments_of(call, POSITIONS.get(kind, ()), names)
    if given is None or not given.keys() <= {*TYPES.get(kind, ()), *OF_INPUT, "name"}:
        return None
    shapes = [_shape(given.pop(one)) for one in OF_INPUT if one in given]
    name = given.pop("name", None) or ""
    sizes = [given[one] for one in ("units", "use_bias") if one in given]
    if None in shapes or not isinstance(name, str) or not all(map(_is_size, sizes)):
        return None
    return WrittenLayer(LayerSpec(kind, name, given), next(iter(shapes), None))


def _shape(value: Any) -> Shape | None:
    sizes = (value,) if type(value) is int else value
    is_shape = (
        isinstance(sizes, tuple) and 0 < len(sizes) <= MOST_SIZES and all(map(_is_size, sizes))
    )
    return sizes if is_shape else None


def _is_size(value: Any) -> bool:
    return isinstance(value, bool) or (type(value) is int and 0 < value < LARGEST)
