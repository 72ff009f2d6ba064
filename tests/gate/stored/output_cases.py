"""Stored outputs for the tests: what a sound notebook stores, and faults in it.

The texts are real ones of Keras, in summaries/ and beside this file. Here stand summaries of the
lesson's models, trainings of the lesson (verbose=1 as Jupyter keeps it, and verbose=2), and of its
first 2,000 images (raw: with carriage returns and backspaces). Faults are edits of these.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from notebooks import LESSON, pairs, read_toml
from told import in_lines, told_of
from traces import CELLS, EVENTS, FIT, NAMED, SUMMARY, images, judge_trace, layer, swap, trace

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.events import Evaluated, Event, Network, Predicted, Summarised
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.trace import LONGEST_OUTPUT, CellRun, Trace

TESTS = Path(__file__).parents[2]
ERAS = ("tf2.8", "tf2.13", "tf2.16")
VERSIONS = ("tf2.8", "tf2.15", "tf2.16", "tf2.21")
Output = dict[str, Any]


def real(name: str) -> str:
    """Read a text that Keras printed, with its carriage returns and backspaces."""
    with (TESTS / name).open(encoding="utf-8", newline="") as file:
        return file.read()


def stream(text: Any, name: str = "stdout") -> Output:
    """Make what print() stores."""
    return {"output_type": "stream", "name": name, "text": text}


def shown(**data: Any) -> Output:
    """Make what display() stores: ``text_plain`` stands for text/plain."""
    named = {key.replace("_", "/"): value for key, value in data.items()}
    return {"output_type": "display_data", "data": named, "metadata": {}}


def jupyter(name: str, *kinds: str) -> list[Output]:
    """Make the messages in which Jupyter stores a summary: title, box, and each line below."""
    title, _, rest = real(f"summaries/{name}.ansi").partition("\n")
    box, *lines = rest.split("\n\x1b[1m ")
    texts = [title, box, *(f"\x1b[1m {line}" for line in lines)]
    pages = real(f"summaries/{name}.html").split("</pre>\n")[:-1]
    messages = []
    for text, page in zip(texts, pages, strict=True):
        both = {"text_html": f"{page}</pre>\n", "text_plain": f"{text}\n"}
        messages.append(shown(**{kind: both[kind] for kind in kinds or both}))
    return messages


HIDDEN = layer(100, "sigmoid", parameters=LESSON.layer_parameters[0])
OUTPUT = layer(10, "softmax", name="dense_1", parameters=LESSON.layer_parameters[1])
LIST = Network("Sequential", "sequential", True, (None, 784), (HIDDEN, OUTPUT), 79510, 0)
NAMED_LAYERS = replace(HIDDEN, name="hidden"), replace(OUTPUT, name="output")
NAMED_LIST = replace(LIST, name=NAMED.name, layers=NAMED_LAYERS)
FLATTEN = layer(0, "", name="flatten", type="Flatten", output_shape=(None, 784), parameters=0)
NORMAL = layer(100, "", name="batch_normalization", type="BatchNormalization", parameters=400)
DROPOUT = layer(100, "", name="dropout", type="Dropout", parameters=0)
LONG_LAYERS = FLATTEN, HIDDEN, NORMAL, DROPOUT, OUTPUT
LONG = Network("Sequential", "sequential", True, None, LONG_LAYERS, 79710, 200)


def changed(**changes: Any) -> Network:
    """Change the hidden layer of the list network."""
    return replace(LIST, layers=(replace(HIDDEN, **changes), OUTPUT))


STORED = [id for id in RULES if id.partition("-")[0] in ("stored", "outputs")]


def judge_stored(cells: Sequence[Cell], observed: Trace) -> list[Finding]:
    """Judge by the rules on what is stored alone."""
    return [*judge_trace(observed, cells, ids=STORED)]


@dataclass(frozen=True)
class Case:
    """One cell with what it stores and what became of it; the notebook around it is sound."""

    cell: int
    stored: Sequence[Any]
    events: Sequence[Event] = EVENTS
    source: str = "pass"
    ran: Sequence[Output] = ()
    status: Any = "ok"
    tags: frozenset[str] = frozenset()
    full: bool = False
    sample_only: bool = False

    @property
    def run(self) -> tuple[tuple[Cell, ...], Trace]:
        """Give the cells of the notebook, and the trace of its run."""
        at, observed = self.cell, trace(*self.events)
        run = CellRun(at, self.status, None, "", 0.1, tuple(self.ran))
        cell = replace(CELLS[at], source=self.source, outputs=tuple(self.stored), tags=self.tags)
        runs = (*observed.cells[:at], run, *observed.cells[at + 1 :])
        changes = {"cells": runs, "sample_only": self.sample_only, "full": self.full}
        return (*CELLS[:at], cell, *CELLS[at + 1 :]), replace(observed, **changes)

    def judge(self) -> list[Finding]:
        """Give the findings, the note that counts among them."""
        cells, observed = self.run
        return judge_stored(cells, observed)

    @property
    def told(self) -> str:
        """Give the report of the findings, for the message of an assertion."""
        return told_of(self.judge(), self.run[0])

    def lines(self, name: str) -> Iterator[str]:
        """Give what is said of it, for a golden list: the count only where it is all."""
        found = self.judge()
        return in_lines(name, found[:-1] or found)


def summary(text: str, network: Network = LIST, ran: str = "") -> Case:
    """Store a text below a cell that summarises a network, and printed another when it ran."""
    return Case(3, [stream(text)], summarised(network), ran=[stream(ran)])


def stores(stored: Sequence[Output], *networks: Network) -> Case:
    """Store outputs below a cell that summarises networks."""
    return Case(3, stored, summarised(*networks))


def summarised(*networks: Network) -> tuple[Event, ...]:
    """Put summaries of networks into cell 3."""
    return swap(SUMMARY, *(replace(SUMMARY, network=one) for one in networks))


def log(text: str, source: str = "pass", full: bool = False, **changes: Any) -> Case:
    """Store a text below the fit of the lesson, or of one that differs from it."""
    return Case(6, [stream(text)], swap(FIT, replace(FIT, **changes)), source, full=full)


def printed(stored: str, ran: str, source: str) -> Case:
    """Store a text below a cell, before the training, that printed another when it ran."""
    return Case(1, [stream(stored)], source=source, ran=[stream(ran)])


def fitted(text: str = "", **changes: Any) -> Case:
    """Store, in Jupyter's form, the summary of a long network, or of one that differs from it."""
    events, ran = summarised(replace(LONG, **changes)), [stream(text)]
    return Case(3, jupyter("jupyter-fitted"), events, ran=ran)


