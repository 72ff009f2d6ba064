"""Notebooks run cell by cell, each in a process of its own, and tell what became of them."""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from notebooks import LESSON, Run, as_cells

from fmnist_spec import language
from fmnist_spec.data import load_data
from fmnist_spec.dataset import DataError, Dataset
from fmnist_spec.gate.confine.sandbox import Limits
from fmnist_spec.gate.events import Event, Layer, ModelBuilt, Network
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.observe.calls import EventMessage
from fmnist_spec.gate.run import process
from fmnist_spec.gate.run.process import RunnerError
from fmnist_spec.gate.run.progress import RunProgress
from fmnist_spec.gate.run.protocol import Job, read_message, write_message
from fmnist_spec.gate.run.runner import Runner
from fmnist_spec.gate.trace import CellError, CellRun, Ended, Trace
from fmnist_spec.reading import SpecificationError, read_value


def statuses(trace: Trace) -> list[str]:
    return [run.status for run in trace.cells]


def printed(trace: Trace, cell: int = -1) -> str:
    return "".join(output.get("text", "") for output in trace.cells[cell].outputs)


def error(trace: Trace, cell: int = -1) -> CellError:
    found = trace.cells[cell].error
    assert found is not None, f"cell {cell} of {trace.cells} has not raised, but it should"
    return found


def test_cells_share_their_names_and_keep_what_they_show(run: Run) -> None:
    """A later cell sees what an earlier one defined; prints and last values are kept as text."""
    trace = run("x = 20", "print(x)\nx + 1")
    assert statuses(trace) == ["ok", "ok"], trace.cells
    assert printed(trace) == "20\n", trace.cells[1].outputs
    assert trace.cells[1].outputs[1]["data"]["text/plain"] == "21", trace.cells[1].outputs


def test_nothing_leaks_from_one_notebook_to_the_next(run: Run) -> None:
    """Names, patches and files of one notebook are not there in the next."""
    run("x = 1\nimport math\nmath.pi = 3\nopen('left.txt', 'w').close()")
    trace = run("import math, os\nprint(math.pi > 3, 'x' in globals(), os.path.exists('left.txt'))")
    assert printed(trace) == "True False False\n", trace.cells[0].outputs


def test_an_error_ends_the_run(run: Run) -> None:
    """As with Jupyter's "Run all", the cells after the one that raises are not reached."""
    trace = run("x = 1", "x = 2\n1 / 0", "x = 3")
    assert statuses(trace) == ["ok", "raised", "not reached"], trace.cells
    assert error(trace, 1) == CellError("ZeroDivisionError", "division by zero", 2)
    assert trace.ended is None, f"an error is no early end, but the trace says {trace.ended}"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("raise SyntaxError", "SyntaxError"),
        ("raise ValueError('\\ud800')", "ValueError"),
        ("raise type('E' * 10_000, (Exception,), {})", "E" * 200),
        ("import time\ntime.perf_counter = None\n1 / 0", "ZeroDivisionError"),
        ("import json\njson.dumps = None\n1 / 0", "ZeroDivisionError"),
    ],
    ids=["a bare SyntaxError", "half a sign", "a long name", "no clock", "no JSON"],
)
def test_odd_errors_are_told_as_any_other(run: Run, source: str, kind: str) -> None:
    """Whatever a cell raises or patches, the trace has its error."""
    assert error(run(source)).type == kind


def test_a_cell_that_is_meant_to_raise_does_not_end_the_run(run: Run) -> None:
    """The tag raises-exception lets the run go on."""
    trace = run("1 / 0", "x = 1", tags={0: "raises-exception"})
    assert statuses(trace) == ["raised", "ok"], trace.cells


@pytest.mark.parametrize(
    "source",
    [
        *("!pip install x", "%pip install x", "pip install x", "%conda list", "%ls", "x = !ls"),
        *("%%bash\nls", "%%time\n!ls", "if True:\n    !ls", "get_ipython().system('ls')"),
    ],
)
def test_a_cell_with_a_shell_escape_is_skipped(run: Run, source: str) -> None:
    """It is not executed, says why, and the run goes on."""
    trace = run(source, "x = 1")
    assert statuses(trace) == ["skipped", "ok"], trace.cells
    assert "does not run" in trace.cells[0].reason, trace.cells[0].reason


