"""The labelled sentences, what the judge says of them, and how often that is right."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notebooks import LESSON, read_toml

from fmnist_spec.gate.check import judge
from fmnist_spec.gate.compare.terms import Values
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.gate.trace import Trace

SENTENCES = Path(__file__).with_name("sentences.toml")
RULES = ("prose-arithmetic", "prose-number")
Observed = Mapping[str, Values]  # by term; None of a run that was cut short
RAN: Observed = {}  # a notebook that shows nothing but the lesson
TRACE = Trace("2.21.0", "3.15.1", (), False, (), (), None)


def cell(text: str, kind: str = "markdown", first_line: int = 1, index: int = 0) -> Cell:
    lines = tuple(range(first_line, first_line + text.count("\n") + 1))
    return Cell(index, kind, text, lines)  # type: ignore[arg-type]


def judged(one: Cell, observed: Observed | None = RAN) -> list[Finding]:
    """Judge the text of the only cell of a notebook that says something."""
    cells = (*(cell("", index=index) for index in range(one.index)), one)
    evidence = Evidence(LESSON, Notebook(Path("one.ipynb"), cells), TRACE)
    vars(evidence)["observed"] = observed
    return [*judge(evidence, RULES)]


@dataclass(frozen=True)
class Labelled:
    """A sentence, its label, what its notebook shows, and what the judge says of it."""

    text: str
    label: str
    observed: str
    test: bool
    findings: tuple[Finding, ...]

    @property
    def is_false(self) -> bool:
        """Whether the sentence contradicts itself or the lesson."""
        return self.label in ("error", "warning")

    @property
    def said(self) -> str:
        """The gravest severity that the judge gives: "error", "warning" or nothing."""
        severities = {finding.severity for finding in self.findings}
        return "error" if "error" in severities else "warning" if severities else ""

    @property
    def is_fair(self) -> bool:
        """Whether a finding is in its place: of a false sentence, or a warning of another model."""
        return self.is_false or (self.label == "other" and self.said == "warning")

    @property
    def is_missed(self) -> bool:
        """Whether the judge says anything but what the label asks for."""
        right = {"error": ("error",), "warning": ("warning",), "other": ("", "warning")}
        return self.said not in right.get(self.label, ("",))


def labelled() -> Iterator[Labelled]:
    """Every labelled sentence, judged as a cell of its own."""
    for group, kind, label, texts, observed in _lists():
        shown = {term: frozenset(values) for term, values in observed.items()}
        for text in texts:
            test = group == "by-crc" and zlib.crc32(text.encode()) % 3 == 0
            findings = tuple(judged(cell(text, kind), shown))
            yield Labelled(text, label, str(observed), test, findings)


def _lists() -> Iterator[tuple[str, str, str, list[str], dict[str, list[Any]]]]:
    """Give each list of sentences with what stands above it in the file."""
    for group, kinds in read_toml(SENTENCES).items():
        for one in kinds.pop("another-model"):
            yield group, "markdown", "true", one["true"], one["observed"]
        for kind, labels in kinds.items():
            yield from ((group, kind, label, texts, {}) for label, texts in labels.items())


def measure(sentences: list[Labelled]) -> dict[str, tuple[int, int]]:
    """Hits and cases of each measure."""
    false = [one for one in sentences if one.is_false]
    errors = [one for one in sentences if one.said == "error"]
    findings = [one for one in sentences if one.said]
    grave = [one for one in false if one.label == "error"]
    return {
        "precision of errors": (sum(one.label == "error" for one in errors), len(errors)),
        "precision of all findings": (sum(one.is_fair for one in findings), len(findings)),
        "recall of false sentences": (sum(bool(one.said) for one in false), len(false)),
        "recall of errors as errors": (sum(one.said == "error" for one in grave), len(grave)),
    }
