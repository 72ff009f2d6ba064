"""Hold an array against the lesson's own images, by content: which images, scaled how.

Each image becomes a number of 64 bits that its pixels alone decide, whatever their scaling, dtype
and shape. The same numbers, in any order, are the same images.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fmnist_spec.gate.trace import Images
from fmnist_spec.lesson import Data

Numbers = NDArray[np.uint64]
Pixels = NDArray[np.uint8]
Scaling = Literal["lesson", "raw", "twice", "other"]
Order = Literal["lesson", "other", "unknown"]
Part = Literal["train", "validation", "whole", "test", "other"]

CHUNK = 64  # images at a time: few enough for the cache of the processor
MANY, PACE = 2**20, 97  # of so many values and more, every 97th stands for all: some of each image
ABOVE = 1.5  # pixels from 0 to 1 stay below it, whole ones do not
BRIGHTEST = 255  # the largest uint8
NUMERIC = "iuf"  # numpy's kinds
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


def _numbers(count: Callable[[Pixels], Numbers], pixels: Pixels) -> Numbers:
    chunks = (pixels[start : start + CHUNK] for start in range(0, len(pixels), CHUNK))
    return np.concatenate([count(chunk) for chunk in chunks])


@dataclass(frozen=True)
class Seen:
    """An array as it was seen; ``rows`` has the number of each image if all are the lesson's."""

    images: Images
    rows: Numbers | None = field(default=None, hash=False)


class Known:
    """The lesson's images, uint8 of shape (n, 28, 28), their labels, and the split's indices."""

    def __init__(
        self,
        data: Data,
        train: tuple[Pixels, Pixels],
        test: tuple[Pixels, Pixels],
        split: tuple[NDArray[Any], NDArray[Any]],
    ) -> None:
        self._data, self._split = data, split
        self._images = {"whole": train[0].reshape(-1, data.pixels)}
        self._images["test"] = test[0].reshape(-1, data.pixels)
        self._train_labels, self._test_labels = train[1], test[1]
        self._parts = self._parts_by(in_order)
        self._rows, self._labels = self._labels_by_row()
        self._cache: dict[tuple[object, ...], Seen] = {}

    def see(self, array: NDArray[Any]) -> Seen:
        """Say what images an array of shape (n, ...) holds, whatever its dtype."""
        if array.dtype.kind not in NUMERIC or not array.size:
            return Seen(
                Images(array.shape, str(array.dtype), None, None, "other", "unknown", "other")
            )
        sample = array.reshape(-1)[:: PACE if array.size >= MANY else 1]
        key = (array.shape, array.dtype.str, hash(sample.tobytes()))
        if key not in self._cache:
            self._cache[key] = self._see(array, float(sample.max()))
        return self._cache[key]

    def paired(self, seen: Seen, labels: Any) -> bool | None:
        """Say whether the labels are the lesson's for these images; None if it can't be told."""
        given = np.asarray(labels)
        if seen.rows is None or given.size != len(seen.rows) or given.dtype.kind not in NUMERIC:
            return None
        expected = self._labels[np.searchsorted(self._rows, seen.rows)]
        return bool(((expected == given.reshape(-1)) | (expected == self._data.classes)).all())

    def split_of(self, whole: Any, parts: tuple[Any, Any]) -> tuple[Any, bool]:
        """Say what was split, "train", "test" or "other", and whether as the lesson does."""
        whole, first, second = (np.asarray(one) for one in (whole, *parts))
        if whole.ndim == 1:
            return self._split_of_labels(whole, first, second)
        found = [self.see(part).images.part for part in (first, second)]
        if found == ["train", "validation"]:
            return "train", True
        source = self.see(whole).images.part
        return {"whole": "train", "test": "test"}.get(source, "other"), False

    def _split_of_labels(self, whole: Any, first: Any, second: Any) -> tuple[str, bool]:
        if np.array_equal(whole, self._test_labels):
            return "test", False
        indices = np.arange(len(self._train_labels))
        if not any(np.array_equal(whole, one) for one in (self._train_labels, indices)):
            return "other", False
        wanted = [whole[part] for part in self._split]
        return "train", all(map(np.array_equal, (first, second), wanted))

    def _see(self, array: NDArray[Any], highest: float) -> Seen:
        scale = self._data.scale
        factor, scaling = float(scale**2), "twice"
        if highest > ABOVE / scale:
            factor, scaling = (1.0, "raw") if highest > ABOVE else (float(scale), "lesson")
        are_images = array.size == len(array) * self._data.pixels
        rows = array.reshape(len(array) if are_images else 1, -1)
        pixels, extremes = _read(rows, factor)
        order, part, numbers = self._recognise(pixels, are_images)
        how: Any = "other" if pixels is None else scaling
        images = Images(array.shape, array.dtype.name, *extremes, how, order, part)
        return Seen(images, numbers)

    def _recognise(
        self, pixels: Pixels | None, are_images: bool
    ) -> tuple[Order, Part, Numbers | None]:
        if pixels is None:
            return "unknown", "other", None
        if are_images:
            numbers = _numbers(in_order, pixels)
            if np.isin(numbers, self._rows).all():
                return "lesson", _part_of(numbers, self._parts), numbers
            parts, blind = self._parts_by(in_any_order), _numbers(in_any_order, pixels)
            if np.isin(blind, np.concatenate([parts["whole"], parts["test"]])).all():
                return "other", _part_of(blind, parts), None
        # Pixels of different images may have been mixed: then all together are still the lesson's.
        counts = np.bincount(pixels.reshape(-1), minlength=BRIGHTEST + 1)
        candidates = [*self._images.values(), *(self._images["whole"][one] for one in self._split)]
        mixed = any(
            np.array_equal(counts, np.bincount(one.reshape(-1), minlength=BRIGHTEST + 1))
            for one in candidates
            if one.size == pixels.size
        )
        return ("other" if mixed else "unknown"), "other", None

    def _parts_by(self, count: Callable[[Pixels], Numbers]) -> dict[Part, Numbers]:
        whole, test = (_numbers(count, images) for images in self._images.values())
        train, validation = (whole[part] for part in self._split)
        parts: dict[Part, Numbers] = {"train": train, "validation": validation}
        parts |= {"whole": whole, "test": test}
        return {name: np.sort(part) for name, part in parts.items()}

    def _labels_by_row(self) -> tuple[Numbers, NDArray[np.int64]]:
        """Give each known number, sorted, and its label; no class at all if it has several."""
        rows = np.concatenate([_numbers(in_order, images) for images in self._images.values()])
        labels = np.concatenate([self._train_labels, self._test_labels]).astype(np.int64)
        unique, where = np.unique(rows, return_inverse=True)
        low, high = np.full((2, len(unique)), [[self._data.classes], [-1]])
        np.minimum.at(low, where, labels)
        np.maximum.at(high, where, labels)
        return unique, np.where(low == high, low, self._data.classes)


