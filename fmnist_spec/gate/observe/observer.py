"""In the notebook's process: watch all that Keras and scikit-learn are asked to do."""

import importlib.util
import traceback
from typing import Any

from fmnist_spec._compat import import_keras, spare_graph_optimizing
from fmnist_spec.gate.events import MOST_LAYERS, LayerMade
from fmnist_spec.gate.observe import keras_objects
from fmnist_spec.gate.observe.calls import Call, Wrapper
from fmnist_spec.gate.observe.data import DataWatch, Serve
from fmnist_spec.gate.observe.images import Recogniser
from fmnist_spec.gate.observe.models import ModelWatch
from fmnist_spec.gate.observe.replacing import Originals
from fmnist_spec.network import TYPES


class Observer:
    """Watches one process: its data sets and its models. It tells the sink of its ``wrapper``.

    ``serve`` gives the known data set in Keras's place; ``full``: trainings are not shortened.
    """

    def __init__(self, recogniser: Recogniser, serve: Serve | None, full: bool) -> None:
        from sklearn import model_selection

        self.wrapper, self.originals = Wrapper(), Originals()
        layers, data = LayerWatch(self.wrapper), DataWatch(self.wrapper, recogniser, serve)
        self._models = ModelWatch(self.wrapper, recogniser, full)
        keras = import_keras()
        if not full:
            spare_graph_optimizing()
        kerases = {keras.Sequential.__module__.partition(".")[0]: keras}
        for name in ("keras", "tf_keras"):  # any that is installed
            if name not in kerases and importlib.util.find_spec(name):
                kerases[name] = importlib.import_module(name)
        for package, one in kerases.items():
            self._models.install(one.Sequential, package)
            data.install(one.datasets)
            layers.install(one.layers)

        for one in kerases.values():  # as they are watched
            self.originals.keep_keras(one)
        self.originals.keep("sklearn.model_selection", model_selection, "train_test_split")

    def show_images(self) -> None:
        """Tell from now on also some of the images that are trained on."""
        self._models.show_images()

    def end_cell(self) -> None:
        """Tell what the cell has left: how the models that it built or added to have become."""
        try:
            self._models.end_cell()
        except Exception:
            self.wrapper.sink.say("fault", traceback.format_exc())


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
