"""Stored logs of trainings that were interrupted, of an older Keras, and of trained networks."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from output_cases import (
    ERROR,
    FLATTEN,
    LOG_2,
    LOG_3,
    LOGS_2,
    RELU_LOG,
    TWICE,
    Case,
    changed,
    log,
    stream,
)
from traces import COMPILE, EVENTS, FIT, images, judge_trace

from fmnist_spec.gate.events import Network
from fmnist_spec.gate.stored.progress import read_logs
from fmnist_spec.lesson import Lesson

SHORT = LOG_2.partition("Epoch 3")[0]
CUT = SHORT.replace("Epoch 2/5\n1500/1500", "Epoch 2/5\n 181/1500")
LOOP = tuple(replace(FIT, model=number) for number in (2, 3, 4))  # three fits of one line
COMPILES = tuple(replace(COMPILE, model=number) for number in (3, 4))
THREE = LOG_2.partition("Epoch 4")[0].replace("/5\n", "/3\n")
RUN = LOG_2.partition("Epoch 4")[0].replace("1500/1500", "15/15") * 3
RAN = [stream(LOG_2.replace("1500/1500", "15/15") * 3)]


def looped(text: str, ran: str = "", **changes: Any) -> Case:
    """Store a text below a cell that fits in a loop, three times."""
    fits = [replace(one, **changes) for one in LOOP]
    ran_text = [stream(ran)] if ran else RAN
    return Case(6, [stream(text)], (*EVENTS[:-1], *COMPILES, *fits), ran=ran_text)


SHOWN = " 700/1500 [====>...] - ETA: 2s - loss: 0.4\n" * 120  # as a file that is no terminal has it
LONG_LOG = LOG_2.replace("Epoch 2/5\n", f"Epoch 2/5\n{SHOWN}")
INTERRUPTED = {**ERROR, "ename": "KeyboardInterrupt", "evalue": ""}
IMAGES_2 = LOGS_2["tf2.8"].replace("1500/1500", "48000/48000")  # as TensorFlow 2.1 writes it
OWN_IMAGES = images(dataset="fashion_mnist")
ADAM = {"network": changed(activation="relu", name="dense_2"), "images": OWN_IMAGES}
ADAMS, AGAIN = replace(FIT, **ADAM), replace(COMPILE, model=3)
THIRD = replace(ADAMS, model=3)
LAST = float(re.findall(r" accuracy: (0\.\d+)", LOG_3)[-1])
PLAIN = ("Flatten", "Reshape", "Dropout", "Activation", "Rescaling", "InputLayer")


def more(kind: str) -> Network:
    """Put a layer that learns nothing before the hidden one."""
    own = changed(activation="relu", name="dense_2")
    return replace(own, layers=(replace(FLATTEN, type=kind, name="more"), *own.layers))


SOUND = {
    "an accuracy of 1, which is none": log(TWICE.replace("0.8825", "1.0000"), **ADAM),
    "one that begins just below where the lesson ends": log(
        TWICE.replace("0.8825", "0.8599"), **ADAM
    ),
    "lines that are not printed over": log(LONG_LOG),
    "an end by EarlyStopping": log(SHORT, callbacks=("CSVLogger", "EarlyStopping")),
    "an end by a callback of a function": log(SHORT, callbacks=("LambdaCallback",)),
    "an end where the loss is no number": log(SHORT, callbacks=("TerminateOnNaN",)),
    "a cell that is skipped": Case(5, [stream(LOG_2)], source="model.fit(x)", status="skipped"),
    "an end by a callback of the author's": log(SHORT, callbacks=("?",)),
    "a training that ends itself early": log(SHORT, stopped=2),
    "a method of the author's": log(SHORT, "self.model.stop_training = True"),
    "a cut by an error that is caught": log(
        CUT, "try:\n    fit()\nexcept KeyboardInterrupt:\n    pass"
    ),
    "logs of a loop": looped(LOG_2 + LOG_3 + LOG_2),
    "logs of a loop, one of them silent": looped(LOG_2 + LOG_3),
    "epochs of the author's loop around single ones": looped(
        LOG_2.replace("/5\n", "/7\n").partition("Epoch 5")[0], "Epoch 1/7\n15/15\n", epochs=1
    ),
    "epochs of the author's loop around silent fits, with evaluations": looped(
        LOG_2.replace("/5\n", "/7\n"), "Epoch 1/7\n15/15\n"
    ),
    "images, of Keras 2.3": log(LOG_2.replace("1500/1500", "48000/48000")),
    "images, of TensorFlow 2.1": log(
        LOG_2.replace("1500/1500", "48000/48000").replace("/step", "/sample")
    ),
    "images, of verbose=2": log(IMAGES_2.partition(" - 3s/epoch")[0] + "\nEpoch 5/5\n"),
    "images of a validation_split": log(
        LOG_2.replace("1500/1500", "38400/38400"), validation_split=0.2
    ),
    "the end of a longer log": log(
        RELU_LOG.replace("0.80", "0.88"), **ADAM, epochs=20, batch_size=64
    ),
    "another end, as Keras 3 may show it": log(
        LOG_3, full=True, history={"accuracy": (0.8, LAST + 0.015)}
    ),
    "another network, fresh": log(LOG_3, **ADAM),
    "another network that goes on": log(TWICE, **ADAM, earlier_fits=1),
    "another network that counts on": log(TWICE, **ADAM, initial_epoch=5),
    "weights from a file": log(TWICE, "model.load_weights('w.h5')", **ADAM),
    "images of another data set": log(TWICE, **{**ADAM, "images": images("other")}),
    "labels of the author's, which are learnt sooner": log(
        TWICE, **{**ADAM, "images": replace(OWN_IMAGES, paired=None)}
    ),
    "another kind of network": log(TWICE, **{**ADAM, "network": changed(type="Conv2D")}),
    "a network on layers that an earlier one trained": Case(
        *(6, [stream(TWICE)], (*EVENTS[:-1], replace(ADAMS, cell=5), AGAIN, THIRD)),
    ),
}


@pytest.mark.parametrize("case", SOUND.values(), ids=SOUND)
def test_a_sound_log_raises_no_alarm(case: Case) -> None:
    """A log may end early where the training may, and begin high where it goes on."""
    assert [one.rule for one in case.judge()] == ["outputs-read"], case.told


WRONG = {
    "a cut, with EarlyStopping": ("stops in epoch", log(CUT, callbacks=("EarlyStopping",))),
    "a cut, with a callback of the author's": ("stops in epoch", log(CUT, callbacks=("?",))),
    "a cut behind a header": (
        "stops in epoch",
        log(f"{SHORT}Epoch 3/5\n", callbacks=("EarlyStopping",)),
    ),
    "an end by what ends nothing": ("stops in epoch", log(SHORT, callbacks=("CSVLogger",))),
    "two logs of three, one cut": ("stops in epoch", looped(LOG_2 + CUT)),
    "the first epoch of one of three": ("stops in epoch", looped(LOG_2.partition("Epoch 2")[0])),
    "a cut log of three of two epochs": (
        "stops in epoch",
        looped(CUT.replace("/5\n", "/2\n"), RUN.replace("/5\n", "/2\n"), epochs=2),
    ),
    "the log of a training that was shortened": (
        "has 3 epochs, but fit() asks for 5",
        looped(
            *(THREE, RUN.replace("/5\n", "/3\n")),
        ),
    ),
    "the log of the second training, twice": (
        "has 3 epochs, but fit() asks for 5",
        Case(6, [stream(THREE), stream(THREE)], (*EVENTS, replace(FIT, epochs=3))),
    ),
    "two cut logs of three": ("stops in epoch", looped(CUT + CUT)),
    "two logs of three, of all images": (
        "all 60,000 images",
        looped(LOG_2.replace("1500/1500", "1875/1875") * 2),
    ),
    "three logs, all alike": (
        "all 60,000 images",
        looped(LOG_2.replace("1500/1500", "1875/1875") * 3),
    ),
}


@pytest.mark.parametrize(("word", "case"), WRONG.values(), ids=WRONG)
def test_a_log_that_no_fit_of_the_cell_writes_is_told_once(word: str, case: Case) -> None:
    """No callback ends a training within an epoch, and no loop makes a fit write less."""
    (found, _) = case.judge()
    assert (found.rule, found.severity) == ("stored-log", "error"), case.told
    assert word in found.message, case.told


HELD_BACK = {0.25: 1407, 0.1: 1688, 0.15: 1594, 0.3: 1313}
SPLIT_OFF = {0.2: 1200, 0.25: 1125, 0.1: 1350, 0.15: 1275, 0.3: 1050}  # of the 48,000
SIZES = (16, 64, 128, 256, 512, 1024, 10, 50, 100, 200, 500, 1000, 1)
COUNTS = {
    **{f"a split with test_size={share}": steps for share, steps in HELD_BACK.items()},
    **{f"validation_split={share}": steps for share, steps in SPLIT_OFF.items()},
    **{f"batch_size={size}": -(-48_000 // size) for size in SIZES},
    "another split or another batch size": 7,
    "all 60,000 images without a split": 1875,
}
STEPS = {
    words: log(LOG_3.replace("1500/1500", f"{steps}/{steps}")) for words, steps in COUNTS.items()
}
SMALLER = {"images": images("other", shape=(2000, 784)), "validation_split": 0.5}


def test_a_batch_size_is_that_of_the_images_of_the_fit() -> None:
    """Of the 1,000 that it does not hold back."""
    found, _ = log(LOG_3.replace("1500/1500", "10/10"), **SMALLER).judge()
    assert "has 10 steps in each epoch, not 32. The number fits batch_size=100." in found.message


@pytest.mark.parametrize("words", STEPS)
def test_a_number_of_steps_names_what_gives_it(words: str) -> None:
    """A usual share or batch size; the message says how many steps are stored."""
    found, _ = STEPS[words].judge()
    assert f"has {COUNTS[words]:,} steps in each epoch, not 1,500." in found.message
    assert f"The number fits {words}." in found.message


@pytest.mark.parametrize(("batch", "steps"), [("batch_size = 100", 600), ("", 1875)])
def test_all_images_have_the_steps_of_the_lessons_batch_size(
    batch: str, steps: int, edited_lesson: Callable[..., Lesson]
) -> None:
    """Or of Keras's default, where the lesson sets none."""
    cells, observed = log(LOG_3.replace("1500/1500", f"{steps}/{steps}")).run
    lesson = edited_lesson(("batch_size = 32", batch))
    (found,) = judge_trace(observed, cells, ids=["stored-log"], lesson=lesson)
    assert "fits all 60,000 images" in found.message


