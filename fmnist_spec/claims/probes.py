"""One probe a claim: a small method that decides it on the installed TensorFlow.

A probe returns whether the claim holds, and what it observed. It may simply let TensorFlow raise.
"""

from __future__ import annotations

import gc
import hashlib
import math
import re
import warnings
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np

from fmnist_spec import _compat, data, models, preparing, training
from fmnist_spec.claims.claims import Answer, Claim
from fmnist_spec.dataset import Dataset, Prepared
from fmnist_spec.harmless import ANSI
from fmnist_spec.language import say
from fmnist_spec.lesson import Lesson
from fmnist_spec.printed import summary_text
from fmnist_spec.settings import ACCURACY
from fmnist_spec.summary import Summary

Outcome = tuple[bool, str]
FEW = 100  # images for the probes that only ask whether something works


class Trial:
    """What the probes share: the data, a network trained on it, and one tried on a few images."""

    def __init__(self, lesson: Lesson, dataset: Dataset, callbacks: tuple[Any, ...] = ()):
        self.lesson, self.dataset, self.callbacks = lesson, dataset, callbacks
        self.keras = _compat.import_keras()
        self.dense = self.keras.layers.Dense
        self.network = partial(models.build_list, lesson=lesson)
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
    def targets(self) -> Any:
        """Those labels, as the lesson's loss takes them."""
        return training.targets_of(self.lesson, self.few[1])

    @cached_property
    def rows(self) -> Any:
        """Those images, each as one row of pixels."""
        return self.few[0].reshape(len(self.few[0]), -1)

    @cached_property
    def parts(self) -> list[Any]:
        """Numbers of the images to train on, and of those held back; their labels."""
        labels, asked = self.dataset.train_labels, self.lesson.split
        if asked is None or asked.random_state is None:
            return [*preparing.split(np.arange(len(labels)), labels, lesson=self.lesson)]
        from sklearn.model_selection import train_test_split

        how = {"test_size": asked.test_size, "random_state": asked.random_state}
        return [*train_test_split(np.arange(len(labels)), labels, **how)]

    @cached_property
    def trained(self) -> Any:
        """The history of a training as the lesson has it; keeps the weights that it began with."""
        model, images, labels = self.network(), *self.prepared[::2]
        self.weights_before = model.get_weights()
        return training.train(model, images, labels, lesson=self.lesson, callbacks=self.callbacks)

    @cached_property
    def brief(self) -> Any:
        """The history of a brief training: one epoch on the few images."""
        return training.train(self.network(), *self.few, epochs=1, lesson=self.lesson)

    @cached_property
    def text(self) -> str:
        """What the network's ``summary()`` prints."""
        return summary_text(self.network())

    @cached_property
    def summary(self) -> Summary:
        """What that says."""
        return Summary.parse(self.text)

    @property
    def dense_parameters(self) -> tuple[int | None, ...]:
        """Parameters of the Dense layers, as that says."""
        return tuple(row.parameters for row in self.summary.rows if row.type == "Dense")

    @property
    def measured(self) -> list[str]:
        """What the brief training's history holds, without what it held back."""
        return [name for name in self.brief.history if not name.startswith("val_")]

    def fit_few(self, model: Any, metrics: Any) -> Any:
        """Compile and fit on the few images, asking Keras directly, with no check of ours."""
        images = self.rows.reshape(-1, *model.input_shape[1:])
        model.compile(loss=training.loss_of(self.lesson), metrics=metrics)
        return model.fit(images, self.targets, epochs=1, verbose=0)

    def named(self, layer: str, model: str) -> Any:
        """Build a network of one layer, with these names."""
        layers = [self.keras.Input(shape=(self.lesson.data.pixels,))]
        layers.append(self.dense(self.lesson.data.classes, name=layer))
        return self.keras.Sequential(layers, name=model)


def _seen(key: str, **values: object) -> str:
    return say(f"compat.observed.{key}", **values)


def equal(observed: object, expected: object) -> Outcome:
    """Holds if both are equal; says what was observed."""
    return observed == expected, f"{observed}"


