"""What a trace teaches: each different training as the tables of a lesson file."""

from dataclasses import replace
from pathlib import Path

import pytest
from notebooks import LESSON
from traces import (
    ADD,
    CELLS,
    COMPILE,
    EVENTS,
    FIT,
    FLATTEN,
    HIDDEN,
    LIST,
    NAMED_LIST,
    NETWORK,
    OUTPUT,
    REFERENCE,
    SPLIT,
    SUMMARY,
    built,
    images,
    swap,
    trace,
)

from fmnist_spec.gate.compare.contents import content_of
from fmnist_spec.gate.events import Evaluated
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.learning.trainings import data_set_of, reached, trainings
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.lesson import AccuracyBounds

CLOTHES = "fashion_mnist"


def held(*events, cells=CELLS, **changes):
    return Evidence(LESSON, Notebook(Path("one.ipynb"), tuple(cells)), trace(*events, **changes))


def learn(*events, cells=CELLS):
    return trainings(held(*events, cells=cells), CLOTHES)


def one(*events, cells=CELLS):
    """Give the tables of the only training."""
    (training,), left = learn(*events, cells=cells)
    assert left == []
    return training.tables


def with_fit(**changes):
    return swap(FIT, replace(FIT, **changes))


def test_a_sound_trace_teaches_the_lesson():
    (training,), left = learn()
    plain = replace(LESSON, title="one", result=AccuracyBounds())
    found = replace(
        training.lesson, split=replace(training.lesson.split, sha256=LESSON.split.sha256)
    )
    assert found == plain
    assert left == []


CONTINUED = {
    "goes on with the old weights": ({"earlier_fits": 1}, 1),
    "is compiled again, for more epochs": ({"earlier_fits": 1, "recompiled": True, "epochs": 9}, 2),
    "is the same once more": ({"model": 2}, 1),
    "has other epochs": ({"epochs": 9}, 2),
    "has other batches": ({"batch_size": 64}, 2),
    "raises": ({"epochs": 9, "raised": True}, 1),
}


@pytest.mark.parametrize("name", CONTINUED)
def test_a_second_training_is_another_lesson_only_if_it_differs(name):
    changes, count = CONTINUED[name]
    found, left = learn(*EVENTS, replace(FIT, **changes))
    assert len(found) == count
    assert left == []


def slices(begin, end):
    """Give images that are these, one after the other."""
    content = content_of(REFERENCE.numbers("in order")[0][begin:end])
    return replace(images(), shape=(end - begin, 784), content=content)


PARTS = {
    "all": (0, 60_000, None),
    "the first": (0, 55_000, {"held_back": "last", "validation": 5_000}),
    "the last": (12_000, 60_000, {"held_back": "first", "validation": 12_000}),
    "some in the middle": (5, 500, None),
    "one less": (1, 55_000, None),
}


@pytest.mark.parametrize("name", PARTS)
def test_slices_are_told_by_their_content(name):
    begin, end, split = PARTS[name]
    events = swap(FIT, replace(FIT, images=slices(begin, end)), events=swap(SPLIT))
    assert one(*events).get("split") == split


SPLITS = {
    "of images": ({}, {"test_size": 0.2, "random_state": 42}),
    "of labels or indices": ({"parts": (None, None)}, {"test_size": 0.2, "random_state": 42}),
    "without a seed": ({"random_state": None}, {"test_size": 0.2, "random_state": 42}),
    "by what is trained on": (
        {"test_size": None, "train_size": 0.8},
        {"test_size": 12_000, "random_state": 42},
    ),
    "by a number": ({"test_size": 12_000}, {"test_size": 12_000, "random_state": 42}),
    "of others": ({"sizes": (8_000, 2_000)}, None),
}


@pytest.mark.parametrize("name", SPLITS)
def test_a_split_is_the_one_whose_first_part_is_trained_on(name):
    changes, split = SPLITS[name]
    assert one(*swap(SPLIT, replace(SPLIT, **changes))).get("split") == split


def test_of_two_splits_of_one_size_the_content_decides():
    other = replace(SPLIT, random_state=7, parts=(None, None))
    for events in (swap(SPLIT, other, SPLIT), swap(SPLIT, SPLIT, other)):
        assert one(*events)["split"]["random_state"] == 42


@pytest.mark.parametrize(
    ("scaling", "scale"), [("lesson", 255), ("raw", None), ("twice", 255)], ids=str
)
def test_the_scale_is_what_pixels_were_divided_by_once(scaling, scale):
    assert one(*with_fit(images=images(scaling=scaling)))["data"].get("scale") == scale


