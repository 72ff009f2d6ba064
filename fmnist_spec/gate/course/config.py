"""The table [tool.fmnist_spec] of pyproject.toml: which notebooks, which lesson, which rules."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from glob import escape, has_magic
from pathlib import Path, PurePath
from typing import Any

from fmnist_spec.gate.catalogue import RULES, SEVERITIES
from fmnist_spec.gate.confine.sandbox import Limits
from fmnist_spec.gate.course import table
from fmnist_spec.gate.course.discovery import covers, files_in, is_course_file
from fmnist_spec.gate.course.table import ABOVE_ONLY, PATTERN, Wrong
from fmnist_spec.language import say
from fmnist_spec.lesson import LESSON_FILE, lesson_file
from fmnist_spec.near import meant
from fmnist_spec.reading import SpecificationError, one_of, read_value

OF_RULES = ("select", "ignore", "severity")  # keys with ids of rules


@dataclass(frozen=True)
class Config:
    """The settings of the gate, or of one entry of its table of notebooks.

    Paths count from the file; an empty ``select`` is every rule. ``paths`` and ``exclude`` are
    files, folders, or globs of both. What an entry does not say is as above the table. In the file
    ``lesson`` is short for one of ``lessons``.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: dict[str, str] = field(default_factory=dict, hash=False)
    lessons: tuple[str, ...] = (str(LESSON_FILE),)
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

    @property
    def limits(self) -> Limits:
        """What a run may take."""
        return Limits(self.cell_seconds, self.notebook_seconds, self.training_seconds)

    def leaves_out(self, path: Path) -> bool:
        """Whether a file, or a folder that it stands in, is excluded."""
        return any(covers(glob, path) for glob in self.exclude)

    def entry_of(self, path: Path) -> Config | None:
        """The entry of the table of notebooks that names a file."""
        return next((entry for entry in self.notebooks if entry.names(path)), None)

    def names(self, path: Path) -> bool:
        """Whether a path of this entry is a file, or a folder that it stands in."""
        return any(covers(glob, path) for glob in self.paths)

    def settings_of(self, path: Path) -> Config:
        """What holds for a file: the entry that names it, else the settings above the table."""
        return self.entry_of(path) or self

    def with_options(self, **given: Any) -> Config:
        """Set what the command line gives, here and in all entries."""
        given = {key: value for key, value in given.items() if value}
        entries = tuple(replace(entry, **given) for entry in self.notebooks)
        return replace(self, notebooks=entries, **given)


def load_config(folder: Path) -> Config:
    """Read the nearest pyproject.toml with the table, in ``folder`` or above; else the defaults.

    Raises SpecificationError: it is no TOML, its table has an unknown key or a wrong value, a path
        of an entry matches no notebook, or two entries name one.
    """
    found = table.nearest_table(folder)
    if found is None:
        return Config()
    path, name, whole = found
    top = f"tool.{name}"

    def refuse(wrong: Wrong, begin: str = "", remedy: str = "correct") -> None:
        for key, found, expected in wrong:
            told = say(f"config.{'rules' if {*key.split('.')} & {*OF_RULES} else remedy}")
            quoted = found.split("'")[-2:][0]  # the name, if it is one
            near = meant(quoted, (*RULES, *SEVERITIES, *of_entries))
            raise SpecificationError(path, f"{top}.{begin}{key}", found, expected, near + told)

    written = table.as_written(whole, path, top)
    of_entries = ["lesson", *(one.name for one in fields(Config) if one.name not in ABOVE_ONLY)]
    for begin, one in written.items():
        refuse(table.wrong_as_written(one, of_entries if begin else ()), begin)
    config: Config = read_value(Config, table.inherited(written.values()), path, top)
    for begin, read in zip(written, (config, *config.notebooks), strict=True):
        refuse(_wrong_rules(read), begin)
    placed = _placed(config, path.parent)
    refuse(_wrong_globs(config, placed, path.parent), remedy="correct-path")
    return placed


def _wrong_rules(config: Config) -> Wrong:
    for key in OF_RULES:
        unknown = (id for id in getattr(config, key) if id not in RULES)
        yield from ((key, repr(id), say("config.id")) for id in unknown)
    for id, severity in config.severity.items():
        if severity not in SEVERITIES:
            yield f"severity.{id}", repr(severity), one_of(SEVERITIES)


def _placed(config: Config, folder: Path, *, is_entry: bool = False) -> Config:
    """Let all paths and globs begin with the folder of the file."""
    begin = escape(str(folder.resolve()))

    def glob(one: str) -> str:
        return str(PurePath(begin, escape(one) if _exists(folder / one) else one))

    def path(one: str) -> str:
        is_glob = has_magic(one) and not _exists(folder / one)
        return glob(one) if is_glob else str(folder / one)

    return replace(
        config,
        lessons=tuple(str(folder / lesson_file(one)) for one in config.lessons),
        paths=tuple(map(glob if is_entry else path, config.paths)),
        exclude=tuple(map(glob, config.exclude)),
        notebooks=tuple(_placed(entry, folder, is_entry=True) for entry in config.notebooks),
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # its name is too long
        return False


def _wrong_globs(written: Config, placed: Config, folder: Path) -> Wrong:
    """Find paths without a notebook, and notebooks that two entries name."""
    if not placed.notebooks:
        return
    root = folder.resolve()
    files = [one for one in files_in(root) if not placed.leaves_out(one)]
    owners: dict[Path, int] = {}
    for at, entry in enumerate(placed.notebooks):
        for number, one in enumerate(entry.paths):
            if not any(covers(one, file) and is_course_file(file) for file in files):
                shown = repr(written.notebooks[at].paths[number])
                expected = say("config.path", pattern=PATTERN)
                yield f"notebooks[{at}].paths[{number}]", shown, expected
        for file in filter(entry.names, files):
            if (other := owners.setdefault(file, at)) != at and is_course_file(file):
                both = say("config.in-both", file=str(file.relative_to(root)))
                key = say("config.entries", other=other, at=at)
                yield key, both, say("config.in-one")