SHOWN_BY = ("0.8051", "0.8516", "0.8637", "0.8717", "0.8787")  # the accuracies of LOG_3
ROSE = "0.8051 0.8300 0.8400 0.8450"
LEVELS = {
    f"{ROSE} 0.8500": "",
    f"{ROSE} 0.8499": "is not the lesson's",
    "0.8051 0.8516 0.8637 0.8717 0.9000": "",
    "0.8051 0.8516 0.8637 0.8717 0.9001": "is not the lesson's",
    "0.8051 0.8101 0.8090 0.8080 0.8051": "does not rise",
    "0.8051 0.8101 0.8090 0.8080 0.8001": "does not rise",
}


@pytest.mark.parametrize("accuracies", LEVELS)
def test_the_accuracies_of_the_lesson_rise_into_its_range(accuracies: str) -> None:
    """From 0.01 below the lesson's least to 0.04 above it."""
    text = LOG_3
    for old, new in zip(SHOWN_BY, accuracies.split(), strict=True):
        text = text.replace(old, new, 1)
    *found, _ = log(text).judge()
    assert bool(found) == bool(LEVELS[accuracies])
    assert all(LEVELS[accuracies] in one.message for one in found), found


FIRST = RELU_LOG.replace("Epoch 16/20", "Epoch 1/20").partition("Epoch 17")[0]
TRAINED = {
    "another network": log(TWICE, **ADAM),
    "other settings": log(TWICE, images=OWN_IMAGES, weights=("class_weight",)),
    "one epoch of twenty": log(
        *(FIRST.replace("0.80", "0.88"),), **ADAM, epochs=20, batch_size=64, callbacks=("?",)
    ),
    **{f"a network with {kind}": log(TWICE, **{**ADAM, "network": more(kind)}) for kind in PLAIN},
    "one that begins just where the lesson ends": log(TWICE.replace("0.8825", "0.8600"), **ADAM),
}


