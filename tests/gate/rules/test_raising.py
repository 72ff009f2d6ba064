"""A fit() that raised: what it was asked is judged, and its error is explained."""

from dataclasses import replace
from pathlib import Path

import pytest
from notebooks import LESSON
from traces import ADD, CELLS, COMPILE, EVENTS, FIT, built, judge_trace, layer, swap, trace

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.events import Event
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.trace import CellError, CellRun, Trace
from fmnist_spec.gate.verdict import judge, undecided

ERRORS = {  # as TensorFlow 2.8, 2.15 and 2.21 write them
    "Shapes (32, 1) and (32, 10) are incompatible": "need loss='sparse_categorical_crossentropy'",
    "`logits` and `labels` must have the same shape, received ((32, 10) vs (32, 1)).": "need loss=",
    "`labels.shape` must equal `logits.shape` except for the last dimension. Received: labels.shape"
    "=(320,) and logits.shape=(32, 10)": "need loss=",
    "Arguments `target` and `output` must have the same rank (ndim). Received: target.shape=(32,), "
    "output.shape=(32, 10)": "need loss=",
    "Arguments `target` and `output` must have the same shape. Received: target.shape=(32, 10), "
    "output.shape=(32, 5)": "need loss=",
    "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape=(32, 10), "
    "output.shape=(32, 10)": "need loss=",
    "Received a label value of 9 which is outside the valid range of [0, 5).": "one unit for each",
    'Input 0 of layer "sequential_7" is incompatible with the layer: expected shape=(None, 784), '
    "found shape=(32, 28, 28)": "Reshape",
    "Exception encountered when calling Sequential.call().\n\nInvalid input shape for input Tensor("
    '"data:0", shape=(32, 28, 28), dtype=float32). Expected shape (None, 784), but input has '
    "incompatible shape (32, 28, 28)": "Reshape",
}
RAISED = replace(FIT, raised=True, history={})
WRONG = replace(COMPILE, loss="categorical_crossentropy")
SCOPE = "'패션 MNIST 모델' is not a valid root scope name."


def stopped(*events: Event, line: int = 1, message: str = "x") -> Trace:
    """Give a run that its training cell raised in."""
    runs = [*trace().cells]
    runs[6] = CellRun(6, "raised", CellError("ValueError", message, line), "", 0.1)
    runs[7:] = [CellRun(at, "not reached", None, "", 0.0) for at in (7, 8)]
    return trace(*events, cells=tuple(runs))


def rules(found: Trace) -> list[str]:
    """Name the rules that find something."""
    return [one.rule for one in judge_trace(found)]


@pytest.mark.parametrize("message", ERRORS)
def test_an_error_of_shapes_is_explained(message: str) -> None:
    """TensorFlow says which shapes differ, and not what to do."""
    (found,) = judge_trace(stopped(*swap(FIT, RAISED), message=message))
    assert found.rule == "cell-raises", found
    assert ERRORS[message] in found.message, found.message


def test_the_cause_stands_first() -> None:
    """The error says that it follows from the loss; elsewhere, from a loss it does not."""
    events = swap(COMPILE, WRONG, events=swap(FIT, RAISED))
    first, second = judge_trace(stopped(*events))
    assert (first.rule, second.rule) == ("loss", "cell-raises"), (first, second)
    assert "the error `loss` above: it may be the cause" in second.message, second.message
    (alone,) = judge_trace(stopped(*events, line=2))
    assert "may be the cause" not in alone.message, alone.message


def test_what_was_not_trained_is_undecided() -> None:
    """Its settings were seen, its accuracy was not."""
    evidence = Evidence(LESSON, Notebook(Path("one.ipynb"), CELLS), stopped(*swap(FIT, RAISED)))
    left = {*undecided(evidence, RULES, judge(evidence))}
    assert {"training", "accuracy-rises", "stops-early"} <= left, left
    assert not {"loss", "optimizer", "split", "epochs", "network", "scaling"} & left, left


def test_a_training_that_was_done_counts_instead() -> None:
    """The other may be an attempt, or one of a model that cannot be trained."""
    again = replace(FIT, epochs=9, raised=True, history={})
    assert rules(stopped(*EVENTS, again)) == ["cell-raises"]
    assert rules(stopped(*swap(FIT, again), message=SCOPE)) == ["cell-raises"]
    assert rules(trace(*swap(FIT, again, FIT))) == []
    assert "training" in rules(trace(*swap(FIT, again))), "it was caught, and nothing was trained"


def test_names_that_keras_does_not_know_are_told_once() -> None:
    """By the error, not as another loss, nor as one that no fit() has shown."""
    unknown = replace(COMPILE, loss="sparse_crosentropy", unknown=("sparse_crosentropy",))
    events = swap(COMPILE, unknown, events=swap(FIT, RAISED))
    assert rules(stopped(*events)) == ["cell-raises"]


def test_a_network_that_is_built_where_it_is_trained_is_judged() -> None:
    """Whatever the cell built before it raised, a model that it trained was finished."""
    network = replace(FIT.network, layers=(FIT.network.layers[0], layer(5, "softmax")))
    other = built(2, "add", network, cell=6)
    raised = replace(RAISED, network=network)
    events = swap(ADD, other, events=swap(FIT, raised))
    assert rules(stopped(*events)) == ["network", "cell-raises"]
    deeper = replace(network, layers=(network.layers[0], *network.layers))
    events = swap(
        ADD, built(2, "add", deeper, 6), events=swap(FIT, replace(raised, network=deeper))
    )
    assert rules(stopped(*events)) == ["cell-raises"], "it may be another section's"
