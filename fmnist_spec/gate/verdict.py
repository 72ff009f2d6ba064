"""Judge one run of a notebook, against each of its lessons."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from fmnist_spec.files import relative
from fmnist_spec.gate.catalogue import RULES as CATALOGUE
from fmnist_spec.gate.catalogue import Severity, rules_of, sentence
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.selection import belongs, other_network, skipped
from fmnist_spec.gate.evidence import DECIDED, RULES, Evidence
from fmnist_spec.gate.finding import Finding, Result, Verdict, in_order, told_once
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.prose import numbers  # noqa: F401  # each registers its rules
from fmnist_spec.gate.rules import data, fit, lacking, network, run, training  # noqa: F401
from fmnist_spec.gate.stored import accuracies, logs, outputs, summaries, values  # noqa: F401
from fmnist_spec.gate.trace import Trace
from fmnist_spec.lesson import Lesson


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
    told = {"count": len(left), "asked": len(asked), "missing": [*dict.fromkeys(missing)]}
    return f"{relative(evidence.notebook.path)}: {sentence('', 'undecided', told)}"


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


def judge_run(
    notebook: Notebook, trace: Trace, lessons: Mapping[str, Lesson], config: Config, start: float
) -> Result:
    """Judge a run, unless it shows that the notebook belongs to no lesson and nobody named it.

    The result is without what the cells store: it may be kept until all notebooks are judged.
    """
    held = against(notebook, trace, lessons)
    belong = (belongs(one.lesson, notebook, trace, one.cut_short) for one in held)
    if notebook.unnamed and not any(belong):
        return skipped(notebook.path, other_network(held[0].lesson))
    cells = tuple(replace(cell, outputs=()) for cell in notebook.cells)
    return replace(hold(held, config, start), notebook=replace(notebook, cells=cells))
