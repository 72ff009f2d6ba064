"""What a notebook says and stores may be of any length and any value: it is judged all the same."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traces import CELLS, judge_trace, trace

from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.prose.arithmetic import false_equations
from fmnist_spec.gate.prose.numbers import MOST_SENTENCES
from fmnist_spec.gate.stored.place import LONGEST
from fmnist_spec.gate.trace import CellError, CellRun

DEEP = "late = 1" + "+1" * 300_000
NUMBERS = st.from_regex(r"\(?(\d{1,29}|\d{0,3}\.\d{1,9}|1,000)%?\)?", fullmatch=True)
FORMULAS = st.lists(st.tuples(NUMBERS, st.sampled_from(["^", "**", " / ", " x ", " - ", " = "])))


def judged(kind: str, text: str, *ids: str, outputs: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Judge a notebook of one cell by some rules; it stores these texts."""
    streams = [{"output_type": "stream", "name": "stdout", "text": one} for one in outputs]
    lines = tuple(range(1, text.count("\n") + 2))
    cell = Cell(0, kind, text, lines, outputs=tuple(streams))  # type: ignore[arg-type]
    return judge_trace(trace(), (cell, *CELLS[1:]), ids=ids)


@given(FORMULAS, NUMBERS)
@settings(max_examples=300, deadline=None)
def test_no_formula_is_too_large_to_be_judged(sides: list[tuple[str, str]], last: str) -> None:
    """Powers of powers, divisions by nothing, per cent of these: true, false or passed over."""
    text = "".join(number + sign for number, sign in sides) + last
    assert all(one.claimed for one in false_equations(text)), text


@pytest.mark.parametrize("power", ["1000000^100", "9**9**9**9", "(9^99)^99", "0^-1", "1/0"])
def test_a_power_that_no_lesson_needs_is_no_error(power: str) -> None:
    """Neither its value nor a sentence about it is made."""
    assert not judged("markdown", f"{power} = 5", "prose-arithmetic", "prose-number")


@pytest.mark.parametrize("text", ["9" * 990, "9" * 500 + " 9" * 200, "1" * 400 + "," * 400])
def test_a_line_of_digits_is_data(text: str) -> None:
    """No number of a course has 30 digits: such a line took minutes."""
    assert not judged("markdown", f"{text} = 78,500", "prose-arithmetic", "prose-number")


def test_where_the_text_is_no_longer_read_is_told() -> None:
    """Of 100,000 short sentences the first are judged; a warning says where the others begin."""
    found = judged("markdown", "1. A text.\n\n" * 100_000, "prose-number")
    (told,) = found
    assert f"more than 100,000 characters or {MOST_SENTENCES:,} sentences" in told.message
    assert (told.severity, told.line) == ("warning", 2 * MOST_SENTENCES + 1)


def test_thousands_of_false_sentences_are_all_told() -> None:
    """They stand in their order, and none is the cause of another."""
    found = judged("markdown", "The hidden layer has 64 units.\n\n" * 3000, "prose-number")
    assert [one.line for one in found] == [*range(1, 6000, 2)]


def test_stored_texts_without_an_end_are_counted_as_not_compared() -> None:
    """Not even their accuracies are read, and the note says so."""
    log = "Epoch 1/5\n 1/1 - 1s - loss: 0.5 - accuracy: 0.9\n"
    (told,) = judged("code", "fit()", "outputs-read", outputs=[log * (LONGEST // len(log))])
    assert told.message.endswith("cell 1 (text, too long).")
    assert "0 of 1 stored outputs were compared" in told.message


@pytest.mark.parametrize("later", [DEEP, " " * 300_000, "late, " * 50_000, "(" * 9999])
def test_a_name_is_not_looked_for_in_what_is_too_deep(later: str) -> None:
    """A cell that cannot be parsed defines nothing: the name is defined nowhere."""
    error = CellError("NameError", "name 'late' is not defined", 1)
    runs = (CellRun(0, "raised", error, "", 0.1), CellRun(1, "ok", None, "", 0.1))
    cells = (CELLS[0], Cell(1, "code", later, (11,)))
    (told,) = judge_trace(trace(cells=runs), cells, ids=["cell-raises"])
    assert "No cell defines late." in told.message
