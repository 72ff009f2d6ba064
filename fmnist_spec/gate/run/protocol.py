"""What the runner, the server and a child say to each other, for both ends of every pipe.

The runner asks the server to start or to kill a child, and gives a child its job. A child tells
what happens, as it happens: one that is killed has told all until then. But for the requests to
the server, each message is a line of JSON, ``{kind: value}``.
"""

import json
import socket
import struct
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Any

from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.run.sandbox import Limits
from fmnist_spec.gate.trace import CellRun, Ended, Event
from fmnist_spec.reading import TAG, read_value

REQUEST = struct.Struct("!cQ")  # RUN or KILL, and the number of the child
RUN, KILL = b"r", b"k"
FILES = 3  # that come with RUN: the job, the lines, and the log
ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")  # one file for each
FULL = "full"  # the server's argument for training that is not shortened
CHILD = Path("the notebook's process")  # it stands in errors where a file does elsewhere
BROKEN = 70  # the code of a child that could not tell what happened
LONGEST_LINE = 2**24  # bytes: what a child says in one go is far shorter
DUMPS = json.dumps  # whatever a notebook does to json
PROCESS = Path("the notebook's process")  # it stands in errors where a file does elsewhere
UNREADABLE = (ValueError, LookupError, AttributeError, RecursionError, ArithmeticError)


@dataclass(frozen=True)
class Job:
    """A notebook to run: its code cells, the folder that it may write to, and its limits."""

    folder: str
    limits: Limits
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Start:
    """A child is confined, and begins."""

    tensorflow: str
    keras: str
    isolation: tuple[str, ...]


@dataclass(frozen=True)
class EventMessage:
    """An event; one with the same index replaces it later."""

    index: int
    event: Event


KINDS: dict[str, Any] = {
    "job": Job,
    "start": Start,
    "cell": int,  # its index: it begins
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
    """Read a line. One that has not the form of its message tells nothing: its kind is "".

    Such as what a killed child did not finish, or what the notebook has written itself.
    """
    try:
        ((kind, value),) = json.loads(line).items()
        return kind, read_value(KINDS[kind], value, CHILD, kind, written=False)
    except UNREADABLE:
        return "", None


def _plain(value: Any) -> Any:
    """Write what JSON does not know: dataclasses, sets, and numpy's numbers as Python's."""
    if is_dataclass(value):
        kind = {TAG: type(value).__name__} if isinstance(value, Event) else {}
        return {**kind, **vars(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    return value.item() if hasattr(value, "item") else str(value)


def send_request(control: socket.socket, what: bytes, child: int, files: list[int]) -> None:
    """Ask the server for something; an OSError says that it has died."""
    socket.send_fds(control, [REQUEST.pack(what, child)], files)


def receive_request(control: socket.socket) -> tuple[bytes, int, list[int]] | None:
    """Wait for what the runner asks; None if it has closed its end, or died."""
    message, files, *_ = socket.recv_fds(control, REQUEST.size, FILES)
    return (*REQUEST.unpack(message), files) if message else None
