"""One run held against several lessons: which findings are told once, by whom, and what is open."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from notebooks import LESSON, LESSON_FILE
from traces import CELLS, COMPILE, EVENTS, FIT, swap, trace

from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.events import Event
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Finding, in_order, told_once
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.trace import CellError, CellRun, Trace
from fmnist_spec.gate.verdict import judge, undecided
from fmnist_spec.lesson import Lesson, lesson_file
from fmnist_spec.reading import SpecificationError

A, B = Path("a.toml"), Path("b.toml")
SEVEN = replace(LESSON, fit=replace(LESSON.fit, epochs=7))
NOTEBOOK = Notebook(Path("one.ipynb"), CELLS)
SHIPPED = {name: str(lesson_file(name)) for name in ("lesson", "hg-mldl2", "tensorflow-beginner")}


def held(shown: Trace, *lessons: Lesson) -> list[Evidence]:
    """Hold a run against lessons that stand in a.toml and b.toml."""
    files = dict(zip((A, B), lessons, strict=True))
    return [Evidence(lesson, NOTEBOOK, shown, file) for file, lesson in files.items()]


def judged(events: Sequence[Event], *lessons: Lesson) -> list[tuple[str, tuple[Path, ...]]]:
    first, *others = held(trace(*events), *lessons)
    found = judge(first, ("loss", "epochs"), {}, *others)
    return [(one.rule, one.lesson_files) for one in found]


MSE = swap(COMPILE, replace(COMPILE, loss="mse"))


def test_what_all_lessons_say_is_told_once() -> None:
    """Only the lesson of seven epochs has something to say of them; both of the loss."""
    assert judged(MSE, LESSON, SEVEN) == [("loss", (A, B)), ("epochs", (B,))]
    assert judged(EVENTS, LESSON, SEVEN) == [("epochs", (B,))]


def test_what_lessons_say_differently_is_told_twice() -> None:
    """Both miss their number of epochs, but each expects another."""
    nine = swap(FIT, replace(FIT, epochs=9))
    assert judged(nine, LESSON, SEVEN) == [("epochs", (A,)), ("epochs", (B,))]


def test_a_remedy_in_the_lesson_file_names_all_files() -> None:
    """Whoever changed the loss on purpose has two files to change."""
    first, *others = held(trace(*MSE), LESSON, LESSON)
    (found,) = judge(first, ("loss",), {}, *others)
    assert "Then change `loss` in [compile] of a.toml and b.toml." in found.message


def finding(rule: str, says: str, *files: Path, cell: int = 0) -> Finding:
    return Finding(rule, "error", cell, 1, says, {"lesson": LESSON}, 1, lesson_files=files)


@pytest.mark.parametrize(
    ("cause", "effect", "follows"),
    [((A,), (A,), True), ((A,), (B,), False), ((A,), (A, B), True), ((), (), True)],
)
def test_a_finding_follows_only_from_one_of_its_lesson(
    cause: tuple[Path, ...], effect: tuple[Path, ...], follows: bool
) -> None:
    """What is wrong by another lesson says nothing of it."""
    split = finding("split", "finding", *cause)
    part = finding("training-part", "finding", *effect, cell=1)
    assert part.may_follow(split) == follows
    assert any(one.follows for one in in_order([part, split])) == follows


def test_findings_of_two_places_stay_two() -> None:
    """The same sentence about another cell is another finding."""
    found = [finding("loss", "finding", A), finding("loss", "finding", A, cell=1)]
    assert told_once(found) == found


def test_what_one_lesson_left_open_is_undecided() -> None:
    """Of a run that stopped before a training, the lesson that found nothing did not see it."""
    raised = CellRun(5, "raised", CellError("ValueError", "", 1), "", 0.1)
    cells = tuple(raised if run.cell == 5 else run for run in trace().cells)
    first, second = held(trace(*EVENTS[:-2], cells=cells), LESSON, SEVEN)
    spoke = [finding("epochs", "finding", A)]
    assert undecided(first, ("epochs",), spoke) == ()
    assert undecided(second, ("epochs",), spoke) == ("epochs",)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Runners that run nothing: they note for which data set they were made, and what they run."""
    noted: list[tuple[str, str]] = []

    class Fake:
        def __init__(self, dataset: str, load: Callable[..., Any], settings: Any) -> None:
            noted.append(("made", dataset))
            self.dataset = dataset

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def run(self, cells: Any, path: Path, limits: Any) -> Trace:
            noted.append(("ran", self.dataset))
            return trace()

    monkeypatch.setattr("fmnist_spec.gate.run.runner.Runner", Fake)
    return noted


