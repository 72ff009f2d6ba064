"""What is stored and is not the run's any more becomes so, in the form in which it is stored."""

import copy
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from output_cases import (
    FAULTS,
    LIST,
    NAMED_LIST,
    Case,
    Output,
    jupyter,
    log,
    printed,
    real,
    stream,
    summarised,
)

from fmnist_spec.gate.finding import Edit
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.stored.seen import Seen

TEXTS = {era: real(f"gate/stored/{era}-list.txt") for era in ("tf2.8", "tf2.13", "tf2.16")}
NAMED = real("gate/stored/tf2.16-named.txt")
OTHER_UNITS = {"78,500": "95,400", "78500": "95400", "79,510": "96,410", " 100)": " 128)"}
OTHER_UNITS |= {f" {sign}100": f" {sign}128" for sign in ("\x1b[38;5;34m",)}
OTHER_UNITS |= {">100<": ">128<"}


def with_outputs(cell: Cell, edits: Sequence[Edit]) -> Cell:
    """Edit what a cell stores."""
    outputs = copy.deepcopy([*cell.outputs])
    for one in sorted(edits, key=lambda one: one.start, reverse=True):
        holder: Any = outputs
        for key in one.of[1:-1]:
            holder = holder[key]
        text = holder[one.of[-1]]
        assert text[one.start : one.end] == one.old
        holder[one.of[-1]] = text[: one.start] + one.new + text[one.end :]
    return replace(cell, outputs=tuple(outputs))


def refreshed(case: Case) -> list[Output]:
    """Give what a cell stores after what its findings offer; without any, it stays."""
    cells, _ = case.run
    edits = dict.fromkeys(edit for one in case.judge() for edit in one.edits)
    return [*with_outputs(cells[case.cell], [*edits]).outputs]


def changed(outputs: Sequence[Output], changes: dict[str, str]) -> list[Output]:
    """Replace in every text of outputs, HTML and all."""
    found = copy.deepcopy([*outputs])
    for one in found:
        holder = one if one["output_type"] == "stream" else one["data"]
        for key in holder.keys() - {"output_type", "name"}:
            for old, new in changes.items():
                holder[key] = holder[key].replace(old, new)
    return found


STORED = {
    **{era: ([stream(text)], LIST, text) for era, text in TEXTS.items()},
    "Jupyter": (jupyter("jupyter-named"), NAMED_LIST, NAMED),
    "Jupyter's HTML": (jupyter("jupyter-named", "text_html"), NAMED_LIST, NAMED),
    "Jupyter's text": (jupyter("jupyter-named", "text_plain"), NAMED_LIST, NAMED),
    "below what the cell prints": ([stream("one\n" + NAMED + "two\n")], NAMED_LIST, NAMED),
}


@pytest.mark.parametrize(("outputs", "network", "ran"), STORED.values(), ids=STORED)
def test_an_old_summary_becomes_the_one_of_the_run(
    outputs: list[Output], network: Any, ran: str
) -> None:
    """To the letter as it would be stored now: its width, its colours and its HTML stay."""
    old = changed(outputs, OTHER_UNITS)
    case = Case(3, old, summarised(network), ran=[stream(ran)])
    assert old != outputs, "the summary that is stored is not another one"
    assert refreshed(case) == outputs


def test_names_that_count_on_become_those_of_a_fresh_kernel() -> None:
    """A column stays as wide as it was, though its names are shorter."""
    counted = {'"sequential"': '"sequential_3"', "dense (Dense)  ": "dense_6 (Dense)"}
    counted |= {"dense_1 (Dense)": "dense_7 (Dense)"}
    for text in TEXTS.values():
        stored = changed([stream(text)], counted)
        case = Case(3, stored, summarised(LIST), ran=[stream(text)])
        assert [one.says for one in case.judge()][:1] == ["names"], case.told
        assert refreshed(case) == [stream(text)]


def test_a_summary_of_another_era_becomes_that_of_the_run() -> None:
    """Its lines are others, so the run's stand in their place; what is around them stays."""
    old = changed([stream(f"one\n{TEXTS['tf2.8']}two\n")], OTHER_UNITS)
    case = Case(3, old, summarised(LIST), ran=[stream(TEXTS["tf2.16"])])
    assert refreshed(case) == [stream(f"one\n{TEXTS['tf2.16'].rstrip()}\ntwo\n")]


