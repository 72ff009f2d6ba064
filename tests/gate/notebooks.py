"""Notebooks for the tests: the sound one of sound.toml, its spellings, and its faults."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat

from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.course.selection import Found
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import Cell, Notebook, read_notebook
from fmnist_spec.gate.verdict import judge_run
from fmnist_spec.lesson import load_lesson
from fmnist_spec.toml import parse_toml

GATE = Path(__file__).parent
LESSON_FILE = GATE.parent / "lesson.toml"
LESSON = load_lesson(LESSON_FILE)
HIDDEN = "a-text-that-no-notebook-may-see"
Run = Callable[..., Any]  # of the fixture of that name
Parts = dict[str, str]
Edits = Mapping[str, Any]  # in the form that sound.toml explains


def read_toml(path: Path) -> dict[str, Any]:
    return parse_toml(path.read_text(encoding="utf-8"))


_SOUND, _FAULTS = read_toml(GATE / "sound.toml"), read_toml(GATE / "faults.toml")
SOUND: Parts = _SOUND["notebook"]
TEXTS: dict[str, str] = _SOUND["texts"]


def _filled(change: Any, texts: Mapping[str, str]) -> Any:
    """Put texts in the place of their names, in all sources of an edit."""
    if isinstance(change, dict):
        return {name: _filled(one, texts) for name, one in change.items()}
    if isinstance(change, list):
        return [_filled(one, texts) for one in change]
    for name, text in texts.items():
        change = change.replace(f"<{name}>", text)
    return change


def pairs(change: Any) -> list[tuple[str, str]]:
    """Give the replacements of an edit: it has one pair of texts, or a list of pairs."""
    return [change] if isinstance(change[0], str) else change


def _replaced(source: str, change: Any) -> str:
    """Replace one text or several in a source, each wherever it stands; or all of the source."""
    if isinstance(change, str):
        return change
    for old, new in pairs(change):
        assert old in source, f"{old!r} does not stand in {source!r}"
        source = source.replace(old, new)
    return source


def _everywhere(parts: Parts, change: Any) -> Parts:
    """Replace in all parts, as if they were one text."""
    joined = "\0".join(parts.values())
    return dict(zip(parts, _replaced(joined, change).split("\0"), strict=True))


def _after(parts: Parts, added: Mapping[str, str | list[str]]) -> Parts:
    new: Parts = {}
    for name, source in parts.items():
        new[name] = source
        given = added.get(name, [])
        sources = [given] if isinstance(given, str) else given
        new.update({f"{name} +{at}": one for at, one in enumerate(sources)})
    return new


def _join(parts: Parts, names: list[str]) -> Parts:
    """Put parts into the cell of the first of them."""
    joined = {names[0]: "\n".join(parts[name] for name in names)}
    return {n: joined.get(n, one) for n, one in parts.items() if n not in names[1:]}


KINDS: dict[str, Callable[[Parts, Any], Parts]] = {
    "everywhere": _everywhere,
    "drop": lambda parts, names: {n: one for n, one in parts.items() if n not in names},
    "after": _after,
    "join": _join,
}


def build(edits: Edits, parts: Parts = SOUND, texts: Mapping[str, str] = TEXTS) -> Parts:
    """Edit a sound notebook. An edit that changes nothing is refused."""
    for kind, change in _filled(edits, texts).items():
        edited = _edited(parts, kind, change)
        assert edited != parts, f"{kind} = {change!r} changes nothing"
        parts = edited
    return parts


def _edited(parts: Parts, kind: str, change: Any) -> Parts:
    if kind in KINDS:
        return KINDS[kind](parts, change)
    return {**parts, kind: _replaced(parts.get(kind, ""), change)}


def _read_cases() -> Iterator[tuple[str, str, Edits]]:
    """Give each case: its name, the rule that must speak, and its edits."""
    yield from ((f"sound: {name}", "", edits) for name, edits in _SOUND["sound"].items())
    for rule, replacements in _FAULTS["every-style"].items():
        for name, change in replacements.items():
            for style in ("list", "named", "add"):
                yield f"fault: {name}: {style}", rule, {style: change}
    for kind in ("fault", "raises", "told"):
        for rule, cases in _FAULTS[kind].items():
            yield from ((f"{kind}: {name}", rule, edits) for name, edits in cases.items())


_CASES = tuple(_read_cases())
NOTEBOOKS = {key: build(edits) for key, _, edits in _CASES}
assert len(NOTEBOOKS) == len(_CASES), "two cases have one name"


def cases(kind: str) -> list[tuple[str, str]]:
    """Give the cases of a kind, "sound", "fault", "raises" or "told", with their rules."""
    return [(key, rule) for key, rule, _ in _CASES if key.startswith(kind)]


OUTPUTS: dict[str, Callable[[str], nbformat.NotebookNode]] = {
    " >": lambda text: nbformat.v4.new_output("stream", name="stdout", text=text),
    " =": lambda text: nbformat.v4.new_output("execute_result", {"text/plain": text}),
}


def as_notebook(parts: Parts) -> nbformat.NotebookNode:
    """Make a notebook of parts: titles and texts, code, and what is stored below a cell.

    "fit >" is what the cell of the part "fit" has printed, "fit =" the value of its last line.
    "# raises" gives a cell its tag.
    """
    cells: dict[str, nbformat.NotebookNode] = {}
    for name, source in parts.items():
        owner, mark = name[:-2], name[-2:]
        if mark in OUTPUTS:
            if owner in cells:  # the cell may have been left out
                cells[owner].outputs.append(OUTPUTS[mark](source))
            continue
        is_text = name == "title" or name.split()[0] == "text"
        make = nbformat.v4.new_markdown_cell if is_text else nbformat.v4.new_code_cell
        tags = {"tags": ["raises-exception"]} if source.startswith("# raises") else {}
        cells[name] = make(source, metadata=tags)
    return nbformat.v4.new_notebook(cells=[*cells.values()])


def write(path: Path, parts: Parts = SOUND) -> Path:
    nbformat.write(as_notebook(parts), path)
    return path


def as_cells(*sources: str, tags: dict[int, str] | None = None) -> list[Cell]:
    """Make code cells; ``tags`` gives cells a tag, by their index."""
    tagged = {at: frozenset([tag]) for at, tag in (tags or {}).items()}
    lines = [tuple(range(1, source.count("\n") + 2)) for source in sources]
    return [
        Cell(at, "code", source, lines[at], tagged.get(at, frozenset()))
        for at, source in enumerate(sources)
    ]


def check_all(checker: Checker, files: Iterable[Path]) -> list[Result]:
    """Check notebooks; those whose code is the same share one run, which each is judged by."""
    notebooks = [read_notebook(file) for file in files]
    alike = {_code_of(one, checker): one for one in reversed(notebooks)}
    jobs = 2 - ("PYTEST_XDIST_WORKER" in os.environ)  # its other process has the other core
    found = checker.check_all((Found(one.path) for one in alike.values()), jobs=jobs)
    runs = dict(zip(alike, found, strict=True))
    return [_judged(one, runs[_code_of(one, checker)], checker) for one in notebooks]


def _code_of(notebook: Notebook, checker: Checker) -> object:
    """Give what decides a run: the code, where it stands, its tags, and which data it gets."""
    code = ((cell.source, cell.tags) if cell.type == "code" else "" for cell in notebook.cells)
    return checker.config.settings_of(notebook.path).lessons, tuple(code)


def _judged(notebook: Notebook, run: Result, checker: Checker) -> Result:
    if run.path == notebook.path or run.trace is None:
        return run
    config = checker.config.settings_of(notebook.path)
    lessons = {file: load_lesson(file) for file in config.lessons}
    return judge_run(notebook, run.trace, lessons, config, time.monotonic())
