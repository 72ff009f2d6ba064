"""What follows from a lesson file: shapes, counts, code, and what the lesson is about."""

from pathlib import Path

import pytest

from fmnist_spec.lesson import (
    Lesson,
    LessonError,
    lesson_file,
    load_lesson,
    readable_size,
    shipped_lessons,
)

LESSONS = Path(__file__).with_name("lessons")
LOGITS = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
WORD = "'sparse_categorical_crossentropy'"


def lesson(name: str, tmp_path: Path | None = None, *changes: tuple[str, str]) -> Lesson:
    """One of the tests' lessons, with some of its text exchanged."""
    path = LESSONS.with_name("lesson.toml")
    text = (path if name == "lesson" else LESSONS / f"{name}.toml").read_text("utf-8")
    for old, new in changes:
        assert old in text, f"this test wants to edit {old!r}, which {name} lacks"
        text = text.replace(old, new, 1)
    if not changes:
        return load_lesson(path if name == "lesson" else LESSONS / f"{name}.toml")
    (tmp_path / "course.toml").write_text(text, "utf-8")
    return load_lesson(tmp_path / "course.toml")


SHAPES = {
    "lesson": ((784,), [(None, 100), (None, 10)], (78_500, 1_010), (78_500, 1_010), 0),
    "single_layer": ((784,), [(None, 10)], (7_850,), (7_850,), 0),
    "bare": (
        (28, 28),
        [(None, 784), (None, 32), (None, 10)],
        (0, 25_120, 330),
        (25_120, 330),
        0,
    ),
    "batch_normalization": (
        (28, 28),
        [(None, 784), (None, 64), (None, 64), (None, 10)],
        (0, 50_240, 256, 650),
        (50_240, 650),
        128,
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_and_parameters_follow_from_the_layers(name):
    """Images are squares where a Flatten comes first; half of what normalises is not trained."""
    one = lesson(name)
    counts = one.layer_parameters, one.dense_parameters, one.non_trainable
    assert (one.input_shape, [*one.output_shapes], *counts) == SHAPES[name]


def test_layers_before_a_flatten_leave_images_squares(tmp_path):
    """A Dropout in front of it has their shape, and the Flatten itself gives the row."""
    flatten = '[[network.layers]]\ntype = "Flatten"\n'
    dropout = '[[network.layers]]\ntype = "Dropout"\nrate = 0.5\n\n'
    one = lesson("bare", tmp_path, (flatten, dropout + flatten))
    assert one.output_shapes[:2] == ((None, 28, 28), (None, 784))


STEPS = {
    "lesson": (48_000, 1_500),
    "bare": (60_000, None),  # any batch size
    "validation_split": (60_000, 1_688),  # of 54,000
    "held_back_first": (50_000, 391),
}


@pytest.mark.parametrize("name", STEPS)
def test_steps_are_counted_without_what_is_held_back(name):
    """The last batch may be smaller: 54,000 images in batches of 32 are 1,688 steps."""
    one = lesson(name)
    assert (one.train_images, one.steps_per_epoch) == STEPS[name]


def test_a_lesson_of_any_batch_size_has_the_steps_of_keras():
    """Keras takes 32 images by default; a part that fit() holds back is rounded as Keras does."""
    assert lesson("bare").steps_of(48_001) == 1_501
    assert lesson("validation_split").used_of(19) == 17  # of 17.1


CODE = {
    "lesson": (f"loss={WORD}, metrics=['accuracy']", "epochs=5"),
    "bare": (f"optimizer='adam', loss={WORD}", "epochs=3"),
    "logits": (f"optimizer='adam', loss={LOGITS}, metrics=['accuracy']", "epochs=10"),
    "held_back_first": (f"loss={WORD}, metrics=['accuracy']", "epochs=5, batch_size=128"),
    "validation_split": (
        f"optimizer='adam', loss={WORD}, metrics=['accuracy']",
        "epochs=5, validation_split=0.1",
    ),
}


@pytest.mark.parametrize("name", CODE)
def test_code_says_what_keras_does_not_take_by_itself(name):
    """A remedy can be copied into the notebook."""
    one, (compiled, fit) = lesson(name), CODE[name]
    assert one.compile_code == f"model.compile({compiled})"
    assert one.fit_code == f"model.fit(train_scaled, train_target, {fit})"


def test_a_loss_of_logits_is_told_as_one():
    """In sentences the loss is one word."""
    words = lesson("logits").loss, lesson("bare").loss
    assert words == (f"{WORD[1:-1]}(from_logits=True)", WORD[1:-1])


COMMON = "biases dense fashion_mnist scaling sparse_categorical_crossentropy trainable unit-range "
TAUGHT = COMMON + "accuracy batch list metrics rows seed softmax split "
SUBJECTS = {
    "lesson": TAUGHT
    + "add default-batch default-optimizer hidden larger-hidden named sigmoid training-accuracy "
    "validation-accuracy",
    "single_layer": TAUGHT + "default-batch",
    "bare": COMMON + "flatten hidden larger-hidden relu softmax",
    "logits": COMMON
    + "accuracy batch default-batch flatten hidden larger-hidden linear list metrics relu "
    "training-accuracy",
}


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_lesson_is_about_what_stands_in_its_file(name):
    """These words decide which rules and sentences are asked."""
    assert lesson(name).subjects == {*SUBJECTS[name].split()}


WITHOUT = {
    "images as they are": ("scale = 255", "scale = 1", "scaling unit-range", ""),
    "another range": ("scale = 255", "scale = 127", "unit-range", ""),
    "no seed": ("test_size = 0.2\nrandom_state = 42\n", 'held_back = "last"\n', "seed", ""),
    "no larger layer": ("units = 100", "units = 10", "larger-hidden", ""),
    "no bias": ("units = 100", "units = 100\nuse_bias = false", "biases", ""),
    "a biased layer": ("units = 100", "units = 100\nuse_bias = true", "", ""),
    "another batch": ("batch_size = 32", "batch_size = 64", "default-batch", ""),
    "another optimizer": ('"rmsprop"', '"adam"', "default-optimizer", ""),
    "another rate": ("learning_rate = 0.001", "learning_rate = 0.01", "default-optimizer", ""),
    "no bound": ("training_accuracy = 0.86", "", "training-accuracy", ""),
    "frozen numbers": (
        '[[network.layers]]\nname = "output"',
        '[[network.layers]]\ntype = "BatchNormalization"\n\n[[network.layers]]\nname = "output"',
        "trainable",
        "batchnormalization",
    ),
}


@pytest.mark.parametrize(("old", "new", "lost", "won"), WITHOUT.values(), ids=WITHOUT)
def test_a_lesson_is_not_about_what_its_file_lacks(tmp_path, old, new, lost, won):
    """One line of the file takes its subject with it, and no other."""
    before, after = lesson("lesson").subjects, lesson("lesson", tmp_path, (old, new)).subjects
    assert (before - after, after - before) == ({*lost.split()}, {*won.split()})


UNITS = {2**20: "1.00 MB", 2**40: "1.00 TB", 2**50: "1.00 PB", 2**60: "1024.00 PB"}


@pytest.mark.parametrize(("size", "words"), UNITS.items())
def test_sizes_end_with_the_largest_unit_of_keras(size, words):
    """Beyond petabytes the number grows."""
    assert readable_size(size) == words


def test_a_lesson_is_named_by_its_file():
    """The lesson shipped comes first; any other name is a path."""
    assert next(iter(shipped_lessons())) == "lesson"
    assert lesson_file("hg-mldl2") == shipped_lessons()["hg-mldl2"]
    assert lesson_file("absent.toml") == Path("absent.toml")


METRICS = "expected 'accuracy', since result.training_accuracy has a value"
SHARES = "validation_split = 1.0", "training_accuracy = 1.1"
MESSAGES = {
    "zero": ("epochs = 5", "epochs = 0", "fit.epochs: found 0, expected a number above 0"),
    "all of fit": (
        "[fit]",
        f"[fit]\n{SHARES[0]}",
        "fit.validation_split: found 1.0, expected a share below 1.0",
    ),
    "more than all": (
        "training_accuracy = 0.86",
        SHARES[1],
        "result.training_accuracy: found 1.1, expected a share of at most 1.0",
    ),
    "no metric": ('["accuracy"]', "[]", f"compile.metrics: found nothing, {METRICS}"),
    "other metrics": (
        '["accuracy"]',
        '["mse", "mae"]',
        f"compile.metrics: found mse, mae, {METRICS}",
    ),
    "no table": ("[fit]", "[fitt]", "fitt: found unknown key 'fitt', expected one of"),
}


@pytest.mark.parametrize(("old", "new", "message"), MESSAGES.values(), ids=MESSAGES)
def test_a_contradiction_is_told_with_its_key_and_value(tmp_path, old, new, message):
    """The whole sentence: the file, the key, what was found and what was expected."""
    with pytest.raises(LessonError) as error:
        lesson("lesson", tmp_path, (old, new))
    assert str(error.value).startswith(f"{tmp_path / 'course.toml'}: {message}")


def test_an_accuracy_of_1_is_a_share(tmp_path):
    """A lesson may promise that nothing is wrong in the end."""
    one = lesson("lesson", tmp_path, ("training_accuracy = 0.86", "training_accuracy = 1.0"))
    assert one.result.training_accuracy == 1.0


def test_a_lesson_that_is_not_there_is_told_with_those_that_are():
    """A name that is no path may be a misspelt lesson."""
    names = ", ".join(shipped_lessons())
    with pytest.raises(LessonError) as error:
        load_lesson("absent")
    assert str(error.value).endswith(f"Check the path, or name one of {names}.")


def test_a_lesson_cannot_be_changed():
    """Whoever shares it may rely on it: another one is made with replace()."""
    with pytest.raises(AttributeError):
        lesson("lesson").title = "another"