NOT_OFFERED = {
    "lines of another era in colours": Case(
        *(3, changed(jupyter("jupyter-named"), OTHER_UNITS), summarised(NAMED_LIST)),
        ran=[stream(real("gate/stored/tf2.8-named.txt"))],
    ),
    "a run that printed nothing": Case(
        3, changed([stream(NAMED)], OTHER_UNITS), summarised(NAMED_LIST)
    ),
    "two for one": Case(
        *(3, changed([stream(NAMED + NAMED)], OTHER_UNITS), summarised(NAMED_LIST)),
        ran=[stream(NAMED)],
    ),
    "a run that raised": Case(
        *(3, changed([stream(NAMED)], OTHER_UNITS), summarised(NAMED_LIST)),
        ran=[stream(NAMED)],
        status="raised",
    ),
}


@pytest.mark.parametrize("case", NOT_OFFERED.values(), ids=NOT_OFFERED)
def test_where_it_is_not_clear_what_belongs_there_nothing_is_offered(case: Case) -> None:
    """The finding stays, for its author."""
    found = case.judge()
    assert found[0].rule == "stored-summary"
    assert not found[0].edits


VALUES = [name for name in FAULTS if name.startswith("stored-value") and "evalu" not in name]


@pytest.mark.parametrize("name", [name for name in VALUES if "loss" not in name])
def test_old_shapes_and_counts_become_those_of_the_run(name: str) -> None:
    """Every one of the cell, so that nothing is found there any more."""
    case = FAULTS[name][-1]
    assert not [one for one in replace(case, stored=refreshed(case)).judge() if one.edits]
    assert replace(case, stored=refreshed(case)).judge()[0].rule == "outputs-read"


def test_only_the_shape_changes_in_a_line() -> None:
    """What chance decides stays as it is stored: the run was too short to know it."""
    cell = "print(x.shape, accuracy, len(y))"
    case = printed("(60000, 784) 0.8712 60000\n", "(48000, 784) 0.3100 48000\n", cell)
    assert refreshed(case)[0]["text"] == "(60000, 784) 0.8712 60000\n"
    case = printed("a: (60000, 784), [1 2]\nb: 7\n", "a: (48000, 784), [3 4]\nb: 8\n", cell)
    assert refreshed(case)[0]["text"] == "a: (60000, 784), [1 2]\nb: 8\n"


LOG = real("gate/stored/tf2.21-verbose-1.txt")
STALE = LOG.replace("1500/1500", "1875/1875")


@pytest.mark.parametrize("changes", [{}, {"full": True, "sample_only": True}], ids=str)
def test_a_log_is_not_refreshed_from_a_training_that_was_not_whole(changes: Any) -> None:
    """Its accuracies would be those of a few images."""
    case = replace(log(STALE), ran=[stream(LOG)], **changes)
    assert case.judge()[0].rule == "stored-log"
    assert refreshed(case) == [stream(STALE)]


def test_a_log_is_refreshed_from_a_whole_training() -> None:
    """As it stays on the screen, without the progress that was printed over."""
    raw = re.sub(r"(?m)^(\S*1500/1500)", "  1/1500 - 1s\b\b\b\b\b\r\\1", LOG)
    case = replace(log(STALE, full=True), ran=[stream(raw)])
    assert refreshed(case) == [stream(LOG)]


def test_words_are_those_that_a_screen_shows() -> None:
    """Without colours, tags, rules and borders; an entity is one sign."""
    page = "<pre>Model: &quot;a&quot;\n━━━\n│ <b>x</b>1 │  2 │\n</pre>"
    for text, is_html in ((page, True), ('Model: "a"\n\x1b[1m│ x1\x1b[0m │ 2 │', False)):
        lines = Seen(text, 0, len(text), is_html=is_html).lines()
        assert [[word.text for word in line] for line in lines] == [["Model:", '"a"'], ["x1", "2"]]
