"""What a change does to what a notebook teaches: said in the lesson's terms, without a run."""

from dataclasses import replace

import pytest
from beside import CODE, beside, changed, counted, judged, rules, with_networks
from traces import ADD, COMPILE, EVENTS, FIT, HIDDEN, SPLIT, images, swap

from fmnist_spec.gate.diff.comparison import Comparison
from fmnist_spec.gate.diff.facts import SUBJECTS
from fmnist_spec.gate.events import Evaluated, Network
from fmnist_spec.gate.trace import CellError, CellRun

DROPOUT = replace(
    HIDDEN, type="Dropout", units=None, activation=None, options={"seed": 1, "rate": 0.3}
)
STYLES = ("list", "named", "add", "trained")
SOUND = with_networks(counted)


def wide(network: Network) -> Network:
    hidden, output = network.layers
    return counted(replace(network, layers=(replace(hidden, units=128), output)))


@pytest.fixture(scope="module")
def wider() -> Comparison:
    """The change that the lesson's own text is about: 128 units for 100."""
    return beside(judged(SOUND), judged(with_networks(wide)))


def test_a_wider_layer_is_told_in_units_and_parameters(wider: Comparison) -> None:
    """What is alike in all styles is one change, with the cells of each."""
    assert changed(wider) == {
        "hidden units": (100, 128),
        "hidden parameters": (78_500, 100_480),
        "output parameters": (1_010, 1_290),
        "total": (79_510, 101_770),
    }
    (units,) = (one for one in wider.changed if one.what == "units")
    assert (units.styles, units.cells) == (STYLES, (2, 3, 4))


def test_a_subject_without_a_change_is_unchanged(wider: Comparison) -> None:
    """All others are: nothing is lost."""
    same = [subject for _, subject in wider.unchanged]
    assert [*same, "network", "parameters", "evaluation"].sort() == [*SUBJECTS].sort()
    facts = {one.what: one.new for one in wider.unchanged[wider.facts[0].lesson, "split"]}
    assert facts == {"training_images": 48_000, "validation_images": 12_000, "random_state": 42}


def test_names_that_keras_gives_are_no_names() -> None:
    """They are numbered on, so that another cell before changes them."""
    renamed = with_networks(lambda one: replace(one, name=f"{one.name}_7"), EVENTS[2:3])
    assert changed(beside(judged(), judged(swap(EVENTS[2], *renamed)))) == {}


def test_parameters_that_do_not_train_count_in_all() -> None:
    """As the last line but two of a summary says."""
    more = with_networks(lambda one: replace(one, non_trainable_parameters=200))
    assert changed(beside(judged(), judged(more))) == {"total": (79_510, 79_710)}


def test_a_style_that_is_gone_is_one_change() -> None:
    """Its layers are not told one by one."""
    found = beside(judged(), judged(swap(EVENTS[3])))
    assert changed(found) == {"styles": (("list", "named", "add"), ("list", "add"))}


def test_a_layer_that_is_added_leaves_the_others_their_names() -> None:
    """The output stays the output, also where the lesson's style is no longer found."""
    longer = lambda one: replace(one, layers=(HIDDEN, DROPOUT, one.layers[-1]))  # noqa: E731
    events = [*EVENTS[:5], *with_networks(longer, (ADD, COMPILE, FIT))]
    told = changed(beside(judged(), judged(events)))
    assert told["layers"] == (("Dense", "Dense"), ("Dense", "Dropout", "Dense"))
    assert told["Dropout options"] == (None, "rate=0.3, seed=1")
    assert not {"hidden units", "output units", "epochs", "optimizer"} & told.keys()


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (swap(FIT, replace(FIT, epochs=10)), {"epochs": (5, 10)}),
        (swap(FIT, replace(FIT, batch_size=32)), {}),  # which is Keras's own
        (swap(FIT, replace(FIT, batch_size=64)), {"batch_size": (32, 64)}),
        (swap(FIT, FIT, replace(FIT, earlier_fits=1)), {"trainings": (1, 2)}),
        (
            swap(FIT, replace(FIT, validation=images("validation"))),
            {"validation_data": (None, "validation")},
        ),
        (
            swap(COMPILE, replace(COMPILE, optimizer="adam", learning_rate=0.0003000000142)),
            {"optimizer": ("rmsprop", "adam"), "learning_rate": (0.001, 0.0003)},
        ),
        (swap(SPLIT, replace(SPLIT, random_state=7)), {"random_state": (42, 7)}),
        (
            swap(FIT, replace(FIT, images=images("train", scaling="raw"))),
            {"divided_by": (255, 1)},
        ),
        (
            (*EVENTS, Evaluated(6, 1, 2, images("test"), (0.5, 0.8))),
            {"evaluated": (None, ("test",))},
        ),
    ],
)
def test_each_setting_is_told_as_it_was_and_as_it_is(new, told) -> None:
    """And nothing else is: one edit is one change."""
    assert changed(beside(judged(), judged(new))) == told


def test_what_a_run_did_not_reach_is_not_compared() -> None:
    """A cell that raises hides the training: nobody knows whether it has changed."""
    error = CellError("NameError", "name 'x' is not defined", 1)
    runs = [CellRun(at, "ok", None, "", 0.1) for at in range(len(CODE))]
    runs[-1] = replace(runs[-1], status="raised", error=error)
    found = beside(judged(), judged(swap(FIT), cells=tuple(runs)))
    assert (changed(found), found.cut_short) == ({}, (False, True))
    assert ("cell-raises" in rules(found, "new"), found.exit_code) == (True, 1)
