"""The rules as pure functions, on traces built in code."""

from dataclasses import replace
from functools import partial

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
    IMAGES,
    LIST,
    LOADED,
    NAMED,
    NAMED_LIST,
    NETWORK,
    OTHER_PARTS,
    OUTPUT,
    PARTS,
    SPLIT,
    SUMMARY,
    built,
    expect,
    images,
    judge_trace,
    layer,
    swap,
    trace,
)

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.events import WEIGHTED, Evaluated, Event, Refused
from fmnist_spec.gate.evidence import RULES as REGISTERED
from fmnist_spec.gate.trace import CellError, CellRun, Ended

RELU = replace(NETWORK, layers=(FLATTEN, layer(100, "relu"), OUTPUT), input_shape=(None, 28, 28))
ADAM = replace(COMPILE, optimizer="adam", model=3)
FLOAT32 = 0.0010000000474974513  # 0.001 in it
EXTRA = (
    built(3, "list", RELU, 7),
    replace(ADAM, cell=7),
    replace(FIT, model=3, network=RELU, cell=7, epochs=20),
)
network = partial(replace, NETWORK)
NETWORKS = {
    "fewer units": network(layers=(layer(64, "sigmoid"), OUTPUT)),
    "another activation": network(layers=(layer(100, "relu"), OUTPUT)),
    "softmax in the hidden layer": network(layers=(layer(100, "softmax"), OUTPUT)),
    "no activation": network(layers=(HIDDEN, layer(10, "linear"))),
    "layers the other way round": network(layers=(OUTPUT, HIDDEN)),
    "no bias": network(layers=(layer(100, "sigmoid", use_bias=False), OUTPUT)),
    "frozen": network(layers=(HIDDEN, layer(10, "softmax", trainable=False))),
    "one more layer": network(layers=(HIDDEN, HIDDEN, OUTPUT)),
    "one layer less": network(layers=(OUTPUT,)),
    "another input": network(input_shape=(None, 783)),
    "no input": network(input_shape=None),
    "a fixed batch": network(input_shape=(32, 784)),
    "another kind of layer": network(layers=(HIDDEN, layer(10, "softmax", type="Conv2D"))),
    "another kind of model": network(type="Functional"),
}
STRANGE = {"images": images("other", scaling="other", order="unknown", paired=None)}
FITS = {
    "raw pixels": ("scaling", {"images": images(scaling="raw", maximum=255.0)}),
    "scaled twice": ("scaling", {"images": images(scaling="twice")}),
    "standardised": ("scaling", STRANGE),
    "raw validation": ("scaling", {"validation": images(scaling="raw", part="validation")}),
    "transposed": ("pixel-order", {"images": images(order="other order")}),
    "other images, transposed": ("pixel-order", {"images": images("other", order="other order")}),
    "validation part": ("training-part", {"images": images("validation")}),
    "test part": ("training-part", {"images": images("test")}),
    "the whole": ("training-part", {"images": images("whole")}),
    "a slice": ("training-part", {"images": images("other", shape=(100, 784))}),
    "a single number": ("training-part", {"images": images("other", shape=())}),
    "validation_split": ("training-part", {"validation_split": 0.2}),
    "no array": ("training-part", {"images": None}),
    "shuffled labels": ("pairing", {"images": images(paired=False)}),
    "more images than labels": ("pairing", {"images": images(labels=10_000, paired=None)}),
    "validated on the training images": ("validation-part", {"validation": IMAGES}),
    "one epoch": ("epochs", {"epochs": 1}),
    "the last two of five epochs": ("epochs", {"initial_epoch": 3}),
    "another batch": ("batch-size", {"batch_size": 64}),
    "no learning": ("accuracy-rises", {"history": {"acc": (0.1, 0.1)}}),
    "no number": ("accuracy-rises", {"history": {"accuracy": (0.1, float("nan"))}}),
    "a weak whole training": (
        "accuracy-rises",
        {"history": {"accuracy": (0.1, 0.5)}, "shortened": False},
    ),
    "another rate when fit() began": ("learning-rate", {"learning_rate": 0.01}),
    "another optimizer when fit() began": ("optimizer", {"optimizer": "adam"}),
    "old weights": ("retrained", {"earlier_fits": 1, "recompiled": True}),
}
COMPILES = {
    "another loss": ("loss", {"loss": "mse"}),
    "a loss of the author's": ("loss", {"loss": "?"}),
    "a loss in parts": ("loss", {"loss": f"sparse_categorical_crossentropy{WEIGHTED}[2.0]"}),
    "no metric": ("metrics", {"metrics": ()}),
    "another metric": ("metrics", {"metrics": ("mse",)}),
    "another optimizer": ("optimizer", {"optimizer": "adam"}),
    "another rate": ("learning-rate", {"learning_rate": 0.01}),
    "a schedule": ("learning-rate", {"learning_rate": None}),
    "a string": ("metrics-string", {"metrics_as_string": True}),
    "an unknown loss, fitted": ("loss", {"loss": "?", "unknown": ("mean",)}),
}
SPLITS = {
    "no seed": {"random_state": None},
    "another seed": {"random_state": 7},
    "another size": {"test_size": 0.25, "sizes": (45000, 15000)},
    "no shuffling": {"shuffle": False, "random_state": None},
    "stratified": {"stratified": True},
    "of the test images": {"whole": PARTS.contents("in order")["test"], "sizes": (8000, 2000)},
    "of parts that nobody told": {"sizes": ()},
}
OTHER_SPLIT = replace(SPLIT, parts=OTHER_PARTS)
OTHER_FIT = replace(FIT, images=images("other"))
SMALLER = network(layers=(layer(50, "sigmoid"), OUTPUT))
FROZEN = network(layers=(replace(HIDDEN, trainable=False), OUTPUT))
SOUND = {  # the events of notebooks in which no rule finds anything
    "nothing else": EVENTS,
    "split by the author's own code": swap(SPLIT),
    "other networks, compiled and trained otherwise": (*EVENTS, *EXTRA),
    "a wrong draft before the right model": swap(LIST, built(5, "list", SMALLER, 1), LIST),
    "the lesson's rate when fit() began": swap(FIT, replace(FIT, learning_rate=FLOAT32)),
    "the lesson's optimizer when fit() began": swap(FIT, replace(FIT, optimizer="rmsprop")),
    "the last five of ten epochs": swap(FIT, replace(FIT, epochs=10, initial_epoch=5)),
    "a rate as float32 has it": swap(COMPILE, replace(COMPILE, learning_rate=FLOAT32)),
    "a loop of 100 models": swap(LIST, LIST, *(built(10 + at, "list") for at in range(100))),
}
MNIST = swap(LOADED, replace(LOADED, dataset="mnist"), events=swap(FIT, replace(FIT, **STRANGE)))
MNIST = swap(SPLIT, replace(OTHER_SPLIT, whole=None), events=MNIST)
RAW = Evaluated(8, 1, 2, images("test", scaling="raw"), (0.1,))
TWICE = swap(SPLIT, *(replace(OTHER_SPLIT, random_state=seed, cell=seed) for seed in (7, 8)))
TWICE = swap(FIT, OTHER_FIT, events=TWICE)
UNSEEDED = swap(
    SPLIT, *(replace(OTHER_SPLIT, random_state=s, cell=c) for s, c in ((None, 7), (8, 8)))
)
UNSEEDED = swap(FIT, OTHER_FIT, events=UNSEEDED)
NAMED_ADD = built(5, "add", NAMED, 3), replace(SUMMARY, model=5)
UNKNOWN = replace(COMPILE, model=0, unknown=("sparse_crossentropi",))
REFUSED = [Refused(cell, 1, "network", "example.org") for cell in (3, 5)]
FAULTS = {  # events, the rule that finds something in them, and what its one finding says
    "no split, and training on all images": (
        *(swap(FIT, replace(FIT, images=images("whole")), events=swap(SPLIT)), "split", {}),
    ),
    "no list style": (swap(LIST), "style-list", {}),
    "no named style": (swap(NAMED_LIST), "style-named", {}),
    "a mixed style for the add style": (swap(ADD, built(2, "mixed")), "style-add", {}),
    "a summary of another model than the named one": (
        *(swap(SUMMARY, replace(SUMMARY, model=0, network=NETWORK)), "summary", {}),
    ),
    "a summary of another style with its names": (swap(SUMMARY, *NAMED_ADD), "summary", {}),
    "split twice with other seeds, and trained on the last": (TWICE, "split", {"cell": 8}),
    "split without a seed, then with another": (UNSEEDED, "split", {"cell": 7}),
    "a wrong style, and an extra": (
        *((*swap(LIST, replace(LIST, network=SMALLER)), *EXTRA), "network", {"cell": LIST.cell}),
    ),
    "only other networks trained": ((*swap(FIT), *EXTRA), "training", {}),
    "a network frozen after it was built": (
        *(swap(FIT, replace(FIT, network=FROZEN)), "network", {"cell": FIT.cell}),
    ),
    "raw images in evaluate": ((*EVENTS, RAW), "scaling", {"cell": 8}),
    "another data set": (MNIST, "data-set", {}),
    "a misspelt loss, never fitted": ((*EVENTS, UNKNOWN), "never-fitted", {"severity": "warning"}),
    "refused twice, told once": ((*EVENTS, *REFUSED), "refused", {"severity": "warning"}),
}


