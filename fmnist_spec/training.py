"""Compile and fit a network as the lesson does, on every TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fmnist_spec import _compat
from fmnist_spec.language import say
from fmnist_spec.lesson import LESSON, Lesson
from fmnist_spec.settings import ONE_HOT, Compile

if TYPE_CHECKING:
    import keras


def train(
    model: keras.Sequential,
    images: NDArray[np.floating[Any]],
    labels: NDArray[np.integer[Any]],
    *,
    epochs: int | None = None,
    lesson: Lesson = LESSON,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> keras.callbacks.History:
    """Compile and fit ``model`` as the lesson does, and return Keras's ``History``.

    The optimizer and the batch size are left to Keras where they are its defaults, as in the
    shipped lesson; metrics are a list, which every TensorFlow takes. Where the lesson's loss asks
    for it, the labels are made one-hot.

    Args:
        model: a ``keras.Sequential`` that may not be compiled yet.
        images: shape (n, 784), or (n, 28, 28), as the network takes; floating point, from 0 to 1.
        labels: shape (n,), whole numbers from 0 to 9.
        epochs: by default the lesson's: five in the shipped one.
        lesson: the specification to train by.
        callbacks: handed to ``fit()``; nothing is printed otherwise. Many steps may be taken
            between two calls of one that follows steps.

    Raises ValueError: TensorFlow cannot train a network of these names (nothing has been asked of
        Keras then), or the arrays are not of these types and shapes, such as images of uint8, which
        nobody has scaled.
    """
    _refuse_untrainable_names(model)
    _refuse_unprepared("images", images, "f")
    _refuse_unprepared("labels", labels, "iu")
    if tuple(images.shape) != (len(labels), *lesson.input_shape) or labels.ndim != 1:
        told: dict[str, Any]
        told = {"images": tuple(images.shape), "labels": tuple(labels.shape)}
        wanted = f"(n, {', '.join(map(str, lesson.input_shape))})"
        told |= {"wanted": wanted, "remedy": say("training.prepare")}
        raise ValueError(say("training.shapes", **told))
    model.compile(
        **_optimizer(lesson.compile),
        loss=loss_of(lesson),
        metrics=list(lesson.compile.metrics),
        steps_per_execution=_compat.steps_per_execution(lesson.steps_of(len(images))),
    )
    return model.fit(
        images,
        targets_of(lesson, labels),
        batch_size=None if lesson.fit.is_default else lesson.fit.batch_size,
        epochs=lesson.fit.epochs if epochs is None else epochs,
        validation_split=lesson.fit.validation_split,
        verbose=0,
        callbacks=list(callbacks),
    )


def loss_of(lesson: Lesson) -> Any:
    """The lesson's loss as ``compile()`` takes it: a text, or an object that expects logits."""
    if not lesson.network.is_logits:
        return lesson.loss
    return getattr(_compat.import_keras().losses, lesson.compile.loss_class)(from_logits=True)


def targets_of(lesson: Lesson, labels: NDArray[np.integer[Any]]) -> NDArray[Any]:
    """Labels as the lesson's loss takes them: whole numbers, or rows of zeros with a one."""
    is_one_hot = lesson.compile.loss == ONE_HOT
    return np.eye(lesson.data.classes, dtype=np.float32)[labels] if is_one_hot else labels


def _optimizer(spec: Compile) -> dict[str, Any]:
    """What ``compile()`` is told of the optimizer: nothing where it is its own default."""
    if spec.is_default:
        return {}
    optimizer = _compat.import_keras().optimizers.get(spec.optimizer)
    optimizer.learning_rate = spec.learning_rate
    return {"optimizer": optimizer}


def _refuse_unprepared(what: str, array: Any, kinds: str) -> None:
    is_array = isinstance(array, np.ndarray)
    if not is_array or array.dtype.kind not in kinds:
        found = str(array.dtype) if is_array else type(array).__name__
        remedy = say("training.prepare")
        raise ValueError(say(f"training.{what}", found=found, remedy=remedy))


def _refuse_untrainable_names(model: Any) -> None:
    """Keras 3, if asked, would also break every model that is trained later in the process."""
    if not hasattr(model, "layers"):
        raise ValueError(say("training.no-model", found=type(model).__name__))
    named = [("model", model.name), *(("layer", layer.name) for layer in model.layers)]
    for kind, name in named:
        if not _compat.TRAINABLE_NAME.match(name):
            raise ValueError(say(f"training.{kind}-name", name=name))
