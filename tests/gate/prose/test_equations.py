"""Which equations of a sentence are false, however it is read."""

import pytest

from fmnist_spec.gate.prose.arithmetic import false_equations

FALSE = {
    "28 x 28 = 785": (784, "785"),
    "28 x 28 => 785": (784, "785"),
    "28 x 28 ⇒ 785": (784, "785"),
    "28 x 28 == 785": (784, "785"),
    "28 x 28 -> 785": (784, "785"),
    "28 x 28 = 785번": (784, "785"),
    "28 x 28 = 785회": (784, "785"),
    "28 x 28 = 785장": (784, "785"),
    "28 x 28개 = 785": (784, "785"),
    "28 x 28 ≈ 900": (784, "900"),
    "약 28 x 28 = 800": (784, "800"),  # what is calculated is not about so
    "2^10 = 1,025": (1024, "1,025"),
    "2^100 = 5": (2**100, "5"),
    "1,000,000^2 = 5": (10**12, "5"),
    "48,000 / 60,000 = 81%": (0.8, "81%"),
    "784(= 28 x 29)": (812, "784"),
    "100 x 784(= 28 x 28) = 78,401": (78_400, "78,401"),
    "(28 x 28 = 784) 3 x 3 = 10": (9, "10"),
    "90 = 500 x 20%": (100, "90"),
    "(784 x 100) + 100 = 78,501": (78_500, "78,501"),
    "a = 78,500 784 x 100 = 78,401": (78_400, "78,401"),
    "(28) x 28 = 785": (784, "785"),
    "6 = 2 x 2": (4, "6"),
    "5 = 2 x 5": (10, "5"),
    "100 = 784 x 10": (7_840, "100"),
    "7 - 2 = 2": (5, "2"),
    "28 x 28 = 784, 3 x 3 = 10": (9, "10"),
}
TRUE_OR_UNSURE = [
    "28 x 28 = 784",
    "28 x 28 ≒ 785",
    "28 x 28 ≈ 800",
    "28 x 28 = 약 800",
    "28 x 28 = about 800",
    "2^0.5 = 1.41",  # no power that a lesson needs
    "2^101 = 5",
    "1,000,001^2 = 5",
    "2^-2 = 0.25",
    "48,000 / 60,000 = 80%",
    "48,000 / 60,000 x 100 = 80%",
    "784(= 28 x 28)",
    "5 epochs = 5 x 1,500 steps",
    "99 = 784 x 10",  # a count of what is calculated
    "layer 1 - 784 x 100 = 78,400",  # a title
    "1 - 784 x 100 + 100 = 78,500",
]


@pytest.mark.parametrize(("sentence", "expected"), FALSE.items(), ids=FALSE)
def test_a_false_equation_is_told_with_what_it_comes_to(
    sentence: str, expected: tuple[float, str]
) -> None:
    """By any sign that a text may have, and in either direction."""
    assert [(one.value, one.claimed) for one in false_equations(sentence)] == [expected]


@pytest.mark.parametrize("sentence", TRUE_OR_UNSURE)
def test_an_equation_that_may_be_true_is_not_told(sentence: str) -> None:
    """What is about so, what counts something, and what nobody would calculate."""
    assert [*false_equations(sentence)] == []
