"""In the notebook's process: watch what Keras and scikit-learn are asked to do."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import traceback
from typing import Any

import numpy as np

from fmnist_spec._compat import import_keras
from fmnist_spec.gate.compare.images import Known, Pixels
from fmnist_spec.gate.observe import keras_objects as described
from fmnist_spec.gate.observe.calls import Call, Sink, Wrapper
from fmnist_spec.gate.observe.models import ModelWatch
from fmnist_spec.gate.trace import DataLoaded, SplitMade

# Data sets for which arrays of the right form are handed out, so that the run goes on: the shape
# of an image, how many there are to train on, and the shape of a label.
OTHER_DATA: dict[str, tuple[tuple[int, ...], int, tuple[int, ...]]] = {
    "mnist": ((28, 28), 60_000, ()),
    "cifar10": ((32, 32, 3), 50_000, (1,)),
    "cifar100": ((32, 32, 3), 50_000, (1,)),
}
OTHER_TEST_IMAGES = 10_000
Served = tuple[tuple[Pixels, Pixels], tuple[Pixels, Pixels]]


class Observer:
    """Watches one process. ``served`` is what the lesson's ``load_data()`` gives, in its form.

    ``fresh`` is the same once more, for the notebook to write to.
    """

    def __init__(
        self, known: Known, dataset: str, served: Served, fresh: Served, full: bool
    ) -> None:
        self._known, self._dataset, self._served = known, dataset, served
        self._fresh: Served | None = fresh
        self._wrapper = Wrapper()
        self._models = ModelWatch(self._wrapper, known, full)

    def start(self, sink: Sink) -> None:
        """Tell what is seen from now on."""
        self._wrapper.sink = sink

    def end_cell(self) -> None:
        """Tell what the cell has left: how the models that it built or added to have become."""
        try:
            self._models.end_cell()
        except Exception:
            self._wrapper.sink.fault(traceback.format_exc())

    def install(self) -> None:
        """Wrap the functions of every Keras that is installed, and scikit-learn's split."""
        from sklearn.model_selection import train_test_split

        keras = import_keras()
        kerases = {described.package_of(keras.Sequential): keras}
        for name in ("keras", "tf_keras"):
            if name not in kerases and importlib.util.find_spec(name):
                kerases[name] = importlib.import_module(name)
        for package, one in kerases.items():
            self._models.install(one.Sequential, package)
            for name in dir(one.datasets):
                if load := getattr(getattr(one.datasets, name), "load_data", None):
                    self._wrapper.function(load, functools.partial(self._load, name))
        self._wrapper.function(train_test_split, self._split)

    def _load(self, dataset: str, call: Call) -> Any:
        self._wrapper.sink.add(DataLoaded(self._wrapper.sink.cell, call.line, dataset))
        if dataset == self._dataset:
            fresh, self._fresh = self._fresh, None
            return fresh or tuple((images.copy(), labels.copy()) for images, labels in self._served)
        if dataset not in OTHER_DATA:
            call.function = _cannot_download
            return call.go()
        image, train, label = OTHER_DATA[dataset]
        random = np.random.default_rng(0)
        shapes = [((count, *image), (count, *label)) for count in (train, OTHER_TEST_IMAGES)]
        return tuple(
            (
                random.integers(0, 256, of_images, np.uint8),
                random.integers(0, 10, of_labels, np.uint8),
            )
            for of_images, of_labels in shapes
        )

    def _split(self, call: Call) -> Any:
        parts, arrays = call.go(), call["arrays"]
        at = next((i for i, one in enumerate(arrays) if np.ndim(one) > 1), 0)  # images, if any
        pair = (parts[2 * at], parts[2 * at + 1])
        source, exact = self._known.split_of(arrays[at], pair)
        seed = call["random_state"]
        self._wrapper.sink.add(
            SplitMade(
                self._wrapper.sink.cell,
                call.line,
                test_size=_number(call["test_size"]),
                train_size=_number(call["train_size"]),
                random_state=int(seed) if isinstance(seed, int | np.integer) else None,
                shuffle=bool(call["shuffle"]),
                stratified=call["stratify"] is not None,
                sizes=(len(pair[0]), len(pair[1])),
                source=source,
                exact=exact,
                shapes=tuple(tuple(map(int, np.shape(part))) for part in pair),
            )
        )
        return parts


def _cannot_download(*_: Any, **__: Any) -> Any:
    raise ConnectionError("fmnist-spec runs notebooks without network, so this cannot be loaded")


def _number(size: Any) -> float | int | None:
    return size if size is None else float(size) if isinstance(size, float) else int(size)
