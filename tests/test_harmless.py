"""Text of others: what it may not do where it is shown, whatever it is."""

import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from obeyed import ATTACKS, HOSTILE, PLAIN, obeyed, unsafe

from fmnist_spec.harmless import LONGEST, harmless, in_quotes, shortened

pytestmark = pytest.mark.once


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_the_attack_is_one_and_is_seen_but_not_obeyed(text):
    """Its letters stay, so that a reader sees what was tried."""
    assert [*obeyed(text)] or unsafe(text) or "\n" in text, "this test needs an attack"
    for shown in (harmless(text), harmless(text, lines=True)):
        assert not [*obeyed(shown)]
        assert not unsafe(shown)
        assert len(shown) > len(text) / 2
    assert "\n" not in harmless(text)


@pytest.mark.parametrize("text", PLAIN)
def test_what_does_nothing_stays_as_it_is(text):
    """Of any writing, with emoji that are joined of several, and slices of Python."""
    assert harmless(text) == text


@given(HOSTILE)
def test_no_text_commands_or_hides(text):
    """Of all of Unicode, halves of pairs too; and what was made harmless is not changed again."""
    for lines in (False, True):
        shown = harmless(text, lines=lines)
        assert not [*obeyed(shown)]
        assert not unsafe(shown)
        assert harmless(shown, lines=lines) == shown
    assert harmless(text).count("\n") == 0
    assert harmless(text, lines=True).count("\n") == text.count("\n")


@given(HOSTILE)
def test_no_word_of_a_text_becomes_a_command_where_it_is_wrapped(text):
    """A report breaks its lines at blanks: what follows one may begin a line."""
    assert not [*obeyed("\n".join(harmless(text, lines=True).split()))]


@example({"##[error]": "::error::x ###[group]\x7f"})
@given(st.dictionaries(HOSTILE, HOSTILE))
def test_json_holds_the_same_values_and_no_command(values):
    """Escaped in its strings, which any reader of JSON undoes."""
    for indent in (None, 2):
        written = in_quotes(json.dumps(values, indent=indent))
        assert json.loads(written) == values
        assert not [*obeyed(written)]
        assert "##" not in written
        assert not unsafe(written)


@pytest.mark.parametrize("text", ["a\u200d👩", "👩\u200da", "a\u200db", "\u200d👩", "👩\u200d"])
def test_a_joiner_is_shown_unless_it_joins(text):
    """Between two emoji it makes one of them; elsewhere nobody sees it."""
    assert "\\u200d" in harmless(text)
    assert harmless("👩\u200d💻") == "👩\u200d💻"


def test_a_text_that_is_too_long_says_how_much_is_left_out():
    """Its beginning and its end stay: the end of a message is its remedy."""
    shown = harmless("begin" + "x" * 2_000_000 + "end")
    assert len(shown) <= LONGEST
    assert shown.startswith("beginx")
    assert shown.endswith("xend")
    assert "…(1,998,048 characters left out)…" in shown
    assert shortened("x" * LONGEST, LONGEST) == "x" * LONGEST


@pytest.mark.parametrize("sign", ["#", ":", "\x1b[", "\x1b[0", "##a", "\x00", " ", "\u200d", "::"])
def test_a_text_of_any_length_takes_no_time(sign):
    """Only what is shown is looked through."""
    start = time.monotonic()
    shown = harmless(sign * 2_000_000)
    assert time.monotonic() - start < 5
    assert len(shown) <= 10 * LONGEST