def evaluated(*numbers: float, full: bool = True) -> Case:
    """Store an evaluation below a cell that gave these numbers when it ran."""
    events = (*EVENTS, Evaluated(7, 1, 2, None, numbers))
    return Case(7, [EVALUATION], events, "model.evaluate(val_scaled, val_target)", full=full)


LISTS = {era: real(f"gate/stored/{era}-list.txt") for era in ERAS}
NAMES = {era: real(f"gate/stored/{era}-named.txt") for era in ERAS}
LOGS = {version: real(f"gate/stored/{version}-verbose-1.txt") for version in VERSIONS}
LOGS_2 = {version: real(f"gate/stored/{version}-verbose-2.txt") for version in VERSIONS}
RAW = {version: real(f"gate/stored/{version}-raw.txt") for version in VERSIONS}
TWICE = real("gate/stored/tf2.21-twice.txt")  # after five epochs, five more
KERAS_2, KERAS_3 = LISTS["tf2.8"], LISTS["tf2.16"]
LOG_2, LOG_3 = LOGS["tf2.8"], LOGS["tf2.21"]
JUPYTER = jupyter("jupyter-named")
NARROW = [shown(text_html=real("summaries/jupyter-narrow-50.html"))]
HEADERS = "".join(f"Epoch {number}/5\n" for number in range(1, 6))
OWN_LOOP = "Epoch 1/3\nloss 0.5\nEpoch 2/3\nloss 0.4\nEpoch 3/3\nloss 0.3\n"
HISTORY = shown(text_plain="<keras.src.callbacks.History at 0x7d72d1a4c0d0>")
EVALUATION = shown(text_plain="[0.3497132658958435, 0.8725833296775818]")
ERROR = {"output_type": "error", "ename": "NameError", "evalue": "name 'x' is not defined"}
VALIDATES = "model.fit(x, y, epochs=5, validation_data=(a, b))"
WHOLE = images("whole", shape=(60000, 784))
COUNTED_ON, SIXTH = [stream(f"{LOG_2}\nEpoch 6/6\n")], replace(FIT, epochs=6, earlier_fits=1)
SMALL = {"images": images("other", shape=(2000, 784))}
RELU = {"network": changed(activation="relu"), "epochs": 20, "batch_size": 64}
RELU_LOG = "\n".join(
    line.replace(f"Epoch {number}/5", f"Epoch {number + 15}/20").replace("1500", "750")
    for number, line in zip([1, 1, 2, 2, 3, 3, 4, 4, 5, 5], LOG_3.split("\n"), strict=False)
)
AS_IN_LESSON = {"history": {"accuracy": (0.8051, 0.2, 0.8779), "loss": (0.5711, 0.2, 0.336)}}
SHAPES, PRINTS = "(48000, 784) (48000,)\n", "print(train_scaled.shape, train_target.shape)"
TWO = LIST, NAMED_LIST
JUPYTER_HTML = jupyter("jupyter-named", "text_html")
SUMMARY_AT_FIT, FIT_AGAIN = Summarised(6, 1, 2, LIST), replace(FIT, earlier_fits=1)
LOG_1200, POOR = LOG_2.replace("1500/1500", "1200/1200"), evaluated(0.9, 0.6)
STRANGE: list[Any] = [{}, {"data": 3}, shown(text_plain=7), stream(None)]

