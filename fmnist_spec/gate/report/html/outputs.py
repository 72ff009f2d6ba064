"""What a cell stores below it, as harmless HTML: texts, tables, pictures, and errors."""

import base64
import html
from collections.abc import Callable, Iterator
from typing import Any

from fmnist_spec.gate.report.html.cleaning import cleaned, cleaned_svg, decoded, markdown
from fmnist_spec.gate.report.html.pictures import size_of
from fmnist_spec.gate.textual import on_screen
from fmnist_spec.harmless import ANSI, harmless
from fmnist_spec.language import say

MOST = 12  # outputs of a cell
LINES, LINE = 40, 300  # of a text, the first and the last; characters of a line
LONGEST = 60_000  # characters of HTML, Markdown or a text that are looked at
LINE_LEFT = 200  # bytes of a line that says what is left out
SHARE = 0.34  # of the room that is left, for one output


def outputs_of(stored: list[Any], room: int) -> str:
    """Write what a cell stores in nbformat's form, as far as there is room for it."""
    written, shown, room = "", 0, room - LINE_LEFT
    for one in stored[:MOST]:
        text = _output(one)
        if len(text.encode()) > room * SHARE:
            text = left_out("large", kind=_kind(one))
        room -= len(text.encode())
        if room < 0:
            break
        written, shown = written + text, shown + 1
    if len(stored) > shown:
        written += left_out("outputs", number=len(stored) - shown)
    return f'<div class="outputs">{written}</div>' if written else ""


def left_out(what: str, **values: object) -> str:
    """Say in a line what is not shown."""
    return f'<span class="left">{html.escape(say(f"html.left.{what}", **values))}</span>'


def _kind(output: Any) -> str:
    data = output.get("data")
    kinds = [*data] if isinstance(data, dict) else [output.get("output_type")]
    return harmless(kinds[0] if kinds else "", longest=60)


def _output(output: Any) -> str:
    kind, data = output.get("output_type"), output.get("data")
    if kind == "stream":
        return _text(_joined(output.get("text")), output.get("name") == "stderr")
    if kind == "error":
        trace = "\n".join(filter(None, map(_joined, output.get("traceback") or [])))
        said = f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}"
        return _text(trace or said, wrong=True)
    data = data if isinstance(data, dict) else {}
    written = (show(data[kind]) for kind, show in SHOWN.items() if kind in data)
    return next(filter(None, written), "") or left_out("kind", kind=_kind(output))


def _joined(value: Any) -> str:
    """Give a text, which nbformat may store as its lines."""
    lines = value if isinstance(value, list) else [value]
    return "".join(one for one in lines if isinstance(one, str))


def _text(text: Any, wrong: bool = False) -> str:
    """Show a text as a terminal does at its end, the middle of a long one left out."""
    lines = ANSI.sub("", _joined(text)[: 10 * LONGEST]).rstrip("\n").split("\n")
    kept = [html.escape("\n".join(_lines(lines)))]
    if len(lines) > LINES:
        middle = left_out("lines", number=len(lines) - LINES)
        ends = lines[: LINES // 2], lines[-LINES // 2 :]
        kept = [html.escape("\n".join(_lines(one))) for one in ends]
        kept.insert(1, f"\n{middle}")
    return f'<pre class="{"wrong" if wrong else "plain"}">{"".join(kept)}</pre>'


def _lines(lines: list[str]) -> Iterator[str]:
    return (harmless(on_screen(one), lines=True, longest=LINE) for one in lines)


def _html(given: Any) -> str:
    text = _joined(given)
    written = cleaned(text).strip() if len(text) <= LONGEST else ""
    return f'<div class="table">{written}</div>' if written else ""


def _markdown(given: Any) -> str:
    text = _joined(given)
    return f'<div class="text">{markdown(text, {}, {})}</div>' if len(text) <= LONGEST else ""


def _svg(given: Any) -> str:
    text = _joined(given)
    written = cleaned_svg(text) if len(text) <= 10 * LONGEST else ""
    return _picture("svg+xml", written.encode()) if written else ""


def _pixels(kind: str) -> Callable[[Any], str]:
    def show(given: Any) -> str:
        picture = decoded(_joined(given))
        return _picture(kind, picture, size_of(picture)) if size_of(picture) else ""

    return show


def _picture(kind: str, picture: bytes, size: tuple[int, int] | None = None) -> str:
    source = f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
    sides = f' width="{size[0]}" height="{size[1]}"' if size else ""
    return f'<img src="{source}" alt="{html.escape(say("html.picture"))}"{sides}>'


SHOWN: dict[str, Callable[[Any], str]] = {  # the first kind that a browser can show, as in Jupyter
    "text/html": _html,
    "text/markdown": _markdown,
    "image/svg+xml": _svg,
    **{f"image/{kind}": _pixels(kind) for kind in ("png", "jpeg", "gif")},
    "text/plain": _text,
}
