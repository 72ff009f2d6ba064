"""What runners of CI obey in a log, and what a terminal does, written without the package's words.

GitHub's runner: src/Runner.Common/ActionCommand.cs of actions/runner. A line is one to .NET's
ReadLine; TryParseV2 trims its leading blanks, TryParse finds its prefix anywhere.
"""

import re
import unicodedata
from collections.abc import Iterator

from hypothesis import strategies as st

NAMES = {"error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "stop-commands"}
NAMES |= {"add-matcher", "save-state", "set-env", "set-output", "add-path", "echo", "section"}
OTHERS = ("##vso[", "##teamcity[", "\x1b[0Ksection_")
DIRECTIONS = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI", "BN"}
MARKS = "\u061c\u200e\u200f"
JOINED = re.compile(r"(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d(?!\s|\w)")

ATTACKS = {
    "an error": "::error file=a.py,line=1::forged",
    "a mask": "\u3000 ::add-mask::password",
    "no more commands": "text\n \t::stop-commands::x",
    "behind a return": "text\r::error::forged",
    "an old command": "text ##[error]forged",
    "one more #": "###[group]",
    "through colours": "#\x1b[0m#[error]x :\x1b[1m:error::x",
    "Azure": "##vso[task.setvariable variable=PATH]x",
    "TeamCity": "##teamcity[testFailed name='x']",
    "GitLab": "\x1b[0Ksection_start:1:a[collapsed=true]\r\x1b[0K",
    "Travis": "travis_fold:start:a\r",
    "a title of the terminal": "\x1b]0;title\x07",
    "C1": "\x9b31m\x9d0;title\x9c",
    "an order turned": "\u202etxt.exe\u2066",
    "of no width": "a\u200bb\u2060c\ufeffd\u00ade\u3164f",
    "letters of tags": "".join(chr(0xE0000 + ord(one)) for one in "hidden"),
    "ends of lines": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "half a sign": "\ud83d and \udc80",
    "a forged report": "a.ipynb\nPASS  b.ipynb  1.0 s",
    "a deletion": "FAIL\x08\x08\x08\x08PASS\x7f",
}
PLAIN = [
    "은닉층의 뉴런은 100개",
    "👩🏽‍💻 ❤️‍🔥",
    "∑ xᵢ² ≤ ∞",
    "x[::2], [1::], std::vector",
    "## A title [1]",
    "é ñ ü ß",
]

# Any text of all of Unicode, halves of pairs too, and what attacks are made of.
ANY = st.text(st.characters(codec=None, categories=None), max_size=60)
PIECES = [*ATTACKS.values(), *"#:[]\x1b \n\r", "::", "##[", "error", "error::", "m"]
HOSTILE = st.lists(st.sampled_from(PIECES) | ANY, max_size=6).map("".join)


def obeyed(text: str) -> Iterator[str]:
    """Give the lines that a runner takes for a command."""
    for line in re.split(r"\r\n|\r|\n", text):
        command = line.lstrip()
        name = command[2:].split("::")[0].split(" ")[0] if command.startswith("::") else ""
        old = line.partition("##[")[2].partition("]")[0].split(" ")[0]
        if {name.lower(), old.lower()} & NAMES or any(one in line for one in OTHERS):
            yield line


def unsafe(text: str) -> set[str]:
    """Give the characters that steer, reorder, hide, or end a line for some readers."""
    seen = JOINED.sub("", text)
    return {one for one in seen if one not in "\n\t" and _steers(one)}


def _steers(one: str) -> bool:
    kind = unicodedata.category(one)
    is_turning = unicodedata.bidirectional(one) in DIRECTIONS or one in MARKS
    return kind in ("Cc", "Cs", "Zl", "Zp") or is_turning
