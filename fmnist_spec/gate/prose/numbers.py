"""Numbers in the text of a notebook: false arithmetic, and numbers that are not the lesson's.

Language is uncertain, so what cannot be read is not judged. How often the judge is right is
measured on labelled sentences: ``python benchmarks/prose_accuracy.py``.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from fmnist_spec.gate.catalogue import Severity, severity_of
from fmnist_spec.gate.compare.terms import Values, lesson_values
from fmnist_spec.gate.evidence import Evidence, rule
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.prose.arithmetic import Equation, false_equations
from fmnist_spec.gate.prose.sentences import OTHER, Sentence, sentences
from fmnist_spec.gate.prose.vocabulary import VOCABULARY, claims, compiled

CLAIMS = tuple(claims())
LOOSE = ("units", "parameters", "weights")  # they may be of any layer
A_NUMBER = compiled("<before>(<number>)<after>")
JUDGEABLE = compiled(r"\d|<A>")
ABOUT = compiled("<about>«$")
BOUND = compiled("<bound>")
DOUBT: Mapping[str, Mapping[str, str]] = VOCABULARY["doubt"]
FAMILIAR = {kind: frozenset(words.split()) for kind, words in VOCABULARY["familiar"].items()}
BEGINNINGS = tuple(FAMILIAR["korean"])
# Korean right after a number, a name or a bracket is its counter or particle.
WORD = re.compile(r"(?<![a-z_\d])[a-z]+(?![a-z_\d])|(?<![a-z\d»)가-힣])[가-힣]+|[가-힣]{6,}")
TOPICS = {kind: compiled(words) for kind, words in VOCABULARY["topics"].items()}
UNLESS = {term: compiled(words) for term, words in VOCABULARY["unless"].items()}
ANCHOR = compiled("<anchor>")
CLOSE = compiled("<close>")
TOLERANCE = 0.05  # of a number that is said to be about so
KERAS_NAMES = {"시그모이드": "sigmoid", "소프트맥스": "softmax", "렐루": "relu"}
KERAS_NAMES |= {"하이퍼볼릭 탄젠트": "tanh", "하이퍼볼릭탄젠트": "tanh"}


def _allowed(evidence: Evidence) -> dict[str, Values]:
    """Give the values of each term that a text may speak of: the lesson's and the run's."""
    allowed = lesson_values(evidence.lesson)
    for term, values in (evidence.observed or {}).items():
        # What is true of one layer may be said of a layer that the text does not name.
        for wider in {term, _kind(term)} & allowed.keys():
            allowed[wider] |= values
    allowed["weights"] |= allowed["parameters"]
    return allowed


def _sentences(evidence: Evidence) -> list[tuple[Sentence, tuple[Equation, ...]]]:
    """Give every sentence of the notebook, with its false equations."""
    found = ((one, tuple(false_equations(one.text))) for one in sentences(evidence.cells))
    return evidence.once("sentences", lambda: [*found])


@rule("prose-arithmetic", decided="file")
def arithmetic(evidence: Evidence) -> Iterator[Finding]:
    """Look for equations that are false."""
    for sentence, wrong in _sentences(evidence):
        severity: Severity = "warning" if sentence.section == "exercise" else "error"
        for equation in wrong:
            told = {"expected": _show(float(equation.value)), "observed": equation.claimed}
            yield finding_in(
                "prose-arithmetic", sentence, severity, written=equation.written, **told
            )


@rule("prose-number", decided="file")
def numbers(evidence: Evidence) -> Iterator[Finding]:
    """Look for numbers that neither the lesson nor the notebook shows."""
    allowed = _allowed(evidence)
    sure = evidence.observed is not None  # else the number may be of a model that was not seen
    for sentence, wrong in _sentences(evidence):
        told = {equation.claimed for equation in wrong}  # one finding a number
        found = _numbers(sentence, allowed, sure)
        yield from (one for one in found if one.observed not in told)


def finding_in(
    rule: str, sentence: Sentence, severity: Severity, says: str = "finding", **values: object
) -> Finding:
    """Make a finding of what a sentence says."""
    own, told = severity_of(rule, severity), {"begin": sentence.begin, **values}
    return Finding(rule, own, sentence.cell, sentence.line, says, told, sentence.row)


def _kind(term: str) -> str:
    """The last word of a term: "units" of "hidden units"."""
    return term.rpartition(" ")[2]


def _numbers(sentence: Sentence, allowed: Mapping[str, Values], sure: bool) -> Iterator[Finding]:
    """Give each number that the sentence ties to a term and that is none of its values."""
    text = A_NUMBER.sub(r"«\1»", re.sub("[«»\n]", " ", sentence.text.lower()))
    if sentence.section == "other" or not JUDGEABLE.search(text) or OTHER.search(text):
        return
    for term, match in _claims(text):
        if _is_right(match, term, allowed[term] | allowed.get(f"also {term}", frozenset())):
            continue
        plain = is_plain(sentence, text)
        severity: Severity = "error" if sure and plain and _is_tied(match, term) else "warning"
        if plain or term not in LOOSE:
            expected = sorted(map(_show, allowed[term]), key=lambda one: (len(one), one))
            said, observed = (re.sub("[«»]", "", match[group]).strip() for group in (0, "n"))
            told = {"expected": " or ".join(expected), "observed": observed, "term": term}
            says = "finding" if sure else "unsure"
            yield finding_in("prose-number", sentence, severity, says, said=said, **told)


def _claims(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Give the first claim on each number."""
    topics = frozenset(kind for kind, words in TOPICS.items() if words.search(text))
    claimed: set[int] = set()
    for term, pattern in _claims_on(topics):
        for match in pattern.finditer(text):
            if match.start("n") not in claimed:
                yield term, match
            claimed.add(match.start("n"))


