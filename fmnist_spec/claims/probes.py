"""One probe a claim: a small function that decides it on the installed TensorFlow.

A probe takes the trial of a lesson and returns whether the claim holds, and what it observed.
It may simply let TensorFlow raise. Its name is the claim's id, with ``_`` for ``-``.
"""

from __future__ import annotations

import gc
import hashlib
import math
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np

from fmnist_spec import _compat, data, models, preparing, training
from fmnist_spec.dataset import Dataset, Prepared
from fmnist_spec.lesson import Lesson
from fmnist_spec.printed import summary_text
from fmnist_spec.summary import Summary

Outcome = tuple[bool, str]
Probe = Callable[["Trial"], Outcome]
PROBES: dict[str, Probe] = {}

FEW = 100  # images for the probes that only ask whether something works


def probe(function: Probe) -> Probe:
    """Register ``function`` as the probe of the claim that it is named after."""
    PROBES[function.__name__.replace("_", "-")] = function
    return function


class TrainedNetwork:
    """A network trained as the lesson does, with what it was before."""

    def __init__(self, trial: Trial) -> None:
        part = trial.prepared
        self.model = models.build_list(lesson=trial.lesson)
        self.weights_before = self.model.get_weights()
        self.history = training.train(
            self.model,
            part.train_scaled,
            part.train_target,
            lesson=trial.lesson,
            callbacks=trial.callbacks,
        )
        held_back = part.validation_scaled, part.validation_target
        self.validation_accuracy = self.model.evaluate(*held_back, verbose=0)[1]


class Trial:
    """What the probes share: the data, a network trained on it, and one tried on a few images."""

    def __init__(self, lesson: Lesson, dataset: Dataset, callbacks: tuple[Any, ...] = ()):
        self.lesson, self.dataset, self.callbacks = lesson, dataset, callbacks
        self.keras = _compat.import_keras()
        # Clearing Keras's session collects garbage: 0.3 s if TensorFlow's own objects take part.
        gc.freeze()

    @cached_property
    def prepared(self) -> Prepared:
        return data.prepare(self.dataset, lesson=self.lesson)

    @cached_property
    def few(self) -> tuple[Any, Any]:
        """The first images of the training part, scaled, and their labels."""
        return self.prepared.train_scaled[:FEW], self.prepared.train_target[:FEW]

    @cached_property
    def trained(self) -> TrainedNetwork:
        return TrainedNetwork(self)

    @cached_property
    def brief(self) -> Any:
        """The history of a brief training: a well-named network, one epoch, the few images."""
        model = models.build_named(name="well_named", lesson=self.lesson)
        return training.train(model, *self.few, epochs=1, lesson=self.lesson)

    def network(self) -> Any:
        return models.build_list(lesson=self.lesson)

    def dense(self, units: int, **settings: Any) -> Any:
        return self.keras.layers.Dense(units, **settings)

    def fit_few(self, model: Any, metrics: Any) -> Any:
        """Compile and fit on the few images, asking Keras directly, with no check of ours."""
        model.compile(loss=self.lesson.compile.loss, metrics=metrics)
        return model.fit(*self.few, epochs=1, verbose=0)


def equal(observed: object, expected: object) -> Outcome:
    """Holds if both are equal; says what was observed."""
    return observed == expected, f"{observed}"


# --- Loading and preparing the data -------------------------------------------------------------


@probe
def the_data_set_has_its_size(trial: Trial) -> Outcome:
    spec, images = trial.lesson.data, trial.dataset
    sizes = len(images.train_images), len(images.test_images)
    return equal(sizes, (spec.train_images, spec.test_images))


@probe
def an_image_is_a_square_of_bytes(trial: Trial) -> Outcome:
    spec, images = trial.lesson.data, trial.dataset.train_images
    observed = (*images.shape[1:], str(images.dtype), int(images.min()), int(images.max()))
    return equal(observed, (spec.height, spec.width, spec.dtype, 0, spec.scale))


@probe
def labels_are_the_classes(trial: Trial) -> Outcome:
    observed = sorted({int(label) for label in trial.dataset.train_labels})
    return equal(observed, list(range(trial.lesson.data.classes)))


@probe
def scaling_gives_0_to_1(trial: Trial) -> Outcome:
    images = trial.prepared.train_scaled
    return equal((float(images.min()), float(images.max())), (0.0, 1.0))


@probe
def flattening_keeps_the_order_of_pixels(trial: Trial) -> Outcome:
    image = trial.dataset.train_images[:1]
    rows = [pixel for row in image[0].tolist() for pixel in row]
    flat = preparing.flatten(image, lesson=trial.lesson)[0].tolist()
    return flat == rows and len(flat) == trial.lesson.data.pixels, f"{len(flat)} pixels"


