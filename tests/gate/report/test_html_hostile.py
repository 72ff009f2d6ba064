"""A notebook's texts say what they say on the page, and do nothing."""

import base64
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from attacks import HTML_ATTACKS
from hypothesis import given
from obeyed import ATTACKS, HOSTILE, obeyed, unsafe
from pages import V4, Read, code, finding, page, result, showing
from test_hostile_reports import LONG, result_of

from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.report.html.cleaning import cleaned, cleaned_svg, markdown
from fmnist_spec.gate.report.html.outputs import outputs_of
from fmnist_spec.gate.report.html.page import HERE

KINDS = ("text/html", "text/markdown", "text/plain", "image/svg+xml", "text/latex", "image/png")
SAFE_LINK = re.compile(r"#n\d+(in|f\d+)|#notebooks|https?://.*|mailto:.*", re.DOTALL)
PICTURE = re.compile(r"data:image/(png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=]+")


def harmful_svg(document: str) -> list[Any]:
    """Give the parts of an SVG that act, or refer to what is not in it."""
    found = []
    for tag, attributes in Read(document).tags:
        acts = tag in ("script", "a", "image", "foreignobject", "animate", "set", "style")
        acts |= any(name.startswith("on") for name in attributes)
        href = attributes.get("href") or attributes.get("xlink:href") or "#"
        found += [(tag, attributes)] * (acts or not href.startswith("#"))
    return found


def harmful(document: str) -> list[Any]:
    """Give the tags that act, load, style or send, but for the page's own."""
    own = {(HERE / f"page.{kind}").read_text("utf-8").strip() for kind in ("css", "js")}
    found: list[Any] = []
    for one in own:
        assert document.count(one) == 1, "the page has its own style and script once"
        document = document.replace(one, "")
    for tag, attributes in Read(document).tags:
        names = {name for name in attributes if name.startswith("on") or name == "style"}
        href, src = attributes.get("href"), attributes.get("src")
        bad = tag in ("iframe", "object", "embed", "base", "link", "video", "textarea", "math")
        bad |= bool(names or (href and not SAFE_LINK.fullmatch(href)))
        bad |= any(len(attributes.get(name) or "") > 2 for name in ("colspan", "rowspan"))
        if bad or (src and not PICTURE.fullmatch(src)):
            found.append((tag, attributes))
        if src and src.startswith("data:image/svg"):
            found += harmful_svg(base64.b64decode(src.partition(",")[2]).decode())
    scripts = [tag for tag, _ in Read(document).tags if tag in ("script", "style", "form", "meta")]
    expected = ["meta"] * 5 + ["style", "script"]
    return found + [scripts] * (sorted(scripts) != sorted(expected))


def everywhere(folder: Path, text: str) -> Result:
    """Put a text wherever a notebook, its outputs and what is found of it can have one."""
    plain = text.encode("utf-8", "replace").decode()
    outputs = [showing(**{kind: plain}) for kind in KINDS]
    outputs += [V4.new_output("error", ename=plain, evalue=plain, traceback=[plain] * 2)]
    outputs += [V4.new_output("stream", name=name, text=plain) for name in ("stdout", "stderr")]
    cells = [V4.new_markdown_cell(plain), V4.new_raw_cell(plain), code(plain, *outputs)]
    shown = result(folder, *cells, found=[finding(0), finding(2)])
    hostile = result_of(text)
    found = (*hostile.findings, *shown.findings)
    return replace(hostile, notebook=shown.notebook, shown=shown.shown, findings=found)


@pytest.mark.parametrize("text", HTML_ATTACKS.values(), ids=HTML_ATTACKS)
def test_no_html_of_a_notebook_acts(tmp_path: Path, text: str) -> None:
    """Wherever it stands: what a browser would find of it shows something, and no more."""
    written = page(everywhere(tmp_path, text))
    assert harmful(written) == []
    assert not unsafe(written)
    assert not [*obeyed(written)]
    assert "1337" not in written
    assert not Read(written).of("div", **{"class": "finding error"})


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_no_attack_on_logs_and_readers_reaches_the_page(tmp_path: Path, text: str) -> None:
    """The page may be printed into a log of CI, too."""
    written = page(everywhere(tmp_path, text))
    assert harmful(written) == []
    assert not unsafe(written)
    assert not [*obeyed(written)]


@given(HOSTILE)
def test_no_text_acts(text: str) -> None:
    """Any texts of a notebook, in any mix, as HTML, as Markdown and as SVG."""
    own = text.encode("utf-8", "replace").decode()
    for written in (cleaned(own), markdown(own, {}, {})):
        assert not unsafe(written)
        assert not [*obeyed(written)]
    assert "<script" not in cleaned_svg(own)


def test_lines_of_two_megabytes_are_cut(tmp_path: Path) -> None:
    """The page stays small, whatever one cell holds; a notebook may have 5,000,000 characters."""
    written = page(everywhere(tmp_path, LONG[:1_600_000]))
    assert len(written) < 250_000
    assert max(map(len, written.split("\n"))) < 30_000


ODD: list[dict[str, Any]] = [
    {},
    {"data": []},
    {"output_type": 1, "text": {}},
    {"output_type": "error", "traceback": [None, 1]},
    {"output_type": "display_data", "data": {"text/html": {"a": 1}, "image/png": ["x", 2]}},
]


@pytest.mark.parametrize("output", ODD, ids=str)
def test_outputs_of_any_form_break_nothing(output: dict[str, Any]) -> None:
    """A notebook's file is anybody's."""
    assert outputs_of([output], 9_000).startswith('<div class="outputs">')


def test_an_svg_keeps_its_shapes() -> None:
    """What matplotlib writes looks the same: references within it, paints and gradients stay."""
    text = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><defs><path id="m" d="M0 0"/>'
    text += '</defs><use xlink:href="#m" style="fill: #fff; position: fixed"/>&#160;</svg>'
    written = cleaned_svg(f"<?xml version='1.0'?><!DOCTYPE svg>{text}")
    assert '<use href="#m" style="fill:#fff"></use>' in written
    assert 'viewBox="0 0 9 9"' in written
    assert "&nbsp;" not in written
