"""The page in real Chromium: it asks for nothing, and its keys reach everything."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attacks import HTML_ATTACKS
from obeyed import ATTACKS
from pages import PLOT, V4, code, finding, page, printed, result, run_of, showing
from test_html_hostile import everywhere

from fmnist_spec import language
from fmnist_spec.gate.finding import Result

Visit = Callable[..., Any]
WIDE = "x = " + " + ".join(f"value_{number}" for number in range(30))
TABLE = f"<table><tr>{''.join(f'<td>column {number}' for number in range(30))}</table>"
LAYOUTS = pytest.mark.parametrize("width", [400, 1200])
TEXT = "# 신경망\n\n훈련 세트 [Keras](https://keras.io)\n\n| a | b |\n|--|--|\n| 1 | 2 |"


@pytest.fixture
def visit(chromium: Any, tmp_path: Path) -> Iterator[Visit]:
    """Open a page; at the end it has said nothing, opened no dialog and asked for nothing."""
    opened, problems = [], []

    def visit(written: str, width: int = 1200, **options: Any) -> Any:
        file = tmp_path / "page.html"
        file.write_text(written, encoding="utf-8")
        tab = chromium.new_page(viewport={"width": width, "height": 900}, **options)
        opened.append(tab)
        tab.on("console", lambda said: problems.append(said.text))
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("dialog", lambda dialog: problems.append(dialog.message) or dialog.dismiss())
        tab.on("request", lambda asked: asked.url[:5] != "data:" and problems.append(asked.url))
        tab.goto(file.as_uri())
        assert problems == [file.as_uri()], "the page asked for more than itself, or failed"
        problems.clear()
        return tab

    yield visit
    for tab in opened:
        tab.close()
    assert problems == []


@pytest.fixture
def course(tmp_path: Path) -> list[Result]:
    """Give notebooks as a course has them: sound, wrong, unread, wide."""
    outputs = printed("1500/1500 done"), showing(image_png=PLOT), showing(text_html=TABLE)
    cells = V4.new_markdown_cell(TEXT), code(WIDE, *outputs)
    found = [finding(1), finding(0, 3, "warning"), finding(None, 1, "note")]
    results = [result(tmp_path, *cells, name=f"n{at}", found=found[at:]) for at in range(3)]
    drawn = result(tmp_path, code("1"), name="drawn", found=[finding(0)], trace=run_of())
    return [*results, drawn, Result(Path("bad.ipynb"), "error", reason="bad.ipynb: no JSON.")]


@LAYOUTS
@pytest.mark.parametrize("spoken", language.LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_its_window(
    visit: Visit, course: list[Result], width: int, spoken: str, scheme: Any, monkeypatch: Any
) -> None:
    """On a phone and on a desk, in both languages: only cells and networks may scroll sideways."""
    monkeypatch.setenv(language.ASKED, spoken)
    tab = visit(page(*course), width, color_scheme=scheme)
    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    paper = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 23, 27)"}[scheme]


def test_findings_stand_beside_their_cells(visit: Visit, course: list[Result]) -> None:
    """On a desk to the right of the cell, on a phone below it."""
    for width in (1200, 400):
        tab = visit(page(course[0]), width)
        cell, margin = (tab.locator(f".row.found .{one}").nth(1) for one in ("cell", "margin"))
        cell, margin = cell.bounding_box(), margin.bounding_box()
        beside = abs(margin["y"] - cell["y"]) < 20 and margin["x"] > cell["x"] + cell["width"]
        below = margin["y"] >= cell["y"] + cell["height"]
        assert (beside, below) == (width == 1200, width == 400)


def reached(tab: Any, key: str = "Tab", most: int = 300) -> list[Any]:
    """Press a key until the focus is back, and give what had it, each with how it was outlined."""
    told = """() => {
      const one = document.activeElement, style = getComputedStyle(one);
      window.seen ??= new Set();
      if (one === document.body || window.seen.has(one)) return null;
      window.seen.add(one);
      return [one.tagName, one.type ?? one.className, one.textContent.trim().slice(0, 30),
              style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1];
    }"""
    found: list[Any] = []
    for _ in range(most):
        tab.keyboard.press(key)
        one = tab.evaluate(told)
        if one is None:
            break
        found.append(one)
    return found


@LAYOUTS
def test_keys_reach_everything(visit: Visit, course: list[Result], width: int) -> None:
    """Links, notebooks, the filter, and what scrolls sideways; each shows that it has the focus."""
    tab = visit(page(*course), width)
    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    wanted = tab.evaluate(
        "[...document.querySelectorAll('a, summary, button, input:not([type=radio])')].length"
    )
    scrolling = tab.evaluate(
        "[...document.querySelectorAll('pre, .table, .scroll')]"
        ".filter(one => one.scrollWidth > one.clientWidth).length"
    )
    found = reached(tab)
    assert all(outlined for *_, outlined in found), [one for one in found if not one[-1]]
    assert scrolling > 0
    assert len(found) == wanted + scrolling + 1, found  # all radio buttons are one


def test_a_link_of_the_overview_opens_its_notebook(visit: Visit, course: list[Result]) -> None:
    """By the keyboard: Enter on its name shows the notebook, and a finding's link the finding."""
    tab = visit(page(*course))
    assert not tab.locator("#n1in").is_visible()
    tab.locator("[href='#n1in']").focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#n1in").is_visible()
    tab.locator("[href='#n1f0']").press("Enter")
    assert tab.evaluate("document.querySelector(':target').className") == "finding error"