SOUND = {
    **{f"a summary of {era}": summary(text) for era, text in LISTS.items()},
    **{f"a named summary of {era}": summary(text, NAMED_LIST) for era, text in NAMES.items()},
    "a summary of Jupyter": stores(JUPYTER, NAMED_LIST),
    "its colours": stores(jupyter("jupyter-named", "text_plain"), NAMED_LIST),
    "its HTML": stores(JUPYTER_HTML, NAMED_LIST),
    "a fitted network": fitted(),
    "a narrow box": stores(NARROW, LONG),
    "cut cells": summary(real("summaries/terminal-40.txt"), LONG),
    "two summaries": stores([stream(KERAS_2), *JUPYTER], *TWO),
    "one of two summaries": stores(JUPYTER, *TWO),
    "a summary before a log": Case(6, [stream(KERAS_3 + LOG_3)], (*EVENTS, SUMMARY_AT_FIT)),
    "a summary that was kept as a text": Case(5, [stream(KERAS_2)], ran=[stream(KERAS_3)]),
    "a summary that is cut off": summary(KERAS_2.partition("Trainable")[0], NAMED_LIST),
    "a summary whose columns were lost": summary(KERAS_2.replace("Output", "-"), NAMED_LIST),
    "a summary not reached": Case(5, [stream(KERAS_2)], status="not reached"),
    "a summary skipped": Case(5, [stream(KERAS_2)], source="model.summary()", status="skipped"),
    "a batch in the network's shapes": summary(KERAS_2, changed(output_shape=(32, 100))),
    "a batch in the shapes": summary(KERAS_3.replace("(None, 10", "(32, 10")),
    "a count of TensorFlow's own": summary(KERAS_2, replace(LIST, trainable_parameters=0), KERAS_3),
    "a functional model": summary(KERAS_2, replace(LIST, type="Functional", layers=())),
    **{f"a log of {version}": log(text) for version, text in LOGS.items()},
    **{f"verbose=2 of {version}": log(text) for version, text in LOGS_2.items()},
    **{f"a raw log of {version}": log(text, VALIDATES, **SMALL) for version, text in RAW.items()},
    "headers without numbers": Case(6, [stream(HEADERS), HISTORY]),
    "a training that stops early": log(LOG_2.partition("Epoch 4")[0], callbacks=("?",)),
    "steps per epoch": log(LOG_2.replace("1500/1500", "99/99"), "fit(steps_per_epoch=99)"),
    "images that are no array": log(LOG_2, images=None),
    "a validation_split that the fit asks for": log(LOG_1200, validation_split=0.2),
    "a training that goes on": log(TWICE, earlier_fits=1),
    "a training that counts on": Case(6, COUNTED_ON, (*EVENTS, SIXTH)),
    "a log where the run printed too much": Case(5, [stream(LOG_2)], ran=[stream("x" * 20_000)]),
    "a log not reached": Case(5, [stream(LOG_2)], status="not reached"),
    "a silent second training": Case(6, [stream(LOG_2)], (*EVENTS, replace(FIT, epochs=1))),
    "another training": log(RELU_LOG, "callbacks=[stop]", **RELU),
    "another training that goes the wrong way": log(RELU_LOG.replace("0.87", "0.17"), **RELU),
    "a loop of the author's": Case(8, [stream(OWN_LOOP)], ran=[stream(OWN_LOOP)]),
    "the same after the whole training": log(LOG_3, full=True, **AS_IN_LESSON),
    "shapes": printed(SHAPES, SHAPES, PRINTS),
    "shapes beside decimals": printed(f"0.53\n{SHAPES}", f"0.71\n{SHAPES}", PRINTS),
    "a number of numpy 2": printed("10\n", "np.int64(10)\n", "np.size(classes)"),
    "a download": printed(f"Downloading data from https://x.org/a\n{SHAPES}", SHAPES, PRINTS),
    "a download without an address": printed(f"Downloading 5 files\n{SHAPES}", SHAPES, PRINTS),
    "a line of a summary": printed(f"Model: a\n{SHAPES}", SHAPES, PRINTS),
    "a cell with shapes that raised": Case(
        *(1, [stream(SHAPES)], EVENTS, PRINTS, [stream("(60000, 784) (60000,)")], "raised"),
    ),
    "a run that printed too much beside shapes": printed(
        *(SHAPES, SHAPES.replace("48", "60").ljust(LONGEST_OUTPUT), PRINTS),
    ),
    "another number of lines": printed("(60000, 784)\nmore\n", "(48000, 784)\n", PRINTS),
    "chance": printed("7\n", "3\n", "len(set(np.random.permutation(n)))"),
    "labels": printed("[9 0 0 3]\n", "[1 2 3 4]\n", "print(labels[:4]); labels.shape"),
    "a count after the training": Case(8, [stream("14")], source="len(a)", ran=[stream("15")]),
    "a count of the cell that trains": Case(
        6, [stream("14")], source="len(a)", ran=[stream("15")], events=EVENTS
    ),
    "a prediction's shape": Case(
        *(8, [stream("(12000, 10) 7")], (*EVENTS, Predicted(7, 1, 2, None, (12000, 10)))),
        *("print(p.shape, len(a))", [stream("(12000, 10) 8")]),
    ),
    "a split with a seed": printed(SHAPES, SHAPES, f"split(x, random_state=42)\n{PRINTS}"),
    "the time": printed("Wall time: 5 s", "Wall time: 6 s", "%%time\nlen(x)"),
    "an evaluation": evaluated(0.37, 0.866),
    "an evaluation with more metrics": Case(
        *(7, [shown(text_plain="[0.3497, 0.8726, 0.5]")]),
        (*EVENTS, Evaluated(7, 1, 2, None, (0.35, 0.87, 0.1))),
        full=True,
    ),
    "an evaluation of a short training": evaluated(0.9, 0.6, full=False),
    "an evaluation after two trainings": replace(POOR, events=(*POOR.events, FIT_AGAIN)),
    "an evaluation of the sample": replace(POOR, sample_only=True),
    "an error that is meant": Case(5, [ERROR], tags=frozenset({"raises-exception"})),
    "an error that the run has, too": Case(5, [ERROR], status="raised"),
    "no text": Case(5, [stream("3", "stderr"), shown(image_png="aGk=", text_plain="<Figure>")]),
    "no outputs of nbformat": Case(5, STRANGE),
}

