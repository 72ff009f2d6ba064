"""What is not of the lesson shipped: other metrics, options that Keras takes itself, no styles."""

from dataclasses import replace
from pathlib import Path

import pytest
from notebooks import LESSON
from traces import CELLS, FIT, HIDDEN, NETWORK, OUTPUT, swap, trace

from fmnist_spec.gate.compare.networks import differences
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.verdict import judge
from fmnist_spec.lesson import Lesson
from fmnist_spec.network import DEFAULTS, TYPES, LayerSpec


def with_first(layer: LayerSpec) -> Lesson:
    """Give the lesson with another first layer."""
    layers = (layer, *LESSON.network.layers[1:])
    return replace(LESSON, network=replace(LESSON.network, layers=layers))


PLAIN = {"units": 100, "activation": "sigmoid"}


@pytest.mark.parametrize("name", DEFAULTS["Dense"])
def test_to_name_what_keras_takes_itself_says_nothing_new(name: str) -> None:
    """A lesson file may say it: a notebook that leaves it out is right, another value is not."""
    plain = DEFAULTS["Dense"][name]
    assert differences(with_first(LayerSpec(arguments={**PLAIN, name: plain})), NETWORK) == ()
    other = with_first(LayerSpec(arguments={**PLAIN, name: "he_normal"}))
    assert len(differences(other, NETWORK)) == 1
    layers = (replace(HIDDEN, options={name: "he_normal"}), OUTPUT)
    assert differences(other, replace(NETWORK, layers=layers)) == ()


def test_every_default_is_an_option_of_its_layer() -> None:
    """The table of defaults names nothing that a lesson file cannot say."""
    assert all(DEFAULTS[kind].keys() <= TYPES[kind].keys() for kind in DEFAULTS)


@pytest.mark.parametrize("name", ["swish", "silu"])
def test_one_activation_of_two_names_is_one(name: str) -> None:
    """Keras 2 calls it swish and Keras 3 silu; the trace has the later name."""
    network = replace(NETWORK, layers=(replace(HIDDEN, activation="silu"), OUTPUT))
    assert (
        differences(with_first(LayerSpec(arguments={**PLAIN, "activation": name})), network) == ()
    )


def test_only_an_accuracy_must_rise() -> None:
    """A metric such as a cross-entropy falls where the network learns."""
    names = ("sparse_categorical_crossentropy", "accuracy")
    lesson = replace(LESSON, compile=replace(LESSON.compile, metrics=names))
    history = {names[0]: (0.9, 0.5), "accuracy": (0.6, 0.8), "loss": (0.9, 0.5)}
    shown = trace(*swap(FIT, replace(FIT, history=history)))
    found = judge(Evidence(lesson, Notebook(Path("one.ipynb"), CELLS), shown), ["accuracy-rises"])
    assert found == ()


def test_a_network_that_nobody_changed_is_not_called_changed() -> None:
    """Where no style is asked for, the trained network is what is held against the lesson."""
    lesson = replace(LESSON, network=replace(LESSON.network, styles=()))
    wide = replace(NETWORK, layers=(replace(HIDDEN, units=300), OUTPUT))
    events = [
        replace(one, network=wide)
        if getattr(one, "model", None) == FIT.model and hasattr(one, "network")
        else one
        for one in trace().events
    ]
    evidence = Evidence(lesson, Notebook(Path("one.ipynb"), CELLS), trace(*events))
    (found,) = judge(evidence, ["network"])
    assert found.message.startswith("The network that is trained is not the lesson's: layer 1")
