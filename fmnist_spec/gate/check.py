"""Check notebooks: run each, judge what the run showed, collect the results."""

import time
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import cast

from fmnist_spec.data import SampleDataWarning, load_data
from fmnist_spec.dataset import Dataset, repeated
from fmnist_spec.files import relative
from fmnist_spec.gate.catalogue import RULES as CATALOGUE
from fmnist_spec.gate.catalogue import Severity, rules_of, sentence
from fmnist_spec.gate.confine.sandbox import RunSettings
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.selection import belongs, other_network, skipped
from fmnist_spec.gate.evidence import DECIDED, RULES, Evidence
from fmnist_spec.gate.finding import EXIT_CODES, Finding, Result, Verdict, in_order, told_once
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.prose import numbers  # noqa: F401  # each registers its rules
from fmnist_spec.gate.rules import data, fit, lacking, network, run, training  # noqa: F401
from fmnist_spec.gate.run.runner import Runner
from fmnist_spec.gate.stored import accuracies, logs, outputs, summaries, values  # noqa: F401
from fmnist_spec.gate.trace import Trace
from fmnist_spec.lesson import Lesson, load_lesson
from fmnist_spec.reading import SpecificationError


def judge(
    evidence: Evidence,
    ids: Collection[str] = CATALOGUE,
    severity: Mapping[str, str] | None = None,
    *others: Evidence,
) -> tuple[Finding, ...]:
    """Hold one run, and what its cells store and say, against the lesson.

    ``ids`` are the rules to ask, ``severity`` overrides theirs; ``others`` hold the same run
    against other lessons.
    """
    given = cast(Mapping[str, Severity], severity or {})
    found = (
        replace(one, severity=given.get(one.rule, one.severity), lesson_files=(held.lesson_file,))
        for held in (evidence, *others)
        for id in rules_of([held.lesson], ids)
        for one in RULES[id](held)
    )
    return in_order(told_once(found))


def undecided(
    evidence: Evidence, ids: Collection[str], findings: Iterable[Finding]
) -> tuple[str, ...]:
    """Name the rules that were asked, found nothing, and did not see all that they look at."""
    if not evidence.cut_short:
        return ()
    spoke = {one.rule for one in findings if evidence.lesson_file in one.lesson_files}
    asked = rules_of([evidence.lesson], ids)
    return tuple(id for id in asked if id not in spoke and not DECIDED[id](evidence))


def _why_undecided(evidence: Evidence, left: Sequence[str], asked: Collection[str]) -> str:
    """Say in one line what was missing, so that these rules of the asked ones are undecided."""
    missing = [one.reason for one in evidence.lacking]
    missing += [sentence("", "raised", {"type": one.type}) for one in evidence.raised.values()]
    ended = evidence.trace.ended
    missing += [sentence("", "ended", {"detail": ended.detail})] if ended else []
    told = {"count": len(left), "asked": len(asked), "missing": "; ".join(dict.fromkeys(missing))}
    return f"{relative(evidence.notebook.path)}: {sentence('', 'undecided', told)}"


def _wrong(config: Config, lessons: Mapping[str, Lesson]) -> Iterator[tuple[str, str, str, str]]:
    """Say which settings cannot be: the key, what was found, what was expected, the remedy."""
    of = ", ".join(f"{relative(Path(one))} of {lessons[one].data.title}" for one in config.lessons)
    if len({Path(one).resolve() for one in config.lessons}) < len(config.lessons):
        remedy = "Name it once."
        yield "lessons", f"one file twice ({', '.join(config.lessons)})", "different files", remedy
    if len({one.data.dataset for one in lessons.values()}) > 1:
        remedy = "Give those of another data set to another notebook."
        yield "lessons", of, "lessons of one data set", remedy
    if not rules_of(lessons.values(), config.rules):
        expected = "at least one rule that is left"
        yield "ignore", "all selected rules", expected, "Select other rules, or ignore fewer."


def against(notebook: Notebook, trace: Trace, lessons: Mapping[str, Lesson]) -> list[Evidence]:
    """Hold a run against each of its lessons, which are given by their files."""
    held = []
    for file, lesson in lessons.items():
        others = tuple(one for other, one in lessons.items() if other != file)
        held.append(Evidence(lesson, notebook, trace, Path(file), others))
    return held


