"""A process of its own, with limits, in which what strangers wrote is read and judged.

Whatever a file does to the code that reads it, it costs that one file: the process ends, and the
next file gets another one. No code of a notebook runs here.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar

from fmnist_spec.gate.notebook import NotebookError
from fmnist_spec.gate.run.forked import CAN_FORK, ForkedProcess
from fmnist_spec.gate.run.process import PACKAGES, signal_name
from fmnist_spec.language import say
from fmnist_spec.reading import SpecificationError

T = TypeVar("T")

SECONDS = 30.0  # for reading a file, and for judging its run; the largest that are read take some 7
MEMORY = 2**30  # bytes beyond what the process has at its start
NO_MEMORY = 71  # the code with which it ends
DEAD = 1.0  # seconds that a process whose pipe is closed may take to be gone
GAVE, CLEARLY, RAISED = "gave", "raised on purpose", "raised"  # how a call ended
CLEAR = (NotebookError, SpecificationError)  # what functions raise on purpose
START = (
    "import sys; sys.path[:] = [one for one in sys.path if one] + sys.argv[1:2]; "
    "import fmnist_spec.gate.run.worker as w; w.main()"
)


class WorkerError(RuntimeError):
    """A file reached a limit, or ended the process. The message says how."""


class WorkerKilledError(WorkerError):
    """A signal ended the process, which may be no doing of the file."""


class Worker:
    """Calls functions of this package in a process of its own, one after the other.

    Functions, arguments and what they give are pickled. ``forks``: its first process is a fork, for
    which see ForkedProcess.
    """

    def __init__(
        self, seconds: float = SECONDS, memory: int = MEMORY, *, forks: bool = False
    ) -> None:
        self._seconds, self._memory = seconds, memory
        self._forks = forks and CAN_FORK
        self._process: subprocess.Popen[bytes] | ForkedProcess | None = None
        self._closed = False

    def start(self) -> subprocess.Popen[bytes] | ForkedProcess:
        """Start the process, if there is none, so that it is ready when it is needed."""
        if self._closed:
            raise WorkerError(say("runner.stopped"))
        if self._process is None and self._forks:
            self._forks = False  # by the time of the next one, other threads may run
            self._process = ForkedProcess(partial(serve, self._memory))
        elif self._process is None:
            command = [sys.executable, "-c", START, str(PACKAGES), str(self._memory)]
            self._process = subprocess.Popen(  # noqa: S603  # this very Python
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the gate, which ends this one
            )
        return self._process

    def ask(self, function: Callable[..., T], *arguments: Any) -> T:
        """Give what a function gives.

        Raises WorkerError: it took too long or too much memory, or the process died. What it raises
        on purpose comes through; anything else is a RuntimeError that says what it was.
        """
        process, over = self.start(), threading.Event()

        def end() -> None:
            over.set()
            process.kill()

        clock = threading.Timer(self._seconds, end)
        clock.daemon = True
        clock.start()
        try:
            how, value = _exchange(process, (self._seconds, function, arguments))
        except BaseException as error:  # half of a question or an answer may stand in its pipe
            if isinstance(error, OSError | EOFError | pickle.UnpicklingError) or self._closed:
                took = say("worker.seconds", seconds=self._seconds)
                error = WorkerError(took) if over.is_set() else self._death(process)
            self._end()
            raise error from None
        finally:
            clock.cancel()
        if how == CLEARLY:
            raise value
        if how == RAISED:
            raise RuntimeError(value)
        return value  # type: ignore[no-any-return]

    def _death(self, process: subprocess.Popen[bytes] | ForkedProcess) -> WorkerError:
        if self._closed:
            return WorkerError(say("runner.stopped"))
        try:
            code = process.wait(DEAD)
        except subprocess.TimeoutExpired:
            return WorkerError(say("worker.silent"))
        if code == NO_MEMORY:
            return WorkerError(say("worker.memory", size=self._memory / 2**30))
        if code < 0:
            return WorkerKilledError(say("worker.ended", how=signal_name(-code)))
        return WorkerError(say("worker.ended", how=say("worker.code", code=code)))

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(OSError):  # what was not yet written
                process.communicate()

    def close(self) -> None:
        """End the process for good; who waits for its answer gets a WorkerError."""
        self._closed = True
        self._end()


def _exchange(process: subprocess.Popen[bytes] | ForkedProcess, asked: Any) -> tuple[str, Any]:
    assert process.stdin and process.stdout  # noqa: S101, PT018  # they are pipes
    process.stdin.write(pickle.dumps(asked))
    process.stdin.flush()
    how, value = pickle.load(process.stdout)  # noqa: S301  # of our own code
    return how, value


def main() -> None:
    """Be the process: answer what stands on standard input until that ends."""
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    serve(int(sys.argv[2]), asked, answers)


def serve(memory: int, asked: Any, answers: IO[bytes]) -> None:
    """Answer what is asked, with so much memory, until there is nothing more."""
    _limit_memory(memory)
    while asked.peek(1):  # a pipe is read through a buffer
        answers.write(_answer(asked))
        answers.flush()


def _answer(asked: IO[bytes]) -> bytes:
    """Read a question, and give its answer, pickled. Without memory this process ends."""
    try:
        seconds, function, arguments = pickle.load(asked)  # noqa: S301  # from the gate
        _limit_time(seconds)
        return pickle.dumps((GAVE, function(*arguments)))
    except CLEAR as error:
        return pickle.dumps((CLEARLY, error))
    except MemoryError:  # and perhaps half of the question is not read
        os._exit(NO_MEMORY)
    except Exception as error:
        return pickle.dumps((RAISED, f"{type(error).__name__}: {error}"))


def _limit_memory(more: int) -> None:
    with suppress(ImportError, OSError, ValueError):  # where there is no such limit
        import resource

        most = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _limit_time(seconds: float) -> None:
    """Let the kernel end this process, if nobody else does any more."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + 5, hard))
