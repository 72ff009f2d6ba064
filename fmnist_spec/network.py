"""A network as a lesson file has it, and what follows from it in closed form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, make_dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from fmnist_spec.language import say
from fmnist_spec.reading import read_value

Style = Literal["list", "named", "add"]
STYLES: tuple[Style, ...] = get_args(Style)
ACTIVATIONS = (
    *("relu", "sigmoid", "softmax", "tanh", "linear", "elu", "selu", "gelu", "silu", "swish"),
    *("softplus", "softsign", "exponential", "hard_sigmoid", "leaky_relu", "relu6", "mish"),
)
ACTIVATION: Any = Literal[ACTIVATIONS]
SAME = {"swish": "silu"}  # one activation, which Keras 2 and Keras 3 name differently
INITIALIZERS = (
    *("zeros", "ones", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform"),
    *("lecun_normal", "lecun_uniform", "random_normal", "random_uniform", "truncated_normal"),
)
INITIALIZER: Any = Literal[INITIALIZERS]
REGULARIZER, CONSTRAINT = Literal["l1", "l2"], Literal["max_norm", "non_neg", "unit_norm"]
OF_WEIGHTS: dict[str, Any] = {
    **dict.fromkeys(("kernel_initializer", "bias_initializer"), INITIALIZER),
    **dict.fromkeys(("kernel_regularizer", "bias_regularizer"), REGULARIZER),
    **dict.fromkeys(("kernel_constraint", "bias_constraint"), CONSTRAINT),
    "activity_regularizer": REGULARIZER,
}
# What Keras takes by itself: naming it says nothing new.
DEFAULTS: dict[str, dict[str, Any]] = {
    "Dense": {"kernel_initializer": "glorot_uniform", "bias_initializer": "zeros"},
    "BatchNormalization": {"momentum": 0.99, "epsilon": 0.001},
    "LayerNormalization": {"epsilon": 0.001},
    "ReLU": {"negative_slope": 0.0, "threshold": 0.0},
    "LeakyReLU": {"negative_slope": 0.3, "alpha": 0.3},
    "ELU": {"alpha": 1.0},
}
# The types of layers that a network may have, with Keras's names of their arguments.
TYPES: dict[str, dict[str, Any]] = {
    "Dense": {"units": int, "activation": ACTIVATION, "use_bias": bool, **OF_WEIGHTS},
    "Flatten": {},
    "Dropout": {"rate": float, "seed": int},
    "Activation": {"activation": ACTIVATION},
    "BatchNormalization": {"momentum": float, "epsilon": float},
    "LayerNormalization": {"epsilon": float},
    "Rescaling": {"scale": float},
    "GaussianNoise": {"stddev": float},
    "ReLU": {"max_value": float, "negative_slope": float, "threshold": float},
    "LeakyReLU": {"negative_slope": float, "alpha": float},
    "ELU": {"alpha": float},
    "Softmax": {},
}
NEEDED = {"Dense": "units", "Dropout": "rate", "Activation": "activation"}
NEEDED |= {"Rescaling": "scale", "GaussianNoise": "stddev"}
# Parameters that a layer has for each value that it is given, and how many of these do not train.
WEIGHTS = {"BatchNormalization": (4, 2), "LayerNormalization": (2, 0)}


@dataclass(frozen=True)
class LayerSpec:
    """One layer: its type in Keras, its name in the named style ("" for none), its arguments."""

    type: str = "Dense"
    name: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def units(self) -> int:
        """Units of a Dense layer; 0 of another."""
        return int(self.arguments.get("units", 0))

    @property
    def activation(self) -> str | None:
        """Keras's name of the activation, "linear" of a Dense layer without; None of others."""
        plain = {"Dense": "linear", "Softmax": "softmax"}.get(self.type)
        activation: str | None = self.arguments.get("activation", plain)
        return activation and SAME.get(activation, activation)

    @property
    def options(self) -> dict[str, Any]:
        """The arguments beside units and activation that Keras does not take by itself."""
        own, plain = ("units", "activation", "use_bias", "seed"), DEFAULTS.get(self.type, {})
        told = {name: one for name, one in self.arguments.items() if name not in own}
        return {name: one for name, one in told.items() if one != plain.get(name)}

    @property
    def code(self) -> str:
        """How Keras is told of it: ``keras.layers.Dense(100, activation='sigmoid')``."""
        told = [
            repr(one) if name == NEEDED.get(self.type) else f"{name}={one!r}"
            for name, one in self.arguments.items()
        ]
        return f"keras.layers.{self.type}({', '.join(told)})"

    def after(self, inputs: int) -> tuple[int, int, int]:
        """Values that it gives for so many; its parameters, and how many of them do not train."""
        if self.type == "Dense":
            bias = bool(self.arguments.get("use_bias", True))
            return self.units, (inputs + bias) * self.units, 0
        of_each, fixed = WEIGHTS.get(self.type, (0, 0))
        return inputs, of_each * inputs, fixed * inputs


