"""Join the answers that each TensorFlow gave into one table, and one page.

In an environment of the matrix the tests write one JSON file (``pytest --answers``); here these
become rows of claims and columns of environments. Nothing is asked of TensorFlow.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from packaging.version import InvalidVersion, Version

from fmnist_spec.claims.claims import Claim
from fmnist_spec.lesson import Lesson
from fmnist_spec.reading import SpecificationError

HOLDS, NOTICE, BROKEN = "✓", "!", "✗"


@dataclass(frozen=True)
class Entry:
    """What one environment answered to one claim: its mark, and TensorFlow's own words."""

    mark: str
    words: str = ""


@dataclass(frozen=True)
class Column:
    """One environment of the matrix: versions, and its cell for every claim, by id."""

    name: str
    tensorflow: Version
    keras: Version
    python: str
    entries: dict[str, Entry]

    @property
    def label(self) -> str:
        """``2.16``, or what sets the environment apart from others of that TensorFlow."""
        minor = f"{self.tensorflow.major}.{self.tensorflow.minor}"
        return self.name.replace("tf", "", 1).replace(f"{minor}-", f"{minor} ")


def read_answers(folder: Path, claims: Sequence[Claim]) -> tuple[Column, ...]:
    """Read every environment's answers, oldest TensorFlow first.

    Raises:
        SpecificationError: the folder has no answers, or a file is not one, or does not answer
            exactly the claims.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        remedy = "Run this in a clone of the repository, or run: tox run -m matrix"
        raise SpecificationError(folder, "folder", "no answers", "*.json", remedy)
    columns = (_read_column(path, {claim.id for claim in claims}) for path in paths)
    return tuple(sorted(columns, key=lambda one: (one.tensorflow, one.keras.major < 3, one.keras)))


def _read_column(path: Path, ids: set[str]) -> Column:
    remedy = f"Write it again with: tox run -e {path.stem}"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        entries = {id_: _entry(answer) for id_, answer in record["answers"].items()}
        versions = Version(record["tensorflow"]), Version(record["keras"])
        column = Column(path.stem, *versions, record["python"], entries)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidVersion) as error:
        found = f"{type(error).__name__}: {error}"
        raise SpecificationError(path, "file", found, "answers as JSON", remedy) from None
    if odd := ids ^ set(entries):
        expected = "one answer for each claim of claims.toml"
        found = f"too much or too little about {sorted(odd)}"
        raise SpecificationError(path, "answers", found, expected, remedy)
    return column


def _entry(record: dict[str, Any]) -> Entry:
    if not record["holds"]:
        return Entry(BROKEN, record["observed"])
    notices = record.get("notices", [])
    return Entry(NOTICE, "\n".join(notices)) if notices else Entry(HOLDS)


def render(
    template: str, claims: Sequence[Claim], columns: Sequence[Column], lesson: Lesson, **more: Any
) -> str:
    """Fill in a template that stands here: the table, the page, or the advice on one version."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(),
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters["alike"] = _alike
    filled = environment.get_template(template).render(
        claims=claims, columns=columns, lesson=lesson, span=_span, **more
    )
    return filled.replace("&#39;", "&#x27;").replace("&#34;", "&quot;")  # as html.escape does


def _alike(columns: Sequence[Column], what: str, claims: Sequence[Claim]) -> list[list[Column]]:
    """Neighbours with the same marks, or words, for all of the claims."""
    groups = groupby(
        columns, lambda column: [getattr(column.entries[claim.id], what) for claim in claims]
    )
    return [list(group) for _, group in groups]


def _span(group: Sequence[Column]) -> str:
    """``2.8 to 2.12``: the first and the last of neighbouring environments."""
    first, last = group[0].label, group[-1].label
    return first if first == last else f"{first} to {last}"


def advice(version: str, columns: Sequence[Column], claims: Sequence[Claim], lesson: Lesson) -> str:
    """What is known of one TensorFlow: its broken claims, or how to add it to the table."""
    known = [one for one in columns if version in (one.name, one.label, str(one.tensorflow))]
    told = render("advice.txt", claims, columns, lesson, version=version, known=known)
    return told.rstrip("\n")
