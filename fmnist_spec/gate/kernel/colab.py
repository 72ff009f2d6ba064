"""A stand-in for ``google.colab``, which there is on Colab only: all that it has does nothing."""

from __future__ import annotations

import errno
import importlib
import sys
from collections.abc import Callable, Sequence
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


class Nothing:
    """A function, class or value of Colab's: whatever is asked of it does nothing."""

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

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __str__(self) -> str:
        return ""

    __repr__ = __str__

    def _ipython_display_(self) -> None:
        """Show nothing, as what it stands for gives nothing."""


class _StandIn(ModuleType):
    uploaded: Callable[[], None]
    mounted: Callable[[str], None]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.endswith("Error"):
            value: Any = type(name, (Exception,), {})
        elif self.__name__ == COLAB:
            value = importlib.import_module(f"{COLAB}.{name}")
        elif (self.__name__, name) == (f"{COLAB}.files", "upload"):
            value = self._upload
        elif (self.__name__, name) == (f"{COLAB}.drive", "mount"):
            value = self._mount
        else:  # what is asked for by name is a text, as a key
            value = _no_text if self.__name__ == f"{COLAB}.userdata" else Nothing()
        setattr(self, name, value)
        return value

    def _upload(self, *_: Any, **__: Any) -> Uploads:
        self.uploaded()
        return Uploads()

    def _mount(self, mountpoint: object = "", *_: Any, **__: Any) -> None:
        folder = str(mountpoint).rstrip("/")
        if folder.startswith("/") and not PurePath("/content").is_relative_to(folder):
            self.mounted(folder)


def _no_text(*_: Any, **__: Any) -> str:
    return ""


class StandIns(MetaPathFinder, Loader):
    """Finds ``google.colab`` and its modules where nobody else does.

    ``uploaded`` is called when the notebook asks for an upload, ``mounted`` with the folder where
    it mounts a drive.
    """

    def __init__(self, uploaded: Callable[[], None], mounted: Callable[[str], None]) -> None:
        self._uploaded, self._mounted = uploaded, mounted

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
        module.uploaded, module.mounted = self._uploaded, self._mounted
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Fill in nothing: what is asked for is made when it is."""
