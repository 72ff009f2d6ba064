"""The Python of a code cell, which may have magics of IPython in it."""

import ast
import re
import warnings

from fmnist_spec.files import LONGEST_PROGRAM, parsed
from fmnist_spec.gate.notebook import Cell

# A magic or shell escape, and Python that defines the same.
MAGIC = re.compile(r"^([ \t]*)(\w[\w, ]*=[ \t]*)?[%!].*$", re.MULTILINE)
# What else IPython takes beside Python: a question about a name, and calls without brackets.
ESCAPE = re.compile(r"^([ \t]*)(?:\?.*|[\w.%]+[ \t]*\?{1,2}[ \t]*$|[,;/][^\W\d].*)$", re.MULTILINE)
DEFINES_THE_SAME = r"\1\2None"
AROUND = ("time", "timeit", "capture", "prun")  # magics whose cells are Python
NOT_PYTHON = re.compile(rf"\s*%%(?!(?:{'|'.join(AROUND)})\b)")  # it is handed to something else
SKIPPED, RAISES = "skip-execution", "raises-exception"  # tags that Jupyter's tools know
UNJUDGED = {SKIPPED, RAISES}  # such a cell may hold anything


def blank_lines(source: str) -> int:
    """Count the blank lines at the start, which IPython leaves out."""
    return source[: len(source) - len(source.lstrip())].count("\n")


def python_of(source: str) -> ast.Module | None:
    """Parse a source, line for line, without its magics; None: it cannot be read as Python."""
    if (tree := parsed(source)) is not None:
        return tree
    bare = MAGIC.sub(DEFINES_THE_SAME, source)
    return parsed(bare) or parsed(ESCAPE.sub(r"\1None", bare))


def syntax_error(cell: Cell) -> tuple[SyntaxError, int] | None:
    """Give the error, and its line, by which a code cell cannot begin to run; of others None."""
    source = cell.source
    if cell.type != "code" or cell.tags & UNJUDGED or len(source) > LONGEST_PROGRAM:
        return None
    if NOT_PYTHON.match(source) or _error(source) is None:
        return None
    from IPython.core.inputtransformer2 import TransformerManager  # it costs more than the rest

    above = blank_lines(source)
    error: SyntaxError | None
    try:
        error = _error(TransformerManager().transform_cell(source))
    except SyntaxError as raised:
        error = raised
    return None if error is None else (error, (error.lineno or 1) + above)


def _error(source: str) -> SyntaxError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
            compile(tree, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError):
        pass  # it is too deep, or has signs that only a run tells something of
    return None
