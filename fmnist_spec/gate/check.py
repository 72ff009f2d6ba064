"""Check notebooks: read each, run it, judge what the run showed, collect the results."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NoReturn, TypeVar

from fmnist_spec.ending import ENDING
from fmnist_spec.files import relative
from fmnist_spec.gate.catalogue import rules_of
from fmnist_spec.gate.confine.sandbox import RunSettings
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.impossible import wrong
from fmnist_spec.gate.course.selection import Found, read
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import Notebook, NotebookError
from fmnist_spec.gate.run.jobs import spread
from fmnist_spec.gate.run.process import KilledError
from fmnist_spec.gate.run.worker import Worker, WorkerError, WorkerKilledError
from fmnist_spec.gate.trace import Trace
from fmnist_spec.gate.verdict import judge_run, judge_source
from fmnist_spec.language import say
from fmnist_spec.lesson import Lesson, load_lesson
from fmnist_spec.reading import SpecificationError

if TYPE_CHECKING:  # what these bring costs more time than a notebook that is not run
    from fmnist_spec.dataset import Dataset
    from fmnist_spec.gate.run.runner import Runner

T = TypeVar("T")


class Checker(ExitStack):
    """Runs and judges notebooks. The data and TensorFlow are loaded when the first one needs them.

    Reading and judging have processes of their own, which a bad file may break. Leaving the
    ``with`` block, or close(), ends all processes.

    Args:
        config: which lessons and rules, how severe, the limits, and which notebook has others.
        load: loads the data that a lesson's notebooks are served.
        settings: how notebooks are run.

    Raises SpecificationError: no rule is asked for, and so every notebook would pass; a lesson file
        cannot be used, is named twice, or is of another data set than one beside it.
    """

    def __init__(
        self,
        config: Config,
        load: Callable[[Lesson], Dataset] | None = None,
        settings: RunSettings | None = None,
    ) -> None:
        super().__init__()
        self.config, self._load = config, load or load_served
        self._settings, self._lock = settings or RunSettings(), Lock()
        every = (config, *config.notebooks)
        self._lessons = {file: load_lesson(file) for one in every for file in one.lessons}
        for one in every:
            for told in wrong(one, self._lessons_of(one), static=self._settings.static):
                raise SpecificationError(Path(say("check.settings")), *told)
        self._runners: dict[str, Runner] = {}  # by the names of data sets
        self._ready: set[str] = set()  # of those, the ones that are entered
        self._idle: list[Worker] = []
        self._room = 0  # bytes that a report has for the cells of a notebook
        self.finished: dict[int, Result] = {}  # of check_all(), by their places, as they come

    def _lessons_of(self, config: Config) -> dict[str, Lesson]:
        return {file: self._lessons[file] for file in config.lessons}

    def rules_of(self, path: Path) -> tuple[str, ...]:
        """Give the rules that are asked of a file, and that its lessons are about."""
        config = self.config.settings_of(path)
        return rules_of(self._lessons_of(config).values(), config.rules)

    @property
    def ready(self) -> bool:
        """Whether TensorFlow has started."""
        return bool(self._ready)

    @property
    def is_static(self) -> bool:
        """Whether notebooks are judged without a run."""
        return self._settings.static

    def begin(self, jobs: int = 1) -> None:
        """Let load what the first notebooks will need, while their files are read."""
        if self.is_static:
            self._idle += [self._new_worker(forks=self._settings.forks) for _ in range(jobs)]
        else:
            self._idle.append(self._new_worker())
            self._begun(self._lessons[self.config.lessons[0]]).begin()

    def _begun(self, lesson: Lesson) -> Runner:
        from fmnist_spec.gate.run.runner import Runner

        name = lesson.data.dataset
        if name not in self._runners:
            runner = Runner(name, partial(self._load, lesson), self._settings)
            self._runners[name] = runner
            self.callback(runner.__exit__)
        return self._runners[name]

    def _runner(self, lesson: Lesson) -> Runner:
        """Start the runner for a lesson's data set, once. Raises what makes it impossible."""
        with self._lock:
            runner = self._begun(lesson)
            if lesson.data.dataset not in self._ready:
                runner.__enter__()
                self._ready.add(lesson.data.dataset)
            return runner

    def _new_worker(self, *, forks: bool = False) -> Worker:
        worker = Worker(forks=forks)
        self.callback(worker.close)
        worker.start()
        return worker

    def ask(self, function: Callable[..., T], *arguments: object) -> T:
        """Call a function in a process of its own, which a bad file may break.

        Raises WorkerError if it does; another RuntimeError says what the function raised.
        """
        try:  # without the lock, which is held while TensorFlow loads
            worker = self._idle.pop()
        except IndexError:
            worker = self._new_worker()
        try:
            return worker.ask(function, *arguments)
        except WorkerKilledError:  # by chance, or another process's doing
            return worker.ask(function, *arguments)
        finally:
            self._idle.append(worker)

    def read(self, file: Found) -> Notebook | Result:
        """Read a notebook; if it cannot be read, or is none of a lesson, its result says why."""
        start = time.monotonic()
        try:
            return self.ask(read, file, self.config)
        except (RuntimeError, OSError) as error:  # a WorkerError, too
            return not_judged(file.path, "read", error, start)

    def check(self, notebook: Notebook, trace: Trace | None = None) -> Result:
        """Run and judge one notebook; of one whose code was run, judge that run.

        A fault of ours becomes its result, and is not raised.
        """
        path, config = notebook.path, self.config.settings_of(notebook.path)
        lessons = self._lessons_of(config)
        runner = None if self.is_static else self._runner(lessons[config.lessons[0]])
        start = time.monotonic()
        try:
            if runner is None:
                return self._shown(self.ask(judge_source, notebook, lessons, config, start))
            trace = trace or runner.run(notebook.cells, path, config.limits)
            return self._shown(self.ask(judge_run, notebook, trace, lessons, config, start))
        except Exception as error:
            return not_judged(path, "judged", error, start)

    def _shown(self, result: Result) -> Result:
        """Add what a report shows of the cells, if one is asked for that does.

        A file on which this breaks is shown without any cell.
        """
        if self._room and result.notebook is not None:
            from fmnist_spec.gate.report.html.excerpt import excerpt, marks_of  # with its libraries

            with suppress(NotebookError, RuntimeError):
                cells = self.ask(excerpt, result.notebook, marks_of(result.findings), self._room)
                return replace(result, shown=cells)
        return result

    def check_file(self, file: Found | Result) -> Result:
        """Read, run and judge a file; what is a result already stays as it is."""
        notebook = self.read(file) if isinstance(file, Found) else file
        return notebook if isinstance(notebook, Result) else self.check(notebook)

    def _check_at(self, placed: tuple[int, Found | Result]) -> Result:
        at, file = placed
        result = self.check_file(file)
        if not ENDING.is_set():  # else its processes were ended
            self.finished[at] = result
        return result

    def check_all(self, found: Iterable[Found | Result], jobs: int) -> Iterator[Result]:
        """Check notebooks, ``jobs`` at a time, and give the results in their order."""
        found, pool = [*found], ThreadPoolExecutor(jobs)
        if self._settings.shown:
            from fmnist_spec.gate.report.html.excerpt import room_of

            self._room = room_of(len(found))
        try:
            if found:
                self.begin(min(jobs, len(found)))
            yield from spread(pool, self._check_at, [*enumerate(found)], _impossible)
        except BaseException:  # such as Ctrl-C: those that run end with their processes
            pool.shutdown(wait=False, cancel_futures=True)
            self.close()
            raise
        pool.shutdown()


def _impossible(_: object, error: Exception) -> NoReturn:
    """Raise what lets no notebook be run, such as that there is no TensorFlow."""
    raise error


def not_judged(path: Path, done: str, error: Exception, start: float) -> Result:
    """Say why there is no verdict: what the file does to the gate, or a fault of the gate."""
    said = " ".join(str(error).split())
    if isinstance(error, WorkerError):
        key = f"not-{done}"
    elif isinstance(error, KilledError):
        key = "not-run"
    else:
        said = said if type(error) is RuntimeError else f"{type(error).__name__}: {said}"
        key = "failed"
    reason = say(f"check.{key}", path=relative(path), said=said)
    return Result(path, "error", time.monotonic() - start, reason=reason)


def load_served(lesson: Lesson, folder: str | None = None, sample: bool = False) -> Dataset:
    """Load the data for a lesson's notebooks, as :func:`fmnist_spec.load_data` does.

    A sample is repeated to the full size.
    """
    from fmnist_spec.data import SampleDataWarning, load_data
    from fmnist_spec.dataset import repeated

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SampleDataWarning)  # the trace says it
        dataset = load_data(folder, sample=sample, lesson=lesson)
    return repeated(dataset, lesson.data)
