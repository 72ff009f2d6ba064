"""A notebook's repository, laid again in a folder where the notebook may write: its mirror.

The folders of a mirror are real, its files are links to those of the repository, so that it costs
little. Where the kernel does not keep native code from writing through a link, they are copies.
"""

import contextlib
import os
import shutil
from collections.abc import Callable
from itertools import islice
from os.path import realpath  # which a notebook's is not, later
from pathlib import Path

from fmnist_spec.gate.confine.files.tree import Tree, is_below, is_hidden, shows, walk

GIT, PROJECT = ".git", "pyproject.toml"  # which mark a repository's top folder
MOST_ENTRIES = 1_000  # that get a link of their own at once: each takes 15 microseconds or more
MOST_LISTED = 100_000  # that get one only once their folder is listed
MOST_BYTES = 500 * 2**20  # that are copied, where files are
Lay = Callable[[str, str], object]  # a file or folder of the repository, and its place


def folders_of(notebook: Path) -> tuple[str, str]:
    """Give the top of a notebook's repository, and the notebook's own folder.

    The top is the nearest folder above the notebook with .git; where there is none, that with
    pyproject.toml, which in git may stand in any folder; else its own folder.
    """
    own = Path(realpath(notebook.parent))
    above = (own, *own.parents)
    marked = (one for mark in (GIT, PROJECT) for one in above if (one / mark).exists())
    return str(next(marked, own)), str(own)


def seen(root: str, own: str, top: str) -> Tree:
    """Look at a repository as far as a notebook sees it: its own folder ``own`` comes first.

    Not below a folder of temporary files that holds the mirror, ``top``, itself.
    """
    return walk(way(root, own), lambda folder: is_below(top, folder))


def way(root: str, own: str) -> list[str]:
    """Give a folder, and those above it up to ``root``."""
    folders = [own]
    while folders[-1] != root:
        folders.append(os.path.dirname(folders[-1]))
    return folders


def mirror(root: str, own: str, top: str, lay: Lay = os.symlink, tree: Tree | None = None) -> str:
    """Lay the repository ``root`` in the empty folder ``top``, and give the place of ``own`` there.

    Left out are names that begin with a dot, caches and virtual environments, links that lead
    nowhere, and what cannot be read; of .git there is an empty folder, by which a notebook may
    find the top. ``own`` comes first, then all from the top down; folders beyond the first
    MOST_ENTRIES entries are laid as one, if nothing is left out in them. A link of the repository
    leads to the place in the mirror of what it led to, where there is one.
    """
    tree = seen(root, own, top) if tree is None else tree
    on_the_way = way(root, own)  # these are laid entry by entry, whatever they hold
    place = place_of(own, root, top)
    os.makedirs(place, exist_ok=True)
    if os.path.exists(f"{root}/{GIT}"):
        os.mkdir(f"{top}/{GIT}")
    laid, room = set(on_the_way), MOST_ENTRIES
    for path, folder in tree.items():
        at = place_of(path, root, top)
        if path not in on_the_way:
            if os.path.dirname(path) not in laid:
                continue  # it is in one that was laid as one
            if folder.whole and room < len(folder.files) + len(folder.links) + len(folder.folders):
                lay(path, at)
                continue
            os.mkdir(at)
            laid.add(path)
        room -= len(folder.files) + len(folder.links) + len(folder.folders)
        for name in folder.files:
            with contextlib.suppress(OSError):  # of a copy
                lay(f"{path}/{name}", f"{at}/{name}")
        for name in folder.links:
            with contextlib.suppress(OSError):
                real = realpath(f"{path}/{name}")
                _lay_link(real, place_of(real, root, top), f"{at}/{name}", lay, shows(tree, real))
    return place


def lay_entries(folder: str, link: str) -> None:
    """Put links to what a folder holds, each folder as one, in the place of a link to it."""
    entries = _entries(folder, None)
    os.remove(link)
    os.mkdir(link)
    for entry in entries:
        os.symlink(realpath(entry.path), f"{link}/{entry.name}")


def is_large(folder: str) -> bool:
    """Whether a folder holds so much that it is laid entry by entry only where it must be."""
    return len(_entries(folder, MOST_LISTED + 1)) > MOST_LISTED


def place_of(path: str, root: str, top: str) -> str:
    """Give the place below ``top`` of what stands below ``root``."""
    return os.path.normpath(f"{top}/{os.path.relpath(path, root)}")


def _entries(folder: str, most: int | None) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        shown = (one for one in found if not is_hidden(one.name))
        return list(islice(shown, most))


def _lay_link(real: str, place: str, at: str, lay: Lay, shown: bool) -> None:
    """Lay a link of the repository, which leads to ``real``, shown at ``place`` if at all.

    What is hidden, or outside, cannot be read through it: who opens it hears that.
    """
    if not os.path.exists(real):
        return
    if lay is os.symlink:
        lay(place if shown else real, at)
    elif shown:
        lay(real, at)


class Copies:
    """Lays copies of files instead of links, and no folder as one, until MOST_BYTES are used."""

    def __init__(self) -> None:
        self._room = MOST_BYTES

    def __call__(self, real: str, place: str) -> None:
        """Copy a file; leave out what is none, and what is too large."""
        size = os.stat(real).st_size
        if os.path.isfile(real) and size <= self._room:
            self._room -= size
            shutil.copyfile(real, place)
