"""The data is what the lesson says it is, and so is what its preparation makes of it."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from fmnist_spec.data import SAMPLE_FOLDER, Prepared, prepare
from fmnist_spec.lesson import LESSON
from fmnist_spec.preparing import flatten, scale, split, split_indices

DATA, SPLIT = LESSON.data, LESSON.split
PICTURE = (DATA.height, DATA.width)
PIXEL_DTYPES = st.sampled_from(["uint8", "float16", "float32", "float64"])


def expect(what, found, expected):
    """Assert equality, and say to a course maintainer what to do where it fails."""
    remedy = "Compare with fmnist_spec/lesson.toml; if data is at fault, load it again."
    assert found == expected, f"{what}: found {found}, expected {expected}. {remedy}"


@pytest.fixture(scope="session")
def membership():
    """Numbers of the images to train on and of those held back, in the order of the split."""
    numbers = np.arange(DATA.train_images)
    train, validation, _, _ = split(numbers, numbers)
    return train, validation


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("train_images", (DATA.train_images, *PICTURE)),
        ("train_labels", (DATA.train_images,)),
        ("test_images", (DATA.test_images, *PICTURE)),
        ("test_labels", (DATA.test_images,)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_arrays_have_the_lessons_shapes_and_dtype(whole_data, name, shape):
    """Images are 60,000 and 10,000 pictures of 28 x 28 bytes, with one label each."""
    array = getattr(whole_data, name)
    expect(f"{name}'s shape", array.shape, shape)
    expect(f"{name}'s dtype", array.dtype.name, DATA.dtype)


def test_data_unpacks_as_keras_gives_it(whole_data):
    """The lesson's own line of unpacking takes the four arrays in Keras's order."""
    (train_input, train_target), (test_input, test_target) = whole_data
    found = [id(array) for array in (train_input, train_target, test_input, test_target)]
    names = ("train_images", "train_labels", "test_images", "test_labels")
    expect("identities", found, [id(getattr(whole_data, name)) for name in names])


@pytest.mark.parametrize("part", ["train", "test"])
def test_pixels_use_the_whole_range_of_a_byte(whole_data, part):
    """The darkest pixel is 0 and the brightest is what the lesson divides by."""
    images = getattr(whole_data, f"{part}_images")
    expect(f"{part}: range", (int(images.min()), int(images.max())), (0, DATA.scale))


@pytest.mark.parametrize("part", ["train", "test"])
def test_every_label_is_equally_frequent(whole_data, part):
    """Ten labels stand for 6,000 training and 1,000 test images each."""
    labels = getattr(whole_data, f"{part}_labels")
    expected = [len(labels) // DATA.classes] * DATA.classes
    expect(f"{part}: images of each label", np.bincount(labels).tolist(), expected)


@pytest.mark.parametrize(("part", "count"), [("train", SPLIT.train), ("val", SPLIT.validation)])
def test_split_has_the_lessons_sizes(prepared, part, count):
    """48,000 images are left to train on and 12,000 are held back, flat and as float64."""
    scaled, target = getattr(prepared, f"{part}_scaled"), getattr(prepared, f"{part}_target")
    expect(f"{part}: shape", (scaled.shape, target.shape), ((count, DATA.pixels), (count,)))
    expect(f"{part}: dtypes", (scaled.dtype.name, target.dtype.name), ("float64", DATA.dtype))


@pytest.mark.parametrize("part", ["train", "val"])
def test_scaled_pixels_run_exactly_from_0_to_1(prepared, part):
    """Division by 255 uses the whole range from 0 to 1, and nothing outside it."""
    scaled = getattr(prepared, f"{part}_scaled")
    expect(f"{part}: range", (float(scaled.min()), float(scaled.max())), (0.0, 1.0))


def test_every_image_is_in_exactly_one_part(membership):
    """The two parts together hold each of the 60,000 numbers once."""
    numbers = np.sort(np.concatenate(membership))
    assert np.array_equal(numbers, np.arange(DATA.train_images)), (
        "An image is in both parts of the split, or in neither. Look at preparing.split()."
    )


def test_no_picture_is_in_both_parts(whole_data, membership):
    """Fashion-MNIST repeats no training picture, so validation shows only unseen ones."""
    train, validation = ({whole_data.train_images[i].tobytes() for i in m} for m in membership)
    expect("pictures in both parts", len(train & validation), 0)


@pytest.mark.parametrize("part", ["train", "val"])
def test_images_and_labels_stay_together(whole_data, prepared, membership, part):
    """Row by row, the split holds the image and the label that had the same number."""
    numbers = membership[part == "val"]
    labels = getattr(prepared, f"{part}_target")
    assert np.array_equal(labels, whole_data.train_labels[numbers]), f"{part}: labels moved."
    some_of_them = slice(None, None, 20)
    pictures = flatten(whole_data.train_images[numbers[some_of_them]]) / DATA.scale
    assert np.array_equal(getattr(prepared, f"{part}_scaled")[some_of_them], pictures), (
        f"{part}: a row is not the image of its number divided by 255. Look at data.prepare()."
    )


def test_prepare_does_what_the_lessons_cell_does(sample_data):
    """Bit for bit, ``prepare`` gives what the lesson's second cell gives."""
    from sklearn.model_selection import train_test_split  # a second, if the file imports it

    scaled = (sample_data.train_images / float(DATA.scale)).reshape(-1, DATA.pixels)
    how = {"test_size": SPLIT.test_size, "random_state": SPLIT.random_state}
    expected = train_test_split(scaled, sample_data.train_labels, **how)
    for name, found, wanted in zip(Prepared._fields, prepare(sample_data), expected, strict=True):
        expect(f"{name}'s dtype", found.dtype, wanted.dtype)
        assert np.array_equal(found, wanted), (
            f"{name} is not what the lesson's second cell makes. Look at data.prepare()."
        )


