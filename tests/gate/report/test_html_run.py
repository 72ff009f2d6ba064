"""A run that is to be shown as a page: what is told and kept for it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from notebooks import SOUND, Run, as_notebook, write
from pages import page

from fmnist_spec.gate.check import Checker, load_served
from fmnist_spec.gate.confine.sandbox import RunSettings
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.selection import Found
from fmnist_spec.gate.events import Fitted
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.report.html import excerpt


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Result]]:
    """Check the sound notebook, and one whose pixels are not divided, as for a page."""
    folder = tmp_path_factory.mktemp("course")
    raw = {**SOUND, "prepare": SOUND["prepare"].replace(" / 255.0", "")}
    files = [write(folder / "sound.ipynb"), write(folder / "raw.ipynb", raw)]
    load = lambda lesson: load_served(lesson, sample=True)  # noqa: E731
    with Checker(Config(), load, RunSettings(shown=True)) as checker:
        yield [*checker.check_all(map(Found, files), jobs=1)]


def of(result: Result) -> Fitted:
    assert result.trace is not None
    (fit,) = (one for one in result.trace.events if isinstance(one, Fitted))
    return fit


def test_a_run_tells_the_images_that_it_trained_on(results: list[Result]) -> None:
    """In their range, so that the page shows which notebook did not divide them."""
    sound, raw = (of(one).pictures for one in results)
    assert sound is not None
    assert raw is not None
    assert (sound.count, sound.height, sound.width) == (8, 28, 28)
    assert (sound.minimum, sound.maximum, raw.minimum, raw.maximum) == (0, 1, 0, 255)
    assert sound.values == raw.values


def test_the_page_shows_the_run(results: list[Result]) -> None:
    """Cells, the network, both charts and the images of each notebook."""
    written = page(*results)
    assert [one.verdict for one in results] == ["pass", "fail"], results
    assert [len(one.shown) for one in results] == [len(as_notebook(SOUND).cells)] * 2
    assert written.count('<figure class="strip">') == 2
    assert written.count('<figure class="chart">') == 4
    assert written.count("Red is above that") == 1


def test_a_run_that_is_not_shown_tells_no_images(run: Run) -> None:
    """It is as fast and as small as if there were no page."""
    trained = SOUND["fit"].replace("train_scaled, train_target", "np.zeros((9, 784)), np.zeros(9)")
    sources = "import numpy as np\nfrom tensorflow import keras", SOUND["list"], SOUND["compile"]
    trace = run(*sources, trained)
    (fit,) = (one for one in trace.events if isinstance(one, Fitted))
    assert fit.pictures is None


def test_what_breaks_a_cell_costs_only_the_cells(results: list[Result], tmp_path: Path) -> None:
    """A file that was deleted meanwhile cannot be shown; its verdict is the same."""
    bare = results[0]
    checker = Checker(Config(), settings=RunSettings(shown=True))
    checker._room = excerpt.OF_ONE
    with checker:
        moved = write(tmp_path / "gone.ipynb")
        assert bare.notebook is not None
        gone = replace(bare, shown={}, notebook=replace(bare.notebook, path=moved))
        assert checker._shown(gone).shown.keys() == bare.shown.keys()
        moved.unlink()
        assert checker._shown(gone) == gone
