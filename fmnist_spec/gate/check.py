"""Check notebooks: read each, run it, judge what the run showed, collect the results."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal

from fmnist_spec.gate.catalogue import judge
from fmnist_spec.gate.config import Config
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Notebook, NotebookError, find_notebooks, read_notebook
from fmnist_spec.gate.trace import Trace
from fmnist_spec.lesson import Lesson

if TYPE_CHECKING:
    from fmnist_spec.dataset import Dataset
    from fmnist_spec.gate.run.runner import Runner

Verdict = Literal["pass", "fail", "error"]
EXIT_CODES: dict[Verdict, int] = {"pass": 0, "fail": 1, "error": 2}


@dataclass(frozen=True)
class Result:
    """What became of one notebook. ``reason`` says in one line why there is no verdict."""

    path: Path
    verdict: Verdict
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    notebook: Notebook | None = None
    trace: Trace | None = None
    reason: str = ""


def read_all(paths: Iterable[Path]) -> list[Notebook | Result]:
    """Find and read the notebooks, each once; what cannot be read becomes its result."""
    found: dict[Path, Notebook | Result] = {}
    for path in paths:
        try:
            found.update((file, read(file)) for file in find_notebooks([path]))
        except NotebookError as error:
            found[path] = Result(path, "error", reason=str(error))
    return list(found.values())


def read(path: Path) -> Notebook | Result:
    """Read one notebook; if it cannot be read, its result says why."""
    try:
        return read_notebook(path)
    except NotebookError as error:
        return Result(path, "error", reason=str(error))


class Checker:
    """Runs and judges notebooks. The data and TensorFlow are loaded when the first one needs them.

    Leaving the ``with`` block ends all processes.

    Args:
        lesson: the specification.
        config: which rules, how severe, and the time limits.
        data: the folder that holds the data set, as for :func:`fmnist_spec.load_data`.
        sample: serve the shipped sample, whatever else there is.
        full: train for real, not shortened.
        require_isolation: refuse to run where the kernel cannot confine a notebook.
    """

    def __init__(
        self,
        lesson: Lesson,
        config: Config,
        *,
        data: str | None = None,
        sample: bool = False,
        full: bool = False,
        require_isolation: bool = False,
    ) -> None:
        self._lesson, self.config = lesson, config
        self._data, self._sample = data, sample
        self._full, self._require_isolation = full, require_isolation
        self._stack, self._lock = ExitStack(), Lock()
        self._runner: Runner | None = None

    def __enter__(self) -> Checker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes."""
        self._stack.close()

    def _start(self) -> Runner:
        """Start the runner once. Raises what makes it impossible: no data, no isolation."""
        with self._lock:
            if self._runner is None:
                self._runner = self._stack.enter_context(self._new_runner())
            return self._runner

    def _new_runner(self) -> Runner:
        from fmnist_spec.data import SampleDataWarning, load_data
        from fmnist_spec.gate.run.runner import Runner
        from fmnist_spec.gate.run.sandbox import Limits, RunSettings

        def load() -> Dataset:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SampleDataWarning)  # the trace says it
                return load_data(self._data, sample=self._sample, lesson=self._lesson)

        limits = Limits(self.config.cell_seconds, self.config.notebook_seconds)
        settings = RunSettings(self._full, self._require_isolation, limits)
        return Runner(self._lesson, load, settings)

    def check(self, notebook: Notebook | Result) -> Result:
        """Run and judge one notebook. A fault of ours becomes its result, and is not raised."""
        if isinstance(notebook, Result):
            return notebook
        runner, start = self._start(), time.monotonic()
        path, cells, config = notebook.path, notebook.cells, self.config
        try:
            trace = runner.run(cells, str(path))
            ids = [id for id in config.rules if notebook.stores_outputs or id != "stored-none"]
            findings = judge(
                self._lesson, trace, cells, ids=ids, severity=config.severity, full=self._full
            )
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())
            reason = f"{path}: the gate itself failed: {said}. Please report it."
            return Result(path, "error", time.monotonic() - start, reason=reason)
        fails = any(finding.severity == "error" for finding in findings)
        verdict: Verdict = "fail" if fails else "pass"
        return Result(path, verdict, time.monotonic() - start, findings, notebook, trace)

    def check_all(
        self, found: Iterable[Notebook | Result], jobs: int, done: Callable[[], object]
    ) -> list[Result]:
        """Check notebooks, ``jobs`` at a time: the results in their order, ``done`` after each."""

        def one(item: Notebook | Result) -> Result:
            result = self.check(item)
            done()
            return result

        pool = ThreadPoolExecutor(jobs)
        try:
            return list(pool.map(one, found))
        except BaseException:  # such as Ctrl-C: those that run end with their processes
            pool.shutdown(wait=False, cancel_futures=True)
            self.close()
            raise
        finally:
            pool.shutdown()


def exit_code(results: Iterable[Result]) -> int:
    """Give 0 if all pass, 1 if one fails, 2 if one could not be judged."""
    return max((EXIT_CODES[result.verdict] for result in results), default=0)
