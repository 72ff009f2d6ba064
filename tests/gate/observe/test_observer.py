"""What a notebook asks Keras and scikit-learn to do is observed, and otherwise left alone."""

from typing import Any, TypeVar

import numpy as np
import pytest
from notebooks import LESSON, Run

from fmnist_spec.gate.compare.images import LessonImages
from fmnist_spec.gate.events import (
    Compiled,
    DataLoaded,
    Evaluated,
    Event,
    Fitted,
    Layer,
    LayerMade,
    ModelBuilt,
    Network,
    Predicted,
    SplitMade,
    Summarised,
)
from fmnist_spec.gate.observe.shortening import shorten, shorten_fit
from fmnist_spec.gate.trace import Trace
from fmnist_spec.preparing import split_indices

E = TypeVar("E", bound=Event)
IMPORTS = (
    "import numpy as np\nfrom tensorflow import keras\n"
    "from tensorflow.keras.layers import Dense, Flatten\n"
    "from sklearn.model_selection import train_test_split"
)
SMALL = "model = keras.Sequential([Dense(3, activation='softmax', input_shape=(4,))])\n"
RUN_SMALL = (
    SMALL + "model.compile(loss='sparse_categorical_crossentropy', metrics=['accuracy'])\n"
    "x, y = np.zeros((64, 4)), np.zeros(64, int)\n"
)


def of(trace: Trace, kind: type[E]) -> list[E]:
    """Give the events of a kind, of a notebook whose cells all ran."""
    for run in trace.cells:
        assert run.status == "ok", f"cell {run.cell} of the test's notebook: {run}, {trace.ended}"
    return [event for event in trace.events if isinstance(event, kind)]


# The lesson


@pytest.fixture(scope="module")
def lesson(run: Run) -> Trace:
    """Run the lesson in a spelling of its own."""
    return run(
        "from tensorflow import keras\n"
        "(images, labels), _ = keras.datasets.fashion_mnist.load_data()",
        "from sklearn.model_selection import train_test_split as cut\n"
        "scaled = images.reshape(-1, 784) / 255\n"
        "x, val_x, y, val_y = cut(scaled, labels, test_size=0.2, random_state=42)",
        "dense1 = keras.layers.Dense(100, activation='sigmoid', input_shape=(784,))\n"
        "model = keras.Sequential([dense1, keras.layers.Dense(10, activation='softmax')])",
        "model = keras.Sequential()\n"
        "model.add(keras.layers.Dense(100, activation='sigmoid', input_shape=(784,)))",
        "model.add(keras.layers.Dense(10, activation='softmax'))\nmodel.summary()",
        "model.compile(loss='sparse_categorical_crossentropy', metrics=['accuracy'])\n\n"
        "history = model.fit(x, y, epochs=7, verbose=0, validation_data=(val_x, val_y))\n"
        "model.evaluate(val_x, val_y, verbose=0)\nmodel.predict(val_x[:3], verbose=0)",
        "assert len(history.epoch) == len(history.history['val_loss']) == 7, history.epoch",
    )


def lessons_images(trace: Trace) -> LessonImages:
    """Give the parts of the data set that a run was served, as the lesson splits it."""
    assert trace.reference is not None, "the trace does not tell what data set was served"
    return LessonImages(255, trace.reference, *split_indices(LESSON))


def test_what_the_notebook_asks_is_counted_and_nothing_else(lesson: Trace) -> None:
    """Not evaluate inside fit, nor add inside a constructor: those are Keras's own."""
    kinds = [type(event) for event in lesson.events]
    expected = [DataLoaded, SplitMade, LayerMade, LayerMade, ModelBuilt, ModelBuilt, LayerMade]
    expected += [LayerMade, Summarised, Compiled, Fitted, Evaluated, Predicted]
    assert kinds == expected, lesson.events


