"""Remove a folder, whatever is in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
BY_DESCRIPTOR = {os.open, os.chmod, os.rename, os.rmdir, os.unlink} <= os.supports_dir_fd
FOLLOWS = os.chmod not in os.supports_follow_symlinks  # only a folder is given to it, no link
TRIES = 5  # where a process that is about to end still writes


def remove_folder(path: Path) -> None:
    """Remove a folder with all that is in it, as far as that is allowed; raise nothing.

    It may be deeper than a path may be long, or than Python may recurse, and have folders that
    nobody may enter. A link is removed, never what it leads to.
    """
    if not BY_DESCRIPTOR or os.scandir not in os.supports_fd:  # Windows
        with suppress(OSError, RecursionError):
            shutil.rmtree(path, ignore_errors=True)
        return
    for _ in range(TRIES):
        with suppress(OSError):
            if not path.is_symlink():
                path.chmod(0o700)
        with suppress(OSError), _opened(str(path)) as top:
            _empty(top)
        with suppress(OSError):
            path.rmdir()
        if not os.path.lexists(path):
            return


def _empty(top: int) -> None:
    """Remove what is in an open folder: each folder in one of its folders first moves up into it.

    So none is ever deeper than that, and no path is longer than two names.
    """
    names = (f"moved-{number}" for number in count())
    folders = _folders_left(top)
    while folders:
        name = folders.pop()
        with suppress(OSError), _opened(name, top) as folder:
            for one in _folders_left(folder):
                with suppress(OSError):
                    folders.append(_move(one, folder, top, names))
        with suppress(OSError):
            os.rmdir(name, dir_fd=top)


def _move(name: str, folder: int, top: int, names: Iterator[str]) -> str:
    """Move a folder up, under a name that is free: an empty folder would be replaced."""
    for new in names:
        try:
            os.stat(new, dir_fd=top, follow_symlinks=False)
        except FileNotFoundError:
            os.rename(name, new, src_dir_fd=folder, dst_dir_fd=top)
            return new
    raise AssertionError("the names do not end")


def _folders_left(folder: int) -> list[str]:
    """Remove the files and links in an open folder, and give its folders, which now are open."""
    with os.scandir(folder) as entries:
        found = [(one.name, one.is_dir(follow_symlinks=False)) for one in entries]
    for name, is_folder in found:
        with suppress(OSError):
            if is_folder:
                os.chmod(name, 0o700, dir_fd=folder, follow_symlinks=FOLLOWS)
            else:
                os.unlink(name, dir_fd=folder)
    return [name for name, is_folder in found if is_folder]


@contextmanager
def _opened(name: str, folder: int | None = None) -> Iterator[int]:
    """Open a folder, and let this user change what is in it."""
    descriptor = os.open(name, FOLDER, dir_fd=folder)
    try:
        with suppress(OSError):
            os.fchmod(descriptor, 0o700)
        yield descriptor
    finally:
        os.close(descriptor)
