"""In the notebook's process: recognise the images of a data set in any array, by content."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fmnist_spec.gate.compare import contents
from fmnist_spec.gate.compare.contents import BRIGHTEST, Labelled, Numbers, Pixels, Reference
from fmnist_spec.gate.events import Content, Images, PixelOrder

MANY, PACE = 2**20, 97  # of so many values and more, every 97th is read, and the sum of all
MOST = 2**27  # values of an array that is looked at: those of 170,000 images of the lesson
AT_ONCE = 2**16  # values that are read together: few enough for the cache of the processor
ABOVE = 1.5  # pixels from 0 to 1 stay below it, whole ones do not
NUMERIC = "iuf"  # numpy's kinds
LEAST = 2**-12  # of the brightest pixel: nobody divides by so much
ORDERS: tuple[Literal["in order", "other order"], ...] = ("in order", "other order")
ANY_LABEL = -1  # of an image that is in the data set twice, with two labels


class Recognised(NamedTuple):
    """An array as it was recognised; ``numbers`` has each image's if all are the data set's."""

    images: Images
    numbers: Numbers | None = None


class Recogniser:
    """Knows the images of a data set, and their labels."""

    def __init__(self, dataset: str, reference: Reference) -> None:
        self.dataset, self._reference = dataset, reference
        self.shape = reference.data[0][0].shape[1:]  # of an image
        self._size = math.prod(self.shape)
        self._known, self._labels = _labels_by_number(reference)
        self._others: dict[str, Numbers] = {}  # of the images of other data sets
        self._cache: dict[tuple[object, ...], Recognised] = {}
        self._numbers: dict[Content | None, Numbers] = {}

    def learn(self, dataset: str, parts: Sequence[Labelled]) -> None:
        """Know the images of another data set, if they are as large, by its name alone."""
        images = [one for one, _ in parts]
        if images[0][0].size == self._size and dataset not in (self.dataset, *self._others):
            numbers = [contents.number("in order", one) for one in images]
            self._others[dataset] = np.sort(np.concatenate(numbers))

    def look(self, given: Any, labels: Any = None) -> Images | None:
        """Recognise images, if they are an array or a list that makes one, and their labels.

        Keras takes a list of arrays, too, one for each input of a model.
        """
        if isinstance(given, list | tuple) and given and hasattr(given[0], "__array__"):
            given = given[0] if len(given) == 1 else None
        array = as_array(given)
        if array is None:
            return None
        seen, count = self.recognise(array), next(iter(shape_of(labels)), None)
        return replace(seen.images, labels=count, paired=self.paired(seen, labels))

    def recognise(self, array: NDArray[Any]) -> Recognised:
        """Say what images an array of shape (n, ...) holds, whatever its dtype."""
        if array.dtype.kind not in NUMERIC or not 0 < array.size <= MOST or not array.ndim:
            return Recognised(Images(array.shape, str(array.dtype), None, None))
        sample = array.flat[:: PACE if array.size >= MANY else 1]
        key = (array.shape, array.dtype.str, hash(sample.tobytes()), _sum_of(array))
        if key not in self._cache:
            self._cache[key] = self._recognise(array, float(sample.max()))
        return self._cache[key]

    def shared(self, images: Images | None, others: Images | None) -> int:
        """Count the images of one array that are in another, too; 0 if it can't be told."""
        asked = [one.content for one in (images, others) if one is not None]
        numbers = [self._numbers[one] for one in asked if one in self._numbers]
        return int(np.isin(numbers[0], numbers[1]).sum()) if len(numbers) == 2 else 0

    def paired(self, recognised: Recognised, labels: Any) -> bool | None:
        """Say whether the labels are those of these images; None if it can't be told."""
        if recognised.images.pixels != "in order":
            return None
        given, numbers = as_array(labels), recognised.numbers
        if given is None or numbers is None or given.dtype.kind not in NUMERIC:
            return None
        given = _from_one_hot(given)
        if given.size != len(numbers):
            return None
        expected = self._labels[np.searchsorted(self._known, numbers)]
        return bool(((expected == given.reshape(-1)) | (expected == ANY_LABEL)).all())

    def split(self, whole: Any, parts: tuple[Any, Any]) -> dict[str, Any]:
        """Say what was split, and into which parts, as a SplitMade has it."""
        whole, *arrays = (_split_array(one) for one in (whole, *parts))
        if whole.ndim == 1:
            held, *parts_held = (self._content_of_values(one) for one in (whole, *arrays))
            return {"whole": held, "parts": tuple(parts_held)}
        found = [self.recognise(one) for one in arrays]
        images, numbers = found[0].images, [one.numbers for one in found if one.numbers is not None]
        if len(numbers) == len(found) and sum(map(len, numbers)) == len(whole):
            content: Content | None = contents.content_of(np.concatenate(numbers))
        else:
            images = self.recognise(whole).images
            content = images.content
        told = {"divided_by": images.divided_by, "pixels": images.pixels}
        return {"whole": content, "parts": tuple(one.images.content for one in found), **told}

    def _content_of_values(self, array: NDArray[Any]) -> Content | None:
        """Sum up labels or indices; nothing else is sorted, however long it is."""
        if array.dtype.kind not in NUMERIC or len(array) > len(self._known):
            return None
        with np.errstate(invalid="ignore"):
            values = array.astype(np.int64)
        return contents.content_of(values) if np.array_equal(values, array) else None

    def _recognise(self, array: NDArray[Any], highest: float) -> Recognised:
        factor = float(BRIGHTEST**2)
        if highest > ABOVE / BRIGHTEST:
            factor = 1.0 if highest > ABOVE else float(BRIGHTEST)
        pixels, low, high = _read(array, factor)
        if pixels is None and low >= 0 and LEAST <= high <= BRIGHTEST:
            factor = float(round(BRIGHTEST / high))
            pixels, *_ = _read(array, factor)
        minimum, maximum = (one if math.isfinite(one) else None for one in (low, high))
        divided_by = None if pixels is None else factor
        images = Images(array.shape, array.dtype.name, minimum, maximum, divided_by)
        if pixels is None or array.size % self._size:
            return Recognised(images)
        pixels = pixels.reshape(-1, self._size)
        found = self._find(images, pixels) if len(pixels) == len(array) else None
        return found or Recognised(replace(images, brightness=contents.brightness_of(pixels)))

    def _find(self, images: Images, pixels: Pixels) -> Recognised | None:
        """Say which images of the data set these are; None if one of them is of no data set."""
        for order in ORDERS:
            numbers = contents.number(order, pixels)
            if _are_of(numbers, self._known_in(order)):
                content = contents.content_of(numbers)
                self._numbers[content] = numbers
                told = replace(images, pixels=order, content=content)
                return Recognised(replace(told, dataset=self.dataset), numbers)
        for name, known in self._others.items():
            if _are_of(contents.number("in order", pixels), known):
                return Recognised(replace(images, dataset=name))
        return None

    def _known_in(self, order: PixelOrder) -> Numbers:
        if order == "in order":
            return self._known
        return np.sort(np.concatenate(self._reference.numbers(order)))


