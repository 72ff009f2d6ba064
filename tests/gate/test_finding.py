"""Findings in their order, with their causes, and with what to edit if a change is meant."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from notebooks import GATE, LESSON
from traces import (
    ADD,
    CELLS,
    COMPILE,
    FIT,
    HIDDEN,
    LIST,
    LOADED,
    NAMED_LIST,
    NETWORK,
    OUTPUT,
    SPLIT,
    images,
    layer,
    swap,
    trace,
)

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.events import Event, Summarised
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Finding, in_order
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.gate.verdict import judge
from fmnist_spec.lesson import LESSON_FILE

SMALL_HIDDEN = layer(64, "sigmoid", parameters=50_240)
SMALL = replace(NETWORK, layers=(SMALL_HIDDEN, OUTPUT), trainable_parameters=50_890)
STORED = (GATE / "stored" / "tf2.8-list.txt").read_text(encoding="utf-8")
LOG = (GATE / "stored" / "tf2.8-verbose-1.txt").read_text(encoding="utf-8")


def found_in(
    events: Sequence[Event],
    cells: Sequence[Cell] = CELLS,
    severity: dict[str, str] | None = None,
    lesson_file: Path = Path("lesson.toml"),
) -> list[Finding]:
    """Judge a run by all rules, but leave out the notes on stored outputs as such."""
    notebook = Notebook(Path("one.ipynb"), tuple(cells))
    evidence = Evidence(LESSON, notebook, trace(*events), lesson_file)
    found = judge(evidence, RULES, severity)
    return [one for one in found if one.rule not in ("stored-none", "outputs-read")]


def storing(cell: int, text: str) -> list[Cell]:
    """Give the cells, of which one stores a text."""
    output = {"output_type": "stream", "name": "stdout", "text": text}
    return [replace(one, outputs=(output,) if one.index == cell else ()) for one in CELLS]


def summarised(number: int, model: int) -> Summarised:
    return Summarised(number, 1, model, SMALL if model == LIST.model else NETWORK)


STALE = storing(0, STORED)  # above the cell that builds the model


def test_errors_come_before_warnings_before_notes() -> None:
    """Then they stand in the notebook's order, whatever the settings make of a severity."""
    events = swap(FIT, replace(FIT, epochs=7, batch_size=64, stopped=2))
    events = swap(COMPILE, replace(COMPILE, metrics_as_string=True), events=events)
    told = [(one.rule, one.severity) for one in found_in(events)]
    assert told == [
        ("batch-size", "error"),
        ("epochs", "error"),
        ("stops-early", "warning"),
        ("metrics-string", "note"),
    ]
    told = [(one.rule, one.severity) for one in found_in(events, severity={"epochs": "note"})]
    assert told[-2:] == [("metrics-string", "note"), ("epochs", "note")]


@pytest.mark.parametrize(
    "places",
    [
        [(2, 3, {"begin": 0}), (2, 5, {"begin": 0})],
        [(2, 3, {"begin": 4}), (2, 3, {"begin": 9})],
        [(2, 3, {}), (2, 3, {"begin": 1})],
        [(0, None, {}), (0, 1, {})],
        [(None, None, {}), (0, 1, {})],
    ],
)
def test_findings_stand_in_the_order_of_the_text(places: list[tuple[Any, Any, Any]]) -> None:
    """By their cell, the line in it, and the place in that; what has none of them comes first."""
    found = [
        Finding("epochs", "error", cell, None, "finding", values, line)
        for cell, line, values in places
    ]
    assert in_order(reversed(found)) == tuple(found)


def test_a_cause_comes_first_and_what_follows_says_so() -> None:
    """Also where the stored summary stands above the cell that builds the changed network."""
    events = (summarised(0, LIST.model), *swap(LIST, replace(LIST, network=SMALL)))
    cause, other = found_in(events, STALE)
    assert (cause.rule, other.rule) == ("network", "stored-summary")
    assert other.message.endswith("First correct the error `network` above: it may be the cause.")
    assert "may be the cause" not in cause.message


def test_a_cause_is_said_only_where_it_was_found() -> None:
    """A summary that is old for another reason says nothing of a network."""
    (alone,) = found_in((*swap(LIST), LIST, summarised(0, LIST.model)), STALE)
    assert alone.rule == "stored-summary"
    assert "may be the cause" not in alone.message


def test_another_model_is_no_cause() -> None:
    """The network of one style is not why the summary of another is old."""
    edited = storing(0, STORED.replace("78500", "78600"))
    events = (summarised(0, ADD.model), *swap(LIST, replace(LIST, network=SMALL)))
    first, second = found_in(events, edited)
    assert {first.rule, second.rule} == {"network", "stored-summary"}
    assert "may be the cause" not in first.message + second.message