@cache
def _form(kind: str) -> Any:
    """Make a dataclass of the keys of a type of layer; one that it needs has no default."""
    keys = {"type": str, "name": str} | TYPES[kind]
    needed = {NEEDED[kind]: keys.pop(NEEDED[kind])} if kind in NEEDED else {}
    return make_dataclass(kind, [*needed.items(), *((one, keys[one], "") for one in keys)])


def layer_of(table: dict[str, Any], path: Path, key: str) -> LayerSpec:
    """Read the table of a layer. Raises SpecificationError."""
    kind = read_value(Literal[tuple(TYPES)], table.get("type", "Dense"), path, f"{key}.type")
    read = read_value(_form(kind), table, path, key)
    given = {name: getattr(read, name) for name in TYPES[kind] if name in table}
    return LayerSpec(kind, read.name, given)


@dataclass(frozen=True)
class NetworkSpec:
    """The layers, first to last; the styles in which the lesson builds them; the model's name."""

    layers: tuple[Annotated[LayerSpec, layer_of], ...]
    styles: tuple[Style, ...] = ()
    name: str = ""

    @property
    def dense(self) -> tuple[LayerSpec, ...]:
        """The Dense layers, first to last."""
        return tuple(layer for layer in self.layers if layer.type == "Dense")

    @property
    def hidden(self) -> tuple[int, ...]:
        """Units of the hidden layers: all Dense layers but the last."""
        return tuple(layer.units for layer in self.dense[:-1])

    @property
    def names(self) -> list[str]:
        """The names of its layers, of those that have one."""
        return [layer.name for layer in self.layers if layer.name]

    @property
    def output(self) -> LayerSpec:
        """The output layer: the last Dense one."""
        return self.dense[-1]

    @property
    def is_logits(self) -> bool:
        """Whether what comes out are logits: no activation makes probabilities of them."""
        activations = [one.activation for one in self.layers if one.activation is not None]
        return activations[-1] == "linear"

    @property
    def flatten(self) -> int | None:
        """The place of a Flatten that images pass before any layer with weights."""
        types = [layer.type for layer in self.layers]
        first = next(at for at, one in enumerate(types) if one in ("Flatten", "Dense", *WEIGHTS))
        return first if types[first] == "Flatten" else None

    @property
    def code(self) -> str:
        """The layers as calls of Keras, with commas between."""
        return ", ".join(layer.code for layer in self.layers)

    def counts(self, inputs: int) -> Iterator[tuple[int, int, int]]:
        """Give of each layer its outputs and parameters, and those that do not train."""
        for layer in self.layers:
            yield (after := layer.after(inputs))
            inputs = after[0]


def wrong_layers(network: NetworkSpec, classes: int) -> Iterator[tuple[str, object, str]]:
    """Give what cannot be right: the key, what was found, and what was expected."""
    layers, names, key = network.layers, network.names, "network.layers"
    for place, layer in enumerate(layers):
        if layer.type == "Dense" and not 0 < layer.units < 10**9:
            yield f"{key}[{place}].units", layer.units, say("network.units")
        if layer.arguments.get("rate", 0) >= 1:
            yield f"{key}[{place}].rate", layer.arguments["rate"], say("network.share")
    if not network.dense:
        yield key, say("network.no-dense"), say("network.output")
    elif network.output.units != classes:
        last = f"{key}[{layers.index(network.output)}].units"
        yield last, network.output.units, say("network.classes", classes=classes)
    if len({*names}) != len(names):
        yield key, say("network.names", names=sorted(names)), say("network.other-names")
    if "named" in network.styles and not (names or network.name):
        yield "network.name", say("reading.nothing"), say("network.named")
    if len({*network.styles}) != len(network.styles):
        yield "network.styles", f"{[*network.styles]}", say("network.styles")
