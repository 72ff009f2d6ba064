"""What rules find in a run is told in Korean with real values: no part is put in in English."""

from dataclasses import replace
from itertools import chain

import pytest
from korean import english_in
from test_lacking import LEFT_OUT, with_left_out
from test_raising import ERRORS, stopped
from test_refused import REFUSED, raising
from test_rules import COMPILES, DUMMY, FAULTS, FITS, NETWORKS, OTHER_FIT, OTHER_SPLIT, SPLITS
from traces import CELLS, COMPILE, EVENTS, FIT, LIST, SPLIT, judge_trace, swap, trace

from fmnist_spec import language
from fmnist_spec.gate.events import Event
from fmnist_spec.gate.trace import Ended, Trace

CHANGED: list[tuple[Event, ...]] = [
    (DUMMY,),
    *(events for events, *_ in FAULTS.values()),
    *(swap(FIT, replace(FIT, **changes)) for _, changes in FITS.values()),
    *(swap(COMPILE, replace(COMPILE, **changes)) for _, changes in COMPILES.values()),
    *(
        swap(FIT, OTHER_FIT, events=swap(SPLIT, replace(OTHER_SPLIT, **changes)))
        for changes in SPLITS.values()
    ),
    *(swap(LIST, replace(LIST, network=network)) for network in NETWORKS.values()),
]
TRACES: list[Trace] = [
    *(trace(*events) for events in CHANGED),
    *(with_left_out(*events) for events, *_ in LEFT_OUT.values()),
    *(raising(message, *events) for message, events, _ in REFUSED.values()),
    *(stopped(*EVENTS[:-1], replace(FIT, raised=True, history={}), message=one) for one in ERRORS),
    *(trace(EVENTS[0], ended=Ended(why, 2, "60")) for why in ("time", "memory", "exit", "killed")),
]
# Of the lesson, of the notebooks, and of Keras's and the kernel's own messages.
NAMES = {*("dense", "sigmoid", "softmax", "relu", "linear", "rmsprop", "adam", "mse", "accuracy")}
NAMES |= {
    *(
        "mnist",
        "stratify",
        "files",
        "tensorboard",
        "logdir",
        "seaborn",
        "as",
        "sns",
        "nan",
        "opencv-python",
    )
}
QUOTED = ("cell-raises", "refused")  # they show what was raised


@pytest.mark.parametrize("found", TRACES)
def test_no_english_is_left_in_a_finding(found: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in its sentence, nor in what stands beside it, nor in its place."""
    monkeypatch.setenv(language.ASKED, "ko")
    for one in judge_trace(found):
        shown = one.beside[:1] if one.rule in QUOTED else one.beside
        place = "" if one.cell is None else CELLS[one.cell].place(one.line_in_cell)
        for text in (one.message, place, *chain(*shown)):
            assert {*english_in(text)} <= NAMES, text


def test_a_finding_is_one_korean_sentence_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its values stand where Korean has them, each with the particle that it is read with."""
    monkeypatch.setenv(language.ASKED, "ko")
    (found,) = judge_trace(trace(*swap(FIT, replace(FIT, validation_split=0.2))))
    assert found.message.startswith(
        "validation_split=0.2 때문에 훈련에 쓰는 이미지가 줄어듭니다. "
        "수업에서는 쓰지 않으니 지우세요. 일부러 바꿨나요? 그렇다면 "
    )
    (found,) = judge_trace(trace(*swap(LIST, replace(LIST, network=NETWORKS["fewer units"]))))
    said = "list 방식으로 만든 신경망이 수업과 다릅니다: 1번째 층의 뉴런이 100개가 아니라 64개. "
    assert found.message.startswith(said + "코드를 수업의 신경망에 맞게 고치세요.")
