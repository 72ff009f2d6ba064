"""The tokens of a sentence: numbers in digits and words, and nouns with a letter that is wrong."""

import pytest

from fmnist_spec.gate.prose.tokens import Token, number_of, tokens_of, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("48,000", 48_000),
        ("4만 8천", 48_000),
        ("7만 9,510", 79_510),
        ("사만 팔천", 48_000),
        ("만 이천", 12_000),
        ("60k", 60_000),
        ("80 thousand", 80_000),
        ("twelve thousand five hundred", 12_500),
        ("seventy-nine thousand five hundred and ten", 79_510),
        ("a hundred", 100),
        ("a dozen", 12),
        ("스무", 20),
        ("열두", 12),
        *(("열", 10), ("스물", 20), ("서른", 30), ("마흔", 40), ("쉰", 50), ("다섯", 5)),
        *(("a", 1), ("an", 1), ("single", 1), ("one", 1), ("ninety", 90), ("nineteen", 19)),
        *(("십", 10), ("이백", 200), ("삼천오백", 3_500), ("만", 10_000), ("십이만 삼천", 123_000)),
        *(("구십구", 99), ("5천", 5_000), ("12 thousand", 12_000), ("7만", 70_000)),
        *(("4만 8,500", 48_500), ("two thousand", 2_000), ("a hundred and one", 101)),
    ],
)
def test_a_number_has_its_value_in_digits_and_in_words(text, value):
    """Korean counts in ten thousands, in its own words up to ninety-nine, and in Chinese ones."""
    assert number_of(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("range", "0부터 255", "0~255"),
        ("range", "-1 to 1.0", "-1~1"),
        ("range", "0..1", "0~1"),
        ("shape", "(48,000, 784)", "48000 x 784"),
        ("shape", "(none, 10)", "none x 10"),
        ("shape", "28-by-28", "28 x 28"),
        ("fraction", "a quarter", 25),
        ("fraction", "a third", 33.333333),
        ("fraction", "one fifth", 20),
        ("fraction", "a sixth", 16.666667),
        ("fraction", "a tenth", 10),
        ("ratio", "0 : 0", 0),
        ("range", "-0.5 ~ 1,000.0", "-0.5~1000"),
        ("range", "0-255", "0~255"),
        ("range", "0...inf", "0~inf"),
        ("shape", "(-1, 784)", "-1 x 784"),
        ("chain", "1,000 -> 10", "1000 → 10"),
        ("number", "60,000", 60_000),
        ("fraction", "5분의 1", 20),
        ("ratio", "8 : 2", 80),
        ("progress", "1500/1500", 1500),
        ("epoch_of", "epoch 3/5", 5),
        ("chain", "784 → 100 → 10", "784 → 100 → 10"),
        ("activation", "하이퍼볼릭 탄젠트", "tanh"),
        ("activation", "hyperbolic tangent", "tanh"),
        ("activation", "시그모이드", "sigmoid"),
        ("activation", "sigma", "sigmoid"),
        ("activation", "\u03c3", "sigmoid"),
        ("activation", "소프트맥스", "softmax"),
        ("activation", "렐루", "relu"),
        ("activation", "relu", "relu"),
        ("optimizer", "adam", "adam"),
    ],
)
def test_a_quantity_has_one_value_however_it_is_written(kind, text, value):
    """What is compared with the lesson does not hang on how a text writes it."""
    assert value_of(Token(kind, text, 0, len(text))) == value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("필셀", "pixels"),
        ("뉴련은", "units"),
        ("은닉충의", "hidden"),
        ("validaton", "validation"),
        ("nuerons", "units"),
        ("imagess", "images"),
        ("뉴스", "word"),
        ("pickles", "word"),
        ("model", "model"),
    ],
)
def test_a_noun_is_known_when_one_letter_is_wrong(text, kind):
    """One letter too many, missing, other or changed with the next; two are another word."""
    assert tokens_of(text)[0].kind == kind


def test_what_is_told_of_each_counts_nothing():
    """Of "1,500 steps per epoch" the number of steps alone; "32개씩" leaves its noun."""
    assert "epochs" not in tokens_of("1,500 steps per epoch").kinds
    assert "classes" not in tokens_of("클래스마다 6,000장").kinds
    assert "steps" in tokens_of("배치 32개씩").kinds