IN_LIST, IN_ADD = built(2, "list"), built(0, "add")
FAR = replace(NETWORK, layers=(replace(HIDDEN, units=64), replace(OUTPUT, activation="relu")))
NEAR = replace(NETWORK, layers=(replace(HIDDEN, units=64), OUTPUT))
LONGER = replace(NETWORK, layers=(HIDDEN, HIDDEN, OUTPUT))
FIT_OF_NEAR = replace(FIT, model=0, network=NEAR)
STYLES = {
    "the lesson's": (EVENTS, ["list", "named", "add"]),
    "add() first": (swap(LIST, IN_ADD, events=swap(ADD, IN_LIST)), ["add", "named", "list"]),
    "one that is near": (swap(LIST, built(0, "list", NEAR)), ["list", "named", "add"]),
    "one that differs in two": (swap(LIST, built(0, "list", FAR)), ["named", "add"]),
    "names that no summary shows": (swap(SUMMARY), ["list", "add"]),
    "one that is trained in another way": (
        (*swap(LIST), LIST, replace(COMPILE, model=0), replace(FIT, model=0, epochs=9)),
        ["named", "add"],
    ),
    "one that is trained in the same way": (
        (*swap(LIST), LIST, replace(COMPILE, model=0), replace(FIT, model=0)),
        ["list", "named", "add"],
    ),
    "one with another layer": (swap(LIST, built(0, "list", LONGER)), ["named", "add"]),
    "a functional model": (swap(LIST, built(0, "other")), ["named", "add"]),
    "one that is near, and trained itself": (
        (*swap(LIST, built(0, "list", NEAR)), replace(COMPILE, model=0), FIT_OF_NEAR),
        ["named", "add"],
    ),
}


@pytest.mark.parametrize("name", STYLES)
def test_styles_are_those_in_which_the_trained_network_is_built(name):
    events, styles = STYLES[name]
    found, _ = learn(*events)
    assert found[0].tables["network"]["styles"] == styles


def test_names_are_those_of_the_named_model_alone():
    assert "name" not in str(one(*swap(NAMED_LIST))["network"])
    only_a_layer = replace(NAMED_LIST, model_named=False, layers_named=(True, False))
    network = one(*swap(NAMED_LIST, only_a_layer))["network"]
    assert "name" not in network
    assert [layer.get("name") for layer in network["layers"]] == ["hidden", None]


def test_of_two_lists_with_names_the_one_whose_model_has_a_name_is_the_named_style():
    names = tuple(replace(layer, name=f"my_{layer.name}") for layer in NETWORK.layers)
    plain = replace(LIST, network=replace(NETWORK, layers=names), layers_named=(True, True))
    shown = replace(SUMMARY, model=0, cell=2)
    network = one(*swap(LIST, plain, shown))["network"]
    assert network["styles"] == ["list", "named", "add"]
    assert [layer["name"] for layer in network["layers"]] == ["hidden", "output"]


def test_layers_have_what_differs_from_keras_alone():
    normal = {"kernel_initializer": "he_normal"}
    layers = (
        FLATTEN,
        replace(HIDDEN, use_bias=False, options=normal),
        replace(FLATTEN, type="Dropout", options={"rate": 0.2}),
        replace(OUTPUT, activation="linear"),
    )
    network = one(*with_fit(network=replace(NETWORK, layers=layers)))["network"]
    assert network == {
        "styles": [],
        "layers": [
            {"type": "Flatten"},
            {"units": 100, "activation": "sigmoid", "use_bias": False, **normal},
            {"type": "Dropout", "rate": 0.2},
            {"units": 10},
        ],
    }


COMPILES = {
    "its own rate": ({"optimizer": "sgd", "learning_rate": 0.01}, {"optimizer": "sgd"}),
    "another rate": ({"learning_rate": 0.01}, {"learning_rate": 0.01}),
    "logits": ({"loss": "sparse_categorical_crossentropy(from_logits=True)"}, {}),
    "a short name": ({"metrics": ("acc",)}, {}),
    "no metric": ({"metrics": ()}, {"metrics": []}),
}


@pytest.mark.parametrize("name", COMPILES)
def test_compile_is_told_as_a_lesson_file_has_it(name):
    changes, told = COMPILES[name]
    plain = {
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
        "optimizer": "rmsprop",
    }
    assert one(*swap(COMPILE, replace(COMPILE, **changes)))["compile"] == plain | told


