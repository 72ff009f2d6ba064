"""Images are recognised by content, and named in the words of any lesson."""

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from traces import SPLIT

from fmnist_spec.data import load_data
from fmnist_spec.gate.compare.contents import Reference, content_of
from fmnist_spec.gate.compare.images import LessonImages
from fmnist_spec.gate.observe.images import Recogniser

SAMPLE = load_data(sample=True)
IMAGES, LABELS = SAMPLE.train_images, SAMPLE.train_labels
REFERENCE = Reference(*SAMPLE)
RECOGNISER = Recogniser("fashion_mnist", REFERENCE)
PARTS = REFERENCE, np.arange(1_600), np.arange(1_600, 2_000)  # as a lesson might split it
LESSON, UNSPLIT = LessonImages(255, *PARTS), replace(SPLIT, divided_by=None, pixels="unknown")


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
def test_images_are_known_by_content(change: Any, expected: tuple[str, str, str]) -> None:
    """Scaling, order of pixels and part are told whatever the dtype and shape."""
    images = RECOGNISER.recognise(change(IMAGES)).images
    words = LESSON.words(images)
    assert words == expected, images


@pytest.mark.parametrize("scale", [1, 2, 255, 256])
def test_a_lesson_may_scale_as_it_likes(scale: int) -> None:
    """The same run is held against lessons that divide by other numbers."""
    found = RECOGNISER.recognise(SAMPLE.test_images / 256)
    wanted = ("lesson", "test", True) if scale == 256 else ("other", "other", None)
    lesson = LessonImages(scale, *PARTS)
    told = replace(found.images, paired=RECOGNISER.paired(found, SAMPLE.test_labels))
    assert (*lesson.words(told)[::2], lesson.paired(told)) == wanted


def test_a_content_hangs_on_the_images_alone() -> None:
    """Count and digests are the same however the images are scaled, the sorted one in any order."""
    images = SAMPLE.test_images
    of = [RECOGNISER.recognise(one).images.content for one in (images, images / 255, images[::-1])]
    assert of[0] == of[1] == content_of(REFERENCE.numbers("in order")[1]), of
    assert of[2] == replace(of[0], digest=content_of(REFERENCE.numbers("in order")[1][::-1]).digest)
    assert of[2] != of[0], of


def test_a_digest_is_the_same_everywhere() -> None:
    """Traces of different machines can be compared: SHA-256 of 64 bits, the lowest byte first."""
    expected = hashlib.sha256(bytes([2, *[0] * 7, 1, *[0] * 7])).hexdigest()
    assert content_of(np.array([2, 1], ">i8")).digest == expected
    assert content_of(np.array([1, 2], "<u8")[::-1]).digest == expected


def test_labels_are_known_by_their_images() -> None:
    """Any order is right that images and labels share, of whole numbers and of one-hot rows."""
    seen, labels = RECOGNISER.recognise(IMAGES[::-1]), LABELS[::-1]
    assert RECOGNISER.paired(seen, labels) is True
    assert RECOGNISER.paired(seen, LABELS) is False
    assert RECOGNISER.paired(seen, np.eye(10)[labels]) is True
    assert RECOGNISER.paired(seen, np.eye(10)[LABELS]) is False
    assert RECOGNISER.paired(seen, np.eye(10)[labels] * 0.9 + 0.01) is None
    assert RECOGNISER.paired(RECOGNISER.recognise(np.ones((9, 784))), labels[:9]) is None


def test_an_image_with_two_labels_takes_either() -> None:
    """Nobody can say then which one is right."""
    images = IMAGES[[0, 1, 0]]
    data = Reference((images, np.array([1, 2, 3])), (images[:1], np.array([1])))
    twice = Recogniser("fashion_mnist", data)
    assert twice.paired(twice.recognise(images), [3, 2, 7]) is True
    assert twice.paired(twice.recognise(images), [3, 3, 7]) is False


def test_a_change_in_place_is_seen() -> None:
    """What was known of an array before does not hide it."""
    images = IMAGES / 255
    assert RECOGNISER.recognise(images).images.divided_by == 255
    images /= 255
    assert RECOGNISER.recognise(images).images.divided_by == 255**2


SPLITS: dict[str, tuple[Any, Any, tuple[str, bool]]] = {
    "the lesson's": (IMAGES / 255, 1_600, ("train", True)),
    "raw": (IMAGES, 1_600, ("train", True)),
    "transposed": (IMAGES.transpose(0, 2, 1), 1_600, ("train", True)),
    "elsewhere": (IMAGES / 255, 1_500, ("train", False)),
    "of a part": (IMAGES[:1_600], 1_000, ("other", False)),
    "by 256": (IMAGES / 256, 1_600, ("other", False)),
    "around zero": (IMAGES / 127.5 - 1, 1_600, ("other", False)),
    "labels": (LABELS, 1_600, ("train", True)),
    "labels elsewhere": (LABELS, 1_500, ("train", False)),
    "test labels": (SAMPLE.test_labels, 9, ("test", False)),
    "indices": (np.arange(2_000), 1_600, ("train", True)),
    "whole floats": (np.arange(2_000.0), 1_600, ("train", True)),
    "indices elsewhere": (np.arange(2_000), 1_500, ("train", False)),
    "other floats": (np.arange(2_000) + 0.5, 1_600, ("other", False)),
    "other values": ([1, 2, 3], 2, ("other", False)),
    "texts": (np.array(["a", "b"]), 1, ("other", False)),
    "too many": (np.zeros(10**6), 1, ("other", False)),
}


@pytest.mark.parametrize(("whole", "at", "expected"), SPLITS.values(), ids=SPLITS)
def test_a_split_is_known(whole: Any, at: int, expected: tuple[str, bool]) -> None:
    """Of images by the members of both parts; of labels and indices also by their order."""
    told = RECOGNISER.split(whole, (whole[:at], whole[at:]))
    assert LESSON.split(replace(UNSPLIT, **told)) == expected, told


@pytest.mark.parametrize("name", ["train", "test"])
def test_images_left_out_of_a_split_are_noticed(name: Any) -> None:
    """With a train_size the parts are not all that was split: then that is looked at itself."""
    images = {"train": IMAGES, "test": SAMPLE.test_images}[name]
    told = RECOGNISER.split(images, (images[:100], images[100:300]))
    assert LESSON.split(replace(UNSPLIT, **told)) == (name, False), told