@pytest.mark.parametrize("name", ["train_images", "train_labels", "test_images", "test_labels"])
def test_sample_is_the_beginning_of_the_real_data(whole_data, sample_data, name):
    """The shipped sample is real: the first images and labels, unchanged."""
    sample, whole = getattr(sample_data, name), getattr(whole_data, name)
    expect("is_sample", (sample_data.is_sample, whole_data.is_sample), (True, False))
    assert np.array_equal(sample, whole[: len(sample)]), (
        f"The sample's {name} differ from the real data. ORIGIN.md says how to make it again."
    )


def test_sample_is_small_and_has_its_licence_and_origin():
    """The sample takes at most 1.6 MB, and tells whose it is and where it is from."""
    size = sum(path.stat().st_size for path in SAMPLE_FOLDER.iterdir())
    assert size <= 1_600_000, f"{SAMPLE_FOLDER} has {size:,} bytes, expected 1,600,000 at most."
    assert "Zalando SE" in (SAMPLE_FOLDER / "LICENSE").read_text(encoding="utf-8")
    assert "first 2,000 training" in (SAMPLE_FOLDER / "ORIGIN.md").read_text(encoding="utf-8")


@given(some.arrays("uint8", some.array_shapes(min_dims=0, min_side=0)))
def test_scale_divides_every_pixel_and_can_be_undone(images):
    """Scaled pixels are float64 from 0 to 1 and give the bytes back when multiplied."""
    scaled = scale(images)
    assert scaled.dtype == np.float64
    assert scaled.shape == images.shape
    assert np.array_equal(scaled, images / 255.0)
    assert ((scaled >= 0) & (scaled <= 1)).all()
    assert np.array_equal(np.rint(scaled * DATA.scale), images)


@given(st.sampled_from(["bool", "int8", "uint16", "int64", "float16", "float32", "float64"]))
def test_scale_refuses_what_is_not_raw_bytes(dtype):
    """Pixels scaled twice would pass unnoticed, so only uint8 is taken."""
    with pytest.raises(TypeError, match=f"found {dtype}, expected an array of uint8"):
        scale(np.zeros((2, *PICTURE), dtype))


@pytest.mark.parametrize("function", [scale, flatten])
@pytest.mark.parametrize("images", [None, [[0, 255]], 7], ids=["none", "list", "number"])
def test_only_arrays_are_prepared(function, images):
    """Anything but an array is refused with the name of its type."""
    with pytest.raises(TypeError, match=f"found {type(images).__name__}, expected an array"):
        function(images)


