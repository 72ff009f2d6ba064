"""Find and load the data set of a lesson, and prepare it as the lesson does."""

import os
import warnings
from pathlib import Path

from fmnist_spec.dataset import (
    DataError,
    Dataset,
    Prepared,
    holds_another,
    made,
    missing,
    read_folder,
)
from fmnist_spec.datasets import SAMPLE_SIZES, Data
from fmnist_spec.download import fetch_into
from fmnist_spec.lesson import LESSON, Lesson
from fmnist_spec.preparing import flatten, scale, split

FOLDER_VARIABLE = "FMNIST_SPEC_DATA"
SAMPLE_FOLDER = Path(__file__).with_name("sample")


class SampleDataWarning(UserWarning):
    """The whole data set was not found, so a sample stands in for it."""


def load_data(
    folder: str | os.PathLike[str] | None = None,
    *,
    sample: bool = False,
    download: bool = True,
    lesson: Lesson = LESSON,
) -> Dataset:
    """Load the data from the first place that has it, each file checked by its SHA-256.

    The places: ``folder``, FMNIST_SPEC_DATA, Keras's cache, the folder of Debian's package, a
    download through Keras, and last, with a :class:`SampleDataWarning`, the shipped sample; of a
    data set of which there is none, images that are made in its form.

    Args:
        folder: holds the files of the data set; no other place is tried then.
        sample: load the sample, whatever else there is.
        download: whether to try a download. It ends after a limited time.
        lesson: the specification that says which data set it is.

    Raises DataError: a file is not what it should be, or is missing from the folder asked for.

    Source: the lesson's first cell, and Keras's page on ``fashion_mnist.load_data``.
    """
    data = lesson.data
    if sample:
        return _load_sample(data)
    variable = os.environ.get(FOLDER_VARIABLE) or None
    if folder is None and variable and not holds_another(Path(variable), data):
        folder = variable
    if folder is not None:
        remedy = f"Put a sound copy there. {_how_to_get(data)}"
        return read_folder(Path(folder), data, source=f"folder asked for: {folder}", remedy=remedy)
    home = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser().absolute()
    cache = home / "datasets" / data.cache
    package = f"Debian's dataset-{data.cache}"
    places = [("Keras's cache", cache, "Delete it, and it is downloaded again.")]
    places += [(package, Path(data.debian), "Install the package again.")] * bool(data.debian)
    for name, place, remedy in places:
        if not missing(place, data):
            return read_folder(place, data, source=f"{name}: {place}", remedy=remedy)
    reason = "no download was allowed"
    if download:
        try:
            return fetch_into(cache, data)
        except (DataError, OSError) as error:
            reason = str(error)
    sample_of = "the shipped sample stands" if data.sample else "images that were made stand"
    sizes = "{:,} training and {:,} test images".format(*SAMPLE_SIZES)
    told = f"{data.title} was not found, so {sample_of} in for it: {sizes} ({reason})."
    warnings.warn(f"{told} {_how_to_get(data)}", SampleDataWarning, stacklevel=2)
    return _load_sample(data)


def _how_to_get(data: Data) -> str:
    package = f"install Debian's package dataset-{data.cache}, or " * bool(data.debian)
    files = "its four .gz files" if len(data.sha256) > 1 else ", ".join(data.sha256)
    return f"To get all of it, {package}set {FOLDER_VARIABLE} to a folder that holds {files}."


def _load_sample(data: Data) -> Dataset:
    if not data.sample:
        return made(data)
    how = {"source": f"shipped sample: {SAMPLE_FOLDER}", "remedy": "Install fmnist_spec again."}
    return read_folder(SAMPLE_FOLDER, data.of_sample(), **how, is_sample=True)


def prepare(dataset: Dataset, *, lesson: Lesson = LESSON) -> Prepared:
    """Flatten, split and scale the training images as the lesson does.

    Images of a network that begins with a Flatten layer stay squares. Without a split all of them
    are trained on. Scaling last gives the same numbers, in half the memory.
    """
    images = dataset.train_images
    if lesson.input_shape != images.shape[1:]:
        images = flatten(images, lesson=lesson)
    train, validation, *targets = split(images, dataset.train_labels, lesson=lesson)
    return Prepared(scale(train, lesson=lesson), scale(validation, lesson=lesson), *targets)
