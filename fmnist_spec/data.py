"""Find and load Fashion-MNIST, and prepare it as the lesson does."""

import dataclasses
import os
import warnings
from pathlib import Path

from fmnist_spec.dataset import DataError, Dataset, Prepared, missing, read_folder
from fmnist_spec.download import fetch_into
from fmnist_spec.lesson import LESSON, Lesson
from fmnist_spec.preparing import flatten, scale, split

FOLDER_VARIABLE = "FMNIST_SPEC_DATA"
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")
SAMPLE_FOLDER = Path(__file__).with_name("sample")
SAMPLE_SHA256 = {
    "train-images-idx3-ubyte": "71a9f8cec24060d6752b3e4940ce6d6fd729334afa47b735dd553481aa83b53e",
    "train-labels-idx1-ubyte": "8983259dfbc9f185f92698916f7daf361704b43ba7d19568cc7bcdeefdc1bece",
    "t10k-images-idx3-ubyte": "c9bd0ed7148856eb2287d902861921296d6c36d95a5113341a35554343e84123",
    "t10k-labels-idx1-ubyte": "9f5f7b9143df7bffff73a8bf7d8a53545dbf787f86e5e195c64401d2c6f8f372",
}
SAMPLE = dataclasses.replace(LESSON.data, train_images=2_000, test_images=500, sha256=SAMPLE_SHA256)
HOW_TO_GET = (
    "For the whole set install Debian's package dataset-fashion-mnist, "
    f"or set {FOLDER_VARIABLE} to a folder that holds its four .gz files."
)
SAMPLE_INSTEAD = (
    "Fashion-MNIST was not found, so the shipped sample stands in for it: "
    f"{SAMPLE.train_images:,} training and {SAMPLE.test_images:,} test images"
)


class SampleDataWarning(UserWarning):
    """The whole data set was not found, so the shipped sample stands in for it."""


def load_data(
    folder: str | os.PathLike[str] | None = None,
    *,
    sample: bool = False,
    download: bool = True,
    lesson: Lesson = LESSON,
) -> Dataset:
    """Load the data from the first place that has it, each file checked by its SHA-256.

    The places: ``folder``, FMNIST_SPEC_DATA, Keras's cache, Debian's folder, a download
    through Keras, and last the shipped sample, with a :class:`SampleDataWarning`.

    Args:
        folder: holds the four ``.gz`` files; no other place is tried then.
        sample: load the shipped sample, whatever else there is.
        download: whether to try a download. It ends after a limited time.
        lesson: the specification that says what the files hold.

    Raises DataError: a file is not what it should be, or is missing from the folder asked for.

    Source: the lesson's first cell, and Keras's page on ``fashion_mnist.load_data``.
    """
    if sample:
        return _load_sample()
    asked = folder if folder is not None else os.environ.get(FOLDER_VARIABLE) or None
    if asked is not None:
        source, remedy = f"folder asked for: {asked}", f"Put a sound copy there. {HOW_TO_GET}"
        return read_folder(Path(asked), lesson.data, source=source, remedy=remedy)
    home = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser().absolute()
    cache = home / "datasets" / "fashion-mnist"
    for name, place, remedy in (
        ("Keras's cache", cache, "Delete it, and it is downloaded again."),
        ("Debian's dataset-fashion-mnist", DEBIAN_FOLDER, "Install the package again."),
    ):
        if not missing(place, lesson.data):
            return read_folder(place, lesson.data, source=f"{name}: {place}", remedy=remedy)
    reason = "no download was allowed"
    if download:
        try:
            return fetch_into(cache, lesson.data)
        except (DataError, OSError) as error:
            reason = str(error)
    warnings.warn(f"{SAMPLE_INSTEAD} ({reason}). {HOW_TO_GET}", SampleDataWarning, stacklevel=2)
    return _load_sample()


def _load_sample() -> Dataset:
    source, remedy = f"shipped sample: {SAMPLE_FOLDER}", "Install fmnist_spec again."
    return read_folder(SAMPLE_FOLDER, SAMPLE, source=source, remedy=remedy, is_sample=True)


def prepare(dataset: Dataset, *, lesson: Lesson = LESSON) -> Prepared:
    """Flatten, split and scale the training images as the lesson does.

    Scaling last gives the same numbers, in half the memory.
    """
    flat = flatten(dataset.train_images, lesson=lesson)
    train, validation, *targets = split(flat, dataset.train_labels, lesson=lesson)
    return Prepared(scale(train, lesson=lesson), scale(validation, lesson=lesson), *targets)
