"""Files: named as from where the command was run; written so that nobody sees half of one."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


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
