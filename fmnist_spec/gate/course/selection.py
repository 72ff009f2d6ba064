"""Which notebooks are checked: what is named, and what in a folder may belong to a lesson."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from fmnist_spec.files import relative
from fmnist_spec.gate.course.belonging import NOT_BUILT, NOT_NAMED, may_belong
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.discovery import find_notebooks, place
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import Notebook, NotebookError, read_notebook


def read_all(paths: Iterable[Path], config: Config) -> list[Notebook | Result]:
    """Find and read the notebooks, each once; what cannot be read becomes its result.

    A file among ``paths`` is always read. What only walking a folder finds is left out if it is
    excluded, and skipped if it belongs to no lesson.
    """
    found: dict[Path, Notebook | Result] = {}
    for path in paths:
        try:
            files = find_notebooks(path, config.leaves_out)
        except NotebookError as error:
            found[path] = Result(path, "error", reason=str(error))
            continue
        for file in files:
            if file == path:
                found[place(file)] = read(file)
            elif place(file) not in found:
                found[place(file)] = read_unnamed(file, config)
    return list(found.values())


def read_unnamed(path: Path, config: Config) -> Notebook | Result:
    """Read a notebook that nobody named on the command line, if it may belong to a lesson.

    With a table of notebooks that says which do, without one the notebook's source.
    """
    is_named = config.entry_of(path) is not None
    if config.notebooks and not is_named:
        return Result(path, "skipped", reason=f"{relative(path)}: {NOT_NAMED}.")
    notebook = read(path)
    if is_named or isinstance(notebook, Result):
        return notebook
    if not may_belong(notebook):
        return Result(path, "skipped", reason=f"{relative(path)}: {NOT_BUILT}.")
    return replace(notebook, unnamed=True)


def read(path: Path) -> Notebook | Result:
    """Read one notebook; if it cannot be read, its result says why."""
    try:
        return read_notebook(path)
    except NotebookError as error:
        return Result(path, "error", reason=str(error))