SMALLER = changed(units=64, parameters=50240, output_shape=(None, 64))
SMALLER = replace(SMALLER, trainable_parameters=50890)
SMALLER_NAMED = replace(SMALLER, name=NAMED.name)
THREE, FEWER = (replace(LIST, layers=one) for one in ((FLATTEN, HIDDEN, OUTPUT), (HIDDEN,)))
UNBUILT = replace(LIST, built=False, trainable_parameters=None, non_trainable_parameters=None)
FUNCTIONAL = replace(LIST, type="Functional", trainable_parameters=1010)
NARROW_LAYERS = FLATTEN, replace(HIDDEN, parameters=50240), *LONG.layers[2:]
UNITS = "parameters: stored 78500, this run gave 50240"

# The faults that are no edits of a text (those are in outputs.toml), each with words that its
# message must have.
SUMMARIES = {
    **{f"other units in a text of {era}": (UNITS, summary(LISTS[era], SMALLER)) for era in ERAS},
    "other units in Jupyter": ("output shape: stored (None, 100)", stores(JUPYTER, SMALLER_NAMED)),
    "other units in HTML": ("model name: stored '패션 MNIST 모델'", stores(JUPYTER_HTML, SMALLER)),
    "a narrow box": (
        "this run gave 79510",
        stores(NARROW, replace(LONG, trainable_parameters=79510)),
    ),
    "a fitted network": (
        "non trainable: stored 200, this run gave 0",
        fitted(non_trainable_parameters=0),
    ),
    "other units where the run printed too narrowly": (
        *(f"dense: {UNITS}", fitted(real("summaries/terminal-40.txt"), layers=NARROW_LAYERS)),
    ),
    "another shape": ("output shape", summary(KERAS_3, changed(output_shape=(None, 28, 100)))),
    "a row missing": (
        "layers: stored dense, dense_1, this run gave flatten",
        summary(KERAS_2, THREE),
    ),
    "a row too many": (
        "layers: stored dense, dense_1, this run gave dense",
        summary(KERAS_2, FEWER),
    ),
    "the order of the layers": (
        *(
            "type: stored Flatten, this run gave Dense",
            fitted(layers=(HIDDEN, FLATTEN, *LONG.layers[2:])),
        ),
    ),
    "a model that is never built": ("does not make one", Case(5, [stream(KERAS_2)])),
    "a cell that cannot give it": (
        "does not make one",
        Case(5, [stream(KERAS_2)], status="skipped"),
    ),
    "an unbuilt network": ("trainable: stored 79510, this run gave 0", summary(KERAS_3, UNBUILT)),
    "the second of two": (UNITS, stores([stream(KERAS_2), stream(KERAS_3)], LIST, SMALLER)),
    "neither of two": (
        *(
            "parameters: stored 9, this run gave 78500",
            stores([stream(KERAS_3.replace("78,500", "9"))], *TWO),
        ),
    ),
    "another functional model": (
        "trainable: stored 79510, this run gave 1010",
        summary(KERAS_2, FUNCTIONAL),
    ),
}
TOO_GOOD = re.sub(r"accuracy: 0\.(\d)", r"accuracy: 0.9\1", LOG_3)
WORSE = {"history": {"accuracy": (0.8, 0.862)}}
TRAININGS = {
    "a raw log that is cut": (
        *("The stored log stops in epoch", log(RAW["tf2.16"][:2000], VALIDATES, **SMALL)),
    ),
    "more epochs without numbers": ("has 5 epochs", log(HEADERS, epochs=3)),
    "steps of the lesson's split": ("the lesson's split", log(LOG_2, images=WHOLE)),
    "a validation that the cell does not make": (
        *("shows validation values", log(RAW["tf2.16"], **SMALL)),
    ),
    "steps of another training": ("the lesson's split", log(LOG_2, **{**RELU, "epochs": 5})),
    "a log of far too much training": ("not the lesson's", log(TOO_GOOD)),
    "no training": ("below this cell, but the cell does not make one", Case(5, [stream(LOG_2)])),
    "the first of two logs that count on": (
        *("has 5 epochs", Case(6, COUNTED_ON, (*swap(FIT, replace(FIT, epochs=4)), SIXTH))),
    ),
    "a second log": (
        "has 5 epochs",
        Case(6, [stream(LOG_2), stream(LOG_3)], (*EVENTS, replace(FIT, epochs=3))),
    ),
    "another end than the whole training's": (
        "not the one of this run",
        log(LOG_2, full=True, **WORSE),
    ),
}
VALUES = {
    "another shape of what was trained on": (
        "(60000, 784) is stored, but this cell gave (48000, 784)",
        replace(printed("(60000, 784)", "(48000, 784)", PRINTS), cell=8),
    ),
    "a count where nothing is trained": (
        "7 is stored, but this cell gave 8",
        Case(5, [stream("7")], EVENTS[:3], "len(a)", [stream("8")]),
    ),
    "another shape of a prediction": (
        "(60000, 10) is stored, but this cell gave (12000, 10)",
        Case(
            *(8, [stream("(60000, 10)")], (*EVENTS, Predicted(7, 1, 2, None, (12000, 10)))),
            *("print(p.shape)", [stream("(12000, 10)")]),
        ),
    ),
    "another evaluation": ("[0.3497132658958435, 0.87", evaluated(0.35, 0.6)),
    "another loss": ("0.8725833296775818] is stored", evaluated(0.6, 0.87)),
}
STOPPED = {
    "an error": ("saved with an error", Case(5, [ERROR])),
    "a long error": ("saved with an error", Case(5, [{**ERROR, "evalue": "x" * 300}])),
    "an error that is not complete": ("saved with an error", Case(5, [{"output_type": "error"}])),
}


