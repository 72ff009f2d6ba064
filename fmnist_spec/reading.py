"""Turn a TOML table into frozen dataclasses, or say exactly what is wrong with it."""

from __future__ import annotations

import dataclasses
import math
import sys
import typing
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TYPE_NAMES = {
    dict: "a table",
    list: "a list",
    str: "a text that is not empty",
    bool: "true or false",
    int: "a whole number, 0 or more",
    float: "a number with a decimal point, 0.0 or more",
}


class SpecificationError(ValueError):
    """A file that cannot be used.

    The message names the file, the key, the value found, what was expected, and the remedy.
    """

    def __init__(self, path: Path, key: str, found: str, expected: str, remedy: str) -> None:
        super().__init__(f"{path}: {key}: found {found}, expected {expected}. {remedy}")
        self.parts = path, key, found, expected, remedy


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables; a SpecificationError if it cannot be read or is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        found, expected, remedy = error.strerror or str(error), "a readable file", "Check the path."
    except (ValueError, RecursionError) as error:  # neither TOML nor UTF-8, or nested too deeply
        found, expected, remedy = str(error), "TOML in UTF-8", "Mend that place."
    raise SpecificationError(path, "file", found, expected, remedy)


def read_value(kind: Any, value: Any, path: Path, key: str) -> Any:
    """``value`` as the annotated type ``kind``: a dataclass, a tuple, a dict or a plain value.

    Raises:
        SpecificationError: an unknown or missing key, a wrong type, a negative number.
    """
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _read_fields(kind, _expect(dict, value, path, key), path, key)
    if origin is tuple:
        items = enumerate(_expect(list, value, path, key))
        return tuple(read_value(arguments[0], one, path, f"{key}[{i}]") for i, one in items)
    if origin is dict:
        table = _expect(dict, value, path, key)
        return {k: read_value(arguments[1], one, path, f"{key}.{k}") for k, one in table.items()}
    return _expect(kind, value, path, key)


def _read_fields(kind: Any, table: dict[str, Any], path: Path, key: str) -> Any:
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    prefix = f"{key}." if key else ""
    for name in sorted(table.keys() - fields.keys()):
        known = "one of " + ", ".join(fields)
        remedy = "Correct its spelling or remove it."
        raise SpecificationError(path, prefix + name, f"unknown key {name!r}", known, remedy)
    for name, field in fields.items():
        if name not in table and field.default is dataclasses.MISSING:
            raise SpecificationError(path, prefix + name, "nothing", "a value", "Add it.")
    return kind(**{k: read_value(hints[k], one, path, prefix + k) for k, one in table.items()})


def _expect(kind: type, value: Any, path: Path, key: str) -> Any:
    wrong = type(value) is not kind or value == ""  # not isinstance: a bool is no number here
    if not wrong and kind in (int, float):
        wrong = not math.isfinite(value) or value < 0
    if wrong:
        remedy = "Write the value in that form."
        raise SpecificationError(path, key or "file", repr(value), TYPE_NAMES[kind], remedy)
    return value