@probe
def the_split_has_its_sizes(trial: Trial) -> Outcome:
    part, spec = trial.prepared, trial.lesson.split
    sizes = len(part.train_scaled), len(part.validation_scaled)
    return equal(sizes, (spec.train, spec.validation))


@probe
def the_seed_fixes_the_split(trial: Trial) -> Outcome:
    labels = trial.dataset.train_labels
    held_back = preparing.split(np.arange(len(labels)), labels, lesson=trial.lesson)[1]
    digest = hashlib.sha256(np.sort(held_back).astype("<u4").tobytes()).hexdigest()
    return equal(digest, trial.lesson.split.sha256)


@probe
def the_split_keeps_labels_with_images(trial: Trial) -> Outcome:
    labels = trial.dataset.train_labels
    train, held_back, *targets = preparing.split(
        np.arange(len(labels)), labels, lesson=trial.lesson
    )
    wrong = (labels[np.append(train, held_back)] != np.concatenate(targets)).sum()
    return equal(int(wrong), 0)


# --- Two layers ---------------------------------------------------------------------------------


@probe
def input_shape_can_be_given_to_the_first_layer(trial: Trial) -> Outcome:
    pixels = trial.lesson.data.pixels
    model = trial.keras.Sequential([trial.dense(1, input_shape=(pixels,))])
    return equal(tuple(model.input_shape), (None, pixels))


@probe
def the_hidden_layer_is_larger_than_the_output(trial: Trial) -> Outcome:
    *hidden, output = (layer.units for layer in trial.network().layers)
    return min(hidden) > output, f"{hidden} and {output} units"


@probe
def a_hidden_layer_may_use_sigmoid_or_relu(trial: Trial) -> Outcome:
    names = ["sigmoid", "relu", "tanh"]
    return equal([trial.dense(1, activation=name).activation.__name__ for name in names], names)


@probe
def sigmoid_lies_between_0_and_1(trial: Trial) -> Outcome:
    values = np.asarray(trial.dense(100, activation="sigmoid")(trial.few[0]))
    return bool((values > 0).all() and (values < 1).all()), f"{values.min()} to {values.max()}"


@probe
def softmax_sums_to_1(trial: Trial) -> Outcome:
    layer = trial.dense(trial.lesson.data.classes, activation="softmax")
    chances = np.asarray(layer(trial.few[0]))
    right = (chances >= 0).all() and abs(chances.sum(axis=1) - 1).max() < 1e-5
    return bool(right), f"sums from {chances.sum(axis=1).min()} to {chances.sum(axis=1).max()}"


@probe
def dense_without_activation_is_linear(trial: Trial) -> Outcome:
    images = trial.few[0]
    layer = trial.dense(3)
    outputs = np.asarray(layer(images))
    weights, biases = (np.asarray(one) for one in layer.weights)
    gap = abs(outputs - (images @ weights + biases)).max()
    return layer.activation.__name__ == "linear" and gap < 1e-4, f"largest difference {gap:.1g}"


@probe
def two_linear_layers_collapse_into_one(trial: Trial) -> Outcome:
    images = trial.few[0]
    first, second = trial.dense(7), trial.dense(3)
    outputs = np.asarray(second(first(images)))
    (w1, b1), (w2, b2) = ([np.asarray(one) for one in layer.weights] for layer in (first, second))
    gap = abs(outputs - (images @ (w1 @ w2) + (b1 @ w2 + b2))).max()
    return gap < 1e-4, f"largest difference {gap:.1g}"


# --- Building the network -----------------------------------------------------------------------


@probe
def sequential_takes_a_list_of_layers(trial: Trial) -> Outcome:
    spec = trial.lesson.network.layers
    dense = [trial.dense(layer.units, activation=layer.activation) for layer in spec]
    return equal(trial.keras.Sequential(dense).layers, dense)


@probe
def the_last_layer_of_the_list_is_the_output(trial: Trial) -> Outcome:
    network, pixels = trial.lesson.network, trial.lesson.data.pixels
    layers = [trial.dense(layer.units) for layer in reversed(network.layers)]
    turned = trial.keras.Sequential([trial.keras.Input(shape=(pixels,)), *layers])
    observed = trial.network().output_shape[-1], turned.output_shape[-1]
    return equal(observed, (network.output.units, network.layers[0].units))


# --- The summary --------------------------------------------------------------------------------


@probe
def none_stands_for_any_batch_size(trial: Trial) -> Outcome:
    model, images = trial.network(), trial.few[0]
    sizes = [model(images[:size]).shape[0] for size in (1, 7, 33)]
    return equal((model.output_shape[0], sizes), (None, [1, 7, 33]))


