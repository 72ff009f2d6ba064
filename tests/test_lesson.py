"""The specification is complete, agrees with itself, and refuses what does not."""

import dataclasses
from pathlib import Path

import pytest

from fmnist_spec import LessonError, load_lesson
from fmnist_spec.lesson import dense_parameters, readable_size

OWN_LESSON = Path(__file__).with_name("lesson.toml")


def test_the_closed_forms_give_the_numbers_that_the_lesson_prints():
    """The chapter prints 78,500 and 1,010 parameters, 79,510 in all, 310.59 KB, 1,500 steps."""
    lesson = load_lesson(OWN_LESSON)
    found = (*lesson.layer_parameters, lesson.parameters, lesson.size, lesson.steps_per_epoch)
    assert found == (78_500, 1_010, 79_510, "310.59 KB", 1_500)


def test_a_lesson_file_is_read_to_the_last_value():
    """Every number and name is the one that stands in the file; lists become tuples."""
    lesson = load_lesson(OWN_LESSON)
    data, network = dataclasses.asdict(lesson.data), lesson.network
    assert len(data.pop("sha256")) == 4
    assert [*data.values()] == ["fashion_mnist", 60_000, 10_000, 28, 28, "uint8", 10, 255, 784]
    assert dataclasses.astuple(lesson.split)[:-1] == (0.2, 42, 48_000, 12_000)
    assert [dataclasses.astuple(layer) for layer in network.layers] == [
        ("hidden", 100, "sigmoid"),
        ("output", 10, "softmax"),
    ]
    assert network.name == "패션 MNIST 모델"
    loss = "sparse_categorical_crossentropy"
    assert dataclasses.astuple(lesson.compile) == (loss, ("accuracy",), "rmsprop", 0.001)
    assert dataclasses.astuple(lesson.fit) == (5, 32)
    assert dataclasses.astuple(lesson.result) == (0.86, 0.85)


def test_another_lesson_has_its_own_closed_forms(edited_lesson):
    """A lesson with 30 hidden units has 30 * 785 + 10 * 31 parameters."""
    assert edited_lesson(("units = 100", "units = 30")).layer_parameters == (23_550, 310)


FAULTS = {
    "no metric": ('["accuracy"]', "[]", "compile.metrics", "at least one metric"),
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
def test_a_faulty_lesson_is_refused(edited_file, old, new, key, expected):
    """The error names the file, the key, what was expected, and ends with a remedy."""
    path = edited_file((old, new))
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
    path.write_bytes(OWN_LESSON.read_text(encoding="utf-8").encode("cp949"))
    with pytest.raises(LessonError, match="expected TOML in UTF-8"):
        load_lesson(path)


SIZES = {0: "0.00 B", 1023: "1023.00 B", 1024: "1.00 KB", 318_040: "310.59 KB", 2**30: "1.00 GB"}


@pytest.mark.parametrize(("size", "words"), SIZES.items())
def test_sizes_read_as_in_keras(size, words):
    """Bytes are printed with two decimals and the largest unit that leaves 1 or more."""
    assert readable_size(size) == words


def test_parameters_of_one_layer_are_weights_and_biases():
    """Three inputs and two units make six weights and two biases."""
    assert dense_parameters(3, [2]) == (8,)
