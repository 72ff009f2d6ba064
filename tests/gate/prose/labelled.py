"""The labelled sentences, what the judge says of them, and how often that is right.

sentences.toml has those of our own. sets/ has those of writers who had seen neither the judge nor
any of them: each fresh set was judged once before anything was changed for it, and keeps what that
showed.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any

from notebooks import LESSON, read_toml

from fmnist_spec.gate.compare.terms import Values
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.gate.trace import Trace
from fmnist_spec.gate.verdict import judge

SENTENCES = Path(__file__).with_name("sentences.toml")
SETS = Path(__file__).with_name("sets")
LANGUAGES = ("ko", "en")
RULES = ("prose-arithmetic", "prose-number")
Observed = Mapping[str, Values]  # by term; None of a run that was cut short
RIGHT_ERRORS = ("error", "false", "doubtful")  # labels of what is false
RAN: Observed = {}  # a notebook that shows nothing but the lesson
TRACE = Trace("2.21.0", "3.15.1", (), False, (), (), None)


def cell(text: str, kind: str = "markdown", first_line: int = 1, index: int = 0) -> Cell:
    lines = tuple(range(first_line, first_line + text.count("\n") + 1))
    return Cell(index, kind, text, lines)  # type: ignore[arg-type]


def judged(one: Cell, observed: Observed | None = RAN, trace: Trace = TRACE) -> list[Finding]:
    """Judge the text of the only cell of a notebook that says something."""
    cells = (*(cell("", index=index) for index in range(one.index)), one)
    evidence = Evidence(LESSON, Notebook(Path("one.ipynb"), cells), trace)
    vars(evidence)["observed"] = observed
    return [*judge(evidence, RULES)]


Z = 1.96  # of an interval that holds the share 95 times in 100
COLUMNS = (
    "judged first | language | false sentences found | share | before | errors right | all right"
)


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
        return self.label in ("error", "warning", "false")

    @property
    def said(self) -> str:
        """The gravest severity that the judge gives: "error", "warning" or nothing."""
        severities = {finding.severity for finding in self.findings}
        return "error" if "error" in severities else "warning" if severities else ""

    @property
    def is_fair(self) -> bool:
        """Whether a finding is in its place: of what is false, or a warning of another model."""
        is_other = self.label == "other" and self.said == "warning"
        return self.is_false or self.label == "doubtful" or is_other

    @property
    def is_missed(self) -> bool:
        """Whether the judge says anything but what the label asks for."""
        right = {"error": ("error",), "warning": ("warning",), "other": ("", "warning")}
        right |= {"false": ("error", "warning"), "doubtful": ("", "warning")}
        return self.said not in right.get(self.label, ("",))


def labelled() -> list[Labelled]:
    """Every labelled sentence, judged as a cell of its own."""
    return [one for group in GROUPS for one in judged_of(group)]


@cache
def judged_of(group: str) -> list[Labelled]:
    """The labelled sentences of a set, or of a part of sentences.toml."""
    return [*_judged_of(group)]


def _judged_of(group: str) -> Iterator[Labelled]:
    for kind, label, texts, observed in LISTS[group]:
        shown = {term: frozenset(values) for term, values in observed.items()}
        for text in texts:
            test = group == "by-crc" and zlib.crc32(text.encode()) % 3 == 0
            findings = tuple(judged(cell(text, kind), shown))
            yield Labelled(text, label, str(observed), test, findings)


def first_sight() -> dict[int, list[dict[str, Any]]]:
    """What the judge said of each fresh set at first sight, by the round in which it was judged."""
    rounds = defaultdict[int, list[dict[str, Any]]](list)
    for path in sorted(SETS.glob("fresh-*.toml")):
        one = read_toml(path)
        rounds[one["round"]].append({**one["first_sight"], "date": one["date"]})
    return rounds


def _lists() -> Iterator[tuple[str, str, str, list[str], dict[str, list[Any]]]]:
    """Give each list of sentences with what stands above it in the file."""
    for group, kinds in read_toml(SENTENCES).items():
        for one in kinds.pop("another-model"):
            yield group, "markdown", "true", one["true"], one["observed"]
        for kind, labels in kinds.items():
            yield from ((group, kind, label, texts, {}) for label, texts in labels.items())
    for path in sorted(SETS.glob("*.toml")):
        of_languages = read_toml(path)
        for language in LANGUAGES:
            for kind, labels in of_languages.get(language, {}).items():
                for label, texts in labels.items():
                    remarks = [f"# {text}".replace("\n", "\n# ") for text in texts]
                    yield path.stem, kind, label, texts if kind == "markdown" else remarks, {}


LISTS: dict[str, list[tuple[str, str, list[str], dict[str, list[Any]]]]] = {}
for _group, *_list in _lists():
    LISTS.setdefault(_group, []).append(tuple(_list))  # type: ignore[arg-type]
GROUPS = tuple(LISTS)


def measure(sentences: list[Labelled]) -> dict[str, tuple[int, int]]:
    """Hits and cases of each measure."""
    false = [one for one in sentences if one.is_false]
    errors = [one for one in sentences if one.said == "error"]
    findings = [one for one in sentences if one.said]
    grave = [one for one in false if one.label == "error"]
    return {
        "precision of errors": (sum(one.label in RIGHT_ERRORS for one in errors), len(errors)),
        "precision of all findings": (sum(one.is_fair for one in findings), len(findings)),
        "recall of false sentences": (sum(bool(one.said) for one in false), len(false)),
        "recall of errors as errors": (sum(one.said == "error" for one in grave), len(grave)),
    }


def interval(hits: int, cases: int) -> str:
    """A share with Wilson's interval."""
    share, spread = hits / cases, Z * Z / cases
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(share * (1 - share) / cases + spread / cases / 4)
    return f"{share:.2f} ({middle - half:.2f} to {middle + half:.2f})"


def table() -> list[str]:
    """The figures of first sight, three sets of sentences a round, as a table of Markdown."""
    lines = [f"| {COLUMNS} |", "|" + " --- |" * 7]
    for number, sets in first_sight().items():
        for language in (*LANGUAGES, "both"):
            of = [one[key] for one in sets for key in LANGUAGES if language in (key, "both")]
            keys = ("false", "false_before", "errors", "findings")
            sums = {
                key: [sum(pair) for pair in zip(*(one[key] for one in of), strict=True)]
                for key in keys
            }
            found, before, errors, findings = (sums[key] for key in keys)
            cells = [f"{number}, {sets[0]['date']}", language, "{} of {}".format(*found)]
            cells += [interval(*found), f"{before[0] / before[1]:.2f}"]
            cells += ["{} of {}".format(*errors), "{} of {}".format(*findings)]
            lines.append(f"| {' | '.join(cells)} |")
    return lines
