"""What a page shows of a notebook's cells: harmless HTML, for which there is only so much room.

This is done in a process of its own: what a file does to those who read it costs only its cells.
"""

import html
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fmnist_spec.gate.catalogue import SEVERITIES
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell, Notebook, content_of, read_text
from fmnist_spec.gate.report.html.cleaning import markdown
from fmnist_spec.gate.report.html.outputs import LINE_LEFT, left_out, outputs_of
from fmnist_spec.harmless import harmless

ROOM, OF_ONE = 10_000_000, 600_000  # bytes of a page for all cells, and for those of a notebook
OF_PICTURES = 0.1  # of a notebook's room, for one that is attached to a cell
OF_SOURCES = 0.6  # of a notebook's room; the rest is left for what the cells store
MOST_CELLS = 400  # that are tried
LINES, AROUND, LINE = 80, 6, 300  # of a source; beside a marked one; characters of a line
LONGEST = 12_000  # characters of a text
KINDS = {"Comment": "c", "Literal.String": "s", "Literal.Number": "n", "Keyword": "k"}
KINDS |= {"Operator.Word": "k"}  # what a token is, by the begin of its type in Pygments
Marks = Mapping[int, Mapping[int, str]]  # by cells and lines, the gravest severity found there


def room_of(notebooks: int) -> int:
    """Say how many bytes a page has for the cells of each of its notebooks."""
    return min(ROOM // max(notebooks, 1), OF_ONE)


def marks_of(findings: Iterable[Finding]) -> Marks:
    """Say which lines of which cells to mark."""
    marks: dict[int, dict[int, str]] = {}
    for one in sorted(findings, key=lambda one: -SEVERITIES.index(one.severity)):
        if one.cell is not None:
            marks.setdefault(one.cell, {})[one.line_in_cell or 1] = one.severity
    return marks


def excerpt(notebook: Notebook, marks: Marks, room: int) -> dict[int, str]:
    """Show the cells that there is room for, those with marks first, by their indices.

    Raises NotebookError: the file is no longer the notebook that it was.
    """
    cells = sorted(notebook.cells, key=lambda cell: (cell.index not in marks, cell.index))
    shown: dict[int, str] = {}
    sources, stored = room * OF_SOURCES, _stored(notebook)
    for cell in cells[:MOST_CELLS]:
        pictures = _pictures(stored.get(cell.index, {}), room * OF_PICTURES)
        text = _source(cell, marks.get(cell.index, {}), pictures)
        if (size := len(text.encode()) + LINE_LEFT) <= sources:
            shown[cell.index], sources, room = text, sources - size, room - size
    for index, one in stored.items():
        outputs = one.get("outputs")
        if index in shown and isinstance(outputs, list) and outputs:
            text = outputs_of(outputs, room + LINE_LEFT)
            shown[index] += text
            room -= max(len(text.encode()) - LINE_LEFT, 0)
    return dict(sorted(shown.items()))


def _stored(notebook: Notebook) -> dict[int, dict[str, Any]]:
    """Give the cells as the file has them, with all that they store; of a script nothing."""
    if notebook.path.suffix != ".ipynb":
        return {}
    cells = content_of(notebook.path, read_text(notebook.path))["cells"]
    if len(cells) != len(notebook.cells):
        return {}  # it was edited meanwhile
    return dict(enumerate(cells))


def _pictures(stored: Mapping[str, Any], most: float) -> dict[str, str]:
    """Give the URLs of the pictures that are attached to a cell, but for large ones."""
    attached = stored.get("attachments")
    kinds = attached.items() if isinstance(attached, dict) else ()
    found = ((name, *one) for name, of in kinds if isinstance(of, dict) for one in of.items())
    texts = ((name, kind, data) for name, kind, data in found if isinstance(data, str))
    return {
        f"attachment:{name}": f"data:{kind};base64,{data}"
        for name, kind, data in texts
        if len(data) <= most
    }


def _source(cell: Cell, marks: Mapping[int, str], pictures: Mapping[str, str]) -> str:
    if cell.type == "markdown":
        text = harmless(cell.source, lines=True, longest=LONGEST)
        return f'<div class="text">{markdown(text, marks, pictures)}</div>'
    lines = cell.source.split("\n")
    kept = _kept(len(lines), marks)
    told = [harmless(lines[at - 1], lines=True, longest=LINE) for at in kept]
    written = _coloured(told) if cell.type == "code" else map(html.escape, told)
    shown = dict(zip(kept, written, strict=True))
    return f'<pre class="source"><code>{"".join(_lines(shown, len(lines), marks))}</code></pre>'


def _kept(count: int, marks: Mapping[int, str]) -> list[int]:
    """Give the numbers of the lines that are shown: the first, and those near a mark."""
    near = {at for line in marks for at in range(line - AROUND, line + AROUND + 1)}
    first = {*range(1, LINES + 1)}
    return sorted(at for at in first | near if 0 < at <= count)[: 3 * LINES]


def _lines(shown: Mapping[int, str], count: int, marks: Mapping[int, str]) -> Iterator[str]:
    before = 0
    for at, line in (*shown.items(), (count + 1, None)):
        if at > before + 1:
            yield left_out("lines", number=at - before - 1)
        before, kind = at, marks.get(at)
        if line is not None:
            yield f'<mark class="{kind}">{line}\n</mark>' if kind else f"{line}\n"


def _coloured(lines: list[str]) -> Iterator[str]:
    """Write lines of code, each with the kinds of its words."""
    from pygments.lexers.python import PythonLexer

    line = ""
    for kind, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens("\n".join(lines)):
        name = str(kind).removeprefix("Token.")
        tag = next((tag for begin, tag in KINDS.items() if name.startswith(begin)), "")
        first, *others = text.split("\n")
        line += _word(first, tag)
        for other in others:
            yield line
            line = _word(other, tag)
    yield line


def _word(text: str, tag: str) -> str:
    written = html.escape(text, quote=False)
    return f'<i class="{tag}">{written}</i>' if tag and text else written