@pytest.mark.parametrize("case", TRAINED.values(), ids=TRAINED)
def test_a_log_of_any_dense_network_begins_with_a_fresh_one(case: Case) -> None:
    """No network of Dense layers reaches in one epoch what the lesson's reaches in five.

    Measured on 48,000 images: 0.82 to 0.83, with 100 to 512 units, one layer or two.
    """
    found, _ = case.judge()
    assert (found.rule, found.severity) == ("stored-log", "warning"), case.told
    assert "was run more than once" in found.message, case.told


def test_what_is_said_of_each_log_is_known(hold) -> None:
    """Every sentence, with what was expected and observed, and which logs were passed over."""
    every = {**SOUND, **{name: case for name, (_, case) in WRONG.items()}, **TRAINED, **STEPS}
    said = [line for name, case in every.items() for line in case.lines(name)]
    hold(Path(__file__).with_name("said-logs.txt"), said)


NL = "\n"
LOGS = {  # what is shown of each epoch: its number, of how many, and its steps
    "two of one epoch": ("Epoch 1/1\n5/5 - 1s\nEpoch 1/1\n5/5 - 1s\n", [[(1, 1, 5)], [(1, 1, 5)]]),
    "of other lengths": (
        "Epoch 1/2\n5/5 - 1s\nEpoch 2/3\n5/5 - 1s\n",
        [[(1, 2, 5)], [(2, 3, 5)]],
    ),
    "begun again": ("Epoch 2/2\n5/5 - 1s\nEpoch 1/2\n", [[(2, 2, 5)], [(1, 2, 0)]]),
    "printed over": ("Epoch 1/1\n1/5 - 0s\r5/5 - 1s \r\n", [[(1, 1, 5)]]),
    "taken back": ("Epoch 1/1\n1/5 - 0s\b\b\b5/5 - 1s\b \r\b\n", [[(1, 1, 5)]]),
    "in the last line that is read": (f"Epoch 1/1{NL * 99}5/5 - 1s\n", [[(1, 1, 5)]]),
    "too far below": (f"Epoch 1/1{NL * 100}5/5 - 1s\n", [[(1, 1, 0)]]),
}


