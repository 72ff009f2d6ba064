"""Findings for what follows them from run to run: GitLab's code quality, and SARIF."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import fmnist_spec
from fmnist_spec.gate.catalogue import RULES, SEVERITIES, in_words
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.report.common import static
from fmnist_spec.gate.report.json import document
from fmnist_spec.gate.report.overview import Told, in_repository, told
from fmnist_spec.harmless import harmless
from fmnist_spec.language import say
from fmnist_spec.lesson import Lesson

OF_GITLAB = {"error": "major", "warning": "minor", "note": "info"}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST = 25_000  # results of a run that GitHub takes
Placed = tuple[Told, str, str]  # a finding, its file, and its fingerprint


def as_gitlab(results: Sequence[Result]) -> str:
    """Write the findings as GitLab's report of code quality."""
    return document([_issue(*one) for one in _placed(results)])


def _issue(one: Told, file: str, fingerprint: str) -> dict[str, Any]:
    return {
        "description": one.message,
        "check_name": one.rule,
        "fingerprint": fingerprint,
        "severity": OF_GITLAB[one.severity],
        "location": {"path": file, "lines": {"begin": one.line}},
    }


def as_sarif(lesson: Lesson, results: Sequence[Result]) -> str:
    """Write the findings as SARIF 2.1.0, the errors first if there are more than a run may have."""
    placed = sorted(_placed(results), key=lambda one: SEVERITIES.index(one[0].severity))[:MOST]
    rules = [*dict.fromkeys(one.rule for one, _, _ in placed)]
    version = fmnist_spec.__version__
    driver = {"name": "fmnist-spec", "version": version, "semanticVersion": version}
    described = [_descriptor(id, lesson) for id in rules]
    run = {
        "tool": {"driver": {**driver, "rules": described}},
        "invocations": [{"executionSuccessful": all(one.verdict != "error" for one in results)}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(*one, rules.index(one[0].rule)) for one in placed],
    }
    if told := static(results):  # another analysis than a run's, which stands beside it
        run |= {
            "automationDetails": {"id": "fmnist-spec/static/", "description": {"text": told[0]}}
        }
    return document({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _descriptor(id: str, lesson: Lesson) -> dict[str, Any]:
    if id in RULES:
        severity, explained = RULES[id].severity, say("report.explain", rule=id)
        required = harmless(in_words(id).requires.format(lesson=lesson))
    else:  # it says why there is no verdict
        severity, required = "error", say(f"report.why.{id}")
        explained = required
    return {
        "id": id,
        "shortDescription": {"text": required},
        "fullDescription": {"text": required},
        "help": {"text": explained},
        "defaultConfiguration": {"level": severity},
    }


def _result(one: Told, file: str, fingerprint: str, index: int) -> dict[str, Any]:
    place = {"uri": quote(file, errors="surrogatepass"), "uriBaseId": "%SRCROOT%"}
    region = {"startLine": one.line}
    return {
        "ruleId": one.rule,
        "ruleIndex": index,
        "level": one.severity,
        "message": {"text": one.message},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": place, "region": region},
                "logicalLocations": [{"name": one.place(line=True)}],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
    }


def _placed(results: Sequence[Result]) -> Iterator[Placed]:
    """Give each finding with a fingerprint, which lines above it and its words do not change."""
    seen = Counter[str]()
    for result in results:
        file = in_repository(result.path)
        for one in told(result):
            says = one.finding.says if one.finding else ""
            about = "\0".join([file, one.rule, says, one.marked])
            fingerprint = hashlib.sha256(about.encode(errors="surrogatepass")).hexdigest()[:32]
            seen[fingerprint] += 1
            yield one, file, f"{fingerprint}:{seen[fingerprint]}"