def test_events_have_their_cell_and_line(lesson: Trace) -> None:
    """Both count as a reader counts: cells of the file from 0, lines of the cell from 1."""
    places = [(event.cell, event.line) for event in lesson.events]
    built = [(2, 1), (2, 2), (2, 2), (3, 1), (3, 2), (4, 1), (4, 2)]
    assert places == [(0, 2), (1, 3), *built, (5, 1), (5, 3), (5, 4), (5, 5)]
    assert [event.by for event in lesson.events] == places, "all stand in the cell itself"


def test_an_event_has_the_place_of_the_code_that_called(run: Run) -> None:
    """A function may stand in an earlier cell; what a library calls stands in none."""
    trace = run(f"{IMPORTS}\ndef make(units):\n    return Dense(units)", "\n\nmake(3)")
    (made,) = of(trace, LayerMade)
    assert ((made.cell, made.line), made.by, made.layer.units) == ((1, 3), (0, 6), 3), made


def test_the_split_is_known_by_its_members(lesson: Trace) -> None:
    """Sizes, arguments, and that it is exactly the lesson's."""
    (split,) = of(lesson, SplitMade)
    shapes = ((48_000, 784), (12_000, 784))
    told = (split.test_size, split.random_state, split.shuffle, split.sizes, split.shapes)
    assert told == (0.2, 42, True, (48_000, 12_000), shapes), split
    assert lessons_images(lesson).split(split) == ("train", True), split


def test_a_model_is_told_as_the_notebook_leaves_it(lesson: Trace) -> None:
    """Also if a later cell adds a layer; the style tells how the layers came into it."""
    in_list, added = of(lesson, ModelBuilt)
    assert (in_list.style, added.style) == ("list", "add"), (in_list, added)
    assert in_list.network.layers[0].units == added.network.layers[0].units == 100
    network = added.network
    assert [layer.activation for layer in network.layers] == ["sigmoid", "softmax"], network
    assert (network.input_shape, network.trainable_parameters) == ((None, 784), 79_510), network


def test_a_fit_is_told_as_asked_and_run_shortened(lesson: Trace) -> None:
    """Requested epochs and whole arrays, with the history of the five epochs that were run."""
    (fit,) = of(lesson, Fitted)
    assert (fit.epochs, fit.batch_size, fit.shortened) == (7, None, True), fit
    assert fit.images is not None, fit
    assert fit.images.paired, fit
    assert (fit.images.divided_by, fit.images.pixels) == (255, "in order"), fit.images
    parts = lessons_images(lesson)
    assert fit.images.content == parts.contents("in order")["train"], fit.images
    assert fit.validation is not None, fit
    assert fit.validation.content == parts.contents("in order")["validation"], fit.validation
    assert len(fit.history["accuracy"]) == 5, fit.history
    assert fit.history["accuracy"][-1] > fit.history["accuracy"][0], fit.history
    assert isinstance(lesson.events[fit.compiled or 0], Compiled), lesson.events


def test_a_summary_is_told_as_values_and_printed_as_ever(lesson: Trace) -> None:
    """The network is the one that the model has; the text is among the outputs of its cell."""
    (summary,) = of(lesson, Summarised)
    (run,) = [one for one in lesson.cells if one.cell == summary.cell]
    assert "sequential" in str(run.outputs), run.outputs
    assert summary.network == of(lesson, ModelBuilt)[1].network, summary


def test_a_prediction_has_a_row_for_each_image(lesson: Trace) -> None:
    """It is not shortened, since notebooks index it."""
    (prediction,) = of(lesson, Predicted)
    assert prediction.shape == (3, 10), prediction


# Models


def test_a_layer_is_told_as_keras_holds_it(run: Run) -> None:
    """Type, name, units, activation, bias, whether it learns, shape and parameters."""
    trace = run(
        IMPORTS,
        "model = keras.Sequential([Flatten(input_shape=(2, 2)), "
        "Dense(3, activation='relu', use_bias=False, name='hidden')], name='net')\n"
        "model.layers[1].trainable = False",
    )
    (model,) = of(trace, ModelBuilt)
    hidden = Layer("Dense", "hidden", 3, "relu", False, False, (None, 3), 12)
    flatten = Layer("Flatten", "flatten", None, None, None, True, (None, 4), 0)
    network = Network("Sequential", "net", True, (None, 2, 2), (flatten, hidden), 0, 12)
    assert model.network == network, model.network
    assert (model.model_named, model.layers_named) == (True, (False, True)), model