def _stored(given: dict[str, Any]) -> str:
    """Give the text that a case of outputs.toml stores."""
    name = given.get("summary") or given.get("log")
    text = real(f"gate/stored/{name}.txt") if name else given["stored"]
    for old, new in pairs(given["edit"]) if "edit" in given else ():
        assert old in text, f"{old!r} does not stand in {name}"
        text = text.replace(old, new)
    return text.partition(given["until"])[0] if "until" in given else text


def _case(given: dict[str, Any]) -> Case:
    """Make a case of outputs.toml."""
    text = _stored(given)
    if "log" in given:
        return log(text, **given.get("fit", {}))
    if "summary" in given:
        model = NAMED_LIST if given.get("model") == "named" else LIST
        layers = replace(model.layers[0], **given.get("hidden", {})), model.layers[1]
        return summary(text, replace(model, layers=layers, **given.get("network", {})))
    return replace(printed(text, given["ran"], given["source"]), cell=given.get("cell", 1))


FAULTS = {
    f"{rule}: {name}": (rule, "error", word, case)
    for rule, cases in (
        ("stored-summary", SUMMARIES),
        ("stored-log", TRAININGS),
        ("stored-value", VALUES),
        ("stored-error", STOPPED),
    )
    for name, (word, case) in cases.items()
} | {
    f"{rule}: {name}": (rule, severity, given["says"], _case(given))
    for severity, rules in read_toml(Path(__file__).with_name("outputs.toml")).items()
    for rule, cases in rules.items()
    for name, given in cases.items()
}