def test_every_rule_has_a_text_and_a_function() -> None:
    """rules.toml and the functions name the same rules, and every text can be filled in."""
    assert RULES.keys() == REGISTERED.keys()
    for id, rule in RULES.items():
        for template in (rule.requires, rule.wrong, rule.right):
            assert template.format(lesson=LESSON), f"{id}: nothing is said"


@pytest.mark.parametrize("events", SOUND.values(), ids=SOUND)
def test_what_is_sound_has_no_findings(events: tuple[Event, ...]) -> None:
    """The lesson's notebook satisfies every rule, whatever else it shows."""
    expect(trace(*events))


@pytest.mark.parametrize(("events", "rule", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_finding(events: tuple[Event, ...], rule: str, told: dict) -> None:
    """What a fault causes elsewhere is not blamed as well."""
    expect(trace(*events), rule, **told)


@pytest.mark.parametrize("event", [LIST, NAMED_LIST, ADD], ids=["list", "named", "add"])
@pytest.mark.parametrize("wrong", NETWORKS.values(), ids=NETWORKS)
def test_another_network_is_found_in_each_style(event: Event, wrong: object) -> None:
    """A style whose network differs in one respect is named with its cell."""
    layers = [
        replace(one, name=other.name)
        for one, other in zip(wrong.layers, event.network.layers, strict=False)
    ]
    layers += wrong.layers[len(layers) :]
    changed = replace(wrong, name=event.network.name, layers=tuple(layers))
    expect(trace(*swap(event, replace(event, network=changed))), "network", cell=event.cell)


@pytest.mark.parametrize(("rule", "changes"), FITS.values(), ids=FITS)
def test_another_training_is_found(rule: str, changes: dict[str, object]) -> None:
    """A fit that differs in one respect has the finding for it, at the fit."""
    expect(trace(*swap(FIT, replace(FIT, **changes))), rule, line=61)


@pytest.mark.parametrize(("rule", "changes"), COMPILES.values(), ids=COMPILES)
def test_another_compile_is_found(rule: str, changes: dict[str, object]) -> None:
    """A compile that differs in one respect has the finding for it, at the compile."""
    expect(trace(*swap(COMPILE, replace(COMPILE, **changes))), rule, line=51)


@pytest.mark.parametrize("changes", SPLITS.values(), ids=SPLITS)
def test_another_split_is_found(changes: dict[str, object]) -> None:
    """A split that is not the lesson's is found, and the training on it is not blamed twice."""
    wrong = replace(OTHER_SPLIT, **changes)
    expect(trace(*swap(FIT, OTHER_FIT, events=swap(SPLIT, wrong))), "split")


def test_names_on_the_list_style_do_not_make_it_the_named_style() -> None:
    """A list whose layers carry names and whose model does not is the list style."""
    layers_only = replace(NAMED_LIST, network=replace(NAMED, name="sequential"), model_named=False)
    expect(trace(*swap(LIST, replace(layers_only, model=0))))
    named = {**vars(LIST), "layers_named": (True, True), "network": layers_only.network}
    expect(trace(*swap(NAMED_LIST, type(LIST)(**{**named, "model": 1}))), "names")


def test_each_wrong_name_is_found() -> None:
    """The names of the model and of both layers are held to the lesson's."""
    layers = tuple(replace(one, name=f"other{at}") for at, one in enumerate(NAMED.layers))
    event = replace(NAMED_LIST, network=replace(NAMED, name="other", layers=layers))
    found = expect(trace(*swap(NAMED_LIST, event)), "names", "names", "names")
    assert [one.observed for one in found] == ["other", "other0", "other1"]


def test_names_of_other_layers_than_the_networks_are_not_compared() -> None:
    """What a process tells may not fit together; the model's own name is held to the lesson's."""
    event = replace(NAMED_LIST, network=replace(NAMED, name="other"), layers_named=(True,) * 3)
    (found,) = expect(trace(*swap(NAMED_LIST, event)), "names")
    assert found.observed == "other"


def test_a_model_built_before_its_summary_needs_no_input_shape() -> None:
    """build() in a later cell gives the input shape as well as input_shape does."""
    unbuilt = replace(NETWORK, built=False, input_shape=None)
    late = replace(LIST, network=unbuilt)
    summary = replace(SUMMARY, model=0, network=NETWORK)
    expect(trace(*swap(LIST, late, summary)))
    expect(trace(*swap(LIST, late)), "network")
    trained = replace(COMPILE, model=0), replace(FIT, model=0)  # fit() built it, and too late
    expect(trace(*swap(LIST, late, *trained, summary)), "network")


DUMMY = Event(0, 1)


def test_no_data_set_is_found() -> None:
    """A notebook that loads nothing and trains nothing lacks data, split, styles and training."""
    missing = ["data-set", "split", "style-add", "style-list", "style-named", "training"]
    expect(trace(DUMMY), *missing)


def raising(kind: str, message: str, tags: frozenset[str] = frozenset()) -> tuple[object, object]:
    """Give a trace whose cell 3 raised, and the cells."""
    runs = list(trace().cells)
    runs[3] = CellRun(3, "raised", CellError(kind, message, 2), "", 0.1)
    runs[4:] = [replace(run, status="not reached") for run in runs[4:]]
    cells = (*CELLS[:3], replace(CELLS[3], tags=tags), *CELLS[4:])
    return trace(LOADED, SPLIT, LIST, cells=tuple(runs)), cells


def test_a_cell_that_raises_is_the_only_finding() -> None:
    """What is missing after a cell that raised is not held against the notebook."""
    found, cells = raising("ValueError", "in user code:\n\n  File x\n\n  ValueError: bad loss\n")
    told = {"cell": 3, "line": 32, "observed": "ValueError: bad loss"}
    expect(found, "cell-raises", cells=cells, **told)


def test_a_first_cell_that_raises_is_the_only_finding() -> None:
    """Also where nothing ran before it."""
    runs = [replace(run, status="not reached") for run in trace().cells]
    runs[0] = CellRun(0, "raised", CellError("ImportError", "no keras", 1), "", 0.1)
    (one,) = expect(trace(DUMMY, cells=tuple(runs)), "cell-raises")
    assert "Install" in one.message


def test_a_cell_tagged_raises_exception_may_raise() -> None:
    """Jupyter's tag is honoured; missing parts are told then."""
    found, cells = raising("ValueError", "as meant", frozenset({"raises-exception"}))
    expect(found, "style-add", "style-named", "training", cells=cells)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("Expected `metrics` argument to be a list, tuple, or dict.", "metrics=['accuracy']"),
        ("Expected all entries in the `metrics` list to be metric objects.", "Write a list"),
        ("'패션 MNIST 모델' is not a valid root scope name.", "ASCII"),
        ("Argument(s) not recognized: {'lr': 0.1}", "learning_rate"),
        ("Cannot convert '784' to a shape.", "tuple"),
        ("EOF when reading a line", "input()"),
        ("Expected `loss_weights` argument to be a float.", "metrics=["),
        ("[Errno 27] File too large", "200 MB"),
        ("'Sequential' object has no attribute 'predict_classes'", "predict()"),
    ],
)
def test_what_changed_in_tensorflow_is_explained(message: str, told: str) -> None:
    """An error that a change of TensorFlow causes is explained with its remedy."""
    found, cells = raising("ValueError", message)
    (one,) = expect(found, "cell-raises", cells=cells)
    assert told in one.message


