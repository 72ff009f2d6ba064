"""What of a call's arguments is written otherwise than it was observed."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from fmnist_spec.gate.events import (
    Compiled,
    DataLoaded,
    Evaluated,
    Event,
    Fitted,
    LayerMade,
    ModelBuilt,
    Predicted,
    SplitMade,
    Summarised,
)
from fmnist_spec.gate.witness.calls import SEQUENTIAL, WrittenCall
from fmnist_spec.network import SAME

KINDS: dict[type[Event], str] = {
    **{DataLoaded: "load_data", SplitMade: "train_test_split", Summarised: "summary"},
    **{Compiled: "compile", Fitted: "fit", Evaluated: "evaluate", Predicted: "predict"},
}
# Values that Keras takes as they are written; others it may call by another name.
ACTIVATIONS = {"sigmoid", "softmax", "relu", "tanh", "linear", "elu", "selu", "gelu", "softplus"}
OPTIMIZERS = {"sgd", "rmsprop", "adam", "nadam", "adagrad", "adadelta", "adamax"}
LOSSES = {"sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"}
LOSSES |= {"mean_squared_error", "mean_absolute_error"}
METRICS = LOSSES | {"accuracy", "acc"}
SHORT = {**SAME, "mse": "mean_squared_error", "mae": "mean_absolute_error"}


def kind_of(event: Event) -> str:
    """Give the kind of call that an event is of; "" of others."""
    if isinstance(event, LayerMade):
        return event.layer.type
    if isinstance(event, ModelBuilt):
        return "" if event.style == "other" else SEQUENTIAL
    return KINDS.get(type(event), "")


def wrong(call: WrittenCall, event: Event) -> list[tuple[str, Any]]:
    """Give the arguments that are written out otherwise than observed, with what was observed."""
    if call.dataset and isinstance(event, DataLoaded) and event.dataset != call.dataset:
        return [("dataset", event.dataset)]
    found = dict(_observed(event))
    pairs = [(name, value, found[name]) for name, value in call.given.items() if name in found]
    return [(name, seen) for name, value, seen in pairs if _differ(name, value, seen)]


def _observed(event: Event) -> Iterator[tuple[str, Any]]:
    """Give what was observed of a call's arguments, by their names."""
    names: Collection[str] = ()
    source: Any = event
    if isinstance(event, LayerMade):
        source, names = event.layer, ("units", "activation", "use_bias", "name")
    elif isinstance(event, Compiled):
        names = ("loss", "optimizer", "metrics")
    elif isinstance(event, Fitted):
        names = ("epochs", "batch_size", "validation_split", "initial_epoch", "steps_per_epoch")
    elif isinstance(event, Evaluated):
        names = ("batch_size", "steps")
    elif isinstance(event, SplitMade):
        names = ("test_size", "train_size", "random_state", "shuffle")
    for name in names:
        yield name, getattr(source, name)


def _differ(name: str, written: Any, seen: Any) -> bool:
    """Whether a written value is certainly another one than that which was observed."""
    if name in WORDS:
        return WORDS[name](written, seen)
    if name == "name":
        return isinstance(written, str) and written != seen
    is_plain = type(written) in (int, float, bool)
    if name in ("units", "epochs", "batch_size", "steps", "steps_per_epoch", "initial_epoch"):
        is_plain = type(written) is int
    return is_plain and written != seen


def _of(known: Collection[str]) -> Callable[[Any, Any], bool]:
    """Compare words, if Keras takes both of them as they stand."""

    def differ(written: Any, seen: Any) -> bool:
        one, other = (SHORT.get(str(word), str(word)) for word in (written, seen))
        return isinstance(written, str) and {one, other} <= {*known} and one != other

    return differ


def _metrics_differ(written: Any, seen: Any) -> bool:
    asked = (written,) if isinstance(written, str) else written
    if not isinstance(asked, tuple) or not all(isinstance(one, str) for one in asked):
        return False
    one = tuple(SHORT.get(word, word) for word in asked)
    return {*one, *seen} <= METRICS and one != tuple(seen)


WORDS: dict[str, Callable[[Any, Any], bool]] = {
    "activation": _of(ACTIVATIONS),
    "optimizer": lambda written, seen: _of(OPTIMIZERS)(str(written).lower(), seen),
    "loss": _of(LOSSES),
    "metrics": _metrics_differ,
}


def shown(event: Event, call: WrittenCall) -> str:
    """Write what was observed instead of what a call writes."""
    pairs = wrong(call, event)[:3]
    told = ", ".join(f"{name}={value!r}" for name, value in pairs)
    return f"{call.kind}({told})" if told else ""