def _are_of(numbers: Numbers, known: Numbers) -> bool:
    """Say whether all numbers are among those that are known, which are sorted."""
    first, after = (np.searchsorted(known, numbers, side) for side in ("left", "right"))
    return bool((first < after).all())


def _labels_by_number(reference: Reference) -> tuple[Numbers, NDArray[np.int64]]:
    """Give the number of each image, sorted, and its label."""
    numbers, labels = (np.concatenate(reference.numbers(of)) for of in ("in order", "labels"))
    order = np.lexsort((labels, numbers))
    numbers, labels = numbers[order], labels[order]
    first, last = (np.searchsorted(numbers, numbers, side) for side in ("left", "right"))
    return numbers, np.where(labels[first] == labels[last - 1], labels, ANY_LABEL)


def _sum_of(array: NDArray[Any]) -> int:
    """Sum up the bytes of an array, eight by eight: enough to see that one has changed."""
    array = array.T if array.flags.f_contiguous else array
    if not array.flags.c_contiguous:
        if (rows := AT_ONCE // math.prod(array.shape[1:])) == 0:
            return sum(map(_sum_of, array))
        parts = (array[at : at + rows] for at in range(0, len(array), rows))
        return sum(_sum_of(np.ascontiguousarray(one)) for one in parts)
    whole = array.reshape(-1).view(np.uint8)
    words, rest = np.split(whole, [whole.size // 8 * 8])
    return int(words.view(np.uint64).sum()) + int(rest.sum())


def as_array(given: Any) -> NDArray[Any] | None:
    """Give an array, list or tuple as numpy has it; None of what makes no array."""
    if not (hasattr(given, "__array__") or isinstance(given, list | tuple)):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numpy 1 warns of several lengths
            return np.asarray(given)
    except (ValueError, TypeError):  # lists or arrays of several lengths in one
        return None


def _from_one_hot(labels: NDArray[Any]) -> NDArray[Any]:
    """Give the whole numbers of labels that are rows of zeros with a one; others as they are."""
    if labels.ndim != 2 or labels.shape[1] < 2:
        return labels
    ones = np.count_nonzero(labels == 1, axis=1) == np.count_nonzero(labels, axis=1)
    return labels.argmax(axis=1) if ones.all() and (labels.sum(axis=1) == 1).all() else labels


def shape_of(given: Any) -> tuple[int, ...]:
    """Give the shape of an array, a table or a list, as far as it has one."""
    array = given if hasattr(given, "shape") else as_array(given)
    if array is None:
        return (len(given),) if isinstance(given, list | tuple) else ()
    return tuple(map(int, array.shape))


def _split_array(given: Any) -> NDArray[Any]:
    """Give what train_test_split() takes as an array, an empty one where it makes none."""
    array = as_array(given)
    return np.empty(0, object) if array is None or not array.ndim else array


def _read(array: NDArray[Any], factor: float) -> tuple[Pixels | None, float, float]:
    """Read values times ``factor`` as whole pixels, None if they are not; and the extremes.

    Beside the pixels nothing is as large as the array, whatever its shape.
    """
    precise = np.finfo(array.dtype).eps if array.dtype.kind == "f" else 0.0
    tolerance = min(4 * BRIGHTEST * precise, 0.25)
    pixels, worst, lows, highs, end = np.empty(array.size, np.uint8), 0.0, [], [], 0
    kind = array.dtype if precise else np.dtype(np.float64)
    buffers = np.empty((2, min(AT_ONCE, array.size)), kind)
    chunks = np.nditer(array, flags=["external_loop", "buffered"], order="C", buffersize=AT_ONCE)
    for chunk in map(np.asarray, chunks):
        start, end = end, end + chunk.size
        lows.append(chunk.min())
        highs.append(chunk.max())
        values, whole = buffers[:, : chunk.size]
        with np.errstate(all="ignore"):  # what is no number is noticed by the extremes
            np.multiply(chunk, kind.type(factor), out=values)
            pixels[start:end] = np.rint(values, out=whole)
            values -= whole
            worst = max(worst, float(values.max()), -float(values.min()))
    low, high = float(np.min(lows)), float(np.max(highs))
    inside = low >= 0 and high * factor <= BRIGHTEST + ABOVE - 1
    return (pixels if inside and worst <= tolerance else None), low, high
