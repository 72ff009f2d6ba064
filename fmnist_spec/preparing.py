"""Prepare images as the lesson does: scale, flatten, split."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fmnist_spec.language import listed, say
from fmnist_spec.lesson import LESSON, Lesson


def scale(images: NDArray[np.uint8], *, lesson: Lesson = LESSON) -> NDArray[np.float64]:
    """Divide pixels by the lesson's scale: float64, by 255 from 0 to 1, shaped as ``images``.

    Raises TypeError: ``images`` is no uint8 array. Scaling twice would go unnoticed.

    Source: the lesson's second cell.
    """
    _expect_array(images, {lesson.data.dtype})
    return np.true_divide(images, lesson.data.scale, dtype=np.float64)


def flatten(images: NDArray[Any], *, lesson: Lesson = LESSON) -> NDArray[Any]:
    """Lay the rows of each image end to end: (n, 28, 28) becomes (n, 784), of the same dtype.

    Raises:
        TypeError: ``images`` is no array of uint8 or floating point.
        ValueError: ``images`` has another shape.

    Source: the lesson's second cell.
    """
    _expect_array(images, {lesson.data.dtype, "float16", "float32", "float64"})
    picture = (lesson.data.height, lesson.data.width)
    if images.shape[1:] != picture:
        told = {"height": picture[0], "width": picture[1]}
        raise ValueError(say("preparing.shape", shape=images.shape, **told))
    return images.reshape(len(images), lesson.data.pixels)


def split(
    images: NDArray[Any], labels: NDArray[Any], *, lesson: Lesson = LESSON
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Split as the lesson does: images to train on, validation images, labels of either.

    The first axis is split; other axes and dtypes stay as they are. Of a lesson without a split,
    all are to train on. Raises ValueError: not as many labels as images.

    Source: the lesson's second cell.
    """
    if len(images) != len(labels):
        raise ValueError(say("preparing.labels", images=len(images), labels=len(labels)))
    train, validation = split_indices(lesson, len(images))
    return images[train], images[validation], labels[train], labels[validation]


def split_indices(
    lesson: Lesson = LESSON, images: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of those to train on, and of those held back; of a sample as of the whole.

    With a seed they are those of scikit-learn's page on ``train_test_split``, in its order.
    """
    count, asked = lesson.data.train_images if images is None else images, lesson.split
    if asked is None:
        return np.arange(count), np.arange(0)
    size = round(count * asked.validation / lesson.data.train_images)
    if asked.random_state is not None:
        size = asked.held_back_of(count) if isinstance(asked.test_size, float) else size
        order = np.random.RandomState(asked.random_state).permutation(count)
        return order[size:], order[:size]
    size = size if asked.held_back == "first" else count - size
    first, last = np.split(np.arange(count), [size])
    return (last, first) if asked.held_back == "first" else (first, last)


def _expect_array(images: Any, dtypes: set[str]) -> None:
    found = getattr(images, "dtype", type(images).__name__)
    if not isinstance(images, np.ndarray) or images.dtype.name not in dtypes:
        raise TypeError(say("preparing.array", found=found, dtypes=listed(sorted(dtypes), "or")))
