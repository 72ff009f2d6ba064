"""The sentences of a cell: where each begins, what is read as one, and what is no sentence."""

import pytest
from labelled import cell

from fmnist_spec.gate.prose.sentences import LONGEST, sentences

TEXTS = {
    "a paragraph": ("One.\nTwo and\nthree. Four!", ["1 One.", "2 Two and\nthree.", "3 Four!"]),
    "paragraphs": ("One\n\nTwo", ["1 One", "3 Two"]),
    "items": (
        "- one\n* two\n3. three\n(4) four\n5) five",
        ["1 one", "2 two", "3 three", "4 four", "5 five"],
    ),
    "an item of two lines": ("- one\n  more\n- two", ["1 one\nmore", "3 two"]),
    "a sentence that begins where its line ends": ("One. A\nb", ["1 One.", "1 A\nb"]),
    "a quotation": ("> One\n> two", ["1 One\ntwo"]),
    "a heading": ("One\n# Two\nThree", ["1 One", "3 Three"]),
    "a table": ("One\n|two|\n|three|", ["1 One", "2 | two |", "3 | three |"]),
    "a line that is broken": (
        "One  \ntwo\\\nthree<br>\nfour",
        ["1 One", "2 two", "3 three  |", "4 four"],
    ),
    "a fence": ("One\n```\ntwo\n```\nthree", ["1 One\nthree"]),
    "a fence of tildes": ("~~~\n```\none\n~~~\ntwo", ["5 two"]),
    "a fence that is open": ("One\n```\ntwo", ["1 One"]),
    "indented code at the top": ("    one = 2\n\nTwo", ["3 Two"]),
    "code behind a blank line": ("One\n\n\ttwo = 2\n\tthree\n\nfour", ["1 One", "6 four"]),
    "indented lines of a paragraph": ("One\n    two", ["1 One\ntwo"]),
    "a formula over lines": ("784 x 100\n= 78,400\n+ 100", ["1 784 x 100 = 78,400 + 100"]),
    "a sign at the end": ("784 x 100 =\n78,400", ["1 784 x 100 = 78,400"]),
    "shortened words": ("Layers, e.g. two, i.e. 2.", ["1 Layers, e.g. two, i.e. 2."]),
    "what is too long": (f"One. {'a' * (LONGEST + 1)}. Two.", ["1 One.", "1 Two."]),
    "what is as long as can be": ("a" * LONGEST, [f"1 {'a' * LONGEST}"]),
    "data": (f"One. A {'1' * 30}. Two.", ["1 One.", "1 Two."]),
    "nothing": ("\n \n", []),
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_a_text_has_its_sentences_each_with_its_line(text: str, expected: list[str]) -> None:
    """Code and headings are none; a row of a table is one, and a formula is read whole."""
    found = [f"{one.row} {one.text}" for one in sentences([cell(text)])]
    assert found == expected


REMARKS = {
    "a comment": ("x = 1  # one\n# two", ["1 one", "2 two"]),
    "a formula": ("# 784 x 100\n# = 78,400", ["1 784 x 100 = 78,400"]),
    "a sign at the end": ("# 784 x 100 =\n# 78,400", ["1 784 x 100 = 78,400"]),
    "a formula that is not on the next line": (
        "# 784 x 100\n\n# = 78,400",
        ["1 784 x 100", "3 = 78,400"],
    ),
    "signs before it": ("#!: one\n## two", ["1 one", "2 two"]),
    "code that is switched off": ("# x = 1\n# model.fit(x, y)\n# one", ["3 one"]),
    "a text of Python": ("x = '# one'\n# two", ["2 two"]),
    "magics": ("%time x = 1 # one\n!ls # two\n?x # three\n# four", ["4 four"]),
    "a cell of another language": ("%%bash\n# one", []),
    "a cell that is timed": ("%%time\n# one", ["2 one"]),
    "code that is broken": ("x = (\n# one\ny # two", ["2 one", "3 two"]),
}


@pytest.mark.parametrize(("source", "expected"), REMARKS.values(), ids=REMARKS)
def test_a_comment_is_read_as_a_sentence(source: str, expected: list[str]) -> None:
    """What is code, or magic, is none."""
    assert [f"{one.row} {one.text}" for one in sentences([cell(source, "code")])] == expected


SECTIONS = {
    "an exercise": (["# Exercise", "one", "# Back", "two"], ["exercise", "lesson"]),
    "another subject": (["# Convolution", "one", "# Back", "two"], ["other", "lesson"]),
    "questions": (
        ["# Questions", "one", "# 문제 1", "two", "# 문제 정의", "three"],
        ["exercise"] * 2 + ["lesson"],
    ),
    "a part of an exercise": (["# Exercise", "one", "## Hint", "two"], ["exercise"] * 2),
    "a part of the lesson": (["# Lesson", "## Exercise", "one", "# Next", "two"], None),
}


@pytest.mark.parametrize(("texts", "expected"), SECTIONS.values(), ids=SECTIONS)
def test_a_heading_says_what_is_below_it(texts: list[str], expected: list[str] | None) -> None:
    """Until the next one of its level; the parts of an exercise belong to it."""
    found = [one.section for one in sentences([cell(text) for text in texts])]
    assert found == (expected or ["exercise", "lesson"])
