"""The tokens of a sentence, and the values of its quantities."""

import re
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any, NamedTuple
from unicodedata import normalize

from fmnist_spec.gate.compare.terms import Value
from fmnist_spec.gate.prose.vocabulary import VOCABULARY, compiled

# Every kind of token: its words, and what else language.toml says of it.
KINDS: Mapping[str, Mapping[str, Any]] = {
    kind: {"words": one} if isinstance(one, str) else one
    for kind, one in VOCABULARY["lexicon"].items()
}
LEXICON = compiled("|".join(f"(?P<{kind}>{one['words']})" for kind, one in KINDS.items()))
QUANTITIES = {*("range", "shape", "percent", "ratio", "fraction", "number", "progress", "epoch_of")}
QUANTITIES |= {"chain", "activation", "optimizer"}
# What is told "per epoch" or "for each class" counts no epochs and no classes.
EACH_OF = ("units", "epochs", "classes", "labels", "images", "steps", "layers")
NOUNS = " ".join(VOCABULARY["spelled"].values()).split()
SHORTEST = 5  # letters of a word, or of a Korean word's syllables, that may be misspelt
KERAS_NAMES = {"시그모이드": "sigmoid", "sigma": "sigmoid", "\u03c3": "sigmoid"}
KERAS_NAMES |= {"소프트맥스": "softmax", "렐루": "relu"}
KERAS_NAMES |= {"하이퍼볼릭탄젠트": "tanh", "hyperbolictangent": "tanh"}
NUMBER = VOCABULARY["parts"]["number"]
SIGNED = re.compile(rf"-?{NUMBER}|inf")
RANGING = re.compile(r"(?<=\d)\s?-|\.{2,3}")
TENS = re.compile(r"(?<![\d.,])(\d{1,3},\d{3}|\d{1,4}) ?만(?: ?(?:(\d) ?천|(\d,?\d{3})))?")
COUNTED_TENS = re.compile(TENS.pattern + r"(?= ?[개장건여번x\u00d7*/=+-])")
SINO = re.compile("[일이삼사오육칠팔구십백천만]*[십백천만][ 일이삼사오육칠팔구십백천만]*")
_WORDS = VOCABULARY["numerals"]
NUMERALS = {word: n for n, word in enumerate(_WORDS["english"].split(), 1)}
NUMERALS |= {word: 10 * n for n, word in enumerate(_WORDS["tens"].split(), 2)}
FRACTIONS = {"quarter": 4, "third": 3, "fifth": 5, "sixth": 6, "tenth": 10}
NUMERALS |= {"dozen": 11, "a": 1, "an": 1, "single": 1}
KOREAN = {one: n for n, words in enumerate(_WORDS["korean"], 1) for one in words.split()}
KOREAN |= {"열": 10, "스무": 20, "스물": 20, "서른": 30, "마흔": 40, "쉰": 50}


class Token(NamedTuple):
    """A piece of a sentence, and of what kind it is."""

    kind: str
    text: str
    start: int
    end: int