STYLES = {
    "input": ("keras.Sequential([keras.Input((4,)), Dense(2)])", ["list"]),
    "input, then add": ("m = keras.Sequential([keras.Input((4,))])\nm.add(Dense(2))", ["add"]),
    "mixed": ("m = keras.Sequential([Dense(2, input_shape=(4,))])\nm.add(Dense(2))", ["mixed"]),
    "loop": ("for n in 2, 3:\n    m = keras.Sequential()\n    m.add(Dense(n))", ["add"] * 2),
    "clone": (SMALL + "keras.models.clone_model(model).summary()", ["list", "other"]),
    "keras": ("import keras as k\nk.models.Sequential([k.layers.Dense(2)])", ["list"]),
    "function": ("def make(): return keras.Sequential([Dense(2)])\nmake(), make()", ["list"] * 2),
    "class": ("class Mine(keras.Sequential): pass\nMine([Dense(2)])", ["list"]),
    "functional": ("a = keras.Input((4,))\nkeras.Model(a, Dense(2)(a)).summary()", ["other"]),
}


@pytest.fixture(scope="module")
def styles(run: Run) -> Trace:
    """Run all spellings as cells of one notebook."""
    return run(IMPORTS, *(source for source, _ in STYLES.values()))


@pytest.mark.parametrize("name", STYLES)
def test_a_style_is_how_the_layers_came(styles: Trace, name: str) -> None:
    """Whatever the spelling."""
    cell = 1 + list(STYLES).index(name)
    built = [model for model in of(styles, ModelBuilt) if model.cell == cell]
    assert [model.style for model in built] == STYLES[name][1], built


def test_each_model_has_its_own_number(styles: Trace) -> None:
    """Also those that are built by one line in a loop."""
    numbers = [model.model for model in of(styles, ModelBuilt)]
    assert numbers == list(range(len(numbers))), numbers


SPARSE = "sparse_categorical_crossentropy"
COMPILES: dict[str, tuple[str | None, tuple[str, ...], str, float]] = {
    f"loss='{SPARSE}'": (SPARSE, (), "rmsprop", 0.001),
    "loss=keras.losses.SparseCategoricalCrossentropy(), metrics=['acc']": (
        *(SPARSE, ("acc",), "rmsprop", 0.001),
    ),
    "loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)": (
        *(f"{SPARSE}(from_logits=True)", (), "rmsprop", 0.001),
    ),
    f"loss=keras.losses.{SPARSE}, optimizer=keras.optimizers.Adam(0.01)": (
        *(SPARSE, (), "adam", 0.01),
    ),
    "loss=lambda a, b: 0.0, optimizer='sgd'": ("?", (), "sgd", 0.01),
    "metrics=[keras.metrics.SparseCategoricalAccuracy(), keras.metrics.Accuracy()]": (
        *(None, ("sparse_categorical_accuracy", "Accuracy"), "rmsprop", 0.001),
    ),
    "optimizer=keras.optimizers.RMSprop(momentum=0.9)": (
        *(None, (), "rmsprop(momentum=0.9)", 0.001),
    ),
}


@pytest.fixture(scope="module")
def compiles(run: Run) -> list[Compiled]:
    """Compile one model in all these ways."""
    trace = run(IMPORTS, SMALL, *(f"model.compile({arguments})" for arguments in COMPILES))
    return of(trace, Compiled)


@pytest.mark.parametrize("arguments", COMPILES)
def test_a_compile_has_one_name_for_each_thing(compiles: list[Compiled], arguments: str) -> None:
    """Strings, functions and objects that mean the same are told the same."""
    one = compiles[list(COMPILES).index(arguments)]
    told = (one.loss, one.metrics, one.optimizer, one.learning_rate)
    assert told == COMPILES[arguments], one
    assert one.unknown == (), one


