"""The course files that a path names, or that a folder holds; and the globs that match them."""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path, PurePath

from fmnist_spec.gate.notebook import SUFFIXES, NotebookError

HEADER = re.compile(r"\A(?:#.*\n)*?(?:# )?---\n(?:(?!(?:# )?---\n).*\n)*?(?:# )? *jupytext:")
NOT_OURS = ("node_modules", "site-packages")  # folders of what others wrote


def find_notebooks(path: Path, leave_out: Callable[[Path], bool] | None = None) -> list[Path]:
    """Find the course files that ``path`` names: itself, or what the folder holds.

    In a folder only .ipynb files count, and .py and .md files with a jupytext header. Hidden
    folders and those of installed packages are left out, and the files that ``leave_out`` names.
    Files are not read here, so that a bad one does not hide the others.

    Raises NotebookError: the path does not exist, or the folder holds no notebook.
    """
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except OSError as error:  # such as a name that is too long
        raise NotebookError(path, "path", str(error.strerror), "Check the path.") from None
    if not exists:
        raise NotebookError(path, "path", "no such file or folder", "Check the path.")
    if not is_folder:
        return [path]
    found = [one for one in sorted(files_in(path)) if not (leave_out and leave_out(one))]
    if found := [one for one in found if is_course_file(one)]:
        return found
    remedy = "Give a folder with .ipynb files, or with .py or .md files from jupytext."
    raise NotebookError(path, "folder", "no notebook in it", remedy)


def files_in(folder: Path) -> Iterator[Path]:
    """Walk a folder: all files in it that may be course files by their names."""
    for parent, folders, files in os.walk(folder):
        at = Path(parent)
        folders[:] = [one for one in folders if _is_ours(at / one)]
        names = (one for one in files if one.endswith(SUFFIXES) and not one.startswith("."))
        yield from (at / one for one in names if (at / one).is_file())


def _is_ours(folder: Path) -> bool:
    """Whether a folder is neither hidden nor one of installed packages."""
    if folder.name.startswith(".") or folder.name in NOT_OURS:
        return False
    return not (folder / "pyvenv.cfg").exists()


def is_course_file(path: Path) -> bool:
    """Whether this is an .ipynb file, or a .py or .md file that begins with jupytext's header."""
    if path.suffix not in (".py", ".md"):
        return path.suffix == ".ipynb"
    with suppress(OSError), path.open(encoding="utf-8-sig", errors="replace") as file:
        return HEADER.match(file.read(4096)) is not None
    return False  # what cannot be read is none


def place(path: Path) -> Path:
    """Give the one way to write a path: the same file may be named in several."""
    return path.parent.resolve() / path.name


def matches(path: Path, glob: str) -> bool:
    """Whether a glob matches a file. ``*`` stays within a folder, ``**`` is any folders.

    Letters that may be stored in two ways, such as Korean ones, are equal in both.
    """
    return _match(_parts(path), _parts(PurePath(glob)))


def _parts(path: PurePath) -> tuple[str, ...]:
    return PurePath(unicodedata.normalize("NFC", str(path))).parts


def _match(parts: Sequence[str], globs: Sequence[str]) -> bool:
    if not globs:
        return not parts
    if globs[0] == "**":
        return any(_match(parts[at:], globs[1:]) for at in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], globs[0]) and _match(parts[1:], globs[1:])
