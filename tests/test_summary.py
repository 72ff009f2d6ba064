"""A summary is a value: read from a live model or from text, and compared up to what is known."""

import contextlib
import dataclasses
import io

import pytest
from builders import BUILDERS

from fmnist_spec import LESSON, Summary, SummaryRow
from fmnist_spec._compat import import_keras
from fmnist_spec.printed import summary_text

HIDDEN = SummaryRow("dense", "Dense", (None, 100), 78_500)
OUTPUT = SummaryRow("dense_1", "Dense", (None, 10), 1_010)
LIST = Summary("sequential", (HIDDEN, OUTPUT), 79_510, 0)


def changed(**values):
    return dataclasses.replace(LIST, **values)


def changed_row(**values):
    return changed(rows=(dataclasses.replace(LIST.rows[0], **values), LIST.rows[1]))


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (changed(name="other"), ("model name", "'other'", "'sequential'")),
        (changed(rows=LIST.rows[1:]), ("layers", "dense_1", "dense, dense_1")),
        (changed(rows=()), ("layers", "none", "dense, dense_1")),
        (changed_row(name="hidden"), ("layer dense: name", "'hidden'", "'dense'")),
        (changed_row(name="Dens…"), ("layer dense: name", "'Dens…'", "'dense'")),
        (changed_row(type="LSTM"), ("layer dense: type", "LSTM", "Dense")),
        (
            changed_row(output_shape=(None, 99)),
            ("layer dense: output shape", (None, 99), (None, 100)),
        ),
        (changed_row(parameters=78_600), ("layer dense: parameters", 78_600, 78_500)),
        (changed(trainable=0), ("trainable", 0, 79_510)),
        (changed(non_trainable=1), ("non trainable", 1, 0)),
    ],
)
def test_a_difference_is_named_with_what_was_found_and_what_was_expected(other, difference):
    """Each value that differs is one difference."""
    assert LIST.differences(other) == (difference,)
    assert not LIST.matches(other)


def test_a_summary_cannot_be_changed():
    """What was compared with it stays true."""
    for value in (LIST, LIST.rows[0]):
        with pytest.raises(dataclasses.FrozenInstanceError):
            value.name = "other"


TYPES = {"dense": "Dense", "hidden": "Dense", "batch": "BatchNormalization", "input": "InputLayer"}


def automatic(names):
    """Make a summary of the first word's name, with a layer for each further word."""
    model, *layers = names.split()
    types = [next(TYPES[word] for word in TYPES if name.startswith(word)) for name in layers]
    rows = (SummaryRow(name, kind, (None, 10), 1) for name, kind in zip(layers, types, strict=True))
    return Summary(model, tuple(rows), 1, 0)


@pytest.mark.parametrize(
    ("expected", "found", "fits"),
    [
        pytest.param("sequential dense dense_1", "sequential_2 dense_5 dense_6", True, id="later"),
        pytest.param("sequential dense_5 dense_6", "sequential dense dense_1", True, id="earlier"),
        pytest.param("sequential dense dense_1", "sequential dense_1 dense_3", False, id="gap"),
        pytest.param("sequential dense dense_1", "sequential dense_1 dense", False, id="swapped"),
        pytest.param("sequential dense dense_1", "sequential dense dense_2", False, id="one only"),
        pytest.param(
            "sequential dense batch_normalization",
            "sequential dense_4 batch_normalization_1",
            True,
            id="a shift for each class",
        ),
        pytest.param("sequential hidden_1", "sequential hidden_2", False, id="layer named by hand"),
        pytest.param("mine_1 dense", "mine_2 dense", False, id="model named by hand"),
        pytest.param("sequential dense", "sequential hidden", False, id="automatic or by hand"),
        pytest.param("sequential dense", "functional dense", False, id="class of the model"),
        pytest.param("functional_1 input_layer", "model input_1", True, id="Keras 2 and Keras 3"),
        pytest.param("sequential dense_12", "sequential dense_3…", True, id="cut counter"),
    ],
)
def test_automatic_names_fit_up_to_one_shift_of_each_class(expected, found, fits):
    """A cell that was run twice shifts all counters of a class by the same number."""
    one, other = automatic(expected), automatic(found)
    assert one.matches(other, shifted_names=True) is fits, one.differences(other)
    assert not one.matches(other), f"{expected} and {found} are different names"
    assert one.differences(other), f"{expected} and {found} are different names"


