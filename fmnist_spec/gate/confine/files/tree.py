"""What stands in folders, without what is hidden in them, and what of that may be read.

Plain strings instead of paths: all of this is done for each file.
"""

import contextlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

CACHE = "__pycache__"
LEFT_OUT = (CACHE, "node_modules")
ENVIRONMENT = "pyvenv.cfg"  # it stands in every virtual environment
MOST_NAMES = 100_000  # that are looked at: each takes a microsecond


@dataclass
class Folder:
    """The names in a folder that are not hidden."""

    files: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    whole: bool = True  # nothing is hidden in it, and in what is below it


Tree = dict[str, Folder]


def is_hidden(name: str) -> bool:
    """Whether a notebook does not see a file or folder of this name."""
    return name[0] == "." or name in LEFT_OUT


def walk(first: Iterable[str], hides: Callable[[str], bool] = lambda _: False) -> Tree:
    """Look at folders, and at all below them from the top down, until MOST_NAMES are seen.

    Hidden are names that begin with a dot, caches, virtual environments, and folders for which
    ``hides`` says so. Those that cannot be read, or that are too many, are not in the tree.
    """
    first = list(first)
    tree, waiting, room = Tree(), deque(first), MOST_NAMES
    while waiting and room > 0:
        path = waiting.popleft()
        if path in tree:
            continue
        with contextlib.suppress(OSError):
            found, names = _look(path)
            room -= names
            if path in first or not os.path.exists(f"{path}/{ENVIRONMENT}"):
                tree[path] = found
                below = [f"{path.rstrip(os.sep)}/{name}" for name in found.folders]
                waiting.extend(one for one in below if not hides(one))
    for path in sorted(tree, key=len, reverse=True):  # what is below comes first
        one = tree[path]
        inner = (tree.get(f"{path.rstrip(os.sep)}/{name}") for name in one.folders)
        one.whole = one.whole and all(each is not None and each.whole for each in inner)
    return tree


def _look(path: str) -> tuple[Folder, int]:
    found, count = Folder(), 0
    with os.scandir(path) as entries:
        for count, entry in enumerate(entries, 1):  # noqa: B007  # it is how many there are
            name = entry.name
            if is_hidden(name):
                found.whole = found.whole and name == CACHE
            elif entry.is_symlink():
                found.links.append(name)
            elif entry.is_dir():
                found.folders.append(name)
            else:
                found.files.append(name)
    return found, count


def shows(tree: Tree, real: str) -> bool:
    """Whether a path is one of a tree's folders or files."""
    if real in tree:
        return True
    folder, name = os.path.split(real)
    return folder in tree and not is_hidden(name) and not os.path.isdir(real)


def readable(tree: Mapping[str, Folder]) -> list[str]:
    """Give the folders that may be read with all below them, and the files in the other ones."""
    paths = []
    for path, one in tree.items():
        if not one.whole:
            paths += [f"{path.rstrip(os.sep)}/{name}" for name in one.files]
        elif not (parent := tree.get(os.path.dirname(path))) or not parent.whole:
            paths.append(path)
    return paths


def is_below(path: str, folder: str) -> bool:
    """Whether a path is a folder, or leads to what is in it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


class Readable:
    """The real paths that may be read, with all below them, as the kernel is told them."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = set(paths)

    def __contains__(self, real: str) -> bool:
        while real not in self._paths:
            real, above = os.path.dirname(real), real
            if real == above:
                return False
        return True
