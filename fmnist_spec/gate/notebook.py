"""A course file as cells: .ipynb through nbformat, .py and .md through jupytext."""

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count, islice
from pathlib import Path
from typing import Any, Literal, cast

from fmnist_spec.files import leads_out, merge_conflict, parsed, relative
from fmnist_spec.gate import textual
from fmnist_spec.harmless import harmless
from fmnist_spec.language import form, refusal, say

NOTEBOOK = Path(__file__).with_name("lesson.ipynb")  # the one that the package ships
MOST_BYTES = 40_000_000  # public notebooks with embedded pictures hold 2 or 3 MB
# Public notebooks have a few hundred cells, and some plots of theirs ten thousand tables.
MOST_CELLS, MOST_LINES, MOST_SIGNS = 10_000, 200_000, 5_000_000  # of all sources: lines, characters
MOST_TABLES, MOST_VALUES = 200_000, 3_000_000  # of the JSON: 3,000,000 texts take 200 MB
MOST_COUNT = 10**9  # of an execution: what is larger counts nothing
SUFFIXES = (".ipynb", ".py", ".md")
NBFORMAT = 4  # since 2014; older files lack what the gate reads
CELL_KEYS: dict[str, Any] = {"cell_type": str, "metadata": dict, "source": (str, list)}
VALUE = re.compile(r'"[^"]*"?|[\[{,]')  # of JSON without escapes: a text, or what is before a value
FENCE = re.compile(r"\s*(?:```|~~~)[ {]*([\w-]*)")
CODE = ("python", "python3", "ipython3", "code-cell")  # fences that are cells in a jupytext .md


class NotebookError(ValueError):
    """A course file that cannot be read: one line with file, place, what was found, remedy."""

    def __init__(self, path: Path, place: str, found: str, remedy: str = "") -> None:
        remedy = remedy or say("notebook.save-again")
        told = " ".join(found.split())  # what others say may have several lines
        super().__init__(harmless(f"{relative(path)}: {place}: {told}. {remedy}"))
        self.parts = path, place, found, remedy

    def __reduce__(self) -> Any:
        """Say how another process makes it again."""
        return type(self), self.parts


class EmptyNotebookError(NotebookError):
    """A course file in which nothing is yet, as one that was just made."""


def _refused(
    path: Path, place: str, found: str, remedy: str = "save-again", **values: object
) -> NotebookError:
    """Make an error of the keys of its words, in which these values are filled."""
    words = (say(f"notebook.{one}", **values) for one in (place, found, remedy))
    return NotebookError(path, *words)


@dataclass(frozen=True)
class Cell:
    """One cell; ``index`` counts all cells from 0, ``lines`` are physical lines of the file."""

    index: int
    type: Literal["code", "markdown", "raw"]
    source: str
    lines: tuple[int, ...]  # the physical line, from 1, of each line of the source
    tags: frozenset[str] = frozenset()
    execution_count: int | None = None
    outputs: tuple[dict[str, Any], ...] = field(default=(), hash=False)  # as nbformat stores them
    counted: bool = True  # among the cells of a file; one of a live session is not

    def locate(self, line: int | None) -> tuple[int | None, int | None]:
        """Give the file's line and the source's, from 1, that are nearest; of None, the first."""
        row = min(max(line or 1, 1), len(self.lines)) if self.lines else None
        return row and self.lines[row - 1], row

    def place(self, line: int | None = None) -> str:
        """Name the cell, and a line of its source from 1: "In [4], cell 10, line 3"."""
        return place(self.index if self.counted else None, self.execution_count, line)


def place(index: int | None, execution_count: object, line: int | None = None) -> str:
    """Name a cell as Jupyter and people count: by what was stored beside it, and from 1."""
    parts = [f"In [{execution_count}]"] if type(execution_count) is int else []
    parts += [] if index is None else [say("place.cell", at=index + 1)]
    return form("place.between").join(parts + ([say("place.line", at=line)] if line else []))