class Probes(Trial):
    """Every method is the probe of the claim whose id is its name, with ``_`` for ``-``."""

    # --- Loading and preparing the data ---------------------------------------------------------

    def the_data_set_has_its_size(self) -> Outcome:
        shapes = tuple(array.shape for part in self.dataset for array in part)
        return equal(shapes, self.lesson.data.shapes)

    def an_image_is_a_square_of_bytes(self) -> Outcome:
        spec, images = self.lesson.data, self.dataset.train_images
        observed = (*images.shape[1:], str(images.dtype), int(images.min()), int(images.max()))
        return equal(observed, (spec.height, spec.width, spec.dtype, 0, spec.brightest))

    def labels_are_the_classes(self) -> Outcome:
        observed = sorted({int(label) for label in self.dataset.train_labels})
        return equal(observed, list(range(self.lesson.data.classes)))

    def scaling_gives_0_to_1(self) -> Outcome:
        images = self.prepared.train_scaled
        return equal((float(images.min()), float(images.max())), (0.0, 1.0))

    def flattening_keeps_the_order_of_pixels(self) -> Outcome:
        image = self.dataset.train_images[:1]
        rows = [pixel for row in image[0].tolist() for pixel in row]
        flat = preparing.flatten(image, lesson=self.lesson)[0].tolist()
        return flat == rows and len(flat) == self.lesson.data.pixels, _seen(
            "pixels", count=len(flat)
        )

    def the_split_has_its_sizes(self) -> Outcome:
        sizes, split = [*map(len, self.prepared[:2])], self.lesson.split
        return equal(sizes, split and [split.train, split.validation])

    def the_seed_fixes_the_split(self) -> Outcome:
        expected = preparing.split_indices(self.lesson)[1]
        found, own = (
            hashlib.sha256(np.sort(held_back).astype("<u4").tobytes()).hexdigest()
            for held_back in (self.parts[1], expected)
        )
        return equal(found, (self.lesson.split and self.lesson.split.sha256) or own)

    def the_split_keeps_labels_with_images(self) -> Outcome:
        (train, held_back, *targets), labels = self.parts, self.dataset.train_labels
        wrong = (labels[np.append(train, held_back)] != np.concatenate(targets)).sum()
        return equal(int(wrong), 0)

    # --- Two layers -----------------------------------------------------------------------------

    def input_shape_can_be_given_to_the_first_layer(self) -> Outcome:
        pixels = self.lesson.data.pixels
        model = self.keras.Sequential([self.dense(1, input_shape=(pixels,))])
        return equal(tuple(model.input_shape), (None, pixels))

    def the_hidden_layer_is_larger_than_the_output(self) -> Outcome:
        dense = (one for one in self.network().layers if isinstance(one, self.dense))
        *hidden, output = (one.units for one in dense)
        return min(hidden) > output, _seen("units", hidden=hidden, output=output)

    def a_hidden_layer_may_use_sigmoid_or_relu(self) -> Outcome:
        names = ["sigmoid", "relu", "tanh"]
        return equal([self.dense(1, activation=name).activation.__name__ for name in names], names)

    def sigmoid_lies_between_0_and_1(self) -> Outcome:
        values = np.asarray(self.dense(100, activation="sigmoid")(self.rows))
        seen = _seen("range", low=values.min(), high=values.max())
        return bool((values > 0).all() and (values < 1).all()), seen

    def softmax_sums_to_1(self) -> Outcome:
        layer = self.dense(self.lesson.data.classes, activation="softmax")
        chances = np.asarray(layer(self.rows))
        sums = chances.sum(axis=1)
        right = (chances >= 0).all() and abs(sums - 1).max() < 1e-5
        return bool(right), _seen("sums", low=sums.min(), high=sums.max())

    def dense_without_activation_is_linear(self) -> Outcome:
        images = self.rows
        layer = self.dense(3)
        outputs = np.asarray(layer(images))
        weights, biases = map(np.asarray, layer.weights)
        gap = abs(outputs - (images @ weights + biases)).max()
        return layer.activation.__name__ == "linear" and gap < 1e-4, _seen("gap", gap=gap)

    def two_linear_layers_collapse_into_one(self) -> Outcome:
        images = self.rows
        first, second = self.dense(7), self.dense(3)
        outputs = np.asarray(second(first(images)))
        (w1, b1), (w2, b2) = (map(np.asarray, layer.weights) for layer in (first, second))
        gap = abs(outputs - (images @ (w1 @ w2) + (b1 @ w2 + b2))).max()
        return gap < 1e-4, _seen("gap", gap=gap)

    # --- Building the network -------------------------------------------------------------------

    def sequential_takes_a_list_of_layers(self) -> Outcome:
        layers = [type(one).from_config(one.get_config()) for one in self.network().layers]
        return equal(self.keras.Sequential(layers).layers, layers)

    def the_last_layer_of_the_list_is_the_output(self) -> Outcome:
        dense, pixels = self.lesson.network.dense, self.lesson.data.pixels
        layers = [self.dense(layer.units) for layer in reversed(dense)]
        turned = self.keras.Sequential([self.keras.Input(shape=(pixels,)), *layers])
        observed = self.network().output_shape[-1], turned.output_shape[-1]
        return equal(observed, (dense[-1].units, dense[0].units))

    # --- The summary ----------------------------------------------------------------------------

    def none_stands_for_any_batch_size(self) -> Outcome:
        model, images = self.network(), self.few[0]
        sizes = [model(images[:size]).shape[0] for size in (1, 7, 33)]
        return equal((model.output_shape[0], sizes), (None, [1, 7, 33]))

    def output_shapes_follow_the_units(self) -> Outcome:
        shapes = tuple(row.output_shape for row in self.summary.rows)
        return equal(shapes, self.lesson.output_shapes)

    def hidden_parameters_are_weights_and_biases(self) -> Outcome:
        return equal(self.dense_parameters[:-1], self.lesson.dense_parameters[:-1])

    def output_parameters_are_weights_and_biases(self) -> Outcome:
        return equal(self.dense_parameters[-1], self.lesson.dense_parameters[-1])

    def the_total_is_the_sum_of_the_rows(self) -> Outcome:
        rows = sum(row.parameters or 0 for row in self.summary.rows)
        return equal((self.summary.total, rows), (self.lesson.parameters,) * 2)

    def every_parameter_is_trainable(self) -> Outcome:
        summary = self.summary
        return equal((summary.trainable, summary.non_trainable), (self.lesson.parameters, 0))

    def some_layers_have_non_trainable_parameters(self) -> Outcome:
        layers = [self.keras.Input(shape=(4,)), self.keras.layers.BatchNormalization()]
        summary = Summary.parse(summary_text(self.keras.Sequential(layers)))
        # a moving mean and a moving variance for each of the four inputs
        return equal((summary.trainable, summary.non_trainable), (8, 8))

    # --- Other ways to add layers ---------------------------------------------------------------

    def layers_can_be_made_inside_sequential(self) -> Outcome:
        model, network = models.build_named(lesson=self.lesson), self.lesson.network
        layers = zip(model.layers, network.layers, strict=True)
        names = [model.name] * bool(network.name) + [one.name for one, own in layers if own.name]
        return equal(names, [network.name] * bool(network.name) + network.names)

    def names_appear_in_the_summary(self) -> Outcome:
        model = models.build_named(lesson=self.lesson)
        text, network = summary_text(model), self.lesson.network
        return all(name in text for name in [network.name, *network.names]), text

    def add_builds_the_same_network(self) -> Outcome:
        listed = Summary.from_model(self.network())
        added = Summary.from_model(models.build_add(lesson=self.lesson))
        return added.matches(listed, shifted_names=True), str(added)

    def add_can_choose_layers_as_the_program_runs(self) -> Outcome:
        sizes = {}
        for deeper in (False, True):
            model = self.keras.Sequential([self.keras.Input(shape=(self.lesson.data.pixels,))])
            if deeper:
                model.add(self.dense(7))
            model.add(self.dense(self.lesson.data.classes))
            sizes[deeper] = len(model.layers)
        return equal(sizes, {False: 1, True: 2})

    def automatic_names_count_up(self) -> Outcome:
        return equal([self.network().name for _ in range(2)], ["sequential", "sequential_1"])

    def a_badly_named_fit_leaves_nothing_behind(self) -> Outcome:
        try:
            self.fit_few(self.named("hidden", "two words"), ["accuracy"])
        except ValueError:  # as korean-model-can-be-trained claims
            history = self.fit_few(self.named("hidden", "well_named"), ["accuracy"]).history
            return bool(history["loss"]), _seen("trains-afterwards")
        return False, _seen("trained")

    # --- Training -------------------------------------------------------------------------------

    def metrics_can_be_a_list(self) -> Outcome:
        return "accuracy" in self.brief.history, _seen("history", names=sorted(self.brief.history))

    def metrics_can_be_a_string(self) -> Outcome:
        history = self.fit_few(self.network(), "accuracy").history
        return "accuracy" in history, _seen("history", names=sorted(history))

    def sparse_loss_takes_integer_labels(self) -> Outcome:
        (loss,) = self.brief.history["loss"]
        return self.few[1].dtype.kind in "iu" and math.isfinite(loss), _seen("loss", loss=loss)

    def the_default_optimizer_is_rmsprop(self) -> Outcome:
        model, spec = self.network(), self.lesson.compile
        model.compile(loss=spec.loss)
        name = type(model.optimizer).__name__
        rate = float(np.asarray(model.optimizer.learning_rate))
        is_rate = math.isclose(rate, spec.learning_rate, rel_tol=1e-6)
        told = _seen("optimizer", name=name, rate=rate)
        return name.lower() == spec.optimizer and is_rate, told

    def fit_has_the_default_batch(self) -> Outcome:
        expected = math.ceil(FEW / (self.lesson.fit.batch_size or 1))
        steps = self.brief.model.fit(self.few[0], self.targets, verbose=0).params["steps"]
        return steps == expected, _seen("steps", steps=steps, images=FEW)

    def batch_size_can_be_changed(self) -> Outcome:
        half = {"batch_size": FEW // 2, "verbose": 0}
        history = self.brief.model.fit(self.few[0], self.targets, **half)
        return equal(history.params["steps"], 2)

    def an_epoch_has_its_steps(self) -> Outcome:
        return equal(self.trained.params["steps"], self.lesson.steps_per_epoch)

    def history_holds_loss_and_accuracy(self) -> Outcome:
        return equal(sorted(self.measured), sorted(["loss", *self.lesson.compile.metrics]))

    def history_lists_the_loss_first(self) -> Outcome:
        return equal(self.measured, ["loss", *self.lesson.compile.metrics])

    def training_runs_for_all_epochs(self) -> Outcome:
        return equal(len(self.trained.epoch), self.lesson.fit.epochs)

    def accuracy_rises_and_loss_falls(self) -> Outcome:
        accuracy, loss = (self.trained.history[key] for key in ("accuracy", "loss"))
        low, high, much, little = accuracy[0], accuracy[-1], loss[0], loss[-1]
        observed = _seen("progress", low=low, high=high, much=much, little=little)
        return high > low and little < much, observed

    def training_moves_every_weight_array(self) -> Outcome:
        after = self.trained.model.get_weights()
        pairs = zip(self.weights_before, after, strict=True)
        moved = [bool((one != own).any()) for one, own in pairs]
        return bool(moved) and all(moved), f"{moved}"

    def training_accuracy_reaches_its_bound(self) -> Outcome:
        reached = self.trained.history[ACCURACY][-1]
        return reached >= self.lesson.result.training_accuracy, f"{reached:.4f}"

    def validation_accuracy_reaches_its_bound(self) -> Outcome:
        part, names = self.prepared, ["loss", *self.lesson.compile.metrics]
        if self.lesson.split:
            targets = training.targets_of(self.lesson, part.val_target)
            values = self.trained.model.evaluate(part.val_scaled, targets, verbose=0)
            reached = values[names.index(ACCURACY)]
        else:
            reached = self.trained.history[f"val_{ACCURACY}"][-1]
        return reached >= self.lesson.result.validation_accuracy, f"{reached:.4f}"


IN_SUMMARY = {  # what stands there, with the numbers of the lesson
    "summary-shows-the-size-in-memory": ["({0.size})"],
    "summary-draws-lines-and-commas": ["____", " {0.parameters:,}\n"],
    "summary-draws-lines-and-sizes": ["____", " {0.parameters} ({0.size})"],
    "summary-draws-a-box": [*"┏┃┡│└"],
}
PROBES = {name.replace("_", "-"): one for name, one in vars(Probes).items() if name[0] != "_"}
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
    "can-be-summarised": lambda trial, model: Summary.parse(summary_text(model)).rows,
    "can-predict": lambda trial, model: len(model.predict(trial.rows, verbose=0)) == FEW,
    "can-be-trained": lambda trial, model: trial.fit_few(model, ["accuracy"]).history["loss"],
}