@pytest.mark.parametrize(("kind", "told"), [("AssertionError", True), ("ValueError", False)])
def test_an_assertion_after_a_shortened_training_may_be_no_fault(kind: str, told: bool) -> None:
    """Where only a few images were trained on, the finding says so, and how to train on all."""
    last = CellRun(8, "raised", CellError(kind, "", 1), "", 0.1)
    (one,) = expect(trace(cells=(*trace().cells[:8], last)), "cell-raises")
    assert ("Check the notebook with --full" in one.message) == told


def test_a_name_that_a_later_cell_defines_is_explained() -> None:
    """A NameError says which later cell defines the name; a cell that is too deep tells nothing."""
    found, cells = raising("NameError", "name 'later' is not defined")
    sources = {3: "later = 1", 5: f"later = {'-' * 100_000}1", 6: "later = 1"}
    cells = [replace(one, source=sources.get(one.index, one.source)) for one in cells]
    (one,) = expect(found, "cell-raises", cells=cells)
    assert "later is defined only in a cell below (cell 7)." in one.message


@pytest.mark.parametrize("why", ["time", "memory", "exit", "killed"])
def test_a_run_that_ended_early_is_one_finding(why: str) -> None:
    """A run that was stopped is one finding with its cell, and nothing missing is told."""
    found = trace(LOADED, ended=Ended(why, 2, "60 s"))
    expect(found, "run-ended", cell=2, line=21, observed="60 s")


