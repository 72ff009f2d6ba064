"""The table [tool.fmnist_spec] of pyproject.toml: which notebooks, which lesson, which rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from glob import escape
from pathlib import Path
from typing import Any

from fmnist_spec.gate.catalogue import RULES, SEVERITIES
from fmnist_spec.gate.confine.sandbox import Limits
from fmnist_spec.gate.course.discovery import files_in, is_course_file, matches, place
from fmnist_spec.lesson import LESSON_FILE
from fmnist_spec.reading import SpecificationError, read_toml, read_value

SPELLINGS = ("fmnist_spec", "fmnist-spec")  # of the table: as the package, as the command
PATTERN = "chapters/*.ipynb"
NEAR = 0.8  # how alike a name is that was meant for it, from 0 to 1
MOST_SECONDS = 86_400  # a day
OF_RULES = ("select", "ignore", "severity")  # keys with ids of rules
OF_GLOBS = ("paths", "exclude")
OF_THE_TOP = (*OF_GLOBS, "notebooks")  # what an entry does not inherit

Wrong = Iterator[tuple[str, str, str]]  # key, found, expected


@dataclass(frozen=True)
class Config:
    """The settings of the gate, or of one entry of its table of notebooks.

    Paths count from the file; an empty ``select`` is every rule. The ``paths`` of an entry are
    globs, as ``exclude`` is. What an entry does not say is as above the table.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: dict[str, str] = field(default_factory=dict, hash=False)
    lesson: str = str(LESSON_FILE)
    paths: tuple[str, ...] = ()
    cell_seconds: int = int(Limits.cell_seconds)
    notebook_seconds: int = int(Limits.notebook_seconds)
    training_seconds: int = int(Limits.training_seconds)
    exclude: tuple[str, ...] = ()
    notebooks: tuple[Config, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that are asked for, in their order."""
        asked = self.select or tuple(RULES)
        return tuple(id for id in RULES if id in asked and id not in self.ignore)

    def leaves_out(self, path: Path) -> bool:
        """Whether a file, or a folder that it stands in, is excluded."""
        file = place(path)
        return any(matches(one, glob) for glob in self.exclude for one in (file, *file.parents))

    def entry_of(self, path: Path) -> Config | None:
        """The entry of the table of notebooks that names a file."""
        return next((entry for entry in self.notebooks if entry.names(path)), None)

    def names(self, path: Path) -> bool:
        """Whether a glob of this entry matches a file."""
        return any(matches(place(path), glob) for glob in self.paths)

    def settings_of(self, path: Path) -> Config:
        """What holds for a file: the entry that names it, else the settings above the table."""
        return self.entry_of(path) or self

    def with_options(self, **given: Any) -> Config:
        """Set what the command line gives, here and in all entries."""
        given = {key: value for key, value in given.items() if value}
        entries = tuple(replace(entry, **given) for entry in self.notebooks)
        return replace(self, notebooks=entries, **given)


def load_config(folder: Path) -> Config:
    """Read the nearest pyproject.toml in ``folder`` or above; without one, the defaults.

    Raises SpecificationError: it is no TOML, its table has an unknown key or a wrong value, a glob
        matches nothing, or two entries name one notebook.
    """
    candidates = (parent / "pyproject.toml" for parent in [folder, *folder.resolve().parents])
    path = next((one for one in candidates if one.is_file()), None)
    if path is None:
        return Config()
    name, table = _table(path)
    config: Config = read_value(Config, _inherited(table), path, f"tool.{name}")
    for key, found, expected in _wrong(config):
        is_of_rules = {*key.split(".")} & {*OF_RULES}
        remedy = "`fmnist-spec rules` lists the rules." if is_of_rules else "Correct it."
        raise SpecificationError(path, f"tool.{name}.{key}", found, expected, remedy)
    placed = _placed(config, path.parent)
    for key, found, expected in _wrong_globs(config, placed, path.parent):
        remedy = "Correct the pattern: it starts at the folder of this file."
        raise SpecificationError(path, f"tool.{name}.{key}", found, expected, remedy)
    return placed


def _table(path: Path) -> tuple[str, Any]:
    """Give the gate's table and its name; refuse two of them, and names that are nearly it."""
    whole = read_toml(path)
    tools = whole.get("tool", {})
    tools = read_value(dict[str, Any], tools, path, "tool")
    expected = f"[tool.{SPELLINGS[0]}] or [tool.{SPELLINGS[1]}]"
    for begin, names in (("tool.", tools), ("", whole)):
        near = {one for one in names if get_close_matches(one.lower(), SPELLINGS, 1, NEAR)}
        for one in sorted(near - {*SPELLINGS} if begin else near):
            remedy = "Correct its name, or remove it."
            raise SpecificationError(path, begin + one, f"[{begin}{one}]", expected, remedy)
    given = [name for name in SPELLINGS if name in tools]
    if len(given) == 2:
        raise SpecificationError(path, "tool", "both", expected, "Join the two tables.")
    name = given[0] if given else SPELLINGS[0]
    return name, tools.get(name, {})


def _inherited(table: Any) -> Any:
    """Give each entry of the table of notebooks what it does not say itself."""
    entries = table.get("notebooks") if isinstance(table, dict) else None
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        return table  # where that is wrong, the reader says it
    above = {key: value for key, value in table.items() if key not in OF_THE_TOP}
    return {**table, "notebooks": [{**above, **entry} for entry in entries]}


def _wrong(config: Config) -> Wrong:
    yield from _wrong_values(config)
    for at, entry in enumerate(config.notebooks):
        begin = f"notebooks[{at}]."
        for key in ("exclude", "notebooks"):
            if getattr(entry, key):
                found = "this key in [[tool.fmnist_spec.notebooks]]"
                yield begin + key, found, "it in [tool.fmnist_spec]"
        if not entry.paths:
            yield f"{begin}paths", "nothing", f"a list of patterns, such as {PATTERN}"
        yield from ((begin + key, found, right) for key, found, right in _wrong_values(entry))


def _wrong_values(config: Config) -> Wrong:
    for key in OF_RULES:
        unknown = (id for id in getattr(config, key) if id not in RULES)
        yield from ((key, repr(id), "the id of a rule") for id in unknown)
    for key in ("cell_seconds", "notebook_seconds", "training_seconds"):
        if not 1 <= getattr(config, key) <= MOST_SECONDS:
            yield key, str(getattr(config, key)), f"a number from 1 to {MOST_SECONDS:,}"
    for id, severity in config.severity.items():
        if severity not in SEVERITIES:
            yield f"severity.{id}", repr(severity), f"one of {', '.join(SEVERITIES)}"


def _placed(config: Config, folder: Path, *, is_entry: bool = False) -> Config:
    """Let all paths and globs begin with the folder of the file."""
    begin = escape(str(folder.resolve()))
    globs = {key: tuple(f"{begin}/{one}" for one in getattr(config, key)) for key in OF_GLOBS}
    paths = tuple(str(folder / one) for one in config.paths)
    return replace(
        config,
        lesson=str(folder / config.lesson),
        paths=globs["paths"] if is_entry else paths,
        exclude=globs["exclude"],
        notebooks=tuple(_placed(entry, folder, is_entry=True) for entry in config.notebooks),
    )


def _wrong_globs(written: Config, placed: Config, folder: Path) -> Wrong:
    """Find globs without a notebook, and notebooks that two entries name."""
    if not placed.notebooks:
        return
    root = folder.resolve()
    files = [one for one in files_in(root) if not placed.leaves_out(one)]
    owners: dict[Path, int] = {}
    for at, entry in enumerate(placed.notebooks):
        for number, one in enumerate(entry.paths):
            if not any(matches(file, one) and is_course_file(file) for file in files):
                shown = repr(written.notebooks[at].paths[number])
                expected = f"a pattern that matches a notebook, such as {PATTERN}"
                yield f"notebooks[{at}].paths[{number}]", shown, expected
        for file in filter(entry.names, files):
            if (other := owners.setdefault(file, at)) != at and is_course_file(file):
                both = f"{str(file.relative_to(root))!r} in both"
                yield f"notebooks[{other}] and [{at}]", both, "each notebook in only one entry"
