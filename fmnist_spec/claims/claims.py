"""The lesson's claims as ``claims.toml`` has them, and what an answer to one says."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from fmnist_spec import _compat
from fmnist_spec.language import chosen, joined, say
from fmnist_spec.lesson import Lesson
from fmnist_spec.reading import SpecificationError, read_toml, read_value

CLAIMS_FILE = Path(__file__).with_name("claims.toml")
WORDS = {"all": ">=0", "none": "<0"}


@dataclass(frozen=True)
class _Sentence:
    """What ``claims.toml`` says of a claim; it explains the fields."""

    statement: str
    korean: str
    remedy: str = ""
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

    def text(self, lesson: Lesson) -> str:
        """The statement with the numbers of ``lesson``, in the language that is chosen."""
        *shapes, output_shape = map(str, lesson.output_shapes)
        words = self.korean if chosen() == "ko" else self.statement
        filled = words.format(
            lesson=lesson,
            hidden_shapes=", ".join(shapes),
            output_shape=output_shape,
            used=lesson.used_of(lesson.train_images),
            last_parameters=lesson.dense_parameters[-1],
            first=lesson.network.dense[0],
            inputs=[lesson.data.pixels, *lesson.network.hidden][-1],
        )
        return joined(filled)


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

    def explain(self, lesson: Lesson, place: str = "") -> str:
        """What a maintainer needs to know about a claim that did not tell the truth."""
        found = "holds" if self.holds else "broken" if self.expected else "otherwise"
        values = {"claim": self.claim.text(lesson), "observed": self.observed}
        values["place"] = place or say("compat.wrong.its-entry", file=CLAIMS_FILE.name)
        versions = {
            "tensorflow": _compat.tensorflow_version(),
            "keras": _compat.keras_version(),
        }
        first = say(f"compat.wrong.{found}", **versions, **vars(self.claim))
        return f"{first}\n{say('compat.wrong.details', **values)}"


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


def fault(key: str, **values: object) -> tuple[str, str, str]:
    """Say what was found in a file, what was expected, and the remedy."""
    found, expected, remedy = (
        say(f"compat.fault.{key}.{part}", **values) for part in ("found", "expected", "remedy")
    )
    return found, expected, remedy


def _claims_of(entry: _Entry, id: str, section: str, path: Path) -> Iterator[Claim]:
    given = {one.name: getattr(entry, one.name) for one in fields(_Sentence)}
    claim = Claim(**given, id=id, section=section)
    if not entry.names:
        yield claim
    for name in entry.names:
        if len(name.holds) != len(entry.actions):
            told = fault("values", number=len(name.holds), actions=len(entry.actions))
            raise SpecificationError(path, f"name {name.id!r}", *told)
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
            yield key, *fault("twice")
        if probes is not None and claim.id not in probes:
            yield key, *fault("no-probe", probe=claim.id.replace("-", "_"))
        for line in (one for one in ("holds", "badly_named") if getattr(claim, one)):
            try:
                _ = replace(claim, holds=getattr(claim, line)).versions
            except InvalidSpecifier:
                yield key, *fault("specifier", found=repr(getattr(claim, line)), line=line)
        seen.add(claim.id)