def hold(held: Sequence[Evidence], config: Config, start: float) -> Result:
    """Judge a run, which began at ``start``, by what holds it against each of its lessons."""
    first, files = held[0], tuple(str(one.lesson_file) for one in held)
    findings = judge(first, config.rules, config.severity, *held[1:])
    for one in findings:  # a sentence that cannot be written is a fault of ours, too
        _ = one.message, one.expected, one.observed
    unknown = {id for one in held for id in undecided(one, config.rules, findings)}
    left = tuple(id for id in config.rules if id in unknown)
    fails = any(finding.severity == "error" for finding in findings)
    verdict: Verdict = "fail" if fails else "error" if left else "pass"
    asked = rules_of([one.lesson for one in held], config.rules)
    reason = _why_undecided(first, left, asked) if verdict == "error" else ""
    seconds, of = time.monotonic() - start, (first.notebook, first.trace)
    path, judged_by = first.notebook.path, (first.lesson, files)
    return Result(path, verdict, seconds, findings, *of, reason, left, *judged_by)


class Checker(ExitStack):
    """Runs and judges notebooks. The data and TensorFlow are loaded when the first one needs them.

    Leaving the ``with`` block, or close(), ends all processes.

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
            for wrong in _wrong(one, self._lessons_of(one)):
                raise SpecificationError(Path("the settings"), *wrong)
        self._runners: dict[str, Runner] = {}  # by the names of data sets

    def _lessons_of(self, config: Config) -> dict[str, Lesson]:
        return {file: self._lessons[file] for file in config.lessons}

    def rules_of(self, path: Path) -> tuple[str, ...]:
        """Give the rules that are asked of a file, and that its lessons are about."""
        config = self.config.settings_of(path)
        return rules_of(self._lessons_of(config).values(), config.rules)

    def _runner(self, lesson: Lesson) -> Runner:
        """Start the runner for a lesson's data set, once. Raises what makes it impossible."""
        name = lesson.data.dataset
        with self._lock:
            if name not in self._runners:
                runner = Runner(name, partial(self._load, lesson), self._settings)
                self._runners[name] = self.enter_context(runner)
            return self._runners[name]

    def check(self, notebook: Notebook) -> Result:
        """Run and judge one notebook. A fault of ours becomes its result, and is not raised."""
        path, config = notebook.path, self.config.settings_of(notebook.path)
        lesson = self._lessons[config.lessons[0]]
        runner, start = self._runner(lesson), time.monotonic()
        try:
            trace = runner.run(notebook.cells, path, config.limits)
            held = against(notebook, trace, self._lessons_of(config))
            belong = (belongs(one.lesson, notebook, trace, one.cut_short) for one in held)
            if notebook.unnamed and not any(belong):
                return skipped(path, other_network(lesson))
            return hold(held, config, start)
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())
            reason = f"{relative(path)}: fmnist-spec itself failed: {said}. Please report it."
            return Result(path, "error", time.monotonic() - start, reason=reason)

    def check_all(self, found: Iterable[Notebook | Result], jobs: int) -> Iterator[Result]:
        """Check notebooks, ``jobs`` at a time, and give the results in their order."""
        with ThreadPoolExecutor(jobs) as pool:
            try:
                yield from pool.map(
                    lambda one: one if isinstance(one, Result) else self.check(one), found
                )
            except BaseException:  # such as Ctrl-C: those that run end with their processes
                pool.shutdown(wait=False, cancel_futures=True)
                self.close()
                raise


def load_served(lesson: Lesson, folder: str | None = None, sample: bool = False) -> Dataset:
    """Load the data for a lesson's notebooks, as :func:`fmnist_spec.load_data` does.

    A sample is repeated to the full size.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SampleDataWarning)  # the trace says it
        dataset = load_data(folder, sample=sample, lesson=lesson)
    return repeated(dataset, lesson.data)


def exit_code(results: Iterable[Result]) -> int:
    """Give 0 if all pass, 1 if one fails, 2 if one could not be judged, or none was."""
    verdicts = [result.verdict for result in results if result.verdict != "skipped"]
    return max((EXIT_CODES[verdict] for verdict in verdicts), default=2)
