"""Stored outputs are held against what the cells gave; traces are built in code, texts are real."""

from dataclasses import replace
from pathlib import Path

import output_cases as cases
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from output_cases import FAULTS, SOUND, Case, shown, stream
from traces import CELLS, trace

from fmnist_spec.gate.stored.place import LINE, LONGEST
from fmnist_spec.gate.stored.progress import read_logs


@pytest.mark.parametrize("case", SOUND.values(), ids=SOUND)
def test_sound_outputs_raise_no_alarm(case: Case) -> None:
    """What is stored fits what the cell gave, or cannot be compared; only the count is told."""
    assert [one.rule for one in case.judge()] == ["outputs-read"], case.told


@pytest.mark.parametrize(("rule", "severity", "word", "case"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(rule: str, severity: str, word: str, case: Case) -> None:
    """A fault is one finding of its rule, in its cell, and the message says what is wrong."""
    *found, _ = case.judge()
    places = [(one.rule, one.severity, one.cell) for one in found]
    assert places == [(rule, severity, case.cell)], case.told
    assert word in found[0].message, f"the message must say {word!r}: {case.told}"
    assert found[0].message.endswith((".", "again.")), "a message ends with the remedy"
    assert found[0].line in CELLS[case.cell].lines, case.told


def test_what_is_said_of_each_case_is_known(hold) -> None:
    """Every sentence, with what was expected and observed, and what was left out of the count."""
    every = {**SOUND, **{name: case for name, (*_, case) in FAULTS.items()}}
    said = [line for name, case in every.items() for line in case.lines(name)]
    hold(Path(__file__).with_name("said-outputs.txt"), said)


READ = "a summary of", "a named summary", "its ", "a log of", "verbose=2 of", "a raw log", "shapes"


@pytest.mark.parametrize("name", [name for name in SOUND if name.startswith(READ)])
def test_every_rendering_is_understood(name: str) -> None:
    """Summaries and logs of every version are compared, and not passed over."""
    case = SOUND[name]
    assert case.judge()[-1].message == "1 of 1 stored outputs were compared with this run.", (
        case.told
    )


CALLS = ("summary: a row missing", "log: no split")  # on line 2 of cell 3, line 1 of cell 6
WARNED = replace(SOUND["shapes"], stored=[stream(cases.SHAPES), stream("W", "stderr")])
MOST = (LONGEST - 1) // (LINE + 1)  # lines that are read
COUNTED = {
    "lines that are just read": ("0 of 1", "cell 6 (text)", Case(5, [stream("x" + "\n" * MOST)])),
    "characters that are just read": (
        *("0 of 1", "cell 6 (text)", Case(5, [stream("x" * LONGEST)])),
    ),
    "a line too many": (
        *("0 of 1", "cell 6 (text, too long)", Case(5, [stream("x\n" + "\n" * MOST)])),
    ),
    "an error too many": (
        *("0 of 1", "cell 6 (text, too long)", Case(5, [stream("x" + "\n" * MOST), cases.ERROR])),
    ),
    "characters too many": (
        *("0 of 2", "cell 6 (image, text, too long)"),
        Case(5, [stream("x" * (LONGEST + 1)), shown(image_png="aGk=")]),
    ),
    "a summary in five messages": ("1 of 1", "", SOUND["a summary of Jupyter"]),
    "a log and its History": ("1 of 1", "", Case(6, [stream(cases.LOG_2), cases.HISTORY])),
    "an error": ("1 of 1", "", SOUND["an error that is meant"]),
    "shapes": ("1 of 1", "", SOUND["shapes"]),
    "pictures": ("0 of 2", "cell 6 (2 x image)", Case(5, [shown(image_png="aGk=")] * 2)),
    "warnings beside shapes": ("1 of 2", "cell 2 (warnings)", WARNED),
    "pictures and a text": (
        *("0 of 3", "cell 6 (text, 2 x image)"),
        Case(5, [stream("hello"), *[shown(image_png="aGk=")] * 2]),
    ),
    "a text beside an error": (
        *("1 of 2", "cell 6 (text)", Case(5, [stream("hello"), cases.ERROR], status="raised")),
    ),
    "any text": ("0 of 1", "cell 6 (text)", Case(5, [stream("hello")])),
    "an evaluation": ("0 of 1", "(evaluation)", SOUND["an evaluation of a short training"]),
    "a summary cut off": ("0 of 1", "(summary, cut off)", SOUND["a summary that is cut off"]),
    "a cell that was not run": ("0 of 1", "(summary, not run)", SOUND["a summary not reached"]),
}


@pytest.mark.parametrize(("count", "left", "case"), COUNTED.values(), ids=COUNTED)
def test_the_note_counts_what_was_understood(count: str, left: str, case: Case) -> None:
    """The note says how many outputs were compared with the run, and which were not."""
    *_, note = case.judge()
    assert (note.rule, note.severity, note.cell) == ("outputs-read", "note", None), case.told
    assert note.message.startswith(count), case.told
    assert left in note.message, case.told
    assert ("Not compared" in note.message) == bool(left), case.told


def test_the_count_is_a_value() -> None:
    """Programs can read the count without its text."""
    (note,) = Case(5, [shown(image_png="aGk="), stream("hello")]).judge()
    assert (note.values["understood"], note.values["total"]) == (0, 2), note.message


def test_what_was_not_compared_is_told_cell_by_cell() -> None:
    """In the order of the notebook, whatever reads it; several kinds of a cell stand together."""
    cells = list(CELLS)
    for at, text in ((2, "hello"), (5, cases.KERAS_2.partition("Trainable")[0]), (7, "bye")):
        outputs = (shown(image_png="aGk="), stream(text))
        cells[at] = replace(cells[at], outputs=outputs)
    (note,) = cases.judge_stored(cells, trace())
    assert note.message == (
        "0 of 6 stored outputs were compared with this run. Not compared, so nothing is said about "
        "them: cell 3 (text, image); cell 6 (summary, cut off, image); cell 8 (text, image)."
    )


def test_what_a_cell_stores_of_which_the_run_says_nothing_is_not_compared() -> None:
    """The run ended before it was begun."""
    cells, observed = Case(8, [stream(cases.LOG_2)]).run
    (note,) = cases.judge_stored(cells, replace(observed, cells=observed.cells[:5]))
    assert "cell 9 (training log, not run)" in note.message


def test_a_notebook_without_outputs_is_a_state_of_its_own() -> None:
    """Where nothing is stored, one note says so."""
    found = cases.judge_stored(CELLS, trace())
    assert [(one.rule, one.severity) for one in found] == [("stored-none", "note")]


def test_a_finding_stands_at_its_call() -> None:
    """The line is that of summary() or fit(), in the file."""
    found = [FAULTS[f"stored-{name}"][-1].judge()[0] for name in CALLS]
    assert [one.line for one in found] == [CELLS[3].lines[1], CELLS[6].lines[0]]


def test_findings_stand_in_the_order_of_the_notebook() -> None:
    """Cells are judged from top to bottom, and the count comes last."""
    cells, observed = Case(6, [stream(cases.LOG_2.replace("1500/1500", "7/7"))]).run
    cells = (*cells[:5], replace(cells[5], outputs=(stream(cases.KERAS_2),)), *cells[6:])
    found = cases.judge_stored(cells, observed)
    assert [one.rule for one in found] == ["stored-summary", "stored-log", "outputs-read"]


@pytest.mark.parametrize("era", cases.ERAS)
def test_any_edited_number_of_a_summary_is_found(era: str) -> None:
    """Every number in a summary is compared, in every rendering."""
    text = cases.LISTS[era]
    for number in ("100", "10", "78", "79"):
        edited = text.replace(f" {number}", f" {number}9").replace(f", {number})", f", {number}9)")
        case = cases.summary(edited)
        assert case.judge()[0].severity == "error", f"{number}9 for {number}: {case.told}"


@pytest.mark.parametrize("version", cases.RAW)
def test_a_raw_log_shows_the_last_line_of_each_epoch(version: str) -> None:
    """Of lines that were printed over, the one that stays on the screen is read."""
    (epochs,) = read_logs(cases.RAW[version])
    numbers = [(one.number, one.of, one.line and one.line.count) for one in epochs]
    assert numbers == [(at, 5, 63) for at in range(1, 6)]
    assert all({"loss", "accuracy"} <= one.line.values.keys() for one in epochs)
    accuracies = [one.line.values["accuracy"] for one in epochs]
    assert accuracies == sorted(accuracies), "the training of 2,000 images rises"


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_no_output_makes_the_judge_raise(data: st.DataObject) -> None:
    """Whatever a file stores, the judge gives findings and the count."""
    summaries, logs = [*cases.LISTS.values()], [cases.LOG_2, cases.LOG_3, cases.RAW["tf2.16"]]
    texts = st.sampled_from([*summaries, *logs, cases.SHAPES])
    text = data.draw(texts, label="text")
    start, end = sorted(data.draw(st.integers(0, len(text)), label=name) for name in ("a", "b"))
    noise = data.draw(st.text(max_size=20), label="noise")
    cut = text[:start] + noise + text[end:]
    stored = data.draw(st.sampled_from([stream(cut), shown(text_html=cut), {"text": cut}]))
    for cell in (3, 6):
        assert Case(cell, [stored], source="a.shape").judge()[-1].rule == "outputs-read"
