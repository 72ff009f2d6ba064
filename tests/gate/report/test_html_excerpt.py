"""What a page shows of cells: as their reader sees them, and no more than there is room for."""

import base64
import io
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from pages import PLOT, V4, Read, code, finding, printed, result, showing

from fmnist_spec.gate.notebook import read_notebook
from fmnist_spec.gate.report.html.excerpt import OF_ONE, ROOM, excerpt, room_of
from fmnist_spec.gate.report.html.pictures import MOST_PIXELS, size_of

SVG = '<svg viewBox="0 0 9 9"><path d="M0 0L9 9" style="stroke: #f00"/>{}</svg>'


def shown(folder: Path, *cells: Any, **more: Any) -> str:
    return "".join(result(folder, *cells, **more).shown.values())


def test_markdown_is_rendered(tmp_path: Path) -> None:
    """With its tables and formulas; its headings stand below those of the page."""
    text = "# Title\n\n**bold** $a_1 < b_1$\n\n| a | b |\n|---|--:|\n| 1 | 2 |"
    written = shown(tmp_path, V4.new_markdown_cell(text))
    assert "<h3>Title</h3>" in written
    assert "<strong>bold</strong>" in written
    assert "<var>a_1 &lt; b_1</var>" in written
    assert '<td align="right">2</td>' in written


def test_an_attached_picture_is_shown(tmp_path: Path) -> None:
    """As where somebody pasted it; one that is too large, or elsewhere, is named instead."""
    text = "![a](attachment:net%201.png) ![](attachment:big.png) ![c](../assets/c.png)"
    cell = V4.new_markdown_cell(text)
    cell["attachments"] = {"net 1.png": {"image/png": PLOT}, "big.png": {"image/png": PLOT * 99}}
    written = shown(tmp_path, cell, room=20_000)
    assert f'<img src="data:image/png;base64,{PLOT}" alt="a">' in written
    assert written.count("src=") == 1
    assert '<img alt="attachment:big.png"> <img alt="c">' in written


def test_code_keeps_its_lines_and_text(tmp_path: Path) -> None:
    """Coloured or not, it can be copied as it was written."""
    source = 'if a < 1 and b:\n    """one\n    two"""\n!pip install x  # 설치\n%matplotlib inline'
    written = shown(tmp_path, code(source))
    assert Read(written).text == f"{source}\n"
    assert '<i class="k">if</i>' in written
    assert '<i class="c"># 설치</i>' in written


def test_lines_that_findings_are_about_are_marked(tmp_path: Path) -> None:
    """In code the line, with the gravest severity; in a text the block that it stands in."""
    cells = code("a = 1\nb = 2"), V4.new_markdown_cell("one\n\n- two\n- three")
    found = finding(0, 2, "warning"), finding(0, 2), finding(1, 4, "note")
    written = shown(tmp_path, *cells, found=found)
    assert '<mark class="error">b = <i class="n">2</i>\n</mark>' in written
    assert '<li class="note">three</li>' in written


def test_a_marked_line_of_a_long_cell_is_shown(tmp_path: Path) -> None:
    """With its neighbours; lines far from it are left out, and counted."""
    source = "\n".join(f"x{number}" for number in range(1, 5001))
    written = Read(shown(tmp_path, code(source), found=[finding(0, 3000)])).text
    assert "x3000\n" in written
    assert "x2000\n" not in written
    assert written.count("lines are left out") == 2


def test_a_cell_full_of_findings_is_still_cut(tmp_path: Path) -> None:
    """Each of its lines may be marked; nobody reads as many."""
    found = [finding(0, line) for line in range(1, 5001)]
    written = shown(tmp_path, code("x\n" * 4999 + "x"), found=found)
    assert written.count("<mark") < 300
    assert "lines are left out" in written


def test_outputs_are_shown_as_they_were_stored(tmp_path: Path) -> None:
    """A text as a terminal shows it at its end; a table; pictures; an error."""
    error = V4.new_output("error", ename="E", evalue="no", traceback=["\x1b[31mE\x1b[0m: no"])
    table = "<table><tr><th>a<td>1</table>"
    outputs = printed("1/9 old\r9/9 new\n"), error, showing(text_html=table, text_plain="plain")
    pictures = showing(image_png=PLOT, text_plain="<Figure>"), showing(**{"image_svg+xml": SVG})
    written = shown(tmp_path, code("x", *outputs, *pictures))
    assert '<pre class="plain">9/9 new</pre><pre class="wrong">E: no</pre>' in written
    assert "<tr><th>a</th><td>1</td></tr>" in written
    assert f'<img src="data:image/png;base64,{PLOT}"' in written
    assert "plain</pre>" not in written
    assert "Figure" not in written
    assert "data:image/svg+xml;base64," in written