def test_a_cell_tagged_skip_execution_is_skipped(run: Run) -> None:
    """The tag is honoured, and the reason names it."""
    trace = run("1 / 0", tags={0: "skip-execution"})
    assert statuses(trace) == ["skipped"], trace.cells
    assert "skip-execution" in trace.cells[0].reason, trace.cells[0].reason


def test_a_cell_that_is_skipped_says_why_in_the_language_that_is_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process of the notebook has it from the one that started it."""
    monkeypatch.setenv(language.ASKED, "ko")
    with Runner(LESSON.data.dataset, lambda: load_data(sample=True, lesson=LESSON)) as runner:
        first, second = runner.run(as_cells("!ls", "import nowhere\nnowhere.go()")).cells
    assert first.reason == "fmnist-spec이 실행하지 않는 셸 명령이 들어 있음"
    assert second.reason == "필요한 줄을 실행하지 않아 nowhere가 없음"


def test_magics_work(run: Run) -> None:
    """Plots, timing and top-level await run as in Jupyter."""
    trace = run(
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "%config InlineBackend.figure_format = 'retina'",
        "%%time\nx = 1",
        "import asyncio\nawait asyncio.sleep(0)\nprint(x)",
    )
    assert statuses(trace) == ["ok"] * 4, trace.cells
    assert printed(trace) == "1\n", trace.cells[3].outputs


LINES = {
    "blank lines": ("\n\n1 / 0", 3),
    "timed": ("%%time\nx = 1\n1 / 0", 3),
    "timed value": ("\n%%time\nf(0)", 3),
    "timed line": ("x = 1\n%time 1 / 0\n", 2),
    "captured": ("%%capture\nx = 1\n\n1 / 0", 4),
    "function": ("def f():\n    return 1 / 0\n\nf()", 2),
    "earlier cell": ("x = 1\nf(0)", 2),
    "syntax": ("x = 1\ndef g(:", 2),
    "library": ("import json\njson.loads('{')", 2),
}


@pytest.mark.parametrize(("source", "line"), LINES.values(), ids=LINES)
def test_an_error_has_its_line_in_the_cell(run: Run, source: str, line: int) -> None:
    """The innermost line of the raising cell itself, counted from 1."""
    trace = run("def f(x):\n    return 1 / x", source)
    assert error(trace).line == line, f"expected line {line} of {source!r}, got {error(trace)}"


def test_notebooks_run_side_by_side(runner: Runner) -> None:
    """Any thread may run a notebook, and each trace tells of its own."""
    with ThreadPoolExecutor(4) as pool:
        traces = pool.map(lambda x: runner.run(as_cells(f"print({x})")), range(8))
    assert [printed(trace) for trace in traces] == [f"{x}\n" for x in range(8)]


def test_long_output_is_cut(run: Run) -> None:
    """A notebook that prints without measure fills neither memory nor report."""
    trace = run("for _ in range(1000): print('x' * 1000)")
    assert 1_000 < len(printed(trace)) < 100_000, f"{len(printed(trace))} characters were kept"


def test_a_trace_tells_the_versions_and_the_data(run: Run) -> None:
    """TensorFlow, Keras, isolation, and that the data is the sample only."""
    trace = run("import tensorflow as tf\nprint(tf.__version__)")
    assert printed(trace).strip() == trace.tensorflow, trace.tensorflow
    assert trace.keras.count(".") == 2, f"expected a version of Keras, got {trace.keras!r}"
    assert trace.sample_only, "the runner of these tests serves the sample, the trace denies it"


def test_the_sample_is_served_at_full_size(run: Run) -> None:
    """load_data() gives as many images and labels as the whole data set has."""
    trace = run(
        "from tensorflow.keras.datasets import fashion_mnist\n"
        "(a, b), (c, d) = fashion_mnist.load_data()\nprint(a.shape, b.shape, c.shape, d.shape)"
    )
    train, test, picture = LESSON.data.train_images, LESSON.data.test_images, "28, 28"
    assert printed(trace) == f"({train}, {picture}) ({train},) ({test}, {picture}) ({test},)\n"


def test_what_a_notebook_does_to_the_data_stays_its_own(run: Run) -> None:
    """Images that it writes to are whole again when loaded again, by itself or by the next."""
    load = "from tensorflow import keras\n(x, y), _ = keras.datasets.fashion_mnist.load_data()\n"
    first = run(f"{load}print(x.max())\nx[:] = 0\ny[:] = 0", f"{load}print(x.max(), y.max())")
    assert printed(first, 0) == "255\n", first.cells[0]
    assert printed(first, 1) == "255 9\n", first.cells[1]
    second = run(f"{load}print(type(x), x.max(), y.max())")
    assert printed(second) == "<class 'numpy.ndarray'> 255 9\n", second.cells[0]


def test_without_data_nothing_is_left_behind(tmp_path: Path) -> None:
    """The process that has begun to import TensorFlow is ended at once, its folder removed."""

    def load() -> Dataset:
        raise DataError("no data")

    runner = Runner("fashion_mnist", load)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path))
        with pytest.raises(DataError, match="no data"):
            runner.__enter__()
    assert runner._server is not None
    assert runner._server.died
    assert list(tmp_path.iterdir()) == []


def test_without_tensorflow_the_error_names_the_extra() -> None:
    """The process that should import it says so, and the gate hands it on."""
    hidden = f"import sys; sys.modules['tensorflow'] = None; {process.START}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "START", hidden)
        with (
            pytest.raises(RunnerError, match=r"pip install 'fmnist-spec\[tensorflow-cpu\]'"),
            Runner("fashion_mnist", partial(load_data, sample=True, lesson=LESSON)),
        ):
            pass


@pytest.mark.skipif(sys.platform != "linux", reason="limits address space, as Linux does")
def test_with_too_little_memory_there_is_no_traceback() -> None:
    """Where TensorFlow does not fit, the gate says so in one line."""
    limit = 800 * 2**20  # bytes: enough for Python and the data, not for TensorFlow
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))\n"
        "from fmnist_spec.cli import main\n"
        "from fmnist_spec.gate.notebook import NOTEBOOK\n"
        "raise SystemExit(main(['check', '--sample', str(NOTEBOOK)]))"
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert ran.returncode == 2, ran
    assert ran.stderr.startswith("fmnist-spec: the process that runs notebooks does not start"), ran
    assert len(ran.stderr.splitlines()) == 1, ran.stderr


def test_a_notebook_without_code_gives_an_empty_trace(run: Run) -> None:
    """Nothing to run is no error."""
    trace = run()
    assert (trace.cells, trace.events, trace.ended) == ((), (), None), trace


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cell": "1"}, r"cell: found '1', expected a whole number\."),
        ({"cell": True}, "cell: found True, expected a whole number"),
        ({"dataset": None}, "dataset: found None, expected a text"),
        ({"extra": 1}, "extra: found unknown key 'extra', expected one of cell, line, by, dataset"),
        ({"type": "Loaded"}, "type: found 'Loaded', expected one of DataLoaded, SplitMade"),
        ({"type": "Refused", "what": "sight"}, "found unknown key 'dataset'"),
    ],
)
def test_what_is_no_event_is_refused(change: dict[str, Any], told: str) -> None:
    """A child may send anything: every value is held against the type of its field."""
    table = {"type": "DataLoaded", "cell": 0, "line": 2, "dataset": "mnist", **change}
    with pytest.raises(SpecificationError, match=told):
        read_value(Event, table, Path("child"), "", written=False)


LAYER = Layer("Dense", "dense", 3, "?", True, False, (None, 3), 12)
NETWORK = Network("Sequential", "net", True, None, (LAYER,), -1, 0)
MESSAGES = {
    "cell": 3,
    "event": EventMessage(2, ModelBuilt(1, None, 0, "add", NETWORK, False, (True,))),
    "ran": CellRun(3, "raised", CellError("E", "", None), "", 0.5, ({"output_type": "error"},)),
    "ended": Ended("time", None, "too long"),
    "job": Job("folder", "one.ipynb", Limits(2), (Cell(0, "code", "1", (), frozenset("ab")),)),
}


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_message_is_read_as_it_was_written(kind: str) -> None:
    """Both ends of a pipe have the same values: tuples, nested ones and None included."""
    assert read_message(write_message(kind, MESSAGES[kind])) == (kind, MESSAGES[kind])


@pytest.mark.parametrize("line", [b"", b"null", b'{"cell": "3"}', b'{"cell": 3, "done": true}'])
def test_what_is_no_message_tells_nothing(line: bytes) -> None:
    """A notebook can write into the pipe, too: no line breaks the runner."""
    assert read_message(line) == ("", None)
    progress = RunProgress()
    progress.take(line)
    assert (progress.start, progress.cell, progress.done) == (None, None, False), progress
