"""Print how often the judge of prose is right on the labelled sentences.

Usage: python benchmarks/prose_accuracy.py [--misses] [tuned|test]
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.prose.numbers import Observed, judge_prose
from fmnist_spec.lesson import LESSON

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SENTENCES = Path(__file__).resolve().parents[1] / "tests" / "gate" / "prose" / "sentences.toml"


@dataclass(frozen=True)
class Labelled:
    """A sentence, its label, and what the judge says of it."""

    text: str
    label: str
    severity: str
    claim: str
    test: bool
    findings: tuple[Finding, ...]

    @property
    def said(self) -> str:
        """The gravest severity that the judge gives: "error", "warning" or nothing."""
        severities = {finding.severity for finding in self.findings}
        return "error" if "error" in severities else "warning" if severities else ""

    @property
    def is_fair(self) -> bool:
        """Whether a finding is in its place: of a false sentence, or a warning of another model."""
        return self.label == "false" or (self.label == "other" and self.said == "warning")


def labelled() -> Iterator[Labelled]:
    """Every labelled sentence, judged as a cell of its own."""
    for group in tomllib.loads(SENTENCES.read_text(encoding="utf-8"))["group"]:
        observed = Observed(
            {term: frozenset(values) for term, values in group.get("observed", {}).items()}
        )
        for text in group["texts"]:
            lines = tuple(range(1, text.count("\n") + 2))
            cell = Cell(0, group.get("cell", "markdown"), text, lines)
            findings = tuple(judge_prose(LESSON, [cell], observed))
            test = not group.get("tuned") and zlib.crc32(text.encode()) % 3 == 0
            severity = group.get("severity", "")
            yield Labelled(text, group["label"], severity, group["claim"], test, findings)


def measure(sentences: list[Labelled]) -> dict[str, tuple[int, int]]:
    """Hits and cases of each measure."""
    false = [one for one in sentences if one.label == "false"]
    errors = [one for one in sentences if one.said == "error"]
    findings = [one for one in sentences if one.said]
    grave = [one for one in false if one.severity == "error"]
    return {
        "precision of errors": (sum(one.severity == "error" for one in errors), len(errors)),
        "precision of all findings": (sum(one.is_fair for one in findings), len(findings)),
        "recall of false sentences": (sum(bool(one.said) for one in false), len(false)),
        "recall of errors as errors": (sum(one.said == "error" for one in grave), len(grave)),
    }


def report(name: str, sentences: list[Labelled], misses: bool) -> None:
    """Print the measures and, on request, every sentence that was judged wrongly."""
    print(f"{name}: {len(sentences)} sentences")
    for measure_name, (hits, cases) in measure(sentences).items():
        print(f"  {measure_name:27} {hits:3}/{cases:3} = {hits / max(cases, 1):.3f}")
    for one in sentences if misses else ():
        if one.said != one.severity and not (one.label == "other" and one.is_fair):
            said = "; ".join(finding.message for finding in one.findings) or "nothing"
            print(f"  {one.label} {one.severity} ({one.claim}): {one.text!r}\n    said {said}")


def main() -> None:
    """Print the measures on the tuned sentences, on the test split, and on all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("split", nargs="?", choices=("tuned", "test"), help="only this split")
    parser.add_argument("--misses", action="store_true", help="print what was judged wrongly")
    options = parser.parse_args()
    sentences = list(labelled())
    splits = {
        "tuned": [one for one in sentences if not one.test],
        "test": [one for one in sentences if one.test],
        "all": sentences,
    }
    for name in [options.split] if options.split else splits:
        report(name, splits[name], options.misses)


if __name__ == "__main__":
    main()
