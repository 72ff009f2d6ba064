"""A stand-in for ``google.colab``, which there is on Colab only: all that it has does nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import PurePath
from types import ModuleType
from typing import Any

from fmnist_spec.gate.kernel.near import is_installed

COLAB = "google.colab"
MODULES = (
    *("ai", "auth", "autoviz", "data_table", "drive", "enterprise", "errors", "files", "html"),
    *("output", "patches", "runtime", "sheets", "snippets", "syntax", "userdata", "widgets"),
    *("_ipython", "_message"),
)


class Uploads(dict[str, bytes]):
    """The files that somebody uploaded: none. Who looks for one lacks what only Colab has."""


class Nothing(str):
    """A function, class or value of Colab's: whatever is asked of it does nothing.

    It is an empty text, too, as a key may be that is asked for by its name.
    """

    def __call__(self, *_: Any, **__: Any) -> Nothing:
        """Do nothing."""
        return self

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def _ipython_display_(self) -> None:
        """Show nothing, as what it stands for gives nothing."""


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value: Any = type(name, (Exception,), {}) if name.endswith("Error") else Nothing()
        setattr(self, name, value)
        return value


def stand_in(uploaded: Callable[[], None], mounted: Callable[[str], None]) -> bool:
    """Have ``google.colab`` and its modules from now on. Gives False where they are there.

    ``uploaded`` is called when the notebook asks for an upload, ``mounted`` with the folder where
    it mounts a drive. Others of ``google``, as ``google.protobuf``, stay what they are.
    """

    def upload(*_: Any, **__: Any) -> Uploads:
        uploaded()
        return Uploads()

    def mount(mountpoint: object = "", *_: Any, **__: Any) -> None:
        folder = str(mountpoint).rstrip("/")
        if folder.startswith("/") and not PurePath("/content").is_relative_to(folder):
            mounted(folder)

    if is_installed(COLAB):
        return False
    with suppress(ImportError):
        import_module("google")
    modules = {name: _StandIn(f"{COLAB}.{name}") for name in MODULES}
    vars(modules["files"])["upload"], vars(modules["drive"])["mount"] = upload, mount
    colab = _StandIn(COLAB)
    vars(colab).update(modules)
    vars(sys.modules.setdefault("google", ModuleType("google")))["colab"] = colab
    sys.modules.update({one.__name__: one for one in (colab, *modules.values())})
    return True
