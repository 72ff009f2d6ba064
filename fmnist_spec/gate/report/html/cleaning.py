"""What a notebook has of HTML, SVG and Markdown, as HTML that does nothing and loads nothing."""

import base64
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fmnist_spec.gate.report.html.pictures import size_of
from fmnist_spec.harmless import harmless
from fmnist_spec.reading import read_toml

PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,([A-Za-z0-9+/=\s]+)")
FITS = {  # what else a value must be
    "href": re.compile(r"(?:https?://|mailto:).*", re.IGNORECASE | re.DOTALL),
    "align": re.compile("left|right|center"),
    **dict.fromkeys(("colspan", "rowspan"), re.compile("[1-9][0-9]?")),
    **dict.fromkeys(("width", "height"), re.compile("[1-9][0-9]{0,3}")),
}


@cache
def _allowed() -> Any:
    return read_toml(Path(__file__).with_name("allowed.toml"))


def cleaned(text: str) -> str:
    """Leave of HTML what shows something, and nothing that acts, styles, or is loaded."""
    import nh3

    html = _allowed()["html"]
    found = nh3.clean(
        text,
        tags={*html["tags"]},
        clean_content_tags={*html["unseen"]},
        attributes={tag: {*names} for tag, names in html["attributes"].items()},
        attribute_filter=_filtered,
        allowed_classes={tag: {*html["classes"]} for tag in html["tags"]},
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=html["rel"],
    )
    return harmless(found, lines=True, longest=len(found))


def _filtered(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        picture = PICTURE.fullmatch(value)
        return value if picture and size_of(decoded(picture[1])) else None
    return value if name not in FITS or FITS[name].fullmatch(value) else None


def decoded(text: str) -> bytes:
    """Decode Base64; nothing of what is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return b""


def cleaned_svg(text: str) -> str:
    """Give an SVG as a picture: it shows shapes and texts, and refers to nothing but itself."""
    import nh3

    svg = _allowed()["svg"]
    found = nh3.clean(
        text.replace("xlink:href", "href"),
        tags={*svg["tags"]},
        clean_content_tags={*svg["unseen"]},
        attributes={"*": {*svg["styles"], *svg["attributes"]}},
        attribute_filter=lambda _, name, one: one if name != "href" or one[:1] == "#" else None,
        url_schemes=set(),
        filter_style_properties={*svg["styles"]},
        link_rel=None,
    )
    begin = found.find("<svg")
    return found[begin:].strip().replace("&nbsp;", "&#160;") if begin >= 0 else ""


def markdown(text: str, marks: Mapping[int, str], pictures: Mapping[str, str]) -> str:
    """Write Markdown as HTML.

    ``marks`` are classes of the blocks that have lines, from 1; ``pictures`` are the URLs of those
    that are attached to the cell, by their names.
    """
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    dollarmath_plugin(parser, renderer=lambda tex, _: f"<var>{escape(tex)}</var>")
    tokens = parser.parse(text)
    blocks = [one for one in tokens if one.type != "inline" and not one.hidden]
    for line, kind in marks.items():
        of_line = [one for one in blocks if one.map and one.map[0] < line <= one.map[1]]
        for block in of_line[-1:]:  # the innermost
            block.attrSet("class", kind)
    for token in tokens:
        _adapt(token)
        for part in token.children or ():
            if part.type == "image":
                name = str(part.attrs.get("src", ""))
                part.children = part.children or [Token("text", "", 0, content=name)]
                part.attrs["src"] = pictures.get(unquote(name), name)
    return cleaned(parser.renderer.render(tokens, parser.options, {}))


def _adapt(token: Any) -> None:
    """Put headings below those of the page, and the alignment of a table where no style is."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    if style := token.attrs.pop("style", None):
        token.attrSet("align", str(style).rpartition(":")[2])
