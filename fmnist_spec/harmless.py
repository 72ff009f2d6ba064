"""Text of others, made harmless for a terminal, a log or a report: it says, and does nothing."""

import re

from fmnist_spec.language import say

LONGEST = 2_000  # characters of a text that are shown; a sentence has some hundred
MARK = 40  # of these, at most, say how many are left out
ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
# What steers a terminal, ends a line for some reader, turns the order of letters or is not seen:
# C0 without the newline and the tab, DEL, C1, what Unicode calls ignorable, and what XML refuses.
UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e"
    "\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
HALF = "\ud800-\udfff"  # of a sign: of a name that is no UTF-8, or of a pair of surrogates
SIGN = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"  # emoji, which a joiner makes one of several
JOINER = rf"(?<![{SIGN}])\u200d|\u200d(?![{SIGN}])"
HIDDEN = re.compile(rf"[{UNSEEN}{HALF}]|{JOINER}")
HIDDEN_OR_BREAK = re.compile(rf"[\t\n{UNSEEN}{HALF}]|{JOINER}")
# GitHub obeys `::name::` where a line begins, and a text may be wrapped at any blank; anywhere in a
# line `##[name]`, as Azure `##vso[name]` and TeamCity `##teamcity[name]`.
COMMAND = re.compile(r"(?<!\S)::|##(?=\w*\[)")
IN_QUOTES = re.compile(rf"(?<=#)#|(?<=:):|[{UNSEEN}]|{JOINER}")
# In Markdown a sign of these means something; and a platform makes links and mentions of others,
# whatever stands before them, but not in code. There nothing takes the meaning of ` and |.
SIGN_OF_MARKDOWN = re.compile(r"[\\`*_{}\[\]#~$!^&<>|]")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
LINKED = re.compile(r"(\S*(?:@|://|www\.|#\d)\S*)", re.IGNORECASE)
OF_CODE = str.maketrans({"|": "\\x7c", "`": "\\x60"})


def harmless(text: object, *, lines: bool = False, longest: int = LONGEST) -> str:
    r"""Show a text so that it commands, steers, hides and forges nothing, and is not endless.

    What could is shown as its escape, such as ``\x1b``; colours, and what else a
    terminal takes for one sequence of signs, are taken off. Of several
    ``lines`` the ends and tabs are kept. What is harmless already stays as it is.
    """
    seen = ANSI.sub("", shortened(str(text), longest))
    seen = (HIDDEN if lines else HIDDEN_OR_BREAK).sub(lambda found: _escape(found[0]), seen)
    return COMMAND.sub(lambda found: f"\\x{ord(found[0][0]):x}{found[0][1]}", seen)


def shortened(text: str, longest: int) -> str:
    """Leave out the middle of a text that is too long: its end often says what to do."""
    if len(text) <= longest:
        return text
    start, end = longest - longest // 4 - MARK, len(text) - longest // 4
    return f"{text[:start]}…({say('harmless.left-out', count=end - start)})…{text[end:]}"


def in_quotes(document: str) -> str:
    """Escape in a document of JSON or TOML what harmless() does; its values stay the same."""
    return IN_QUOTES.sub(lambda found: _of_json(ord(found[0])), document)


def in_markdown(text: object) -> str:
    """Write a text in a line of Markdown: no table, link, picture, HTML, formula or mention."""
    parts = LINKED.split(harmless(text))  # every other one is a link
    return "".join(in_code(one) if at % 2 else _plain(one) for at, one in enumerate(parts))


def in_code(text: object) -> str:
    """Write a text in a line of Markdown as code."""
    return f"`{harmless(text).translate(OF_CODE)}`"


def _plain(text: str) -> str:
    return SIGN_OF_MARKDOWN.sub(lambda found: ENTITIES.get(found[0], f"\\{found[0]}"), text)


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape").decode()


def _of_json(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # TOML alone has the latter
