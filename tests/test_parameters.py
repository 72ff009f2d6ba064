"""Parameter counts: the three spellings, the closed form and the summary always agree."""

from contextlib import contextmanager
from itertools import pairwise

import pytest
from builders import BUILDERS
from hypothesis import given
from hypothesis import strategies as st

from fmnist_spec import LESSON, Summary
from fmnist_spec._compat import import_keras
from fmnist_spec.printed import summary_text

LARGEST = 10**8
sizes = st.one_of(st.integers(1, 300), st.integers(1, LARGEST))
deep = st.lists(sizes, min_size=1, max_size=6).map(tuple)
small = st.lists(st.integers(1, 12), min_size=1, max_size=6).map(tuple)
spellings = st.sampled_from(sorted(BUILDERS))
pytestmark = pytest.mark.usefixtures("quick_import")


@contextmanager
def forgotten():
    """What is built in here Keras forgets, so that thousands of examples take no more memory."""
    try:
        yield
    finally:
        import_keras().backend.clear_session()


@contextmanager
def symbolic():
    """A graph of its own: layers are built in it without a single weight in memory."""
    import tensorflow as tf

    with forgotten(), tf.Graph().as_default():
        yield


def counted(style, hidden):
    """Parameters of each layer of a network that is only counted, never allocated."""
    with symbolic():
        return tuple(layer.count_params() for layer in BUILDERS[style](hidden).layers)


def closed_form(hidden):
    widths = [LESSON.data.pixels, *hidden, LESSON.network.output.units]
    return tuple((inputs + 1) * units for inputs, units in pairwise(widths))


@given(hidden=deep)
def test_all_spellings_have_the_parameters_of_the_closed_form(hidden):
    """Each layer has a weight for each input and unit, and a bias for each unit."""
    for style in BUILDERS:
        found = counted(style, hidden)
        assert found == closed_form(hidden), (
            f"the {style} spelling with hidden={hidden} has {found} parameters, "
            f"expected {closed_form(hidden)}: look at models.py"
        )


@given(style=spellings, hidden=small)
def test_real_weights_number_as_the_closed_form_says(style, hidden):
    """The arrays that Keras really holds have as many numbers as the closed form says."""
    with forgotten():
        arrays = BUILDERS[style](hidden).get_weights()
    found = tuple(w.size + b.size for w, b in zip(arrays[::2], arrays[1::2], strict=True))
    assert found == closed_form(hidden), f"{style} with hidden={hidden} holds {found} numbers"


@given(style=spellings, hidden=deep, data=st.data())
def test_one_more_unit_adds_its_weights_its_bias_and_the_next_layers(style, hidden, data):
    """A further unit costs inputs + 1 + units of the next layer."""
    place = data.draw(st.integers(0, len(hidden) - 1), label="layer that grows")
    wider = (*hidden[:place], hidden[place] + 1, *hidden[place + 1 :])
    widths = [LESSON.data.pixels, *hidden, LESSON.network.output.units]
    expected = widths[place] + 1 + widths[place + 2]
    added = sum(counted(style, wider)) - sum(counted(style, hidden))
    assert added == expected, f"from {hidden} to {wider} {added} were added, expected {expected}"


@given(style=spellings, hidden=st.tuples(sizes, sizes))
def test_the_order_of_two_hidden_layers_matters_unless_they_are_equal(style, hidden):
    """Swapped layers give another total exactly when their sizes differ."""
    here, swapped = (sum(counted(style, units)) for units in (hidden, hidden[::-1]))
    assert (here == swapped) == (hidden[0] == hidden[1]), f"{hidden}: {here}, swapped: {swapped}"


@given(style=spellings, hidden=small, batch=st.integers(1, 70))
def test_the_batch_size_never_matters(style, hidden, batch):
    """A batch of any size leaves the count as it was, and gives as many rows back."""
    import numpy as np

    with forgotten():
        model = BUILDERS[style](hidden)
        outputs = model(np.zeros((batch, LESSON.data.pixels), "float32"))
        assert tuple(outputs.shape) == (batch, LESSON.data.classes)
        assert model.count_params() == sum(closed_form(hidden))


@given(style=spellings, hidden=deep)
def test_the_printed_summary_gives_back_the_model(style, hidden):
    """Reading what summary() prints gives what the live model says of itself."""
    with symbolic():
        model = BUILDERS[style](hidden)
        live, printed = Summary.from_model(model), Summary.parse(summary_text(model))
    assert live.matches(printed), f"{style} with hidden={hidden}: {live.differences(printed)}"
    assert (printed.trainable, printed.non_trainable) == (sum(closed_form(hidden)), 0)


@pytest.mark.parametrize("style", BUILDERS)
def test_the_largest_network_is_counted_without_memory_for_it(style):
    """Six layers of 10**8 units have 50,000,080,100,000,010 parameters, all counted."""
    hidden = (LARGEST,) * 6
    assert counted(style, hidden) == closed_form(hidden)
