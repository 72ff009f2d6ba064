"""Words of a stored text are exchanged so that its columns stay straight and its colours stay."""

import pytest

from fmnist_spec.gate.stored.seen import Seen

BLUE, OFF = "\x1b[34m", "\x1b[0m"
CASES = {  # a text, the words of its first line, what is put in the place of one, and the result
    "as wide": ("params  79510  KB", ["params", "79510", "KB"], (1, "79520"), "params  79520  KB"),
    "wider, and the blanks behind it are fewer": (
        "units 100    softmax",
        ["units", "100", "softmax"],
        (1, "1280"),
        "units 1280   softmax",
    ),
    "narrower, and the blanks behind it are more": (
        "units 1280   softmax",
        ["units", "1280", "softmax"],
        (1, "100"),
        "units 100    softmax",
    ),
    "at the right of its column": (
        "│ units │    100│ x",
        ["units", "100", "x"],
        (1, "1280"),
        "│ units │   1280│ x",
    ),
    "wider than its column has room": ("units 100  x", ["units", "100", "x"], (1, "12800"), None),
    "as wide as its column has room": (
        "units 100   x",
        ["units", "100", "x"],
        (1, "12800"),
        "units 12800 x",
    ),
    "with one blank on each side": ("units 100 x", ["units", "100", "x"], (1, "12"), "units 12 x"),
    "only a digit in the middle": (
        "a 78,500  b",
        ["a", "78,500", "b"],
        (1, "78,400"),
        "a 78,400  b",
    ),
    "both ends of a word are alike": ("a 1010   b", ["a", "1010", "b"], (1, "10"), "a 10     b"),
    "Korean takes two columns": ("층   x", ["층", "x"], (0, "은닉"), "은닉 x"),
}


def exchanged(text: str, place: int, new: str, *, is_html: bool = False) -> str:
    """Make the changes in a text, the last of them first."""
    seen = Seen(text, 0, len(text), is_html=is_html)
    word = next(seen.lines())[place]
    for start, old, instead in sorted(seen.changes(word, new), reverse=True):
        assert text[start : start + len(old)] == old
        assert old or instead, "nothing is put in the place of nothing"
        text = text[:start] + instead + text[start + len(old) :]
    return text


@pytest.mark.parametrize(("text", "words", "change", "result"), CASES.values(), ids=CASES)
def test_columns_stay_straight(
    text: str, words: list[str], change: tuple[int, str], result: str | None
) -> None:
    """The blanks of a column make up for the width of its word, where there are enough."""
    assert [one.text for one in next(Seen(text, 0, len(text)).lines())] == words
    found = exchanged(text, *change)
    assert found == (result or text.replace(words[change[0]], change[1]))


def test_a_word_keeps_its_colour() -> None:
    """What changes stands between the signs that colour it."""
    text = f"total {BLUE}79,510{OFF} (310.59 KB)"
    assert exchanged(text, 1, "96,410") == f"total {BLUE}96,410{OFF} (310.59 KB)"
    assert exchanged(f"{BLUE}10{OFF}  x", 0, "310") == f"{BLUE}310{OFF} x"
    assert exchanged(f"{BLUE}31{OFF}  x", 0, "310") == f"{BLUE}310{OFF} x"
    assert exchanged(f"a {BLUE}10{OFF}   b", 1, "310") == f"a {BLUE}310{OFF}  b"


def test_an_entity_of_html_is_one_sign() -> None:
    """And a tag is none; in a text both are what they look like."""
    text = "<b>a&amp;b</b>   <i>100</i>"
    words = [one.text for one in next(Seen(text, 0, len(text), is_html=True).lines())]
    assert words == ["a&b", "100"]
    assert exchanged(text, 0, "a&c", is_html=True) == "<b>a&amp;c</b>   <i>100</i>"
    plain = "a&amp;b <i>"
    assert [one.text for one in next(Seen(plain, 0, len(plain)).lines())] == ["a&amp;b", "<i>"]


def test_only_a_piece_of_a_text_is_seen() -> None:
    """Its places are those of the whole."""
    text = "before 100 │ behind 100"
    seen = Seen(text, 7, 10)
    ((word,),) = seen.lines()
    assert [*seen.changes(word, "128")] == [(8, "00", "28")]
