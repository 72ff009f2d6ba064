"""Which models stand for the lesson's styles: not those of other sections, nor unfinished ones."""

from dataclasses import replace
from pathlib import Path

import pytest
from notebooks import LESSON
from traces import (
    ADD,
    CELLS,
    COMPILE,
    EVENTS,
    FIT,
    FLATTEN,
    HIDDEN,
    LIST,
    LOADED,
    NAMED_LIST,
    NETWORK,
    OUTPUT,
    SPLIT,
    SUMMARY,
    built,
    expect,
    judge_trace,
    layer,
    swap,
    trace,
)

from fmnist_spec.gate.events import Event, ModelBuilt, Network, Summarised
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.trace import CellError, CellRun, Ended
from fmnist_spec.gate.verdict import judge

DROPOUT = replace(FLATTEN, type="Dropout", name="dropout")
RELU = layer(100, "relu")
PICTURES = {"input_shape": (None, 28, 28), "layers": (FLATTEN, RELU, OUTPUT)}
OTHERS = {  # networks of other sections
    "pictures and ReLU": replace(NETWORK, **PICTURES),
    "ReLU alone": replace(NETWORK, layers=(RELU, OUTPUT)),
    "a deeper one": replace(NETWORK, layers=(HIDDEN, HIDDEN, OUTPUT)),
    "dropout": replace(NETWORK, layers=(HIDDEN, DROPOUT, OUTPUT)),
}
ONE_LAYER = replace(NETWORK, layers=(OUTPUT,))
RUNS = trace().cells
STYLES = {"list": LIST, "named": NAMED_LIST, "add": ADD}


def trained(model: ModelBuilt) -> tuple[Event, ...]:
    """Give the events of a section of its own: a model that is built, compiled and trained."""
    cell, number = model.cell, model.model
    adam = replace(COMPILE, cell=cell, model=number, optimizer="adam")
    return model, adam, replace(FIT, cell=cell, model=number, network=model.network, epochs=20)


def without(style: str) -> tuple[Event, ...]:
    """Give the lesson without a style; then the list style is the one that is trained."""
    model = 2 if style != "add" else 0
    events = swap(COMPILE, replace(COMPILE, model=model), events=swap(STYLES[style]))
    events = swap(FIT, replace(FIT, model=model), events=events)
    return swap(SUMMARY, events=events) if style == "named" else events


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("network", OTHERS.values(), ids=OTHERS)
def test_a_model_of_a_later_section_stands_for_no_style(style: str, network: Network) -> None:
    """Built and trained after the lesson's training, it is another one: the style is missing."""
    kind = "add" if style == "add" else "list"
    later = replace(built(5, kind, network, 7), model_named=style == "named")
    expect(trace(*without(style), *trained(later)), f"style-{style}")
    expect(trace(*EVENTS, *trained(later)))


@pytest.mark.parametrize("style", ["list", "named", "add"])
def test_the_model_of_the_chapter_before_stands_for_no_style(style: str) -> None:
    """A single layer that is trained before the lesson begins is not the lesson's, spoilt."""
    kind = "add" if style == "add" else "list"
    earlier = replace(built(5, kind, ONE_LAYER, 1), model_named=style == "named")
    expect(trace(*trained(earlier), *without(style)), f"style-{style}")


def test_pictures_with_more_layers_are_of_another_section_untrained() -> None:
    """Another input and another number of layers: nobody makes both mistakes at once."""
    other = built(5, "add", OTHERS["pictures and ReLU"], 1)
    expect(trace(other, *without("add")), "style-add")


WRONG = {
    "built before, and trained": (ADD, "ReLU alone", trained),
    "built before, never trained": (ADD, "dropout", lambda model: (model,)),
    "built after, never trained": (replace(ADD, cell=7), "ReLU alone", lambda model: (model,)),
}


@pytest.mark.parametrize(("model", "network", "section"), WRONG.values(), ids=WRONG)
def test_a_spoilt_style_is_told_as_such(model: ModelBuilt, network: str, section: object) -> None:
    """What may be meant for the style is named with what is wrong with it."""
    wrong = section(replace(model, model=5, network=OTHERS[network]))
    events = without("add")
    expect(trace(*((*events, *wrong) if model.cell == 7 else (*wrong, *events))), "network")


