"""Which members of a data set an array holds: their numbers, and digests of these.

Each image becomes a number of 64 bits that its pixels alone decide, whatever their scaling, dtype
and shape. The same numbers, in any order, are the same images.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fmnist_spec.gate.events import Content, PixelOrder

Numbers = NDArray[np.uint64]
Pixels = NDArray[np.uint8]
Labelled = tuple[Pixels, NDArray[Any]]  # images and their labels
Of = PixelOrder | Literal["labels", "indices"]  # images by their pixels, or these

ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")  # a file each, saved
CHUNK = 64  # images at a time: few enough for the cache of the processor
BRIGHTEST = 255  # the largest uint8
_random = np.random.default_rng(0)  # the same numbers in every process
WORD_WEIGHTS = _random.integers(0, 2**63, 2**12, dtype=np.uint64) | np.uint64(1)
PIXEL_CODES = _random.integers(0, 2**63, BRIGHTEST + 1, dtype=np.uint64)


def number(of: Of, images: Pixels) -> Numbers:
    """Number images, by their pixels "in order", or so that any "other order" gives the same."""
    pixels = images.reshape(len(images), -1)
    if of == "in order":
        if missing := -pixels.shape[1] % 8:
            pixels = np.pad(pixels, ((0, 0), (0, missing)))
        words = np.ascontiguousarray(pixels).view(np.uint64)
        return words @ WORD_WEIGHTS[: words.shape[1]]
    numbers = np.empty(len(pixels), np.uint64)
    for start in range(0, len(pixels), CHUNK):
        codes = PIXEL_CODES[pixels[start : start + CHUNK]]
        numbers[start : start + CHUNK] = codes.sum(axis=1, dtype=np.uint64)
    return numbers


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

    One that was opened from a ``folder`` is pickled as that: another process maps the same files.
    """

    def __init__(self, train: Labelled, test: Labelled, folder: Path | None = None) -> None:
        self.data, self._folder = (train, test), folder
        self._numbers: dict[Of, list[NDArray[Any]]] = {}

    def __reduce__(self) -> Any:
        """Say how to make it again."""
        return (Reference, self.data) if self._folder is None else (opened, (self._folder,))

    def numbers(self, of: Of) -> list[NDArray[Any]]:
        """Number what there is to train on, and to test with; each is counted once."""
        if of not in self._numbers:
            numbers: list[NDArray[Any]] = [labels.astype(np.int64) for _, labels in self.data]
            if of == "indices":
                numbers = [np.arange(len(labels)) for labels in numbers]
            elif of != "labels":
                numbers = [number(of, images) for images, _ in self.data]
            self._numbers[of] = numbers
        return self._numbers[of]


def save(folder: Path, data: Iterable[Labelled]) -> None:
    """Write a data set's arrays, one file for each."""
    for name, array in zip(ARRAYS, (one for part in data for one in part), strict=True):
        np.save(folder / f"{name}.npy", array)


def mapped(folder: Path) -> tuple[Labelled, Labelled]:
    """Map what was saved into memory: it costs nothing, and a write stays in its process."""
    arrays = [np.asarray(np.load(folder / f"{name}.npy", mmap_mode="c")) for name in ARRAYS]
    return (arrays[0], arrays[1]), (arrays[2], arrays[3])


@lru_cache(maxsize=8)
def opened(folder: Path) -> Reference:
    """Open the data set that was saved in a folder; once in each process."""
    return Reference(*mapped(folder), folder)
