"""What %fmnist_spec shows: a table of HTML that runs nothing, and text that says the same."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from traces import CELLS, FIT, LESSON, swap, trace

from fmnist_spec import language
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.live.extension import asked_live
from fmnist_spec.gate.live.session import live_cell
from fmnist_spec.gate.live.table import LiveTable
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.verdict import judge_run

HOSTILE = "<script>alert(1)</script> $x$ \x1b[31m"


@pytest.fixture
def table() -> LiveTable:
    """One epoch too many, in a notebook whose metrics have a hostile name."""
    cells = tuple(live_cell(one.index, one.source, one.index + 3) for one in CELLS)
    fit = replace(FIT, epochs=7, callbacks=(HOSTILE,))
    found = trace(*swap(FIT, fit), full=True)
    config = Config(select=tuple(asked_live(Config())))
    notebook = Notebook(Path("this session"), cells)
    return LiveTable(judge_run(notebook, found, {"lesson.toml": LESSON}, config, 0.0), 17)


def test_the_text_has_the_verdict_the_places_and_both_values(table: LiveTable) -> None:
    """It is what a terminal shows, and who reads the notebook without HTML."""
    lines = repr(table).splitlines()
    assert lines[0].startswith(f"FAIL  {LESSON.title}")
    assert "error epochs  In [9], line 1" in lines
    assert "  the lesson says: 5" in lines
    assert lines[-1].startswith(
        "17 rules on texts, stored outputs, the file and the isolation were"
    )


def test_the_table_says_what_the_text_says(table: LiveTable) -> None:
    """Each line of the text stands in a cell of the table, or below it."""
    html = table._repr_html_()
    plain = re.sub(r"<[^>]+>|\s+|&nbsp;", " ", html).replace("&#34;", '"').replace("&#39;", "'")
    for line in repr(table).splitlines():
        for part in re.split(r"\s{2,}|(?<=error) ", line.strip()):
            assert part in re.sub(" +", " ", plain), part


def test_the_table_has_heads_and_a_row_for_each_finding(table: LiveTable) -> None:
    """And nothing beside it but the title and the notes."""
    html = re.sub(r"<(\w+) [^>]*>", r"<\1>", table._repr_html_())
    outside = re.sub(r"(?s)<table>.*</table>|<(p|b)>.*?</\1>", "", html)
    assert outside == "<div></div>"
    head, body = html.split("</thead>")
    assert head.count("<th>") == 4
    assert body.count("<tr>") == len(table.result.findings)


def test_nothing_of_a_notebook_is_html_or_a_formula() -> None:
    """A reason may quote what a notebook raised."""
    result = Result(Path("x"), "error", reason=HOSTILE, lesson=LESSON)
    html, text = LiveTable(result, 1)._repr_html_(), repr(LiveTable(result, 1))
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "\x1b" not in html + text
    assert html.startswith('<div class="tex2jax_ignore mathjax_ignore">')


def test_it_is_said_in_korean(table: LiveTable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings, places, heads and notes."""
    monkeypatch.setenv(language.ASKED, "ko")
    html = table._repr_html_()
    for part in ("실패", "심각도", "In [9] 1번째 줄", "규칙 17개는 검사하지 않았습니다"):
        assert part in html, html


def test_the_rules_of_files_are_not_asked() -> None:
    """A kernel knows no text, nothing that is stored, and no confinement."""
    asked = asked_live(Config())
    assert {"network", "epochs", "split", "cell-raises", "loss"} <= {*asked}
    assert not [id for id in asked if id.startswith(("stored", "prose", "outputs", "not-run"))]
    assert asked_live(Config(select=("epochs", "numbering"))) == ["epochs"]


def test_where_only_rules_of_files_are_asked_for_none_is_asked() -> None:
    """A session has no texts and no stored outputs: it must not answer for other rules."""
    assert asked_live(Config(select=("prose-number", "stored-log", "input-shape"))) == []