def test_a_cause_of_less_weight_is_named_below() -> None:
    """Errors stay first, and still name what they may follow from."""
    flat = {"history": {"accuracy": (0.8, 0.7)}, "stopped": 2}
    error, warning = found_in(swap(FIT, replace(FIT, **flat)))
    assert (error.rule, warning.rule) == ("accuracy-rises", "stops-early")
    told = "First correct the warning `stops-early` below: it may be the cause."
    assert error.message.endswith(told)


def test_a_stored_log_follows_from_the_epochs_that_were_changed() -> None:
    """The same cell: the one line of code is the cause of the old log below it."""
    cause, other = found_in(swap(FIT, replace(FIT, epochs=7)), storing(6, LOG))
    assert (cause.rule, other.rule) == ("epochs", "stored-log")
    assert other.message.endswith("First correct the error `epochs` above: it may be the cause.")


RELU = replace(NETWORK, layers=(replace(HIDDEN, activation="relu"), OUTPUT))
BOTH = replace(NETWORK, layers=(layer(64, "relu"), OUTPUT))
FROZEN = replace(NETWORK, layers=(replace(HIDDEN, trainable=False), OUTPUT))
RENAMED = replace(NAMED_LIST, network=replace(NAMED_LIST.network, name="mine"))
OTHER_SPLIT = replace(SPLIT, test_size=0.3, sizes=(42_000, 18_000), parts=(None, None))
OTHER_FIT = replace(FIT, images=images("other"))
ON_OTHER_DATA = replace(FIT, images=replace(FIT.images, dataset=None, pixels="unknown"))
CHANGES = {
    "epochs": (swap(FIT, replace(FIT, epochs=7)), "`epochs` in [fit]"),
    "a loss": (swap(COMPILE, replace(COMPILE, loss="mse")), "`loss` in [compile]"),
    "units": (swap(LIST, replace(LIST, network=SMALL)), "`units` in [[network.layers]]"),
    "an activation": (
        *(swap(LIST, replace(LIST, network=RELU)), "`activation` in [[network.layers]]"),
    ),
    "both": (
        swap(LIST, replace(LIST, network=BOTH)),
        "`units` in [[network.layers]] and `activation` in [[network.layers]]",
    ),
    "a name": (swap(NAMED_LIST, RENAMED), "`name` in [network]"),
    "a split": (
        swap(FIT, OTHER_FIT, events=swap(SPLIT, OTHER_SPLIT)),
        "the table [split]",
    ),
    "a data set": (
        swap(LOADED, replace(LOADED, dataset="mnist"), events=swap(FIT, ON_OTHER_DATA)),
        "`dataset` in [data]",
    ),
}


@pytest.mark.parametrize(("events", "keys"), CHANGES.values(), ids=CHANGES)
def test_a_change_that_is_meant_belongs_into_the_lesson_file(
    events: Sequence[Event], keys: str
) -> None:
    """The error names the key and the file in use."""
    found, *_ = found_in(events, lesson_file=Path("lessons/07.toml"))
    asked = f"Did you change this on purpose? Then change {keys} of lessons/07.toml."
    assert asked in found.message


def test_the_shipped_lesson_is_copied_first() -> None:
    """Nobody edits what pip installed."""
    found, *_ = found_in(swap(FIT, replace(FIT, epochs=7)), lesson_file=LESSON_FILE)
    assert "Then copy " in found.message
    assert "change `epochs` in [fit] of the copy" in found.message


@pytest.mark.parametrize(
    "events",
    [
        swap(LIST, replace(LIST, network=FROZEN)),
        swap(FIT, replace(FIT, images=images(paired=False))),
        swap(LIST),
    ],
    ids=["a frozen layer", "shuffled labels", "a style is missing"],
)
def test_what_no_lesson_file_can_say_is_not_taken_for_meant(events: Sequence[Event]) -> None:
    """Nothing of the kind is asked."""
    assert not any("Did you change this on purpose?" in one.message for one in found_in(events))


def test_each_value_says_whose_it_is() -> None:
    """What the run gave is held to the lesson, what is stored to the run; the words say so."""
    events = (summarised(0, LIST.model), *swap(LIST, replace(LIST, network=SMALL)))
    network, stored = found_in(events, STALE)
    assert [whose for whose, _ in network.beside] == ["the lesson says", "the notebook has"]
    assert [whose for whose, _ in stored.beside] == ["this run gave", "stored"]
    assert "parameters: stored 78500, this run gave 50240" in stored.message