def test_names_that_keras_does_not_know_are_told(run: Run) -> None:
    """compile() lets them pass, fit() would raise."""
    source = SMALL + "model.compile(loss='sparse_crossentropy', metrics=['acuracy', 'accuracy'])"
    (compiled,) = of(run(IMPORTS, source), Compiled)
    assert compiled.unknown == ("sparse_crossentropy", "acuracy"), compiled


def test_training_on_from_old_weights_is_told(run: Run) -> None:
    """How often the model was fitted before, and whether it was compiled again since."""
    again = "model.compile(loss='sparse_categorical_crossentropy')\nmodel.fit(x, y, verbose=0)"
    trace = run(IMPORTS, RUN_SMALL + "model.fit(x, y, verbose=0)\n" * 2, again)
    told = [(fit.earlier_fits, fit.recompiled) for fit in of(trace, Fitted)]
    assert told == [(0, False), (1, False), (2, True)], told


def test_what_else_changes_a_training_is_told(run: Run) -> None:
    """The learning rate as fit() finds it, epochs left out, steps, and weights that are given."""
    source = "model.optimizer.learning_rate = 0.5\nmodel.fit(x, y, verbose=0, initial_epoch=0)\n"
    source += "model.fit(x, y, verbose=0, epochs=3, initial_epoch=1, class_weight={0: 2.0})\n"
    source += "model.fit(x, y, verbose=0, steps_per_epoch=1)"
    fits = of(run(IMPORTS, RUN_SMALL + source), Fitted)
    told = [
        (one.learning_rate, one.initial_epoch, one.weights, one.steps_per_epoch) for one in fits
    ]
    expected = [(0.5, 0, (), None), (0.5, 1, ("class_weight",), None), (0.5, 0, (), 1)]
    assert told == expected, told


def test_the_batches_of_a_data_set_are_joined(run: Run) -> None:
    """A tf.data.Dataset of images and labels is looked at as its arrays are."""
    source = (
        "import tensorflow as tf\ndata = tf.data.Dataset.from_tensor_slices((x, y))\n"
        "model.fit(data.batch(4), verbose=0)\n"
        "model.fit(data.batch(4).repeat(), steps_per_epoch=1, verbose=0)"
    )
    fits = of(run(IMPORTS, RUN_SMALL + source), Fitted)
    seen = [one.images for one in fits if one.images]
    told = [(seen.shape[0], seen.labels) for seen in seen], [one.batch_size for one in fits]
    whole = told[0][0][0]
    assert told == ([(whole, whole), (4, 4)], [4, 4]), told


def test_a_data_set_that_is_no_array_is_trained_on_shortened(run: Run) -> None:
    """So many batches are not held against the lesson, and the trace has no images."""
    source = (
        "import tensorflow as tf\ndata = tf.data.Dataset.from_tensors((x, y)).repeat(10_000)\n"
        "history = model.fit(data, epochs=6, verbose=0)\nassert len(history.epoch) == 6"
    )
    (fit,) = of(run(IMPORTS, RUN_SMALL + source), Fitted)
    assert (fit.images, fit.epochs) == (None, 6), fit


def test_a_training_that_stops_early_stays_short(run: Run) -> None:
    """Its history is not made longer than Keras made it."""
    stop = "keras.callbacks.EarlyStopping(monitor='loss', mode='max', patience=0)"
    source = f"history = model.fit(x, y, epochs=9, verbose=0, callbacks=[{stop}])\n"
    trace = run(IMPORTS, RUN_SMALL + source + "assert len(history.epoch) < 5, history.epoch")
    assert of(trace, Fitted)[0].epochs == 9, trace.events


