"""Numbers in the text of a notebook: false arithmetic, and numbers that are not the lesson's.

Language is uncertain, so what cannot be read is not judged. How often the judge is right is
measured on labelled sentences: ``python benchmarks/prose_accuracy.py``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from fmnist_spec.gate.catalogue import Severity
from fmnist_spec.gate.compare.terms import Values, lesson_values
from fmnist_spec.gate.evidence import Evidence, rule
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.prose.arithmetic import Equation, false_equations
from fmnist_spec.gate.prose.sentences import Sentence, other_words, sentences
from fmnist_spec.gate.prose.vocabulary import VOCABULARY, claims, compiled

CLAIMS = tuple(claims())
LOOSE = ("units", "parameters", "weights")  # they may be of any layer
A_NUMBER = compiled("<before>(<number>)<after>")
JUDGEABLE = compiled(r"\d|<A>")
ABOUT = compiled("<about>«$")
BOUND = compiled("<bound>")
FAMILIAR = {kind: frozenset(words.split()) for kind, words in VOCABULARY["familiar"].items()}
BEGINNINGS = tuple(FAMILIAR["korean"])
# Korean right after a number, a name or a bracket is its counter or particle.
WORD = re.compile(r"(?<![a-z_\d])[a-z]+(?![a-z_\d])|(?<![a-z\d»)가-힣])[가-힣]+|[가-힣]{6,}")
DOUBT, ELSEWHERE = (compiled("|".join(VOCABULARY[t].values())) for t in ("doubt", "elsewhere"))
UNLESS = {term: compiled(words) for term, words in VOCABULARY["unless"].items()}
ANCHOR = compiled("<anchor>")
CLOSE = compiled("<close>")
TOLERANCE = 0.05  # of a number that is said to be about so
KERAS_NAMES = {"시그모이드": "sigmoid", "소프트맥스": "softmax", "렐루": "relu"}
KERAS_NAMES |= {"하이퍼볼릭 탄젠트": "tanh", "하이퍼볼릭탄젠트": "tanh"}


def _allowed(evidence: Evidence) -> dict[str, Values]:
    """Give the values of each term that a text may speak of: the lessons' and the run's."""
    allowed: dict[str, Values] = {}
    for lesson in (evidence.lesson, *evidence.others):
        for term, values in lesson_values(lesson).items():
            allowed[term] = allowed.get(term, frozenset()) | values
    for term, values in (evidence.observed or {}).items():
        # What is true of one layer may be said of a layer that the text does not name.
        for wider in {term, _kind(term)} & allowed.keys():
            allowed[wider] |= values
    allowed["weights"] |= allowed["parameters"]
    return allowed


def _sentences(evidence: Evidence) -> list[tuple[Sentence, tuple[Equation, ...]]]:
    """Give every sentence of the notebook, with its false equations."""
    every = sentences(evidence.cells, evidence.subjects)
    found = ((one, tuple(false_equations(one.text))) for one in every)
    return evidence.once("sentences", lambda: [*found])


@rule("prose-arithmetic", decided="file")
def arithmetic(evidence: Evidence) -> Iterator[Finding]:
    """Look for equations that are false."""
    for sentence, wrong in _sentences(evidence):
        severity: Severity = "warning" if sentence.section == "exercise" else "error"
        for equation in wrong:
            told = {"written": equation.written, "observed": equation.claimed, **sentence.place}
            told["expected"] = _show(equation.value)
            yield evidence.finding("prose-arithmetic", severity=severity, **told)


@rule("prose-number", decided="file")
def numbers(evidence: Evidence) -> Iterator[Finding]:
    """Look for numbers that neither the lesson nor the notebook shows."""
    allowed = _allowed(evidence)
    for sentence, wrong in _sentences(evidence):
        told = {equation.claimed for equation in wrong}  # one finding a number
        found = _numbers(evidence, sentence, allowed)
        yield from (one for one in found if one.observed not in told)


def _kind(term: str) -> str:
    """The last word of a term: "units" of "hidden units"."""
    return term.rpartition(" ")[2]


def _numbers(
    evidence: Evidence, sentence: Sentence, allowed: Mapping[str, Values]
) -> Iterator[Finding]:
    """Give each number that the sentence ties to a term and that is none of its values."""
    text = A_NUMBER.sub(r"«\1»", re.sub("[«»\n]", " ", sentence.text.lower()))
    if sentence.section == "other" or not JUDGEABLE.search(text):
        return
    if other_words(evidence.subjects).search(text):
        return
    sure = evidence.observed is not None  # else the number may be of a model that was not seen
    for term, match in _claims(text):
        right = allowed.get(term, frozenset())  # of what the lesson says nothing, anything is
        if not right or _is_right(match, term, right | allowed.get(f"also {term}", right)):
            continue
        plain = is_plain(sentence, text)
        severity: Severity = "error" if sure and plain and _is_tied(match, term) else "warning"
        if plain or term not in LOOSE:
            expected = sorted(map(_show, allowed[term]), key=lambda one: (len(one), one))
            said, observed = (re.sub("[«»]", "", match[group]).strip() for group in (0, "n"))
            told = {"said": said, "observed": observed, "term": term, **sentence.place}
            told |= {"expected": " or ".join(expected), "says": "finding" if sure else "unsure"}
            yield evidence.finding("prose-number", severity=severity, **told)


def _claims(text: str) -> Iterable[tuple[str, re.Match[str]]]:
    """Give the first claim on each number."""
    first: dict[int, tuple[str, re.Match[str]]] = {}
    for term, pattern in CLAIMS:
        for match in pattern.finditer(text):
            first.setdefault(match.start("n"), (term, match))
    return first.values()


def is_plain(sentence: Sentence, text: str) -> bool:
    """Whether this is a statement in the lesson's own words, without an if or a comparison."""
    return (
        sentence.section == "lesson"
        and not DOUBT.search(text)
        and not ELSEWHERE.search(text)
        and not ELSEWHERE.search(sentence.before.lower())
        and all(map(_is_familiar, WORD.findall(text)))
    )


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
