"""Run one cell after the other through IPython, with what they print kept as text."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import sys
from collections.abc import Iterable, Iterator
from time import perf_counter
from traceback import TracebackException, walk_stack, walk_tb
from types import FrameType
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.trace import LONGEST_OUTPUT, CellError, CellRun

# A cell that calls for any of these is not executed: it would start a process or install things.
ESCAPES = {
    *("pip", "conda", "mamba", "micromamba", "uv", "system", "sx", "sc", "script"),
    *("bash", "sh", "cmd", "perl", "ruby", "pypy", "python2", "python3", "!", "!!"),
}
LONGEST_MESSAGE, LONGEST_NAME = 2_000, 200  # characters
AROUND = ("time", "timeit", "capture", "prun")  # magics whose cells are Python
TIMED = ("<timed exec>", "<timed eval>")  # IPython's names for the source below %%time


class _Outputs:
    """What a cell printed and showed, in nbformat's form; as much as fits."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self._room = LONGEST_OUTPUT

    def stream(self, name: str, text: str) -> None:
        text = self._fit(text)
        if text and self.kept and self.kept[-1].get("name") == name:
            self.kept[-1]["text"] += text
        elif text:
            self.kept.append({"output_type": "stream", "name": name, "text": text})

    def shown(self, kind: str, text: str) -> None:
        self.kept.append({"output_type": kind, "data": {"text/plain": self._fit(text)}})

    def _fit(self, text: str) -> str:
        text = text[: self._room]
        self._room -= len(text)
        return text


class _Stream(io.TextIOBase):
    encoding = "utf-8"

    def __init__(self, shell: Shell, name: str) -> None:
        self._shell, self._name = shell, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._shell.outputs.stream(self._name, text)
        return len(text)


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    def publish(self, data: dict[str, Any], *_: Any, **__: Any) -> None:
        self.shell.outputs.shown("display_data", str(data.get("text/plain", "")))


class _Hook(DisplayHook):  # type: ignore[misc]
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, data: dict[str, Any], *_: Any) -> None:
        self.shell.outputs.shown("execute_result", str(data.get("text/plain", "")))

    def finish_displayhook(self) -> None:
        pass


class _Compiler(CachingCompiler):  # type: ignore[misc]
    shell: Shell

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return self.shell.file_name(raw_code)


class Shell(InteractiveShell):  # type: ignore[misc]
    """IPython without terminal, files or pictures."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)
    compiler_class = Type(_Compiler)

    def __init__(self) -> None:
        self.outputs = _Outputs()
        self._source, self._cell = "", 0
        self._shown: BaseException | None = None
        super().__init__(config=Config({"HistoryManager": {"enabled": False}}))
        self.display_formatter.active_types = ["text/plain"]
        self.compile.shell = self
        sys.stdout, sys.stderr = _Stream(self, "stdout"), _Stream(self, "stderr")

    def enable_gui(self, gui: str | None = None) -> None:
        """Have no windows."""

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
        self.outputs = _Outputs()
        self._source, self._cell = cell.source, cell.index
        start = perf_counter()
        reason = self._reason_to_skip(cell)
        raised = None if reason else self._execute(cell.source)
        error = None if raised is None else self._error(raised)
        status: Any = "skipped" if reason else "ok" if error is None else "raised"
        seconds = round(perf_counter() - start, 3)
        outputs = tuple(self.outputs.kept)
        return CellRun(cell.index, status, error, reason, seconds, outputs), raised

    def _execute(self, source: str) -> BaseException | None:
        self._shown = None
        result: Any = self.run_cell(source, store_history=True)
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")  # as inline plots do
        return result.error_before_exec or result.error_in_exec or self._shown

    def _reason_to_skip(self, cell: Cell) -> str:
        if "skip-execution" in cell.tags:
            return "it is tagged skip-execution"
        escape = self._escape(cell.source)
        return f"it has {escape}, which the gate does not execute" if escape else ""

    def _escape(self, source: str) -> str:
        """Name the first thing in a cell that leaves Python; nothing if there is none."""
        # Running it says so.
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            for name, below in _magics(ast.parse(self.transform_cell(source))):
                if name in ESCAPES or self.alias_manager.is_alias(name):  # such as %ls
                    return "a shell escape" if name in ("!", "!!") else f"%{name}"
                if name in AROUND and (found := self._escape(below)):
                    return found
        return ""

    def _error(self, raised: BaseException) -> CellError:
        lines = self._lines(walk_tb(raised.__traceback__))
        message = str(TracebackException(type(raised), raised, None))  # str(raised) might raise
        if isinstance(raised, SyntaxError):
            message = str(raised.msg or "")
            lines += self._line(raised.filename or "", raised.lineno or 1)
        at = lines[-1] if lines else None
        return CellError(type(raised).__name__[:LONGEST_NAME], message[:LONGEST_MESSAGE], at)

    def file_name(self, source: str) -> str:
        """Name the code of the running cell, or of a part of it, by the cell and the line."""
        before = self._source[: max(self._source.find(source.rstrip()), 0)].count("\n")
        return f"<cell {self._cell}+{before + _blank_lines(source)}>"

    def line_of(self, frame: FrameType) -> int | None:
        """Give the line of the running cell that led to this frame."""
        return next(iter(self._lines(walk_stack(frame))), None)

    def _lines(self, places: Iterable[tuple[FrameType, int]]) -> list[int]:
        """Give the lines of the running cell among places in code."""
        return [one for at, line in places for one in self._line(at.f_code.co_filename, line)]

    def _line(self, file: str, line: int) -> list[int]:
        """Give the line of the running cell; nothing if this place is elsewhere."""
        if file in TIMED:
            return [line + _blank_lines(self._source) + 1]
        found = re.fullmatch(rf"<cell {self._cell}\+(\d+)>", file)
        return [line + int(found[1])] if found else []


def _blank_lines(source: str) -> int:
    """Count the blank lines at the start, which IPython leaves out."""
    return source[: len(source) - len(source.lstrip())].count("\n")


def _magics(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Give the magics and shell escapes that a transformed cell calls for, with their cells."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        given = [one.value for one in node.args if isinstance(one, ast.Constant)]
        if node.func.attr in ("system", "getoutput") and "get_ipython" in ast.dump(node.func):
            yield "!", ""
        elif node.func.attr in ("run_line_magic", "run_cell_magic") and given:
            yield str(given[0]), str(given[-1])
