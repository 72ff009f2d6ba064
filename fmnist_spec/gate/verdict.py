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
from fmnist_spec.gate.course.selection import belongs, names_network, other_network, skipped
from fmnist_spec.gate.evidence import DECIDED, RULES, STATIC, Evidence, Judge
from fmnist_spec.gate.finding import Finding, Result, Verdict, in_order, told_once
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.prose import numbers  # noqa: F401  # each registers its rules
from fmnist_spec.gate.rules import data, fit, inputs, lacking, network, run, training  # noqa: F401
from fmnist_spec.gate.rules.silencing import divided
from fmnist_spec.gate.stored import accuracies, logs, outputs, summaries, values  # noqa: F401
from fmnist_spec.gate.trace import NOT_RUN, Trace
from fmnist_spec.gate.witness import rules as witness  # noqa: F401
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
    return in_order(_found((evidence, *others), ids, severity or {}))


def _found(
    held: Iterable[Evidence], ids: Collection[str], severity: Mapping[str, str]
) -> list[Finding]:
    return told_once(
        _placed(found, severity, one)
        for one in held
        for id in rules_of([one.lesson], ids)
        for found in _judge(id, one)(one)
    )


def _judge(id: str, evidence: Evidence) -> Judge:
    """Give what looks for a rule's findings; of a notebook that was not run, for those it can."""
    return RULES[id] if evidence.trace.ran else STATIC.get(id, lambda _: iter(()))


def _placed(finding: Finding, severity: Mapping[str, str], *held: Evidence) -> Finding:
    """Give a finding the severity of the settings, and the lessons that say so."""
    given = cast(Severity, severity.get(finding.rule, finding.severity))
    return replace(finding, severity=given, lesson_files=tuple(one.lesson_file for one in held))


def _told(held: Sequence[Evidence], config: Config) -> tuple[tuple[Finding, ...], ...]:
    """Give what is found, and what of that the notebook silences."""
    found = _found(held, config.rules, config.severity)
    kept, hidden, idle = divided(held[0], found, config.rules)
    kept += [_placed(one, config.severity, *held) for one in idle]
    findings, silenced = in_order(kept), in_order(hidden)
    for one in (*findings, *silenced):  # a sentence that cannot be written is a fault of ours, too
        _ = one.message, one.expected, one.observed
    return findings, silenced


def _fails(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


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
    findings, silenced = _told(held, config)
    # What is silenced has not spoken: nobody silences that a notebook could not be checked.
    unknown = {id for one in held for id in undecided(one, config.rules, findings)}
    left = tuple(id for id in config.rules if id in unknown)
    verdict: Verdict = "fail" if _fails(findings) else "error" if left else "pass"
    asked = rules_of([one.lesson for one in held], config.rules)
    reason = _why_undecided(first, left, asked) if verdict == "error" else ""
    seconds, of = time.monotonic() - start, (first.notebook, first.trace)
    path, judged_by = first.notebook.path, (first.lesson, files)
    return Result(path, verdict, seconds, findings, *of, reason, left, *judged_by, silenced, asked)


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
    return _without_outputs(hold(held, config, start), notebook)


def judge_source(
    notebook: Notebook, lessons: Mapping[str, Lesson], config: Config, start: float
) -> Result:
    """Judge a notebook that is not run by its source, its text and what it stores.

    It is not judged if nobody named it and its source does not show that it belongs to a lesson.
    """
    held = against(notebook, NOT_RUN, lessons)
    if notebook.unnamed and not any(names_network(one.lesson, notebook.code) for one in held):
        return skipped(notebook.path, other_network(held[0].lesson, ran=False))
    findings, silenced = _told(held, config)
    asked = rules_of(lessons.values(), config.rules)
    result = Result(
        notebook.path,
        "fail" if _fails(findings) else "pass",
        time.monotonic() - start,
        findings,
        lesson=held[0].lesson,
        lesson_files=tuple(lessons),
        silenced=silenced,
        asked=tuple(id for id in asked if id in STATIC),
        unasked=tuple(id for id in asked if id not in STATIC),
    )
    return _without_outputs(result, notebook)


def _without_outputs(result: Result, notebook: Notebook) -> Result:
    cells = tuple(replace(cell, outputs=()) for cell in notebook.cells)
    return replace(result, notebook=replace(notebook, cells=cells))
