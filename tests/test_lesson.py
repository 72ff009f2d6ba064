"""The specification is complete, agrees with itself, and refuses what does not."""

import dataclasses
import re
from pathlib import Path

import pytest

from fmnist_spec import LessonError, load_lesson
from fmnist_spec.datasets import DATA_SETS
from fmnist_spec.lesson import readable_size
from fmnist_spec.network import LayerSpec
from fmnist_spec.settings import Split

OWN_LESSON = Path(__file__).with_name("lesson.toml")
LESSONS = Path(__file__).with_name("lessons")


def test_the_closed_forms_give_the_numbers_that_the_lesson_prints():
    """The chapter prints 78,500 and 1,010 parameters, 79,510 in all, 310.59 KB, 1,500 steps."""
    lesson = load_lesson(OWN_LESSON)
    found = (*lesson.layer_parameters, lesson.parameters, lesson.size, lesson.steps_per_epoch)
    assert found == (78_500, 1_010, 79_510, "310.59 KB", 1_500)


def test_a_lesson_file_is_read_to_the_last_value():
    """Every number and name is the one that stands in the file; lists become tuples."""
    lesson = load_lesson(OWN_LESSON)
    network, digest = lesson.network, lesson.split.sha256
    assert lesson.title == "Deep neural networks: two layers for Fashion-MNIST"
    assert (lesson.data.dataset, lesson.data.scale) == ("fashion_mnist", 255)
    assert lesson.split == Split(0.2, 42, None, 48_000, 12_000, digest)
    assert digest.startswith("2212202b")
    assert [(layer.type, layer.name, layer.arguments) for layer in network.layers] == [
        ("Dense", "hidden", {"units": 100, "activation": "sigmoid"}),
        ("Dense", "output", {"units": 10, "activation": "softmax"}),
    ]
    assert (network.styles, network.name) == (("list", "named", "add"), "패션 MNIST 모델")
    loss = "sparse_categorical_crossentropy"
    assert dataclasses.astuple(lesson.compile) == (loss, ("accuracy",), "rmsprop", 0.001)
    assert dataclasses.astuple(lesson.fit) == (5, 32, 0.0)
    assert dataclasses.astuple(lesson.result) == (0.86, 0.85)


def test_facts_of_a_data_set_come_with_its_name():
    """Sizes, shapes and digests stand with the data sets, once for all lessons."""
    data = dataclasses.asdict(load_lesson(OWN_LESSON).data)
    assert len(data.pop("sha256")) == len(data.pop("sample")) == 4
    sizes = ["Fashion-MNIST", 60_000, 10_000, 28, 28, "uint8", 10, 255, "fashion-mnist"]
    assert [*data.values()] == [*sizes, "/usr/share/datasets/fashion-mnist", "fashion_mnist", 255]


@pytest.mark.parametrize("data", DATA_SETS.values(), ids=DATA_SETS)
def test_every_digest_of_a_data_set_is_one(data):
    """SHA-256 has 64 hexadecimal digits, and a sample has the files of the whole."""
    digests = [*data.sha256.values(), *data.sample.values()]
    wrong = [one for one in digests if not re.fullmatch("[0-9a-f]{64}", one)]
    assert (wrong, data.sample.keys() - data.sha256.keys()) == ([], set())


def test_sizes_of_the_split_need_not_be_written(edited_lesson):
    """Without them they are computed, and are the same."""
    sizes = ("train = 48_000 ", " "), ("validation = 12_000 ", " ")
    assert edited_lesson(*sizes) == load_lesson(OWN_LESSON)


def test_another_lesson_has_its_own_closed_forms(edited_lesson):
    """A lesson with 30 hidden units has 30 * 785 + 10 * 31 parameters."""
    assert edited_lesson(("units = 100", "units = 30")).layer_parameters == (23_550, 310)


