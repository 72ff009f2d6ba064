"""The three constructors: what they build, and what they refuse."""

from pathlib import Path

import numpy as np
import pytest
from builders import BUILDERS

from fmnist_spec import LESSON, Summary, build_add, build_list, build_named, load_lesson
from fmnist_spec.printed import summary_text

LAYERS = LESSON.network.layers
LESSONS = Path(__file__).with_name("lessons")
pytestmark = pytest.mark.usefixtures("quick_import")
everywhere = pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)

WHOLE, COUNT = "expected a whole number", "expected 1 to 6"
SEQUENCE = "expected a sequence of whole numbers"
REFUSED = {
    "empty": ((), ValueError, f"hidden has 0 layers, {COUNT}"),
    "seven layers": ((5,) * 7, ValueError, f"hidden has 7 layers, {COUNT}"),
    "zero": ((100, 0), ValueError, "hidden[1] is 0, expected 1 or more"),
    "negative": ((-1,), ValueError, "hidden[0] is -1, expected 1 or more"),
    "bool": ((True,), TypeError, f"hidden[0] is True, {WHOLE}"),
    "float": ((100.0,), TypeError, f"hidden[0] is 100.0, {WHOLE}"),
    "text in it": (("100",), TypeError, f"hidden[0] is '100', {WHOLE}"),
    "None in it": ((None,), TypeError, f"hidden[0] is None, {WHOLE}"),
    "a number": (100, TypeError, f"hidden is 100, {SEQUENCE}"),
    "a text": ("100", TypeError, f"hidden is '100', {SEQUENCE}"),
    "bytes": (b"100", TypeError, f"hidden is b'100', {SEQUENCE}"),
    "a set": ({100}, TypeError, f"hidden is {{100}}, {SEQUENCE}"),
}
REMEDY = "Give the units of each hidden layer, for example hidden=(100,) or hidden=(100, 50)."


@everywhere
@pytest.mark.parametrize(("hidden", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_wrong_hidden_layers_are_refused(build, hidden, error, message):
    """The error names the value and shows how to write it."""
    with pytest.raises(error) as caught:
        build(hidden)
    assert str(caught.value) == f"{message}. {REMEDY}"


@everywhere
def test_six_layers_and_a_single_unit_are_allowed(build):
    """The smallest layer and the deepest network that are not refused."""
    assert [layer.units for layer in build((1,) * 6).layers] == [1] * 6 + [LAYERS[-1].units]


def test_hidden_layers_stand_where_the_lessons_stood():
    """A Flatten stays in front of them; a lesson of one layer gets them in front of its output."""
    flat = load_lesson(LESSONS / "relu_flatten.toml")
    kinds = [
        (type(one).__name__, *one.output.shape[1:])
        for one in build_list((5, 4), lesson=flat).layers
    ]
    assert kinds == [("Flatten", 784), ("Dense", 5), ("Dense", 4), ("Dense", 10)]
    single = load_lesson(LESSONS / "single_layer.toml")
    layers = build_named((5,), lesson=single).layers
    assert [(one.units, one.activation.__name__) for one in layers] == [
        (5, "linear"),
        (10, "softmax"),
    ]
    assert layers[0].name.startswith("dense"), (
        "a layer without a name of the lesson is Keras's to name"
    )


def test_a_name_of_the_model_is_the_callers_or_the_lessons_or_keras():
    """What nobody names has an automatic name."""
    single = load_lesson(LESSONS / "single_layer.toml")
    assert build_named(lesson=single).name.startswith("sequential")
    assert build_named().name == LESSON.network.name


@everywhere
def test_the_network_is_built_and_not_compiled(build):
    """A constructor returns a Sequential with weights that no compile() has touched."""
    model = build()
    assert type(model).__name__ == "Sequential"
    assert model.built, "the model has no weights yet"
    assert getattr(model, "optimizer", None) is None, "the model is compiled already"


@everywhere
def test_the_network_is_the_lessons(build):
    """Dense layers with the lesson's units and activations, and biases, all of it trainable."""
    model = build()
    layers = [
        (type(layer).__name__, layer.units, layer.activation.__name__, layer.use_bias)
        for layer in model.layers
    ]
    assert layers == [("Dense", spec.units, spec.activation, True) for spec in LAYERS]
    assert all(layer.trainable for layer in model.layers), "a layer is frozen"
    assert tuple(model.input_shape) == (None, LESSON.data.pixels)
    assert tuple(model.output_shape) == (None, LAYERS[-1].units)


@everywhere
def test_further_hidden_layers_are_like_the_first(build):
    """Hidden layers keep their order and activation, and the output layer comes last."""
    model = build((30, 20, 40))
    assert [layer.units for layer in model.layers] == [30, 20, 40, LAYERS[-1].units]
    names = [layer.activation.__name__ for layer in model.layers]
    assert names == [LAYERS[0].activation] * 3 + [LAYERS[-1].activation]


@everywhere
def test_numpy_numbers_and_lists_are_hidden_layers_too(build):
    """A list is as good as a tuple, and NumPy's whole numbers are whole numbers."""
    assert [layer.units for layer in build([np.int64(7), 3]).layers][:-1] == [7, 3]


def test_the_named_network_has_the_lessons_names():
    """The named spelling gives the lesson's names; further hidden layers are counted."""
    model = build_named((9, 8))
    assert model.name == LESSON.network.name
    names = [layer.name for layer in model.layers]
    assert names == [LAYERS[0].name, f"{LAYERS[0].name}_2", LAYERS[-1].name]


def test_the_named_network_takes_another_model_name():
    """A name in Latin letters makes the named network trainable."""
    assert build_named(name="fashion_mnist").name == "fashion_mnist"


@pytest.mark.parametrize("build", [build_list, build_add], ids=["list", "add"])
def test_the_other_spellings_leave_names_to_keras(build):
    """List and add networks have automatic names."""
    names = [layer.name for layer in build().layers]
    assert all(name.startswith("dense") for name in names), f"the layers are called {names}"


@everywhere
def test_every_layer_of_a_longer_lesson_is_built(build, three_layers):
    """The network has each layer of the lesson, with its own units and activation."""
    import tensorflow as tf

    with tf.Graph().as_default():
        model = build(lesson=three_layers)
    layers = [(layer.units, layer.activation.__name__) for layer in model.layers]
    expected = [(layer.units, layer.activation) for layer in three_layers.network.layers]
    assert layers == expected, f"the lesson has {expected}, the network {layers}"
    found = Summary.parse(summary_text(model))
    assert found.total == three_layers.parameters, summary_text(model)
    assert tuple(row.parameters for row in found.rows) == three_layers.layer_parameters
    if build is build_named:
        assert [row.name for row in found.rows] == ["hidden", "middle", "output"]
