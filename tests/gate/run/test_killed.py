"""The process that serves all notebooks dies: nobody who ran beside it is blamed."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from notebooks import LESSON, as_cells

from fmnist_spec.data import load_data
from fmnist_spec.dataset import repeated
from fmnist_spec.gate.run.process import KilledError, RunnerError, ServerProcess
from fmnist_spec.gate.run.runner import Runner

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="without a fork there is no server")


def load() -> object:
    """Load the sample at full size."""
    return repeated(load_data(sample=True, lesson=LESSON), LESSON.data)


def kill(runner: Runner) -> None:
    """Kill the server of a runner, as an operating system without memory does."""
    assert runner._server is not None
    runner._server._process.send_signal(signal.SIGKILL)


def test_a_server_that_dies_while_it_starts_is_started_once_more() -> None:
    """The next one serves as if nothing had been."""
    runner = Runner(LESSON.data.dataset, load)  # type: ignore[arg-type]
    runner.begin()
    kill(runner)
    with runner:
        assert runner.run(as_cells("print(1)")).ended is None


def test_notebooks_that_ran_beside_the_server_run_once_more() -> None:
    """All of them have the trace of a whole run, whichever it was that died."""
    cells = [as_cells(f"import time\ntime.sleep(3)\nprint({at})") for at in range(3)]
    with (
        Runner(LESSON.data.dataset, load) as runner,  # type: ignore[arg-type]
        ThreadPoolExecutor(3) as pool,
    ):
        traces = pool.map(runner.run, cells)
        time.sleep(1.5)
        kill(runner)
        told = [(one.ended, one.cells[0].outputs[0]["text"]) for one in traces]
    assert told == [(None, f"{at}\n") for at in range(3)], told


def test_who_is_there_whenever_the_server_dies_is_not_judged() -> None:
    """A second death is told as such: it is no finding about the notebook."""
    with Runner(LESSON.data.dataset, load) as runner:  # type: ignore[arg-type]
        killers: list[threading.Timer] = []
        started = ServerProcess.start

        def start(server: ServerProcess, *files: object) -> object:
            child = started(server, *files)  # type: ignore[arg-type]
            for one in killers:
                one.cancel()
            killers.append(threading.Timer(1.0, kill, [runner]))
            killers[-1].start()
            return child

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ServerProcess, "start", start)
            with pytest.raises(KilledError, match="was killed twice while it ran"):
                runner.run(as_cells("import time\ntime.sleep(60)"))
        assert runner.run(as_cells("print(1)")).ended is None, "the next notebook is not served"


FLOOD = """import os, stat, fcntl
pipes = [fd for fd in range(3, 200) if os.path.exists(f'/proc/self/fd/{fd}')
         and stat.S_ISFIFO(os.stat(fd).st_mode) and fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_WRONLY]
for fd in pipes:
    told = b'\\n' * 2000 + b'{"fault": "x"}\\n' + b'\\n' * 3_000_000
    while told: told = told[os.write(fd, told):]"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="looks for the pipe in /proc")  # noqa: PTH112
def test_a_pipe_that_is_full_does_not_keep_the_server_from_the_next() -> None:
    """A notebook that claims a fault, and more than is read behind it, costs itself alone."""
    with Runner(LESSON.data.dataset, load) as runner:  # type: ignore[arg-type]
        with pytest.raises(RunnerError, match="own code failed beside the notebook: x"):
            runner.run(as_cells(FLOOD))
        assert runner.run(as_cells("print(1)")).ended is None
