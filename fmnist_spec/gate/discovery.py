"""The course files that a path names: in a folder, those that begin as one."""

import re
from contextlib import suppress
from pathlib import Path

from fmnist_spec.gate.notebook import NotebookError

HEADER = re.compile(r"\A(?:#.*\n)*?(?:# )?---\n(?:(?!(?:# )?---\n).*\n)*?(?:# )? *jupytext:")


def find_notebooks(path: Path) -> list[Path]:
    """Find the course files that ``path`` names: itself, or what the folder holds.

    In a folder only .ipynb files count, and .py and .md files with a jupytext header. Hidden
    folders are left out. Files are not read here, so that a bad one does not hide the others.

    Raises NotebookError: the path does not exist, or the folder holds no notebook.
    """
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except OSError as error:  # such as a name that is too long
        raise NotebookError(path, "path", str(error.strerror), "Check the path.") from None
    if not exists:
        raise NotebookError(path, "path", "no such file or folder", "Check the path.")
    return _notebooks_in(path) if is_folder else [path]


def _notebooks_in(folder: Path) -> list[Path]:
    found = []
    for path in sorted(folder.rglob("*")):
        is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not is_hidden and path.is_file() and is_course_file(path):
            found.append(path)
    if not found:
        remedy = "Name a folder with .ipynb files, or with .py or .md files from jupytext."
        raise NotebookError(folder, "folder", "no notebook in it", remedy)
    return found


def is_course_file(path: Path) -> bool:
    """Whether this is an .ipynb file, or a .py or .md file that begins with jupytext's header."""
    if path.suffix not in (".py", ".md"):
        return path.suffix == ".ipynb"
    with suppress(OSError), path.open(encoding="utf-8-sig", errors="replace") as file:
        return HEADER.match(file.read(4096)) is not None
    return False  # what cannot be read is none
