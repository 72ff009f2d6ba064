"""Files: named as from where the command was run; written whole; and what a merge left in them."""

import ast
import errno
import os
import re
import stat
import tempfile
import warnings
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from fmnist_spec.language import refusal, say

# What a merge leaves where two versions differ; nbdime writes each sign into a cell of its own.
CONFLICT = re.compile(r"(?:<span[^>]*><b>)?(?:([<>])\1{6}|(=){7}(?=$|</b>))(?:</b>.*|[ \r].*)?$")

# Longer programs are not parsed. So many characters chain at most 20,000 operators or attributes;
# 104,000 overflow a stack of 8 MB on Python 3.10, which ends the process without an error.
LONGEST_PROGRAM = 40_000


def relative(path: Path) -> Path:
    """Name a file as seen from the current folder; what was named from there stays as it is.

    A folder that is a link is followed only where the file would seem to stand elsewhere.
    """
    if not path.is_absolute():
        return path
    here = Path.cwd()
    real = path.parent.resolve() / path.name
    inside = (one.relative_to(here) for one in (path, real) if one.is_relative_to(here))
    with suppress(ValueError):  # Windows: on another drive
        return next(inside, Path(os.path.relpath(real, here)))
    return path


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to a temporary file beside ``path``, then rename it.

    Folders that are missing are made. Raises OSError, and then ``path`` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def rewritable(path: Path) -> tuple[Path, os.stat_result]:
    """Give what a path leads to, and its state. Raises OSError: nobody may write to it."""
    real = Path(os.path.realpath(path))
    state = real.stat()
    if not state.st_mode & 0o222 or not os.access(real, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(real))
    return real, state


def rewrite(path: Path, old: bytes, new: bytes) -> bool:
    """Put bytes in the place of those of a file, whole or not at all; its mode stays, and links.

    Not if it has others than ``old``, which may be somebody's work: then it is False. Raises
    OSError, as of a file that nobody may write to, and then the file is as it was.
    """
    real, state = rewritable(path)
    handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(new)
        with suppress(OSError, AttributeError):  # only who may give files away keeps their owner
            os.chown(name, state.st_uid, state.st_gid)
        Path(name).chmod(stat.S_IMODE(state.st_mode))
        if is_same := real.read_bytes() == old:
            Path(name).replace(real)
        return is_same
    finally:
        Path(name).unlink(missing_ok=True)


def why_unwritable(path: Path) -> str:
    """Say why write_text() could not write a file, whose whole path is given; often nothing."""
    try:
        if path.exists() and not path.is_file():
            return say("usage.no_file")
        folder = next(one for one in path.parents if one.exists())
        with tempfile.TemporaryFile(dir=folder, prefix=f".{path.name}."):
            return ""
    except OSError as error:
        return refusal(error)


def merge_conflict(lines: Iterable[tuple[int, str]], signs: str = "<=+>") -> tuple[int, str] | None:
    """Find the first line, by its number, of two versions that a merge left, as ``signs`` begin."""
    marks = ((number, line, CONFLICT.match(line)) for number, line in lines)
    found = [(number, line, sign[1] or sign[2]) for number, line, sign in marks if sign]
    begin = re.search(signs, "".join(sign for _, _, sign in found))
    return found[begin.start()][:2] if begin else None


def parsed(source: str) -> ast.Module | None:
    """Parse Python without magics; None: it is none, or too long or too deep to be parsed."""
    if len(source) > LONGEST_PROGRAM:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def leads_out(path: Path) -> bool:
    """Whether links on the way lead out of a repository of git, or to what is hidden in it.

    Git stores links: whoever sends one could have any file of a machine read and shown.
    """
    path = path.parent.resolve() / path.name if ".." in path.parts else path.absolute()
    real = path.resolve()
    for top in (one for one in path.parents if (one / ".git").exists()):
        if not real.is_relative_to(top.resolve()):
            return True
        inside = real.relative_to(top.resolve())
        if inside != path.relative_to(top) and any(one.startswith(".") for one in inside.parts):
            return True
    return False
