"""What was found: findings, each a rule, a place and values, and the result of one notebook."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import merge
from pathlib import Path
from typing import Any, Literal, cast

from fmnist_spec import language
from fmnist_spec.files import relative
from fmnist_spec.gate import catalogue
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.trace import Trace
from fmnist_spec.lesson import Lesson, shipped_lessons

Verdict = Literal["pass", "fail", "error", "skipped"]
EXIT_CODES: dict[Verdict, int] = {"pass": 0, "fail": 1, "error": 2}  # what is skipped has none


@dataclass(frozen=True)
class Edit:
    """A change of one cell that would correct it: ``old`` stands at ``start``, ``new`` should.

    ``of`` leads from the cell to the text in which places are counted, from 0: ("source",) or
    ("outputs", 0, "text"). A number, such as execution_count, is the text of its digits.
    """

    cell: int
    start: int
    old: str
    new: str
    of: tuple[str | int, ...] = ("source",)

    @property
    def end(self) -> int:
        """Where what stands there ends."""
        return self.start + len(self.old)

    def overlaps(self, other: "Edit") -> bool:
        """Whether the two change one place; two that put something there do."""
        crosses = self.start < other.end and other.start < self.end
        same = (self.cell, self.of) == (other.cell, other.of)
        return same and (crosses or self.start == other.start)


@dataclass(frozen=True)
class Finding:
    """One thing that a notebook says or does differently from the lesson.

    ``cell`` counts all cells from 0; ``line`` is the physical line in the file, ``line_in_cell``
    that of the cell's source, both from 1. ``says`` is the key of a sentence in the catalogue, and
    ``values`` is what is filled in there. ``lesson_files`` are the lessons that say so, ``edits``
    what would correct it, if that is mechanical.
    """

    rule: str
    severity: catalogue.Severity
    cell: int | None
    line: int | None
    says: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False, repr=False)
    line_in_cell: int | None = None

    follows: catalogue.Phrase | str = ""  # from which finding it may follow
    lesson_files: tuple[Path, ...] = ()
    edits: tuple[Edit, ...] = field(default=(), repr=False)

    @property
    def message(self) -> str:
        """The sentence, which ends with the remedy, and what else may be said of the finding."""
        told = catalogue.sentence(self.rule, self.says, self.values), self._meant(), self.follows
        return " ".join(str(catalogue.shown(self.rule, one)) for one in told if one)

    def _meant(self) -> str:
        """Say what to change in the lesson file, if the notebook is right; often nothing."""
        meant, files = catalogue.in_words(self.rule).meant, self.lesson_files
        said = {self.says, *catalogue.keys_of(self.values)}
        keys = [one for one, by in meant.items() if not said.isdisjoint(by)]
        if not keys or not files:
            return ""
        told = {"keys": language.listed(keys)}
        told["file"] = language.listed(str(relative(file)) for file in files)
        ours = not {*files}.isdisjoint(shipped_lessons().values())
        return catalogue.sentence(self.rule, "meant-shipped" if ours else "meant", told)

    @property
    def beside(self) -> list[tuple[str, str]]:
        """What was expected, and what was observed, short and often empty; each behind whose it is.

        That is "the lesson says", "this run gave" and the like.
        """
        return catalogue.beside(self.rule, self.says, self.values)

    @property
    def expected(self) -> str:
        """A short text for people, often empty."""
        return self.beside[0][1]

    @property
    def observed(self) -> str:
        """A short text for people, often empty."""
        return self.beside[1][1]

    @property
    def _place(self) -> tuple[int, int, Any]:
        """Where it stands among the others: of no cell, before all; on a line as in its text."""
        cell = -1 if self.cell is None else self.cell
        return cell, self.line_in_cell or 0, self.values.get("begin", 0)

    def may_follow(self, other: "Finding") -> bool:
        """Whether another finding may be the cause of this one.

        Not if both are of two models or lessons, or if it says of itself that it cannot be.
        """
        if self.lesson_files and {*self.lesson_files}.isdisjoint(other.lesson_files):
            return False
        models = {getattr(one.values.get("at"), "model", None) for one in (self, other)} - {None}
        causes = catalogue.RULES[self.rule].follows.get(self.says, ())
        harmless = self.rule in cast(Sequence[str], other.values.get("no_cause_of", ()))
        return other.rule in causes and not harmless and len(models) < 2


def told_once(found: Iterable[Finding]) -> list[Finding]:
    """Join what is found alike with several lessons, and note with which."""
    alike: dict[object, Finding] = {}
    for one in found:
        said = catalogue.sentence(one.rule, one.says, one.values), one.expected, one.observed
        key = one.rule, one.severity, one._place, one.line, said
        files = (*alike.get(key, one).lesson_files, *one.lesson_files)
        alike[key] = replace(alike.get(key, one), lesson_files=tuple(dict.fromkeys(files)))
    return [*alike.values()]


def in_order(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put errors before warnings before notes, and each kind in the notebook's order.

    But a finding that may follow from another one of its kind stands behind it. It says so.
    """
    placed = sorted(found, key=lambda one: one._place)
    by_rule = defaultdict[str, list[int]](list)
    for at, one in enumerate(placed):
        by_rule[one.rule].append(at)
    causes = [_cause(one, placed, by_rule) for one in placed]

    def rank(at: int) -> tuple[int, ...]:
        own, cause = (catalogue.SEVERITIES.index(placed[at].severity), at), causes[at]
        behind = () if cause is None else (*rank(cause), at)
        return max(own, behind) if behind[:1] == own[:1] else own

    def told(at: int) -> Finding:
        one, cause = placed[at], causes[at]
        if cause is None:
            return one
        key = "follows-above" if rank(cause) < rank(at) else "follows-below"
        severity = catalogue.phrase(f"severity-{placed[cause].severity}")
        values = {"severity": severity, "cause": placed[cause].rule}
        return replace(one, follows=catalogue.Phrase(key, values))

    return tuple(told(at) for at in sorted(range(len(placed)), key=rank))