@pytest.mark.parametrize(("text", "epochs"), LOGS.values(), ids=LOGS)
def test_each_log_is_read_as_it_stands_on_the_screen(
    text: str, epochs: list[list[tuple[int, ...]]]
) -> None:
    """A log ends where another begins; of each epoch the first line that shows all steps counts."""
    read = [[(one.number, one.of, one.line.count) for one in log] for log in read_logs(text)]
    assert read == epochs


@pytest.mark.parametrize(("lines", "cut"), [(99, True), (100, False)])
def test_an_epoch_is_cut_only_where_all_of_it_is_read(lines: int, cut: bool) -> None:
    """Its last line may stand below those that are read."""
    ((epoch,),) = read_logs("Epoch 1/1" + "\n2/5 - ETA: 1s" * lines)
    assert epoch.cut == cut


@pytest.mark.parametrize("text", [CUT, LOG_2.partition("1500")[0], ""], ids=["cut", "begun", "no"])
def test_an_interrupted_training_is_told_once(text: str) -> None:
    """Its stored error says that it was interrupted; the log says nothing more."""
    case = Case(6, [stream(text), INTERRUPTED])
    found = [(one.rule, one.severity) for one in case.judge()]
    assert found == [("stored-error", "error"), ("outputs-read", "note")], case.told
