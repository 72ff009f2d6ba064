"""``fmnist-spec init``: run a notebook, and write the lesson files that it teaches."""

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from textwrap import shorten
from typing import Any

from fmnist_spec.datasets import DATA_SETS
from fmnist_spec.files import relative, write_text
from fmnist_spec.gate.check import load_served
from fmnist_spec.gate.confine.sandbox import RunSettings
from fmnist_spec.gate.course.config import Config, load_config
from fmnist_spec.gate.course.table import SPELLINGS, nearest_table
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.learning.trainings import data_set_of, reached, trainings
from fmnist_spec.gate.notebook import NOTEBOOK, NotebookError, read_notebook
from fmnist_spec.gate.run.runner import Runner
from fmnist_spec.gate.run.worker import Worker
from fmnist_spec.gate.verdict import against, hold
from fmnist_spec.harmless import harmless, in_quotes
from fmnist_spec.language import say
from fmnist_spec.lesson import LESSON, LESSON_FILE, Lesson, load_lesson
from fmnist_spec.reading import SpecificationError
from fmnist_spec.toml import parse_toml

FOLDER = Path("lessons")
LONGEST = 200  # characters of a question


def copy_lesson() -> Path:
    """Write a copy of the shipped lesson file, and over no other file."""
    copy = FOLDER / LESSON_FILE.name
    _write({copy: LESSON_FILE.read_text(encoding="utf-8")})
    return copy


def copy_notebook(copy: Path, lesson: Path) -> None:
    """Write a copy of the shipped notebook, if it teaches the lesson, and over no other file."""
    if load_lesson(lesson) != LESSON:
        told = (say(f"init.{one}", lesson=lesson) for one in ("another", "shipped", "write-one"))
        raise SpecificationError(lesson, say("init.lesson"), *told)
    if copy.suffix != NOTEBOOK.suffix:
        found = say("init.suffix", suffix=copy.suffix or say("init.no-suffix"))
        raise NotebookError(copy, say("notebook.name"), found, say("init.choose-name"))
    _write({copy: NOTEBOOK.read_text(encoding="utf-8")})


def learn(
    path: Path, folder: str | None, sample: bool, settings: RunSettings
) -> tuple[Result, list[str]]:
    """Write the lesson files that a notebook teaches, and hold it against them; give notes, too.

    Raises SpecificationError or NotebookError: the notebook cannot be read or run to its end, or
        trains nothing that a lesson file can express; or a file exists already. Nothing is written.
    """
    start, config = time.monotonic(), Config()
    with suppress(SpecificationError):  # it is told where the entry is to be added
        config = load_config(Path.cwd()).settings_of(path)
    with closing(Worker()) as worker:
        notebook = worker.ask(read_notebook, path)
        _refuse_existing([FOLDER / f"{path.stem}.toml"])  # before a long training
        dataset, is_certain = data_set_of(notebook.code)
        load = partial(load_served, _known(dataset), folder, sample)
        with Runner(dataset, load, settings) as runner:
            trace = runner.run(notebook.cells, path, config.limits)
            notes = [say("init.assumed", dataset=dataset)] * (not is_certain)
            taught = worker.ask(_taught, Evidence(_known(dataset), notebook, trace), config, notes)
    result, notes, texts = taught
    seconds = time.monotonic() - start
    _write(texts)
    return replace(result, seconds=seconds), notes


def _known(dataset: str) -> Lesson:
    return replace(LESSON, data=replace(DATA_SETS[dataset], dataset=dataset))


def _taught(
    whole: Evidence, config: Config, notes: Sequence[str]
) -> tuple[Result, list[str], dict[Path, str]]:
    """Give the lesson files that a run teaches, by their names, and what they say of it."""
    notebook, start = whole.notebook, time.monotonic()
    path, dataset = notebook.path, whole.lesson.data.dataset
    found, left = trainings(whole, dataset)
    if whole.stopped:
        told = (say(f"init.{one}", path=path) for one in ("run", "raised", "its-end", "correct"))
        raise SpecificationError(path, *told)
    if not found:
        none, expected, remedy = map(say, ("init.none", "init.expressible", "init.begin"))
        key, left_out = say("init.trainings"), "; ".join(left) or none
        raise SpecificationError(path, key, left_out, expected, remedy)
    files = [FOLDER / f"{path.stem}{f'-{at + 1}' * bool(at)}.toml" for at in range(len(found))]
    lessons = {str(file): one.lesson for file, one in zip(files, found, strict=True)}
    held = against(notebook, whole.trace, lessons)
    result = hold(held, config, start)
    notes = [*notes, *(say("init.left-out", what=one) for one in left)]
    head, texts = [say("init.head", file=path.name), *notes], {}
    for one, of in zip(found, held, strict=True):
        tables = {**one.tables, "result": reached(of, one.fit)}
        texts[of.lesson_file] = lesson_text([*head, *_questions(of, result)], tables, one.comments)
    return result, notes, texts


