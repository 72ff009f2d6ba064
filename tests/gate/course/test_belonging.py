"""Which notebooks belong to the lesson, by their source and by what their run built."""

from dataclasses import replace
from pathlib import Path

import pytest
from notebooks import LESSON, as_cells
from traces import FLATTEN, HIDDEN, NETWORK, OUTPUT, layer, trace

from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.selection import Found, belongs, may_belong, read
from fmnist_spec.gate.events import Layer, ModelBuilt, Network
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import Cell, Notebook


def notebook(*sources: str) -> Notebook:
    return Notebook(Path("a.ipynb"), tuple(as_cells(*sources)))


def network(inputs: tuple[int, ...] | None, *layers: Layer) -> Network:
    return replace(NETWORK, input_shape=inputs and (None, *inputs), layers=layers)


CONV, LSTM, SCALE = (replace(FLATTEN, type=one) for one in ("Conv2D", "LSTM", "Normalization"))
NETWORKS = {
    "the lesson's": (network((784,), HIDDEN, OUTPUT), True),
    "its inputs only": (network((784,), HIDDEN, layer(5, "softmax")), True),
    "its outputs only": (network((100,), layer(64, "relu"), OUTPUT), True),
    "images flattened first": (network((28, 28), FLATTEN, HIDDEN, layer(1, "relu")), True),
    "without an input shape": (network(None, HIDDEN, OUTPUT), True),
    "with a normalization": (network((784,), SCALE, HIDDEN, OUTPUT), True),
    "houses": (network((13,), layer(64, "relu"), layer(1, "linear")), False),
    "a convolution": (network((28, 28), CONV, FLATTEN, HIDDEN, OUTPUT), False),
    "texts": (network((784,), LSTM, OUTPUT), False),
    "no layer": (network((784,)), False),
    "no Dense layer": (network((784,), FLATTEN), False),
}


@pytest.mark.parametrize(("built", "expected"), NETWORKS.values(), ids=NETWORKS)
def test_a_network_of_dense_layers_with_its_inputs_or_outputs_decides(
    built: Network, expected: bool
) -> None:
    """Whatever the source says, what was built counts, in any of several networks."""
    houses = ModelBuilt(0, 1, 0, "list", NETWORKS["houses"][0], False, (False, False))
    events = (houses, replace(houses, model=1, network=built))
    shown = trace(events=events)
    assert belongs(LESSON, notebook("pass"), shown, cut_short=False) == expected


SOURCES = {
    "the lesson's": ("from tensorflow import keras\nkeras.layers.Dense(100)", True),
    "tf.keras": ("import tensorflow as tf\ntf.keras.layers.Dense(10)", True),
    "a table of data": ("import pandas as pd\npd.read_csv('fish.csv')", False),
    "another library's": ("from flax import linen as nn\nnn.Dense(10)", False),
    "layers in a helper, and its data": (
        "from model_def import list_model\nfashion_mnist.load_data()",
        True,
    ),
    "layers in a helper, and another data set": (
        "from model_def import list_model\nkeras.datasets.mnist.load_data()",
        True,
    ),
    "layers in a helper, and a training": (
        "import keras\nfrom model_def import build\nmodel = build()\nmodel.fit(x, y)",
        True,
    ),
    "a training of scikit-learn": ("from sklearn import svm\nsvm.SVC().fit(x, y)", False),
    "Keras without a training": ("import keras\nkeras.utils.set_random_seed(42)", False),
    "no Dense layer": ("from tensorflow import keras\nkeras.layers.Conv2D(32, 3)", False),
}


@pytest.mark.parametrize("content", ["", '{"nbformat": 4, "cells": [], "metadata": {}}'])
def test_a_notebook_that_was_just_made_belongs_to_no_lesson(tmp_path: Path, content: str) -> None:
    """Nobody can commit one otherwise. Who names it wants to know that nothing is in it."""
    (path := tmp_path / "new.ipynb").write_text(content)
    verdicts = [read(Found(path, named), Config()) for named in (False, True)]
    assert [one.verdict for one in verdicts if isinstance(one, Result)] == ["skipped", "error"]


@pytest.mark.parametrize(("source", "expected"), SOURCES.values(), ids=SOURCES)
def test_the_source_decides_that_a_notebook_need_not_run(source: str, expected: bool) -> None:
    """Without a Dense layer, a training by Keras or the data set, it teaches no such network."""
    assert may_belong(notebook("x = 1", source)) == expected
    text = Cell(0, "markdown", source, (1,))
    assert not may_belong(Notebook(Path("a.ipynb"), (text,))), "text is not run"


CUT_SHORT = {
    "the lesson's inputs": ("Dense(100, input_shape=(784,))", True),
    "as a product": ("Dense(100, input_shape=(28*28,))", True),
    "flattened": ("Flatten(input_shape=(28, 28)), Dense(n)", True),
    "the lesson's outputs": ("Dense(units=10, activation='softmax')", True),
    "a convolution": ("Conv2D(32, 3, input_shape=(28, 28, 1)), Dense(10)", False),
    "houses": ("Dense(64), Dense(1)", False),
    "a hundred outputs": ("Dense(100), Dense(1)", False),
}


@pytest.mark.parametrize(("source", "expected"), CUT_SHORT.values(), ids=CUT_SHORT)
def test_a_broken_lesson_is_not_left_out(source: str, expected: bool) -> None:
    """Where nothing was built since the run was cut short, the network that is named decides."""
    shown = trace(events=())
    assert belongs(LESSON, notebook(source), shown, cut_short=True) == expected
    assert not belongs(LESSON, notebook(source), shown, cut_short=False)
