"""Every type of layer that a lesson may have: read, built by Keras, and counted in closed form."""

from dataclasses import replace
from pathlib import Path

import pytest

from fmnist_spec import Summary, load_lesson
from fmnist_spec._compat import import_keras, keras_version
from fmnist_spec.models import build_list
from fmnist_spec.network import NEEDED, TYPES, NetworkSpec
from fmnist_spec.reading import SpecificationError, read_value

BARE = load_lesson(Path(__file__).parent / "lessons" / "bare.toml")
FLATTEN, HIDDEN, OUTPUT = ({"type": "Flatten"}, {"units": 32, "activation": "relu"}, {"units": 10})
SLOPE = "negative_slope" if keras_version().major >= 3 else "alpha"
EXAMPLES = {
    "Dense": {"units": 7, "activation": "tanh", "use_bias": False, "kernel_initializer": "zeros"},
    "Dropout": {"rate": 0.5, "seed": 1},
    "Activation": {"activation": "elu"},
    "BatchNormalization": {"momentum": 0.9, "epsilon": 0.01},
    "LayerNormalization": {"epsilon": 0.01},
    "Rescaling": {"scale": 0.5},
    "GaussianNoise": {"stddev": 0.1},
    "ReLU": {"max_value": 6.0, "threshold": 0.5},
    "LeakyReLU": {SLOPE: 0.2},
    "ELU": {"alpha": 0.5},
}


def lesson_of(*layers):
    table = {"layers": [*layers]}
    return replace(BARE, network=read_value(NetworkSpec, table, Path("course.toml"), "network"))


def check(lesson):
    """Compare what Keras builds with the closed forms, and with what the code builds."""
    live = Summary.from_model(build_list(lesson=lesson))
    assert tuple(row.parameters for row in live.rows) == lesson.layer_parameters
    assert tuple(row.output_shape for row in live.rows) == lesson.output_shapes
    assert live.non_trainable == lesson.non_trainable
    keras = import_keras()
    layers = eval(f"[{lesson.network.code}]", {"keras": keras})  # noqa: S307 - our own text
    model = keras.Sequential([keras.Input(shape=lesson.input_shape), *layers])
    assert Summary.from_model(model).matches(live, shifted_names=True)


@pytest.mark.lessons
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.usefixtures("quick_import")
def test_keras_builds_every_type_and_has_the_parameters_of_the_closed_form(kind):
    """With its arguments, behind a Flatten and a Dense layer, and where it can be before these."""
    one = {"type": kind, **EXAMPLES.get(kind, {})}
    check(lesson_of(FLATTEN, HIDDEN, one, OUTPUT))
    check(lesson_of(one, FLATTEN, HIDDEN, OUTPUT))
    check(lesson_of(one, HIDDEN, OUTPUT))


@pytest.mark.usefixtures("quick_import")
def test_keras_has_all_that_a_lesson_may_say_of_weights():
    """Each argument by its name, each in a layer that Keras builds."""
    weights = {f"{one}_regularizer": "l2" for one in ("kernel", "bias", "activity")}
    weights |= {"kernel_constraint": "max_norm", "bias_constraint": "non_neg"}
    weights |= {"kernel_initializer": "he_normal", "bias_initializer": "ones"}
    check(lesson_of({**HIDDEN, **weights}, OUTPUT))


PLACES = {
    "a Flatten first": ([FLATTEN, HIDDEN, OUTPUT], (28, 28)),
    "none": ([HIDDEN, OUTPUT], (784,)),
    "a Flatten behind a Dense layer": ([HIDDEN, FLATTEN, OUTPUT], (784,)),
    "behind one that has no weights": ([{"type": "Softmax"}, FLATTEN, OUTPUT], (28, 28)),
    "behind one that has weights": ([{"type": "BatchNormalization"}, FLATTEN, OUTPUT], (784,)),
}


@pytest.mark.parametrize(("layers", "shape"), PLACES.values(), ids=PLACES)
def test_a_flatten_before_all_weights_means_that_images_stay_squares(layers, shape):
    """Otherwise they come as rows, and a Flatten changes nothing."""
    assert lesson_of(*layers).input_shape == shape


ENDS = {
    "no activation": ([OUTPUT], True),
    "linear": ([{"units": 10, "activation": "linear"}], True),
    "softmax": ([{"units": 10, "activation": "softmax"}], False),
    "a layer Softmax": ([OUTPUT, {"type": "Softmax"}], False),
    "a layer Activation": ([OUTPUT, {"type": "Activation", "activation": "softmax"}], False),
    "only a Dropout behind it": ([OUTPUT, {"type": "Dropout", "rate": 0.1}], True),
}


@pytest.mark.parametrize(("layers", "is_logits"), ENDS.values(), ids=ENDS)
def test_logits_are_what_no_activation_has_changed(layers, is_logits):
    """The loss is told of them."""
    lesson = lesson_of(HIDDEN, *layers)
    assert lesson.network.is_logits is is_logits
    assert ("from_logits" in lesson.compile_code) is is_logits


@pytest.mark.parametrize(("kind", "argument"), NEEDED.items())
def test_what_keras_needs_must_be_written(kind, argument):
    """A layer without it is refused before Keras is asked."""
    with pytest.raises(SpecificationError, match=rf"\.{argument}: found nothing, expected a value"):
        lesson_of(FLATTEN, {"type": kind}, OUTPUT)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(
    "value", [[], {}, "x", True, -1, 10**19, 10**400], ids=lambda one: str(one)[:20]
)
def test_a_wrong_value_of_any_argument_is_refused_or_is_one(kind, value):
    """Whatever stands there: no other error than the one that names the key.

    A whole number ends where the widest of numpy's does.
    """
    for argument in TYPES[kind]:
        table = {"type": kind, **EXAMPLES.get(kind, {}), argument: value}
        fits = {int: type(value) is int, bool: type(value) is bool, str: type(value) is str}
        if fits.get(TYPES[kind][argument]) and value not in (-1, 10**400):
            assert lesson_of(table).network.layers[0].arguments[argument] == value
            continue
        with pytest.raises(SpecificationError, match=rf"layers\[0\]\.{argument}: found "):
            lesson_of(table)