@pytest.mark.parametrize(
    ("given", "steps"),
    {
        "np.zeros((1000, 4)), np.zeros(1000)": 32,
        "np.zeros((1000, 4)), np.zeros(1000), batch_size=10, validation_split=0.2": 80,
        "np.zeros((1000, 4)), np.zeros(1000), steps_per_epoch=20": 20,
        "tf.data.Dataset.from_tensors((np.zeros((9, 4)), np.zeros(9))).repeat(300)": 300,
    }.items(),
)
def test_a_history_has_the_parameters_of_the_training_that_was_asked_for(
    run: Run, given: str, steps: int
) -> None:
    """Its epochs and steps, though fewer are run: notebooks plot and print them."""
    source = (
        f"import tensorflow as tf\nhistory = model.fit({given}, epochs=12, verbose=0)\n"
        f"told = history.params['epochs'], history.params['steps'], len(history.epoch)\n"
        f"assert told == (12, {steps}, 12), told"
    )
    (fit,) = of(run(IMPORTS, RUN_SMALL + source), Fitted)
    assert fit.shortened, fit


COMPILED = "loss='sparse_categorical_crossentropy', metrics=['accuracy']"
FIT = "model.fit(x, y, verbose=0)\n"
FAILED = "try:\n    model.fit({}, y[:40], verbose=0)\nexcept ValueError:\n    pass\n"
FROZEN, THAWED = "model.layers[0].trainable = False\n", "model.layers[0].trainable = True\n"
MADE_IN_TIME = {
    "a callback thaws a layer": f"{FROZEN}class Thaw(keras.callbacks.Callback):\n"
    f"    def on_train_begin(self, logs=None):\n        {THAWED}"
    "model.fit(x, y, verbose=0, callbacks=[Thaw()])",
    "a layer is thawed after a training that failed": FROZEN + FAILED.format("x") + THAWED + FIT,
    "another width after a training that failed": "model = keras.Sequential([Dense(3)])\n"
    f"model.compile({COMPILED})\n{FAILED.format('x[:, :2]')}{FIT}",
    "a metric keeps what it is given": "kept = []\ndef mine(true, given):\n"
    "    kept.append(given)\n    return given[:, 0]\n"
    "loss = 'sparse_categorical_crossentropy'\n"
    "model.compile(loss=loss, metrics=[mine], run_eagerly=True)\n"
    f"{FIT}assert kept and all(one.numpy().shape[1:] == (3,) for one in kept)",
    "a strategy": "import tensorflow as tf\n"
    "with tf.distribute.OneDeviceStrategy('/cpu:0').scope():\n"
    f"    {SMALL}    model.compile({COMPILED})\n{FIT}",
}


@pytest.mark.parametrize("source", MADE_IN_TIME.values(), ids=MADE_IN_TIME)
def test_what_a_training_needs_is_made_when_keras_makes_it(run: Run, source: str) -> None:
    """Not before, though this would spare Keras 3 a trace: notebooks can tell."""
    of(run(IMPORTS, RUN_SMALL + source), Fitted)


def test_errors_are_kerass_own(run: Run) -> None:
    """A wrapped function raises what the bare one raises, to the letter."""
    calls = {
        "keras.Sequential": "1, 2, 3, 4, 5",
        "keras.Sequential.fit": "model, epoch=5",
        "keras.Sequential.add": "model",
        "keras.datasets.fashion_mnist.load_data": "1",
        "train_test_split": "[1, 2], [1]",
        "keras.Sequential.summary": "model, 1, 2, 3, 4, 5, 6, 7, 8, 9",
    }
    sources = [
        "def error(function, *first):\n"
        f"    try: function(*first, {arguments})\n    except Exception as e: return str(e)\n"
        f"bare, first = getattr({name}, '__wrapped__', None), ()\n"
        f"if bare is None: bare, first = {name}.__init__.__wrapped__, (model,)\n"
        f"assert error({name}) == error(bare, *first) != None"
        for name, arguments in calls.items()
    ]
    trace = run(IMPORTS, SMALL, *sources)
    assert [one.status for one in trace.cells] == ["ok"] * len(trace.cells), trace.cells