@cache
def _claims_on(topics: frozenset[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((term, pattern) for term, pattern in CLAIMS if _kind(term) in topics)


def is_plain(sentence: Sentence, text: str) -> bool:
    """Whether this is a statement in the lesson's own words, without an if or a comparison."""
    return (
        sentence.section == "lesson"
        and not _doubt(*DOUBT).search(text)
        and not _doubt("elsewhere").search(sentence.before.lower())
        and all(map(_is_familiar, WORD.findall(text)))
    )


@cache
def _doubt(*kinds: str) -> re.Pattern[str]:
    """Compile words of doubt, once a number is in question: most notebooks need none."""
    return compiled("|".join(word for kind in kinds for word in DOUBT[kind].values()))


def _is_familiar(word: str) -> bool:
    if word.isascii():
        return word in FAMILIAR["english"]
    return word in FAMILIAR["whole"] or word.startswith(BEGINNINGS)


def _is_tied(match: re.Match[str], term: str) -> bool:
    """Whether the noun is the lesson's, and little more than particles part it from its number."""
    is_close = CLOSE.fullmatch(match.groupdict().get("gap") or "")
    return bool(is_close and (term not in LOOSE or ANCHOR.search(match.string)))


def _is_right(match: re.Match[str], term: str, allowed: Values) -> bool:
    """Whether the claim is true, or too uncertain to be judged."""
    unless = [UNLESS[key] for key in (term, _kind(term)) if key in UNLESS]
    if any(words.search(match.string) for words in unless):
        return True
    if term.endswith("activation"):
        return KERAS_NAMES.get(match["n"], match["n"]) in allowed
    if term == "pixel range":
        return "~".join(re.findall(r"\d+", match["n"].replace(".0", ""))) in allowed
    number = float(match["n"].replace(",", ""))
    if BOUND.search(match.string[: match.start("n")]):
        return True
    if ABOUT.search(match.string[: match.start("n")]):
        return any(abs(number - float(one)) <= TOLERANCE * number for one in allowed)
    return number in allowed or number < VOCABULARY["least"].get(term, 0)


def _show(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,.10g}"
