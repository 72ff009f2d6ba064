"""Correct what is mechanical in a notebook, judge it again, and keep what makes it better."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from fmnist_spec.files import rewrite
from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.finding import Edit, Finding, Fix, Result
from fmnist_spec.gate.fix.applying import Text, edited, read
from fmnist_spec.gate.fix.json_text import FixError
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.stored.place import UNREACHED
from fmnist_spec.language import listed, say

MARK = "\ufeff"
ROUNDS = 10  # a correction may let cells run that did not, and what these need is another one
MOST = 50  # corrections at a time
Key = tuple[str, int | None, str]


@dataclass(frozen=True)
class Mended:
    """A notebook before and after its corrections; nothing is written yet."""

    before: Text
    after: Text
    result: Result  # of what it is after them
    marked: bool = False  # whether its file begins with a byte order mark

    @property
    def is_changed(self) -> bool:
        """Whether there is something to write."""
        return self.before.text != self.after.text

    def write(self) -> None:
        """Write the file. Raises OSError, and FixError: it is another one meanwhile."""
        old, new = ((MARK * self.marked + one.text).encode() for one in (self.before, self.after))
        if self.is_changed and not rewrite(self.result.path, old, new):
            raise FixError(say("fix.meanwhile"))


@dataclass
class _Mending:
    """A notebook while it is corrected."""

    checker: Checker
    text: Text
    result: Result
    done: list[Fix] = field(default_factory=list)
    refused: list[Fix] = field(default_factory=list)

    def round(self) -> bool:
        """Correct all that is offered, or else the first that can be alone; say if something was.

        What cannot is not tried again, and others may have to wait for it.
        """
        tried = self._offered()
        while tried and (why := self._try(tried)):
            if len(tried) == 1:
                self.refused.append(Fix(tried[0], why))
            tried = self._offered()[:1]
        self.done += [Fix(one) for one in tried]
        return bool(tried)

    def _offered(self) -> list[Finding]:
        refused = (one.finding for one in self.refused)
        return [*_offered(self.result.findings, refused)]

    def _try(self, tried: Sequence[Finding]) -> str:
        """Correct some findings; if something speaks against it, say what, and change nothing."""
        edits = [*dict.fromkeys(edit for one in tried for edit in one.edits)]
        new = self.checker.ask(edited, self.text, edits)
        if isinstance(new, str):
            return new
        result = _judged(self.checker, new.notebook, self.result, self.text.notebook)
        why = _why_not(self.result, result, tried)
        if not why:
            self.text, self.result = new, result
        return why


def fix(checker: Checker, result: Result) -> Mended:
    """Correct what is mechanical of a notebook's findings, as its file is now.

    Raises OSError: the file cannot be read; RuntimeError, NotebookError: it is none any more.
    """
    text = result.path.read_bytes().decode()
    first = checker.ask(read, result.path, text.removeprefix(MARK))
    now = _judged(checker, first.notebook, result, result.notebook)
    mending = _Mending(checker, first, now)
    rounds = 0
    while rounds < ROUNDS and mending.round():
        rounds += 1
    seconds = result.seconds + mending.result.seconds
    fixes = (*mending.done, *mending.refused)
    after = replace(mending.result, fixes=fixes, seconds=seconds)
    return Mended(first, mending.text, after, text.startswith(MARK))


def _judged(
    checker: Checker, notebook: Notebook, before: Result, was_run: Notebook | None
) -> Result:
    """Judge a notebook; it is run only if its code is not that which was run before."""
    is_same = was_run is not None and was_run.code == notebook.code
    return checker.check(notebook, before.trace if is_same else None)


def _offered(findings: Iterable[Finding], refused: Iterable[Finding]) -> Iterator[Finding]:
    """Give the findings that can be corrected at the same time.

    One that may follow from another waits for that: its author may change the code. And as long as
    an output is stored that is of another run, no new numbers say that it is of one from the top.
    """
    tried = {(_key(one), one.line_in_cell) for one in refused}
    waiting, offered = list[Finding](), list[Finding]()
    for one in findings:
        is_tried = (_key(one), one.line_in_cell) in tried
        (waiting if is_tried or one.follows or not one.edits else offered).append(one)
    if any(one.rule.startswith("stored-") and one.severity != "note" for one in waiting):
        offered = [one for one in offered if one.rule != "numbering"]
    taken = defaultdict[tuple[object, ...], list[Edit]](list)
    for one in offered[:MOST]:
        pairs = ((edit, other) for edit in one.edits for other in taken[edit.cell, edit.of])
        if not any(edit.overlaps(other) for edit, other in pairs if edit != other):
            yield one
            for edit in one.edits:
                taken[edit.cell, edit.of].append(edit)


def _key(finding: Finding) -> Key:
    return finding.rule, finding.cell, finding.says


def _why_not(before: Result, after: Result, tried: Iterable[Finding]) -> str:
    """Say what speaks against corrections: a finding that stays, or one that is new; often nothing.

    Where the run ended early, what lies behind that is seen for the first time.
    """
    if after.trace is None:
        return after.reason
    was, now = (Counter(map(_key, one.findings)) for one in (before, after))
    gone = Counter(map(_key, tried))
    if any(now[key] > was[key] - gone[key] for key in gone):
        return say("fix.stays")
    seen = min(_unseen(before), default=None)
    new = (rule for rule, cell, _ in now - was if seen is None or _is_before(cell, seen))
    rules = [f"`{one}`" for one in dict.fromkeys(new)]
    return say("fix.new", rules=listed(rules)) if rules else ""


def _is_before(cell: int | None, other: int) -> bool:
    return cell is not None and cell < other


def _unseen(result: Result) -> Iterator[int]:
    """Give the cells of which the run did not show all: one raised, or the run ended."""
    cells = result.notebook.cells if result.notebook else ()
    for run in result.trace.cells if result.trace and cells else ():
        is_meant = run.status == "raised" and "raises-exception" in cells[run.cell].tags
        if run.status in UNREACHED and not is_meant:
            yield run.cell