@probe
def output_shapes_follow_the_units(trial: Trial) -> Outcome:
    shapes = tuple(row.output_shape for row in _printed(trial.network()).rows)
    return equal(shapes, tuple((None, layer.units) for layer in trial.lesson.network.layers))


@probe
def hidden_parameters_are_weights_and_biases(trial: Trial) -> Outcome:
    counts = tuple(row.parameters for row in _printed(trial.network()).rows)
    return equal(counts[:-1], trial.lesson.layer_parameters[:-1])


@probe
def output_parameters_are_weights_and_biases(trial: Trial) -> Outcome:
    return equal(_printed(trial.network()).rows[-1].parameters, trial.lesson.layer_parameters[-1])


@probe
def the_total_is_the_sum_of_the_rows(trial: Trial) -> Outcome:
    summary = _printed(trial.network())
    rows = sum(row.parameters or 0 for row in summary.rows)
    return equal((summary.total, rows), (trial.lesson.parameters,) * 2)


@probe
def every_parameter_is_trainable(trial: Trial) -> Outcome:
    summary = _printed(trial.network())
    return equal((summary.trainable, summary.non_trainable), (trial.lesson.parameters, 0))


@probe
def some_layers_have_non_trainable_parameters(trial: Trial) -> Outcome:
    layers = [trial.keras.Input(shape=(4,)), trial.keras.layers.BatchNormalization()]
    summary = _printed(trial.keras.Sequential(layers))
    # a moving mean and a moving variance for each of the four inputs
    return equal((summary.trainable, summary.non_trainable), (8, 8))


@probe
def summary_shows_the_size_in_memory(trial: Trial) -> Outcome:
    return f"({trial.lesson.size})" in (text := summary_text(trial.network())), text


@probe
def summary_draws_lines_and_commas(trial: Trial) -> Outcome:
    text = summary_text(trial.network())
    return "____" in text and f" {trial.lesson.parameters:,}\n" in text, text


@probe
def summary_draws_lines_and_sizes(trial: Trial) -> Outcome:
    text = summary_text(trial.network())
    return "____" in text and f" {trial.lesson.parameters} ({trial.lesson.size})" in text, text


@probe
def summary_draws_a_box(trial: Trial) -> Outcome:
    text = summary_text(trial.network())
    return all(edge in text for edge in "┏┃┡│└"), text


# --- Other ways to add layers -------------------------------------------------------------------


@probe
def layers_can_be_made_inside_sequential(trial: Trial) -> Outcome:
    model, network = models.build_named(lesson=trial.lesson), trial.lesson.network
    names = [model.name, *(layer.name for layer in model.layers)]
    return equal(names, [network.name, *(layer.name for layer in network.layers)])


@probe
def names_appear_in_the_summary(trial: Trial) -> Outcome:
    model = models.build_named(lesson=trial.lesson)
    text, network = summary_text(model), trial.lesson.network
    return all(name in text for name in [network.name, *(x.name for x in network.layers)]), text


@probe
def add_builds_the_same_network(trial: Trial) -> Outcome:
    listed, added = (build(lesson=trial.lesson) for build in (models.build_list, models.build_add))
    same = Summary.from_model(added).matches(Summary.from_model(listed), shifted_names=True)
    return same, str(Summary.from_model(added))


@probe
def add_can_choose_layers_as_the_program_runs(trial: Trial) -> Outcome:
    sizes = {}
    for deeper in (False, True):
        model = trial.keras.Sequential([trial.keras.Input(shape=(trial.lesson.data.pixels,))])
        if deeper:
            model.add(trial.dense(7))
        model.add(trial.dense(trial.lesson.data.classes))
        sizes[deeper] = len(model.layers)
    return equal(sizes, {False: 1, True: 2})


@probe
def automatic_names_count_up(trial: Trial) -> Outcome:
    return equal([trial.network().name for _ in range(2)], ["sequential", "sequential_1"])


NAMES = {  # of the layer and of the model
    "english-names": ("hidden", "fashion_mnist"),
    "korean-layer": ("은닉층", "fashion_mnist"),
    "blank-layer": ("hidden layer", "fashion_mnist"),
    "korean-model": ("hidden", "패션"),
    "blank-model": ("hidden", "fashion mnist"),
}
Action = Callable[[Trial, Any], object]
ACTIONS: dict[str, Action] = {
    "can-be-built": lambda trial, model: model.built,
    "can-be-summarised": lambda trial, model: _printed(model).rows,
    "can-predict": lambda trial, model: len(model.predict(trial.few[0], verbose=0)) == FEW,
    "can-be-trained": lambda trial, model: trial.fit_few(model, ["accuracy"]).history["loss"],
}


