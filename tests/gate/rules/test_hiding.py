"""Rules on what a notebook hides: skipped code, and characters that nobody sees."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from notebooks import LESSON, as_cells
from traces import trace

from fmnist_spec.gate.catalogue import NEVER_SILENCED
from fmnist_spec.gate.events import Tampered
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.gate.trace import NOT_RUN, Trace
from fmnist_spec.gate.verdict import judge

ASKED = ("source-differs", "tampering", "skipped-code", "bidirectional-unicode")


def found(cells: Sequence[Cell], shown: Trace = NOT_RUN) -> list[Finding]:
    return [*judge(Evidence(LESSON, Notebook(Path("one.ipynb"), tuple(cells)), shown), ASKED)]


@pytest.mark.parametrize("spelt", ["model.fit(x, y)", "m = keras.Sequential([Dense(1)])"])
def test_a_skipped_cell_that_builds_or_trains_is_a_warning(spelt: str) -> None:
    """Without a run, too; nothing else that is skipped is."""
    (one,) = found(as_cells("x = 1", spelt, tags={1: "skip-execution"}))
    assert (one.rule, one.severity, one.cell) == ("skipped-code", "warning", 1)
    assert found(as_cells("print(1)", tags={0: "skip-execution"})) == []
    assert found(as_cells(spelt)) == []


@pytest.mark.parametrize("mark", "\u202a\u202e\u2066\u2069")
@pytest.mark.parametrize("source", ["x = 1\n# {}one", "x = 1\nf('{}')"])
def test_marks_that_change_the_order_of_code_are_a_warning(mark: str, source: str) -> None:
    """In comments and texts, too, where Python takes them."""
    (one,) = found(as_cells(source.format(mark)))
    assert (one.rule, one.severity, one.line_in_cell) == ("bidirectional-unicode", "warning", 2)
    assert one.observed == f"U+{ord(mark):04X}"


@pytest.mark.parametrize("name", ["x\u3164", "\uffa0", "a.b\ufe0f", "f(x\u115f=1)"])
def test_a_name_with_an_invisible_character_is_a_warning(name: str) -> None:
    """It is another name than it looks like."""
    (one,) = found(as_cells(f"1\n{name}"))
    assert (one.rule, one.line_in_cell) == ("bidirectional-unicode", 2)


@pytest.mark.parametrize(
    "source", ["t = 'עברית\u200f'", "# العربية \u200e", "f('\u3164')", "훈련 = 1"]
)
def test_other_languages_are_sound(source: str) -> None:
    """Their own marks stand in texts and comments."""
    assert found(as_cells(source)) == []


def test_text_may_have_any_mark() -> None:
    """Only code is run."""
    assert found([Cell(0, "markdown", "\u202eone", (1,))]) == []


@pytest.mark.parametrize("id", ["source-differs", "tampering"])
def test_a_notebook_cannot_silence_that_it_deceives(id: str) -> None:
    """Only the settings of the course can, which no notebook has."""
    assert id in NEVER_SILENCED


def test_what_a_run_has_noticed_is_told_once_a_cell_and_kind() -> None:
    """Beside what the source shows."""
    cells = as_cells("import sys\nsys._getframe()", "x = 1")
    noticed = [Tampered(at, 1, "frames", "sys._getframe") for at in (0, 1)]
    told = found(cells, trace(*noticed, cells=()))
    assert [(one.rule, one.cell) for one in told] == [("tampering", 0), ("tampering", 1)]
