"""In the notebook's process: watch what is asked of models, from their making to predict()."""

import contextlib
import functools
import math
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from fmnist_spec.gate import events
from fmnist_spec.gate.observe import keras_objects
from fmnist_spec.gate.observe.calls import Call, Wrapper
from fmnist_spec.gate.observe.images import Recogniser
from fmnist_spec.gate.observe.pictures import first_images
from fmnist_spec.gate.observe.shortening import pad_history, shorten, shorten_fit

WEIGHTS = ("class_weight", "sample_weight")  # arguments of fit() that change the loss
SHOWN = 8  # trainings of a notebook whose images are told: a report shows no more


@dataclass
class _ModelState:
    number: int
    index: int  # of its event ModelBuilt
    at: tuple[int, int | None]  # cell and line where it was made
    by: tuple[int, int] | None
    listed: int | None  # layers in the constructor's list; None if it was not made as a Sequential
    added: int = 0
    compiled: int | None = None  # index of the event
    fits: int = 0
    recompiled: bool = False
    free: bool = False  # it was given no input shape: what it is first called with decides it

    @property
    def style(self) -> Literal["list", "add", "mixed", "other"]:
        if self.listed is None:
            return "other"
        if self.listed and self.added:
            return "mixed"
        return "list" if self.listed else "add"


