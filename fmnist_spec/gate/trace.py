"""What a run of a notebook showed: its events, what became of each cell, and how it ended."""

from dataclasses import dataclass, field
from typing import Any, Literal

from fmnist_spec.gate.events import Event, Refused

LONGEST_OUTPUT = 20_000  # characters of what a cell prints that a run keeps


@dataclass(frozen=True)
class CellError:
    """What a cell raised."""

    type: str  # "ValueError"
    message: str
    line: int | None
    near: str = ""  # the name that was probably meant


@dataclass(frozen=True)
class CellRun:
    """What became of one code cell."""

    cell: int
    # "skipped": shell escape, %pip or the tag skip-execution; "not reached": the run ended before
    # "unavailable": statements raised that need what is not to be had here; the others ran
    status: Literal["ok", "raised", "skipped", "unavailable", "not reached", "running at the end"]
    error: CellError | None
    reason: str  # why it was skipped, or what is not to be had; else ""
    seconds: float
    # nbformat's form, text only
    outputs: tuple[dict[str, Any], ...] = field(default=(), hash=False)
    only_shows: bool = False  # "unavailable": what did not run builds, splits and trains nothing


@dataclass(frozen=True)
class Ended:
    """Why a run ended early: nothing after ``cell`` ran."""

    why: Literal["time", "memory", "exit", "killed", "lost", "broken", "used"]
    cell: int | None
    detail: str
    limit: str = ""  # the setting that ended it: "cell_seconds"


@dataclass(frozen=True)
class Trace:
    """All that one run showed."""

    tensorflow: str
    keras: str
    isolation: tuple[str, ...]  # what was reached: "network namespace", "landlock", ...
    sample_only: bool  # the data was the shipped sample, repeated
    events: tuple[Event, ...]
    cells: tuple[CellRun, ...]
    ended: Ended | None
    full: bool = False  # trainings were not shortened
    ran: bool = True  # else no cell did, since nobody asked for it
    # the data set that was served: a compare.contents.Reference, which is too large to be told
    reference: Any = field(default=None, compare=False, repr=False)

    @property
    def refused(self) -> tuple[str, ...]:
        """What was tried and not allowed, each once: "network: ...", "write: ..."."""
        found = (event.tried for event in self.events if isinstance(event, Refused))
        return tuple(dict.fromkeys(found))


NOT_RUN = Trace("", "", (), False, (), (), None, ran=False)
