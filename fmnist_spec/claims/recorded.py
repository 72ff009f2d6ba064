"""What each TensorFlow answered to the claims: one file for each environment of the matrix.

There the tests write it (``pytest --answers``), and it ships. Nothing is asked of TensorFlow here.
"""

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from fmnist_spec.claims.claims import Claim, fault
from fmnist_spec.language import say
from fmnist_spec.reading import SpecificationError

RECORDED = Path(__file__).with_name("answers")
HOLDS, NOTICE, BROKEN = "✓", "!", "✗"
CALLED = {HOLDS: "holds", NOTICE: "notice", BROKEN: "broken"}  # in the words, and in the page


class UnknownVersionError(ValueError):
    """No answers of a version are known. The message names those that are."""


@dataclass(frozen=True)
class Entry:
    """What one environment answered to one claim: its mark, and TensorFlow's own words."""

    mark: str
    words: str = ""

    @property
    def called(self) -> str:
        """The mark as a word: holds, notice or broken."""
        return CALLED[self.mark]


@dataclass(frozen=True)
class Column:
    """One environment of the matrix: versions, and its cell for every claim, by id."""

    name: str
    tensorflow: Version
    keras: Version
    python: str
    entries: dict[str, Entry]

    @property
    def version(self) -> str:
        """``2.16``, or ``2.21-legacy`` for one that is no TensorFlow's first."""
        return self.name.removeprefix("tf")

    @property
    def label(self) -> str:
        """``2.16``, or ``2.21 legacy``."""
        return self.version.replace("-", " ", 1)


def read_answers(folder: Path, claims: Sequence[Claim]) -> tuple[Column, ...]:
    """Read every environment's answers, oldest TensorFlow first.

    Raises:
        SpecificationError: the folder has no answers, or a file is not one, or does not answer
            exactly the claims.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise SpecificationError(folder, say("discovery.folder"), *fault("no-answers"))
    columns = (_read_column(path, {claim.id for claim in claims}) for path in paths)
    return tuple(sorted(columns, key=lambda one: (one.tensorflow, one.keras.major < 3, one.keras)))


def _read_column(path: Path, ids: set[str]) -> Column:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        entries = {id_: _entry(answer) for id_, answer in record["answers"].items()}
        versions = Version(record["tensorflow"]), Version(record["keras"])
        column = Column(path.stem, *versions, record["python"], entries)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidVersion) as error:
        found = f"{type(error).__name__}: {error}"
        told = fault("answers", found=found, environment=path.stem)
        raise SpecificationError(path, "file", *told) from None
    if odd := ids ^ set(entries):
        told = fault("other-claims", ids=", ".join(sorted(odd)), environment=path.stem)
        raise SpecificationError(path, "answers", *told)
    return column


def _entry(record: dict[str, Any]) -> Entry:
    if not record["holds"]:
        return Entry(BROKEN, record["observed"])
    notices = record.get("notices", [])
    return Entry(NOTICE, "\n".join(notices)) if notices else Entry(HOLDS)


def column_of(asked: str, columns: Sequence[Column]) -> Column:
    """Find the environment of ``2.15``, ``2.15.1``, ``tf2.21-legacy`` or ``2.21 legacy``.

    Any release of a TensorFlow, such as 2.15.0, has the answers of the one that was asked.

    Raises:
        UnknownVersionError: nothing is known of it.
    """
    named = {column.version: column for column in columns}
    wanted = asked.strip().lower().removeprefix("tf").replace(" ", "-")
    try:
        version = Version(wanted)
    except InvalidVersion:
        near = difflib.get_close_matches(wanted, named)
    else:
        wanted = f"{version.major}.{version.minor}"
        near = _beside(version, [one for one in columns if "-" not in one.name])
    if wanted in named:
        return named[wanted]
    told = [say("compat.unknown", version=asked, known=", ".join(named))]
    told += [say("compat.near", near=", ".join(near))] if near else []
    raise UnknownVersionError(" ".join([*told, say("compat.another")]))


def _beside(version: Version, columns: Sequence[Column]) -> list[str]:
    """Name the last one that is older, and the first that is newer."""
    older = [one.version for one in columns if one.tensorflow < version]
    newer = [one.version for one in columns if one.tensorflow > version]
    return older[-1:] + newer[:1]
