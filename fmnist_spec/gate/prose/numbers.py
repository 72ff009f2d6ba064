"""Numbers in the text of a notebook: false arithmetic, and numbers that are not the lesson's.

Language is uncertain, so what cannot be read is not judged. How often the judge is right is
measured on labelled sentences: ``python benchmarks/prose_accuracy.py``.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from fmnist_spec.gate.catalogue import Severity, phrase
from fmnist_spec.gate.compare.terms import Values, lesson_values
from fmnist_spec.gate.evidence import Evidence, rule
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.prose.arithmetic import Equation, false_equations
from fmnist_spec.gate.prose.correcting import corrections
from fmnist_spec.gate.prose.judging import (
    NONE,
    UNKNOWN,
    Allowed,
    Untrue,
    are_worked_out,
    false_claims,
    kind_of,
)
from fmnist_spec.gate.prose.sentences import EXERCISE, OTHER, Sentence, sentences
from fmnist_spec.gate.prose.tokens import KINDS
from fmnist_spec.gate.prose.vocabulary import VOCABULARY, called, compiled
from fmnist_spec.language import listed

FAMILIAR = {kind: frozenset(words.split()) for kind, words in VOCABULARY["familiar"].items()}
BEGINNINGS = tuple(FAMILIAR["korean"])
# Korean right after a number, a name or a bracket is its counter or particle.
WORD = re.compile(r"(?<![a-z_\d])[a-z]+(?![a-z_\d])|(?<![a-z\d»)가-힣])[가-힣]+|[가-힣]{6,}")
DOUBT, ELSEWHERE, SILENT = (
    compiled("|".join(VOCABULARY[table].values())) for table in ("doubt", "elsewhere", "silent")
)
DIGITS = compiled("<mnist>")
# Of a notebook's text: more cannot be judged in two seconds.
LONGEST, MOST_SENTENCES = 100_000, 5_000  # characters; sentences
# Many things have these: a number is an error only if the text says of which layer or images it is.
OF_MANY = {kind for kind, one in KINDS.items() if "of" in one} - {"share"}
OF_MANY |= {"", "features", "default optimizer"}
# Of these a run may show more values than the lesson has; "" is any number.
SHOWN = {*("units", "activation", "parameters", "weights", "images", "shape", "steps", "epochs")}
SHOWN |= {"random_state", "size", ""}
UNWRITTEN = {"images", "shape", "steps", ""}  # of these, also than the source writes out


def _of_lessons(evidence: Evidence) -> dict[str, Values]:
    """Give the lessons' values of each term that a text may speak of."""
    allowed: dict[str, Values] = {}
    for lesson in (evidence.lesson, *evidence.others):
        for term, values in lesson_values(lesson).items():
            allowed[term] = allowed.get(term, NONE) | values
    return allowed


def _allowed(evidence: Evidence) -> dict[str, Values]:
    """Give the values of each term that a text may speak of: the lessons' and the run's."""
    allowed = _of_lessons(evidence)
    for term, values in (evidence.observed or {}).items():
        # What is true of one layer may be said of a layer that the text does not name.
        for wider in {term, kind_of(term)} & allowed.keys():
            allowed[wider] |= values
    allowed["weights"] |= allowed["parameters"]
    known = (values for term, values in allowed.items() if term not in UNKNOWN)
    return {**allowed, "": NONE.union(*known)}


def read_sentences(evidence: Evidence) -> tuple[list[Sentence], Sentence | None]:
    """Give the sentences of the notebook that are read, and the first one beyond these."""
    return evidence.once("sentences", lambda: _read(evidence))


def _read(evidence: Evidence) -> tuple[list[Sentence], Sentence | None]:
    read, length = list[Sentence](), 0
    for one in sentences(evidence.cells):
        length += len(one.text)
        if length > LONGEST or len(read) == MOST_SENTENCES:
            return read, one
        read.append(one)
    return read, None


def _equations(evidence: Evidence) -> list[tuple[Sentence, tuple[Equation, ...]]]:
    """Give every sentence of the notebook that is read, with its false equations."""
    read, _ = read_sentences(evidence)
    found = ((one, tuple(false_equations(one.text))) for one in read)
    return evidence.once("equations", lambda: [*found])


