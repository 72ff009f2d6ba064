"""The source is a second witness: what it writes for certain must be what a run has observed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from notebooks import as_cells
from traces import COMPILE, FIT, LOADED, SPLIT, layer

from fmnist_spec.gate.events import MOST_LAYERS, Event, LayerMade, LeftOut
from fmnist_spec.gate.trace import CellRun, Trace
from fmnist_spec.gate.witness.comparing import Difference, differences

IMPORT = "from tensorflow import keras"
NAMED = f"{IMPORT}\nfrom tensorflow.keras.layers import Dense\n"
MODEL = "model = keras.Sequential()\n"
ONE = layer(100, "sigmoid", name="one")


def made(line: int, by: int | None = None, cell: int = 1, units: int = 100) -> LayerMade:
    """Make the event of a layer that a line led to, in a call that stands in line ``by``."""
    place = None if by is None else (cell, by)
    return LayerMade(cell, line, replace(ONE, units=units), by=place)


def compared(*sources: str, events: Sequence[Event] = (), status: str = "ok") -> list[Difference]:
    cells = as_cells(*sources)
    runs = tuple(CellRun(one.index, status, None, "", 0.1) for one in cells)  # type: ignore[arg-type]
    return [*differences(cells, Trace("", "", (), False, tuple(events), runs, None))]


@pytest.mark.parametrize(
    "source",
    [
        "keras.layers.Dense(64)",
        "x = keras.layers.Dense(units=64)",
        "x = Dense(64, activation='sigmoid')",
        "x = Dense(100, activation='relu')",
        "x = Dense(100, name='two')",
        "x = [keras.Input(shape=(784,)), Dense(8 * 8)]",
        "x = D(64)",
        "x = tf.keras.layers.Dense(64)",
        "x = layers.Dense(64)",
    ],
)
def test_what_is_written_must_be_observed(source: str) -> None:
    """Whatever name Keras has, and whoever came between: here nothing stands in a cell's code."""
    names = f"{NAMED}import tensorflow as tf\nfrom keras import layers\nD = keras.layers.Dense"
    (found,) = compared(names, source, events=[made(1)])
    assert (found.cell, found.line) == (1, 1)
    assert found.observed.startswith("Dense(")


@pytest.mark.parametrize(
    "source",
    [
        "x = Dense(100, activation='sigmoid', name='one')",
        "x = Dense(units)",
        "x = Dense(**options)",
        "x = Dense(units + 1, activation=keras.activations.relu)",
        "x = Dense(100, activation='swish')",  # which Keras calls by another name
        "x = other.Dense(64)",
        "x = build(64)",
    ],
)
def test_what_agrees_or_is_not_written_out_is_no_difference(source: str) -> None:
    """Names and expressions may have any value, and helpers may do anything."""
    assert compared(NAMED, source, events=[made(1)]) == []


@pytest.mark.parametrize(
    "source",
    [
        "if units:\n    x = Dense(64)",
        "x = Dense(64) if units else None",
        "def build():\n    return Dense(64)",
        "x = units and Dense(64)",
        "x = lambda: Dense(64)",
        "x = [Dense(64) for _ in units]",
        "for _ in units:\n    Dense(64)",
        "with units:\n    Dense(64)",
    ],
)
def test_what_may_not_be_called_need_not_be_observed(source: str) -> None:
    """Only a plain statement is made for certain."""
    assert compared(NAMED, source) == []
    assert compared(NAMED, source.replace("units", "1"), events=[]) == []


@pytest.mark.parametrize(
    "before",
    [
        "def Dense(n):\n    return keras.layers.Dense(2 * n)",
        "class Dense(keras.layers.Dense):\n    pass",
        "Dense = partial(keras.layers.Dense, activation='relu')",
        "from helper import Dense",
        "from helper import *",
        "for Dense in kinds:\n    pass",
        "del Dense",
        "keras = helper.wrapped(keras)\nDense = keras.layers.Dense",
        "def change():\n    global Dense\n    Dense = 1",
    ],
)
def test_a_name_with_another_meaning_is_not_kerass(before: str) -> None:
    """Nothing certain is known of what is called then."""
    assert compared(NAMED, f"{before}\nx = Dense(64)") == []


@pytest.mark.parametrize(
    "source",
    [
        "kinds[Dense(1).units] = Dense(2)",
        "made(second=Dense(2), *[Dense(1)])",
        "Dense(2).units < 2 < Dense(1).units",
    ],
)
def test_python_has_another_order_than_the_text(source: str) -> None:
    """The value comes before what it is given to, a star before names; a chain may stop."""
    events = [made(1, units=2)] if "<" in source else [made(1, units=2), made(1, units=1)]
    events = events[::-1] if "*" in source else events
    assert compared(NAMED, source, events=events) == []


def test_an_old_keras_that_nobody_watches_is_not_missed() -> None:
    """Editors complete an import to it."""
    assert compared("from tensorflow.python.keras.layers import Dense", "x = Dense(64)") == []


def test_a_function_by_a_methods_name_may_have_its_first_arguments() -> None:
    """As a partial of it has."""
    source = "fit(train_target, 32, 5)"
    event = replace(FIT, cell=1, line=1, by=(1, 1), epochs=5, batch_size=32)
    assert compared(IMPORT, source, events=[event]) == []
    wrong = compared(IMPORT, "fit(train_target, epochs=6)", events=[event])
    assert [one.written for one in wrong] == ["fit(train_target, epochs=6)"]


def test_what_was_not_observed_at_all_is_told() -> None:
    """Of a call that was made for certain, nothing is known but that it is missing."""
    assert compared(NAMED, "x = Dense(64)") == [Difference(1, 1, "Dense(64)", "")]


