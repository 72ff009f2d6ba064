"""Turn tables of TOML or JSON into frozen dataclasses, or say exactly what is wrong with them."""

import dataclasses
import functools
import math
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fmnist_spec.files import merge_conflict
from fmnist_spec.harmless import harmless
from fmnist_spec.language import refusal, say
from fmnist_spec.near import meant
from fmnist_spec.toml import parse_toml

# The types of values by the keys of their words; of these, more is asked in what people write.
KINDS = {dict: "table", list: "list", str: "text", bool: "bool", int: "int", float: "float"}
WRITTEN = (str, int, float)
TOO_LARGE = 2**64  # numbers of computers are smaller; Python's have no end
TAG = "type"  # the key that says which one of several subclasses a table is


class SpecificationError(ValueError):
    """A file that cannot be used.

    The message names the file, the key, the value found, what was expected, and the remedy.
    """

    def __init__(self, path: Path, key: str, found: str, expected: str, remedy: str) -> None:
        self.parts = path, key, found, expected, remedy
        told = {"key": key, "found": found, "expected": expected, "remedy": remedy}
        super().__init__(harmless(say("reading.frame", path=path, **told)))

    def __reduce__(self) -> Any:
        """Say how another process makes it again."""
        return type(self), self.parts


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables; a SpecificationError if it cannot be read or is no TOML."""
    text = ""
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe may never end
            raise OSError(say("reading.device"))
        text = path.read_text(encoding="utf-8-sig")
        return parse_toml(text)
    except OSError as error:
        found, expected, remedy = refusal(error), say("reading.readable"), say("reading.check-path")
    except (ValueError, RecursionError) as error:  # neither TOML nor UTF-8, or nested too deeply
        found, expected = say("reading.no-toml", error=error), say("reading.toml")
        remedy = say("reading.correct-place")
        if conflict := merge_conflict(enumerate(text.split("\n"), 1), "[<=>]"):
            at, line = conflict
            found = say("reading.conflict", line=at, text=line.strip()[:60])
            remedy = say("reading.keep-one")
    raise SpecificationError(path, say("reading.file"), found, expected, remedy)


def read_value(kind: Any, value: Any, path: Path, key: str, *, written: bool = True) -> Any:
    """``value`` as the annotated type ``kind``: a dataclass, a tuple, a union or a plain value.

    What was not ``written`` by people, but by a program, may hold any text, and numbers below 0. Of
    ``Annotated[kind, reads]`` the function ``reads`` makes a value: of the table, path and key.

    Raises:
        SpecificationError: an unknown or missing key, a wrong type, a whole number of more than 64
            bits; if written by people also a number below 0, infinite or none, or an empty text.
    """
    return _Reader(path, written).read(kind, value, key)


@dataclass(frozen=True)
class _Reader:
    path: Path
    written: bool

    def read(self, kind: Any, value: Any, key: str) -> Any:
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if dataclasses.is_dataclass(kind):
            return self._dataclass(kind, self._plain(dict, value, key), key)
        if origin is Annotated:
            return arguments[1](self._plain(dict, value, key), self.path, key)
        if origin in (typing.Union, types.UnionType):
            known = type(value) if type(value) in arguments else arguments[0]
            return self.read(known, value, key)
        if origin in (tuple, frozenset):
            items = self._plain(list, value, key)
            # A tuple has a type for each place, or as any frozenset one for all.
            is_fixed = origin is tuple and ... not in arguments
            kinds = arguments if is_fixed else arguments[:1] * len(items)
            if len(kinds) != len(items):
                raise self._wrong(key, _shown(value), say("reading.values", count=len(kinds)))
            pairs = enumerate(zip(kinds, items, strict=True))
            return origin(self.read(one, item, f"{key}[{at}]") for at, (one, item) in pairs)
        if origin is dict:
            table = self._plain(dict, value, key).items()
            return {name: self.read(arguments[1], one, f"{key}.{name}") for name, one in table}
        if origin is Literal and value not in arguments:
            near = meant(value, arguments)
            raise self._wrong(key, _shown(value), one_of(arguments), near + say("reading.in-form"))
        return value if origin is Literal or kind is Any else self._plain(kind, value, key)

    def _dataclass(self, kind: Any, table: dict[str, Any], key: str) -> Any:
        subclasses = {one.__name__: one for one in kind.__subclasses__()}
        if subclasses:
            name = self.read(Literal[tuple(subclasses)], table.get(TAG), f"{key}.{TAG}")
            kind = subclasses[name]
            table = {name: one for name, one in table.items() if name != TAG}
        hints, needed = _fields(kind)
        prefix = f"{key}." if key else ""
        for name in sorted(table.keys() - hints.keys()):
            unknown, remedy = say("reading.unknown-key", name=name), say("reading.correct-spelling")
            raise self._wrong(prefix + name, unknown, one_of(hints), meant(name, hints) + remedy)
        for name in needed:
            if name not in table:
                nothing, value, add = map(say, ("reading.nothing", "reading.value", "reading.add"))
                raise self._wrong(prefix + name, nothing, value, add)
        values = {name: self.read(hints[name], one, prefix + name) for name, one in table.items()}
        return kind(**values)

    def _plain(self, kind: type, value: Any, key: str) -> Any:
        is_huge = type(value) is int and abs(value) >= TOO_LARGE
        if kind is float and type(value) is int and not (self.written or is_huge):
            return float(value)  # JSON knows one kind of number
        more = self.written and kind in WRITTEN
        right = type(value) is kind and not is_huge  # not isinstance: a bool is no number here
        if right and more:
            right = value != "" if kind is str else 0 <= value < math.inf
        if not right:
            expected = say(f"reading.{'written' if more else 'plain'}.{KINDS[kind]}")
            raise self._wrong(key, _shown(value), expected)
        return value

    def _wrong(self, key: str, found: str, expected: str, remedy: str = "") -> SpecificationError:
        key, remedy = key or say("reading.file"), remedy or say("reading.in-form")
        return SpecificationError(self.path, key, found, expected, remedy)


def one_of(names: Iterable[object]) -> str:
    """Say what is expected where there is a choice."""
    return say("reading.one-of", names=", ".join(map(str, names)))


def _shown(value: Any) -> str:
    """Write a value, however large or deep it is."""
    try:
        return repr(value)
    except (ValueError, RecursionError):  # thousands of digits, or of tables in tables
        kind = KINDS.get(type(value))
        return say("reading.too-large", kind=say(f"reading.{f'plain.{kind}' if kind else 'value'}"))


@functools.cache
def _fields(kind: Any) -> tuple[dict[str, Any], list[str]]:
    """Give the type of each field of a dataclass, and the names of those without a default."""
    hints = typing.get_type_hints(kind, include_extras=True)
    missing, fields = dataclasses.MISSING, dataclasses.fields(kind)
    needed = [one for one in fields if one.default is one.default_factory is missing]
    return {one.name: hints[one.name] for one in fields}, [one.name for one in needed]
