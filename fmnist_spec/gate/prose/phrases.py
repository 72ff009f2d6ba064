"""Where the noun of a quantity stands in its sentence, and what says of which of many it is.

The noun is the nearest on either side, with little between; what says of which layer, images or
optimizer is the nearest word around these two.
"""

import re
from functools import partial
from typing import NamedTuple

from fmnist_spec.gate.prose.tokens import KINDS, QUANTITIES, Tokens, value_of

LAYERS, SETS = ("hidden", "output", "second", "input"), ("training", "validation", "test")
COUNTABLE = {kind for kind, one in KINDS.items() if "count" in one}
RANGED = {"activation", *(kind for kind, one in KINDS.items() if "range" in one)}
COUNTER = re.compile("([장번회가명칸차종])(?:지|례|류)?(?:의|짜리)?$")
BARRIERS = {*QUANTITIES, "arrow", "stop", "cell", "slash", "clause", "sign", "ignored", "verb"}
BARRIERS -= {"number", "activation", "optimizer"}
BEYOND = {True: {"total", "adding", "open", "close"}, False: {"close"}}  # to the right, to the left
WITHIN = ("에", "한 번에")  # "1,500 times in an epoch" counts no epochs
PARTICLES = ("은", "는", "이", "가", "을", "를", "인", "에", "에서", "로", "으로", "와", "과")
EQUAL = ("=", "≈", "equals", "equal")
UNITS = ("number", "hidden", "units")  # "50 hidden units and 39,760 parameters"
AMBIGUOUS = ("first layer", "첫 번째 층", "첫번째 층")  # the inputs may be meant
PREPOSITIONS = ("in", "of", "for", "as", "to", "the", "on", "의", "(")
COST = {"clause": 4, "stop": 20, "number": 3, "conj": 4, "arrow": 4, "slash": 2}  # of others, 1
NEAR = 6  # tokens at most, by cost, between a quantity with its noun and what says of which
CLOSE = {"each": 4, "total": 2}  # the same, of steps
BETWEEN = 2  # words at most between a quantity and its noun
PART = re.compile(r"(?:\bof (?:the|all|its)|(?:\d[%k]?|fifth|quarter|third) +of)$")


class Noun(NamedTuple):
    """Where a quantity's noun stands, and how many words and links part them."""

    place: int
    words: int
    links: int


def noun_of(tokens: Tokens, place: int) -> Noun | None:
    """Give the noun of a quantity; only numbers and ranges have one."""
    kind = tokens.kinds[place]
    return _of_range(tokens, place) if kind == "range" else _of_number(tokens, place)


def _of_range(tokens: Tokens, place: int) -> Noun | None:
    """The nearest noun since the range before, unless it could be of two activations."""
    since = max((one for one in range(place) if tokens.kinds[one] == "range"), default=-1)
    ranged = [one for one in range(since + 1, len(tokens)) if tokens.kinds[one] in RANGED]
    places = [one for one in ranged if one < place or tokens.kinds[one] != "activation"]
    named = {value_of(tokens[one]) for one in places if tokens.kinds[one] == "activation"}
    nearest = min(places, key=lambda one: abs(one - place) + 5 * (one > place), default=None)
    return None if nearest is None or len(named) > 1 else Noun(nearest, 0, 0)


def _of_number(tokens: Tokens, place: int) -> Noun | None:
    """The nearest noun, but for what the grammar of the language says."""
    text = tokens[place].text
    if tokens.kinds[place] != "number":
        return None
    left, right = _to_the_left(tokens, place), _to_the_right(tokens, place)
    if left is None or right is None:
        return left or right
    if text.endswith("의") and right.words == 0:
        return left if tokens.kinds[right.place] == "layers" else right
    is_korean = text[-1] >= "가" and left.words == 0
    return left if is_korean or left.words < right.words else right


def _to_the_left(tokens: Tokens, place: int) -> Noun | None:
    text, noun = tokens[place].text, _walk(tokens, range(place - 1, -1, -1))
    if not noun or is_equated(tokens, place) or is_listed(tokens, place):
        return None
    kind = tokens.kinds[noun.place]
    is_name = "linked" in KINDS[kind] and not noun.links and text[-1].isdigit()  # layer 2
    is_dividend = kind == "divided" and tokens[place - 1].text != "by"
    is_place = kind == "epochs" and tokens[noun.place + 1].text in WITHIN
    is_other = is_name or is_dividend or is_place or re.fullmatch("[한두세네]", text)
    return None if is_other else noun


def _to_the_right(tokens: Tokens, place: int) -> Noun | None:
    noun = _walk(tokens, range(place + 1, len(tokens)))
    if not noun or tokens.kinds[noun.place] == "divided":
        return noun
    floors = "층" * tokens[place].text[-1].isdigit()
    return None if tokens[place + 1].text in (*PARTICLES, floors) else noun


