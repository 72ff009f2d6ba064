"""Results as JUnit's XML: a suite for each notebook, and in it a test case for each rule."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fmnist_spec.gate.course.selection import remedy
from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.gate.report.overview import (
    UNDECIDED,
    UNREADABLE,
    in_repository,
    in_short,
    one_line,
)
from fmnist_spec.gate.report.text import as_text
from fmnist_spec.harmless import harmless
from fmnist_spec.language import say

if TYPE_CHECKING:
    from junitparser import Error, Failure, Skipped, TestCase, TestSuite


def as_junit(results: Sequence[Result]) -> str:
    """Write the results as one document."""
    from junitparser import JUnitXml

    document, out = JUnitXml("fmnist-spec"), io.BytesIO()
    document.extend(map(_suite, results))  # type: ignore[no-untyped-call]
    document.update_statistics()  # type: ignore[no-untyped-call]
    document.write(out, pretty=True)
    return out.getvalue().decode().rstrip("\n")


def _suite(result: Result) -> TestSuite:
    from junitparser import TestSuite

    file = harmless(in_repository(result.path))
    suite, cases = TestSuite(file), [*_cases(result, file)] or [_case(file, "notebook")]
    cases[0].time = round(result.seconds, 3)  # a notebook runs once for all of them
    suite.add_testcases(cases)
    return suite


def _cases(result: Result, file: str) -> Iterator[TestCase]:
    from junitparser import Error, Skipped

    reason = harmless(one_line(result.reason))
    if result.verdict == "skipped":
        yield _case(file, "notebook", Skipped(f"{reason} {remedy()}"))
    elif result.verdict == "error":
        yield _case(file, UNDECIDED if result.trace else UNREADABLE, Error(reason))
    found = defaultdict[str, list[Finding]](list)
    for one in result.findings:
        found[one.rule].append(one)
    for rule in dict.fromkeys((*result.asked, *found, *result.undecided)):
        yield _rule_case(result, file, rule, found[rule])
    for rule in result.unasked:
        yield _case(file, rule, Skipped(say("static.needs-run")))


def _rule_case(result: Result, file: str, rule: str, findings: Sequence[Finding]) -> TestCase:
    """Errors fail a rule; what else is found is printed by it."""
    from junitparser import Failure, Skipped

    text = "\n".join(as_text(one, result) for one in findings)
    if any(one.severity == "error" for one in findings):
        failure = Failure(in_short(findings[0]), "error")
        failure.text = text
        return _case(file, rule, failure, line=findings[0].line)
    if rule in result.undecided:
        return _case(file, rule, Skipped(say("report.unfinished")))
    case = _case(file, rule, line=findings[0].line if findings else None)
    if text:
        case.system_out = text
    return case


def _case(
    file: str, name: str, *outcome: Error | Failure | Skipped, line: int | None = None
) -> TestCase:
    """Make a case that stands in its file, which GitLab and editors open."""
    from junitparser import Attr, IntAttr, TestCase

    class Case(TestCase):
        file, line = Attr(), IntAttr()

    case = Case(name, file)
    case.file, case.line = file, line or 1
    case.result = [*outcome]
    return case
