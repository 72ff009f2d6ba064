"""In the notebook's process: watch layers being made."""

from typing import Any

from fmnist_spec.gate.events import MOST_LAYERS, LayerMade
from fmnist_spec.gate.observe import keras_objects
from fmnist_spec.gate.observe.calls import Call, Wrapper
from fmnist_spec.network import TYPES


class LayerWatch:
    """Watches layers of the types that a lesson may have; a class of the author's own is none."""

    def __init__(self, wrapper: Wrapper) -> None:
        self._wrapper = wrapper
        self._told = 0

    def install(self, layers: Any) -> None:
        """Wrap the constructors of a Keras's ``layers``."""
        for name in TYPES:
            kind = getattr(layers, name, None)
            if kind is not None and "__init__" in vars(kind):
                self._wrapper.method(kind, "__init__", self._init)

    def _init(self, call: Call) -> None:
        call.go()
        layer = call["self"]
        if type(layer).__name__ in TYPES and keras_objects.is_kerass(type(layer)):
            self._told += 1
            if self._told <= MOST_LAYERS:
                described, sink = keras_objects.layer_of(layer), self._wrapper.sink
                sink.add(LayerMade(sink.cell, call.line, described, by=call.by))
