"""Words for people, in the language that is asked for: English or Korean."""

import errno
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from os import environ  # which stays, whatever a notebook puts in the place of os.environ
from pathlib import Path
from typing import Any

from fmnist_spec.toml import parse_toml

LANGUAGES = ("en", "ko")
ASKED = "FMNIST_SPEC_LANG"  # the processes that the gate starts have it from their parent
PARTICLE = re.compile(r"\[(은|이|을|과|으로|이라고)/(는|가|를|와|로|라고)\]")
NEAR = 200  # characters of a word that are looked at
RIEUL = 8  # the final consonant behind which 으로 is 로
FINALS = {
    **dict.fromkeys("036mnp", 1),
    **dict.fromkeys("178l", RIEUL),
}  # how these are read ends so
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first one that is set decides


def chosen() -> str:
    """The language asked for by --lang or the environment, else that of the locale, else en."""
    asked = environ.get(ASKED, "")
    locale = next(filter(None, map(environ.get, LOCALE)), "")
    return next((one for one in (asked, locale[:2]) if one in LANGUAGES), LANGUAGES[0])


def choose(language: str) -> None:
    """Speak this language from now on, also in processes that are started."""
    environ[ASKED] = language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language for a while, as in a page that is written in both."""
    before = environ.get(ASKED, "")
    choose(language)
    try:
        yield
    finally:
        choose(before)


def say(key: str, /, **values: object) -> str:
    """Write the words of a key such as ``report.notebooks``; each {name} in them is a value.

    Of two forms, the first is said of one, the second of any other ``number``.
    """
    return joined(form(key, values.get("number")).format_map(values))


def form(key: str, number: object = None) -> str:
    """The words of a key as they stand in the file."""
    words = _words(chosen())
    for part in key.split("."):
        words = words[part]
    return str(words if isinstance(words, str) else words[number != 1])


def listed(words: Iterable[str], how: str = "and") -> str:
    """Join words: a and b and c; likewise with "or", or with what stands "between" long ones."""
    return form(f"language.{how}").join(words)


def refusal(error: OSError) -> str:
    """Say why the system refused something: in its own words, where there are no others."""
    with suppress(KeyError):
        return form(f"errno.{errno.errorcode[error.errno or 0]}")
    return error.strerror or str(error)


def joined(text: str) -> str:
    """Choose the Korean particles that a text leaves open: ``784[을/를]`` is read 784를."""
    return PARTICLE.sub(lambda found: _particle(_before(found), *found.groups()), text)


def _before(found: re.Match[str]) -> str:
    """Give the word that a particle stands behind, of a long one its end."""
    end = found.start()
    return re.split(r"\s", found.string[max(end - NEAR, 0) : end])[-1]


def _particle(word: str, closed: str, opened: str) -> str:
    """Give the form behind a closed syllable, or behind an open one, as the word is read aloud."""
    last = next((sign for sign in reversed(word) if sign.isalnum()), "").lower()
    final = (ord(last) - ord("가")) % 28 if "가" <= last <= "힣" else FINALS.get(last, 0)
    return opened if final == 0 or (final == RIEUL and closed == "으로") else closed


@cache
def _words(language: str) -> Any:
    return parse_toml(Path(__file__).with_name(f"words.{language}.toml").read_text("utf-8"))
