"""The gate's table as it is written: where it stands, how it is spelt, what an entry inherits."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from fmnist_spec.reading import SpecificationError, read_toml, read_value

SPELLINGS = ("fmnist_spec", "fmnist-spec")  # of the table: as the package, as the command
SHORT = "fmnist"  # what else is meant for it
NEAR = 0.8  # how alike a name is that was meant for it, from 0 to 1
LIMITS = ("cell_seconds", "notebook_seconds", "training_seconds")
MOST_SECONDS = 86_400  # a day
ABOVE_ONLY = ("exclude", "notebooks")  # what no entry has
OF_THE_TOP = (*ABOVE_ONLY, "paths")  # what an entry does not inherit

Wrong = Iterator[tuple[str, str, str]]  # key, found, expected


def nearest_table(folder: Path) -> tuple[Path, str, Any] | None:
    """Give the nearest pyproject.toml that has the table, in ``folder`` or above; its name; it.

    Raises SpecificationError: the nearest file of all is no TOML, or a table is not spelt right.
    """
    candidates = (parent / "pyproject.toml" for parent in [folder, *folder.resolve().parents])
    for number, path in enumerate(one for one in candidates if one.is_file()):
        try:
            whole = read_toml(path)
        except SpecificationError:
            if number == 0:
                raise
            continue  # it may belong to anybody
        if name := _spelling(path, whole):
            return path, name, whole["tool"][name]
    return None


def _spelling(path: Path, whole: dict[str, Any]) -> str | None:
    """Find the table's name; refuse two of them, and names that are nearly it."""
    tools = read_value(dict[str, Any], whole.get("tool", {}), path, "tool")
    expected = f"[tool.{SPELLINGS[0]}] or [tool.{SPELLINGS[1]}]"
    for one in _near_misses(whole, tools):
        raise SpecificationError(path, one, f"[{one}]", expected, "Correct its name, or remove it.")
    given = [name for name in SPELLINGS if name in tools]
    if len(given) == 2:
        raise SpecificationError(path, "tool", "both", expected, "Join the two tables.")
    return given[0] if given else None


def _near_misses(whole: dict[str, Any], tools: dict[str, Any]) -> Iterator[str]:
    yield from (f"tool.{one}" for one in _alike(tools) if one not in SPELLINGS)
    yield from _alike(whole)
    for top in get_close_matches("tool", whole.keys() - {"tool"}, len(whole) or 1, NEAR):
        if isinstance(whole[top], dict):
            yield from (f"{top}.{one}" for one in _alike(whole[top]))


def _alike(names: Collection[str]) -> list[str]:
    return sorted(
        one
        for one in names
        if one.lower() == SHORT or get_close_matches(one.lower(), SPELLINGS, 1, NEAR)
    )


def inherited(table: Any) -> Any:
    """Give each entry of the table of notebooks what it does not say itself."""
    entries = table.get("notebooks") if isinstance(table, dict) else None
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        return table  # where that is wrong, the reader says it
    above = {key: value for key, value in table.items() if key not in OF_THE_TOP}
    return {**table, "notebooks": [{**above, **entry} for entry in entries]}


def wrong_as_written(table: Any, keys: Collection[str]) -> Wrong:
    """Find limits that are none, and in entries what is no key of them; ``keys`` are all."""
    if not isinstance(table, dict):
        return
    yield from _wrong_limits(table)
    entries = table.get("notebooks")
    for at, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            found = [*_wrong_keys(entry, keys), *_wrong_limits(entry)]
            yield from ((f"notebooks[{at}].{key}", value, right) for key, value, right in found)


def _wrong_limits(table: dict[str, Any]) -> Wrong:
    for key in LIMITS:
        value = table.get(key, 1)
        if type(value) is not int or not 1 <= value <= MOST_SECONDS:
            yield key, repr(value), f"a whole number from 1 to {MOST_SECONDS:,}"


def _wrong_keys(entry: dict[str, Any], keys: Collection[str]) -> Wrong:
    allowed = [key for key in keys if key not in ABOVE_ONLY]
    for key in entry:
        if key in ABOVE_ONLY:
            yield key, "this key in [[tool.fmnist_spec.notebooks]]", "it in [tool.fmnist_spec]"
        elif key not in allowed:
            yield key, f"unknown key {key!r}", f"one of {', '.join(allowed)}"