def test_a_notebook_runs_once_for_all_its_lessons(fake: list[tuple[str, str]]) -> None:
    """The result names both files, and each finding its own."""
    files = (str(LESSON_FILE), SHIPPED["hg-mldl2"])
    with Checker(Config(lessons=files, select=("names",))) as checker:
        result = checker.check(NOTEBOOK)
    assert fake == [("made", "fashion_mnist"), ("ran", "fashion_mnist")]
    assert result.lesson_files == files
    assert {one.lesson_files for one in result.findings} == {(Path(files[1]),)}


def test_lessons_of_one_data_set_share_a_runner(fake: list[tuple[str, str]]) -> None:
    """TensorFlow and the images are loaded once for them; another data set has its own."""
    names = {"a.ipynb": "lesson", "b.ipynb": "hg-mldl2", "c.ipynb": "tensorflow-beginner"}
    entries = tuple(
        Config(lessons=(SHIPPED[name],), paths=(str(Path.cwd() / file),), select=("training",))
        for file, name in names.items()
    )
    with Checker(Config(notebooks=entries)) as checker:
        for name in names:
            checker.check(Notebook(Path.cwd() / name, CELLS))
    assert [what for what in fake if what[0] == "made"] == [
        ("made", "fashion_mnist"),
        ("made", "mnist"),
    ]


WRONG = {
    "two data sets": (
        ("lesson", "tensorflow-beginner"),
        "lesson.toml of Fashion-MNIST, .*beginner.toml of MNIST, expected lessons of one data set",
    ),
    "the same twice": (("lesson", "lesson"), "one file twice"),
}


@pytest.mark.parametrize(("names", "told"), WRONG.values(), ids=WRONG)
def test_lessons_that_cannot_be_of_one_notebook_are_refused(
    names: tuple[str, ...], told: str
) -> None:
    """Before anything runs, above the table and in an entry."""
    one = Config(lessons=tuple(SHIPPED[name] for name in names))
    for config in (one, Config(notebooks=(one,))):
        with pytest.raises(SpecificationError, match=f"the settings: lessons: .*{told}"):
            Checker(config)


def test_the_same_file_by_another_path_is_the_same(tmp_path: Path) -> None:
    """A path may be written in several ways."""
    (tmp_path / "sub").mkdir()
    (file := tmp_path / "a.toml").write_bytes(LESSON_FILE.read_bytes())
    files = (str(file), str(tmp_path / "sub" / ".." / "a.toml"))
    with pytest.raises(SpecificationError, match="one file twice"):
        Checker(Config(lessons=files))


def test_rules_that_no_lesson_is_about_leave_nothing_to_check() -> None:
    """A notebook would pass unseen: that is refused, as where all rules are ignored."""
    with pytest.raises(SpecificationError, match="expected at least one rule that is left"):
        Checker(Config(lessons=(str(lesson_file("hg-mldl2-relu")),), select=("names",)))


def test_a_rule_is_asked_if_one_of_the_lessons_is_about_it() -> None:
    """The lesson with ReLU has no named style; together with the first one, names are asked for."""
    relu, names = str(lesson_file("hg-mldl2-relu")), ("names", "epochs")
    for files, asked in (((relu,), {"epochs"}), ((relu, SHIPPED["lesson"]), {*names})):
        checker = Checker(Config(lessons=files, select=names))
        assert {*checker.rules_of(Path("a.ipynb"))} == asked
