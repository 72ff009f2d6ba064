"""A comparison as text for people, and as Markdown for the comment of a pull request."""

from collections.abc import Iterable, Iterator

from fmnist_spec.gate.diff import words
from fmnist_spec.gate.diff.comparison import Change, Comparison
from fmnist_spec.gate.report.overview import Shown, Told, markdown_table
from fmnist_spec.harmless import harmless, in_code, in_markdown, shortened
from fmnist_spec.language import say

MOST = 200  # changes, or findings of a list, that are shown: nobody reads as many
LONGEST = 300  # characters of a value or a sentence in a table
ROOM = 60_000  # characters: GitHub takes 65,536 in a comment


def as_text(found: Comparison, which: Shown) -> Iterator[str]:
    """Give the lines that are printed."""
    names = zip(("old", "new"), found.names, strict=True)
    told = [say(f"diff.{key}", name=name) for key, name in names]
    yield from map(harmless, [*told, *words.head(found)])
    changes = (f"  {_in_line(found, one)}" for one in found.changed)
    yield from _block(say(f"diff.{'changed' if found.changed else 'nothing'}"), changes)
    same = [f"  {subject}: {facts}" for subject, facts in words.unchanged(found)]
    yield from _block(say("diff.unchanged"), same) if same else ()
    for state in words.LISTS:
        lines = [f"  {_of_finding(one)}" for one in words.findings(found, which, state)]
        yield from _block(say(f"diff.found.{state}"), lines) if lines else ()
    yield ""
    yield from filter(None, (words.kept(found, which), words.hidden(found, which)))
    yield words.verdict(found)


def _block(title: str, lines: Iterable[str]) -> Iterator[str]:
    told = [*map(harmless, lines)]
    yield from ("", title, *told[:MOST])
    if (more := len(told) - MOST) > 0:
        yield f"  {say('diff.more', number=more)}"


def _in_line(found: Comparison, one: Change) -> str:
    old, new = (words.shown(one.what, value) for value in (one.old, one.new))
    place = words.where(one)
    told = f"{words.of_lesson(found, one.lesson)}{words.label(one)}: {old} -> {new}"
    return f"{told} ({place})" if place else told


def _of_finding(one: Told) -> str:
    severity = say(f"report.severity.{one.severity}")
    return f"{severity} {one.rule}  {words.place(one)}: {words.in_short(one)}"


def as_markdown(found: Comparison, which: Shown) -> str:
    """Write the verdict and tables, as many lines of them as a comment may have."""
    old, new = map(in_code, found.names)
    written, lines = "", [*_lines(found, which)]
    for at, line in enumerate([say("diff.title", old=old, new=new), *lines]):
        if len(written) + len(line) > ROOM:
            return f"{written}\n{say('diff.left', number=len(lines) + 1 - at)}"
        written += f"{line}\n"
    return written.rstrip()


def _lines(found: Comparison, which: Shown) -> Iterator[str]:
    yield from ("", f"**{in_markdown(words.verdict(found))}**")
    rows = [[say(f"diff.column.{one}") for one in ("what", "old", "new", "where")]]
    for one in found.changed:
        values = (words.shown(one.what, value) for value in (one.old, one.new))
        what = words.of_lesson(found, one.lesson) + words.label(one)
        told = (what, *values, words.where(one))
        rows.append([in_markdown(shortened(text, LONGEST)) for text in told])
    yield from ("", say("diff.changed" if found.changed else "diff.nothing"), "")
    yield from markdown_table(rows) if found.changed else ()
    same = [f"- {in_markdown(f'{subject}: {facts}')}" for subject, facts in words.unchanged(found)]
    yield from ("", say("diff.unchanged"), "", *same) if same else ()
    for state in words.LISTS:
        if listed := words.findings(found, which, state):
            yield from ("", say(f"diff.found.{state}"), "", *markdown_table(_rows(listed)))
    for line in filter(None, (words.kept(found, which), words.hidden(found, which))):
        yield from ("", in_markdown(line))
    yield from ("", *(f"- {in_markdown(one)}" for one in words.head(found)))


def _rows(findings: Iterable[Told]) -> Iterator[list[str]]:
    yield [say(f"report.column.{one}") for one in ("severity", "rule", "place", "message")]
    for one in findings:
        told = in_markdown(shortened(words.in_short(one), LONGEST))
        place = in_markdown(words.place(one))
        yield [say(f"report.severity.{one.severity}"), in_code(one.rule), place, told]