def _cause(
    one: Finding, placed: Sequence[Finding], by_rule: Mapping[str, Sequence[int]]
) -> int | None:
    """Find the first of the others that a finding may follow from; only those of few rules can."""
    causes = catalogue.RULES[one.rule].follows.get(one.says, ())
    others = merge(*(by_rule.get(rule, ()) for rule in causes))
    return next((at for at in others if one.may_follow(placed[at])), None)


@dataclass(frozen=True)
class Fix:
    """What became of a finding that is mechanical to correct; ``refused`` says why it is not."""

    finding: Finding
    refused: str = ""

    @property
    def became(self) -> str:
        """What was written instead of what, in one line; or what the rule says of its fixes."""
        edits = self.finding.edits
        if len(edits) == 1 and edits[0].old and "\n" not in edits[0].old + edits[0].new:
            return f"{edits[0].old} → {edits[0].new}"
        return catalogue.in_words(self.finding.rule).fix


@dataclass(frozen=True)
class Result:
    """What became of one notebook. ``reason`` says in one line why there is no verdict.

    ``undecided`` are the rules that were asked for, found nothing, and did not see all that they
    look at, since the run was cut short. ``lesson_files`` are what it was judged by, ``lesson`` is
    the first of them; ``asked`` are the rules that were asked for. What the notebook itself has
    ``silenced`` is no finding, and decides nothing. ``unasked`` are the rules that need a run, of a
    notebook that was not run.
    """

    path: Path
    verdict: Verdict
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    notebook: Notebook | None = field(default=None, repr=False)
    trace: Trace | None = field(default=None, repr=False)
    reason: str = ""
    undecided: tuple[str, ...] = ()
    lesson: Lesson | None = None
    lesson_files: tuple[str, ...] = ()
    silenced: tuple[Finding, ...] = ()
    asked: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()  # of this very result, in its file
    # If a report that shows notebooks is asked for: the cells that there is room for, by their
    # indices, as harmless HTML
    shown: Mapping[int, str] = field(default_factory=dict, hash=False, repr=False)

    @property
    def is_static(self) -> bool:
        """Whether it was judged, and not run."""
        return self.trace is None and self.verdict in ("pass", "fail")


def exit_code(results: Iterable[Result]) -> int:
    """Give 0 if all pass, 1 if one fails, 2 if one could not be judged, or none was."""
    verdicts = [result.verdict for result in results if result.verdict != "skipped"]
    return max((EXIT_CODES[verdict] for verdict in verdicts), default=2)
