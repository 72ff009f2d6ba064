"""The specification is complete, agrees with itself, and refuses what does not."""

import dataclasses

import pytest

from fmnist_spec import LESSON, LessonError, load_lesson
from fmnist_spec.lesson import LESSON_FILE, dense_parameters, readable_size

TEXT = LESSON_FILE.read_text(encoding="utf-8")


def test_the_closed_forms_give_the_numbers_that_the_lesson_prints():
    """The lesson prints 78,500 and 1,010 parameters, 79,510 in all, 310.59 KB, 1,500 steps."""
    found = (*LESSON.layer_parameters, LESSON.parameters, LESSON.size, LESSON.steps_per_epoch)
    assert found == (78_500, 1_010, 79_510, "310.59 KB", 1_500), (
        f"lesson.toml leads to {found}; the lesson's text prints other numbers. "
        "Correct lesson.toml, or this test if the lesson itself has changed."
    )


def test_the_specification_holds_what_the_lesson_says():
    """The numbers and names of lesson.toml are those of the chapter."""
    data, split, network = LESSON.data, LESSON.split, LESSON.network
    assert (data.train_images, data.test_images, data.classes) == (60_000, 10_000, 10)
    assert (data.height, data.width, data.pixels, data.dtype) == (28, 28, 784, "uint8")
    assert data.scale == 255
    assert (split.test_size, split.random_state) == (0.2, 42)
    assert (split.train, split.validation) == (48_000, 12_000)
    assert [dataclasses.astuple(layer) for layer in network.layers] == [
        ("hidden", 100, "sigmoid"),
        ("output", 10, "softmax"),
    ]
    assert network.name == "패션 MNIST 모델"
    assert dataclasses.astuple(LESSON.compile) == (
        "sparse_categorical_crossentropy",
        ("accuracy",),
        "rmsprop",
        0.001,
    )
    assert dataclasses.astuple(LESSON.fit) == (5, 32)


def test_a_copy_of_the_lesson_reads_as_the_same_lesson(tmp_path):
    """load_lesson reads any file of the same form."""
    copy = tmp_path / "copy.toml"
    copy.write_text(TEXT, encoding="utf-8")
    assert load_lesson(copy) == LESSON


def test_another_lesson_has_its_own_closed_forms(tmp_path):
    """A lesson with 30 hidden units has 30 * 785 + 10 * 31 parameters."""
    copy = tmp_path / "smaller.toml"
    copy.write_text(TEXT.replace("units = 100", "units = 30"), encoding="utf-8")
    assert load_lesson(copy).layer_parameters == (23_550, 310)


FAULTS = {
    "unknown key": ("epochs = 5", "epochs = 5\nepoch = 6", "fit.epoch", "epochs, batch_size"),
    "missing key": ("epochs = 5", "", "fit.epochs", "a value"),
    "text for number": ("epochs = 5", 'epochs = "5"', "fit.epochs", "whole number"),
    "true for number": ("epochs = 5", "epochs = true", "fit.epochs", "whole number"),
    "number for text": ('activation = "sigmoid"', "activation = 1", "layers[0].activation", "text"),
    "negative number": ("units = 100", "units = -100", "network.layers[0].units", "whole number"),
    "zero": ("units = 100", "units = 0", "network.layers[0].units", "above 0"),
    "zero epochs": ("epochs = 5", "epochs = 0", "fit.epochs", "above 0"),
    "table for list": ("[[network.layers]]", "[[network.layer]]", "network.layer", "one of"),
    "not a number": ("test_size = 0.2", "test_size = nan", "split.test_size", "decimal point"),
    "share of 1": ("test_size = 0.2", "test_size = 1.0", "split.test_size", "below 1.0"),
    "per cent": ("training_accuracy = 0.86", "training_accuracy = 86.0", "result.", "1.0"),
    "pixels": ("pixels = 784", "pixels = 785", "data.pixels", "784"),
    "classes": ("classes = 10", "classes = 11", "network.layers[1].units", "data.classes = 11"),
    "validation": ("validation = 12_000", "validation = 11_999", "split.validation", "12000"),
    "train": ("train = 48_000", "train = 48_001", "split.train", "48000"),
    "same names": ('name = "output"', 'name = "hidden"', "network.layers", "another name"),
    "short digest": ('-ubyte = "c59f', '-ubyte = "', "data.sha256.train-images", "64 hex"),
    "lost digest": ("train-labels-idx1-ubyte = ", "train-label = ", "data.sha256", "keys"),
    "no toml": ("[data]", "[data", "file", "TOML"),
}


@pytest.mark.parametrize(("old", "new", "key", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_lesson_is_refused(tmp_path, old, new, key, expected):
    """The error names the file, the key, what was expected, and ends with a remedy."""
    assert TEXT.count(old) >= 1, f"this test wants to edit {old!r}, which lesson.toml lacks"
    path = tmp_path / "faulty.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LessonError) as caught:
        load_lesson(path)
    message = str(caught.value)
    for part in (str(path), key, expected, "found"):
        assert part in message, f"the error does not say {part!r}: {message}"
    assert message.endswith("."), f"the error has no remedy: {message}"


def test_a_missing_lesson_is_refused(tmp_path):
    """A path that does not exist is named in the error."""
    with pytest.raises(LessonError, match=r"absent\.toml: file: found No such file"):
        load_lesson(tmp_path / "absent.toml")


def test_a_lesson_in_another_encoding_is_refused(tmp_path):
    """A lesson file that is not UTF-8 is named in the error."""
    path = tmp_path / "korean.toml"
    path.write_bytes(TEXT.encode("cp949"))
    with pytest.raises(LessonError, match="expected TOML in UTF-8"):
        load_lesson(path)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0.00 B"),
        (1023, "1023.00 B"),
        (1024, "1.00 KB"),
        (318_040, "310.59 KB"),
        (2**30, "1.00 GB"),
    ],
)
def test_sizes_read_as_in_keras(size, words):
    """Bytes are printed with two decimals and the largest unit that leaves 1 or more."""
    assert readable_size(size) == words


def test_parameters_of_one_layer_are_weights_and_biases():
    """Three inputs and two units make six weights and two biases."""
    assert dense_parameters(3, [2]) == (8,)
