"""What a notebook may take of time: its own, and that of trainings, which has a limit apart."""

from collections.abc import Callable, Iterator

import pytest
from notebooks import LESSON, Run, as_cells
from sampling import few
from traces import CELLS, expect, trace

from fmnist_spec.data import load_data
from fmnist_spec.dataset import repeated
from fmnist_spec.gate.confine.sandbox import Limits, RunSettings
from fmnist_spec.gate.run import progress as process
from fmnist_spec.gate.run.progress import RunProgress
from fmnist_spec.gate.run.protocol import Start, write_message
from fmnist_spec.gate.run.runner import Runner
from fmnist_spec.gate.trace import Ended, Trace

LIMITS = Limits(cell_seconds=10, notebook_seconds=25, training_seconds=60)
CELL, NOTEBOOK, TRAINING = "cell_seconds", "notebook_seconds", "training_seconds"
# What a child says, each at a second of the clock; then what is left at the last of them.
SAID = {
    "a cell": ([(0, "cell", 0)], 4, (6, CELL)),
    "a second cell": ([(0, "cell", 0), (9, "cell", 1)], 17, (2, CELL)),
    "the whole": ([(0, "cell", 0), (9, "cell", 1), (18, "cell", 2)], 24, (1, NOTEBOOK)),
    "a training": ([(0, "cell", 0), (5, "training", True)], 45, (20, TRAINING)),
    "after a training": (
        *([(0, "cell", 0), (5, "training", True), (55, "training", False)], 57),
        (3, CELL),  # 5 seconds before it, 2 after it
    ),
    "a second training of the cell": (
        [(0, "cell", 0), (0, "training", True), (50, "training", False), (51, "training", True)],
        *(56, (5, TRAINING)),
    ),
    "a training of the next cell": (
        [(0, "cell", 0), (0, "training", True), (50, "cell", 1), (52, "training", True)],
        *(53, (59, TRAINING)),
    ),
    "an end without a beginning": ([(0, "cell", 0), (3, "training", False)], 4, (6, CELL)),
    "a beginning within one": (
        *([(0, "cell", 0), (5, "training", True), (30, "training", True)], 45, (20, TRAINING)),
    ),
    "a training that its cell left open": (
        *([(0, "cell", 0), (5, "training", True), (9, "cell", 1)], 15, (4, CELL)),
    ),
}


@pytest.mark.parametrize(("said", "at", "left"), SAID.values(), ids=SAID)
def test_a_training_counts_against_its_own_limit_only(
    monkeypatch: pytest.MonkeyPatch,
    said: list[tuple[float, str, object]],
    at: float,
    left: tuple[float, str],
) -> None:
    """Of all limits the one that ends first is told; all trainings of a cell share theirs."""
    clock = [0.0]
    monkeypatch.setattr(process.time, "monotonic", lambda: clock[0])
    progress = RunProgress()
    for clock[0], kind, value in [(0, "start", Start("2", "3", ())), *said]:
        progress.take(write_message(kind, value))
    clock[0] = at
    assert progress.time_left(LIMITS)[:2] == left, progress


@pytest.fixture(scope="module")
def run_fully() -> Iterator[Callable[..., Trace]]:
    """Run cells with trainings that are not shortened."""
    load = lambda: repeated(load_data(sample=True, lesson=LESSON), LESSON.data)  # noqa: E731
    with Runner(LESSON.data.dataset, load, RunSettings(full=True)) as runner:
        yield lambda *sources, limits: runner.run(as_cells(*sources), None, limits)


MODEL = """import time
import numpy as np
from tensorflow import keras
model = keras.Sequential([keras.Input(shape=(2,)), keras.layers.Dense(1)])
model.compile(loss='mse')
x, y = np.zeros((8, 2)), np.zeros((8, 1))
class Slow(keras.callbacks.Callback):
    def __init__(self, seconds):
        super().__init__()
        self.seconds = seconds
    def on_epoch_end(self, epoch, logs=None):
        self.model.evaluate(x, y, verbose=0)
        time.sleep(self.seconds)
def train(seconds):
    model.fit(x, y, epochs=1, verbose=0, callbacks=[Slow(seconds)])
train(0)"""
SHORT = Limits(cell_seconds=6, notebook_seconds=60, training_seconds=30)
LOADED = "time.sleep(1)\ntrain(8)\ntime.sleep(1)"


def test_a_sound_notebook_may_train_longer_than_a_cell_may_take(
    run_fully: Callable[..., Trace],
) -> None:
    """On a machine that is busy, --full ends no training by the limit of a cell."""
    found = run_fully(MODEL, LOADED, "done = 1", limits=SHORT)
    assert found.ended is None, found.ended
    assert [one.status for one in found.cells] == ["ok"] * 3, found.cells


ENDED = {
    "a training": ("train(60)", TRAINING, 5),
    "trainings without end": ("while True: train(0.5)", TRAINING, 5),
    "a loop after a training": ("train(8)\nwhile True: pass", CELL, 20),
    "a training that raises, and a loop": (
        *("try: train('x')\nexcept TypeError: pass\nwhile True: pass", CELL, 20),
    ),
}


@pytest.mark.parametrize(("source", "limit", "training"), few(ENDED.values()), ids=few(ENDED))
def test_the_limit_that_ends_a_run_is_told(
    run_fully: Callable[..., Trace], source: str, limit: str, training: float
) -> None:
    """Trainings have an end, too, and what is no training is still held to the cell's limit."""
    found = run_fully(MODEL, source, limits=Limits(6, 60, training_seconds=training))
    assert found.ended is not None, found.cells
    assert (found.ended.why, found.ended.cell, found.ended.limit) == ("time", 1, limit), found.ended


def test_without_full_a_training_is_held_to_the_limit_of_its_cell(run: Run) -> None:
    """A training that is shortened takes no time: what takes long in it is the notebook's own."""
    found = run(MODEL, LOADED, limits=SHORT)
    assert found.ended is not None, found.cells
    assert (found.ended.cell, found.ended.limit) == (1, CELL), found.ended


CPU = "import resource\nprint(resource.getrlimit(resource.RLIMIT_CPU)[0])"


def test_the_kernels_limit_leaves_room_for_trainings(
    run: Run, run_fully: Callable[..., Trace]
) -> None:
    """What the kernel limits is processor time: with --full that of every cell's trainings, too."""
    shortened, full = (
        int(one(CPU, "2", limits=LIMITS).cells[0].outputs[0]["text"]) for one in (run, run_fully)
    )
    assert full - shortened >= 2 * LIMITS.training_seconds, (shortened, full)


TOLD = {
    CELL: ("than cell_seconds allows", "a loop that never ends", "set a higher cell_seconds"),
    NOTEBOOK: ("than notebook_seconds", "a loop that never ends", "set a higher notebook_seconds"),
    TRAINING: ("training took longer than training_seconds", "or set a higher training_seconds"),
}


@pytest.mark.parametrize("limit", TOLD)
def test_the_finding_names_the_limit_and_how_to_set_it(limit: str) -> None:
    """A long training is no loop without end: the message of its limit does not speak of one."""
    ended = Ended("time", 2, "it ran over its limit of 60 s", limit)
    found = trace(ended=ended, cells=trace().cells[:3])
    (finding,) = expect(found, "run-ended", cells=CELLS, cell=2)
    missing = [words for words in TOLD[limit] if words not in finding.message]
    assert not missing, f"{missing} not in {finding.message}"
    assert ("loop" in finding.message) == (limit != TRAINING), finding.message