def _part_of(numbers: Numbers, parts: dict[Part, Numbers]) -> Part:
    ordered = np.sort(numbers)
    return next((name for name, part in parts.items() if np.array_equal(part, ordered)), "other")


def _read(
    rows: NDArray[Any], factor: float
) -> tuple[Pixels | None, tuple[float | None, float | None]]:
    """Read values times ``factor`` as whole pixels, None if they are not; and the extremes."""
    precise = np.finfo(rows.dtype).eps if rows.dtype.kind == "f" else 0.0
    tolerance = min(4 * BRIGHTEST * precise, 0.25)
    pixels, worst, lows, highs = np.empty(rows.shape, np.uint8), 0.0, [], []
    kind = rows.dtype if precise else np.dtype(np.float64)
    buffers = np.empty((2, CHUNK, rows.shape[1]), kind)
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        lows.append(chunk.min())
        highs.append(chunk.max())
        values, whole = buffers[:, : len(chunk)]
        np.multiply(chunk, kind.type(factor), out=values)
        with np.errstate(invalid="ignore"):  # what is no number is noticed by the extremes
            pixels[start : start + CHUNK] = np.rint(values, out=whole)
            values -= whole
            worst = max(worst, float(values.max()), -float(values.min()))
    low, high = float(np.min(lows)), float(np.max(highs))
    shown = tuple(value if math.isfinite(value) else None for value in (low, high))
    inside = low >= 0 and high * factor <= BRIGHTEST + ABOVE - 1
    return (pixels if inside and worst <= tolerance else None), (shown[0], shown[1])