def test_a_skipped_part_is_missing() -> None:
    """A part of the lesson in a cell that was not run is missing, and the note says why."""
    runs = list(trace().cells)
    runs[4] = replace(runs[4], status="skipped", reason="it holds a shell escape")
    events = swap(FIT, events=swap(COMPILE, events=swap(ADD)))
    found = trace(*events, cells=tuple(runs))
    findings = expect(found, "not-run", "style-add", "training")
    told = next(one for one in findings if one.rule == "style-add")
    assert told.message.endswith("Cells that were not run: cell 5.")


@pytest.mark.parametrize(
    ("counts", "stale"),
    [
        *(([7, 8, 9], None), ([None, None, 2], None), ([1, 3, 5], "others-between")),
        *(([1, 5, 3], "others-between"), ([0, 0, 0], None), ([1, 1, 1], None), ([-1, -1, 3], None)),
        *(([0, 1, 2], None), ([1, 1, 2], "other-order"), ([0, 2, 4], "others-between")),
        ([2, 3, 1], "other-order"),
    ],
    ids=str,
)
def test_stale_numbering_is_told(counts: list[int | None], stale: bool) -> None:
    """Execution counts that do not go up by one are a note."""
    cells = [replace(cell, execution_count=one) for cell, one in zip(CELLS, counts, strict=False)]
    cells = [*cells, *CELLS[len(cells) :]]
    at = 2 if counts[0] in (0, 2) else 1
    expect(trace(), *(["numbering"] * bool(stale)), cells=cells, says=stale, cell=at)


