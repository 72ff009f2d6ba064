"""In the notebook's process: serve data sets, and watch what is loaded and split."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from fmnist_spec.datasets import DATA_SETS
from fmnist_spec.gate.compare.contents import Pixels
from fmnist_spec.gate.events import DataLoaded, SplitMade
from fmnist_spec.gate.observe.calls import Call, Wrapper
from fmnist_spec.gate.observe.images import Recogniser, shape_of
from fmnist_spec.language import say

# Data sets for which arrays of the right form are handed out, so that the run goes on: the shape
# of an image, how many there are to train on, and the shape of a label.
OTHER_DATA: dict[str, tuple[tuple[int, ...], int, tuple[int, ...]]] = {
    **{name: (one.shapes[0][1:], one.train_images, ()) for name, one in DATA_SETS.items()},
    **dict.fromkeys(("cifar10", "cifar100"), ((32, 32, 3), 50_000, (1,))),
}
OTHER_TEST_IMAGES = 10_000
Labelled = tuple[Pixels, Pixels]  # images and their labels
Serve = Callable[[], tuple[Labelled, Labelled]]  # the known data set, each time anew


class DataWatch:
    """Watches data sets being loaded and split. With ``serve``, Keras is not asked for them."""

    def __init__(self, wrapper: Wrapper, recogniser: Recogniser, serve: Serve | None) -> None:
        from sklearn.model_selection import train_test_split

        self._wrapper, self._recogniser, self._serve = wrapper, recogniser, serve
        wrapper.function(train_test_split, self._split)

    def install(self, datasets: Any) -> None:
        """Wrap every ``load_data()`` of a Keras's ``datasets``."""
        for name in dir(datasets):
            if load := getattr(getattr(datasets, name), "load_data", None):
                self._wrapper.function(load, functools.partial(self._load, name))

    def _load(self, dataset: str, call: Call) -> Any:
        told = DataLoaded(self._wrapper.sink.cell, call.line, dataset, by=call.by)
        self._wrapper.sink.add(told)
        # If the data do not fit into memory, that is what the notebook's own call raises.
        if self._serve is not None:
            call.function = functools.partial(self._served, dataset, self._serve)
        parts = call.go()
        self._recogniser.learn(dataset, parts)
        return parts

    def _served(self, dataset: str, serve: Serve, *_: Any, **__: Any) -> tuple[Labelled, Labelled]:
        if dataset == self._recogniser.dataset:
            return serve()
        if dataset not in OTHER_DATA:
            raise ConnectionError(say("run.not-served"))
        image, train, label = OTHER_DATA[dataset]
        random = np.random.default_rng(0)

        def labelled(count: int) -> Labelled:
            images = random.integers(0, 256, (count, *image), np.uint8)
            return images, random.integers(0, 10, (count, *label), np.uint8)

        return labelled(train), labelled(OTHER_TEST_IMAGES)

    def _split(self, call: Call) -> Any:
        parts, arrays = call.go(), call["arrays"]
        are_images = (at for at, one in enumerate(arrays) if len(shape_of(one)) > 1)
        at = next(are_images, 0)
        pair = (parts[2 * at], parts[2 * at + 1])
        seed = call["random_state"]
        self._wrapper.sink.add(
            SplitMade(
                self._wrapper.sink.cell,
                call.line,
                test_size=call["test_size"],
                train_size=call["train_size"],
                random_state=int(seed) if isinstance(seed, int | np.integer) else None,
                shuffle=bool(call["shuffle"]),
                stratified=call["stratify"] is not None,
                sizes=tuple(shape_of(part)[0] for part in pair),
                shapes=tuple(map(shape_of, pair)),
                **self._recogniser.split(arrays[at], pair),
                by=call.by,
            )
        )
        return parts