def test_what_a_notebook_leaves_to_keras_has_a_comment():
    said = {5: "model.compile(loss='a', optimizer='rmsprop')", 6: "model.fit(a, b, epochs=5)"}
    cells = [replace(cell, source=said.get(cell.index, "")) for cell in CELLS]
    (training,), _ = learn(cells=cells)
    assert set(training.comments) == {"fit.batch_size"}
    cells[5] = replace(cells[5], source="model.compile(loss='a')")
    (training,), _ = learn(*with_fit(batch_size=32), cells=cells)
    assert set(training.comments) == {"compile.optimizer"}


LEFT_OUT = {
    "another data set": ({"images": replace(images(), dataset="mnist")}, "images of mnist"),
    "unknown images": ({"images": images("other")}, "images of no data set"),
    "no array": ({"images": None}, "images of no data set"),
    "a layer": (
        {"network": replace(NETWORK, layers=(replace(HIDDEN, type="Conv2D"), OUTPUT))},
        "network.layers[0].type: found 'Conv2D'",
    ),
    "an activation": (
        {"network": replace(NETWORK, layers=(replace(HIDDEN, activation="?"), OUTPUT))},
        "found something of its own",
    ),
    "eleven outputs": (
        {"network": replace(NETWORK, layers=(HIDDEN, replace(OUTPUT, units=11)))},
        "network.layers[1].units: found 11",
    ),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_no_lesson_file_can_say_is_left_out_with_its_place_and_reason(name):
    changes, reason = LEFT_OUT[name]
    found, (left,) = learn(*with_fit(**changes))
    assert found == []
    assert left.startswith("cell 7, line 1: ")
    assert reason in left


@pytest.mark.parametrize("changes", [{"loss": "?"}, {"loss": None}, {"optimizer": "?"}], ids=str)
def test_a_loss_or_an_optimizer_of_the_authors_own_is_left_out(changes):
    found, (left,) = learn(*swap(COMPILE, replace(COMPILE, **changes)))
    assert found == []
    assert "found something of its own" in left


def test_titles_are_the_first_heading_and_then_the_nearest_above():
    texts = {0: "intro\n\n# **Networks** #\n\n## Data", 4: "#no heading\n\n### Longer", 7: "# End"}
    cells = [
        Cell(at, "markdown", texts[at], ()) if at in texts else replace(cell, source="# a comment")
        for at, cell in enumerate(CELLS)
    ]
    found, _ = learn(*EVENTS, replace(FIT, epochs=9), cells=cells)
    assert [one.tables["title"] for one in found] == ["Networks", "Longer"]


REACHED = {
    "rounded down": ({"accuracy": (0.5, 0.8799)}, {"training_accuracy": 0.86}),
    "by another name": ({"sparse_categorical_accuracy": (0.9,)}, {"training_accuracy": 0.89}),
    "no accuracy": ({"loss": (0.9,)}, {}),
}


@pytest.mark.parametrize("name", REACHED)
def test_what_is_reached_is_rounded_down_and_a_little_lower(name):
    history, result = REACHED[name]
    evidence = held(*with_fit(history=history), full=True)
    assert reached(evidence, evidence.events(type(FIT))[0]) == result


def test_the_validation_accuracy_is_of_the_images_held_back_alone():
    history = {"accuracy": (0.9,), "val_accuracy": (0.877,)}
    for part, result in (("validation", 0.86), ("test", None)):
        evidence = held(*with_fit(history=history, validation=images(part)), full=True)
        found = reached(evidence, evidence.events(type(FIT))[0])
        assert found.get("validation_accuracy") == result
        shown = Evaluated(7, 1, 2, images(part), (0.3, 0.877))
        evidence = held(*with_fit(history=history), shown, full=True)
        found = reached(evidence, evidence.events(type(FIT))[0])
        assert found.get("validation_accuracy") == result


@pytest.mark.parametrize("changes", [{"full": False}, {"full": True, "sample_only": True}], ids=str)
def test_a_short_training_or_a_sample_says_nothing_of_accuracies(changes):
    evidence = held(*EVENTS, **changes)
    assert reached(evidence, evidence.events(type(FIT))[0]) == {}


CODES = {
    "keras.datasets.fashion_mnist.load_data()": (CLOTHES, True),
    "from keras.datasets import mnist\nmnist.load_data()": ("mnist", True),
    "from keras.datasets.mnist import load_data": ("mnist", True),
    "data = keras.datasets.mnist\ndata.load_data()": ("mnist", True),
    "# not mnist\nkeras.datasets.fashion_mnist.load_data()": (CLOTHES, False),
    "mnist.load_data()\nfashion_mnist.load_data()": ("mnist", False),
    "numpy.load('clothes.npz')": (CLOTHES, False),
}


@pytest.mark.parametrize("code", CODES)
def test_the_data_set_is_the_one_that_is_loaded_first(code):
    assert data_set_of(code) == CODES[code]
