"""Where a notebook may write: its home, and its mirror, into which files come by copying.

A file of the mirror is a link to the repository's. Before a notebook writes to it, a copy takes
the place of the link; of a folder that was laid as one, a folder of links does.
"""

import functools
import os
import pathlib
import pkgutil
import shutil
import sys
from os.path import realpath
from pathlib import Path
from typing import Any

from fmnist_spec.gate.confine.files.repository import is_large, lay_entries, place_of
from fmnist_spec.gate.confine.files.tree import is_below


class Scratch:
    """Says whether a notebook may write to a path, and makes it ready to be written.

    Args:
        home: the folder of its own.
        top: that of the mirror.
        root: that of the repository, to which links in the mirror may lead; "" if there is none.
    """

    def __init__(self, home: str, top: str, root: str = "") -> None:
        self._home, self._top, self.root = realpath(home), realpath(top), root
        self._listed: set[str] = set()

    def take(self, path: str, *, follow: bool = True, empty: bool = False) -> bool:
        """Make a path ready to be written; False: it leads elsewhere, and nothing was done.

        ``follow``: what is written is what a link leads to, not the link itself. ``empty``: its
        content is not needed.
        """
        if follow and self._holds(realpath(path)):
            return True
        head, name = os.path.split(path.rstrip(os.sep))
        if name in ("", ".", ".."):
            head, name = path, ""
        folder = self.take_folder(head)
        at = os.path.join(folder, name)
        if follow and os.path.islink(at) and not self._replace(at, empty):
            return self._holds(realpath(at))
        return self._holds(folder)

    def is_original(self, path: str) -> bool:
        """Whether a path leads into the repository itself, past the mirror."""
        real = realpath(path)
        return bool(self.root) and is_below(real, self.root) and not self._holds(real)

    def shown(self, real: str) -> str:
        """Give the place in the mirror of a file of the repository; other paths as they are.

        What the mirror leaves out, such as an environment with its packages, stays where it is.
        """
        if not self.is_original(real):
            return real
        place = place_of(real, self.root, self._top)
        return place if os.path.exists(place) or not os.path.exists(real) else real

    def _holds(self, real: str) -> bool:
        return is_below(real, self._top) or is_below(real, self._home) or real == os.devnull

    def take_folder(self, path: str) -> str:
        """Give the real folder of a path, after every link on the way that may be replaced is."""
        at = os.getcwd()
        for part in Path(path).parts:
            step = os.path.join(at, part)
            at = step if os.path.islink(step) and self._replace(step) else realpath(step)
        return at

    def list(self, path: str) -> None:
        """Before a folder is listed, have real folders in it: a walk follows no links."""
        folder = realpath(path)
        if folder in self._listed or not (self.root and is_below(folder, self._top)):
            return
        self._listed.add(folder)
        with os.scandir(folder) as entries:
            links = [one.path for one in entries if one.is_symlink() and one.is_dir()]
        for link in links:
            real = place_of(link, self._top, self.root)
            # The repository's own links stay: they may lead in a circle.
            if os.readlink(link) == real and not is_large(real):
                self._replace(link)

    def _replace(self, link: str, empty: bool = False) -> bool:
        """Put what a link leads to in its place. False: it may not be, or is no link."""
        real, folder = realpath(link), os.path.dirname(link)
        if self._holds(real) or not (os.path.islink(link) and self._holds(folder)):
            return False
        if not (self.root and is_below(real, self.root)):
            return False
        if os.path.isdir(real):
            lay_entries(real, link)
            return True
        return os.path.isfile(real) and _copy(real, link, empty)


def stay_in_mirror(scratch: Scratch) -> None:
    """Have paths that this process resolves lead to the mirror, where its files are links.

    A helper that saves beside itself asks for the real path of its own file. Modules are found in
    the mirror, too, where ``sys.path`` has a folder of the repository.
    """

    @functools.wraps(realpath)
    def resolve(*arguments: Any, **named: Any) -> Any:
        real = realpath(*arguments, **named)
        shown = scratch.shown(os.fsdecode(real))
        return shown if isinstance(real, str) else os.fsencode(shown)

    vars(os.path)["realpath"] = resolve
    if accessor := getattr(pathlib, "_NormalAccessor", None):  # of Python 3.10
        accessor.realpath = staticmethod(resolve)

    def find_in_mirror(folder: str) -> Any:
        if (shown := scratch.shown(realpath(folder))) == folder or not os.path.isdir(shown):
            raise ImportError(name=folder)  # as a hook says that it is for others
        return pkgutil.get_importer(shown)

    sys.path_hooks.insert(0, find_in_mirror)
    for folder in list(sys.path_importer_cache):
        if scratch.root and is_below(folder, scratch.root):
            del sys.path_importer_cache[folder]


def _copy(real: str, link: str, empty: bool) -> bool:
    with open(real, "rb") as content:
        os.remove(link)
        try:
            with open(link, "xb") as copy:
                if not empty:
                    shutil.copyfileobj(content, copy)
        except OSError:  # such as a file larger than allowed, to which a line is to be added
            os.remove(link)
            os.symlink(real, link)
            raise
    return True