def test_where_all_styles_differ_each_is_told() -> None:
    """Without the lesson's network anywhere the nearest models are the lesson's, spoilt."""
    network = replace(NETWORK, **PICTURES)
    models = [replace(one, network=network) for one in STYLES.values()]
    models[1] = replace(models[1], model_named=True)
    events = (LOADED, SPLIT, *models, COMPILE, replace(FIT, network=network))
    found = judge_trace(trace(*events), ids=("network", "style-list", "style-named", "style-add"))
    assert [(one.rule, one.cell) for one in found] == [("network", cell) for cell in (2, 3, 4)]


HALF = replace(NETWORK, built=False, input_shape=None, layers=())
BEGUN = built(2, "add", HALF, 4)
SMALL = built(2, "add", replace(NETWORK, layers=(layer(64, "sigmoid"), OUTPUT)), 4)
USED = Summarised(4, 2, 2, SMALL.network)
CUT = {  # where the run stopped, what was built before and in that cell, and the other findings
    "in the cell of the model": (4, (BEGUN,), {}),
    "in that cell, after its summary": (4, (SMALL, USED), {}),
    "before the next layer is added": (5, (BEGUN,), {}),
    "before a finished model is used": (5, (SMALL,), {}),
    "after it was compiled": (5, (SMALL, replace(COMPILE, cell=4)), {"network": 4}),
    "after a finished model": (5, (SMALL, USED), {"network": 4}),
    "with the lesson's model": (5, (ADD,), {}),
}


@pytest.mark.parametrize("ended", [False, True], ids=["raised", "ended"])
@pytest.mark.parametrize(("stop", "built_then", "also"), CUT.values(), ids=CUT)
def test_only_finished_models_are_judged_of_a_run_that_stopped(
    stop: int, built_then: tuple[Event, ...], also: dict[str, int], ended: bool
) -> None:
    """What raised may be why a model has no layers; and what is missing says nothing."""
    runs = [replace(run, status="not reached") if run.cell > stop else run for run in RUNS]
    runs[stop] = CellRun(stop, "raised", CellError("NameError", "no", 1), "", 0.1)
    if ended:
        runs[stop] = replace(runs[stop], status="running at the end", error=None)
    how = Ended("time", stop, "60 s") if ended else None
    events = (LOADED, SPLIT, LIST, NAMED_LIST, SUMMARY, *built_then)
    found = judge_trace(trace(*events, cells=tuple(runs), ended=how))
    cause = {"run-ended" if ended else "cell-raises": stop}
    assert {one.rule: one.cell for one in found} == {**cause, **also}


def test_a_model_in_a_cell_that_lacks_something_is_judged_once_it_is_used() -> None:
    """The run goes on after such a cell; what is asked of the model later shows it as it is."""
    runs = list(RUNS)
    runs[4] = replace(runs[4], status="unavailable", reason="pydot is not installed")
    lacking = tuple(runs)
    expect(trace(*EVENTS, cells=lacking))
    begun = replace(BEGUN, model=7)
    expect(trace(*without("add"), begun, cells=lacking))
    wrong = swap(ADD, SMALL, replace(USED, cell=5))
    assert "network" in [one.rule for one in judge_trace(trace(*wrong, cells=lacking))]


KINDS = {
    "a list with names": (
        replace(NAMED_LIST, network=ONE_LAYER),
        "list with names (cell 4)",
    ),
    "a list": (replace(LIST, network=ONE_LAYER), "list (cell 3)"),
    "of other layers": (
        replace(ADD, style="other", network=replace(ONE_LAYER, type="Functional")),
        "a Functional (cell 5)",
    ),
    "list and add()": (
        replace(ADD, style="mixed", network=ONE_LAYER),
        "list and add() mixed (cell 5)",
    ),
}


@pytest.mark.parametrize(("model", "told"), KINDS.values(), ids=KINDS)
def test_a_missing_style_is_told_with_what_is_built_instead(model: ModelBuilt, told: str) -> None:
    """Each model with its place and how it was built."""
    (found,) = judge_trace(trace(LOADED, model), ids=("style-add",))
    assert str(found.observed) == told


@pytest.mark.parametrize("styles", [("list",), ("list", "named")])
def test_a_list_may_have_names_where_no_other_style_needs_them(styles: tuple[str, ...]) -> None:
    """Then the remedy does not say to leave them out."""
    lesson = replace(LESSON, network=replace(LESSON.network, styles=styles))
    shown = Evidence(lesson, Notebook(Path("one.ipynb"), CELLS), trace(LOADED))
    found = judge(shown, ("style-list", "style-named"))
    plain = "from a list of layers" + ", without name=..." * (len(styles) > 1)
    assert f"Build the network {plain}. " in f"{found[0].message} "
    assert len(found) == len(styles)
