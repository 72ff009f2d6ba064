"""The quantities of a sentence, and of which term of the lesson each one speaks."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from fmnist_spec.gate.compare.terms import Value
from fmnist_spec.gate.prose.phrases import (
    LAYERS,
    SETS,
    Noun,
    is_equated,
    is_listed,
    noun_of,
    which_of,
)
from fmnist_spec.gate.prose.tokens import KINDS, QUANTITIES, Token, Tokens, tokens_of, value_of
from fmnist_spec.gate.prose.vocabulary import compiled

NAMES = (KINDS["activation"]["words"], KINDS["optimizer"]["words"])
JUDGEABLE = compiled("|".join([r"\d{1,9}", "<ones>", "<numeral>", *NAMES]))
MOST = 50  # numbers and names: what has more is data, no sentence
INHERITED = ("units", "weights", "biases", "parameters")  # "10 biases here, 100 there"
OPERAND = re.compile(
    r"(?:units|pixels|features|hidden|output|input|weights|biases) sign"
    r"|(?:link )?(?:conj number )?link adding"
)
SMALL = 13  # a number below it may count layers


class Claim(NamedTuple):
    """A quantity that a text gives, and of which term."""

    value: Value
    kind: str  # of its noun, or its own
    term: str  # "" if it has no noun
    which: tuple[str, ...]  # the layers, images, optimizers; none if the text does not say
    said: str
    start: int
    end: int
    tied: bool  # the noun stands beside it
    kinds: frozenset[str]  # of all tokens of the sentence
    names: frozenset[Value]  # of all its activations


def claims(text: str) -> Iterator[Claim]:
    """Give each quantity of a sentence in lower case, but for the operands of formulas."""
    count = sum(1 for _ in islice(JUDGEABLE.finditer(text), MOST + 1))
    tokens, last = tokens_of(text) if 0 < count <= MOST else Tokens(), ""
    for place, kind in enumerate(tokens.kinds):
        is_named = kind != "optimizer" or _is_default_optimizer(tokens.kinds)
        if kind in QUANTITIES and is_named and not _is_operand(tokens, place):
            claim = _claim(text, tokens, place)
            if kind == "number":
                is_bare = not (claim.term or is_equated(tokens, place))
                if is_bare and claim.which and last in INHERITED:
                    claim = claim._replace(term=last)
                last = claim.term
            yield claim


def _is_default_optimizer(kinds: tuple[str, ...]) -> bool:
    """Whether the only optimizer that a sentence names is said to be the default one."""
    is_default = "optimizing" in kinds and bool({"default", "omitted", "fallback"} & {*kinds})
    is_only = "rate" not in kinds or "fallback" in kinds
    return is_default and is_only and kinds.count("optimizer") == 1


def _is_operand(tokens: Tokens, place: int) -> bool:
    """Whether a quantity is a part of a formula; what stands after its equals sign is none."""
    kind, kinds = tokens.kinds[place], tokens.kinds
    around = [tokens[one] for one in (place - 1, place + 1) if 0 <= one < len(tokens)]
    is_product = kind == "shape" and tokens[place].text[0] != "("
    of_layers = {*INHERITED, "hidden", "output"} & {*kinds}
    return kind not in ("activation", "optimizer", "range", "chain") and (
        "sign" in (one.kind for one in around)
        or bool(OPERAND.match(" ".join(kinds[place + 1 : place + 6])))
        or (is_product and any(one.text in "=(" for one in around))
        or (is_equated(tokens, place) and not (of_layers or noun_of(tokens, place)))
    )


def _claim(text: str, tokens: Tokens, place: int) -> Claim:
    token, noun, value = tokens[place], noun_of(tokens, place), value_of(tokens[place])
    kind = tokens.kinds[noun.place] if noun else token.kind
    kind = "" if kind in ("number", "range") else kind
    kind = _with_weights(tokens[noun.place : place]) if noun and kind == "biases" else kind
    term = _term(tokens, place, noun, kind)
    span = sorted({place, noun.place if noun else place})
    which = which_of(tokens, span, kind or "number", term)
    if term == "share" and isinstance(value, float) and value < 1 and token.kind != "percent":
        value = round(100 * value, 6)
    is_few = isinstance(value, float) and value < SMALL and not token.text.isdigit()
    if not noun and which == ("hidden",) and is_few and not is_listed(tokens, place):
        term = "layers"
    tied = noun.words <= (noun.place > place) if noun else bool(which or term)
    named = [one for one in tokens[max(0, span[0] - 2) : span[0]] if one.kind in (*LAYERS, *SETS)]
    start, end = [*named, tokens[span[0]]][0].start, tokens[span[-1]].end
    kinds, names = frozenset(tokens.kinds), frozenset(tokens.activations)
    return Claim(value, kind, term, which, text[start:end], token.start, end, tied, kinds, names)


def _with_weights(tokens: tuple[Token, ...]) -> str:
    """What a number behind a word for biases counts: 절편을 더해 1,010개, 절편을 빼면 1,000개."""
    adding = [one.text for one in tokens if one.kind == "adding"]
    if not adding or "만" in (one.text for one in tokens):
        return "biases"
    return "weights" if adding[0].startswith(("빼", "뺀")) else "parameters"


def _term(tokens: Tokens, place: int, noun: Noun | None, kind: str) -> str:
    """The term of a quantity, by its noun and what stands around."""
    if tokens.kinds[place] == "range":
        named = noun and kind == "activation" and value_of(tokens[noun.place])
        return f"{named or KINDS[kind]['range']} range" if noun else ""
    if kind == "shape" and "input_shape" in tokens.kinds[max(0, place - 2) : place]:
        return "input shape"
    if kind == "default" or _is_batch(tokens, place, kind):
        return _of_default(tokens, place, kind)
    of_place = (
        _of_place(tokens, place) if kind in ("", "probabilities", "values", "classes") else ""
    )
    if of_place == "sum of probabilities" or kind in ("", "values"):
        kind = of_place or kind
    if noun and noun.place > place and "after" in KINDS.get(kind, {}):
        return str(KINDS[kind]["after"])
    return str(KINDS.get(kind, {}).get("term", kind))


def _is_batch(tokens: Tokens, place: int, kind: str) -> bool:
    """Whether images or steps that are counted make a batch: "64 images at a time", 배치 64개씩."""
    is_small = value_of(tokens[place]) in range(2, 1000)
    of_images = kind == "images" and {"batch_size", "at_once"} & {*tokens.kinds} and is_small
    after = [one.text for one in tokens[place + 1 : place + 2]]
    return bool(of_images or (kind == "steps" and after == ["씩"]))


def _of_default(tokens: Tokens, place: int, kind: str) -> str:
    is_rate = tokens[place].text.startswith("0.") and {"rate", "optimizer"} & {*tokens.kinds}
    if kind != "default" or "batch_size" in tokens.kinds:
        return "batch size"
    return "rate" if is_rate else ""


def _of_place(tokens: Tokens, place: int) -> str:
    """The term of a number that has no noun, or one that says little."""
    text, kinds, named = tokens[place].text, tokens.kinds, tokens.activations
    before, near = kinds[max(0, place - 5) : place], kinds[max(0, place - 4) : place + 4]
    clause = tokens.since(",", place)
    limited = Tokens(clause).activations or named
    is_sum = {"total", "adding"} & {*before}
    is_rate = {"rate", "omitted"} & {*kinds} and re.match(r"0?\.", text)
    is_limit = "never" in Tokens(clause).kinds and "limit" in near and len(limited) == 1
    is_row = "cell" in kinds and any(one.text[0] == "(" for one in tokens if one.kind == "shape")
    terms = [
        ("sum of probabilities", ("probabilities" in kinds or "softmax" in named) and is_sum),
        ("features", before[-2:] == ("shape", "arrow")),
        ("rate", is_rate and "optimizer" in before[-4:]),
        ("relu limit", named == {"relu"} and "negative" in before),
        (f"{min(limited, default='')} limit", is_limit),
        ("parameters", is_row and "number" not in kinds[place + 1 :]),
        ("classes", re.search("종류?의?$", text)),
        ("repeated", "repeated" in kinds and re.search("번|회", text)),
    ]
    return next((term for term, is_so in terms if is_so), "")