@dataclass(frozen=True)
class Notebook:
    """A course file that was read.

    ``unnamed``: only walking a folder found it, and its run decides whether it is of a lesson.
    """

    path: Path
    cells: tuple[Cell, ...]
    unnamed: bool = False

    @property
    def code(self) -> str:
        """The source of all code cells."""
        return "\n".join(cell.source for cell in self.cells if cell.type == "code")


def read_notebook(path: Path) -> Notebook:
    """Read one course file.

    Raises NotebookError: the file is missing, too big, no UTF-8, no notebook, or has no cells.
    """
    if path.suffix not in SUFFIXES:
        raise _refused(path, "name", "no-notebook", "course-file", suffixes=", ".join(SUFFIXES))
    return notebook_of(path, read_text(path))


def notebook_of(path: Path, text: str) -> Notebook:
    """Read the text of a course file. Raises NotebookError."""
    cells = _ipynb_cells(path, text) if path.suffix == ".ipynb" else _jupytext_cells(path, text)
    if not cells:
        words = (say(f"notebook.{one}") for one in ("cells", "no-cells", "another"))
        raise EmptyNotebookError(path, *words)
    return Notebook(path, cells)


def read_text(path: Path) -> str:
    """Read a file that may be a notebook. Raises NotebookError."""
    try:
        if not path.is_file():  # reading a pipe or a device may never end
            raise _refused(path, "file", "device" if path.exists() else "no-file", "course-file")
        if leads_out(path):
            raise _refused(path, "file", "leads-out", "in-place")
        if (size := path.stat().st_size) > MOST_BYTES:
            raise _refused(path, "size", "large", "clear", size=size / 1e6, most=MOST_BYTES / 1e6)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise _refused(path, "file", "said", "permissions", error=refusal(error)) from None
    except UnicodeDecodeError as error:
        raise _refused(path, "byte", "no-utf-8", "as-utf-8", at=error.start) from None
    if not text.strip():
        raise EmptyNotebookError(path, say("notebook.file"), say("notebook.empty"))
    return text.replace("\r\n", "\n")


def _refuse_conflict(path: Path, lines: Iterable[tuple[int, str]], signs: str = "<=+>") -> None:
    """Refuse two versions in one file: only its author knows which of them is the notebook."""
    if found := merge_conflict(lines, signs):
        line, text = found[0], found[1].strip()[:60]
        raise _refused(path, "line-of-file", "conflict", "choose", line=line, text=text)