def _questions(evidence: Evidence, result: Result) -> Iterator[str]:
    """Make a question of each error that the notebook has against a lesson."""
    for one in result.findings:
        if one.severity == "error" and evidence.lesson_file in one.lesson_files:
            place = "" if one.cell is None else evidence.cells[one.cell].place(one.line_in_cell)
            said = f"{place}: {one.message}".lstrip(": ")
            yield say("init.question", said=shorten(said, LONGEST, placeholder=" ..."))


def _refuse_existing(files: Iterable[Path]) -> None:
    for file in files:
        if os.path.lexists(file):
            told = (say(f"init.{one}") for one in ("exists", "absent", "rename"))
            raise SpecificationError(file, say("reading.file"), *told)


def _write(texts: Mapping[Path, str]) -> None:
    """Write all files or none."""
    _refuse_existing(texts)
    try:
        for file, text in texts.items():
            write_text(file, text)
    except BaseException:
        for file in texts:
            file.unlink(missing_ok=True)
        raise


def lesson_text(head: Iterable[str], tables: Mapping[str, Any], notes: Mapping[str, str]) -> str:
    """Write tables as TOML below the lines of a comment; ``notes`` stand behind their values."""
    lines = [f"# {harmless(one)}" for one in head]
    for key, value in tables.items():
        table = value if isinstance(value, dict) else {key: value}
        lines += ["", *[f"[{key}]"] * (table is value), *_lines(table, notes, key)] if table else []
    return "\n".join([*lines, ""]).encode(errors="replace").decode()  # UTF-8 has no surrogates


def _lines(table: Mapping[str, Any], notes: Mapping[str, str] = {}, key: str = "") -> list[str]:
    lines = []
    for name, value in table.items():
        note = notes.get(f"{key}.{name}")
        if name == "layers":
            lines += [line for one in value for line in ("", "[[network.layers]]", *_lines(one))]
        else:
            told = in_quotes(json.dumps(value, ensure_ascii=False))
            lines.append(f"{name} = {told}" + (f"  # {harmless(note)}" if note else ""))
    return lines


def add_entry(notebook: Path, lessons: Sequence[str], *, write: bool) -> str:
    """Give the entry of pyproject.toml for a notebook, or add it there; and say what was done.

    Nothing is written unless the file then holds what it held, and the entry.
    """
    file, name, done, told = Path.cwd() / "pyproject.toml", SPELLINGS[0], "add", ""
    with suppress(SpecificationError):  # what is wrong is told where the entry is to be added
        file, name, _ = nearest_table(Path.cwd()) or (file, name, None)
    places = [Path(one).resolve() for one in (str(notebook), *lessons)]
    path, *files = (Path(os.path.relpath(one, file.parent.resolve())).as_posix() for one in places)
    entry: dict[str, Any] = {"paths": [path]}
    entry |= {"lessons": files} if files[1:] else {"lesson": files[0]}
    text = "\n".join([f"[[tool.{name}.notebooks]]", *_lines(entry), ""])
    try:
        if write:
            _append(file, name, entry, text)
            done = "added"
    except (ValueError, OSError) as error:
        told = harmless(say("init.not-done", error=error))
    return f"{say(f'init.{done}', file=harmless(relative(file)), told=told)}\n\n{text}"


def _append(file: Path, name: str, entry: Any, text: str) -> None:
    """Append an entry to a file. Raises ValueError or OSError, and then the file is as it was."""
    (path,) = entry["paths"]
    if load_config(Path.cwd()).entry_of(file.parent / path):
        raise ValueError(say("init.named-already"))
    if path.startswith("../"):
        raise ValueError(say("init.not-below"))
    old = file.read_bytes().decode() if file.exists() else ""
    end = "\r\n" if "\r\n" in old else "\n"
    new = old + end * (2 - old.endswith("\n")) * bool(old) + text.replace("\n", end)
    found, wanted = None, parse_toml(old)
    wanted.setdefault("tool", {}).setdefault(name, {}).setdefault("notebooks", []).append(entry)
    with suppress(ValueError):  # what is written in one line takes nothing below it
        found = parse_toml(new)
    if found != wanted:
        raise ValueError(say("init.no-safe-way"))
    write_text(file.resolve(), new)
