"""Shorten a training from outside: fewer images, fewer epochs, and a history as long as asked."""

import math
from collections.abc import Mapping, MutableMapping
from operator import length_hint
from typing import Any

from fmnist_spec._compat import DEFAULT_BATCH_SIZE

# Whole batches, so that Keras knows their size as it does with all images: its errors are the same.
IMAGES, VALIDATION_IMAGES, EPOCHS = 160, 64, 5
BATCH = DEFAULT_BATCH_SIZE  # also taken for what comes in batches of its own
TRIPLE = ("x", "y", "sample_weight")
Arguments = MutableMapping[str, Any]


def shorten_fit(arguments: Arguments) -> bool:
    """Change the arguments of ``fit`` to those of a short training; say whether any changed."""
    before = dict(arguments)
    if "epochs" in arguments:
        last = arguments.get("initial_epoch", 0) + EPOCHS
        arguments["epochs"] = min(arguments["epochs"], last)
    shorten(arguments, "steps_per_epoch")
    if arguments.get("validation_data") is not None:
        _shorten_validation(arguments)
    return any(arguments[name] is not before.get(name) for name in arguments)


def shorten(arguments: Arguments, steps: str, images: int = IMAGES) -> None:
    """Take the first ``images`` of arrays; of anything else, as many batches as they make."""
    if arguments.get("x") is None:
        return
    count, asked = _length(arguments["x"]), arguments.get(steps)
    batches = math.ceil(min(count or images, images) / (arguments.get("batch_size") or BATCH))
    if count is not None and count > images:
        for name in TRIPLE:
            if name in arguments:
                arguments[name] = _first(arguments[name], images)
    if asked is not None:
        arguments[steps] = min(asked, batches)
    elif count is None and hasattr(arguments["x"], "take"):  # a tf.data.Dataset starts afresh
        arguments["x"] = arguments["x"].take(batches)
    elif count is None:
        arguments[steps] = min(length_hint(arguments["x"], batches), batches)  # or a generator


def pad_history(history: Any, asked: Mapping[str, Any]) -> None:
    """Give a History the parameters that were asked for, and repeat its last values as often.

    A notebook may plot them against ``range(epochs)``. A training that stopped early stays short.
    """
    requested, first = asked["epochs"], asked["initial_epoch"]
    params = history.params or {}  # none, if the notebook brings a list of callbacks of its own
    history.params = {**params, "epochs": requested, "steps": _steps(asked) or params.get("steps")}
    missing = requested - first - len(history.epoch)
    if len(history.epoch) < EPOCHS or history.model.stop_training:
        return
    for values in history.history.values():
        values.extend(values[-1:] * missing)
    history.epoch.extend(range(requested - missing, requested))


def _steps(asked: Mapping[str, Any]) -> int | None:
    """Count the steps of an epoch of a training that is not shortened, if they are known."""
    if asked["steps_per_epoch"] is not None:
        return int(asked["steps_per_epoch"])
    if (count := _length(asked["x"])) is None:
        return length_hint(asked["x"], 0) or None  # of a generator, or of a tf.data.Dataset
    trained = math.floor(count * (1 - (asked["validation_split"] or 0)))
    return math.ceil(trained / (asked["batch_size"] or BATCH))


def _shorten_validation(arguments: Arguments) -> None:
    given = arguments["validation_data"]
    in_parts = isinstance(given, list | tuple)
    parts = dict(zip(TRIPLE, given if in_parts else [given], strict=False))
    own = {"steps": "validation_steps", "batch_size": "validation_batch_size"}
    options = {name: arguments[long] for name, long in own.items() if long in arguments}
    shorter = {**parts, **options}
    shorten(shorter, "steps", VALIDATION_IMAGES)
    if any(shorter[name] is not parts[name] for name in parts):
        data = tuple(shorter[name] for name in parts)
        arguments["validation_data"] = data if in_parts else data[0]
    if shorter.get("steps") is not options.get("steps"):
        arguments["validation_steps"] = shorter["steps"]


def _length(given: Any) -> int | None:
    """Count the images of arrays; None for what gives batches instead."""
    if isinstance(given, dict):
        return _length(next(iter(given.values()), None))
    if isinstance(given, list | tuple):
        return _length(given[0]) if _are_arrays(given) else len(given)
    shape = getattr(given, "shape", None)
    return int(shape[0]) if shape else None


def _are_arrays(given: Any) -> bool:
    """Say whether a list holds one array for each input, as Keras takes it."""
    return bool(given) and len(getattr(given[0], "shape", ())) > 0


def _first(given: Any, count: int) -> Any:
    if given is None:
        return None
    if isinstance(given, dict):
        return {name: _first(one, count) for name, one in given.items()}
    if isinstance(given, list | tuple) and _are_arrays(given):
        return type(given)(_first(one, count) for one in given)
    return getattr(given, "iloc", given)[:count]
