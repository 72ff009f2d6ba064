"""The rule on stated accuracies: a text beside a cell states the one that is stored there."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from fmnist_spec.gate.compare.terms import same_metric
from fmnist_spec.gate.events import Evaluated
from fmnist_spec.gate.evidence import Evidence, Findings, rule
from fmnist_spec.gate.prose.numbers import is_plain, read_sentences
from fmnist_spec.gate.prose.sentences import Sentence
from fmnist_spec.gate.prose.vocabulary import VOCABULARY, compiled
from fmnist_spec.gate.stored.place import Place, places
from fmnist_spec.gate.stored.progress import read_evaluations, read_logs
from fmnist_spec.gate.stored.values import results
from fmnist_spec.language import listed

_WORDS = VOCABULARY["stated"]
STATED = tuple(compiled(pattern) for pattern in _WORDS["accuracy"])
ALONE = compiled(_WORDS["alone"])
KINDS = {kind: compiled(_WORDS[kind]) for kind in ("training", "validation", "test")}
SILENT, FAMILIAR, PAST = (compiled(_WORDS[one]) for one in ("silent", "familiar", "past"))
BOUND, ABOUT, ABOUT_AFTER = (compiled(_WORDS[one]) for one in ("bound", "about", "about_after"))
DECIMAL = re.compile(r"(?<![\w.])(\d?\.\d+(?:e-\d+)?)(?![\w.]|\s*%)|(\d{1,3}(?:\.\d+)?)\s*%")
PARTS = {"train": "training", "whole": "training", "validation": "validation", "test": "test"}
APART = 0.005  # that a stated accuracy may be, beyond what rounding does


class _Stated(NamedTuple):
    """An accuracy as a text states it, between 0 and 1, and how far it may be off."""

    said: str
    value: float
    tolerance: float


@rule("stored-accuracy", decided="file", static=True)
def accuracies(evidence: Evidence) -> Findings:
    """Look for accuracies in comments and neighbouring texts that are not near any stored one."""
    stored = {place.cell.index: one for place in places(evidence) if (one := _stored(place))}
    for sentence in read_sentences(evidence)[0] if stored else ():
        is_code = evidence.cells[sentence.cell].type == "code"
        cells = [sentence.cell] if is_code else [sentence.cell - 1, sentence.cell + 1]
        beside = {cell: stored[cell] for cell in cells if cell in stored}
        is_before = [*beside] == [sentence.cell + 1]  # so what was, it says of an earlier cell
        if not beside or (is_before and PAST.search(sentence.text.lower())):
            continue
        for stated in _stated(sentence, is_code):
            if expected := _others(stated, sentence, [*beside.values()]):
                told = {"said": stated.said, "expected": expected, **sentence.place}
                yield evidence.finding("stored-accuracy", **told)


def _stored(place: Place) -> Mapping[str, list[float]]:
    """Give the accuracies that a cell stores, by the images that they are of; "": any number."""
    text, found = place.stored.text, defaultdict[str, list[float]](list)
    for kind, value in (*_of_logs(text), *_of_evaluations(place)):
        found[kind].append(value)
    if not found:  # the author's own print()
        numbers = [_read(one["n"], "", about=False) for one in STATED[0].finditer(text.lower())]
        found["unknown"] += [one.value for one in numbers]
    if any(found.values()):
        found[""] = [float(a) if a else float(b) / 100 for a, b in DECIMAL.findall(text)]
    return {kind: values for kind, values in found.items() if values}


def _of_logs(text: str) -> Iterator[tuple[str, float]]:
    for epoch in chain.from_iterable(read_logs(text)):
        for name, value in epoch.line.values.items():
            if name.removeprefix("val_") in same_metric("accuracy"):
                yield "validation" if name.startswith("val_") else "training", value


def _of_evaluations(place: Place) -> Iterator[tuple[str, float]]:
    events, names = place.events(Evaluated), same_metric("accuracy")
    lines = [
        [one.values[name] for name in names & one.values.keys()]
        for one in read_evaluations(place.stored.text)
    ]
    for all_values in (lines, [one[1:] for one in results(place.stored.text)]):
        as_many = len(all_values) == len(events)
        known = events if as_many else [None] * len(all_values)
        for values, event in zip(all_values, known, strict=True):
            part = place.evidence.images.words(event.images).part if event else "other"
            yield from ((PARTS.get(part, "unknown"), value) for value in values if value <= 1)


def _stated(sentence: Sentence, is_code: bool) -> Iterator[_Stated]:
    """Give the accuracies that a plain sentence states of the model at hand."""
    text = sentence.text.lower()
    found = [match for pattern in STATED for match in pattern.finditer(text)]
    if is_code and not found:
        found = [match for match in [ALONE.fullmatch(text.strip(" .=>→-"))] if match]
    if not found or SILENT.search(text) or not is_plain(sentence, FAMILIAR.sub(" ", text)):
        return
    for match in {match.start("n"): match for match in found}.values():
        before, after = match.string[: match.start("n")], match.string[match.end("n") :]
        if not BOUND.search(before):
            about = bool(ABOUT.search(before) or ABOUT_AFTER.match(after))
            yield _read(match["n"], match[0].strip(), about)


def _read(number: str, said: str, about: bool) -> _Stated:
    """Read ``84.30%`` or ``0.843``. It may be rounded; "about 85%" may be so to a multiple of 5."""
    digits = re.sub(r"[^\d.]", "", number)
    scale = 1 if digits == number else 100
    unit = 10.0 ** -len(digits.partition(".")[2]) / scale
    value = float(digits) / scale
    percent = round(value * 100, 6)
    rounded = next((step / 100 for step in (10, 5) if percent % step == 0), unit)
    return _Stated(said, value, APART + max(unit / 2, rounded / 2 if about else 0))


def _others(stated: _Stated, sentence: Sentence, beside: list[Mapping[str, list[float]]]) -> str:
    """Give the accuracies that are stored instead; nothing if one fits, or none is of the kind."""
    text = sentence.text.lower()
    kinds = {kind for kind, words in KINDS.items() if words.search(text)}
    every = [value for one in beside for values in one.values() for value in values]
    if any(abs(value - stated.value) <= stated.tolerance for value in every):
        return ""
    if not kinds <= {kind for one in beside for kind in one}:
        return ""
    of_kind = kinds or {*KINDS, "unknown"}
    last = [values[-1] for one in beside for kind, values in one.items() if kind in of_kind]
    return listed(dict.fromkeys(f"{value:.4f}" for value in last), "or")
