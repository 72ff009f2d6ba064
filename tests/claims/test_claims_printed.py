"""What is printed of the claims: whole at every width, in both languages, a line a row if piped."""

import re

import pytest
from rich.console import Console

from fmnist_spec import LESSON
from fmnist_spec.claims import report
from fmnist_spec.claims.claims import Answer, load_claims
from fmnist_spec.language import LANGUAGES, say, speaking

pytestmark = pytest.mark.once

CLAIMS = load_claims()
OBSERVED = "the name metrics is not a valid scope name"  # what each of them fails with
ANSWERS = [
    Answer(one, one.holds == "all", one.holds == "all", OBSERVED, (one.notice,) * bool(one.notice))
    for one in CLAIMS
]
in_both = pytest.mark.parametrize("language", LANGUAGES)


def printed(language, **how):
    """What is printed of all claims, of which those that hold everywhere hold here."""
    console = Console(color_system=None, highlight=False, markup=False, **how)
    with speaking(language), console.capture() as captured:
        report._print_answers(console, LESSON, ANSWERS, CLAIMS[:1])
    return captured.get()


@in_both
@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_table_loses_no_letter_and_is_no_wider_than_the_terminal(language, width):
    """Korean letters are two columns wide, and Rich cuts off some where it adds dots."""
    lines = printed(language, force_terminal=True, width=width).splitlines()
    assert not [line for line in lines if "…" in line]
    assert not [line for line in lines if line.startswith(" ")], "a title stands at the left"
    first = ["".join(line.split("│")[1].split()) for line in lines if line.startswith("│")]
    told = "".join(first)
    for claim in CLAIMS:
        with speaking(language):
            assert "".join(claim.text(LESSON).split()) in told


@in_both
def test_piped_each_row_is_a_line(language, capsys):
    """A program finds a claim and its result in one line, which no blanks fill up."""
    out = printed(language) + capsys.readouterr().out
    lines = out.splitlines()
    with speaking(language):
        for answer in ANSWERS:
            row = next(line for line in lines if line.startswith(answer.claim.text(LESSON)))
            assert answer.expected == row.endswith(say("compat.run.holds"))
    assert not [line for line in lines if line.endswith(" ")]


def test_in_korean_no_english_sentence_is_left():
    """Each line but an id and TensorFlow's own notice has Korean in it."""
    for line in printed("ko", force_terminal=True, width=200).splitlines():
        assert re.search("[가-힣]", line) or not re.search("[A-Za-z]", line), line