UNITS, RATE = "units = 100", 'type = "Dropout"\nrate = '
NAMED = 'name = "hidden"\nunits = 100\nactivation = "sigmoid"'
LAYERS = '[[network.layers]]\nname = "hidden"'
SPLIT = "test_size = 0.2\nrandom_state = 42\ntrain = 48_000                # images to train on"
SLICE = 'held_back = "last"'
FAULTS = {
    "unknown key": ("epochs = 5", "epochs = 5\nepoch = 6", "fit.epoch", "epochs, batch_size"),
    "missing key": ("epochs = 5", "", "fit.epochs", "a value"),
    "text for number": ("epochs = 5", 'epochs = "5"', "fit.epochs", "whole number"),
    "true for number": ("epochs = 5", "epochs = true", "fit.epochs", "whole number"),
    "number for text": ('activation = "sigmoid"', "activation = 1", "layers[0].activation", "relu"),
    "negative number": (UNITS, "units = -100", "network.layers[0].units", "whole number"),
    "zero": (UNITS, "units = 0", "network.layers[0].units", "above 0"),
    "huge number": (UNITS, "units = 1_000_000_000", "layers[0].units", "below 10**9"),
    "number of no computer": (UNITS, f"units = {10**400}", "layers[0].units", "below 2**64"),
    "zero epochs": ("epochs = 5", "epochs = 0", "fit.epochs", "above 0"),
    "zero batch": ("batch_size = 32", "batch_size = 0", "fit.batch_size", "above 0"),
    "zero rate": ("learning_rate = 0.001", "learning_rate = 0.0", "compile.learning_rate", "above"),
    "zero scale": ("scale = 255", "scale = 0", "data.scale", "above 0"),
    "table for list": ("[[network.layers]]", "[[network.layer]]", "network.layer", "one of"),
    "not a number": ("test_size = 0.2", "test_size = nan", "split.test_size", "decimal point"),
    "share of 1": ("test_size = 0.2", "test_size = 1.0", "split.validation", "1.0 of 60,000"),
    "per cent": ("training_accuracy = 0.86", "training_accuracy = 86.0", "result.", "1.0"),
    "per cent of fit": ("[fit]", "[fit]\nvalidation_split = 10.0", "fit.validation_split", "1.0"),
    "validation": ("validation = 12_000", "validation = 11_999", "split.validation", "12000"),
    "train": ("train = 48_000", "train = 48_001", "split.train", "48000"),
    "same names": ('name = "output"', 'name = "hidden"', "network.layers", "another name"),
    "short digest": ('sha256 = "2212', 'sha256 = "', "split.sha256", "64 hex"),
    "no toml": ("[data]", "[data", "file", "TOML"),
    "unknown data set": ("fashion_mnist", "cifar10", "data.dataset", "one of fashion_mnist, mnist"),
    "a fact of the data": ("scale =", "train_images = 1\nscale =", "data.train_images", "dataset"),
    "pixels of old": ("scale =", "pixels = 784\nscale =", "data.pixels", "dataset, scale"),
    "unknown type": (UNITS, 'type = "Conv2D"', "network.layers[0].type", "Dense, Flatten"),
    "unknown argument": (UNITS, f"{UNITS}\nrate = 0.5", "network.layers[0].rate", "units"),
    "units of a Flatten": (UNITS, f'{UNITS}\ntype = "Flatten"', "layers[0].", "one of type, name"),
    "no units": (UNITS, "", "network.layers[0].units", "a value"),
    "units of a fraction": (UNITS, "units = 1.5", "network.layers[0].units", "a whole number"),
    "unknown activation": ('"sigmoid"', '"sigmiod"', "network.layers[0].activation", "sigmoid"),
    "initializer is a number": (
        UNITS,
        f"{UNITS}\nkernel_initializer = 5",
        "network.layers[0].kernel_initializer",
        "one of zeros",
    ),
    "bias is a text": (UNITS, f'{UNITS}\nuse_bias = "no"', "layers[0].use_bias", "true or false"),
    "no rate": (NAMED, 'type = "Dropout"', "network.layers[0].rate", "a value"),
    "rate is a text": (NAMED, f'{RATE}"x"', "network.layers[0].rate", "a number"),
    "rate of a whole": (NAMED, f"{RATE}1", "network.layers[0].rate", "a number with a decimal"),
    "rate of 1": (NAMED, f"{RATE}1.0", "network.layers[0].rate", "below 1.0"),
    "classes": ("units = 10\n", "units = 11\n", "network.layers[1].units", "each class: 10"),
    "both kinds of split": ("[split]", f"[split]\n{SLICE}", "split", "found both"),
    "no kind of split": (SPLIT, "", "split", "test_size with random_state"),
    "unknown end": (SPLIT, 'held_back = "middle"', "split.held_back", "one of first, last"),
    "no size of slices": (f"{SPLIT}\nvalidation = 12_000", SLICE, "split.validation", "a part of"),
    "slices of all": (
        f"{SPLIT}\nvalidation = 12_000",
        f"{SLICE}\nvalidation = 60_000",
        "split.validation",
        "a part of the 60,000",
    ),
    "no seed": ("random_state = 42", "", "split.random_state", "test_size"),
    "a seed alone": ("test_size = 0.2", SLICE, "split.test_size", "random_state"),
    "seed too large": ("= 42", "= 4294967296", "split.random_state", "below 2**32"),
    "unknown style": ('"named", "add"', '"named", "subclass"', "network.styles[2]", "list, named"),
    "style twice": ('"named", "add"', '"named", "list"', "network.styles", "each style once"),
    "loss unknown": ('loss = "sparse_', 'loss = "sparse', "compile.loss", "one of sparse_cat"),
    "optimizer unknown": ('"rmsprop"', '"rsmprop"', "compile.optimizer", "one of rmsprop, adam"),
    "bound without metric": ('["accuracy"]', "[]", "compile.metrics", "result.training_accuracy"),
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


@pytest.mark.parametrize(
    "name",
    ["rmsprop", "adam", "sgd", "adamw", "nadam", "adamax", "adagrad", "adadelta", "ftrl"],
)
def test_a_lesson_may_have_any_optimizer_of_keras(edited_lesson, name):
    """By the name that a notebook writes."""
    lesson = edited_lesson(('optimizer = "rmsprop"', f'optimizer = "{name}"'))
    assert lesson.compile.optimizer == name


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


def load(tmp_path, *changes, of="bare"):
    """Read one of the tests' lessons, with some of its text exchanged."""
    text = (LESSONS / f"{of}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"this test wants to edit {old!r}, which {of}.toml lacks"
        text = text.replace(old, new, 1)
    path = tmp_path / "course.toml"
    path.write_text(text, encoding="utf-8")
    return load_lesson(path)


WITHOUT = {  # what a lesson of few words makes of values that no teacher writes
    "layers is empty": ("network", "layers = []", "no Dense layer, expected an output layer"),
    "layers is a number": ("network", "layers = 5", "network.layers: found 5, expected a list"),
    "a layer is a number": ("network", "layers = [5]", r"layers\[0\]: found 5, expected a table"),
    "a layer is a list": ("network", "layers = [[]]", r"layers\[0\]: found \[\], expected a table"),
    "a type is a list": ("network", "layers = [{type = []}]", r"layers\[0\].type: found \[\], exp"),
    "no output": ("network", 'layers = [{type = "Flatten"}]', "expected an output layer"),
    "a huge share": ("split", "test_size = 1e308\nrandom_state = 1", "a part of the 60,000"),
    "a huge number": ("split", f"test_size = {10**19}\nrandom_state = 1", "a part of the 60,000"),
    "a number of no computer": ("split", f"train = {10**60}", r"below 2\*\*64"),
    "a number of 6,000 digits": ("split", f"train = 0x{'f' * 5000}", "too large to be shown"),
    # some readers of TOML refuse it themselves, and only some Pythons can show it
    "tables in tables": (
        "split",
        f"train{'.a' * 5000} = 1",
        "expected (a whole number|TOML)",
    ),
    "a key of two lines": ("split", '"a\\n\\nb" = 5', r"split\.a\\n\\nb: found unknown key"),
    "a long text": ("split", f"train = '{'x' * 10**6}'", "characters left out.* expected a whole"),
    "a long key": ("split", f"{'x' * 10**6} = 1", "characters left out.* expected one of"),
    "a tiny share": ("split", "test_size = 0.0\nrandom_state = 1", "test_size: found 0.0"),
    "a table": ("split", "test_size = {}\nrandom_state = 1", "expected a number with a decimal"),
    "slices and a seed": (
        "split",
        'held_back = "last"\nvalidation = 1\nrandom_state = 1',
        "nothing",
    ),
    "all by one": ("split", 'held_back = "last"\ntrain = 59_999\nvalidation = 2', "= 59998"),
    "no images held back": ("result", "validation_accuracy = 0.5", "expected 'accuracy'"),
    "named, without names": ("network", 'styles = ["named"]', "network.name: found nothing"),
}


@pytest.mark.parametrize(("table", "lines", "message"), WITHOUT.values(), ids=WITHOUT)
def test_a_wild_value_is_told_in_one_line(tmp_path, table, lines, message):
    """Whatever stands in a lesson file, there is a LessonError and nothing else."""
    text = (LESSONS / "bare.toml").read_text(encoding="utf-8")
    layers = text[text.index("[[network.layers]]") : text.index("[compile]")]
    kept = "" if "layers =" in lines else layers
    change = (layers, f"[{table}]\n{lines}\n\n{kept}")
    with pytest.raises(LessonError, match=message) as caught:
        load(tmp_path, change)
    assert "\n" not in str(caught.value)


def test_an_accuracy_of_images_that_nobody_holds_back_is_refused(tmp_path):
    """Without a split and without validation_split there is none to validate with."""
    change = "training_accuracy = 0.90", "validation_accuracy = 0.90"
    with pytest.raises(LessonError, match=r"validation_accuracy: .*expected images that are held"):
        load(tmp_path, change, of="logits")
    change = "[fit]", "[result]\nvalidation_accuracy = 0.8\n\n[fit]"
    assert "validation-accuracy" in load(tmp_path, change, of="validation_split").subjects


SIZES = {0: "0.00 B", 1023: "1023.00 B", 1024: "1.00 KB", 318_040: "310.59 KB", 2**30: "1.00 GB"}


@pytest.mark.parametrize(("size", "words"), SIZES.items())
def test_sizes_read_as_in_keras(size, words):
    """Bytes are printed with two decimals and the largest unit that leaves 1 or more."""
    assert readable_size(size) == words


def test_parameters_of_one_layer_are_weights_and_biases():
    """Three inputs and two units make six weights and two biases."""
    assert LayerSpec(arguments={"units": 2}).after(3) == (2, 8, 0)
    assert LayerSpec(arguments={"units": 2, "use_bias": False}).after(3) == (2, 6, 0)
