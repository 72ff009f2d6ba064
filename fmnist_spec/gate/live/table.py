"""What was found in a live session: a table below its cell, or text where there is no HTML."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from markupsafe import Markup

from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.report.overview import Told, told
from fmnist_spec.harmless import harmless
from fmnist_spec.language import say

MOST = 200  # findings that are shown
COLUMNS = ("severity", "rule", "place", "message")
COLOURS = {"pass": "#1a7f37", "fail": "#cf222e", "error": "#cf222e"}
# Jupyter would set what stands between dollar signs as a formula.
WHOLE = Markup('<div class="tex2jax_ignore mathjax_ignore">{}{}{}</div>')
TITLE = Markup('<p><b style="color: {}">{}</b>&nbsp; {}</p>')
TABLE = Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>")
HEAD = Markup('<th style="text-align: left">{}</th>')
CELL = Markup('<td style="text-align: left; vertical-align: top">{}</td>')
NOTE = Markup('<p style="opacity: 0.7">{}</p>')


@dataclass(frozen=True, repr=False)
class LiveTable:
    """The result of a session, and how many rules a kernel cannot be asked."""

    result: Result
    left: int

    def __repr__(self) -> str:
        title = f"{self._verdict}  {self._lesson}".rstrip()
        findings = (line for one in self._told for line in _lines(one))
        return "\n".join([title, *findings, "", *self._notes])

    def _repr_html_(self) -> str:
        title = TITLE.format(COLOURS[self.result.verdict], self._verdict, self._lesson)
        head = Markup().join(HEAD.format(say(f"report.column.{one}")) for one in COLUMNS)
        rows = Markup().join(map(_row, self._told))
        table = TABLE.format(head, rows) if rows else ""
        return str(WHOLE.format(title, table, NOTE.format(Markup("<br>").join(self._notes))))

    @property
    def _verdict(self) -> str:
        return say(f"report.verdict.{self.result.verdict}")

    @property
    def _lesson(self) -> str:
        return harmless(self.result.lesson.title) if self.result.lesson else ""

    @property
    def _told(self) -> list[Told]:
        return [*islice(told(self.result), MOST)]

    @property
    def _notes(self) -> list[str]:
        silenced = len(self.result.silenced)
        notes = [say("silence.count", number=silenced)] if silenced else []
        if self.result.undecided:
            notes.append(say("report.undecided", rules=", ".join(self.result.undecided)))
        return [*notes, say("magic.left", number=self.left)]


def _values(one: Told) -> Iterator[str]:
    """Give the two values that stand beside a finding, each behind whose it is."""
    for whose, text in one.beside:
        if text:
            yield f"{whose}: {harmless(text)}"


def _lines(one: Told) -> Iterator[str]:
    yield ""
    yield f"{say(f'report.severity.{one.severity}')} {one.rule}  {one.place(line=True)}"
    yield from (f"  {text}" for text in (one.message, *_values(one)))


def _row(one: Told) -> Markup:
    severity, rule = say(f"report.severity.{one.severity}"), Markup("<code>{}</code>")
    message = Markup("<br>").join([one.message, *_values(one)])
    cells = severity, rule.format(one.rule), one.place(line=True), message
    return Markup("<tr>{}</tr>").format(Markup().join(map(CELL.format, cells)))
