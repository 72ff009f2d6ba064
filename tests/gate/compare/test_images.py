"""Images are recognised by content, and named in the words of any lesson."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from traces import SPLIT

from fmnist_spec.data import load_data
from fmnist_spec.dataset import Dataset
from fmnist_spec.gate.compare.contents import Parts, Reference, content_of
from fmnist_spec.gate.compare.images import LessonImages
from fmnist_spec.gate.observe.images import Recogniser


@pytest.fixture(scope="module")
def sample() -> Dataset:
    """Load the sample that the package ships."""
    return load_data(sample=True)


@pytest.fixture(scope="module")
def recogniser(sample: Dataset) -> Recogniser:
    """Know the sample as the data set."""
    return Recogniser("fashion_mnist", *sample)


@pytest.fixture(scope="module")
def parts(sample: Dataset) -> Parts:
    """Split the sample at its first 1,600 images, as a lesson might."""
    indices = np.arange(len(sample.train_images))
    return Reference(*sample).parts(indices[:1_600], indices[1_600:])


CHANGES: dict[str, tuple[Any, tuple[str, str, str]]] = {
    "scaled": (lambda a: a / 255, ("lesson", "lesson", "whole")),
    "by a factor": (lambda a: a * (1 / 255), ("lesson", "lesson", "whole")),
    "float32": (lambda a: a.astype("float32") / 255, ("lesson", "lesson", "whole")),
    "flat": (lambda a: a.reshape(-1, 784) / 255, ("lesson", "lesson", "whole")),
    "one channel": (lambda a: a[..., None] / 255, ("lesson", "lesson", "whole")),
    "shuffled": (
        lambda a: a[np.random.default_rng(0).permutation(2_000)],
        ("raw", "lesson", "whole"),
    ),
    "train": (lambda a: a[:1_600] / 255, ("lesson", "lesson", "train")),
    "validation": (lambda a: a[1_600:] / 255, ("lesson", "lesson", "validation")),
    "another part": (lambda a: a[:1_601] / 255, ("lesson", "lesson", "other")),
    "raw": (lambda a: a, ("raw", "lesson", "whole")),
    "raw floats": (lambda a: a.astype(float), ("raw", "lesson", "whole")),
    "twice": (lambda a: a / 255 / 255, ("twice", "lesson", "whole")),
    "by 256": (lambda a: a / 256, ("other", "unknown", "other")),
    "around zero": (lambda a: a / 127.5 - 1, ("other", "unknown", "other")),
    "transposed": (lambda a: a.transpose(0, 2, 1) / 255, ("lesson", "other", "whole")),
    "Fortran order": (lambda a: a.reshape(-1, 784, order="F") / 255, ("lesson", "other", "whole")),
    "mixed": (lambda a: a.reshape(784, -1).T / 255, ("lesson", "other", "other")),
    "part mixed": (lambda a: a[:1_600].reshape(784, -1) / 255, ("lesson", "other", "other")),
    "transposed part": (
        lambda a: a[1_600:].transpose(0, 2, 1),
        ("raw", "other", "validation"),
    ),
    "negative": (lambda a: 255 - a, ("raw", "unknown", "other")),
    "no numbers": (lambda a: np.full((9, 784), np.nan), ("other", "unknown", "other")),
    "tiny": (lambda a: a * 1e-300, ("twice", "unknown", "other")),
    "texts": (lambda a: np.array(["a"]), ("other", "unknown", "other")),
    "one number": (lambda a: np.array(0.5), ("other", "unknown", "other")),
    "empty": (lambda a: a[:0], ("other", "unknown", "other")),
}


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES)
def test_images_are_known_by_content(
    recogniser: Recogniser,
    sample: Dataset,
    parts: Parts,
    change: Any,
    expected: tuple[str, str, str],
) -> None:
    """Scaling, order of pixels and part are told whatever the dtype and shape."""
    images = recogniser.recognise(change(sample.train_images)).images
    assert LessonImages(255, parts).words(images) == expected, images


@pytest.mark.parametrize("scale", [1, 2, 255, 256])
def test_a_lesson_may_scale_as_it_likes(
    recogniser: Recogniser, sample: Dataset, parts: Parts, scale: int
) -> None:
    """The same run is held against lessons that divide by other numbers."""
    found = recogniser.recognise(sample.test_images / 256)
    wanted = ("lesson", "test") if scale == 256 else ("other", "other")
    lesson = LessonImages(scale, parts)
    assert lesson.words(found.images)[::2] == wanted
    told = recogniser.paired(found, sample.test_labels)
    assert lesson.paired(found.images, told) is (True if scale == 256 else None)


def test_a_content_does_not_hang_on_scaling(recogniser: Recogniser, sample: Dataset) -> None:
    """Which images they are is told by count and digests, in their order and in any."""
    images = sample.test_images
    raw, scaled, turned = (
        recogniser.recognise(one).images.content for one in (images, images / 255, images[::-1])
    )
    assert raw is not None
    assert turned is not None
    assert raw == scaled == content_of(Reference(*sample).in_order[1])
    assert (raw.count, raw.sorted_digest) == (500, turned.sorted_digest), (raw, turned)
    assert raw.digest != turned.digest, raw


def test_a_digest_is_the_same_everywhere() -> None:
    """Traces of different machines can be compared: SHA-256 of 64 bits, the lowest byte first."""
    expected = hashlib.sha256(bytes([2, *[0] * 7, 1, *[0] * 7])).hexdigest()
    assert content_of(np.array([2, 1], ">i8")).digest == expected
    assert content_of(np.array([1, 2], "<u8")[::-1]).digest == expected


def test_labels_are_known_by_their_images(recogniser: Recogniser, sample: Dataset) -> None:
    """Any order is right that images and labels share; one-hot labels are not judged."""
    seen, labels = recogniser.recognise(sample.train_images[::-1]), sample.train_labels[::-1]
    assert recogniser.paired(seen, labels) is True
    assert recogniser.paired(seen, sample.train_labels) is False
    assert recogniser.paired(seen, np.eye(10)[labels]) is None
    assert recogniser.paired(recogniser.recognise(np.ones((9, 784))), labels[:9]) is None
    assert recogniser.paired(None, labels) is None


def test_an_image_with_two_labels_takes_either(sample: Dataset) -> None:
    """Nobody can say then which one is right."""
    images = sample.train_images[[0, 1, 0]]
    twice = Recogniser("fashion_mnist", (images, np.array([1, 2, 3])), (images[:1], np.array([1])))
    assert twice.paired(twice.recognise(images), [3, 2, 7]) is True
    assert twice.paired(twice.recognise(images), [3, 3, 7]) is False


def test_a_change_in_place_is_seen(recogniser: Recogniser, sample: Dataset) -> None:
    """What was known of an array before does not hide it."""
    images = sample.train_images / 255
    assert recogniser.recognise(images).images.divided_by == 255
    images /= 255
    assert recogniser.recognise(images).images.divided_by == 255**2


def split_at(recogniser: Recogniser, whole: Any, at: int, parts: Parts) -> tuple[str, bool]:
    """Split an array, and say what was split in the words of the lesson."""
    told = {"divided_by": None, **recogniser.split(whole, (whole[:at], whole[at:]))}
    return LessonImages(255, parts).split(replace(SPLIT, **told))


def test_a_split_of_labels_or_indices_is_known(
    recogniser: Recogniser, sample: Dataset, parts: Parts
) -> None:
    """Some notebooks split these, and take the images by them."""
    for whole in (sample.train_labels, np.arange(2_000), np.arange(2_000.0)):
        assert split_at(recogniser, whole, 1_600, parts) == ("train", True)
        assert split_at(recogniser, whole, 1_500, parts) == ("train", False)
    assert split_at(recogniser, sample.test_labels, 9, parts) == ("test", False)
    for odd in ([1, 2, 3], np.array(["a", "b"]), np.arange(2_000) + 0.5, np.zeros(10**6)):
        assert split_at(recogniser, odd, 1, parts) == ("other", False)


SPLITS: dict[str, tuple[Any, int, tuple[str, bool]]] = {
    "the lesson's": (lambda a: a / 255, 1_600, ("train", True)),
    "raw": (lambda a: a, 1_600, ("train", True)),
    "transposed": (lambda a: a.transpose(0, 2, 1), 1_600, ("train", True)),
    "elsewhere": (lambda a: a / 255, 1_500, ("train", False)),
    "of a part": (lambda a: a[:1_600], 1_000, ("other", False)),
    "by 256": (lambda a: a / 256, 1_600, ("other", False)),
    "around zero": (lambda a: a / 127.5 - 1, 1_600, ("other", False)),
}


@pytest.mark.parametrize(("change", "at", "expected"), SPLITS.values(), ids=SPLITS)
def test_a_split_of_images_is_known(
    recogniser: Recogniser,
    sample: Dataset,
    parts: Parts,
    change: Any,
    at: int,
    expected: tuple[str, bool],
) -> None:
    """By the members of both parts, in whatever order they are."""
    assert split_at(recogniser, change(sample.train_images), at, parts) == expected


def test_images_left_out_of_a_split_are_noticed(
    recogniser: Recogniser, sample: Dataset, parts: Parts
) -> None:
    """With a train_size the parts are not all that was split: then that is looked at itself."""
    images = sample.train_images
    told = recogniser.split(images, (images[:1_000], images[1_000:1_500]))
    assert told["whole"] == recogniser.recognise(images).images.content
    assert LessonImages(255, parts).split(replace(SPLIT, **told)) == ("train", False)
    of_test = recogniser.split(sample.test_images, (sample.test_images[:9], images[:9]))
    assert LessonImages(255, parts).split(replace(SPLIT, **of_test)) == ("test", False)