def test_a_cut_type_does_not_hide_an_automatic_name():
    """One whole type of the two is enough to know that a name was made from the class."""
    one, other = automatic("sequential dense"), automatic("sequential dense_4")
    cut = dataclasses.replace(other, rows=(dataclasses.replace(other.rows[0], type="Den…"),))
    assert one.matches(cut, shifted_names=True)
    assert cut.matches(one, shifted_names=True)


def mixed(keras):
    layers = keras.layers
    flatten, normal = layers.Flatten(), layers.BatchNormalization()
    dense = [layers.Dense(100), layers.Dense(10)]
    stack = [keras.Input((28, 28)), flatten, dense[0], normal, layers.Dropout(0.3), dense[1]]
    return keras.Sequential(stack)


def convolution(keras):
    layers = [keras.layers.Conv2D(8, 3), keras.layers.GlobalAveragePooling2D()]
    return keras.Sequential([keras.Input((28, 28, 1)), *layers])


def nested(keras):
    inner = keras.Sequential([keras.Input((784,)), keras.layers.Dense(100)])
    return keras.Sequential([keras.Input((784,)), inner, keras.layers.Dense(10)])


def several_outputs(keras):
    inputs = keras.Input((4,))
    layers = [keras.layers.Dense(units)(inputs) for units in (2, 3)]
    return keras.Model(inputs, keras.Model(inputs, layers)(inputs))


def operation(keras):
    inputs = keras.Input((4,))
    return keras.Model(inputs, keras.layers.Dense(4)(inputs) + inputs)


def frozen(keras):
    model = mixed(keras)
    model.layers[1].trainable = False
    return model


@pytest.mark.parametrize(
    "build",
    [mixed, convolution, nested, several_outputs, operation, frozen],
    ids=lambda f: f.__name__,
)
def test_the_printed_text_is_the_live_model(build):
    """Layers of any kind are read alike from the model and from what it prints."""
    model = build(import_keras())
    live, text = Summary.from_model(model), summary_text(model)
    assert Summary.parse(text) == live, f"{live.differences(Summary.parse(text))}\n{text}"


def test_a_live_model_that_is_not_built_is_unknown():
    """Before a model has seen an input, its shapes and counts are unknown, not zero."""
    keras = import_keras()
    summary = Summary.from_model(keras.Sequential([keras.layers.Dense(10, name="only")]))
    assert summary.rows == (SummaryRow("only", "Dense", None, None),)
    assert summary.total == 0


@pytest.mark.parametrize("columns", [None, "40", "300"], ids=lambda n: f"COLUMNS={n}")
@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_the_text_does_not_depend_on_the_terminal(monkeypatch, columns, encoding):
    """However narrow the terminal and whatever its encoding, the text is that of 100 columns."""
    model = BUILDERS["named"]()
    monkeypatch.setenv("COLUMNS", "100")
    with contextlib.redirect_stdout(io.StringIO()) as expected:
        model.summary()
    monkeypatch.setenv("COLUMNS", columns) if columns else monkeypatch.delenv("COLUMNS")
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding=encoding)):
        assert summary_text(model) == expected.getvalue()
    assert Summary.parse(expected.getvalue()).total == LESSON.parameters


def test_the_list_and_the_add_style_are_equal_in_a_fresh_session(quick_import):
    """Otherwise Keras numbers names on: the table shows it, and the reason says how to compare."""
    summaries = []
    for name in ("list", "add"):
        import_keras().backend.clear_session()
        summaries.append(Summary.from_model(BUILDERS[name]()))
    assert summaries[0] == summaries[1]
    later = Summary.from_model(BUILDERS["add"]())
    assert "dense_2 " in str(later)
    assert "shifted_names=True" in summaries[0].unequal(later)[-1]