def _named_probe(layer: str, model: str, action: Action, trial: Trial) -> Outcome:
    spec = trial.lesson.data
    layers = [trial.keras.Input(shape=(spec.pixels,)), trial.dense(spec.classes, name=layer)]
    built = trial.keras.Sequential(layers, name=model)
    return bool(action(trial, built)), f"layer {layer!r} in model {model!r}"


for kind, names in NAMES.items():
    for what, action in ACTIONS.items():
        PROBES[f"{kind}-{what}"] = partial(_named_probe, *names, action)


@probe
def a_badly_named_fit_leaves_nothing_behind(trial: Trial) -> Outcome:
    try:
        trial.fit_few(models.build_named(name="two words", lesson=trial.lesson), ["accuracy"])
    except ValueError:  # as korean-model-can-be-trained claims
        model = models.build_named(name="well_named", lesson=trial.lesson)
        history = trial.fit_few(model, ["accuracy"]).history
        return bool(history["loss"]), "a well-named model trains afterwards"
    return False, "the badly named model trained"


# --- Training -----------------------------------------------------------------------------------


@probe
def metrics_can_be_a_list(trial: Trial) -> Outcome:
    return "accuracy" in trial.brief.history, f"history of {sorted(trial.brief.history)}"


@probe
def metrics_can_be_a_string(trial: Trial) -> Outcome:
    history = trial.fit_few(trial.network(), "accuracy").history
    return "accuracy" in history, f"history of {sorted(history)}"


@probe
def sparse_loss_takes_integer_labels(trial: Trial) -> Outcome:
    (loss,) = trial.brief.history["loss"]
    return trial.few[1].dtype.kind in "iu" and math.isfinite(loss), f"loss {loss:.3f}"


@probe
def the_default_optimizer_is_rmsprop(trial: Trial) -> Outcome:
    model, spec = trial.network(), trial.lesson.compile
    model.compile(loss=spec.loss)
    name, rate = type(model.optimizer).__name__, float(np.asarray(model.optimizer.learning_rate))
    right = name.lower() == spec.optimizer and math.isclose(rate, spec.learning_rate, rel_tol=1e-6)
    return right, f"{name} with a learning rate of {rate:.6g}"


@probe
def fit_has_the_default_batch(trial: Trial) -> Outcome:
    expected = math.ceil(FEW / trial.lesson.fit.batch_size)
    steps = trial.fit_few(trial.network(), ["accuracy"]).params["steps"]
    return steps == expected, f"{steps} steps for {FEW} images"


@probe
def batch_size_can_be_changed(trial: Trial) -> Outcome:
    history = trial.brief.model.fit(*trial.few, batch_size=FEW // 2, verbose=0)
    return equal(history.params["steps"], 2)


@probe
def an_epoch_has_its_steps(trial: Trial) -> Outcome:
    return equal(trial.trained.history.params["steps"], trial.lesson.steps_per_epoch)


@probe
def history_holds_loss_and_accuracy(trial: Trial) -> Outcome:
    return equal(sorted(trial.brief.history), sorted(["loss", *trial.lesson.compile.metrics]))


@probe
def history_lists_the_loss_first(trial: Trial) -> Outcome:
    return equal(list(trial.brief.history), ["loss", *trial.lesson.compile.metrics])


@probe
def training_runs_for_all_epochs(trial: Trial) -> Outcome:
    return equal(len(trial.trained.history.epoch), trial.lesson.fit.epochs)


@probe
def accuracy_rises_and_loss_falls(trial: Trial) -> Outcome:
    accuracy, loss = (trial.trained.history.history[key] for key in ("accuracy", "loss"))
    observed = (
        f"accuracy {accuracy[0]:.3f} to {accuracy[-1]:.3f}, loss {loss[0]:.3f} to {loss[-1]:.3f}"
    )
    return accuracy[-1] > accuracy[0] and loss[-1] < loss[0], observed


@probe
def training_moves_every_weight_array(trial: Trial) -> Outcome:
    pairs = zip(trial.trained.weights_before, trial.trained.model.get_weights(), strict=True)
    moved = [bool((before != after).any()) for before, after in pairs]
    return equal(moved, [True] * 2 * len(trial.lesson.network.layers))  # kernels and biases


@probe
def training_accuracy_reaches_its_bound(trial: Trial) -> Outcome:
    reached = trial.trained.history.history["accuracy"][-1]
    return reached >= trial.lesson.result.training_accuracy, f"{reached:.4f}"


@probe
def validation_accuracy_reaches_its_bound(trial: Trial) -> Outcome:
    reached = trial.trained.validation_accuracy
    return reached >= trial.lesson.result.validation_accuracy, f"{reached:.4f}"


def _printed(model: Any) -> Summary:
    """What ``model.summary()`` prints, read back."""
    return Summary.parse(summary_text(model))