@rule("prose-arithmetic", decided="file", static=True)
def arithmetic(evidence: Evidence) -> Iterator[Finding]:
    """Look for equations that are false."""
    for sentence, wrong in _equations(evidence):
        severity: Severity = "warning" if sentence.section == "exercise" else "error"
        for equation in wrong:
            told = {"written": equation.written, "observed": equation.claimed, **sentence.place}
            told["expected"] = _show(equation.value)
            cell = evidence.cells[sentence.cell]
            edits = corrections(equation, sentence, cell, _allowed(evidence))
            yield evidence.finding("prose-arithmetic", severity=severity, edits=edits, **told)


@rule("prose-number", decided="file", static=True)
def numbers(evidence: Evidence) -> Iterator[Finding]:
    """Look for numbers that neither the lesson nor the notebook shows."""
    allowed = _allowed(evidence)
    for sentence, wrong in _equations(evidence):
        told = {equation.claimed.replace(",", "") for equation in wrong}  # one finding a number
        found = _numbers(evidence, sentence, allowed)
        yield from (one for one in found if one.observed.replace(",", "") not in told)
    if (beyond := read_sentences(evidence)[1]) is not None:
        most = phrase("most-text", characters=LONGEST, sentences=MOST_SENTENCES)
        told_of = {"says": "too-long", "most": most, **beyond.place}
        yield evidence.finding("prose-number", severity="warning", **told_of)


def _numbers(evidence: Evidence, sentence: Sentence, allowed: Allowed) -> Iterator[Finding]:
    """Give each number that the sentence ties to a term and that is none of its values."""
    text, before = sentence.text.lower().replace("\n", " "), sentence.before.lower()
    if sentence.section != "lesson" or not (found := [*false_claims(text, allowed)]):
        return
    other = OTHER.search(text) or SILENT.search(text)
    if other or EXERCISE.search(f"{before} {text}"):  # then only what is true of every network
        found = [one for one in found if one.terms == ("flatten parameters",)]
    ran = evidence.trace.ran
    if not ran:  # then nothing is said of what a run may show
        unseen = SHOWN if evidence.observed is None else UNWRITTEN
        found = [one for one in found if unseen.isdisjoint(map(kind_of, one.terms))]
    # else the number may be of a model that was not seen
    sure = evidence.observed is not None or not ran
    certain = sure and not are_worked_out(text, found, _of_lessons(evidence))
    plain = is_plain(sentence, text)
    others = (ELSEWHERE,) if "mnist" in evidence.subjects else (ELSEWHERE, DIGITS)
    elsewhere = any(words.search(one) for words in others for one in (text, before))
    for one in found:
        is_error = certain and plain and one.claim.tied and one.terms[0] not in OF_MANY
        clear = one.claim.which or one.claim.tied or (ran and one.claim.value not in allowed[""])
        if plain or (clear and not elsewhere):
            told_of = _told(one, allowed) | sentence.place
            told_of["says"] = "unknown" if one.terms == ("",) else "finding" if sure else "unsure"
            severity: Severity = "error" if is_error else "warning"
            yield evidence.finding("prose-number", severity=severity, **told_of)


def _told(one: Untrue, allowed: Allowed) -> dict[str, Any]:
    """What a finding says of a claim: of a number that nothing knows, the one most like it."""
    value, term = one.claim.value, one.terms[0]
    right = NONE.union(*(allowed[name] for name in one.terms))
    expected = sorted(map(_show, right), key=lambda shown: (len(shown), shown))
    if not term and isinstance(value, float):
        numbers = [number for number in right if not isinstance(number, str)]
        expected = [_show(max(numbers, key=lambda number: _likeness(number, value)))]
    told = {"said": one.claim.said.strip(), "observed": _show(value)}
    return told | {"expected": listed(expected, "or"), "term": called(term)}


def _likeness(number: float, other: float) -> tuple[float, float]:
    """How alike two numbers are in their digits; of equals, how near."""
    digits = SequenceMatcher(None, _show(number), _show(other)).ratio()
    return digits, -abs(number - other)


def is_plain(sentence: Sentence, text: str) -> bool:
    """Whether this is a statement in the lesson's own words, without an if or a comparison."""
    return (
        sentence.section == "lesson"
        and not any(words.search(text) for words in (DOUBT, ELSEWHERE, DIGITS))
        and not any(words.search(sentence.before.lower()) for words in (ELSEWHERE, DIGITS))
        and all(map(_is_familiar, WORD.findall(text)))
    )


def _is_familiar(word: str) -> bool:
    if word.isascii():
        return word in FAMILIAR["english"]
    return word in FAMILIAR["whole"] or word.startswith(BEGINNINGS)


def _show(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,.10g}"
