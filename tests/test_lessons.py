"""Lessons of other networks: each file of tests/lessons is read, built, prepared and trained."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import BUILDERS
from sampling import few

from fmnist_spec import Summary, load_data, load_lesson, prepare, train
from fmnist_spec._compat import TRAINABLE_NAME, import_keras, lesson_version
from fmnist_spec.lesson import LESSON
from fmnist_spec.models import build_named
from fmnist_spec.preparing import split_indices

LESSONS = {path.stem: load_lesson(path) for path in Path(__file__).parent.glob("lessons/*.toml")}
pytestmark = [pytest.mark.usefixtures("quick_import"), pytest.mark.lessons]
every_lesson = pytest.mark.parametrize("name", sorted(LESSONS))
every_style = pytest.mark.parametrize("style", BUILDERS)

DENSE_100, DENSE_10 = 784 * 100 + 100, 100 * 10 + 10
# Parameters of each layer, how many do not train, what the images are, images to train on, steps.
NUMBERS = {
    "two_layers_128": ((100_480, 1_290), 0, (784,), 45_000, 704),
    "relu_flatten": ((0, DENSE_100, DENSE_10), 0, (28, 28), 48_000, 1_500),
    "relu_adam": ((0, DENSE_100, DENSE_10), 0, (28, 28), 48_000, 1_500),
    "korean_names": ((DENSE_100, DENSE_10), 0, (784,), 48_000, 1_500),
    "one_style": ((DENSE_100, DENSE_10), 0, (784,), 48_000, 1_500),
    "logits": ((0, 100_480, 1_290), 0, (28, 28), 60_000, 1_875),
    "digits": ((0, 100_480, 0, 1_290), 0, (28, 28), 60_000, 1_875),
    "slices": ((0, 235_500, 30_100, 1_010), 0, (28, 28), 55_000, 1_719),
    "one_hot": ((0, DENSE_100, DENSE_10), 0, (28, 28), 48_000, 1_500),
    "batch_normalization": ((0, 50_240, 256, 650), 128, (28, 28), 48_000, 1_500),
    "single_layer": ((7_850,), 0, (784,), 48_000, 1_500),
    "held_back_first": ((DENSE_100, DENSE_10), 0, (784,), 50_000, 391),
    "validation_split": ((0, DENSE_100, DENSE_10), 0, (28, 28), 60_000, 1_688),
    "bare": ((0, 25_120, 330), 0, (28, 28), 60_000, None),
}


def build(name, style="list", **settings):
    """Build the network of a lesson, or skip names that Keras 2 refuses."""
    lesson = LESSONS[name]
    latin = all(map(TRAINABLE_NAME.match, lesson.network.names))
    if style == "named" and not latin and lesson_version().release < (2, 16):
        with pytest.raises(ValueError, match="scope name"):
            BUILDERS[style](lesson=lesson)
        pytest.skip("Keras 2 refuses the names of these layers, as a claim says")
    return BUILDERS[style](lesson=lesson, **settings)


def test_every_file_has_its_numbers_here():
    """No lesson is left out of the table above."""
    assert NUMBERS.keys() == LESSONS.keys()


@every_lesson
def test_the_closed_forms_are_those_that_one_computes_by_hand(name):
    """Parameters, input, images and steps follow from what the file says."""
    lesson = LESSONS[name]
    fixed, images = lesson.non_trainable, lesson.train_images
    found = (lesson.layer_parameters, fixed, lesson.input_shape, images, lesson.steps_per_epoch)
    assert found == NUMBERS[name]


@every_style
@every_lesson
def test_the_network_is_the_one_of_the_file(name, style):
    """Each layer has its type, its arguments and its shape, and the counts of the closed form."""
    model, lesson = build(name, style), LESSONS[name]
    for layer, spec in zip(model.layers, lesson.network.layers, strict=True):
        assert type(layer).__name__ == spec.type
        for argument, value in spec.arguments.items():
            found = getattr(layer, argument)
            found = getattr(found, "__name__", found)
            assert found == value, f"{spec.code}: {argument} is {found}"
        if spec.type == "Dense":
            assert layer.activation.__name__ == spec.activation
    live = Summary.from_model(model)
    assert tuple(row.output_shape for row in live.rows) == lesson.output_shapes
    assert tuple(row.parameters for row in live.rows) == lesson.layer_parameters
    assert (live.total, live.non_trainable) == (lesson.parameters, lesson.non_trainable)
    assert tuple(model.input_shape) == (None, *lesson.input_shape)


@every_lesson
def test_only_the_named_style_gives_names(name):
    """Layers that the lesson gives no name, and models, are named by Keras."""
    lesson, own = LESSONS[name], build(name, "named")
    pairs = zip(own.layers, lesson.network.layers, strict=True)
    given = [(layer.name, spec.name) for layer, spec in pairs]
    assert [found for found, wanted in given if wanted] == lesson.network.names
    assert own.name == (lesson.network.name or own.name)
    automatic = {layer.name for layer in build(name, "add").layers} | {build(name).name}
    assert not automatic & {*lesson.network.names, lesson.network.name}


@every_lesson
def test_hidden_replaces_the_dense_hidden_layers(name):
    """All else stays: a Flatten before them, a Dropout behind them, and the output layer."""
    lesson, model = LESSONS[name], build(name, hidden=(30, 20))
    kept = [layer for layer in lesson.network.layers if layer.type != "Dense"]
    units = [layer.units for layer in model.layers if type(layer).__name__ == "Dense"]
    others = [type(layer).__name__ for layer in model.layers if type(layer).__name__ != "Dense"]
    assert units == [30, 20, 10]
    assert others == [layer.type for layer in kept]
    assert tuple(model.output_shape) == (None, 10)


def test_hidden_layers_are_like_the_first_of_the_lesson():
    """Their activation is its own, and a Dropout stands behind the last of them."""
    layers = build("digits", hidden=(7, 6)).layers
    assert [type(layer).__name__ for layer in layers] == [
        *("Flatten", "Dense", "Dense", "Dropout", "Dense"),
    ]
    assert [layer.activation.__name__ for layer in layers[1:3]] == ["relu", "relu"]
    names = [layer.name for layer in build_named((7, 6), lesson=LESSONS["two_layers_128"]).layers]
    assert names == ["first", "first_2", "last"]


@pytest.mark.parametrize("name", few(sorted(LESSONS)))
def test_prepare_and_train_work_and_improve(name):
    """On the sample, or on what is made in its place, a network of each lesson learns."""
    lesson = replace(LESSONS[name], fit=replace(LESSONS[name].fit, epochs=3))
    dataset = load_data(sample=True, lesson=lesson)
    part = prepare(dataset, lesson=lesson)
    held_back = lesson.split.validation / lesson.data.train_images if lesson.split else 0
    sizes = len(part.train_scaled), len(part.val_scaled)
    assert sizes == (2_000 - round(2_000 * held_back), round(2_000 * held_back))
    assert part.train_scaled.shape[1:] == lesson.input_shape
    import_keras().utils.set_random_seed(1)
    history = train(build(name), part.train_scaled, part.train_target, lesson=lesson).history
    assert history["loss"][-1] < history["loss"][0], history
    assert history.keys() >= {"loss", *lesson.compile.metrics}
    assert ("val_loss" in history) == bool(lesson.fit.validation_split)
    for metric in lesson.compile.metrics:
        assert history[metric][-1] > history[metric][0], history


@pytest.mark.parametrize("name", [name for name in LESSONS if LESSONS[name].split])
def test_the_indices_of_every_kind_of_split_are_those_of_the_images(name):
    """What split_indices says is what prepare holds back, of the whole data set."""
    from fmnist_spec.preparing import split

    lesson, numbers = LESSONS[name], np.arange(60_000)
    assert all(map(np.array_equal, split_indices(lesson), split(numbers, numbers, lesson=lesson)))


def test_slices_are_the_ends_that_the_file_names():
    """The last 5,000 images, or the first 10,000, and no other."""
    last, first = (split_indices(LESSONS[name])[1] for name in ("slices", "held_back_first"))
    assert (last[0], last[-1], len(last)) == (55_000, 59_999, 5_000)
    assert (first[0], first[-1], len(first)) == (0, 9_999, 10_000)


def test_without_a_split_all_images_are_trained_on():
    """Nothing is held back, and the order is the data set's."""
    train_part, held_back = split_indices(LESSONS["logits"])
    assert (len(held_back), np.array_equal(train_part, np.arange(60_000))) == (0, True)


