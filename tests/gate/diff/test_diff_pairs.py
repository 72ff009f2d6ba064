"""Real pairs of notebooks: the shipped one and what authors change in it, each run once."""

import json
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from beside import changed, rules
from notebooks import check_all

from fmnist_spec.gate.check import Checker, load_served
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.diff.comparison import Comparison, compare, held_of
from fmnist_spec.gate.notebook import NOTEBOOK

Cells = list[dict[str, Any]]
FALSE = ("은닉층은 뉴런이 100개이고", "은닉층은 뉴런이 200개이고")


def edit(*changes: tuple[str, str]) -> Callable[[Cells], Cells]:
    """Exchange texts wherever they stand in a source."""

    def edited(cells: Cells) -> Cells:
        for cell in cells:
            source = "".join(cell["source"])
            for old, new in changes:
                source = source.replace(old, new)
            cell["source"] = source.splitlines(keepends=True)
        return cells

    return edited


def insert(cells: Cells) -> Cells:
    """Put a text before all others."""
    text = {"cell_type": "markdown", "id": "new", "metadata": {}, "source": ["신경망을 만든다."]}
    return [text, *cells]


def reorder(cells: Cells) -> Cells:
    """Teach the style with names first."""
    named = [one for one in cells if "named" in one["id"]]
    rest = [one for one in cells if one not in named]
    at = next(at for at, one in enumerate(rest) if one["id"] == "style-list")
    return [*rest[:at], *named, *rest[at:]]


class Pair(NamedTuple):
    """What becomes of the old notebook, and how the new one follows from that."""

    new: Callable[[Cells], Cells]
    changed: dict[str, tuple[Any, Any]]
    findings: dict[str, set[str]]  # rules by state, but for those that are kept
    exit_code: int = 0
    old: Callable[[Cells], Cells] = list


WIDE = {
    "hidden units": (100, 128),
    "hidden parameters": (78_500, 100_480),
    "output parameters": (1_010, 1_290),
    "total": (79_510, 101_770),
}
PAIRS = {
    "nothing": Pair(list, {}, {}),
    "hidden units": Pair(
        edit(("Dense(100", "Dense(128")),
        WIDE,
        {"new": {"network"}, "outdated": {"prose-number"}},
        1,
    ),
    "optimizer": Pair(
        edit(("model.compile(", 'model.compile(optimizer="adam", ')),
        {"optimizer": ("rmsprop", "adam")},
        {"new": {"optimizer"}},
        1,
    ),
    "epochs": Pair(
        edit(("epochs=5", "epochs=10")),
        {"epochs": (5, 10)},
        {"new": {"epochs"}, "outdated": {"prose-number"}},
        1,
    ),
    "split": Pair(
        edit(("test_size=0.2", "test_size=0.25")),
        {"training_images": (48_000, 45_000), "validation_images": (12_000, 15_000)},
        {"new": {"split"}, "outdated": {"prose-number"}},
        1,
    ),
    "a text made false": Pair(edit(FALSE), {}, {"new": {"prose-number"}}, 1),
    "a text mended": Pair(list, {}, {"gone": {"prose-number"}}, 0, edit(FALSE)),
    "a cell inserted": Pair(lambda cells: insert(edit(FALSE)(cells)), {}, {}, 0, edit(FALSE)),
    "cells reordered": Pair(reorder, {}, {}),
}


def write(path: Path, change: Callable[[Cells], Cells]) -> Path:
    table = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    table["cells"] = change(table["cells"])
    path.write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Comparison]:
    """Compare all pairs in one run, in which notebooks of the same code are run once."""
    folder = tmp_path_factory.mktemp("pairs")
    files = [
        write(folder / f"{at}-{side}.ipynb", change)
        for at, pair in enumerate(PAIRS.values())
        for side, change in (("old", pair.old), ("new", pair.new))
    ]
    with Checker(Config(), partial(load_served, sample=True)) as checker:
        found = check_all(checker, files)
    both = zip(files[::2], files[1::2], found[::2], found[1::2], strict=True)
    return {
        name: compare((one.name, two.name), (old, new), (held_of(old), held_of(new)))
        for name, (one, two, old, new) in zip(PAIRS, both, strict=True)
    }


def told(found: Comparison, states: Iterable[str]) -> dict[str, set[str]]:
    return {one: named for one in states if (named := {*rules(found, one)} - {"stored-none"})}


@pytest.mark.parametrize("name", PAIRS)
def test_a_change_is_told_and_nothing_else(compared: dict[str, Comparison], name: str) -> None:
    """In the lesson's terms, with the findings that come and go."""
    found, pair = compared[name], PAIRS[name]
    assert changed(found) == pair.changed
    assert told(found, ("new", "gone", "silenced", "outdated")) == pair.findings
    assert found.exit_code == pair.exit_code


def test_a_finding_below_an_inserted_cell_is_kept(compared: dict[str, Comparison]) -> None:
    """At its new place."""
    (kept,) = (one for one in compared["a cell inserted"].findings.kept if one.severity == "error")
    assert (kept.rule, kept.place()) == ("prose-number", "cell 9")


def test_text_that_the_code_made_false_is_found_in_its_cell(
    compared: dict[str, Comparison],
) -> None:
    """The text of cell 8 speaks of 100 neurons, as the lesson still does."""
    (told,) = compared["hidden units"].findings.outdated
    assert (told.place(), told.finding and told.finding.expected) == ("cell 8", "128")
