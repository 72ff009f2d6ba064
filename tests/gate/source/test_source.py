"""What a source says for certain: models, summaries and trainings that it writes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebooks import as_cells

from fmnist_spec.gate.events import Fitted, Network, SplitMade, Summarised
from fmnist_spec.gate.source.python import syntax_error
from fmnist_spec.gate.source.reading import Source, read_source

KERAS = "from tensorflow import keras"
TWO = """
hidden = keras.layers.Dense(100, activation='sigmoid', input_shape=(784,))
output = keras.layers.Dense(10, activation='softmax')
model = keras.Sequential([hidden, output])
"""
SHOWN = "model.summary()"
FITTED = "model.fit(x, y, epochs=5)"
SIZES = [(100, 78_500), (10, 1_010)]


def read(*sources: str, tags: dict[int, str] | None = None) -> Source:
    """Read a notebook that imports Keras, and has these sources below."""
    return read_source(as_cells(KERAS, *sources, tags=tags))


def sizes(network: Network) -> list[tuple[int | None, int | None]]:
    return [(layer.units, layer.parameters) for layer in network.layers]


def shown(*sources: str) -> list[tuple[int | None, int | None]] | None:
    """Give the layers that the one summary of the last source shows; None: it is not certain."""
    found = read(*sources).summaries(len(sources))
    assert found is None or len(found) == 1, found
    return found and sizes(found[0].network)


SAME = {  # other ways to write it, which say the same
    "at once": "model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(100), "
    "keras.layers.Dense(10)])",
    "with add()": "model = keras.models.Sequential()\n"
    "model.add(keras.layers.Dense(units=100, input_dim=784))\nmodel.add(keras.layers.Dense(10))",
    "with names for numbers": "pixels, n = 28 * 28, 0\nsize = 28 * 28\nunits = 100\n"
    "model = keras.Sequential([keras.layers.Dense(units, input_shape=(size,)), "
    "keras.layers.Dense(10)])",
    "imported": "from tensorflow.keras.layers import Dense as D\nimport tensorflow as tf\n"
    "model = tf.keras.Sequential([D(100, input_shape=(784,)), D(10)])",
    "with names": "model = keras.Sequential(name='m', layers=[keras.Input(shape=(784,)), "
    "keras.layers.Dense(100, name='a'), keras.layers.Dense(10)])",
    "in a list": "layers = [keras.layers.Dense(100, input_shape=(784,)), keras.layers.Dense(10)]\n"
    "model = keras.Sequential(layers)",
    "from a magic cell": "%%time\n" + TWO,
    "beside magics": "%matplotlib inline\n!pip list\n%config InlineBackend.figure_format = 'svg'\n"
    + TWO,
    "by another name": TWO + "other = model\nmodel = other",
    "after other code": "import numpy as np\nfor i in range(3):\n    print(i)\n" + TWO,
}


@pytest.mark.parametrize("source", SAME.values(), ids=SAME)
def test_a_model_is_followed_however_it_is_written_out(source: str) -> None:
    """Its layers are those that Keras makes of it."""
    assert shown(source, SHOWN) == SIZES


LATER = {  # what stands between the model and its summary: it may have changed the model
    "a layer changed": "hidden.trainable = False",
    "a layer of the model changed": "model.layers[0].trainable = False",
    "handed to something": "prune(model)",
    "a part handed to something": "prune(hidden)",
    "in a list of others": "models = [model]\nmodels[0].pop()",
    "another method": "model.pop()",
    "in a loop": "for _ in range(2):\n    model.add(keras.layers.Dense(10))",
    "on a condition": "if big:\n    model = keras.Sequential([])",
    "another name for all": "from helpers import *",
    "in a callback": "model.fit(x, y, callbacks=[Pruning(model)])",
    "a layer that is not written out": "model.add(keras.layers.Dense(len(names)))",
    "unpacked": "model, history = build()",
    "a function that changes it": "def grow():\n    model.add(keras.layers.Dense(10))\ngrow()",
    "deleted": "del model",
    "a module on a condition": "if big:\n    import mine.models as model",
    "a package on a condition": "if big:\n    import model.parts",
    "another model": "model = keras.models.load_model('m.keras')",
}


@pytest.mark.parametrize("between", LATER.values(), ids=LATER)
def test_what_may_be_another_model_is_not_known(between: str) -> None:
    """Nothing is said of its summary."""
    assert shown(TWO, SHOWN) == SIZES
    assert not shown(TWO, between, SHOWN)


@pytest.mark.parametrize("between", ["model.pop()", "del model.layers[-1]", "model.layers.pop()"])
def test_of_a_model_that_was_reached_into_nobody_knows_all(between: str) -> None:
    """A number in the text may be that of the network which it has become."""
    assert read(TWO, FITTED).events is not None
    assert read(TWO, "print(model)", FITTED).events is not None
    assert read(TWO, between, FITTED).events is None


def test_an_import_of_what_is_not_known_may_print_anything() -> None:
    """A helper may build and show a model when it is imported."""
    assert read("x = 1").summaries(1) == read("import numpy").summaries(1) == []
    assert read("from helper import model").summaries(1) is None


OTHER = """
from keras import layers as l
model = keras.Sequential(name='several')
model.add(l.InputLayer((28, 28)))
model.add(l.Rescaling(0.5))
model.add(l.Flatten())
model.add(l.Dense(20, 'relu', False, name='first'))
model.add(l.BatchNormalization())
model.add(l.Dropout(0.3))
model.add(l.Dense(10, activation='softmax'))
"""


def test_other_layers_have_the_shapes_and_parameters_that_keras_gives_them() -> None:
    """Without a bias, with weights that do not train, and with none; and those that have a name."""
    (event,) = read(OTHER, SHOWN).summaries(2) or ()
    network = event.network
    rows = [(one.type, one.name, one.output_shape, one.parameters) for one in network.layers]
    assert rows == [
        ("Rescaling", "", (None, 28, 28), 0),
        ("Flatten", "", (None, 784), 0),
        ("Dense", "first", (None, 20), 15_680),
        ("BatchNormalization", "", (None, 20), 80),
        ("Dropout", "", (None, 20), 0),
        ("Dense", "", (None, 10), 210),
    ]
    assert [one.activation for one in network.layers if one.units] == ["relu", "softmax"]
    assert (network.trainable_parameters, network.non_trainable_parameters) == (15_930, 40)
    assert (network.name, network.input_shape) == ("several", (None, 28, 28))


HARMLESS = ["model.evaluate(x, y)", "model.predict(x)", "model.save('m.keras')"]
HARMLESS += ["model.save_weights('m')", "model.compile(loss='mse')", "model.fit(x, y)"]


@pytest.mark.parametrize("between", HARMLESS)
def test_what_uses_a_model_leaves_its_layers(between: str) -> None:
    """So its summary is known below it, too."""
    assert shown(TWO, between, SHOWN) == SIZES


UNKNOWN = {
    "behind a magic": "%time model.fit(x, y, epochs=3)",
    "timed more than once": "%%timeit\nmodel.fit(x, y, epochs=3)",
    "the value of a magic": "how = %prun model.pop()",
    "run from elsewhere": "%run build.py",
    "hidden": "exec('model = None')",
    "a function with a summary": "def show(one):\n    one.summary()\nshow(model)",
}


@pytest.mark.parametrize("source", UNKNOWN.values(), ids=UNKNOWN)
def test_nothing_is_known_where_anything_may_happen(source: str) -> None:
    """Wherever in the notebook that is."""
    found = read(TWO, SHOWN, source)
    assert found.summaries(2) is None


def test_what_a_function_above_uses_may_change_when_it_is_called() -> None:
    """But its own arguments are not what has the same name elsewhere."""
    grow, draw = "def grow():\n    use(model)", "def draw(model):\n    print(model)"
    assert not shown(grow, TWO, "grow()", SHOWN)
    assert shown(draw, TWO, "draw(3)", SHOWN) == SIZES


def test_a_summary_beside_another_one_is_not_certain() -> None:
    """As many are stored as were shown, and which of them is which nobody knows."""
    assert shown(TWO, f"{SHOWN}\nother.summary()") is None
    assert shown(TWO, f"print({SHOWN})") is None


def test_a_cell_that_may_raise_may_have_done_anything() -> None:
    """It is not compared, and what it touches is not known."""
    sources = (TWO, "model.add(nothing)", SHOWN)
    found = read(*sources, tags={2: "raises-exception"})
    assert not found.summaries(3)
    assert read(TWO, SHOWN, tags={2: "raises-exception"}).summaries(2) is None
    skipped = read(*sources, tags={2: "skip-execution"}).summaries(3)
    assert skipped
    assert sizes(skipped[0].network) == SIZES


def test_a_plain_cell_makes_nothing_that_it_does_not_say() -> None:
    """So what is stored below it is of another cell; below one that calls others, it may be."""
    found = read(TWO, "train(x)")
    assert (found.summaries(1), found.fits(1)) == ([], [])
    assert (found.summaries(2), found.fits(2)) == (None, None)


@pytest.mark.parametrize(
    ("call", "epochs", "batch_size", "callbacks"),
    [
        ("model.fit(x, y)", 1, None, ()),
        ("history = model.fit(x, y, epochs=5, batch_size=64)", 5, 64, ()),
        ("model.fit(x, y, 16, 3, callbacks=[stop])", 3, 16, ("?",)),
        ("model.fit(x, y, None, 3, 2, [stop])", 3, None, ("?",)),
        ("n = 4\nmodel.fit(x, y, epochs=n, callbacks=[])", 4, None, ()),
    ],
)
def test_a_training_is_read(
    call: str, epochs: int, batch_size: int | None, callbacks: tuple[str, ...]
) -> None:
    """What it asks for, as far as that is written out."""
    (fit,) = read(TWO, call).fits(2) or ()
    assert (fit.epochs, fit.batch_size, fit.callbacks) == (epochs, batch_size, callbacks)


@pytest.mark.parametrize(
    "call", ["model.fit(x, epochs=n)", "model.fit(**how)", "model.fit(x, initial_epoch=2)"]
)
def test_a_training_that_is_not_written_out_is_not_known(call: str) -> None:
    """Its log is not compared."""
    assert read(TWO, call).fits(2) is None


def kinds(source: Source) -> list[str] | None:
    return None if source.events is None else [type(one).__name__ for one in source.events]


SPLIT = """
from sklearn.model_selection import train_test_split
a, b, c, d = train_test_split(x, y, test_size=0.2, random_state=42)
"""


def test_all_that_is_built_split_and_trained_may_be_known() -> None:
    """A model as far as it had grown, too."""
    found = read(SPLIT, TWO, FITTED)
    assert kinds(found) == ["Summarised", "Summarised", "SplitMade", "Fitted"]
    _, built, split, fit = found.events or ()
    assert isinstance(built, Summarised)
    assert sizes(built.network) == SIZES
    assert isinstance(split, SplitMade)
    assert split.random_state == 42
    assert isinstance(fit, Fitted)
    assert fit.epochs == 5


KNOWN = "numpy sklearn matplotlib pandas seaborn IPython os sys random time datetime math warnings"


@pytest.mark.parametrize("package", f"{KNOWN} pathlib re keras tensorflow tf_keras".split())
def test_packages_that_calculate_and_draw_build_nothing(package: str) -> None:
    """All is known of a notebook that imports them."""
    assert kinds(read(f"import {package}", TWO, FITTED)) is not None


def test_models_of_many_layers_are_followed_as_far_as_is_said() -> None:
    """A hundred, of which each is seen as the last one, too."""
    start = "model = keras.Sequential([keras.Input((784,))])\n"
    layer = "model.add(keras.layers.Dense(7))\n"
    assert len(read(start + layer * 99).events or ()) == 100
    assert read(start + layer * 100).events is None
    assert read(start + layer * 99, SHOWN).summaries(2)
    assert not read(start + layer * 100, SHOWN).summaries(2)


MORE = {
    "a module beside it": "from .keras import layers",
    "a split by its name": "from sklearn.model_selection import train_test_split\n"
    "train_test_split(x, random_state=seed)",
    "another model": "other = keras.Model(inputs, outputs)",
    "a model that is not written out": "keras.Sequential([layer()])",
    "a model whose input is not known": "keras.Sequential([keras.layers.Dense(64)])",
    "an activation that is not written out": "keras.Sequential([keras.layers.Dense("
    "64, activation=keras.activations.relu, input_shape=(784,))])",
    "a package of the course": "import helpers",
    "another name": "from keras import Sequential as S\nS([keras.layers.Dense(64)])",
    "a training in a function": "def train():\n    model.fit(x, y, epochs=7)",
    "a training of unknown length": "model.fit(x, y, epochs=n)",
    "a split of an unknown seed": "from sklearn import model_selection as m\n"
    "m.train_test_split(x, random_state=seed)",
    "a layer that is changed": "model.layers[0].units = 64",
    "a search": "from sklearn.model_selection import GridSearchCV\nGridSearchCV(m, p).fit(x, y)",
}


@pytest.mark.parametrize("source", MORE.values(), ids=MORE)
def test_of_a_notebook_that_may_do_more_not_all_is_known(source: str) -> None:
    """What its text says may be true of that."""
    assert kinds(read(TWO, source, FITTED)) is None


@pytest.mark.parametrize(
    ("source", "line"),
    [("x = 1\nx = (", 2), ("\n\nreturn 1", 3), ("!ls\nfor x in y\n", 2), ("a b", 1)],
)
def test_a_cell_that_is_no_python_is_found(source: str, line: int) -> None:
    """With its line, in a cell with magics and one that begins with blank lines, too."""
    (cell,) = as_cells(source)
    found = syntax_error(cell)
    assert found is not None
    assert found[1] == line


PYTHON = ["!ls -l", "%matplotlib inline\nx = 1", "%%bash\nls | (", "?print", "x = !ls", "  x = 1"]
PYTHON += ["await something()", "%%writefile a.py\n(", "print?", "# a remark", "", "x = 1;"]


@pytest.mark.parametrize("source", PYTHON)
def test_what_ipython_runs_is_no_error(source: str) -> None:
    """Magics, helps, other languages, what is indented, and what only IPython awaits."""
    (cell,) = as_cells(source)
    assert syntax_error(cell) is None


@pytest.mark.parametrize("tag", ["raises-exception", "skip-execution"])
def test_a_cell_that_is_meant_to_fail_may_be_no_python(tag: str) -> None:
    """As in a whole check."""
    (cell,) = as_cells("x = (", tags={0: tag})
    assert syntax_error(cell) is None


PIECES = [TWO, SPLIT, SHOWN, FITTED, *SAME.values(), *LATER.values(), *UNKNOWN.values()]
PIECES += [*MORE.values(), *PYTHON, "x = (", "def f(", ")", "model.add(output)", "hidden"]


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map("\n".join), max_size=6))
def test_no_order_of_sources_makes_the_reader_fail(sources: list[str]) -> None:
    """What it cannot follow, it does not know."""
    cells = as_cells(KERAS, *sources)
    assert isinstance(read_source(cells), Source)
    for cell in cells:
        error = syntax_error(cell)
        assert error is None or 1 <= error[1] <= cell.source.count("\n") + 2


LONG = {
    "a sum": "n = " + "1 + " * 9_000 + "1",
    "a list": "model = keras.Sequential(" + "[" * 90 + "]" * 90 + ")",
    "a shape": f"layer = keras.layers.Dense(1, input_shape=({'999999999, ' * 3_000}))",
    "layers": TWO + "model.add(output)\n" * 2_000 + SHOWN,
    "models": "keras.Sequential()\n" * 2_000,
}


@pytest.mark.parametrize("source", LONG.values(), ids=LONG)
def test_what_is_very_long_is_not_known(source: str) -> None:
    """It is read in a moment, and breaks nothing."""
    found = read(TWO, source)
    assert not found.summaries(2)
