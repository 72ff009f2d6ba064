"""A notebook's repository, laid again in a folder where the notebook may write: its mirror.

The folders of a mirror are real, its files are links to those of the repository, so that it costs
little. Where the kernel does not keep native code from writing through a link, they are copies.
Plain strings instead of paths: all of this is done for each file.
"""

import contextlib
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from os.path import realpath  # which a notebook's is not, later
from pathlib import Path

GIT, PROJECT = ".git", "pyproject.toml"  # which mark a repository's top folder
LEFT_OUT = ("__pycache__", "node_modules")
ENVIRONMENT = "pyvenv.cfg"  # it stands in every virtual environment
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


def mirror(root: str, own: str, top: str, lay: Lay = os.symlink) -> str:
    """Lay the repository ``root`` in the empty folder ``top``, and give the place of ``own`` there.

    Left out are names that begin with a dot, caches and virtual environments, links that lead
    nowhere, and what cannot be read; of .git there is an empty folder, by which a notebook may
    find the top. ``own`` comes first, then all from the top down; folders
    beyond the first MOST_ENTRIES entries are laid as one.
    """
    way = [own]  # these are laid entry by entry, whatever they hold
    while way[-1] != root:
        way.append(os.path.dirname(way[-1]))
    place = place_of(own, root, top)
    os.makedirs(place, exist_ok=True)
    if os.path.exists(f"{root}/{GIT}"):
        os.mkdir(f"{top}/{GIT}")
    waiting, room = deque(way), MOST_ENTRIES
    while waiting:
        folder = waiting.popleft()
        at = place_of(folder, root, top)
        with contextlib.suppress(OSError):
            entries = _entries(folder, None if folder in way else max(room, 0) + 1)
            if folder not in way:
                if os.path.exists(f"{folder}/{ENVIRONMENT}"):
                    continue
                if len(entries) > room:
                    lay(folder, at)
                    continue
                os.mkdir(at)
            room -= len(entries)
            inner = _lay_files(entries, at, lay)
            # A folder of temporary files may hold the mirror itself.
            waiting.extend(one for one in inner if one not in way and not is_below(top, one))
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
        shown = (one for one in found if one.name[0] != "." and one.name not in LEFT_OUT)
        return list(islice(shown, most))


def _lay_files(entries: list[os.DirEntry[str]], at: str, lay: Lay) -> Iterator[str]:
    """Lay the files and links among entries, and give the folders."""
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield entry.path
            continue
        with contextlib.suppress(OSError):  # of a copy
            real = realpath(entry.path) if entry.is_symlink() else entry.path
            if real is entry.path or os.path.exists(real):
                lay(real, f"{at}/{entry.name}")


def is_below(path: str, folder: str) -> bool:
    """Whether a path is a folder, or leads to what is in it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


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
