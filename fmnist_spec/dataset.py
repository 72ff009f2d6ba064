"""A data set as a value, read from its four IDX files and refused unless it is exactly them."""

import gzip
import hashlib
import math
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fmnist_spec.lesson import Data


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
    source: str
    is_sample: bool

    def __iter__(self) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
        yield self.train_images, self.train_labels
        yield self.test_images, self.test_labels


class Prepared(NamedTuple):
    """Images scaled and flattened: float64 of shape (n, 784); their labels: uint8, (n,)."""

    train_scaled: NDArray[np.float64]
    validation_scaled: NDArray[np.float64]
    train_target: NDArray[np.uint8]
    validation_target: NDArray[np.uint8]


def repeated(dataset: Dataset, data: Data) -> Dataset:
    """Repeat a sample until it has as many images and labels as ``data`` says."""
    if not dataset.is_sample:
        return dataset
    arrays = [array for part in dataset for array in part]
    train_images, train_labels, test_images, test_labels = (
        np.resize(one, shape) for one, shape in zip(arrays, data.shapes.values(), strict=True)
    )
    return Dataset(train_images, train_labels, test_images, test_labels, dataset.source, True)


def missing(folder: Path, data: Data) -> list[str]:
    """Names of the files that ``folder`` lacks."""
    return [f"{one}.gz" for one in data.shapes if not os.path.lexists(folder / f"{one}.gz")]


def read_folder(
    folder: Path, data: Data, *, source: str, remedy: str, is_sample: bool = False
) -> Dataset:
    """Read the four files; a DataError if one is missing, or not exactly what ``data`` says."""
    if absent := missing(folder, data):
        expected = "the four .gz files of the data set"
        raise DataError(f"{folder}: found no {', '.join(absent)}, expected {expected}. {remedy}")
    train_images, train_labels, test_images, test_labels = (
        _read_file(folder / f"{name}.gz", name, data, remedy) for name in data.shapes
    )
    return Dataset(train_images, train_labels, test_images, test_labels, source, is_sample)


def _read_file(path: Path, name: str, data: Data, remedy: str) -> NDArray[np.uint8]:
    shape = data.shapes[name]
    header = 4 + 4 * len(shape)
    size = header + math.prod(shape)
    try:
        if not path.is_file():  # reading a pipe would wait for ever
            raise OSError("it is a folder or a device, not a file")
        with gzip.open(path) as file:
            content = file.read(size + 1)  # one more byte betrays what unpacks to more
    except EOFError:
        found = "a truncated gzip file"
    except (gzip.BadGzipFile, zlib.error) as error:
        found = f"a corrupt gzip file, or none ({error})"
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror or error})"
    else:
        if hashlib.sha256(content).hexdigest() == data.sha256[name]:
            return np.frombuffer(content, np.uint8, offset=header).reshape(shape)
        found = _content_fault(content, name, data, size)
    expected = f"gzip of {size:,} bytes, IDX of shape {shape}, SHA-256 {data.sha256[name]}"
    raise DataError(f"{path}: found {found}, expected {expected}. {remedy}")


def _content_fault(content: bytes, name: str, data: Data, size: int) -> str:
    """Say what is wrong with content that has another SHA-256."""
    if not content:
        return "an empty file"
    if (shape := _idx_shape(content)) is None:
        return "content that is not IDX"
    if shape != data.shapes[name]:
        owners = [f"the content of {other}" for other, its in data.shapes.items() if its == shape]
        return owners[0] if owners else f"IDX of shape {shape}"
    if len(content) != size:
        return f"more than {size:,} bytes" if len(content) > size else f"{len(content):,} bytes"
    return f"changed bytes, SHA-256 {hashlib.sha256(content).hexdigest()}"


def _idx_shape(content: bytes) -> tuple[int, ...] | None:
    """Read the shape from an IDX header of unsigned bytes; None if there is no such header."""
    magic, dimensions = content[:3], int.from_bytes(content[3:4], "big")
    if magic != b"\0\0\x08" or len(content) < 4 + 4 * dimensions:
        return None
    return tuple(np.frombuffer(content, ">u4", dimensions, offset=4).tolist())
