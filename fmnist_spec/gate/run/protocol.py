"""What the runner, the server and a child say to each other, for both ends of every pipe.

The runner asks the server to start or to kill a child, and gives a child its job. A child tells
what happens, as it happens: one that is killed has told all until then. But for the requests to
the server, each message is a line of JSON, ``{kind: value}``.
"""

import json
import struct
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Any

from fmnist_spec.gate.confine.sandbox import Limits
from fmnist_spec.gate.events import Event
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.observe.calls import EventMessage
from fmnist_spec.gate.trace import CellRun, Ended
from fmnist_spec.reading import TAG, read_value

REQUEST = struct.Struct("!Q")  # a child's number: start it, if files come too; else kill it
FILES = 3  # the child's job, its lines, and its log
FULL = "full"  # the server's argument for training that is not shortened
CHILD = Path("the notebook's process")  # it stands in errors where a file does elsewhere
BROKEN = 70  # the code of a child that could not tell what happened
LONGEST_LINE = 2**21  # bytes: what a child says in one go is far shorter
LONGEST_TEXT = 20_000  # signs of each text that a child tells
DEEPEST = 20  # tables and lists in each other: of a job, an event, or what a cell showed
DUMPS = json.dumps  # whatever a notebook does to json
UNREADABLE = (ValueError, LookupError, AttributeError, RecursionError, ArithmeticError)


@dataclass(frozen=True)
class Job:
    """A notebook to run: its code cells, its limits, and the folder for its home and its mirror.

    ``training_seconds`` is here what all trainings together may take.
    """

    folder: str
    notebook: str  # its file, whose folder it works in a mirror of; "" if there is none
    limits: Limits
    cells: tuple[Cell, ...]
    shown: bool = False  # tell some of the images that are trained on


@dataclass(frozen=True)
class Start:
    """A child is confined, and begins."""

    tensorflow: str
    keras: str
    isolation: tuple[str, ...]
    process: int = 0  # its number


KINDS: dict[str, Any] = {
    "job": Job,
    "start": Start,
    "cell": int,  # its index: it begins
    "training": bool,  # one that is not shortened begins, or ends
    "event": EventMessage,
    "ran": CellRun,
    "ended": Ended,
    "done": bool,  # all cells have run
    "exit": int,  # from the server: how the child ended
    "fault": str,  # the gate's own code failed
}


def write_message(kind: str, value: Any) -> bytes:
    """Write the line of one thing that happened."""
    return DUMPS({kind: value}, default=_plain).encode() + b"\n"


def read_message(line: bytes) -> tuple[str, Any]:
    """Read a line. One that has not the form of its message tells nothing: its kind is ""."""
    try:
        ((kind, value),) = json.loads(line).items()
        _refuse_deep(value)
        return kind, read_value(KINDS[kind], value, CHILD, kind, written=False)
    except UNREADABLE:  # a killed child did not finish it, or the notebook has written it itself
        return "", None


def _refuse_deep(value: Any, levels: int = DEEPEST) -> None:
    """Raise ValueError for what no child says, and what pickle or another writer may not take."""
    if levels == 0:
        raise ValueError("nested too deeply")
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            _refuse_deep(one, levels - 1)


def _cut(value: Any) -> Any:
    """Cut a text, or each of several: a name may be as long as a notebook likes."""
    if isinstance(value, tuple):
        return tuple(map(_cut, value))
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    """Write what JSON does not know: dataclasses, sets, and numpy's numbers as Python's."""
    if isinstance(value, Job | Cell):
        return vars(value)
    if is_dataclass(value):
        kind = {TAG: type(value).__name__} if isinstance(value, Event) else {}
        return {**kind, **{name: _cut(one) for name, one in vars(value).items()}}
    if isinstance(value, frozenset):
        return sorted(value)
    return value.item() if hasattr(value, "item") else str(value)
