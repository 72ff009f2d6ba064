"""A data set as a value, read from its files and refused unless it is exactly them."""

import gzip
import hashlib
import io
import math
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fmnist_spec.datasets import DATA_SETS, Data
from fmnist_spec.language import refusal, say

Shape = tuple[int, ...]
ARCHIVE = ("x_train", "y_train", "x_test", "y_test")  # in numpy's .npz, as Keras keeps MNIST
# Of images that are made: the pixels of a class's pattern, those of them that an image shows, and
# the labels that are wrong. A network of the lessons learns them slowly, and never all.
PATTERN, SHOWN, WRONG = 0.2, 0.5, 0.2


class DataError(ValueError):
    """Data that cannot be used. The message names the file, found, expected and the remedy."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images uint8 of shape (n, 28, 28), labels uint8 of shape (n,), and where they came from.

    Unpacks as Keras's: ``(train_images, train_labels), (test_images, test_labels)``.
    The arrays cannot be written to.
    """

    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]
    source: str = field(kw_only=True)
    is_sample: bool = field(kw_only=True)

    def __iter__(self) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
        yield self.train_images, self.train_labels
        yield self.test_images, self.test_labels


class Prepared(NamedTuple):
    """Scaled images: float64 of shape (n, 784), or (n, 28, 28); their labels: uint8, (n,)."""

    train_scaled: NDArray[np.float64]
    val_scaled: NDArray[np.float64]
    train_target: NDArray[np.uint8]
    val_target: NDArray[np.uint8]


def made(data: Data) -> Dataset:
    """Make a sample of images that have the form of a data set, and can be learnt like it."""
    random = np.random.default_rng(0)
    patterns = random.random((data.classes, data.height, data.width)) < PATTERN
    arrays = []
    for shape in data.of_sample().shapes[::2]:
        labels = random.integers(0, data.classes, shape[0], np.uint8)
        shown = patterns[labels] & (random.random(shape) < SHOWN)
        noise = random.integers(0, data.brightest + 1, shape, np.uint8)
        images = np.where(shown, np.uint8(data.brightest), noise)
        other = random.integers(0, data.classes, shape[0], np.uint8)
        arrays += [images, np.where(random.random(shape[0]) < WRONG, other, labels)]
    for array in arrays:
        array.flags.writeable = False
    return Dataset(*arrays, source=say("dataset.made", title=data.title), is_sample=True)


def repeated(dataset: Dataset, data: Data) -> Dataset:
    """Repeat a sample until it has as many images and labels as ``data`` says.

    One corner of each image says in which repetition it is: so no two parts are the same images.
    """
    if not dataset.is_sample:
        return dataset
    arrays = [array for part in dataset for array in part]
    resized = [*map(np.resize, arrays, data.shapes)]
    for images, sample in zip(resized[::2], arrays[::2], strict=True):
        images[:, 0, 0] = np.arange(len(images)) // len(sample)
    return Dataset(*resized, source=dataset.source, is_sample=True)


def missing(folder: Path, data: Data) -> list[str]:
    """Names of the files that ``folder`` lacks."""
    return [name for name in data.sha256 if not os.path.lexists(folder / name)]


def holds_another(folder: Path, data: Data) -> bool:
    """Whether a folder has no file of this data set, but all of another one."""
    has_none = len(missing(folder, data)) == len(data.sha256)
    return has_none and any(not missing(folder, other) for other in DATA_SETS.values())


def read_folder(
    folder: Path, data: Data, *, source: str, remedy: str, is_sample: bool = False
) -> Dataset:
    """Read the files; a DataError if one is missing, or not exactly what ``data`` says."""
    if absent := missing(folder, data):
        told = {"names": ", ".join(absent), "title": data.title, "remedy": remedy}
        raise DataError(say("dataset.absent", folder=folder, **told))
    # four files with an array each, or one with all of them
    held = [[shape] for shape in data.shapes] if len(data.sha256) > 1 else [[*data.shapes]]
    files = zip(data.sha256.items(), held, strict=True)
    arrays = [
        array
        for (name, digest), shapes in files
        for array in _read_file(folder / name, digest, data, shapes, remedy)
    ]
    return Dataset(*arrays, source=source, is_sample=is_sample)


def _read_file(
    path: Path, digest: str, data: Data, shapes: list[Shape], remedy: str
) -> Iterator[NDArray[np.uint8]]:
    """Read the arrays of a file: one of gzip of IDX, or several of numpy's .npz."""
    is_idx, header = path.suffix == ".gz", 4 + 4 * len(shapes[0])
    most = sum(map(math.prod, shapes)) + header * is_idx
    try:
        if not path.is_file():  # reading a pipe would wait for ever
            raise OSError(say("dataset.device"))
        with gzip.open(path) if is_idx else path.open("rb") as file:
            content = file.read(most + 1)  # one more byte betrays what unpacks to more
    except EOFError:
        found = say("dataset.truncated")
    except (gzip.BadGzipFile, zlib.error) as error:
        found = say("dataset.corrupt", error=error)
    except OSError as error:
        found = say("dataset.unreadable", why=refusal(error))
    else:
        found = _fault(content, data, shapes[0] if is_idx else None, most, digest)
    if found:
        form = {"most": most, "shape": shapes[0]} if is_idx else {}
        told = {"path": path, "found": found, "digest": digest, "remedy": remedy}
        raise DataError(say("dataset.wrong-idx" if is_idx else "dataset.wrong", **told, **form))
    if is_idx:
        yield np.frombuffer(content, np.uint8, offset=header).reshape(shapes[0])
        return
    with np.load(io.BytesIO(content)) as arrays:
        for array in map(arrays.__getitem__, ARCHIVE):
            array.flags.writeable = False
            yield array


def are_whole(arrays: Sequence[NDArray[Any]], data: Data) -> bool:
    """Whether arrays are those of the data set's files of IDX, each of which holds one."""
    if [one.shape for one in arrays] != [*data.shapes] or len(data.sha256) != len(arrays):
        return False
    heads = (bytes([0, 0, 8, one.ndim]) + np.array(one.shape, ">u4").tobytes() for one in arrays)
    contents = (head + one.tobytes() for head, one in zip(heads, arrays, strict=True))
    found = [hashlib.sha256(one).hexdigest() for one in contents]
    return found == [*data.sha256.values()]


def _fault(content: bytes, data: Data, shape: Shape | None, most: int, digest: str) -> str:
    """Say what is wrong with content that has another SHA-256, of IDX if it has a shape."""
    actual = hashlib.sha256(content).hexdigest()
    if actual == digest or not content:
        return "" if content else say("dataset.empty")
    if shape and (found := _idx_shape(content)) != shape:
        owners = [one for one, its in zip(data.sha256, data.shapes, strict=True) if its == found]
        if owners:
            return say("dataset.of-another", owner=owners[0])
        return say("dataset.idx", shape=found) if found else say("dataset.no-idx")
    if len(content) > most:
        return say("dataset.more", most=most)
    if shape and len(content) < most:
        return say("dataset.bytes", size=len(content))
    return say("dataset.changed", actual=actual)


def _idx_shape(content: bytes) -> Shape | None:
    """Read the shape from an IDX header of unsigned bytes; None if there is no such header."""
    magic, dimensions = content[:3], int.from_bytes(content[3:4], "big")
    if magic != b"\0\0\x08" or len(content) < 4 + 4 * dimensions:
        return None
    return tuple(np.frombuffer(content, ">u4", dimensions, offset=4).tolist())
