"""How a command ends: by a signal, at a closed pipe, on a full disk."""

import io
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from fmnist_spec.language import refusal, say

SIGNALS = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
ENDING = threading.Event()  # set by the first signal, for what another thread waits for
HEARD = threading.Event()  # set where what was started begins to be ended
HEARING, GRACE = 0.8, 10.0  # seconds that it may take until then, and until the end
JOINING = 0.3  # seconds in which other threads may end what they have begun
WIDTHS = range(20, 1_001)  # in which a report can be read


class Interrupted(KeyboardInterrupt):
    """A signal asks the command to end, with this exit code."""

    def __init__(self, number: int) -> None:
        super().__init__(say("ending.interrupted"))
        self.code = 128 + number


def at_once(number: int, _frame: FrameType | None = None) -> None:
    """End here: a signal came while nothing was started yet, or while it could not be heard."""
    try:
        os.write(2, f"fmnist-spec: {say('ending.interrupted')}\n".encode())
    finally:
        os._exit(128 + number)


def handle(handler: signal.Handlers | object) -> None:
    """Have a handler called for each signal that is not ignored, such as SIGHUP is by nohup."""
    for one in SIGNALS:
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, handler)  # type: ignore[arg-type]


@contextmanager
def in_order() -> Iterator[None]:
    """Let the first signal raise Interrupted, and the others do nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are not for this thread
        return

    def interrupt(number: int, _frame: FrameType | None) -> None:
        if not ENDING.is_set():
            ENDING.set()
            raise Interrupted(number)

    before = {one: signal.getsignal(one) for one in SIGNALS}
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    threading.Thread(target=_end_late, args=[reading], daemon=True).start()
    handle(interrupt)
    try:
        yield
    finally:
        if not ENDING.is_set():
            for one, handler in before.items():
                signal.signal(one, handler)
            signal.set_wakeup_fd(-1)
            os.close(writing)


def _end_late(signals: int) -> None:
    """End the process if the main thread does not hear a signal, or does not end in time.

    It may be in a long computation, or an import has swallowed the exception.
    """
    if number := os.read(signals, 1):
        if HEARD.wait(HEARING):
            time.sleep(GRACE)
        at_once(number[0])
    os.close(signals)


def leave(code: int) -> None:
    """End the process, with what is printed; a thread that still loads is not waited for."""
    HEARD.set()
    flush()
    until = time.monotonic() + JOINING
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.current_thread():
            thread.join(max(until - time.monotonic(), 0))
    os._exit(code)


class _Stream(io.FileIO):
    """A standard stream that leads nowhere once it cannot be written to."""

    failed = ""  # why, if it is not that nobody reads it any more

    def write(self, data: object) -> int | None:  # type: ignore[override]
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                self.failed = refusal(error)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return len(data)  # type: ignore[arg-type]


def open_streams() -> None:
    """Make standard output and error such streams; one that is closed leads nowhere.

    So what is opened later never gets the number of one. Tests that have put others in their
    places keep them.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    for number, name in (1, "stdout"), (2, "stderr"):
        now = getattr(sys, name)
        if now is None or (now is getattr(sys, f"__{name}__") and _is_file(now)):
            stream = io.BufferedWriter(_Stream(number, "w", closefd=False))
            encoding = "utf-8" if now is None else now.encoding
            lines = now is not None and (now.line_buffering or name == "stderr")
            new = io.TextIOWrapper(stream, encoding, "backslashreplace", line_buffering=lines)
            setattr(sys, name, new)
        elif isinstance(now, io.TextIOWrapper):  # a terminal may not know every sign
            now.reconfigure(errors="backslashreplace")


def _is_file(stream: io.TextIOWrapper) -> bool:
    raw = getattr(stream.buffer, "raw", stream.buffer)
    return type(raw) is io.FileIO  # and not Windows' console


def flush() -> str:
    """Write what is printed. Give why standard output could not be written to, if so."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw.failed if isinstance(raw, _Stream) else ""


def forget_odd_width() -> None:
    """Forget a COLUMNS that is no width for a report, which then has its usual one."""
    width = os.environ.get("COLUMNS", "")
    if not (width.isdecimal() and len(width) <= 4 and int(width) in WIDTHS):
        os.environ.pop("COLUMNS", None)
