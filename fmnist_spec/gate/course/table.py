"""The gate's table as it is written: where it stands, how it is spelt, what an entry inherits."""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from fmnist_spec.language import listed, say
from fmnist_spec.reading import SpecificationError, one_of, read_toml, read_value

SPELLINGS = ("fmnist_spec", "fmnist-spec")  # of the table: as the package, as the command
SHORT = "fmnist"  # what else is meant for it
NEAR = 0.8  # how alike a name is that was meant for it, from 0 to 1
LIMITS = ("cell_seconds", "notebook_seconds", "training_seconds")
MOST_SECONDS = 86_400  # a day
PATTERN = "chapters/*.ipynb"
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
    expected = listed((f"[tool.{one}]" for one in SPELLINGS), "or")
    for one in _near_misses(whole):
        raise SpecificationError(path, one, f"[{one}]", expected, say("table.correct-name"))
    if {*SPELLINGS} <= tools.keys():
        raise SpecificationError(path, "tool", say("table.both"), expected, say("table.join"))
    return next((name for name in SPELLINGS if name in tools), None)


def _near_misses(whole: dict[str, Any]) -> Iterator[str]:
    near = get_close_matches("tool", whole, len(whole) or 1, NEAR)
    tools = [(top, whole[top]) for top in near if isinstance(whole[top], dict)]
    inner = [(f"{top}.{one}", one) for top, table in tools for one in table]
    for key, name in inner + [(one, one) for one in whole]:
        alike = name.lower() == SHORT or get_close_matches(name.lower(), SPELLINGS, 1, NEAR)
        if alike and key not in (f"tool.{one}" for one in SPELLINGS):
            yield key


def as_written(table: Any, path: Path, key: str) -> dict[str, dict[str, Any]]:
    """Give the table and its entries, each by how its keys begin. Raises SpecificationError."""
    top = read_value(dict[str, Any], table, path, key)
    given = top.get("notebooks", [])
    entries = read_value(tuple[dict[str, Any], ...], given, path, f"{key}.notebooks")
    return {"": top} | {f"notebooks[{at}].": entry for at, entry in enumerate(entries)}


def inherited(tables: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Give the entries, which stand behind the table, what they do not say; list one lesson."""
    top, *entries = map(_listing, tables)
    above = {key: value for key, value in top.items() if key not in OF_THE_TOP}
    return {**top, "notebooks": [{**above, **entry} for entry in entries]}


def _listing(table: dict[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in table.items() if key != "lesson"}
    return {**rest, "lessons": [table["lesson"]]} if "lesson" in table else rest


def wrong_as_written(table: dict[str, Any], allowed: Collection[str]) -> Wrong:
    """Find lessons, limits and keys that are none. What is ``allowed`` is told of an entry only."""
    for key in table if allowed else ():
        if key in ABOVE_ONLY:
            yield key, say("table.in-entry"), say("table.above")
        elif key not in allowed:
            yield key, say("reading.unknown-key", name=key), one_of(allowed)
    if allowed and not table.get("paths"):
        yield "paths", say("reading.nothing"), say("table.paths", pattern=PATTERN)
    if {"lesson", "lessons"} <= table.keys():
        yield "lessons", say("table.beside"), say("table.only-one")
    if not (isinstance(one := table.get("lesson", "one"), str) and one):
        yield "lesson", repr(one), say("reading.written.text")
    if table.get("lessons") == []:
        yield "lessons", say("table.empty"), say("table.one-lesson")
    for key in LIMITS:
        value = table.get(key, 1)
        if type(value) is not int or not 1 <= value <= MOST_SECONDS:
            yield key, repr(value), say("table.seconds", most=MOST_SECONDS)
