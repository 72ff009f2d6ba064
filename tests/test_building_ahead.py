"""What is built ahead of ``fit`` spares Keras 3 a trace, and changes nothing else."""

from typing import Any

import numpy as np
import pytest

from fmnist_spec import LESSON, build_list
from fmnist_spec._compat import DEFAULT_BATCH_SIZE, build_ahead, import_keras, keras_version

COUNT = 2 * DEFAULT_BATCH_SIZE
IMAGES = np.random.default_rng(0).random((COUNT, *LESSON.input_shape))
LABELS = np.arange(COUNT) % LESSON.data.classes
ONE_HOT = np.eye(LESSON.data.classes)[LABELS]

pytestmark = pytest.mark.usefixtures("quick_import")


class Training:
    """A training of some steps: how often its first step was traced, and what came of it."""

    def __init__(self, ahead: bool, labels: Any = LABELS, loss: str = LESSON.loss) -> None:
        import_keras().utils.set_random_seed(LESSON.split.random_state)
        self.traces, self.model = 0, build_list()
        self.model.compile(loss=loss, metrics=["accuracy"])
        self._step, self.model.train_step = self.model.train_step, self._counted
        if ahead:
            build_ahead(self.model, *(one[:DEFAULT_BATCH_SIZE] for one in (IMAGES, labels)))
        history = self.model.fit(IMAGES, labels, epochs=2, verbose=0)
        self.history, self.weights = history.history, self.model.get_weights()

    def _counted(self, *given: Any) -> Any:
        self.traces += 1
        return self._step(*given)


def test_keras_3_traces_the_first_step_once_instead_of_twice() -> None:
    """Once it traces but once by itself, nothing has to be built ahead any more."""
    if keras_version().major < 3:
        pytest.skip("Keras 2 has nothing to build ahead")
    assert (Training(ahead=False).traces, Training(ahead=True).traces) == (2, 1)


def test_the_training_is_the_same() -> None:
    """Every loss, every accuracy and every weight."""
    alone, ahead = Training(ahead=False), Training(ahead=True)
    assert ahead.history == alone.history
    for one, other in zip(ahead.weights, alone.weights, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("labels", "loss"),
    [
        (ONE_HOT, LESSON.loss),
        (LABELS, "categorical_crossentropy"),
        (LABELS, "no_such_loss"),
        (LABELS[:DEFAULT_BATCH_SIZE], LESSON.loss),
        (LABELS.astype(str), LESSON.loss),
    ],
    ids=["one-hot labels", "the other loss", "no loss", "too few labels", "text"],
)
def test_what_cannot_be_trained_is_told_by_fit(labels: Any, loss: str) -> None:
    """By the error that it has without that."""
    told = []
    for ahead in (False, True):
        with pytest.raises(Exception) as raised:  # noqa: PT011  # whatever this version raises
            Training(ahead, labels, loss)
        told.append((type(raised.value), str(raised.value)[:200]))
    assert told[0] == told[1]