def test_what_compile_and_fit_are_told_is_what_keras_would_be_told():
    """What Keras does by itself is left out, and logits are told of."""
    logits, slices = LESSONS["logits"], LESSONS["slices"]
    assert logits.compile_code == (
        "model.compile(optimizer='adam', loss=keras.losses.SparseCategoricalCrossentropy("
        "from_logits=True), metrics=['accuracy'])"
    )
    assert slices.compile_code.startswith("model.compile(optimizer='sgd', loss='sparse_")
    code = "model.fit(train_scaled, train_target, epochs=5, batch_size=128)"
    assert LESSONS["held_back_first"].fit_code == code
    assert LESSONS["bare"].fit_code == "model.fit(train_scaled, train_target, epochs=3)"
    assert LESSONS["bare"].compile_code.endswith("loss='sparse_categorical_crossentropy')")
    assert LESSON.compile_code == (
        "model.compile(loss='sparse_categorical_crossentropy', metrics=['accuracy'])"
    )


@every_lesson
def test_the_code_of_the_layers_builds_the_network(name):
    """Python makes of it the layers that the library builds."""
    keras, lesson = import_keras(), LESSONS[name]
    layers = eval(f"[{lesson.network.code}]", {"keras": keras})  # noqa: S307 - our own text
    model = keras.Sequential([keras.Input(shape=lesson.input_shape), *layers])
    assert Summary.from_model(model).matches(Summary.from_model(build(name)), shifted_names=True)


@every_lesson
def test_the_code_of_compile_compiles_as_train_does(name):
    """The loss and the optimizer are those of the lesson, with its learning rate."""
    keras, lesson, model = import_keras(), LESSONS[name], build(name)
    eval(lesson.compile_code, {"keras": keras, "model": model})  # noqa: S307 - our own text
    assert type(model.optimizer).__name__.lower() == lesson.compile.optimizer
    rate = float(np.asarray(model.optimizer.learning_rate))
    assert rate == pytest.approx(lesson.compile.learning_rate)
    told = getattr(model.loss, "get_config", dict)()  # a loss that is only named has none
    assert told.get("from_logits", False) == lesson.network.is_logits
