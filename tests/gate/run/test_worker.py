"""A file that breaks what reads or judges it costs itself alone, and says by what."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from notebooks import write

from fmnist_spec.gate import check
from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.selection import Found
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import NotebookError, read_notebook
from fmnist_spec.gate.run.forked import CAN_FORK
from fmnist_spec.gate.run.worker import Worker, WorkerError
from fmnist_spec.reading import SpecificationError, read_toml

FORKS = pytest.mark.skipif(not CAN_FORK, reason="forks, as Linux does")
LIMITED = pytest.mark.skipif(sys.platform != "linux", reason="limits memory, as Linux does")


@pytest.fixture(name="worker", params=["fresh", pytest.param("fork", marks=FORKS)])
def _worker(request: pytest.FixtureRequest) -> Iterator[Worker]:
    """Give a worker whose first process is another Python, or a fork of this one."""
    worker = Worker(seconds=20.0, memory=2**28, forks=request.param == "fork")
    yield worker
    worker.close()


def process_of(worker: Worker) -> int:
    """Give the number of a worker's process."""
    return worker.ask(os.getpid)


def test_a_worker_answers_in_one_process_of_its_own(worker: Worker) -> None:
    """It is started once, and each question gets its own answer."""
    assert process_of(worker) == process_of(worker) != os.getpid()
    assert [worker.ask(divmod, 7, at) for at in (2, 3)] == [(3, 1), (2, 1)]


@pytest.mark.parametrize("forks", [False, pytest.param(True, marks=FORKS)])
def test_what_takes_too_long_is_ended_and_the_next_is_answered(forks: bool) -> None:
    """The message says how long it might take."""
    worker = Worker(seconds=2.0, forks=forks)
    before = process_of(worker)
    with pytest.raises(WorkerError, match=r"it took more than 2 s$"):
        worker.ask(time.sleep, 600)
    assert process_of(worker) != before, "the process that slept still answers"
    worker.close()


@LIMITED
def test_what_takes_too_much_memory_is_ended(worker: Worker) -> None:
    """The limit holds for what comes beyond the start of the process."""
    before = process_of(worker)
    with pytest.raises(WorkerError, match=r"it took more than 0\.25 GiB of memory"):
        worker.ask(bytes, 2**29)
    assert process_of(worker) != before, "a process without memory goes on"
    assert len(worker.ask(bytes, 2**20)) == 2**20


@pytest.mark.skipif(os.name != "posix", reason="asks for a signal's name")
def test_a_process_that_dies_is_told_with_its_signal(worker: Worker) -> None:
    """Such as one whose stack overflows; the next question gets another process."""
    with pytest.raises(WorkerError, match="ended with SIGSEGV"):
        worker.ask(signal.raise_signal, signal.SIGSEGV)
    assert worker.ask(abs, -1) == 1


def test_what_is_raised_on_purpose_comes_through(worker: Worker) -> None:
    """With its message and its class, and the process goes on."""
    before = process_of(worker)
    with pytest.raises(NotebookError, match=r"^gone.ipynb: file: no such file\. Give a file"):
        worker.ask(read_notebook, Path("gone.ipynb"))
    with pytest.raises(SpecificationError, match=r"^gone.toml: file: found No such file"):
        worker.ask(read_toml, Path("gone.toml"))
    assert process_of(worker) == before


def test_any_other_error_is_a_fault_of_ours(worker: Worker) -> None:
    """It says what was raised, and is no limit that a file has reached."""
    with pytest.raises(RuntimeError, match=r"^ZeroDivisionError: integer") as caught:
        worker.ask(divmod, 1, 0)
    assert not isinstance(caught.value, WorkerError)


def test_an_answer_that_cannot_be_written_is_a_fault_of_ours(worker: Worker) -> None:
    """No file is told to be too large for it, and the process goes on."""
    before = process_of(worker)
    with pytest.raises(RuntimeError, match=r"^TypeError: cannot pickle") as caught:
        worker.ask(open, os.devnull)
    assert not isinstance(caught.value, WorkerError)
    assert process_of(worker) == before


@LIMITED
def test_a_question_beyond_the_memory_is_told_as_such(worker: Worker) -> None:
    """It is read within the limits, too."""
    with pytest.raises(WorkerError, match=r"it took more than 0\.25 GiB of memory"):
        worker.ask(len, b"x" * 2**29)
    assert worker.ask(abs, -1) == 1


