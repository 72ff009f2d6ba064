"""Check notebooks: run each, judge what the run showed, collect the results."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

from fmnist_spec.files import relative
from fmnist_spec.gate.catalogue import RULES as CATALOGUE
from fmnist_spec.gate.catalogue import Severity, sentence
from fmnist_spec.gate.confine.sandbox import Limits, RunSettings
from fmnist_spec.gate.course.belonging import belongs, other_network
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.evidence import DECIDED, RULES, Evidence
from fmnist_spec.gate.finding import EXIT_CODES, Finding, Result, Verdict, in_order
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.prose import numbers  # noqa: F401  # each registers its rules
from fmnist_spec.gate.rules import (  # noqa: F401
    compile,
    data,
    fit,
    lacking,
    network,
    refused,
    run,
    training,
)
from fmnist_spec.gate.stored import accuracies, logs, outputs, summaries, values  # noqa: F401
from fmnist_spec.lesson import Data, Lesson, load_lesson
from fmnist_spec.reading import SpecificationError

if TYPE_CHECKING:
    from fmnist_spec.dataset import Dataset
    from fmnist_spec.gate.run.runner import Runner

DEFAULTS = RunSettings()
Loader = Callable[[], "Dataset"]


def judge(
    evidence: Evidence, ids: Iterable[str] = CATALOGUE, severity: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    """Hold one run, and what its cells store and say, against the lesson.

    ``ids`` are the rules to ask, ``severity`` overrides theirs.
    """
    found = [one for id in _asked(ids) for one in RULES[id](evidence)]
    given = cast(Mapping[str, Severity], severity or {})
    found = [replace(one, severity=given.get(one.rule, one.severity)) for one in found]
    return in_order(found)


def undecided(
    evidence: Evidence, ids: Iterable[str], findings: Iterable[Finding]
) -> tuple[str, ...]:
    """Name the rules that were asked, found nothing, and did not see all that they look at."""
    if not evidence.cut_short:
        return ()
    spoke = {one.rule for one in findings}
    return tuple(id for id in _asked(ids) if id not in spoke and not DECIDED[id](evidence))


def _why_undecided(evidence: Evidence, left: Sequence[str], asked: Collection[str]) -> str:
    """Say in one line what was missing, so that these rules of the asked ones are undecided."""
    missing = [one.reason for one in evidence.lacking]
    raised = [one.error.type for one in evidence.raised if one.error]
    missing += [sentence("", "raised", {"type": one}) for one in raised]
    ended = evidence.trace.ended
    missing += [sentence("", "ended", {"detail": ended.detail})] if ended else []
    told = {"count": len(left), "asked": len(asked), "missing": "; ".join(dict.fromkeys(missing))}
    return f"{relative(evidence.notebook.path)}: {sentence('', 'undecided', told)}"


def _asked(ids: Iterable[str]) -> list[str]:
    return sorted({*ids}, key=[*CATALOGUE].index)


class Checker:
    """Runs and judges notebooks. The data and TensorFlow are loaded when the first one needs them.

    Leaving the ``with`` block ends all processes.

    Args:
        lesson: the specification that ``config.lesson`` names.
        config: which rules, how severe, the time limits, and which notebook has others.
        load: makes the function that loads the data which a lesson's notebooks are served.
        settings: how notebooks are run.

    Raises SpecificationError: no rule is asked for, and so every notebook would pass; or the
        lesson file of an entry cannot be used.
    """

    def __init__(
        self,
        lesson: Lesson,
        config: Config,
        load: Callable[[Lesson], Loader] | None = None,
        settings: RunSettings = DEFAULTS,
    ) -> None:
        self.config, self._load, self._settings = config, load or loader, settings
        self._lessons = {config.lesson: lesson}
        for one in (config, *config.notebooks):
            if not one.rules:
                found, remedy = "all selected rules", "Select other rules, or ignore fewer."
                expected = "at least one rule that is left"
                raise SpecificationError(Path("the settings"), "ignore", found, expected, remedy)
            if one.lesson not in self._lessons:
                self._lessons[one.lesson] = load_lesson(one.lesson)
        self._stack, self._lock = ExitStack(), Lock()
        self._runners: dict[Data, Runner] = {}

    def __enter__(self) -> Checker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes."""
        self._stack.close()

    def _runner(self, lesson: Lesson) -> Runner:
        """Start the runner for a lesson's data, once. Raises what makes it impossible."""
        from fmnist_spec.gate.run.runner import Runner

        with self._lock:
            if lesson.data not in self._runners:
                runner = Runner(lesson.data.dataset, self._load(lesson), self._settings)
                self._runners[lesson.data] = self._stack.enter_context(runner)
            return self._runners[lesson.data]

    def check(self, notebook: Notebook) -> Result:
        """Run and judge one notebook. A fault of ours becomes its result, and is not raised."""
        path, config = notebook.path, self.config.settings_of(notebook.path)
        lesson = self._lessons[config.lesson]
        runner, start = self._runner(lesson), time.monotonic()
        try:
            most = config.cell_seconds, config.notebook_seconds, config.training_seconds
            limits = Limits(*most)
            trace = runner.run(notebook.cells, path, limits)
            evidence = Evidence(lesson, notebook, trace, Path(config.lesson))
            if notebook.unnamed and not belongs(lesson, notebook, trace, evidence.cut_short):
                reason = f"{relative(path)}: {other_network(lesson)}."
                return Result(path, "skipped", reason=reason)
            findings = judge(evidence, config.rules, config.severity)
            for one in findings:  # a sentence that cannot be written is a fault of ours, too
                _ = one.message, one.expected, one.observed
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())
            reason = f"{relative(path)}: fmnist-spec itself failed: {said}. Please report it."
            return Result(path, "error", time.monotonic() - start, reason=reason)
        left = undecided(evidence, config.rules, findings)
        fails = any(finding.severity == "error" for finding in findings)
        verdict: Verdict = "fail" if fails else "error" if left else "pass"
        reason = _why_undecided(evidence, left, config.rules) if verdict == "error" else ""
        seconds, judged_by = time.monotonic() - start, (lesson, config.lesson)
        return Result(path, verdict, seconds, findings, notebook, trace, reason, left, *judged_by)

    def check_all(
        self, found: Iterable[Notebook | Result], jobs: int, done: Callable[[], object]
    ) -> list[Result]:
        """Check notebooks, ``jobs`` at a time: the results in their order, ``done`` after each."""

        def one(item: Notebook | Result) -> Result:
            result = item if isinstance(item, Result) else self.check(item)
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


def loader(lesson: Lesson, folder: str | None = None, sample: bool = False) -> Loader:
    """Make the function that loads the data, as :func:`fmnist_spec.load_data` does.

    A sample is repeated to the full size.
    """

    def load() -> Dataset:
        from fmnist_spec.data import SampleDataWarning, load_data
        from fmnist_spec.dataset import repeated

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SampleDataWarning)  # the trace says it
            dataset = load_data(folder, sample=sample, lesson=lesson)
        return repeated(dataset, lesson.data)

    return load


def exit_code(results: Iterable[Result]) -> int:
    """Give 0 if all pass, 1 if one fails, 2 if one could not be judged, or none was."""
    verdicts = [result.verdict for result in results if result.verdict != "skipped"]
    return max((EXIT_CODES[verdict] for verdict in verdicts), default=2)
