"""The course files that a path names, or that a folder holds; and the globs that match them."""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from glob import escape, has_magic
from itertools import dropwhile, takewhile
from pathlib import Path, PurePath

from fmnist_spec.gate.notebook import SUFFIXES, NotebookError
from fmnist_spec.language import refusal, say

ESCAPED = re.compile(r"\[([*?[])\]")  # a sign of a glob that stands for itself
RULES, KEY = ("---", "# ---"), re.compile("(?:# )? *jupytext:")  # of jupytext's header
# Folders of what others wrote, and of what is built from the course: old copies of notebooks.
NOT_OURS = ("node_modules", "site-packages", "_build", "build", "dist", "_site")


def find_notebooks(path: Path, leave_out: Callable[[Path], bool] | None = None) -> list[Path]:
    """Find the course files that ``path`` names: itself, or what a folder holds, or a glob matches.

    In a folder only .ipynb files count, and .py and .md files with a jupytext header. Hidden
    folders, those of installed packages and those that are built are left out, and the files that
    ``leave_out`` names. Files are not read here, so that a bad one does not hide the others.

    Raises NotebookError: the path does not exist, or there is no notebook.
    """
    try:
        is_folder, exists = path.is_dir(), path.exists()
        if is_folder:
            os.scandir(path).close()  # a walk would pass by what nobody may read
    except OSError as error:  # such as a name that is too long
        raise _no_path(path, refusal(error)) from None
    if exists and not is_folder:
        return [path]
    if not exists and not has_magic(str(path)):
        raise _no_path(path, say(f"discovery.{'no-link' if path.is_symlink() else 'absent'}"))
    held = sorted(filter(is_course_file, files_in(path) if is_folder else _matching(path)))
    if found := [one for one in held if not (leave_out and leave_out(one))]:
        return found
    what = "folder" if is_folder else "pattern"
    told, remedy = say(f"discovery.none-in-{what}"), say("discovery.give-folder")
    if held:
        told, remedy = say("discovery.excluded", number=len(held)), say("discovery.give-file")
    raise NotebookError(path, say(f"discovery.{what}"), told, remedy)


def _no_path(path: Path, why: str) -> NotebookError:
    return NotebookError(path, say("discovery.path"), why, say("discovery.check-path"))


def _matching(glob: Path) -> Iterator[Path]:
    """Walk the folder above the first sign of a glob: the files that it covers."""
    parts = (Path(escape(str(Path.cwd()))) / glob).parts
    plain = [ESCAPED.sub(r"\1", one) for one in parts]
    signs = (at for at, one in enumerate(parts) if has_magic(ESCAPED.sub("", one)))
    top = Path(*plain[: next(signs, len(parts))])
    return (one for one in files_in(top) if covers(str(Path(*parts)), one))


def files_in(folder: Path) -> Iterator[Path]:
    """Walk a folder: all files in it that may be course files by their names."""
    for parent, folders, files in os.walk(folder):
        at = Path(parent)
        folders[:] = [one for one in folders if is_ours(at / one)]
        names = (one for one in files if one.endswith(SUFFIXES) and not one.startswith("."))
        # Path.is_file() raises where nobody may look.
        yield from (at / one for one in names if os.path.isfile(at / one))  # noqa: PTH113


def is_ours(folder: Path) -> bool:
    """Whether a folder is not hidden, nor one of installed packages, nor built."""
    if folder.name.startswith(".") or folder.name in NOT_OURS:
        return False
    return not os.path.exists(folder / "pyvenv.cfg")  # noqa: PTH110  # as isfile() above


def is_course_file(path: Path) -> bool:
    """Whether this is an .ipynb file, or a .py or .md file that begins with jupytext's header."""
    if path.suffix not in (".py", ".md"):
        return path.suffix == ".ipynb"
    with suppress(OSError), path.open(encoding="utf-8-sig", errors="replace") as file:
        return _has_header(file.read(4096).split("\n"))
    return False  # what cannot be read is none


def _has_header(lines: Sequence[str]) -> bool:
    """Whether a file begins, but for comments, with a header that has jupytext's key."""
    rest = dropwhile(lambda line: line.startswith("#") and line not in RULES, lines)
    header = takewhile(lambda line: line not in RULES, rest) if next(rest, "") in RULES else ()
    return any(map(KEY.match, header))


def place(path: Path) -> Path:
    """Give the one way to write a path: the same file may be named in several."""
    return path.parent.resolve() / path.name


def covers(glob: str, path: Path) -> bool:
    """Whether a glob matches a file, or a folder that it stands in.

    ``*`` stays within a folder, ``**`` is any folders. Letters that may be stored in two ways, such
    as Korean ones, are equal in both.
    """
    return _covers(_parts(glob), _parts(place(path)))


def _parts(path: str | Path) -> tuple[str, ...]:
    return PurePath(unicodedata.normalize("NFC", str(path))).parts


def _covers(globs: Sequence[str], parts: Sequence[str]) -> bool:
    if not globs:
        return True
    if globs[0] == "**":
        return any(_covers(globs[1:], parts[at:]) for at in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], globs[0]) and _covers(globs[1:], parts[1:])