def test_the_overview_is_narrowed(visit: Visit, course: list[Result]) -> None:
    """By words, by a verdict, by a rule; the notebooks below follow, and the number is told."""
    tab = visit(page(*course))
    rows = tab.locator(".overview tbody tr >> visible=true")
    tab.fill("[type=search]", "N1 fail")
    assert rows.count() == tab.locator(".notebook >> visible=true").count() == 1
    assert tab.inner_text("output") == "1 of 5 notebooks"
    tab.fill("[type=search]", "")
    tab.locator("[value=error]").check()
    assert rows.all_inner_texts()[0].startswith("bad.ipynb")
    tab.locator("[name=verdict]").first.check()
    tab.click("button[value=epochs]")
    assert rows.count() == 3
    tab.click("button[value=epochs]")
    assert rows.count() == 5


def test_without_scripts_everything_is_there(visit: Visit, course: list[Result]) -> None:
    """Only the filter is not: it could do nothing."""
    tab = visit(page(*course), java_script_enabled=False)
    assert tab.locator(".overview tbody tr >> visible=true").count() == 5
    assert not tab.locator(".narrow").is_visible()
    tab.click(".notebook summary >> nth=0")
    assert tab.locator("#n0in").is_visible()


@LAYOUTS
def test_hostile_notebooks_do_nothing(visit: Visit, tmp_path: Path, width: int) -> None:
    """No dialog, no request, no error; nothing covers the page, and the last notebook is there."""
    texts = [*HTML_ATTACKS.values(), *ATTACKS.values()]
    results = [everywhere(tmp_path, text) for text in texts]
    tab = visit(page(*results, result(tmp_path, name="last")), width)
    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    tab.mouse.move(200, 450)
    tab.wait_for_timeout(500)
    assert tab.locator(".overview tbody tr").count() == len(texts) + 1
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    placed = "one => getComputedStyle(one).position === 'fixed'"
    assert tab.evaluate(f"[...document.querySelectorAll('*')].filter({placed}).length") == 0
    last = tab.locator("h2 >> text=last.ipynb")
    last.scroll_into_view_if_needed()
    assert last.is_visible()


def test_three_hundred_notebooks_open(visit: Visit, course: list[Result]) -> None:
    """The page has under 20 MB, and its last notebook opens."""
    written = page(*course * 60)
    assert len(written.encode()) < 20_000_000
    tab = visit(written)
    tab.locator("summary >> text=n2.ipynb").last.click()
    assert tab.locator(".notebook[open]").count() == 1