class ModelWatch:
    """Watches the models of one process, and remembers them. ``full``: do not shorten training."""

    def __init__(self, wrapper: Wrapper, recogniser: Recogniser, full: bool) -> None:
        self._wrapper, self._recogniser, self._full = wrapper, recogniser, full
        self._models: weakref.WeakKeyDictionary[Any, _ModelState] = weakref.WeakKeyDictionary()
        self._count = 0
        self._trains = False
        self._to_show = 0  # trainings whose images are still to be told
        self._changed: list[Any] = []  # models that this cell built or added to

    def install(self, sequential: Any, package: str) -> None:
        """Wrap the methods of a Keras's Sequential, and with them those of other models."""
        self._wrapper.method(sequential, "__init__", self._init)
        self._wrapper.method(sequential, "compile", functools.partial(self._compile, package))
        for watch in (self._add, self._summary, self._fit, self._evaluate, self._predict):
            self._wrapper.method(sequential, watch.__name__.removeprefix("_"), watch)

    def show_images(self) -> None:
        """Tell some images of the next trainings, too."""
        self._to_show = SHOWN

    def end_cell(self) -> None:
        """Tell how the models that the cell built or added to have become."""
        for model in self._changed:
            self._tell_built(model)
        self._changed.clear()

    def _at(self, call: Call) -> tuple[int, int | None]:
        return self._wrapper.sink.cell, call.line

    def _init(self, call: Call) -> None:
        call.go()
        self._remember(call, listed=len(call["self"].layers))

    def _add(self, call: Call) -> Any:
        result, state = call.go(), self._state_of(call)
        state.free = not call["self"].built
        if not keras_objects.is_input(call["layer"]):
            state.added += 1
            self._changed.append(call["self"])
        return result

    def _remember(self, call: Call, listed: int | None = None) -> _ModelState:
        model, index = call["self"], self._wrapper.sink.reserve()
        state = self._models[model] = _ModelState(
            self._count, index, self._at(call), call.by, listed
        )
        state.free = not model.built
        self._count += 1
        self._changed.append(model)
        self._tell_built(model)
        return state

    def _state_of(self, call: Call) -> _ModelState:
        """Give what is remembered of a model; one of another origin is met here first."""
        return self._models.get(call["self"]) or self._remember(call)

    def _tell_built(self, model: Any) -> None:
        state = self._models[model]
        layers = [one for one in model.layers if not keras_objects.is_input(one)]
        event = events.ModelBuilt(
            *state.at,
            model=state.number,
            style=state.style,
            network=self._network(model, as_made=True),
            model_named=keras_objects.is_named(model),
            layers_named=tuple(keras_objects.is_named(layer) for layer in layers),
            by=state.by,
        )
        self._wrapper.sink.tell(state.index, event)

    def _network(self, model: Any, *, as_made: bool = False) -> events.Network:
        """Describe a model. Of a shape that a call has decided, the batch size is no one's choice.

        As it was made, such a model has no shape.
        """
        network = keras_objects.network(model)
        batch, *image = network.input_shape or (None,)
        if batch is None or not self._models[model].free:
            return network
        return replace(network, input_shape=None if as_made else (None, *image))

    def _summary(self, call: Call) -> Any:
        state, result = self._state_of(call), call.go()
        network = self._network(call["self"])
        told = events.Summarised(*self._at(call), state.number, network, by=call.by)
        self._wrapper.sink.add(told)
        return result

    def _compile(self, package: str, call: Call) -> Any:
        result, model, state = call.go(), call["self"], self._state_of(call)
        event = events.Compiled(
            *self._at(call),
            model=state.number,
            loss=keras_objects.loss(call["loss"], package, call["loss_weights"]),
            metrics=keras_objects.metrics(call["metrics"], package),
            optimizer=keras_objects.optimizer(model, call["optimizer"]),
            learning_rate=keras_objects.learning_rate(model),
            metrics_as_string=isinstance(call["metrics"], str),
            unknown=keras_objects.unknown(call["loss"], call["metrics"], package),
            by=call.by,
        )
        state.compiled, state.recompiled = self._wrapper.sink.add(event), True
        return result

    def _fit(self, call: Call) -> Any:
        state = self._state_of(call)
        asked = {name: call[name] for name in call.bound.signature.parameters}
        short = not self._full and shorten_fit(call.bound.arguments)
        try:
            with self._timed():
                history = call.go()
        except Exception:
            with contextlib.suppress(Exception):  # it may have been given anything
                self._tell_fit(call, asked, shortened=short, history={}, raised=True)
            raise
        ran, wanted = len(history.epoch), call["epochs"] - call["initial_epoch"]
        values = {name: _floats(values) for name, values in history.history.items()}
        stopped = ran if ran < wanted else None
        self._tell_fit(call, asked, shortened=short, history=values, stopped=stopped)
        state.fits, state.recompiled = state.fits + 1, False
        if short:
            pad_history(history, asked)
        return history

    def _tell_fit(self, call: Call, asked: dict[str, Any], **how: Any) -> None:
        state, model, (cell, line) = self._state_of(call), call["self"], self._at(call)
        event = events.Fitted(
            cell=cell,
            line=line,
            model=state.number,
            network=self._network(model),
            compiled=state.compiled,
            earlier_fits=state.fits,
            recompiled=bool(state.fits) and state.recompiled,
            learning_rate=keras_objects.learning_rate(model),
            optimizer=keras_objects.optimizer_class(model),
            by=call.by,
            **self._settings(asked),
            **how,
        )
        self._wrapper.sink.add(event)

    @contextlib.contextmanager
    def _timed(self) -> Iterator[None]:
        """Tell when a training that is not shortened begins and ends: it has a limit of its own."""
        if not self._full or self._trains:  # a callback may train, too
            yield
            return
        self._trains = True
        self._wrapper.sink.say("training", True)
        try:
            yield
        finally:
            self._trains = False
            self._wrapper.sink.say("training", False)

    def _settings(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Say on what fit() is to train and validate, how long, and with which weights."""
        given, steps = asked["validation_data"], asked["steps_per_epoch"]
        images, labels, batch = keras_objects.join_batches(asked["x"], asked["y"], steps)
        held_back = (*given, None)[:2] if isinstance(given, list | tuple) else (given, None)
        seen, held = self._recogniser.look(images, labels), self._recogniser.look(*held_back)
        return {
            "images": seen,
            "shared": self._recogniser.shared(held, seen),
            "pictures": self._pictures(images),
            "batch_size": (asked["batch_size"] and int(asked["batch_size"])) or batch,
            "validation": held,
            "epochs": int(asked["epochs"]),
            "initial_epoch": int(asked["initial_epoch"]),
            "steps_per_epoch": steps and int(steps),
            "validation_split": float(asked["validation_split"] or 0),
            "callbacks": keras_objects.callbacks(asked["callbacks"]),
            "weights": tuple(name for name in WEIGHTS if asked[name] is not None),
        }

    def _pictures(self, images: Any) -> events.Pictures | None:
        if not self._to_show:
            return None
        self._to_show -= 1
        return first_images(images, self._recogniser.shape)

    def _evaluate(self, call: Call) -> Any:
        state = self._state_of(call)
        images = self._recogniser.look(call["x"], call["y"])
        asked = [call[name] and int(call[name]) for name in ("batch_size", "steps")]
        if not self._full:
            shorten(call.bound.arguments, "steps")
        result = call.go()
        values = _floats(result.values() if isinstance(result, dict) else result)
        at, number = self._at(call), state.number
        told = events.Evaluated(*at, number, images, values, *asked, by=call.by)
        self._wrapper.sink.add(told)
        return result

    def _predict(self, call: Call) -> Any:
        state, result = self._state_of(call), call.go()
        shape, images = getattr(result, "shape", ()), self._recogniser.look(call["x"])
        told = events.Predicted(*self._at(call), state.number, images, tuple(shape), by=call.by)
        self._wrapper.sink.add(told)
        return result


def _floats(values: Any) -> tuple[float, ...]:
    several = values if isinstance(values, Iterable) else [values]
    return tuple(map(_mean, several))


def _mean(value: Any) -> float:
    """Give a number, or the mean of several; a callback may have added what is none."""
    with contextlib.suppress(TypeError, ValueError):
        return float(np.mean(value))
    return math.nan
