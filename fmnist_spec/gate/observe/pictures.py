"""In the notebook's process: a few of the images that a network is trained on, for people."""

import base64
import contextlib
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fmnist_spec.gate.events import Pictures

MOST = 8  # images: they stand side by side
LARGEST = 64  # pixels of a side
STEPS = 255  # between the smallest value and the largest


def first_images(given: Any, shape: tuple[int, ...]) -> Pictures | None:
    """Give the first images of what fit() is given; None where nobody could see any.

    A row of as many values as an image of ``shape`` has is shown in that shape.
    """
    if isinstance(given, list | tuple) and len(given) == 1:  # one array for each input
        given = given[0]
    with contextlib.suppress(Exception):  # it may be anything, and so may its slice
        return _pictures(np.asarray(getattr(given, "iloc", given)[:MOST], np.float64), shape)
    return None


def _pictures(images: NDArray[np.float64], shape: tuple[int, ...]) -> Pictures | None:
    sides = [size for size in images.shape[1:] if size != 1]  # without a channel
    if len(sides) != 2 and math.prod(sides) == math.prod(shape):
        sides = [*shape]
    if not images.size or len(sides) != 2 or max(sides) > LARGEST:
        return None
    low, high = float(images.min()), float(images.max())
    if not math.isfinite(high - low):
        return None
    values = np.rint((images - low) / ((high - low) or 1) * STEPS).astype(np.uint8)
    text = base64.b64encode(values.tobytes()).decode()
    return Pictures(len(images), int(sides[0]), int(sides[1]), low, high, text)
