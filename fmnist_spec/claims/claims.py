"""The lesson's claims as ``claims.toml`` has them, and what an answer to one says."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from fmnist_spec import _compat
from fmnist_spec.lesson import Lesson
from fmnist_spec.reading import SpecificationError, read_toml, read_value

CLAIMS_FILE = Path(__file__).with_name("claims.toml")
WORDS = {"all": ">=0", "none": "<0"}


@dataclass(frozen=True)
class _Sentence:
    """What ``claims.toml`` says of a claim; it explains the fields."""

    statement: str
    korean: str
    about: str = ""
    holds: str = "all"
    badly_named: str = ""
    fails_with: str = ""
    notice: str = ""
    whole: bool = False


@dataclass(frozen=True, kw_only=True)
class Claim(_Sentence):
    """One sentence of the lesson that a program can decide, and the section that it belongs to."""

    id: str
    section: str

    @property
    def versions(self) -> SpecifierSet:
        """The TensorFlow versions on which the claim holds."""
        return SpecifierSet(WORDS.get(self.holds, self.holds))

    def holds_on(self, tensorflow: Version) -> bool:
        """Whether the claim says that it holds on this version, pre-releases included."""
        return self.versions.contains(tensorflow, prereleases=True)

    def text(self, lesson: Lesson, *, korean: bool = False) -> str:
        """The statement with the numbers of ``lesson`` in it."""
        *shapes, output_shape = map(str, lesson.output_shapes)
        return (self.korean if korean else self.statement).format(
            lesson=lesson,
            hidden_shapes=", ".join(shapes),
            output_shape=output_shape,
            used=lesson.used_of(lesson.train_images),
            last_parameters=lesson.dense_parameters[-1],
            first=lesson.network.dense[0],
            inputs=[lesson.data.pixels, *lesson.network.hidden][-1],
        )


@dataclass(frozen=True)
class _Part:
    """A name or an action: its part of an id and of both statements; a name's ``holds``."""

    id: str
    statement: str
    korean: str
    holds: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Entry(_Sentence):
    """One claim of the file, or one for each of its names and actions."""

    names: tuple[_Part, ...] = ()
    actions: tuple[_Part, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What the probe of a claim found on the installed TensorFlow."""

    claim: Claim
    expected: bool
    holds: bool
    observed: str
    notices: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether the claim told the truth, for the reason that it gives."""
        if self.holds or self.expected:
            return self.holds == self.expected
        return bool(re.search(self.claim.fails_with, self.observed))

    def explain(
        self, lesson: Lesson, place: str = "the claim's entry in fmnist_spec/claims/claims.toml"
    ) -> str:
        """What a maintainer needs to know about a claim that did not tell the truth."""
        says = "holds" if self.expected else "does not hold"
        found = "holds" if self.holds else "does not hold"
        versions = f"TensorFlow {_compat.tensorflow_version()}, Keras {_compat.keras_version()}"
        return (
            f"{self.claim.id}: claims.toml says that this {says} here (holds = "
            f"{self.claim.holds!r}), but on {versions} it {found}.\n"
            f"  claim:    {self.claim.text(lesson)}\n"
            f"  observed: {self.observed}\n"
            f"  remedy:   if TensorFlow has changed for good, edit {place} and tell the course; "
            "if our own code has changed, mend it."
        )


def load_claims(
    path: Path = CLAIMS_FILE, *, probes: Container[str] | None = None
) -> tuple[Claim, ...]:
    """Read the claims; each must have one of the probes, where these are given.

    Raises:
        SpecificationError: the file has a wrong form, an id twice, a version that is no version
            specifier, a name without one for each action, or a claim without a probe.
    """
    sections = read_value(dict[str, dict[str, _Entry]], read_toml(path), path, "section")
    claims = tuple(
        claim
        for section, entries in sections.items()
        for id, entry in entries.items()
        for claim in _claims_of(entry, id, section, path)
    )
    for fault in _faults(claims, probes):
        raise SpecificationError(path, *fault)
    return claims


def claims_on(lesson: Lesson, claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Give the claims on what a lesson is about, with the versions on which they hold of it."""
    bad = not all(map(_compat.TRAINABLE_NAME.match, lesson.network.names))
    own = (one for one in claims if lesson.subjects.issuperset(one.about.split()))
    return tuple(replace(one, holds=(bad and one.badly_named) or one.holds) for one in own)


def _claims_of(entry: _Entry, id: str, section: str, path: Path) -> Iterator[Claim]:
    given = {one.name: getattr(entry, one.name) for one in fields(_Sentence)}
    claim = Claim(**given, id=id, section=section)
    if not entry.names:
        yield claim
    for name in entry.names:
        if len(name.holds) != len(entry.actions):
            found, expected = f"{len(name.holds)} values of holds", str(len(entry.actions))
            remedy = "Write one for each action."
            raise SpecificationError(path, f"name {name.id!r}", found, expected, remedy)
        for action, holds in zip(entry.actions, name.holds, strict=True):
            texts = {}
            for key in ("id", "statement", "korean"):
                text = getattr(claim, key).replace("{name}", getattr(name, key))
                texts[key] = text.replace("{action}", getattr(action, key))
            yield replace(claim, **texts, holds=holds)


def _faults(
    claims: Iterable[Claim], probes: Container[str] | None
) -> Iterator[tuple[str, str, str, str]]:
    """What is wrong: the key, what was found, what was expected, and the remedy."""
    seen: set[str] = set()
    for claim in claims:
        key = f"claim {claim.id!r}"
        if claim.id in seen:
            yield key, "this id twice", "each id once", "Rename one."
        if probes is not None and claim.id not in probes:
            remedy = f"Add {claim.id.replace('-', '_')} to probes.py, or correct the id."
            yield key, "no probe of that name", "one", remedy
        for line in (one for one in ("holds", "badly_named") if getattr(claim, one)):
            try:
                _ = replace(claim, holds=getattr(claim, line)).versions
            except InvalidSpecifier:
                expected = "'all', 'none' or a version specifier such as '>=2.16'"
                yield key, repr(getattr(claim, line)), expected, f"Correct the line {line}."
        seen.add(claim.id)
