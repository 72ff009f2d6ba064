"""The first images of a training are told as the network got them, for people to look at."""

import base64
from typing import Any

import numpy as np
import pytest

from fmnist_spec.gate.events import Pictures
from fmnist_spec.gate.observe.pictures import MOST, first_images

SHAPE = (28, 28)
IMAGES = np.random.default_rng(1).integers(0, 256, (20, *SHAPE)).astype(np.uint8)
IMAGES[0, 0, :2] = 0, 255  # the extremes are among the first


def values(told: Pictures) -> Any:
    """Give the values that were told, as they were before they became bytes."""
    read = np.frombuffer(base64.b64decode(told.values), np.uint8)
    scale = (told.maximum - told.minimum) / 255
    return read.reshape(told.count, told.height, told.width) * scale + told.minimum


@pytest.mark.parametrize(
    "given",
    [
        IMAGES,
        IMAGES / 255,
        IMAGES.reshape(-1, 784) / 255.0 - 0.5,
        IMAGES[..., None].astype("float32"),
        [IMAGES],
        [one.tolist() for one in IMAGES],
    ],
    ids=["whole", "scaled", "rows around zero", "with a channel", "one input", "lists"],
)
def test_images_are_told_in_their_range(given: Any) -> None:
    """A report can show whether they were divided, whatever form fit() was given."""
    array = np.asarray(given[0] if len(given) == 1 else given, float).reshape(-1, *SHAPE)
    told = first_images(given, SHAPE)
    assert told is not None
    assert (told.count, told.height, told.width) == (MOST, *SHAPE)
    assert (told.minimum, told.maximum) == (array[:MOST].min(), array[:MOST].max())
    step = (told.maximum - told.minimum) / 255
    assert np.abs(values(told) - array[:MOST]).max() <= step / 2 + 1e-9


def test_transposed_images_are_told_as_transposed() -> None:
    """Only so can a reader see that they lie on their sides."""
    told = first_images(IMAGES.transpose(0, 2, 1).reshape(-1, 784), SHAPE)
    assert told is not None
    assert np.array_equal(values(told).round(), IMAGES[:MOST].transpose(0, 2, 1))


def test_images_of_one_colour_are_told() -> None:
    """All zero, as after a division by a wrong number: nothing is divided by nothing."""
    told = first_images(np.zeros((2, 784)), SHAPE)
    assert told is not None
    assert (told.minimum, told.maximum, set(told.values.rstrip("="))) == (0, 0, {"A"})


class Odd:
    """Raises whatever is asked of it, as an object of a notebook may."""

    def __getitem__(self, key: object) -> Any:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    "given",
    [
        None,
        Odd(),
        {},
        [],
        [IMAGES, IMAGES],
        "x",
        np.full((2, 784), np.nan),
        np.zeros((3, 32, 32, 3)),
    ],
    ids=["none", "odd", "a table", "empty", "two inputs", "text", "no numbers", "colours"],
)
def test_what_shows_nothing_is_not_told(given: Any) -> None:
    """The training goes on as ever, and the report has no strip."""
    assert first_images(given, SHAPE) is None


def test_large_images_are_not_told() -> None:
    """What a run tells stays small."""
    assert first_images(np.zeros((3, 200, 200)), SHAPE) is None
    told = first_images(IMAGES, SHAPE)
    assert told is not None
    assert len(told.values) < 9_000