@LIMITED
def test_the_kernel_ends_a_worker_that_nobody_watches(worker: Worker) -> None:
    """The gate may be killed while a file keeps its worker busy."""
    import resource

    soft, _ = worker.ask(resource.getrlimit, resource.RLIMIT_CPU)
    assert 20 <= soft <= 60, f"{soft} seconds of the processor, the gate waits for 20"


def test_a_question_that_cannot_be_written_spoils_no_other(worker: Worker) -> None:
    """Half of it would stand before the next one."""
    deep: list[object] = []
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(RecursionError):
        worker.ask(len, ["x" * 300_000, deep])
    assert worker.ask(abs, -1) == 1


def test_a_worker_that_was_closed_starts_nothing(worker: Worker) -> None:
    """Who asks behind an interrupt is told so."""
    worker.close()
    with pytest.raises(WorkerError, match="fmnist-spec was stopped"):
        worker.ask(abs, 1)


def test_a_module_in_the_current_folder_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A course may have a json.py of its own: the worker's Python does not find it."""
    (tmp_path / "json.py").write_text("raise SystemExit('a stranger')")
    monkeypatch.chdir(tmp_path)
    worker = Worker()
    assert worker.ask(os.path.basename, worker.ask(os.getcwd)) == tmp_path.name
    with pytest.raises(NotebookError):
        worker.ask(read_notebook, Path("gone.ipynb"))
    worker.close()


@LIMITED
def test_a_file_that_is_over_a_limit_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its result says what was reached and what to do; the others have theirs."""
    monkeypatch.setattr(check, "Worker", partial(Worker, memory=2**24))
    large, small = write(tmp_path / "large.ipynb"), tmp_path / "small.ipynb"
    large.write_text(large.read_text().replace('"cells"', f'"x": "{"x" * 30_000_000}", "cells"'))
    small.write_text("{")
    with Checker(Config()) as checker:
        found = [checker.read(Found(path)) for path in (large, small)]
    assert all(isinstance(one, Result) and one.verdict == "error" for one in found), found
    reasons = [one.reason for one in found if isinstance(one, Result)]
    assert "large.ipynb: it could not be read: it took more than 0.016 GiB" in reasons[0], reasons
    assert "small.ipynb: line 1 of the file: not complete JSON" in reasons[1], reasons


def _open_files() -> list[str]:
    """Name what this process has open beside its standard streams."""
    links = [one for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]
    return [str(one.readlink()).partition(":")[0] for one in links]


@FORKS
def test_a_fork_has_nothing_of_ours_but_its_memory(tmp_path: Path) -> None:
    """No file, socket or terminal is open in it, and a signal ends it as any process."""
    with (tmp_path / "secret").open("w"):
        worker = Worker(forks=True)
        opened = worker.ask(_open_files)
        assert {one for one in opened if "/proc" not in one} == {"/dev/null", "pipe"}, opened
        assert worker.ask(os.getsid, 0) != os.getsid(0)
        assert worker.ask(signal.getsignal, signal.SIGINT) == signal.SIG_DFL
    worker.close()


@FORKS
def test_a_fork_ends_with_the_process_that_asks(tmp_path: Path) -> None:
    """Where that is killed, so that it cannot say anything: its pipe ends."""
    code = (
        "import os, signal; from fmnist_spec.gate.run.worker import Worker; "
        "workers = [Worker(forks=True) for _ in range(2)]; "
        "print(*[one.ask(os.getpid) for one in workers], flush=True); "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=False)
    for number in map(int, done.stdout.split()):
        until = time.monotonic() + 10
        while Path(f"/proc/{number}").exists() and time.monotonic() < until:
            time.sleep(0.01)
        assert not Path(f"/proc/{number}").exists(), f"{number} goes on"


@pytest.mark.skipif(os.name != "posix", reason="asks for a signal's name")
def test_a_process_that_was_killed_by_chance_costs_no_file(tmp_path: Path) -> None:
    """Where memory is short the system ends any process: the file is read once more."""
    (tmp_path / "half.ipynb").write_text("{")
    with Checker(Config()) as checker:
        worker = checker._new_worker()
        os.kill(process_of(worker), signal.SIGKILL)
        checker._idle.append(worker)
        found = checker.read(Found(tmp_path / "half.ipynb"))
    assert isinstance(found, Result)
    assert "half.ipynb: line 1 of the file: not complete JSON" in found.reason
