"""A stand-in for ``google.colab``, which there is on Colab only: all that it has does nothing."""

from __future__ import annotations

import errno
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import PurePath
from types import ModuleType
from typing import Any

from fmnist_spec.gate.kernel.near import is_installed

COLAB = "google.colab"


class Uploads(dict[str, bytes]):
    """The files that somebody uploaded: none."""

    def __missing__(self, name: str) -> bytes:
        raise FileNotFoundError(errno.ENOENT, "nobody uploaded it", f"/content/{name}")


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

    def __repr__(self) -> str:
        return ""

    def _ipython_display_(self) -> None:
        """Show nothing, as what it stands for gives nothing."""


class _StandIn(ModuleType):
    known: Mapping[str, Any]  # by its whole name, what does something all the same

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        whole = f"{self.__name__}.{name}"
        if name.endswith("Error"):
            value: Any = type(name, (Exception,), {})
        elif self.__name__ == COLAB:
            value = importlib.import_module(whole)
        else:
            value = self.known.get(whole, Nothing())
        setattr(self, name, value)
        return value


class StandIns(MetaPathFinder, Loader):
    """Finds ``google.colab`` and its modules where nobody else does.

    ``uploaded`` is called when the notebook asks for an upload, ``mounted`` with the folder where
    it mounts a drive.
    """

    def __init__(self, uploaded: Callable[[], None], mounted: Callable[[str], None]) -> None:
        def upload(*_: Any, **__: Any) -> Uploads:
            uploaded()
            return Uploads()

        def mount(mountpoint: object = "", *_: Any, **__: Any) -> None:
            folder = str(mountpoint).rstrip("/")
            if folder.startswith("/") and not PurePath("/content").is_relative_to(folder):
                mounted(folder)

        self._known = {f"{COLAB}.files.upload": upload, f"{COLAB}.drive.mount": mount}

    def install(self) -> bool:
        """Stand in from now on. Gives False where there is one, or Colab's own."""
        if is_installed(COLAB):
            return False
        sys.meta_path.append(self)
        return True

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module of Colab's. Others of ``google``, as ``google.protobuf``, stay theirs."""
        if name in ("google", COLAB) or name.startswith(f"{COLAB}."):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make a stand-in; ``google`` itself, if there is none, has nothing but Colab's."""
        if spec.name == "google":
            return ModuleType("google")
        module = _StandIn(spec.name)
        module.known = self._known
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Fill in nothing: what is asked for is made when it is."""
