"""Which members of a data set an array holds: their numbers, digests of these, and their parts.

Each image becomes a number of 64 bits that its pixels alone decide, whatever their scaling, dtype
and shape. The same numbers, in any order, are the same images.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fmnist_spec.gate.trace import Content

Numbers = NDArray[np.uint64]
Pixels = NDArray[np.uint8]
Part = Literal["train", "validation", "whole", "test", "other"]

CHUNK = 64  # images at a time: few enough for the cache of the processor
BRIGHTEST = 255  # the largest uint8
_random = np.random.default_rng(0)  # the same numbers in every process
WORD_WEIGHTS = _random.integers(0, 2**63, 2**12, dtype=np.uint64) | np.uint64(1)
PIXEL_CODES = _random.integers(0, 2**63, BRIGHTEST + 1, dtype=np.uint64)


def in_order(pixels: Pixels) -> Numbers:
    """Give a number for each row of pixels; another order of the pixels gives another number."""
    words = np.pad(pixels, ((0, 0), (0, -pixels.shape[1] % 8))).view(np.uint64)
    numbers: Numbers = (words * WORD_WEIGHTS[: words.shape[1]]).sum(axis=1, dtype=np.uint64)
    return numbers


def in_any_order(pixels: Pixels) -> Numbers:
    """Give a number for each row of pixels, the same for any order of the pixels."""
    numbers: Numbers = PIXEL_CODES[pixels].sum(axis=1, dtype=np.uint64)
    return numbers


def number(count: Callable[[Pixels], Numbers], images: Pixels) -> Numbers:
    """Number images, whatever the shape of each."""
    pixels = images.reshape(len(images), -1)
    chunks = (pixels[start : start + CHUNK] for start in range(0, len(pixels), CHUNK))
    return np.concatenate([count(chunk) for chunk in chunks])


def content_of(numbers: NDArray[Any]) -> Content:
    """Sum up numbers of images, or labels or indices as numbers of 64 bits."""
    return Content(len(numbers), _digest(numbers), _digest(np.sort(numbers)))


def brightness_of(images: Pixels) -> str:
    """Sum up how many pixels have each brightness: images whose pixels were mixed keep that."""
    counts = np.zeros(BRIGHTEST + 1, np.int64)
    for start in range(0, len(images), CHUNK):
        counts += np.bincount(images[start : start + CHUNK].reshape(-1), minlength=len(counts))
    return _digest(counts)


def _digest(numbers: NDArray[Any]) -> str:
    return hashlib.sha256(numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()).hexdigest()


class Reference:
    """A data set, for what arrays have of it: images uint8 of shape (n, ...), labels (n,).

    Each number is counted once, when it is first asked for.
    """

    def __init__(self, train: tuple[Pixels, NDArray[Any]], test: tuple[Pixels, NDArray[Any]]):
        self.images, self.labels = (train[0], test[0]), (train[1], test[1])

    @cached_property
    def in_order(self) -> tuple[Numbers, Numbers]:
        """The numbers of the images to train on, and of the test images."""
        train, test = (number(in_order, images) for images in self.images)
        return train, test

    @cached_property
    def in_any_order(self) -> tuple[Numbers, Numbers]:
        """The same, whatever the order of the pixels."""
        train, test = (number(in_any_order, images) for images in self.images)
        return train, test

    def parts(self, train: NDArray[np.int64], validation: NDArray[np.int64]) -> Parts:
        """Give what a split by these indices makes of the data set."""
        return Parts(self, train, validation)


@dataclass(frozen=True, eq=False)
class Parts:
    """What a split makes of a data set: the content of each part, by its name."""

    reference: Reference
    train: NDArray[np.int64]
    validation: NDArray[np.int64]

    @cached_property
    def images(self) -> dict[Part, Content]:
        """The images of each part."""
        return self._contents(self.reference.in_order)

    @cached_property
    def images_in_any_order(self) -> dict[Part, Content]:
        """The same, whatever the order of the pixels."""
        return self._contents(self.reference.in_any_order)

    @cached_property
    def labels(self) -> dict[Part, Content]:
        """The labels of each part."""
        return self._contents(tuple(one.astype(np.int64) for one in self.reference.labels))

    @cached_property
    def indices(self) -> dict[Part, Content]:
        """The indices of each part."""
        return self._contents(tuple(np.arange(len(one)) for one in self.reference.labels))

    @cached_property
    def brightness(self) -> frozenset[str]:
        """How bright the pixels of each part are."""
        return frozenset(map(brightness_of, self._divided(self.reference.images).values()))

    def _contents(self, both: tuple[NDArray[Any], ...]) -> dict[Part, Content]:
        return {name: content_of(one) for name, one in self._divided(both).items()}

    def _divided(self, both: tuple[NDArray[Any], ...]) -> dict[Part, NDArray[Any]]:
        whole, test = both
        parts = whole[self.train], whole[self.validation]
        return {"train": parts[0], "validation": parts[1], "whole": whole, "test": test}
