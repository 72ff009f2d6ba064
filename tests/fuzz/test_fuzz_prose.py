"""Any text of a notebook is judged or left alone, and the finding can be written."""

from random import Random

from fuzzing import RANDOM, SIGNS, broken_text, fuzz
from hypothesis import strategies as st
from labelled import SETS, cell, judged
from notebooks import SOUND, read_toml

from fmnist_spec.gate.prose.arithmetic import false_equations
from fmnist_spec.gate.prose.numbers import LONGEST

LANGUAGES = [read_toml(path) for path in sorted(SETS.glob("tuned-*.toml"))]
LABELS = [one[key][kind] for one in LANGUAGES for key in ("ko", "en") for kind in one.get(key, {})]
TEXTS = [text for labels in LABELS for texts in labels.values() for text in texts]
TEXTS += [*SOUND.values(), "78500 = 784(픽셀 수) x 100(가중치 = 뉴런 수) + 100(절편 = 뉴런 수)"]
KINDS = st.sampled_from(["markdown", "code"])
NUMBERS = [
    *("0", "1", "-1", "784", "78,500", "1e400", "0.000", "9" * 400, ",", "1,,2", "1.2.3", "٣", "²"),
    *(
        "4만 8천",
        "만",
        "이천",
        "100%",
        "0%",
        "1/0",
        "1000000",
        "999.99",
        "twelve thousand",
        "½",
        "①",
    ),
]
NUMBER = st.sampled_from(NUMBERS) | st.integers(-(10**20), 10**20).map(str)
SIGN = st.sampled_from(["+", "-", "*", "/", "^", "**", " x ", "÷", "=", "≈", "→", "//", "==", ":"])
RUNS = [*SIGNS, *"0123456789 ()[]{}<>*_`~#|$\\/=.,:;-+%a가개"]
NESTED = st.recursive(
    NUMBER,
    lambda inner: (
        st.builds("({}{}{})".format, inner, SIGN, inner)
        | st.builds("{}{}{}".format, inner, SIGN, inner)
        | st.builds("{}({}개의 뉴런 {} {})".format, inner, inner, SIGN, inner)
        | st.builds("$\\frac{{{}}}{{{}}}$".format, inner, inner)
    ),
    max_leaves=12,
)


def judge(text: str, kind: str) -> None:
    """Judge a text as a cell, and write what is found."""
    for finding in judged(cell(text, kind)):
        assert finding.message
        assert finding.line is not None, "a finding of a text has a line"


@fuzz(st.sampled_from(TEXTS), KINDS, RANDOM, times=10)
def test_a_broken_sentence_is_judged(text: str, kind: str, random: Random) -> None:
    """A sentence of the labelled ones, with some of it missing, doubled or exchanged."""
    broken = broken_text(text, random)
    judge(f"# {broken}" if kind == "code" else broken, kind)


@fuzz(NESTED, SIGN, NESTED, KINDS, times=5)
def test_any_formula_is_calculated_or_left_alone(
    left: str, sign: str, right: str, kind: str
) -> None:
    """Brackets in brackets, powers of powers, divisions by zero, numbers of no computer word."""
    text = f"# 파라미터 {left} {sign} {right} = 5 parameters"
    for equation in false_equations(text):
        assert equation.written
    judge(text if kind == "code" else text[2:], kind)


@fuzz(st.sampled_from(TEXTS), st.sampled_from(TEXTS), KINDS, RANDOM, times=5)
def test_a_long_run_of_one_sign_ends_soon(one: str, two: str, kind: str, random: Random) -> None:
    """A thousand or more of the same digits, blanks, brackets or letters in a sentence."""
    sign = random.choice([*RUNS, one[:3], "0,", "1 ", "1*"])
    run = sign * random.choice((30, 300, 1000, 5000, 20_000))
    at = random.randrange(len(one) + 1)
    text = (one[:at] + run + one[at:] + " " + two)[:LONGEST]
    judge("# " + text if kind == "code" else text, kind)
