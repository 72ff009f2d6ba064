"""Compile and fit a network as the lesson does, on every TensorFlow."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fmnist_spec import _compat
from fmnist_spec.lesson import LESSON, Compile, Lesson


def train(
    model: Any,
    images: NDArray[np.floating[Any]],
    labels: NDArray[np.integer[Any]],
    *,
    epochs: int | None = None,
    lesson: Lesson = LESSON,
    callbacks: Sequence[Any] = (),
) -> Any:
    """Compile and fit ``model`` as the lesson does, and return Keras's ``History``.

    The optimizer and the batch size are left to Keras where they are its defaults, as in the
    shipped lesson; metrics are a list, which every TensorFlow takes.

    Args:
        model: a ``keras.Sequential`` that may not be compiled yet.
        images: shape (n, 784), floating point, scaled to [0, 1].
        labels: shape (n,), whole numbers from 0 to 9.
        epochs: the lesson's five by default.
        lesson: the specification to train by.
        callbacks: handed to ``fit()``; nothing is printed otherwise. Many steps may be taken
            between two calls of one that follows steps.

    Raises ValueError: TensorFlow cannot train a network of these names (nothing has been asked of
        Keras then), or the arrays do not have these shapes.
    """
    _refuse_untrainable_names(model)
    expected = (len(labels), lesson.data.pixels)
    if tuple(images.shape) != expected or labels.ndim != 1:
        found = f"images {tuple(images.shape)} and labels {tuple(labels.shape)}"
        wanted = f"images (n, {lesson.data.pixels}) and labels (n,)"
        remedy = "Prepare the images with fmnist_spec.prepare()."
        raise ValueError(f"found {found}, expected {wanted}. {remedy}")
    batch_size = lesson.fit.batch_size
    model.compile(
        **_optimizer(lesson.compile),
        loss=lesson.compile.loss,
        metrics=list(lesson.compile.metrics),
        steps_per_execution=_compat.steps_per_execution(math.ceil(len(images) / batch_size)),
    )
    return model.fit(
        images,
        labels,
        batch_size=None if lesson.fit.is_default else batch_size,
        epochs=lesson.fit.epochs if epochs is None else epochs,
        verbose=0,
        callbacks=list(callbacks),
    )


def _optimizer(spec: Compile) -> dict[str, Any]:
    """What ``compile()`` is told of the optimizer: nothing where it is its own default."""
    if spec.is_default:
        return {}
    optimizer = _compat.import_keras().optimizers.get(spec.optimizer)
    optimizer.learning_rate = spec.learning_rate
    return {"optimizer": optimizer}


def _refuse_untrainable_names(model: Any) -> None:
    """Keras 3, if asked, would also break every model that is trained later in the process."""
    named = [("model", model.name), *(("layer", layer.name) for layer in model.layers)]
    for kind, name in named:
        if not _compat.TRAINABLE_NAME.match(name):
            raise ValueError(
                f"the {kind} is called {name!r}, and TensorFlow can summarise a network of that "
                "name but not train it: expected Latin letters, digits and _ . - / > only, "
                "with a letter, a digit or a dot first. Give it such a name, "
                "for example name='fashion_mnist'."
            )
