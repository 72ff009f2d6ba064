"""In the notebook's process: watch all that Keras and scikit-learn are asked to do."""

import importlib.util
import traceback

from fmnist_spec._compat import import_keras, spare_graph_optimizing
from fmnist_spec.gate.observe.calls import Wrapper
from fmnist_spec.gate.observe.data import DataWatch, Serve
from fmnist_spec.gate.observe.images import Recogniser
from fmnist_spec.gate.observe.models import ModelWatch


class Observer:
    """Watches one process: its data sets and its models. It tells the sink of its ``wrapper``.

    ``serve`` gives the known data set in Keras's place; ``full``: trainings are not shortened.
    """

    def __init__(self, recogniser: Recogniser, serve: Serve | None, full: bool) -> None:
        self.wrapper = Wrapper()
        data = DataWatch(self.wrapper, recogniser, serve)
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

    def show_images(self) -> None:
        """Tell from now on also some of the images that are trained on."""
        self._models.show_images()

    def end_cell(self) -> None:
        """Tell what the cell has left: how the models that it built or added to have become."""
        try:
            self._models.end_cell()
        except Exception:
            self.wrapper.sink.say("fault", traceback.format_exc())
