"""What is asked of evaluate() is observed as asked, however it was shortened."""

import pytest
from notebooks import Run

from fmnist_spec.gate.events import Evaluated, Fitted

SMALL = """import numpy as np
from tensorflow import keras
model = keras.Sequential([keras.Input(shape=(4,)), keras.layers.Dense(3, activation='softmax')])
model.compile(loss='sparse_categorical_crossentropy', metrics=['accuracy'])
x, y = np.zeros((9000, 4)), np.zeros(9000, int)"""
ASKED = {
    "x, y, verbose=0": (None, None),
    "x, y, 64, verbose=0": (64, None),
    "x, y, batch_size=np.int64(100), steps=90, verbose=0": (100, 90),
}


@pytest.mark.parametrize("asked", ASKED)
def test_an_evaluation_tells_its_batches_and_steps(run: Run, asked: str) -> None:
    """They say how many steps its progress line counts."""
    found = run(SMALL, f"model.evaluate({asked})")
    (event,) = (one for one in found.events if isinstance(one, Evaluated))
    assert (event.batch_size, event.steps) == ASKED[asked], event
    assert event.images is not None, event
    assert event.images.shape[0] == 9000, event


CALLBACKS = {
    "": (),
    "callbacks=[]": (),
    "callbacks=keras.callbacks.TerminateOnNaN()": ("TerminateOnNaN",),
    "callbacks=[keras.callbacks.EarlyStopping(patience=9, monitor='loss'), Own()]": (
        *("EarlyStopping", "?"),
    ),
}


@pytest.mark.parametrize("given", CALLBACKS)
def test_a_training_tells_its_callbacks(run: Run, given: str) -> None:
    """Keras's have their names; those of the author may do anything, whatever they are called."""
    own = "class Own(keras.callbacks.CSVLogger):\n    def __init__(self): super().__init__('a.csv')"
    found = run(SMALL, own, f"history = model.fit(x, y, verbose=0, {given})")
    (event,) = (one for one in found.events if isinstance(one, Fitted))
    assert event.callbacks == CALLBACKS[given], event
