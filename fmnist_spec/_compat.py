"""What differs between TensorFlow versions, as named facts. No other module asks for a version."""

import importlib
import math
import re
from typing import Any

from packaging.version import Version

from fmnist_spec.language import say

# Defaults of compile() and fit() on every version: optimizer with learning rate; batch size.
DEFAULT_OPTIMIZER, DEFAULT_BATCH_SIZE = ("rmsprop", 0.001), 32
DEFAULT_LEARNING_RATES = {"sgd": 0.01}  # of others it is 0.001, also on every version
# TensorFlow's scope names, from 2.8 to 2.21. It trains a network only if all its names match.
TRAINABLE_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$")


def default_learning_rate(optimizer: str) -> float:
    """The learning rate that Keras gives an optimizer of this name, if nothing else is said."""
    return DEFAULT_LEARNING_RATES.get(optimizer, 0.001)


class TensorFlowMissingError(ImportError):
    """TensorFlow is not installed. The message names the extra that installs it."""


def import_keras() -> Any:
    """The Keras that the lesson imports, ``tensorflow.keras``; raises TensorFlowMissingError."""
    try:
        from tensorflow import keras
    except ModuleNotFoundError as error:
        if error.name != "tensorflow":
            raise
        raise TensorFlowMissingError(say("_compat.no-tensorflow")) from None
    return keras


def named_sequential(layers: list[Any], name: str | None) -> Any:
    """A ``keras.Sequential`` of this name, or of Keras's own; also where layers are only counted.

    Inside ``tf.Graph().as_default()`` TensorFlow takes a model's name for a scope and refuses
    names that it allows elsewhere; there the model gets its name once it is built.
    """
    import tensorflow as tf

    keras = import_keras()
    if name is None or tf.executing_eagerly() or TRAINABLE_NAME.match(name):
        return keras.Sequential(layers, name=name)
    model = keras.Sequential(layers)
    setattr(model, "name" if keras_version().major >= 3 else "_name", name)
    return model


def tensorflow_version() -> Version:
    """The installed TensorFlow; raises TensorFlowMissingError like :func:`import_keras`."""
    import_keras()
    import tensorflow as tf

    return Version(tf.__version__)


def keras_version() -> Version:
    """The version of the Keras that TensorFlow uses: of ``keras``, or of ``tf_keras``.

    ``tf.keras.__version__`` is absent in TensorFlow 2.13 to 2.15 and in Keras 3.0 to 3.2.
    """
    package = import_keras().Sequential.__module__.partition(".")[0]
    return Version(importlib.import_module(package).__version__)


def spare_graph_optimizing() -> None:
    """Let TensorFlow run graphs as they are made.

    A training of some steps is over before anything else pays: it takes a fifth less.
    """
    import tensorflow as tf

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


def steps_per_execution(steps: int) -> int:
    """How many of an epoch's steps TensorFlow may take between two calls from Python: up to 100.

    The numbers are the same, and a long training takes half the time. But Keras 3.0 to 3.11 then
    count executions as steps in their History.
    """
    return 1 if Version("3") <= keras_version() < Version("3.12") else math.gcd(steps, 100)


def lesson_version() -> Version:
    """The TensorFlow version that claims are judged by.

    Keras 2 run through the package tf_keras behaves as in TensorFlow 2.15, the last that has it.
    """
    legacy = keras_version().major < 3 and tensorflow_version() >= Version("2.16")
    return Version("2.15") if legacy else tensorflow_version()