@given(st.data(), PIXEL_DTYPES, st.integers(0, 4))
def test_flatten_keeps_the_order_of_pixels(data, dtype, count):
    """Pixel (row, column) of each image goes to place 28 x row + column."""
    images = data.draw(some.arrays(dtype, (count, *PICTURE), fill=st.just(0)), label="images")
    flat = flatten(images)
    assert flat.dtype == images.dtype
    assert flat.shape == (count, DATA.pixels)
    row = data.draw(st.integers(0, DATA.height - 1), label="row")
    column = data.draw(st.integers(0, DATA.width - 1), label="column")
    place = DATA.width * row + column
    assert np.array_equal(flat[:, place], images[:, row, column], equal_nan=True)


@example((2, 28, 27))
@example((0, 27, 28))
@example((2, 28, 28, 1))
@example((28, 28))
@given(
    some.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=30).filter(
        lambda shape: shape[1:] != PICTURE
    )
)
def test_flatten_refuses_another_shape(shape):
    """Images of any other shape are refused, with the shape found."""
    with pytest.raises(ValueError, match="expected \\(n, 28, 28\\)") as caught:
        flatten(np.zeros(shape, "uint8"))
    assert str(shape) in str(caught.value)


@given(st.integers(2, 60), st.sampled_from(["uint8", "int64", "float32", "bool"]))
def test_split_keeps_rows_and_labels_together(count, dtype):
    """Each row lands in exactly one part, with its label; a fifth, rounded up, is held back."""
    rows = np.stack([np.arange(count), np.zeros(count)], axis=1)
    labels = np.arange(count).astype(dtype)
    train, validation, train_labels, validation_labels = split(rows, labels)
    assert len(validation) == math.ceil(SPLIT.test_size * count)
    numbers = np.concatenate([train, validation])[:, 0].astype(int)
    assert sorted(numbers) == list(range(count))
    together = np.concatenate([train_labels, validation_labels])
    assert together.dtype == labels.dtype
    assert np.array_equal(together, labels[numbers])


@given(st.integers(0, 9), st.integers(0, 9))
def test_split_refuses_unequal_lengths(images, labels):
    """Images without labels, or labels without images, are refused with both counts."""
    labels += images == labels
    with pytest.raises(ValueError, match=f"{images} images and {labels} labels"):
        split(np.zeros((images, 3)), np.zeros(labels))


@given(st.integers(0, 2**32 - 1))
def test_split_does_not_depend_on_the_global_seed(seed):
    """Only the lesson's random_state decides, whatever numpy's global state is."""
    numbers = np.arange(50)
    expected = split(numbers, numbers)[1].tolist()
    np.random.seed(seed)
    assert split(numbers, numbers)[1].tolist() == expected


@given(st.integers(2, 60), st.floats(0.01, 0.49), st.integers(0, 2**32 - 1))
@example(DATA.train_images, SPLIT.test_size, SPLIT.random_state)
def test_the_indices_of_a_split_are_scikit_learns(count, share, seed):
    """They are taken from numpy; scikit-learn takes the same ones, in the same order."""
    held_back = math.ceil(count * share)
    changes = {"test_size": share, "random_state": seed, "validation": held_back}
    data = replace(DATA, train_images=count)
    lesson = replace(LESSON, data=data, split=replace(SPLIT, **changes))
    numbers = np.arange(count)
    expected = split(numbers, numbers, lesson=lesson)[:2]
    assert all(map(np.array_equal, split_indices(lesson), expected))


def test_another_lesson_brings_its_own_numbers(sample_data):
    """A course's own lesson decides the divisor, the share held back and the seed."""
    other = replace(SPLIT, test_size=0.25, random_state=SPLIT.random_state + 1)
    lesson = replace(LESSON, data=replace(DATA, scale=51), split=other)
    found = prepare(sample_data, lesson=lesson)
    expect("images held back", len(found.val_target), 500)
    expect("largest pixel", float(found.train_scaled.max()), 5.0)
    numbers = np.arange(50)
    held_back = split(numbers, numbers, lesson=lesson)[1]
    assert not np.array_equal(held_back[:10], split(numbers, numbers)[1])