def _walk(tokens: Tokens, way: range) -> Noun | None:
    """The first noun on a way that the number before it can count, if little stands between."""
    words, links, last, right, parted = 0, 0, "number", way.step > 0, False
    counter = COUNTER.search(tokens[way.start - way.step].text)
    for place in way[1:] if not right and _is_apposed(tokens, way.start) else way:
        kind = tokens.kinds[place]
        if _is_barred(tokens, place, last, right) or _is_others(tokens, place, counter, right):
            return None
        parted = parted or words > 0 or kind == "total"
        if kind in COUNTABLE and _counts(kind, right, parted, counter):
            return Noun(place, words, links)
        is_subject = not right and kind == "word" and tokens[place].text[-1] in "이가"
        words += kind in ("word", "activation", "each")
        links += kind in ("link", "cell") and tokens[place].text != "of"
        if is_subject or words > BETWEEN:
            return None
        last = kind
    return None


def _is_barred(tokens: Tokens, place: int, last: str, right: bool) -> bool:
    """Whether no noun that stands here or farther on can be the number's."""
    kind, before = tokens.kinds[place], tokens.kinds[max(0, place - 1) : place]
    if kind == "conj":
        return last != "number"
    if kind == "number":  # "10 and 20 units" has one noun
        return last != "conj" or value_of(tokens[place]) == 1
    is_row = kind == "cell" and last == "number" and tokens.kinds.count("number") == 1
    is_default = kind == "arrow" and before in (("default",), ("rate",))
    is_open = (is_row and not right) or is_default
    return last == "conj" or (kind in BARRIERS | BEYOND[right] and not is_open)


def _is_others(tokens: Tokens, place: int, counter: re.Match[str] | None, right: bool) -> bool:
    """Whether here is a number that has the noun behind it alone: 1,500번, 다섯 에포크."""
    if tokens.kinds[place] != "number" or not right or not counter:
        return False
    other = tokens[place].text
    has_own = other.endswith("의") and tokens[place - 1].text == ","
    return has_own or not COUNTER.search(other)


def _counts(kind: str, right: bool, parted: bool, counter: re.Match[str] | None) -> bool:
    """Whether a noun can be what a number on one side of it counts, with words between."""
    noun = KINDS[kind]
    is_there = noun.get("side", "") != ("left" if right else "right")
    is_counted = not counter or counter[1] in noun.get("counter", "")
    return is_there and is_counted and not (parted and "close" in noun)


def _is_apposed(tokens: Tokens, place: int) -> bool:
    """Whether a number stands between two commas, after its noun."""
    around = [one.text for one in tokens[max(place, 0) : place + 3]]
    return len(around) == 3 and around[0] == around[2] == ","


def is_listed(tokens: Tokens, place: int) -> bool:
    """Whether a number is the first of three or more."""
    return tokens.kinds[place + 1 : place + 4] == ("conj", "number", "conj")


def is_equated(tokens: Tokens, place: int) -> bool:
    """Whether a number is what a formula before its equals sign comes to."""
    sign = place - 1 - (tokens.kinds[place - 1 : place] == ("total",))
    if sign < 1 or tokens[sign].text not in EQUAL or tokens.kinds[place] != "number":
        return False
    for token in reversed(tokens[:sign]):
        if token.kind in ("stop", "cell") or token.text == ",":
            return False
        if token.kind in ("number", "sign", "shape"):
            return True
    return False


def which_of(tokens: Tokens, span: list[int], kind: str, term: str) -> tuple[str, ...]:
    """What says of which layer or images a noun is: the nearest; none if it is joined to others."""
    about, kinds = KINDS.get(term, KINDS.get(kind, {})), {*tokens.kinds}
    if _is_part(tokens, span) or (kind == "activation" and _is_counted(tokens, span[0])):
        return ()
    if term == "parameters" and "flatten" in kinds and not kinds & {"hidden", "output", "total"}:
        return ("flatten",)
    if term == "share" and ("share" in kinds or len(kinds & {*SETS}) > 1):
        return ()
    found = _candidates(tokens, span, kind, term)
    if kind == "activation" and not found:
        return _place_in_chain(tokens, span[0])
    is_row = "cell" in kinds and kind == "number"
    least = min(found.values(), default=0)
    if least > (4 * NEAR if is_row else about.get("reach", NEAR)):
        return ()
    return _names(tokens, found, kind, term)


def _candidates(tokens: Tokens, span: list[int], kind: str, term: str) -> dict[int, int]:
    """The words that may say of which, by place, with their distances."""
    of = str(KINDS.get(term, KINDS.get(kind, {})).get("of", "")).split()
    far = partial(_distance, tokens, span)
    return {
        place: far(place)
        for place, token in enumerate(tokens)
        if token.kind in of
        and not (term in ("steps", "repeated") and far(place) > CLOSE.get(token.kind, far(place)))
        and not (token.kind == "total" and place > span[-1] and not token.text.isascii())
        and not (term == "units" and token.text in AMBIGUOUS)
        and not (term == "parameters" and tokens.kinds[max(0, place - 1) : place + 2] == UNITS)
        and not (kind == "activation" and _is_of_another(tokens, place, span[0]))
        and not _is_of_a_part(tokens, place, span[-1])
    }


