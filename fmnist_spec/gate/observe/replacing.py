"""In the notebook's process: see whether its own code has replaced what is watched."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from fmnist_spec.gate.confine.inspecting import defines, is_own
from fmnist_spec.network import TYPES

MISSING = object()


@dataclass
class Originals:
    """What modules and classes of Keras and scikit-learn have, as it was before the notebook.

    A library may replace some of it, and tells what it does in its own name; so may a helper of
    the course, which is a file. Only what stands in the notebook itself is told.
    """

    _kept: list[tuple[str, Any, dict[str, Any]]] = field(default_factory=list)

    def keep(self, name: str, owner: Any, *names: str) -> None:
        """Remember what an owner has: by these names, or all of it."""
        held = vars(owner)
        kept = {one: held.get(one, MISSING) for one in names} if names else dict(held)
        self._kept.append((name, owner, kept))

    def keep_keras(self, keras: Any) -> None:
        """Remember layers, models and data sets of a Keras."""
        layers = [one for one in TYPES if hasattr(keras.layers, one)]
        self.keep("keras.layers", keras.layers, *layers)
        self.keep("keras", keras, "Sequential", "Model", "layers", "models", "datasets")
        classes = {kind for one in layers for kind in getattr(keras.layers, one).__mro__}
        for kind in classes | {*keras.Sequential.__mro__}:
            if kind is not object:
                self.keep(kind.__name__, kind)
        for name in dir(keras.datasets):
            if hasattr(getattr(keras.datasets, name), "load_data"):
                self.keep(f"keras.datasets.{name}", getattr(keras.datasets, name), "load_data")

    def replaced(self) -> Iterator[str]:
        """Name what the notebook has replaced, or taken away; each is told once."""
        for name, owner, kept in self._kept:
            held = vars(owner)
            for one in [one for one, was in kept.items() if held.get(one, MISSING) is not was]:
                kept[one] = held.get(one, MISSING)
                if kept[one] is MISSING or _is_notebooks(kept[one]):
                    yield f"{name}.{one}"


def _is_notebooks(value: Any) -> bool:
    """Whether a function, a property or a class is the notebook's own."""
    if isinstance(value, property):
        return any(map(_is_notebooks, (value.fget, value.fset)))
    if isinstance(value, staticmethod | classmethod):
        return _is_notebooks(value.__func__)
    if isinstance(value, type):
        return value.__module__ == "__main__" or defines(value)
    function = value if hasattr(value, "__code__") else type(value).__call__
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return False
    return is_own(code) or defines(function)