def test_severity_and_selection_are_taken_over() -> None:
    """The settings may limit the rules and change their severity."""
    wrong = trace(*swap(FIT, replace(FIT, epochs=1, batch_size=1)))
    found = judge_trace(wrong, ids={"epochs"}, severity={"epochs": "note"})
    assert [(one.rule, one.severity) for one in found] == [("epochs", "note")]


def test_what_a_training_is_told_is_shown() -> None:
    """A loss that is not given is unknown; several unknown names are told together."""
    (none,) = expect(trace(*swap(COMPILE, replace(COMPILE, loss=None))), "loss")
    assert str(none.observed) == "unknown"
    (parts,) = expect(trace(*swap(COMPILE, replace(COMPILE, loss=f"mse{WEIGHTED}[2]"))), "loss")
    assert parts.observed == "mse with loss_weights=[2]"
    both = replace(UNKNOWN, unknown=("sparse", "acuracy"))
    (names,) = expect(trace(*EVENTS, both), "never-fitted")
    assert names.observed == "sparse, acuracy"


@pytest.mark.parametrize(
    ("accuracies", "rules"), [((0.6, 0.5, 0.8), []), ((0.6, 0.8, 0.5), ["accuracy-rises"])]
)
def test_an_accuracy_rises_from_the_first_epoch_to_the_last(accuracies, rules) -> None:
    """Whatever it does between."""
    history = {"accuracy": accuracies, "loss": (1.0, 1.0, 1.0)}
    expect(trace(*swap(FIT, replace(FIT, history=history))), *rules)


def test_as_many_labels_as_images_are_asked_for() -> None:
    """Of any shape that images have."""
    for shape in ((48_000, 784), (48_000, 28, 28)):
        expect(trace(*swap(FIT, replace(FIT, images=replace(IMAGES, shape=shape, labels=48_000)))))
