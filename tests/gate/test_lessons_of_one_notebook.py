"""A chapter of three trainings: its notebook runs once and is held against three lesson files."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import notebooks
import pytest
from notebooks import Edits
from sampling import few
from told import told

from fmnist_spec.gate.check import Checker, load_served
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.notebook import read_notebook
from fmnist_spec.gate.run.runner import Runner
from fmnist_spec.lesson import lesson_file

FIT = "model.fit(train_scaled, train_target, epochs=5, verbose=0)"
RELU, ADAM = f"<relu>\n<compile>\n{FIT}", f"<relu model>\n<adam>\n{FIT}"
CHAPTER: Edits = {"after": {"fit": [RELU, ADAM]}}  # the sound notebook, and two parts more
SIGMOID, OF_RELU, OF_ADAM = "lesson", "hg-mldl2-relu", "adam"  # the three files
ALL = {SIGMOID, OF_RELU, OF_ADAM}


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checker]:
    """Hold notebooks against the tests' lesson, one that is shipped, and the same with adam."""
    relu = lesson_file(OF_RELU)
    adam = tmp_path_factory.mktemp("lessons") / f"{OF_ADAM}.toml"
    written = relu.read_text(encoding="utf-8")
    told_adam = written.replace('["accuracy"]', '["accuracy"], optimizer = "adam"')
    assert told_adam != written, "the shipped lesson is written in another way now"
    adam.write_text(told_adam, encoding="utf-8")
    files = tuple(str(one) for one in (notebooks.LESSON_FILE, relu, adam))
    config = Config(lessons=files, ignore=("stored-none", "input-shape"))
    with Checker(config, partial(load_served, sample=True)) as checker:
        yield checker


# What is changed, which rules speak, and by which lessons.
FAULTS: dict[str, tuple[Edits, dict[str, set[str]]]] = {
    "nothing": ({}, {}),
    "epochs of the first": ({"fit": ["epochs=5", "epochs=7"]}, {"epochs": {SIGMOID}}),
    "units of the second": (
        {"fit +0": ["100, activation='relu'", "128, activation='relu'"]},
        {"network": {OF_RELU}},
    ),
    "epochs of the third": ({"fit +1": ["epochs=5", "epochs=7"]}, {"epochs": {OF_ADAM}}),
    "a cell that raises": ({"load": "raise ValueError"}, {"cell-raises": ALL}),
}


@pytest.mark.parametrize(("edits", "expected"), few(FAULTS.values(), 2), ids=few(FAULTS, 2))
def test_each_part_is_told_by_its_lesson(
    checker: Checker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    edits: Edits,
    expected: dict[str, set[str]],
) -> None:
    """The notebook runs once; what is said of all parts is said once."""
    runs = []
    run = Runner.run
    monkeypatch.setattr(
        Runner, "run", lambda self, cells, *more: runs.append(cells) or run(self, cells, *more)
    )
    checker._runner(next(iter(checker._lessons.values())))  # its first run is that of no cells
    runs.clear()
    path = notebooks.write(tmp_path / "07_2.ipynb", notebooks.build({**CHAPTER, **edits}))
    result = checker.check(read_notebook(path))
    assert len(runs) == 1
    found = [(one.rule, {file.stem for file in one.lesson_files}) for one in result.findings]
    assert found == [*expected.items()], told(result)
    assert result.verdict == ("fail" if expected else "pass"), told(result)
    assert {Path(one).stem for one in result.lesson_files} == ALL
