"""Whether a quantity that a text gives is true of the lesson, false, or not to be judged."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, product
from typing import NamedTuple

from fmnist_spec.gate.compare.terms import Values
from fmnist_spec.gate.prose.phrases import LAYERS, SETS
from fmnist_spec.gate.prose.quantities import SMALL, Claim, claims
from fmnist_spec.gate.prose.tokens import KINDS, QUANTITIES
from fmnist_spec.gate.prose.vocabulary import compiled

IFFY, CLAUSE, NEGATED = compiled("<iffy>"), compiled("<clause>"), compiled("<negated>")
SO_FAR, RIGHT = compiled("<so_far>"), compiled("<right>")
SUPPOSED = compiled("<supposed>")
SET_BEFORE, SET_BEHIND = compiled("<set_before>"), compiled("<set_behind>")
ABOUT, BOUND, BEYOND = compiled("<about>$"), compiled("<bound>$"), compiled("<beyond>")
COUNTED = compiled(rf" (?:{KINDS['units']['words']})")  # after an activation
LEVEL = re.compile("값|value")
ANOTHER = compiled(r"\s(?!<function>\b)[a-z]+")  # a noun that is none of those known
NUMBER = re.compile(r"\d+(?:\.\d+)?")
RANGE = re.compile(r"(-?\d+(?:\.5)?)~(\d+(?:\.5)?|inf)")
MORE = re.compile(r"[\d천만]여 ?[개장번]")  # 7만 8천여 개
TOLERANCE = 0.05  # of a number that is said to be about so
# A number of thousands that may be rounded: 78.5k, 7.95만; 5만 is not.
ROUNDED = re.compile(r"\d+(?:\.(\d+))?(?:k| thousand)|\d+\.(\d+) ?([만천])")
UNKNOWN = ("also features", "also level", "each images")  # terms that may have almost any number
# What a sentence speaks of that is about the lesson.
SUBJECTS = {kind for kind, one in KINDS.items() if {"of", "linked"} & {*one}} - {*QUANTITIES}
SUBJECTS |= {*LAYERS, *SETS, "shape", "batch_size", "values", "features", "held", "splitting"}
SUBJECTS -= {"rate", "layers", "level", "share"}
LEAST = {one.get("term", kind): one["least"] for kind, one in KINDS.items() if "least" in one}
LEAST |= {"": SMALL, "hidden": 5, "output": 5}
NONE: Values = frozenset()
Allowed = Mapping[str, Values]  # by term; "" has all numbers that a text may speak of


class Untrue(NamedTuple):
    """A claim that is false, and the terms that it speaks of, one for each layer."""

    claim: Claim
    terms: tuple[str, ...]  # "" for any number of the lesson


def kind_of(term: str) -> str:
    """The last word of a term: "units" of "hidden units"."""
    return term.rpartition(" ")[2]


def false_claims(text: str, allowed: Allowed) -> Iterator[Untrue]:
    """Give the claims of a sentence in lower case that no reading makes true."""
    for claim in claims(text):
        terms = _terms(claim, allowed)
        if claim.term and terms == ("",):
            continue  # of this the lesson says nothing
        if terms == ("total biases",) and (not claim.kind or {"weights", "biases"} <= claim.kinds):
            terms += ("parameters",)  # it may be the sum of weights and biases
        right = NONE.union(*(allowed[one] for one in (*terms, *_wider(claim, terms, allowed))))
        if claim.term == "rate" and "each" not in claim.kinds:  # "both have 0.01"
            right = right.intersection(*(allowed[one] for one in terms))
        is_right = _is_right(claim, text, terms[0], right, allowed)
        if not is_right and not _is_uncertain(claim, text, terms[0], allowed):
            yield Untrue(claim, terms)


def are_worked_out(text: str, found: Sequence[Untrue], allowed: Allowed) -> bool:
    """Whether all these follow from another size that a sentence supposes: "with 30 neurons"."""
    if not SUPPOSED.search(text):
        return False
    given = {float(n) for one in claims(text) for n in NUMBER.findall(str(one.value))}
    untrue = [{float(n) for n in NUMBER.findall(str(one.claim.value))} for one in found]
    own = chain(*_numbers(allowed, "units", "batch size", "epochs", "share"))
    told = {n: _following(n, allowed) & given - {n} for n in given - {0, *own}}
    supposed = {n for n, results in told.items() if results}
    known = supposed.union(*told.values())
    return bool(supposed) and all(one and one <= known for one in untrue)


def _following(n: float, allowed: Allowed) -> set[float]:
    """What would follow from n neurons, from batches of n, from n per cent, n epochs or images."""
    found = {n * n}
    for pixels, classes in product(*_numbers(allowed, "pixels", "output units")):
        hidden, output = pixels * n + n, n * classes + classes
        found |= {hidden, output, hidden + output, hidden - n, output - classes}
    for images, epochs in product(*_numbers(allowed, "training images", "epochs")):
        steps = math.ceil(images / n)
        found |= {steps, steps * epochs, images * n / 100, images - images * n / 100}
    steps_of_epoch, batches = _numbers(allowed, "each steps", "batch size")
    return found | {one * n for one in steps_of_epoch} | {math.ceil(n / one) for one in batches}


def _numbers(allowed: Allowed, *terms: str) -> Iterator[list[float]]:
    """Give the numbers of each term."""
    for term in terms:
        yield [one for one in allowed.get(term, NONE) if not isinstance(one, str)]


def _terms(claim: Claim, allowed: Allowed) -> tuple[str, ...]:
    """Give the terms that a claim speaks of, one a layer; "" for any number of the lesson."""
    trained = {*claim.which} & {"trainable", "non-trainable"}
    of_sets = {*claim.which} & {*SETS}
    noun = "parameters" if trained else claim.term or "images" * bool(of_sets)
    if not (noun or isinstance(claim.value, float)):
        return ("",)
    named = tuple(one for which in claim.which if (one := f"{which} {noun}".strip()) in allowed)
    return named if named and claim.tied else (claim.term if claim.term in allowed else "",)


def _wider(claim: Claim, terms: tuple[str, ...], allowed: Allowed) -> list[str]:
    """Give the terms of what is true, too: of each neuron, class or epoch, or seldom meant."""
    kinds, noun = claim.kinds, kind_of(terms[0])
    each = "each" in kinds or ("units" in kinds and noun in ("weights", "biases", "parameters"))
    of_each = [name for one in SETS if one in kinds and (name := f"each {one} {noun}") in allowed]
    wider = [*(f"also {term}" for term in terms), *(of_each or [f"each {noun}"]) * each]
    wider += ["hidden layers"] * (noun == "layers" and "hidden" in kinds)
    return [one for one in wider if one in allowed]


def _is_right(claim: Claim, text: str, term: str, right: Values, allowed: Allowed) -> bool:
    """Whether a claim is true, or within what its text says around it."""
    value, before = claim.value, text[: claim.start]
    if isinstance(value, str):
        return value in right or (_is_shape(claim, allowed) if claim.term == "shape" else not term)
    is_bound = BOUND.search(before) or BEYOND.match(text, claim.end)
    if value in right or (is_bound and not term.endswith(("limit", "probabilities"))):
        return True
    least = LEAST.get(term, LEAST.get(kind_of(term), 0))
    named = claim.tied and claim.which and kind_of(term) in ("units", "biases", "parameters")
    if value < (min(least, 100) if "each" in claim.kinds else least) and not (named and value > 1):
        return True
    numbers = [one for one in right if not isinstance(one, str)]
    is_about = ABOUT.search(before) or MORE.search(text, claim.start, claim.end + 4)
    is_near = any(abs(value - one) <= TOLERANCE * value for one in numbers)
    return bool(is_about and is_near) or _is_rounded(claim, text, value, numbers)


def _is_rounded(claim: Claim, text: str, value: float, numbers: Iterable[float]) -> bool:
    """Whether a number of thousands is one of the numbers, rounded or cut off."""
    if not (written := ROUNDED.match(text, claim.start)):
        return False
    decimals, unit = written[1] or written[2] or "", 10_000 if written[3] == "만" else 1000
    last = unit / 10 ** len(decimals)
    return any(value <= one < value + last or abs(value - one) <= last / 2 for one in numbers)


def _is_uncertain(claim: Claim, text: str, term: str, allowed: Allowed) -> bool:
    """Whether too little is said for a judgement, or whether it may be of something else."""
    kinds, noun, clause = claim.kinds, KINDS.get(claim.kind, {}), CLAUSE.search(text, claim.end)
    is_iffy = IFFY.search(text[: clause.end()] if clause else text) and not term.endswith("limit")
    needs = {*str(noun.get("needs", "")).split()}
    if is_iffy or (needs and not kinds & needs) or _is_so_far(claim, text, allowed):
        return True
    if "score" in kinds and _may_be_score(claim, text, allowed):
        return True
    if claim.term in DOUBTS:
        return DOUBTS[claim.term](claim, text, allowed)
    if term.endswith("range"):
        found = RANGE.fullmatch(str(claim.value))
        return not found or float(found[1]) >= float(found[2])
    return not claim.term and _is_stray(claim, text, allowed)


def _is_so_far(claim: Claim, text: str, allowed: Allowed) -> bool:
    """Whether it counts what is done, or left, after some of the epochs."""
    value = claim.value
    if isinstance(value, str) or not SO_FAR.search(text):
        return False
    epochs, *of_epoch = _numbers(allowed, "epochs", "each steps", "training images")
    if claim.term == "epochs":
        return any(value < one for one in epochs)
    return any(value % one == 0 for one in chain(*of_epoch) if one)  # a run may train on none


def _may_be_score(claim: Claim, text: str, allowed: Allowed) -> bool:
    """Whether a number may be an accuracy, or what one is of: 훈련 세트의 30% is a share of it."""
    if claim.term != "share":
        is_scored = "scored" in KINDS.get(claim.kind, {}) or not claim.term
        return is_scored and claim.value not in allowed[""]
    before, behind = text[: claim.start], SET_BEHIND.match(text, claim.end)
    return bool(RIGHT.search(text)) or not (SET_BEFORE.search(before) or behind)


def _is_other_share(claim: Claim, text: str, allowed: Allowed) -> bool:
    """Whether a share may be another than that of the images that are held back."""
    kinds, value = claim.kinds, float(claim.value)
    is_of_sets = claim.which or kinds & {"share", "splitting"} or len(kinds & {*SETS}) > 1
    is_large = value > 50 and "training" not in claim.which and "held" not in kinds
    is_odd = claim.kind not in ("ratio", "fraction") and (value % 1 > 0 or is_large)
    return bool(kinds & {"classes", "each", "test"}) or not is_of_sets or is_odd


def _is_other_activation(claim: Claim, text: str, allowed: Allowed) -> bool:
    kinds = claim.kinds
    is_of_layer = claim.which or "activating" in kinds or COUNTED.match(text, claim.end)
    is_denied = "negative" in kinds or NEGATED.search(text)
    return not is_of_layer or bool(is_denied) or len(claim.names) > 2


def _is_other_chain(claim: Claim, text: str, allowed: Allowed) -> bool:
    """Whether 784 → 100 → 10 are no sizes of layers: then they do not begin with the pixels."""
    return not str(claim.value).startswith(f"{min(allowed['input shape'])} ")


def _is_level(claim: Claim, text: str, allowed: Allowed) -> bool:
    """Whether a number of pixels may be the value of one."""
    is_value = "level" in claim.kinds and claim.value in allowed["also level"]
    return is_value or bool(LEVEL.search(text))


def _is_stray(claim: Claim, text: str, allowed: Allowed) -> bool:
    """Whether a number without a noun may be of anything."""
    kinds, value = claim.kinds, claim.value
    is_number = isinstance(value, float)
    is_times = claim.said[-1] in "번회" and not kinds & {"steps", "epochs", "training", "each"}
    is_level = value in allowed["also level"] and bool(kinds & {"pixels", "level"})
    is_other = is_times or is_level or (is_number and value % 1 != 0)
    is_anothers = not claim.kind and bool(ANOTHER.match(text, claim.end))
    return is_other or is_anothers or not kinds & SUBJECTS


DOUBTS = {
    "chain": _is_other_chain,
    "rate": lambda claim, *_: isinstance(claim.value, float) and claim.value >= 1,
    "share": _is_other_share,
    "activation": _is_other_activation,
    "ways": lambda claim, *_: claim.value in (1, 2, 3) and "model" not in claim.kinds,
    "pixels": _is_level,
}


def _is_shape(claim: Claim, allowed: Allowed) -> bool:
    """Whether a shape is of the lesson, or of something else."""
    first, *others = str(claim.value).split(" x ")
    sizes = [float(one) for one in (first, *others) if one not in ("none", "-1")]
    layer = next((one for one in claim.which if one in LAYERS[:2]), "")
    of_weights = claim.kinds & {"weights", "matrix"}
    if others and sizes[0] >= 1000:
        return _is_array(sizes, claim.which, allowed)
    if layer and (first == "none" or (of_weights and len(sizes) == 2)):
        matrix, units = allowed[f"{layer} matrix"], allowed[f"{layer} units"]
        return sizes[-1] in units if first == "none" else claim.value in matrix
    if first == "none" and not claim.kinds & {"input", "flatten", "features", "pixels"}:
        return sizes[-1] in allowed["hidden units"] | allowed["output units"]
    of_images = claim.kinds & {"pixels", "images", "each"} and not of_weights
    is_picture = claim.said[0] != "(" and of_images
    known = allowed["pixels" if is_picture else ""]
    is_small = not is_picture and max(sizes, default=0) < 100
    return bool(is_small) or all(one in known or one < SMALL for one in sizes)


def _is_array(sizes: list[float], which: tuple[str, ...], allowed: Allowed) -> bool:
    """Whether an array of images, or of what a layer makes of them, has the lesson's shape."""
    rest = allowed["units" if len(sizes) == 2 else "pixels"]
    images = [allowed["images"], *(allowed[f"{one} images"] for one in which if one in SETS)]
    return all(sizes[0] in one for one in images) and {*sizes[1:]} <= rest
