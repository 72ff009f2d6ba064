"""What was found: findings, each a rule, a place and values, and the result of one notebook."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from fmnist_spec.gate.catalogue import Severity, sentence, shown, words_of
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.trace import Trace

Verdict = Literal["pass", "fail", "error"]
EXIT_CODES: dict[Verdict, int] = {"pass": 0, "fail": 1, "error": 2}


@dataclass(frozen=True)
class Finding:
    """One thing that a notebook says or does differently from the lesson.

    ``cell`` counts all cells from 0; ``line`` is the physical line in the file, ``line_in_cell``
    that of the cell's source, both from 1. ``says`` is the key of a sentence in the catalogue, and
    ``values`` is what is filled in there.
    """

    rule: str
    severity: Severity
    cell: int | None
    line: int | None
    says: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False, repr=False)
    line_in_cell: int | None = None

    @property
    def message(self) -> str:
        """The sentence, which ends with the remedy."""
        return sentence(self.rule, self.says, self.values)

    @property
    def expected(self) -> str:
        """A short text for people, often empty."""
        return self._short("expected")

    @property
    def observed(self) -> str:
        """A short text for people, often empty."""
        return self._short("observed")

    def _short(self, name: str) -> str:
        """Give a value of the finding; else the words for this sentence or rule."""
        if name in self.values:
            return str(shown(self.rule, self.values[name]))
        words = words_of(self.rule)
        keys = (key for key in (f"{self.says}-{name}", name) if key in words)
        return next((sentence(self.rule, key, self.values) for key in keys), "")


@dataclass(frozen=True)
class Result:
    """What became of one notebook. ``reason`` says in one line why there is no verdict."""

    path: Path
    verdict: Verdict
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    notebook: Notebook | None = None
    trace: Trace | None = None
    reason: str = ""
