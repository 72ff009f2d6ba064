"""Run two notebooks, each once and each against the lesson that holds for it, and compare them."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from glob import escape
from pathlib import Path

from fmnist_spec.dataset import Dataset
from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.confine.sandbox import RunSettings
from fmnist_spec.gate.course.config import Config, load_config
from fmnist_spec.gate.course.discovery import place
from fmnist_spec.gate.course.selection import Found
from fmnist_spec.gate.course.table import nearest_table
from fmnist_spec.gate.diff.comparison import Comparison, compare, held_of
from fmnist_spec.gate.diff.revision import Version, version_of
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.run.worker import WorkerError
from fmnist_spec.language import say
from fmnist_spec.lesson import Lesson
from fmnist_spec.reading import SpecificationError
from fmnist_spec.removal import remove_folder


class NotComparedError(ValueError):
    """A notebook that could not be read or run. The message says why, in one line."""


def diff(
    names: tuple[str, str],
    lessons: tuple[str, ...],
    load: Callable[[Lesson], Dataset],
    settings: RunSettings,
    jobs: int,
) -> Comparison:
    """Compare two notebooks, an old and a new one: files, or files of a revision of git.

    ``lessons`` are the files that both are held against; without any, each against those that
    pyproject.toml gives it, which of a revision is that revision's.

    Raises NotebookError or NotComparedError: one of them cannot be found, read or run.
    """
    folder, versions = Path(tempfile.mkdtemp(prefix="fmnist-spec-")), list[Version]()
    try:
        versions += (version_of(one, folder / str(at)) for at, one in enumerate(names))
        with Checker(_settings_of(versions, lessons), load, settings) as checker:
            found = checker.check_all((Found(one.path) for one in versions), jobs)
            return _ask(checker, versions, [*map(_judged, found)])
    except (SpecificationError, NotComparedError) as error:
        told = str(error)
        for one in versions:
            told = one.named(told)
        raise NotComparedError(told) from None
    finally:
        remove_folder(folder)


def _settings_of(versions: Iterable[Version], lessons: tuple[str, ...]) -> Config:
    """Give each notebook the settings of its entry; one that no entry names, those of the other."""
    configs = [(one.path, *_config_of(one)) for one in versions]
    entries = [config.entry_of(owner) for _, config, owner in configs]
    known = next(filter(None, entries), None)
    held = [
        replace(entry or known or config, paths=(escape(str(place(path))),), notebooks=())
        for entry, (path, config, _) in zip(entries, configs, strict=True)
    ]
    return replace(held[0], notebooks=tuple(held)).with_options(lessons=lessons)


def _config_of(version: Version) -> tuple[Config, Path]:
    """Give the settings of a version, and the path by which an entry of theirs names it.

    A revision without settings has those of the working tree.
    """
    table = nearest_table(version.here) if version.root else None
    if version.root and table and table[0].is_relative_to(version.root):
        return load_config(version.here), version.path
    return load_config(Path.cwd()), version.owner


def _judged(result: Result) -> Result:
    """Give a result that says something of the lesson. Raises NotComparedError."""
    if result.trace is None:
        raise NotComparedError(result.reason)
    return result


def _ask(checker: Checker, versions: Sequence[Version], results: Sequence[Result]) -> Comparison:
    """Have two results compared where they were judged."""
    try:
        return checker.ask(_compared, versions, results)
    except RuntimeError as error:
        key = "not-judged" if isinstance(error, WorkerError) else "failed"
        names = ", ".join(one.name for one in versions)
        raise NotComparedError(say(f"check.{key}", path=names, said=error)) from None


def _compared(versions: Sequence[Version], results: Sequence[Result]) -> Comparison:
    old, new = results
    was, now = (_named(*one) for one in zip(versions, results, strict=True))
    return compare((versions[0].name, versions[1].name), (was, now), (held_of(old), held_of(new)))


def _named(version: Version, result: Result) -> Result:
    """Name the lesson files of a revision as git does, where people read them."""
    findings, silenced = (
        tuple(replace(one, lesson_files=(*map(version.called, one.lesson_files),)) for one in those)
        for those in (result.findings, result.silenced)
    )
    files = tuple(str(version.called(Path(one))) for one in result.lesson_files)
    return replace(result, findings=findings, silenced=silenced, lesson_files=files)