def _is_of_a_part(tokens: Tokens, place: int, end: int) -> bool:
    """Whether a word behind a quantity has a number of its own: "79,510 (hidden 78,500)"."""
    between = tokens.kinds[end + 1 : place]
    return "open" in between and "number" in tokens.kinds[place + 1 : place + 3]


def _names(tokens: Tokens, found: dict[int, int], kind: str, term: str) -> tuple[str, ...]:
    """The names of the nearest candidates, and of those that "total" leaves open."""
    nearest = [place for place, distance in found.items() if distance == min(found.values())]
    for first, second in zip(found, list(found)[1:], strict=False):
        if {first, second} & {*nearest} and _are_joined(tokens, first, second):
            if term != "rate":
                return ()
            nearest = [first, second]
    is_vague = {"total", "trainable"} & {tokens.kinds[one] for one in nearest}
    if is_vague and kind != "number" and term not in ("steps", "repeated", "images", "labels"):
        nearest += [one for one in found if found[one] <= NEAR or tokens.kinds[one] in LAYERS]
    names = tuple(sorted({_name(tokens, place) for place in nearest}))
    if kind == "layers" and "hidden" in names:
        return ("hidden",)
    return () if names == ("trainable",) and {"dense", "layers"} & {*tokens.kinds} else names


def _place_in_chain(tokens: Tokens, place: int) -> tuple[str, ...]:
    """Of which layer an activation is in 784 → 100 (relu) → 10 (softmax)."""
    if tokens.kinds[max(0, place - 2) : place] != ("number", "open") or "arrow" not in tokens.kinds:
        return ()
    return ("hidden",) if "arrow" in tokens.kinds[place:] else ("output",)


def _name(tokens: Tokens, place: int) -> str:
    kind = tokens.kinds[place]
    return tokens[place].text if kind == "optimizer" else KINDS[kind].get("name", kind)


def _distance(tokens: Tokens, span: list[int], place: int) -> int:
    """How far a word is from a quantity with its noun; farther to the right, but for "in the"."""
    if span[0] <= place <= span[-1]:
        return 0
    if place < span[0]:
        between = tokens[place + 1 : span[0]]
        return sum(4 if one.text == "=" else COST.get(one.kind, 1) for one in between)
    between, kinds = tokens[span[-1] + 1 : place], tokens.kinds[span[-1] + 1 : place]
    if kinds[-1:] == ("relative",) and len(kinds) < 4:
        return 0
    joining = PREPOSITIONS if len(span) > 1 else ("for", "to", "as", "(")
    is_tied = not between or between[-1].text in joining
    if len(between) == 1 and tokens.kinds[place] in (*SETS, "frozen", "trainable"):
        is_tied = kinds == ("link",)
    is_other = tokens[span[-1] + 1].text == "="
    cost = 3 * (not is_tied) + sum(2 * COST.get(one, 1) - 1 for one in kinds)
    return NEAR + 3 if is_other else cost


def _is_of_another(tokens: Tokens, layer: int, place: int) -> bool:
    """Whether another activation stands nearer to a layer."""
    named = [one for one, kind in enumerate(tokens.kinds) if kind == "activation"]
    return any(abs(one - layer) < abs(place - layer) for one in named)


def _are_joined(tokens: Tokens, first: int, second: int) -> bool:
    """Whether two different words are joined: "the hidden and the output layer"."""
    between = {*tokens.kinds[first + 1 : second]}
    return _name(tokens, first) != _name(tokens, second) and {"conj"} <= between <= {"conj", "link"}


def _is_counted(tokens: Tokens, place: int) -> bool:
    """Whether an activation is told with its units: "ten softmax units"."""
    return tokens.kinds[max(0, place - 1) : place + 2] == ("number", "activation", "units")


def _is_part(tokens: Tokens, span: list[int]) -> bool:
    """Whether a number is the whole of which a part is told: "1,010 of the 79,510 parameters"."""
    before = " ".join(one.text for one in tokens[max(0, span[0] - 2) : span[0]])
    last, *after = tokens[span[-1] : span[-1] + 4]
    has_part = last.text.endswith("의") and after and after[0].kind in ("percent", "number")
    of_korean = any(one.text in ("중", "가운데", "중에", "중에서") for one in after[:2])
    of_whole = [one.text for one in after[:1]] == ["of"] and "number" in [one.kind for one in after]
    return bool(PART.search(before) or has_part or of_korean or of_whole)
