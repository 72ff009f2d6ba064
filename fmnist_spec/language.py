"""Words for people, in the language that is asked for: English or Korean."""

import os
from functools import cache
from pathlib import Path
from typing import Any

from fmnist_spec.toml import parse_toml

LANGUAGES = ("en", "ko")
ASKED = "FMNIST_SPEC_LANG"  # the processes that the gate starts have it from their parent
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first one that is set decides


def chosen() -> str:
    """The language asked for by --lang or the environment, else that of the locale, else en."""
    asked = os.environ.get(ASKED, "")
    locale = next(filter(None, map(os.environ.get, LOCALE)), "")
    return next((one for one in (asked, locale[:2]) if one in LANGUAGES), LANGUAGES[0])


def choose(language: str) -> None:
    """Speak this language from now on, also in processes that are started."""
    os.environ[ASKED] = language


def say(key: str, /, **values: object) -> str:
    """Write the words of a key such as ``report.notebooks``; each {name} in them is a value.

    Of two forms, the first is said of one, the second of any other ``number``.
    """
    return str(form(key, values.get("number")).format_map(values))


def form(key: str, number: object = None) -> str:
    """The words of a key as they stand in the file."""
    words = _words(chosen())
    for part in key.split("."):
        words = words[part]
    return str(words if isinstance(words, str) else words[number != 1])


@cache
def _words(language: str) -> Any:
    return parse_toml(Path(__file__).with_name(f"words.{language}.toml").read_text("utf-8"))