def _summary_probe(texts: list[str], trial: Trial) -> Outcome:
    return all(text.format(trial.lesson) in trial.text for text in texts), trial.text


def _named_probe(layer: str, model: str, action: Action, trial: Trial) -> Outcome:
    built = trial.named(layer, model)
    return bool(action(trial, built)), _seen("names", layer=layer, model=model)


PROBES |= {id_: partial(_summary_probe, texts) for id_, texts in IN_SUMMARY.items()}
for kind, names in NAMES.items():
    for what, action in ACTIONS.items():
        PROBES[f"{kind}-{what}"] = partial(_named_probe, *names, action)


def decide(claim: Claim, trial: Probes) -> Answer:
    """Ask the probe of ``claim``; an exception of TensorFlow is an answer, not a failure of ours.

    Keras's session is cleared before and after, so that no probe sees another's names or the
    scope that a failed training leaves behind.
    """
    clear = _compat.import_keras().backend.clear_session
    clear()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            holds, observed = PROBES[claim.id](trial)
        except Exception as error:  # whatever TensorFlow raises is what we want to know
            holds, observed = False, f"{type(error).__name__}: {_plain(str(error))}"
        finally:
            clear()
    notices = [_plain(str(one.message)) for one in caught]
    concerning = tuple(text for text in notices if claim.notice and claim.notice in text)
    expected = claim.holds_on(_compat.lesson_version())
    return Answer(claim, expected, bool(holds), observed, concerning)  # NumPy has its own bool


def _plain(text: str) -> str:
    """An error's text without colours, line breaks, and the frames that Keras 2 puts into it."""
    text = ANSI.sub("", text)
    if text.startswith("in user code:"):
        text = re.split(r"^ *\w+Error: ", text, flags=re.MULTILINE)[-1]
    return " ".join(text.split())