def _readable(kind: str, source: str, numbers: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Give the lines that a merge could have written: no code that runs, no example in a fence."""
    if kind in ("code", ".py") and parsed(source):
        return
    inside, example = False, False  # a fence; one that is no cell
    for number, line in zip(numbers, source.split("\n"), strict=False):
        fence = FENCE.match(line) if kind in ("markdown", ".md") else None
        if fence:
            inside = not inside
            example = inside and not (kind == ".md" and fence[1] in CODE)
        elif not example:
            yield number, line


def _ipynb_cells(path: Path, text: str) -> tuple[Cell, ...]:
    content = content_of(path, text)
    import nbformat

    try:
        cells = cast(Any, nbformat.v4).to_notebook(content).cells
        places = textual.physical_lines([str(cell.source) for cell in cells], text)
        found = tuple(_cell(index, cell, next(places)) for index, cell in enumerate(cells))
    except (AttributeError, TypeError, KeyError, ValueError, RecursionError) as error:
        raise _refused(path, "cells", "no-nbformat", error=str(error)[:300]) from None
    own = (_readable(cell.type, cell.source, cell.lines) for cell in found)
    _refuse_conflict(path, chain.from_iterable(own) if "<<<<<<<" in text else ())
    return found


def _bound(path: Path, what: str, found: int, most: int) -> None:
    """Refuse what no course has: to read and judge it would take minutes, and all memory."""
    if found > most:
        remedy = "split-or-clear" if what in ("values", "tables") else "split"
        raise _refused(path, "size", f"over.{what}", remedy, most=most)


def content_of(path: Path, text: str) -> dict[str, Any]:
    """Read the JSON of a notebook; what is none, or of another format, is refused."""
    bare = text.replace("\\\\", "").replace('\\"', "")
    signs = (sign for match in VALUE.finditer(bare) if (sign := match[0][0]) != '"')
    found = Counter(islice(signs, MOST_VALUES + 1))
    _bound(path, "values", sum(found.values()), MOST_VALUES)
    _bound(path, "tables", found["["] + found["{"], MOST_TABLES)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        _refuse_conflict(path, enumerate(text.split("\n"), 1), "[<=>]")
        line, msg = error.lineno, error.msg
        raise _refused(path, "line-of-file", "no-json", line=line, error=msg) from None
    except RecursionError:
        raise _refused(path, "file", "deep") from None
    except ValueError as error:  # a number of thousands of digits
        raise _refused(path, "file", "said", error=error) from None
    if not isinstance(content, dict) or "nbformat" not in content:
        raise _refused(path, "nbformat", "other-json", "course-file")
    if content["nbformat"] != NBFORMAT:
        number, key = content["nbformat"], "other-format"
        shown = str(number)[:20] if isinstance(number, int | float) else say("notebook.no-number")
        raise _refused(path, "nbformat", key, "convert", shown=shown, expected=NBFORMAT)
    if not isinstance(content.get("cells"), list):
        raise _refused(path, "cells", "no-list")
    _bound(path, "cells", len(content["cells"]), MOST_CELLS)
    for index, cell in enumerate(content["cells"]):
        table = cell if isinstance(cell, dict) else {}
        wrong = [key for key, kind in CELL_KEYS.items() if not isinstance(table.get(key), kind)]
        if not wrong and not textual.are_outputs(table.get("outputs") or []):
            wrong = ["outputs"]
        if wrong:
            told = say("notebook.wrong-form", key=wrong[0])
            raise NotebookError(path, place(index, table.get("execution_count")), told)
    sources = (cell["source"] for cell in content["cells"])
    listed = ([one] if isinstance(one, str) else one for one in sources)
    texts = [one for one in chain.from_iterable(listed) if isinstance(one, str)]
    lines = sum(one.count("\n") for one in texts) + len(content["cells"])
    _bound(path, "lines-in-cells", lines, MOST_LINES)
    _bound(path, "characters-in-cells", sum(map(len, texts)), MOST_SIGNS)
    return content


def _cell(index: int, cell: Any, lines: tuple[int, ...]) -> Cell:
    """One cell of nbformat as ours; nbformat's cells allow attributes, so their types are open."""
    if cell.cell_type not in ("code", "markdown", "raw") or not isinstance(cell.source, str):
        raise TypeError(place(index, cell.get("execution_count")))
    tags = frozenset(one for one in cell.metadata.get("tags") or () if isinstance(one, str))
    outputs = tuple(cell.get("outputs") or ())
    if not all(isinstance(one, dict) for one in outputs):
        raise TypeError(f"{place(index, None)}: {say('notebook.no-table')}")
    count = cell.get("execution_count")
    count = count if type(count) is int and abs(count) < MOST_COUNT else None
    return Cell(index, cell.cell_type, cell.source, lines, tags, count, textual.bare(outputs))


def _jupytext_cells(path: Path, text: str) -> tuple[Cell, ...]:
    _bound(path, "characters", len(text), MOST_SIGNS)
    _bound(path, "lines", text.count("\n") + 1, textual.MOST_LINES)
    _bound(path, "characters-in-line", max(map(len, text.split("\n"))), textual.LONGEST_LINE)
    _refuse_conflict(path, _readable(path.suffix, text, count(1)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they cite the file, on standard error
            cells = [*textual.read_cells(text, path.suffix)]
    except textual.HeaderError as error:
        raise _refused(path, "header", "said", "short-header", error=error) from None
    except Exception as error:  # jupytext raises what its parsers raise: YAML's errors and others
        said = f"{type(error).__name__}: {str(error)[:300]}"
        raise _refused(path, "file", "no-jupytext", "correct-header", error=said) from None
    _bound(path, "cells", len(cells), MOST_CELLS)
    return tuple(_cell(index, *one) for index, one in enumerate(cells))