def test_a_picture_in_lines_is_shown(tmp_path: Path) -> None:
    """Older Jupyters wrote Base64 in lines of 76 signs."""
    lines = "\n".join(PLOT[at : at + 76] for at in range(0, len(PLOT), 76))
    table = f"<img src='data:image/png;base64,{lines}'>"
    written = shown(tmp_path, code("x", showing(image_png=lines), showing(text_html=table)))
    assert written.count("<img src=") == 2


@pytest.mark.parametrize("kind", ["application_javascript", "image_png", "image_webp"])
def test_what_cannot_be_shown_is_told(tmp_path: Path, kind: str) -> None:
    """A script, a picture that is none, and one of a kind whose size nobody knows."""
    written = shown(tmp_path, code("x", showing(**{kind: "UklGRg=="})))
    told = f"An output that is not shown here ({kind.replace('_', '/')})."
    assert Read(written).text.endswith(told)


def test_a_picture_that_would_fill_the_memory_is_left_out(tmp_path: Path) -> None:
    """A small file may unpack to any size."""
    side = (MOST_PIXELS // 1000).to_bytes(4, "big"), (1001).to_bytes(4, "big")
    bomb = base64.b64decode(PLOT)
    bomb = bomb[:16] + b"".join(side) + bomb[24:]
    assert "<img" not in shown(
        tmp_path, code("x", showing(image_png=base64.b64encode(bomb).decode()))
    )


def test_there_is_only_so_much_room(tmp_path: Path) -> None:
    """Cells with findings come first, then the first ones; large outputs are left out by name."""
    cells = [code(f"x{at} = '{'y' * 200}'", printed("z" * 250)) for at in range(100)]
    cells[3]["outputs"] = [showing(text_html=f"<p>{'w' * 9000}</p>")]
    of = result(tmp_path, *cells, found=[finding(99)], room=20_000)
    assert list(of.shown)[-1] == 99
    assert 20 < len(of.shown) < 60
    assert list(of.shown)[:-1] == list(range(len(of.shown) - 1))
    assert sum(len(one.encode()) for one in of.shown.values()) <= 20_000
    assert "because it is too large (text/html)" in of.shown[3]


def test_only_so_many_cells_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those with marks first: a page of 10,000 cells would be slow."""
    monkeypatch.setattr("fmnist_spec.gate.report.html.excerpt.MOST_CELLS", 2)
    cells = map(code, "123")
    assert [*result(tmp_path, *cells, found=[finding(2, 1)]).shown] == [0, 2]


def test_many_notebooks_share_the_room() -> None:
    """One notebook may be shown almost whole; of 300, the page still has under 20 MB."""
    assert room_of(1) == OF_ONE
    assert 300 * room_of(300) <= ROOM < 20_000_000
    assert room_of(0)


@pytest.mark.parametrize(
    ("name", "text"), [("a.py", "# %%\nx = 1\n"), ("a.md", "```python\nx = 1\n```\n")]
)
def test_a_script_is_shown_without_outputs(tmp_path: Path, name: str, text: str) -> None:
    """It stores none."""
    (tmp_path / name).write_text(text)
    (written,) = excerpt(read_notebook(tmp_path / name), {}, 9_000).values()
    assert written == '<pre class="source"><code>x = <i class="n">1</i>\n</code></pre>'


def test_a_notebook_that_was_edited_meanwhile_shows_no_outputs(tmp_path: Path) -> None:
    """They could be those of other cells."""
    before = result(tmp_path, code("x", printed("first")))
    result(tmp_path, code("new", printed("second")), code("x", printed("first")))
    assert before.notebook is not None
    assert excerpt(before.notebook, {}, 9_000)[0].endswith("</code></pre>")


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif"])
def test_the_size_of_a_picture_is_known(kind: str) -> None:
    """So nothing moves when it appears, and one that is too large is not unpacked."""
    written = io.BytesIO()
    PIL.Image.new("RGB", (300, 200)).save(written, kind)
    assert size_of(written.getvalue()) == (300, 200)
    for length in (0, 5, 9):
        assert size_of(written.getvalue()[:length]) is None
