"""The language of course notebooks, read from language.toml and compiled."""

import re
from collections.abc import Callable, Mapping
from functools import reduce
from pathlib import Path

from fmnist_spec.language import LANGUAGES, chosen
from fmnist_spec.reading import read_toml

VOCABULARY = read_toml(Path(__file__).with_name("language.toml"))


def compiled(pattern: str, words: Mapping[str, str] = {}) -> re.Pattern[str]:
    """Compile a pattern, for text in lower case; a <name> is one of ``words`` or of [parts]."""
    parts = {**VOCABULARY["parts"], **words}
    while (filled := re.sub(r"(?<!P)<(\w+)>", lambda name: parts[name[1]], pattern)) != pattern:
        pattern = filled
    return re.compile(pattern)


def replacing(table: str) -> Callable[[str], str]:
    """Give the function that replaces each pattern of a table, in turn, by what stands beside."""
    pairs = [(compiled(pattern), sign) for pattern, sign in VOCABULARY[table].items()]
    return lambda text: reduce(lambda done, pair: pair[0].sub(pair[1], done), pairs, text)


_CALLED = {one: replacing(f"called-{one}") for one in LANGUAGES}


def called(term: str) -> str:
    """Name a term of the lesson, such as "hidden units", in the language that is chosen."""
    return _CALLED[chosen()](term)
