"""Stored evaluations: their steps, and those that two models cannot share."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from output_cases import EVALUATION, LIST, LOG_2, Case, changed, judge_stored, shown, stream
from told import in_lines, told_of
from traces import CELLS, COMPILE, EVENTS, FIT, images, trace

from fmnist_spec.gate.events import Evaluated, Event
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.trace import Trace

BAR = f"\x1b[32m{'━' * 20}\x1b[0m"
KERAS_3 = f"{{0}}/{{0}} {BAR} 1s 2ms/step - accuracy: 0.8733 - loss: 0.3530\n"
KERAS_2 = (
    "{0}/{0} [==============================] - 1s 2ms/step - loss: 0.3530 - accuracy: 0.8733\n"
)
VERBOSE_2 = "{0}/{0} - 0s - loss: 0.3530 - accuracy: 0.8733 - 414ms/epoch - 1ms/step\n"
TF_2_1 = "{0}/{0} - 0s - loss: 0.3530 - acc: 0.8733\n"
PREDICTED = "1500/1500 [==============================] - 1s 1ms/step\n"
LINE = KERAS_2.format(375)
EPOCHS = f"{LOG_2}\n{LINE}".replace("Epoch 3", f"{LINE}Epoch 3")  # of a callback, after the second
VALIDATION = images("validation", shape=(12000, 784))
EVALUATED = Evaluated(7, 1, 2, VALIDATION, (0.9, 0.6))


def evaluates(text: str, *events: Evaluated, cell: int = 7) -> Case:
    """Store a text below a cell that evaluates."""
    return Case(cell, [stream(text)], (*EVENTS, *(events or [EVALUATED])))


RIGHT = {
    "Keras 3": evaluates(KERAS_3.format(375)),
    "Keras 2": evaluates(KERAS_2.format(375)),
    "verbose=2": evaluates(VERBOSE_2.format(375)),
    "images, of TensorFlow 2.1": evaluates(TF_2_1.format(12000)),
    "images, of Keras 2.3": evaluates(KERAS_2.format(12000).replace("ms/step", "us/step")),
    "another batch size": evaluates(KERAS_3.format(94), replace(EVALUATED, batch_size=128)),
    "steps that are asked for": evaluates(KERAS_3.format(10), replace(EVALUATED, steps=10)),
    "steps of a generator": evaluates(
        *(KERAS_3.format(10), replace(EVALUATED, images=None, steps=10))
    ),
    "images that are no array": evaluates(KERAS_3.format(9), replace(EVALUATED, images=None)),
    "a log, and then its evaluation": Case(
        *(6, [stream(LOG_2 + KERAS_2.format(375))], (*EVENTS, replace(EVALUATED, cell=6))),
    ),
    "one of two evaluations": evaluates(
        *(KERAS_3.format(313), EVALUATED),
        replace(EVALUATED, images=images("test", shape=(10000, 784))),
    ),
    "a prediction": evaluates(PREDICTED + KERAS_3.format(375)),
    "evaluations below two epochs": Case(
        *(6, [stream(EPOCHS)], (*EVENTS, *[replace(EVALUATED, cell=6)] * 2)),
    ),
    "an author's own line": evaluates("3/3 - loss: 0.3 - accuracy: 0.8\n"),
}


@pytest.mark.parametrize("case", RIGHT.values(), ids=RIGHT)
def test_the_steps_of_an_evaluation_are_right(case: Case) -> None:
    """Steps follow from the images and the batch size, or count images in an older Keras."""
    assert [one.rule for one in case.judge()] == ["outputs-read"], case.told


WRONG = {
    "the training images": evaluates(KERAS_3.format(1500)),
    "all images": evaluates(KERAS_2.format(1875)),
    "the test images": evaluates(VERBOSE_2.format(313)),
    "images of another part, of TensorFlow 2.1": evaluates(TF_2_1.format(48000)),
    "another batch size": evaluates(KERAS_2.format(375), replace(EVALUATED, batch_size=64)),
    "an evaluation below the second epoch": Case(
        *(6, [stream(EPOCHS.replace("375", "313"))], (*EVENTS, replace(EVALUATED, cell=6))),
    ),
    "an evaluation below a log": Case(
        *(6, [stream(LOG_2 + KERAS_2.format(1500))], (*EVENTS, replace(EVALUATED, cell=6))),
    ),
    "the values are those of the other images, too": replace(
        evaluates(KERAS_3.format(1500)),
        full=True,
        stored=[stream(KERAS_3.format(1500)), EVALUATION],
    ),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_an_evaluation_of_other_images_is_found(case: Case) -> None:
    """The count of steps gives away that other images were evaluated; it is told once."""
    found, _ = case.judge()
    assert (found.rule, found.severity, found.cell) == ("stored-value", "error", case.cell)
    assert "of other images" in found.message, case.told
    assert found.expected.endswith("steps"), case.told


RELU = changed(activation="relu", name="dense_2")
RELU = replace(RELU, layers=(RELU.layers[0], replace(RELU.layers[1], name="dense_3")))
FIRST = replace(FIT, network=LIST)
SECOND = replace(FIT, model=3, network=RELU, cell=7)
SAME = [stream(KERAS_3.format(375)), EVALUATION]
OTHER = [shown(text_plain="[0.3397132658958435, 0.8815833296775818]")]
TWO_EVENTS = (FIRST, replace(EVALUATED, cell=6), SECOND, replace(EVALUATED, cell=8, model=3))


def two(
    *events: Event, stored: Sequence[object] = SAME, first: Sequence[object] = SAME, code: str = ""
) -> tuple[tuple[Cell, ...], Trace]:
    """Store two evaluations, in cells 6 and 8."""
    told = {6: first, 8: stored}
    cells = [replace(one, outputs=tuple(told.get(one.index, ()))) for one in CELLS]
    cells[0] = replace(cells[0], source=code or "pass")
    compiled = replace(COMPILE, model=3)
    return tuple(cells), trace(*EVENTS[:-1], compiled, *(events or TWO_EVENTS))


AGAIN = {
    "two models": two(),
    "what only the lines show": two(stored=SAME[:1], first=SAME[:1]),
    "one model, trained again between": two(
        *(*TWO_EVENTS[:2], replace(FIRST, cell=7, earlier_fits=1), replace(EVALUATED, cell=8)),
    ),
    "two networks, with one seed": two(code="keras.utils.set_random_seed(42)"),
}


@pytest.mark.parametrize(("cells", "observed"), AGAIN.values(), ids=AGAIN)
def test_two_trainings_do_not_end_at_the_same_digits(
    cells: tuple[Cell, ...], observed: Trace
) -> None:
    """One of two equal evaluations was not stored by its own cell; the lesson is still taught."""
    found = [one for one in judge_stored(cells, observed) if one.rule != "outputs-read"]
    told = [(one.rule, one.severity, one.cell) for one in found]
    assert told == [("stored-value", "warning", 8)], told_of(found, cells)
    assert "exactly the same numbers as cell 7" in found[0].message, told_of(found, cells)


def test_what_is_said_of_each_evaluation_is_known(hold) -> None:
    """Every sentence, with what was expected and observed; or what was compared."""
    said = [line for name, case in {**RIGHT, **WRONG}.items() for line in case.lines(name)]
    for name, (cells, observed) in AGAIN.items():
        said += in_lines(name, judge_stored(cells, observed)[:-1])
    hold(Path(__file__).with_name("said-evaluations.txt"), said)


LOADED = "model.load_weights('best.weights.h5')"
TWIN = replace(
    SECOND,
    network=replace(
        LIST, layers=tuple(replace(one, name=f"{one.name}_twin") for one in LIST.layers)
    ),
)
APART = {
    "other numbers": two(stored=OTHER),
    "one model, evaluated twice": two(*TWO_EVENTS[:2], replace(EVALUATED, cell=8)),
    "weights from a file": two(code=LOADED),
    "the same network from the same seed": two(
        *(*TWO_EVENTS[:2], TWIN, TWO_EVENTS[3]), code="tf.random.set_seed(42)"
    ),
    "layers in common": two(
        *(*TWO_EVENTS[:2], replace(SECOND, network=LIST), TWO_EVENTS[3]),
    ),
    "models that were not trained here": two(
        replace(EVALUATED, cell=6, model=0), replace(EVALUATED, cell=8, model=1)
    ),
    "rounded loss alone": two(
        stored=[stream("375/375 - 0s - loss: 0.35\n")],
        first=[stream("375/375 - 0s - loss: 0.35\n")],
    ),
}


@pytest.mark.parametrize(("cells", "observed"), APART.values(), ids=APART)
def test_evaluations_that_may_be_equal_raise_no_alarm(
    cells: tuple[Cell, ...], observed: Trace
) -> None:
    """Equal numbers say nothing where the weights may be the same."""
    found = judge_stored(cells, observed)
    assert [one.rule for one in found] == ["outputs-read"], told_of(found, cells)
