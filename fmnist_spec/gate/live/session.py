"""What a live session does: its cells, as they were run, and what they asked of Keras."""

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from traceback import walk_stack, walk_tb
from types import FrameType
from typing import Any

from fmnist_spec._compat import keras_version, tensorflow_version
from fmnist_spec.gate.compare.contents import Reference
from fmnist_spec.gate.events import Event
from fmnist_spec.gate.kernel.near import near_name
from fmnist_spec.gate.kernel.shell import LONGEST_NAME, TIMED, above_timed, cut, said
from fmnist_spec.gate.kernel.statement import WATCHED
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.gate.observe.calls import Sink
from fmnist_spec.gate.run.progress import in_places
from fmnist_spec.gate.source.python import blank_lines
from fmnist_spec.gate.trace import CellError, CellRun, Trace
from fmnist_spec.language import say

IMPORTS = re.compile(r"^\s*(?:from|import)\b(?:[^\n(]*\([^)]*\)|[^\n]*)", re.MULTILINE)
MEANT = frozenset(["raises-exception"])
NAME = "JPY_SESSION_NAME"  # where Jupyter says which notebook it is


def live_cell(index: int, source: str, count: int | None) -> Cell:
    """Make a cell that was run, which people know by the number beside it: "In [4], line 3"."""
    lines = tuple(range(1, source.count("\n") + 2))
    return Cell(index, "code", source, lines, execution_count=count, counted=False)


class Session(Sink):
    """Takes what the cells of a session do, from the one on that asks for it."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self.told: dict[int, Event] = {}
        self.faults: list[str] = []  # of ours
        self._cells: list[Cell] = []
        self._runs: list[CellRun] = []
        self._began = 0.0
        before, now = self._sources()[:-1], self._sources()[-1]
        if any(WATCHED.search(IMPORTS.sub("", one)) for one in before):
            self.begin("\n".join(before))
            self._ran(0, "unavailable", reason=say("magic.unseen"))
        self.begin(now)

    def _sources(self) -> list[str]:
        """Give what was run so far, and last what runs now."""
        return [*self._shell.history_manager.input_hist_raw[1:]] or [""]

    def _count(self) -> int:
        """Give the number beside the cell that runs."""
        return len(self._shell.history_manager.input_hist_raw) - 1

    # What it is told.

    def begin(self, source: str) -> None:
        """Note that a cell begins."""
        if len(self._runs) < len(self._cells):  # nobody told its end
            self._ran(self.cell, "ok")
        self.cell, self._began = len(self._cells), time.perf_counter()
        self._cells.append(live_cell(self.cell, source, None))

    def end(self, count: int | None, raised: BaseException | None) -> None:
        """Note that the cell ended, and by which error."""
        if len(self._runs) == len(self._cells):
            return
        self._cells[self.cell] = replace(self._cells[self.cell], execution_count=count)
        error = None if raised is None else self._error(raised)
        self._ran(self.cell, "ok" if error is None else "raised", error)

    def _ran(
        self, cell: int, status: Any, error: CellError | None = None, reason: str = ""
    ) -> None:
        seconds = round(time.perf_counter() - self._began, 3)
        self._runs.append(CellRun(cell, status, error, reason, seconds))

    def say(self, kind: str, value: Any) -> None:
        """Take an event, or a fault of a watch."""
        if kind == "event":
            self.told[value.index] = value.event
        elif kind == "fault":
            self.faults.append(str(value))

    def line_of(self, frame: FrameType) -> int | None:
        """Give the line of the running cell that led to this frame."""
        with suppress(Exception):
            return next(self._lines([*walk_stack(frame)]), None)
        return None

    def _lines(self, places: Iterable[tuple[FrameType, int]]) -> Iterator[int]:
        """Give the lines of the running cell among places in code, the innermost first.

        IPython runs a cell as a module of its own, and what stands below %%time as another one.
        """
        names = self._shell.user_global_ns
        own = [(at.f_code.co_filename, line) for at, line in places if at.f_globals is names]
        source = self._cells[self.cell].source
        for file, line in own:
            if file in TIMED:  # what %time runs stands in the cell's own code
                yield from [line + above] if (above := above_timed(source)) else []
            elif file == own[-1][0]:
                yield line + blank_lines(source)

    def _error(self, raised: BaseException) -> CellError:
        places = [*walk_tb(raised.__traceback__)][::-1]
        line = next(self._lines(places), None)
        kind, message = type(raised).__name__[:LONGEST_NAME], said(raised)
        if isinstance(raised, SyntaxError):
            line, message = raised.lineno, str(raised.msg or "")
        near = near_name(raised, self._shell.user_ns)[:LONGEST_NAME]
        return CellError(kind, cut(message), line, near)

    # What is judged.

    def notebook(self) -> Notebook:
        """Give the cells that were run, in their order: one that was run twice stands twice.

        Who went on after an error has dealt with it: such an error is no fault any more.
        """
        done = max((one.cell for one in self._runs if one.status == "ok"), default=-1)
        cells = [
            replace(one, tags=MEANT if one.index < done else frozenset()) for one in self._cells
        ]
        cells[-1] = replace(cells[-1], execution_count=self._count())
        return Notebook(Path(os.environ.get(NAME) or say("magic.session")), tuple(cells))

    def trace(self, reference: Reference) -> Trace:
        """Give what they showed; the cell that asks has not ended."""
        asks = CellRun(self.cell, "ok", None, "", 0.0)
        runs = self._runs if len(self._runs) == len(self._cells) else [*self._runs, asks]
        events, versions = in_places(self.told), (str(tensorflow_version()), str(keras_version()))
        return Trace(
            *versions, (), False, events, tuple(runs), None, full=True, reference=reference
        )