class Tokens(tuple[Token, ...]):
    """The tokens of a sentence."""

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each."""
        return tuple(one.kind for one in self)

    @cached_property
    def activations(self) -> set[str]:
        """The activations that are named."""
        return {str(value_of(one)) for one in self if one.kind == "activation"}

    def since(self, text: str, place: int) -> tuple[Token, ...]:
        """What stands before a place, from the last token of this text on."""
        return self[max([0, *(n for n in range(place) if self[n].text == text)]) : place]


def tokens_of(text: str) -> Tokens:
    """Read a sentence, in lower case, as tokens; the noun of "per epoch" is of the kind "each"."""
    found = [(one.lastgroup or "", one) for one in LEXICON.finditer(text)]
    spelled = [(_spelled(one[0]) if kind == "word" else kind, one) for kind, one in found]
    tokens = [Token(kind, one[0], one.start(), one.end()) for kind, one in spelled]
    for place in [place for place, token in enumerate(tokens) if token.kind == "each"]:
        word = tokens[place].text
        leads = word == "각" or (word.isascii() and word != "apiece")
        near = [place + 1, place + 2] if leads else [] if word == "씩" else [place - 1]
        for one in near[: next((n + 1 for n, at in enumerate(near) if _is_each(tokens, at)), 0)]:
            if _is_each(tokens, one):
                tokens[one] = tokens[one]._replace(kind="each")
    return Tokens(tokens)


def _is_each(tokens: list[Token], place: int) -> bool:
    return place < len(tokens) and tokens[place].kind in EACH_OF


@cache
def _spelled(word: str) -> str:
    """The kind of a word that is not known: that of a noun of which one letter is wrong, if any."""
    for noun in NOUNS:
        start = word if word.isascii() else word[: len(noun)]
        if abs(len(start) - len(noun)) < 2 and _is_slip(
            *(normalize("NFD", one) for one in (start, noun))
        ):
            return str(getattr(LEXICON.match(noun), "lastgroup", "word"))
    return "word"


def _is_slip(written: str, meant: str) -> bool:
    """Whether one letter is wrong, too many, missing, or two have changed places."""
    if min(len(written), len(meant)) < SHORTEST or written[:1] != meant[:1]:
        return False
    differ = [n for n, pair in enumerate(zip(written, meant, strict=False)) if len({*pair}) > 1]
    at = differ[0] if differ else min(len(written), len(meant))
    return any(
        written[at + one :] == meant[at + other :] for one, other in ((1, 1), (1, 0), (0, 1))
    ) or (written[at : at + 2] == meant[at : at + 2][::-1] and written[at + 2 :] == meant[at + 2 :])


def value_of(token: Token) -> Value:
    """The value of a quantity: a number, a name of Keras, "0~255", "28 x 28"."""
    return VALUES.get(token.kind, number_of)(token.text)


def _name(text: str) -> str:
    return KERAS_NAMES.get(text.replace(" ", ""), text)


def _range(text: str) -> str:
    ends = [one.replace(",", "") for one in SIGNED.findall(RANGING.sub("~", text))]
    return "~".join(re.sub(r"\.0$", "", one) for one in ends)


def _ratio(text: str) -> float:
    """The first part of a whole in per cent."""
    first, second = map(int, re.findall(r"\d", text))
    return 100 * first / max(first + second, 1)


def _fraction(text: str) -> float:
    """A part in per cent: "a quarter", 4분의 1."""
    whole, part = [*map(int, re.findall(r"\d+", text)), 0, 0][:2]
    return (
        100 * part / whole
        if whole
        else round(100 / FRACTIONS.get(text.rsplit(maxsplit=1)[-1], 1), 6)
    )


def _shape(text: str) -> str:
    return " x ".join(re.findall(r"-1(?!\d)|none|\d+", re.sub(r"(?<=\d),(?=\d{3})", "", text)))


def _chain(text: str) -> str:
    return " → ".join(re.findall(r"\d+", text.replace(",", "")))


def _last(text: str) -> float:
    return number_of(text.rpartition("/")[2])


VALUES: Mapping[str, Callable[[str], Value]] = {
    **dict.fromkeys(("activation", "optimizer"), _name),
    **dict.fromkeys(("progress", "epoch_of"), _last),
    **{"range": _range, "ratio": _ratio, "fraction": _fraction, "shape": _shape, "chain": _chain},
}


def in_digits(text: str) -> str:
    """Write 4만 8천 as 48000, where it counts something or stands in a formula."""
    return COUNTED_TENS.sub(lambda found: f"{number_of(found[0]):.0f}", text)


def number_of(text: str) -> float:
    """The value of a number in digits or words: "4만 8천", "twelve thousand five hundred"."""
    if found := SINO.match(text):
        return _sino(found[0])
    if found := TENS.search(text):
        tens, thousands, rest = (int((one or "0").replace(",", "")) for one in found.groups())
        return float(tens * 10_000 + thousands * 1000 + rest)
    if found := re.search(NUMBER, text):
        unit = 10_000 if "만" in text else 1000 if re.search("천|k(?![a-z])|thousand", text) else 1
        return round(float(found[0].replace(",", "")) * unit, 6)
    total = part = 0
    for word in re.findall("[a-z]+", text):
        if word == "hundred":
            part *= 100
        elif word == "thousand":
            total, part = 1000 * part, 0
        else:
            part += NUMERALS.get(word, 0)
    return float(total + part or sum(value for word, value in KOREAN.items() if word in text))


def _sino(text: str) -> float:
    """The value of a number in Sino-Korean words: 사만 팔천."""
    total = part = digit = 0
    for letter in text.replace(" ", ""):
        if letter == "만":
            total, part, digit = 10_000 * (part + digit or 1), 0, 0
        elif letter in "십백천":
            part, digit = part + (digit or 1) * 10 ** ("십백천".index(letter) + 1), 0
        else:
            digit = "일이삼사오육칠팔구".index(letter) + 1
    return float(total + part + digit)
