"""The page on compatibility in real Chromium: what it shows, by mouse, keyboard and phone."""

from pathlib import Path

import pytest

from fmnist_spec.claims import changes, compatibility, recorded
from fmnist_spec.claims.claims import load_claims

pytestmark = pytest.mark.once

DOCS = Path(__file__).parents[2] / "docs"
CLAIMS = load_claims()
COLUMNS = recorded.read_answers(recorded.RECORDED, CLAIMS)
DIFFER = [claim.id for claim in changes.changed(CLAIMS, COLUMNS)]
in_both = pytest.mark.parametrize("language", compatibility.PAGES)


@pytest.fixture
def visit(chromium):
    """Open the page of a language; at the end it must have been silent, and asked for nothing."""
    opened, problems = [], []

    def visit(language="en", **options):
        page = chromium.new_page(**options)
        opened.append(page)
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: problems.append(request.url))
        url = (DOCS / compatibility.PAGES[language]).as_uri()
        page.goto(url)
        assert problems == [url], "the page asked for more than itself"
        problems.clear()
        return page

    yield visit
    for page in opened:
        page.close()
    assert problems == []


def shown(page, selector):
    return page.locator(f"{selector} >> visible=true")


def claims_shown(page):
    return shown(page, "#differ .claim").evaluate_all("all => all.map(one => one.id)")


def narrow(page, first, last):
    page.select_option("[name=from]", label=first)
    page.select_option("[name=to]", label=last)


@in_both
def test_what_differs_is_shown_first_and_what_holds_everywhere_is_folded(visit, language):
    """A reader sees the claims with two answers before all others, and need not pass the rest."""
    page = visit(language)
    assert claims_shown(page) == DIFFER
    assert page.locator("section .claim").first.get_attribute("id") == DIFFER[0]
    assert shown(page, "li").count() == 0
    page.click("summary")
    assert shown(page, "li").count() + shown(page, ".claim").count() == len(CLAIMS)


@in_both
@pytest.mark.parametrize("ends", [("2.15", "2.21"), ("2.21", "2.15")])
def test_the_page_can_be_narrowed_to_two_versions_and_those_between(visit, language, ends):
    """It then has their columns, and the claims that `compat` tells of the two."""
    page = visit(language)
    narrow(page, *ends)
    asked = [recorded.column_of(one, COLUMNS) for one in ends]
    told = [claim.id for claim in changes.changed(CLAIMS, asked)]
    assert claims_shown(page) == told
    labels = shown(page, ".versions span").all_inner_texts()
    assert labels == ["2.15", "2.16", "2.16 keras3.1", *(f"2.{one}" for one in range(17, 22))]
    assert str(len(told)) in page.inner_text("output")
    cell = page.locator("#metrics-can-be-a-string button.cell")
    assert cell.get_attribute("title").startswith(("2.16 to 2.21: ", "2.16~2.21: "))


def test_it_says_where_nothing_differs(visit):
    """No heading of an empty part is left, and the whole table comes back."""
    page = visit()
    narrow(page, "2.17", "2.19")
    assert page.inner_text("output") == "From 2.17 to 2.19, nothing differs."
    assert shown(page, "#differ h3").count() == 0
    narrow(page, "2.8", "2.21 legacy")
    assert claims_shown(page) == DIFFER


@in_both
def test_the_keyboard_reaches_everything(visit, language):
    """Tab comes to the link, both lists, each mark that says more, and what is folded."""
    page = visit(language)
    reached = []
    for _ in range(page.locator("a, select, button.cell, summary").count()):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.tagName"))
    marks = ["BUTTON"] * page.locator("button.cell").count()
    assert reached == ["A", "SELECT", "SELECT", *marks, "SUMMARY"]
    page.keyboard.press("Enter")
    assert shown(page, "li").count() > 0


def test_what_tensorflow_said_is_opened_and_closed_by_the_keyboard(visit):
    """Enter opens it, Escape and its button close it, and the focus is where it was."""
    page = visit()
    mark = page.locator("#metrics-can-be-a-string button.cell")
    for close in ("Escape", "Enter"):  # Enter is for the button, which has the focus
        mark.focus()
        page.keyboard.press("Enter")
        assert "Expected `metrics` argument" in shown(page, "[popover]").inner_text()
        page.keyboard.press(close)
        assert shown(page, "[popover]").count() == 0
        assert mark.evaluate("mark => mark === document.activeElement")


@in_both
def test_no_heading_is_said_twice(visit, language):
    """What TensorFlow said has its versions above it once; several texts have each their own."""
    page = visit(language)
    heads = (
        "all => all.map(one => Array.from(one.querySelectorAll('h5, p'), each => each.innerText))"
    )
    for head, *parts in page.locator("[popover]").evaluate_all(heads):
        versions = head.partition(":")[0]
        assert versions not in parts
        assert len(parts) == len(set(parts)) != 1


@in_both
def test_without_script_the_whole_table_is_there(visit, language):
    """Nothing is shown that would not work, and nothing is left out."""
    page = visit(language, java_script_enabled=False)
    assert not page.locator("form").is_visible()
    assert shown(page, "#differ .claim").count() == len(DIFFER)
    assert shown(page, ".versions span").count() == len(COLUMNS)


@in_both
@pytest.mark.parametrize("width", [320, 400, 1200])
def test_nothing_is_cut_off(visit, language, width):
    """The page is no wider than the window, and each entry of the legend stays in one line."""
    page = visit(language, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for entry in page.locator(".legend > span").all():
        box = entry.bounding_box()
        assert box["x"] + box["width"] <= width
        assert box["height"] < 40, "an entry is broken into two lines"


def test_light_and_dark_follow_the_reader(visit):
    """The page and its marks have other colours in the dark."""
    colours = "getComputedStyle({}).backgroundColor"
    for of in ("document.body", "document.querySelector('.broken')"):
        seen = {visit(color_scheme=one).evaluate(colours.format(of)) for one in ("light", "dark")}
        assert len(seen) == 2


@in_both
def test_each_page_leads_to_the_other(visit, language):
    """The link has the name of the other language, in that language."""
    page = visit(language)
    assert page.get_attribute("html", "lang") == language
    (other,) = set(compatibility.PAGES) - {language}
    assert page.locator("a").inner_text() == {"en": "English", "ko": "한국어"}[other]
    assert (DOCS / page.get_attribute("a", "href")).name == compatibility.PAGES[other]