@pytest.mark.parametrize("status", ["raised", "skipped", "unavailable", "not reached"])
def test_a_cell_that_did_not_run_to_its_end_has_called_nothing_for_certain(status: str) -> None:
    """What stands in it may not have been reached."""
    assert compared(NAMED, "x = Dense(64)", status=status) == []


def test_a_cell_with_a_line_that_was_left_out_may_have_run_otherwise() -> None:
    """As of a package that is not to be had."""
    left = LeftOut(1, 1, "import seaborn", "package", "seaborn")
    assert compared(NAMED, "import seaborn\nx = Dense(64)", events=[left]) == []


def test_a_shell_command_that_was_left_out_is_a_line_of_its_own() -> None:
    """The other lines of the cell have run; one that gives a name its output may be of account."""
    source = "!pip install keras\nx = Dense(64)"
    left = LeftOut(1, 1, "!pip install keras", "shell", "!")
    assert [one.line for one in compared(NAMED, source, events=[left])] == [2]
    named = replace(left, names=("files",))
    assert compared(NAMED, source, events=[named]) == []


def test_layers_that_are_too_many_are_not_told() -> None:
    """So none is missing."""
    events = [made(1, cell=0)] * MOST_LAYERS
    assert compared(NAMED, "x = Dense(64)", events=events) == []


def test_calls_of_a_line_are_observed_in_their_order() -> None:
    """Two layers in the place of each other are two differences, of one place."""
    source = "x = [Dense(100), Dense(10)]"
    assert compared(NAMED, source, events=[made(1), made(1, units=10)]) == []
    assert compared(NAMED, source, events=[made(1, units=10), made(1)]) != []
    extra = [made(1), made(1, units=3), made(1, units=10)]  # a helper's is between them
    assert compared(NAMED, source, events=extra) == []


@pytest.mark.parametrize("source", ["x = other.Dense(64)", "def f():\n    return L.Dense(64)"])
def test_what_a_cells_own_code_calls_is_compared_whoever_is_called(source: str) -> None:
    """The call itself stands in that line, and nothing else there can have led to it."""
    line = 1 + source.count("\n")
    assert len(compared(IMPORT, source, events=[made(line, by=line)])) == 1
    assert compared(IMPORT, source, events=[made(line, by=line, units=64)]) == []
    helped = source.replace("Dense(64)", "Dense(64, helper(3))")
    assert compared(IMPORT, helped, events=[made(line, by=line)]) == []


@pytest.mark.parametrize(("source", "told"), [("x = 1", 1), ("# one", 1), ("x = f()", 0)])
def test_a_line_that_calls_nothing_has_called_nothing(source: str, told: int) -> None:
    """Code in the name of a cell is told by that."""
    assert len(compared(IMPORT, source, events=[made(1, by=1)])) == told


@pytest.mark.parametrize(
    ("source", "event"),
    [
        ("model.fit(x, y, epochs=6)", FIT),
        ("model.fit(x, y, 64)", replace(FIT, batch_size=32)),
        ("h = model.fit(x, y, validation_split=0.3)", FIT),
        ("model.compile(loss='mse')", COMPILE),
        ("model.compile('adam', 'sparse_categorical_crossentropy')", COMPILE),
        ("model.compile(metrics=['mae'])", COMPILE),
    ],
)
def test_methods_of_a_model_are_compared(source: str, event: Event) -> None:
    """Where the notebook has made the model itself, by Keras's own class."""
    sources = (IMPORT, MODEL.strip(), source)
    events = [replace(event, cell=2, line=1)]
    (found,) = [one for one in compared(*sources, events=events) if one.cell == 2]
    assert found.observed
    others = compared(IMPORT, "model = build()", source, events=events)
    assert others == [], "a helper's model may do with its arguments what it likes"


@pytest.mark.parametrize(
    ("source", "is_told"),
    [
        ("train_test_split(x, test_size=0.2, random_state=42)", False),
        ("train_test_split(x, test_size=0.2, random_state=SEED)", False),
        ("train_test_split(x, test_size=0.2, random_state=1)", True),
        ("train_test_split(x, test_size=0.3)", True),
        ("train_test_split(x, shuffle=False)", True),
    ],
)
def test_splits_are_compared(source: str, is_told: bool) -> None:
    """By their share and their seed."""
    events = [replace(SPLIT, cell=1, line=1)]
    sources = ("from sklearn.model_selection import train_test_split", source)
    assert bool(compared(*sources, events=events)) is is_told


def test_the_data_set_is_compared() -> None:
    """By the module that has the function."""
    source = "a, b = keras.datasets.{}.load_data()"
    event = replace(LOADED, cell=1, line=1)
    assert compared(IMPORT, source.format("fashion_mnist"), events=[event]) == []
    assert len(compared(IMPORT, source.format("mnist"), events=[event])) == 1


@pytest.mark.parametrize("head", ["%%timeit", "%%prun", "%%html", "%%skip", "%%bash"])
def test_a_cell_below_a_magic_may_run_otherwise(head: str) -> None:
    """But for those that run it as it stands."""
    assert compared(NAMED, f"{head}\nx = Dense(64)") == []
    assert len(compared(NAMED, "%%time\nx = Dense(64)")) == 1


@pytest.mark.parametrize("between", ["exec(code)", "%run helper.py", "from helper import *"])
def test_a_helper_that_is_run_may_make_a_model_of_that_name(between: str) -> None:
    """What an import of this notebook gives is Keras's all the same."""
    cells = (IMPORT, between, "model.fit(x, y)", "x = keras.layers.Dense(64)")
    assert [one.cell for one in compared(*cells)] == [3]
