"""Run one cell after the other through IPython, with what they print kept as text."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from time import perf_counter
from traceback import walk_stack, walk_tb
from types import FrameType
from typing import Any, ClassVar

from IPython.core.compilerop import CachingCompiler
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from fmnist_spec.gate.kernel.editing import Editor
from fmnist_spec.gate.kernel.near import near_name
from fmnist_spec.gate.kernel.outputs import Hook, Outputs, Publisher, Stream
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.source.python import blank_lines
from fmnist_spec.gate.trace import CellError, CellRun
from fmnist_spec.language import say

LONGEST_MESSAGE, LONGEST_NAME = 2_000, 200  # characters
TIMED = ("<timed exec>", "<timed eval>")  # IPython's names for the source below %%time
IN_CELL = re.compile(r"<cell (\d+)\+(\d+)>")  # the name of a cell's code, or of a part of it
AGAIN = re.compile(r"\. Did you mean: '\w+'\?$")  # Python's own guess, since 3.12


class _Compiler(CachingCompiler):  # type: ignore[misc]
    shell: ClassVar[Shell]  # %run makes compilers of its own

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return self.shell.file_name(raw_code)


class Shell(InteractiveShell):  # type: ignore[misc]
    """IPython without terminal, files or pictures."""

    display_pub_class = Type(Publisher)
    displayhook_class = Type(Hook)
    compiler_class = Type(_Compiler)

    def __init__(self) -> None:
        self.outputs = Outputs()
        self._source, self._cell = "", 0
        # Where the code stands that IPython takes: in which source, and below how many lines of it.
        self.part = "", 0
        self._shown: BaseException | None = None
        super().__init__(config=Config({"HistoryManager": {"enabled": False}}))
        self.display_formatter.active_types = ["text/plain"]
        _Compiler.shell = self
        self.editor = Editor(self)
        self.ast_transformers.append(self.editor)
        sys.stdout, sys.stderr = Stream(self, "stdout"), Stream(self, "stderr")

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str, str]:
        """Leave Agg, which draws into memory, whatever the magic asks for."""
        return "agg", "agg"

    def ask_exit(self) -> None:
        """End the run, as ``exit()`` in Jupyter does."""
        raise SystemExit

    def showtraceback(self, exc_tuple: Any = None, *_: Any, **__: Any) -> None:
        """Print none, but keep what %%time and %%capture show instead of raising it."""
        if exc_tuple is None:  # else it is the fault of a repr, which Jupyter lets pass
            self._shown = sys.exc_info()[1]

    showsyntaxerror = showindentationerror = showtraceback

    def run(self, cell: Cell) -> tuple[CellRun, BaseException | None]:
        """Run a code cell, or skip it. Gives the exception, too, if it raised."""
        self.outputs = Outputs()
        self._source, self._cell = cell.source, cell.index
        self.part = "", 0
        start, raised, error = perf_counter(), None, None
        reason = self.editor.begin(cell)
        status: Any = "skipped" if reason else "ok"
        if not reason:
            raised = self._execute(cell.source)
            error, reason = self.editor.end(raised)
            status = "unavailable" if reason else "ok" if error is None else "raised"
        seconds, outputs = round(perf_counter() - start, 3), tuple(self.outputs.kept)
        shows = status == "unavailable" and self.editor.only_shows
        return CellRun(cell.index, status, error, reason, seconds, outputs, shows), raised

    async def run_code(self, code_obj: Any, result: Any = None, *, async_: bool = False) -> bool:
        """Run one of a cell's statements. Gives True if the cell ends with it.

        One that lacks what is not to be had here does not end it.
        """
        shown = self._shown
        self.editor.before()
        failed: bool = await super().run_code(code_obj, result, async_=async_)
        raised = result.error_in_exec if failed and result is not None else None
        if raised is None:
            return failed
        line = next(iter(self._lines(walk_tb(raised.__traceback__))), None)
        if not self.editor.passes(raised, line):
            return True
        result.error_in_exec, self._shown = None, shown
        return False

    def _execute(self, source: str) -> BaseException | None:
        self._shown = None
        try:
            result: Any = self.run_cell(source, store_history=True)
        except RecursionError as error:  # of Python's own compiler: the source is nested too deeply
            return error
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")  # as inline plots do
        return result.error_before_exec or result.error_in_exec or self._shown

    def error(self, raised: BaseException) -> CellError:
        """Give what is told of an error."""
        lines = self._lines(walk_tb(raised.__traceback__))
        message = said(raised)
        if isinstance(raised, SyntaxError):
            message = str(raised.msg or "")
            lines += self._line(raised.filename or "", raised.lineno or 1)
        at, near = lines[-1] if lines else None, near_name(raised, self.user_ns)
        kind = type(raised).__name__[:LONGEST_NAME]
        return CellError(kind, cut(message), at, near[:LONGEST_NAME])

    def file_name(self, source: str) -> str:
        """Name the code of the running cell, or of a part of it, by the cell and the line."""
        start = self._source.find(source.rstrip())
        if start < 0:  # another file, that the cell runs
            self.part = source.lstrip(), 0
            return f"<run by cell {self._cell}>"
        before = self._source[:start].count("\n") + blank_lines(source)
        self.part = self._source, before
        return f"<cell {self._cell}+{before}>"

    def line_of(self, frame: FrameType) -> int | None:
        """Give the line of the running cell that led to this frame."""
        return next(iter(self._lines(walk_stack(frame))), None)

    def place_of(self, frame: FrameType) -> tuple[int, int] | None:
        """Give the cell and the line in which the code of this very frame stands."""
        file, line = frame.f_code.co_filename, frame.f_lineno
        if found := IN_CELL.fullmatch(file):
            return int(found[1]), line + int(found[2])
        is_whole = file in TIMED and frame.f_code.co_name == "<module>"
        lines = self._line(file, line) if is_whole else []  # a function may be an earlier cell's
        return (self._cell, lines[0]) if lines else None

    def _lines(self, places: Iterable[tuple[FrameType, int]]) -> list[int]:
        """Give the lines of the running cell among places in code."""
        return [one for at, line in places for one in self._line(at.f_code.co_filename, line)]

    def _line(self, file: str, line: int) -> list[int]:
        """Give the line of the running cell; nothing if this place is elsewhere."""
        if file in TIMED:  # below the magic of a cell; that of a line stands in the cell's own code
            return [line + above] if (above := above_timed(self._source)) else []
        found = IN_CELL.fullmatch(file)
        return [line + int(found[2])] if found and int(found[1]) == self._cell else []


def above_timed(source: str) -> int:
    """Count the lines above what the magic of a whole cell times; 0: the cell has none."""
    magic, _, below = source.lstrip().partition("\n")
    return blank_lines(source) + 1 + blank_lines(below) if magic.startswith("%%") else 0


def cut(message: str) -> str:
    """Leave out the middle of a long message: the end of TensorFlow's says what it is about."""
    if len(message) <= LONGEST_MESSAGE:
        return message
    half = LONGEST_MESSAGE // 2 - 3
    return f"{message[:half]}\n...\n{message[-half:]}"


def said(raised: BaseException) -> str:
    """Give the message of an error: that of a notebook's own class might raise."""
    try:
        return AGAIN.sub("", str(raised))
    except Exception:
        return say("run.no-message")