def test_wrapped_functions_can_be_pickled_and_inspected(run: Run) -> None:
    """Name, documentation and signature are the bare function's."""
    source = (
        "import inspect, pickle\n"
        "assert pickle.loads(pickle.dumps(train_test_split)) is train_test_split\n"
        "assert 'epochs' in inspect.signature(keras.Sequential.fit).parameters\n"
        "assert train_test_split.__doc__ and keras.Sequential.fit.__name__ == 'fit'"
    )
    assert of(run(IMPORTS, source), Event) == [], "looking at functions is no call"


# Data


def test_another_data_set_is_told_and_the_run_goes_on(run: Run) -> None:
    """Arrays of the right form are handed out, though nothing can be downloaded."""
    source = "(a, b), (c, d) = keras.datasets.mnist.load_data()\nassert a.shape == (60_000, 28, 28)"
    assert of(run(IMPORTS, source), DataLoaded) == [DataLoaded(1, 1, "mnist")]


def test_a_data_set_that_cannot_be_had_raises(run: Run) -> None:
    """It is told all the same, and the error says that there is no network."""
    trace = run(IMPORTS, "keras.datasets.imdb.load_data()")
    assert trace.events == (DataLoaded(1, 1, "imdb"),), trace.events
    error = trace.cells[1].error
    assert error is not None, trace.cells
    assert "network" in error.message, error


# Shortening


def test_a_long_training_is_shortened() -> None:
    """Fewer images in their order, fewer epochs, and as many steps as those make."""
    x, y = np.arange(3_000), np.arange(3_000) * 2
    arguments: dict[str, Any] = {"x": x, "y": y, "epochs": 20, "steps_per_epoch": 90}
    arguments |= {"sample_weight": None, "validation_data": (x, y)}
    assert shorten_fit(arguments), "a training of 3,000 images and 20 epochs was left as it is"
    assert arguments["epochs"] == 5, arguments
    assert arguments["steps_per_epoch"] == 5, arguments
    assert np.array_equal(arguments["x"] * 2, arguments["y"]), "images and labels came apart"
    assert np.array_equal(arguments["x"], x[:160]), "they are not the first images"
    assert len(arguments["validation_data"][0]) == len(arguments["validation_data"][1]) == 64


def test_a_short_training_is_left_alone() -> None:
    """Nothing is changed or added."""
    x = np.zeros((50, 4))
    arguments: dict[str, Any] = {"x": x, "y": x, "epochs": 3, "validation_data": (x, x)}
    before = dict(arguments)
    assert not shorten_fit(arguments), arguments
    assert arguments == before, arguments


def test_batches_are_counted_where_images_cannot_be() -> None:
    """A generator gives as many batches as the shortened images would make."""
    arguments: dict[str, Any] = {"x": iter([]), "steps_per_epoch": 1_500}
    shorten_fit(arguments)
    assert arguments["steps_per_epoch"] == 5, arguments
    several = {"x": [np.zeros((3_000, 2)), np.zeros((3_000, 3))], "y": np.zeros(3_000)}
    shorten(several, "steps")
    assert [len(one) for one in (*several["x"], several["y"])] == [160] * 3


@pytest.mark.parametrize("first", ["model.fit(x, y, verbose=0)", "model(x[:1])"])
def test_what_a_call_decides_is_no_shape_of_the_notebooks(run: Run, first: str) -> None:
    """A model without an input shape takes that of its first images; their number is not meant."""
    made = "import numpy as np\nfrom tensorflow import keras\n"
    made += "model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(3)])\n"
    compiled = "model.compile(loss='mse')\nx, y = np.zeros((64, 2, 2)), np.zeros((64, 3))\n"
    found = run(made + compiled + first, "model.fit(x, y, verbose=0)\nmodel.summary()")
    (built,) = of(found, ModelBuilt)
    assert built.network.input_shape is None
    shapes = [event.network.input_shape for event in (*of(found, Fitted), *of(found, Summarised))]
    assert {*shapes} == {(None, 2, 2)}
