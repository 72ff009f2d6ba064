"""Whatever array a notebook uses, looking at it takes little memory and raises nothing."""

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fmnist_spec.data import load_data
from fmnist_spec.gate.compare.contents import Reference
from fmnist_spec.gate.observe.images import MOST, Recogniser, shape_of

SAMPLE = load_data(sample=True)
IMAGES = SAMPLE.train_images
RECOGNISER = Recogniser("fashion_mnist", Reference(*SAMPLE))
VALUES = 12_000_000  # of each array below: enough that a second copy of it is noticed
A_FEW = 16 * 2**20  # bytes: buffers, and a sample of the values

SHAPES: dict[str, tuple[int, ...]] = {
    "colour images": (VALUES // 3_000, 25, 40, 3),
    "one row": (1, VALUES),
    "few long rows": (64, VALUES // 64),
    "one column": (VALUES, 1),
    "one axis": (VALUES,),
    "whole images, in another shape": (100, 784 * 150),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("order", ["C", "F"])
def test_memory_hangs_on_the_number_of_values(shape: tuple[int, ...], order: Any) -> None:
    """Beside one byte for each value, the buffers are as small for any shape and order."""
    array = np.ones(shape, np.float32, order)
    tracemalloc.start()
    try:
        seen = RECOGNISER.recognise(array).images
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (seen.minimum, seen.maximum, seen.shape) == (1, 1, shape)
    assert peak < array.size + A_FEW, f"{peak:,} bytes for {array.size:,} values"


def test_an_array_beyond_all_measure_is_not_read(tmp_path: Path) -> None:
    """A memory map, or one value that stands for many, may be larger than any memory."""
    mapped = np.memmap(tmp_path / "zeros", np.uint8, "w+", shape=(MOST + 1,))
    for array in (mapped, np.broadcast_to(np.float32(0), (10**6, 10**6))):
        seen = RECOGNISER.recognise(array).images
        assert (seen.shape, seen.minimum, seen.content) == (array.shape, None, None), seen


SCALED = IMAGES / 255
ODD: dict[str, Any] = {
    "texts": np.array(["a", "b"]),
    "objects": np.array([None, [1]], object),
    "truth values": np.ones((3, 784), bool),
    "complex numbers": np.ones((3, 784), complex),
    "dates": np.array(["2020-01-01"], "datetime64[D]"),
    "one number": np.array(0.5),
    "nothing": np.empty((0, 784)),
    "no numbers": np.full((3, 784), np.nan),
    "beyond the range of 16 bits": np.full((3, 784), 60_000, np.float16),
    "beyond the range of 64 bits": np.full((3, 784), 1e308),
    "lists of several lengths": [[1], [1, 2]],
    "two inputs": [SCALED, SCALED],
    "two inputs of several shapes": [SCALED, SCALED[:3]],
    "a table by names": {"a": SCALED},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_holds_no_images_is_looked_at_without_an_error(odd: Any) -> None:
    """It is nothing of the data set, as images, labels and in a split; numpy warns of nothing."""
    with np.errstate(all="raise"):  # a notebook may ask numpy for it
        seen, scaled = RECOGNISER.look(odd, odd), RECOGNISER.look(SCALED, odd)
        split = RECOGNISER.split(odd, (odd, odd))
    assert scaled is not None
    assert scaled.paired is None
    assert seen is None or (seen.dataset, seen.paired) == (None, None)
    assert split.get("pixels", "unknown") == "unknown"
    assert all(isinstance(size, int) for size in shape_of(odd))


SAME: dict[str, NDArray[Any]] = {
    "mirrored twice, as a view": SCALED[:, ::-1][:, ::-1],
    "other bytes first": SCALED.astype(">f8"),
    "columns first in memory": np.asfortranarray(SCALED),
    "every other of twice as many": np.repeat(SCALED, 2, axis=0)[::2],
}


@pytest.mark.parametrize("array", SAME.values(), ids=SAME)
def test_images_are_known_however_they_lie_in_memory(array: NDArray[Any]) -> None:
    """The order of values is the array's, not the memory's; one input in a list is itself."""
    expected = RECOGNISER.recognise(SCALED).images.content
    for given in (array, [array]):
        seen = RECOGNISER.look(given)
        assert seen is not None
        assert (seen.pixels, seen.content) == ("in order", expected), seen


def test_images_of_another_data_set_are_known_by_its_name() -> None:
    """Scaled, in any part and order; nothing else is said of them, and colours are not learnt."""
    random = np.random.default_rng(0)
    digits, colours = (random.integers(0, 256, (90, *one), np.uint8) for one in ((28, 28), (9, 9)))
    recogniser = Recogniser("fashion_mnist", Reference(*SAMPLE))
    recogniser.learn("digits", [(digits[:50], digits[:50]), (digits[50:], digits[50:])])
    recogniser.learn("colours", [(colours, colours)])
    for given in (digits, digits[60::-1] / 255, digits[:1].reshape(1, -1)):
        found = recogniser.recognise(given)
        seen = found.images.dataset, found.images.pixels, found.images.content, found.numbers
        assert seen == ("digits", "unknown", None, None)
    mixed = np.concatenate([digits, IMAGES[:1]])
    assert [recogniser.recognise(one).images.dataset for one in (mixed, colours)] == [None, None]
    own = recogniser.look(IMAGES, SAMPLE.train_labels)
    assert own is not None
    assert own.paired is True
