"""A live session as it is noted: its cells in their order, places in them, and their errors."""

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traces import LESSON, REFERENCE
from traitlets.config import Config

from fmnist_spec.gate.course.config import Config as Course
from fmnist_spec.gate.events import DataLoaded
from fmnist_spec.gate.live.session import Session
from fmnist_spec.gate.trace import CellRun
from fmnist_spec.gate.verdict import judge_run


class Watched:
    """A shell, a session that begins with ``watch()`` in a cell, and a call that is watched."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        shell.user_ns.update(watch=self.watch, load=self.load)

    def watch(self) -> None:
        self.session = session = Session(self.shell)

        def end(result: Any) -> None:
            session.end(result.execution_count, result.error_before_exec or result.error_in_exec)

        self.shell.events.register("pre_run_cell", lambda info: session.begin(info.raw_cell))
        self.shell.events.register("post_run_cell", end)

    def load(self) -> None:
        line = self.session.line_of(sys._getframe(1))
        self.session.add(DataLoaded(self.session.cell, line, "mnist"))

    def run(self, *sources: str) -> "Watched":
        for one in sources:
            self.shell.run_cell(one, store_history=True)
        return self

    @property
    def runs(self) -> list[CellRun]:
        return [*self.session.trace(REFERENCE).cells]

    @property
    def places(self) -> list[str]:
        cells = self.session.notebook().cells
        return [cells[one.cell].place(one.line) for one in self.session.told.values()]


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """A shell of its own, which keeps no history in files."""
    monkeypatch.setattr(sys, "displayhook", sys.displayhook)
    module = ModuleType("a_session")
    monkeypatch.setitem(sys.modules, "a_session", module)
    config = Config({"HistoryManager": {"enabled": False}})
    return Watched(InteractiveShell(config=config, user_module=module))


def test_calls_are_placed_by_the_number_beside_their_cell_and_their_line(live: Watched) -> None:
    """Through functions of other cells, below %%time, behind blank lines, and in a cell again."""
    live.run("watch()", "def inner():\n    load()", "\n\nx = 1\nload()", "1\ninner()")
    live.run(
        "%%time\nx = 2\nload()", "load()", "\n%%time\n\n\nload()", "x = 1\nx = 2\n%time load()"
    )
    lines = ["In [3], line 4", "In [4], line 2", "In [5], line 3", "In [6], line 1"]
    assert live.places == [*lines, "In [7], line 5", "In [8], line 3"]


def test_a_call_of_the_cell_that_asks_is_placed_too(live: Watched) -> None:
    """The magic may stand below code, in one cell."""
    live.shell.user_ns["ask"] = lambda: found.extend(live.places)
    found: list[str] = []
    live.run("watch()", "load()\nask()")
    assert found == ["In [2], line 1"]


def test_an_error_is_told_with_its_line_and_the_name_that_was_meant(live: Watched) -> None:
    """As a run of the file tells it."""
    live.run("watch()", "numbers = [1]\n\nprint(numbrs)", "x = (")
    (_, undefined, wrong), cells = live.runs, live.session.notebook().cells
    assert undefined.error is not None
    told = undefined.error.type, undefined.error.line, undefined.error.near
    assert told == ("NameError", 3, "numbers")
    assert wrong.error is not None
    assert (wrong.error.type, wrong.error.line) == ("SyntaxError", 1)
    assert cells[1].tags == frozenset(), "nothing ran to its end behind it"


def test_who_goes_on_after_an_error_has_dealt_with_it(live: Watched) -> None:
    """The cell was corrected and run again; only the last error is one."""
    live.run("watch()", "1 / 0", "x = 1", "1 / 0")
    tagged = [bool(one.tags) for one in live.session.notebook().cells]
    assert tagged == [True, True, False, False]
    assert [one.status for one in live.runs] == ["ok", "raised", "ok", "raised"]


@pytest.mark.parametrize(
    ("before", "unseen"),
    [
        ("!pip install fmnist-spec", False),
        ("from keras.layers import (\n    Dense,\n    Flatten)\nimport sklearn", False),
        ("(x, y), _ = keras.datasets.mnist.load_data()", True),
        ("model.fit(x, y)", True),
    ],
)
def test_code_that_ran_before_leaves_rules_undecided(
    live: Watched, before: str, unseen: bool
) -> None:
    """What is missing may have been there; imports and installing are no such code."""
    live.shell.history_manager.store_inputs(1, before)
    live.shell.execution_count += 1
    live.run("watch()")
    trace, notebook = live.session.trace(REFERENCE), live.session.notebook()
    config = Course(select=("data-set", "training"))
    result = judge_run(notebook, trace, {"lesson.toml": LESSON}, config, 0.0)
    assert bool(result.undecided) is unseen
    assert (result.verdict, bool(result.findings)) == (
        ("error", False) if unseen else ("fail", True)
    )
    assert not unseen or "restart the kernel" in result.reason


def test_a_fault_of_ours_is_kept_and_not_raised(live: Watched) -> None:
    """It is told by %fmnist_spec: no cell notices."""
    live.run("watch()")
    live.session.say("fault", "Traceback\nValueError: odd")
    live.session.say("training", True)
    assert live.session.faults == ["Traceback\nValueError: odd"]
    assert live.session.line_of(None) is None  # type: ignore[arg-type]
