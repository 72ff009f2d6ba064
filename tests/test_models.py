"""The three constructors: what they build, and what they refuse."""

import numpy as np
import pytest
from builders import BUILDERS

from fmnist_spec import LESSON, Summary, build_add, build_list, build_named
from fmnist_spec.printed import summary_text

LAYERS = LESSON.network.layers
pytestmark = pytest.mark.usefixtures("quick_import")
everywhere = pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)

REFUSED = {
    "empty": ((), ValueError, "0 layers"),
    "seven layers": ((5,) * 7, ValueError, "7 layers"),
    "zero": ((100, 0), ValueError, r"hidden\[1\] is 0"),
    "negative": ((-1,), ValueError, r"hidden\[0\] is -1"),
    "bool": ((True,), TypeError, r"hidden\[0\] is True"),
    "float": ((100.0,), TypeError, r"hidden\[0\] is 100\.0"),
    "text in it": (("100",), TypeError, r"hidden\[0\] is '100'"),
    "None in it": ((None,), TypeError, r"hidden\[0\] is None"),
    "a number": (100, TypeError, "hidden is 100, expected a sequence"),
    "a text": ("100", TypeError, "hidden is '100', expected a sequence"),
    "a set": ({100}, TypeError, r"hidden is \{100\}, expected a sequence"),
}


@everywhere
@pytest.mark.parametrize(("hidden", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_wrong_hidden_layers_are_refused(build, hidden, error, message):
    """The error names the value and shows how to write it."""
    with pytest.raises(error, match=message) as caught:
        build(hidden)
    assert "hidden=(100,)" in str(caught.value), "the error shows no example of a right value"


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
