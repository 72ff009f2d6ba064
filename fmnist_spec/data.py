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
from fmnist_spec.language import say
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
        remedy = f"{say('data.sound-copy')} {_how_to_get(data)}"
        source = say("data.asked-for", folder=folder)
        return read_folder(Path(folder), data, source=source, remedy=remedy)
    home = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser().absolute()
    cache = home / "datasets" / data.cache
    places = {"cache": cache, **({"debian": Path(data.debian)} if data.debian else {})}
    for name, place in places.items():
        if not missing(place, data):
            source, remedy = say(f"data.{name}", cache=data.cache), say(f"data.{name}-again")
            return read_folder(place, data, source=f"{source}: {place}", remedy=remedy)
    reason = say("data.not-allowed")
    if download:
        try:
            return fetch_into(cache, data)
        except (DataError, OSError) as error:
            reason = str(error)
    sizes = dict(zip(("train", "test"), SAMPLE_SIZES, strict=True))
    instead = "data.sample-instead" if data.sample else "data.made-instead"
    told = say(instead, title=data.title, reason=reason, **sizes)
    warnings.warn(f"{told} {_how_to_get(data)}", SampleDataWarning, stacklevel=2)
    return _load_sample(data)


def _how_to_get(data: Data) -> str:
    files = say("data.four-files") if len(data.sha256) > 1 else ", ".join(data.sha256)
    package = {"package": f"dataset-{data.cache}"} if data.debian else {}
    key = "data.get-package" if package else "data.get"
    return say(key, variable=FOLDER_VARIABLE, files=files, **package)


def _load_sample(data: Data) -> Dataset:
    if not data.sample:
        return made(data)
    source, remedy = say("data.shipped", folder=SAMPLE_FOLDER), say("data.shipped-again")
    sample = data.of_sample()
    return read_folder(SAMPLE_FOLDER, sample, source=source, remedy=remedy, is_sample=True)


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
