"""Which number of a false equation is certain to be wrong, and where it stands in its cell."""

import pytest
from traces import judge_trace, trace

from fmnist_spec.gate.notebook import Cell


def corrected(source: str, kind: str = "markdown") -> str:
    """Correct a cell by what the rule on arithmetic offers."""
    cell = Cell(0, kind, source, tuple(range(1, source.count("\n") + 2)))  # type: ignore[arg-type]
    found = judge_trace(trace(), [cell], ids=["prose-arithmetic"])
    assert found, f"no false equation is found in {source!r}"
    for edit in (edit for one in found for edit in one.edits):
        assert source[edit.start : edit.end] == edit.old
        source = source[: edit.start] + edit.new + source[edit.end :]
    return source


CERTAIN = {
    "an operand": ("은닉층: 785 x 100 + 100 = 78,500개", "785", "784"),
    "a result": ("28 x 28 = 748개의 픽셀", "748", "784"),
    "a result with a comma": ("784 x 100 + 100 = 78,600", "78,600", "78,500"),
    "a result without one": ("모두 더하면 78500 + 1010 = 79500개", "79500", "79510"),
    "an operand that stands before, too": ("785년. 785 × 100 + 100 = 78,500", "785 ×", "784 ×"),  # noqa: RUF001
    "a formula of LaTeX": (r"$785 \times 100 + 100 = 78,500$", "785", "784"),
    "bold": ("**60,000** - 12,000 = **46,000**장", "46,000", "48,000"),
    "over two lines": ("배치는\n48,000 / 32 = 1,550개이다.", "1,550", "1,500"),
    "a share": ("60,000 x 0.2 = 12,500장", "12,500", "12,000"),
}


@pytest.mark.parametrize(("text", "old", "new"), CERTAIN.values(), ids=CERTAIN)
def test_the_one_number_that_is_wrong_is_corrected(text: str, old: str, new: str) -> None:
    """All others are the lesson's, and only one of the lesson's numbers makes it true."""
    assert corrected(f"1.\n\n{text}") == f"1.\n\n{text.replace(old, new)}"


UNCERTAIN = {
    "numbers of no lesson": "3 x 4 = 13",
    "two wrong numbers": "783 x 100 + 100 = 78,600",
    "numbers that are all the lesson's": "100 x 10 + 10 = 1,000",
    "brackets": "(784 + 1) x 100 = 78,400",
    "a number in words": "6만 - 12,000 = 46,000개",
    "a share in per cent": "12,000 / 60,000 = 25%",
}


@pytest.mark.parametrize("text", UNCERTAIN.values(), ids=UNCERTAIN)
def test_where_it_is_not_certain_nothing_is_offered(text: str) -> None:
    """The author knows what was meant."""
    assert corrected(text) == text


def test_in_code_only_a_comment_is_corrected() -> None:
    """Though the same numbers stand in the code before it."""
    code = "n = 785 * 100 + 100 - 78_500"
    source = f"{code}\nm = 1  # 785 x 100 + 100 = 78,500"
    assert corrected(source, "code") == f"{code}\nm = 1  # 784 x 100 + 100 = 78,500"
    assert corrected("#785 x 100 + 100 = 78,500", "code") == "#784 x 100 + 100 = 78,500"
