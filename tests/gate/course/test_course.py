"""A course of several lessons: which notebooks are judged, by what, and what is said of the others.

Six notebooks of which one teaches the lesson; by the command and by pytest, with the table that
says which is which, and without it.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import notebooks
import pytest
from sampling import few

from fmnist_spec import cli
from fmnist_spec.gate.course.config import load_config
from fmnist_spec.gate.course.selection import Found, find_all, read
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import Notebook

pytest_plugins = ["pytester"]
Capsys = pytest.CaptureFixture[str]
PACKAGE = str(Path(__file__).parents[3])
RAN = "raise SystemExit('this cell was run')\n"
# The other lessons. The source of the first three decides that they need not be run.
OTHERS = {
    "chapters/01_fish.ipynb": f"{RAN}import numpy as np\nfish = np.array([25.4, 26.3])",
    "chapters/03_trees.ipynb": f"{RAN}from sklearn.tree import DecisionTreeClassifier",
    "drafts/notes.ipynb": f"{RAN}from tensorflow import keras\nprint(keras.__version__)",
    "chapters/05_houses.ipynb": """
import numpy as np
from tensorflow import keras
model = keras.Sequential([keras.layers.Dense(8, activation='relu', input_shape=(13,)),
                          keras.layers.Dense(1)])
model.compile(loss='mse')
model.fit(np.zeros((32, 13)), np.zeros(32), epochs=1, verbose=0)""",
    "chapters/08_2.ipynb": """
from tensorflow import keras
model = keras.Sequential()
model.add(keras.layers.Conv2D(4, 3, activation='relu', input_shape=(28, 28, 1)))
model.add(keras.layers.Flatten())
model.add(keras.layers.Dense(10, activation='softmax'))
model.summary()""",
}
SETTINGS = f"[tool.fmnist-spec]\nlesson = '{notebooks.LESSON_FILE}'\n"
TABLE = f"""{SETTINGS}
[[tool.fmnist-spec.notebooks]]
paths = ["chapters/07_2*.ipynb"]
"""
UNNAMED = {"07_2.ipynb", "05_houses.ipynb", "08_2.ipynb"}  # what the run decides


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the course, and stand in it."""
    for name, source in OTHERS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        notebooks.write(tmp_path / name, {"title": "# Another lesson", "code": source})
    notebooks.write(tmp_path / "chapters" / "07_2.ipynb")
    (tmp_path / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settle(course: Path, text: str) -> None:
    (course / "pyproject.toml").write_text(text, encoding="utf-8")


def read_here(*paths: str) -> list[Notebook | Result]:
    config = load_config(Path.cwd())
    found = find_all([Path(path) for path in paths], config)
    return [read(one, config) if isinstance(one, Found) else one for one in found]


def skipped(found: list[Notebook | Result]) -> Iterator[str]:
    for one in found:
        if isinstance(one, Result):
            assert one.verdict == "skipped", one.reason
            yield one.path.name


def test_with_the_table_only_what_it_names_is_read(course: Path) -> None:
    """Not even a broken file counts if no entry names it."""
    settle(course, TABLE)
    (course / "chapters" / "broken.ipynb").write_text("{")
    found = read_here(".")
    assert [one.path.name for one in found if isinstance(one, Notebook)] == ["07_2.ipynb"]
    assert len([*skipped(found)]) == 6


def test_without_the_table_the_source_decides_or_the_run(course: Path) -> None:
    """What has no Dense layer of Keras is not run; of the rest, a run says what it builds."""
    found = read_here(".")
    assert {*skipped(found)} == {"01_fish.ipynb", "03_trees.ipynb", "notes.ipynb"}
    assert {one.path.name for one in found if isinstance(one, Notebook) and one.unnamed} == UNNAMED


@pytest.mark.parametrize("again", [(), ("./chapters/../drafts/notes.ipynb",)])
@pytest.mark.parametrize("settings", [SETTINGS, TABLE], ids=["without", "with the table"])
def test_a_file_that_is_named_is_judged_once(course: Path, settings: str, again) -> None:
    """Whatever it teaches, however it is written, and also if a folder that is named holds it."""
    settle(course, settings)
    found = read_here("drafts/notes.ipynb", ".", *again)
    (named,) = (one for one in found if one.path.name == "notes.ipynb")
    assert isinstance(named, Notebook)
    assert not named.unnamed
    assert len(found) == 6


def test_what_is_excluded_is_not_even_counted(course: Path) -> None:
    """Unless it is named: a folder of which all is excluded is told as such."""
    settle(course, SETTINGS + "exclude = ['drafts/**']")
    assert "notes.ipynb" not in {one.path.name for one in read_here(".")}
    assert isinstance(read_here("drafts/notes.ipynb")[0], Notebook)
    (none,) = read_here("drafts")
    assert isinstance(none, Result)
    assert "its one notebook is excluded by pyproject.toml" in none.reason


@pytest.mark.parametrize("settings", [SETTINGS, TABLE], ids=["without", "with the table"])
def test_if_all_are_skipped_the_exit_code_is_2(course: Path, capsys: Capsys, settings: str) -> None:
    """Nothing was judged: that is no PASS."""
    settle(course, settings)
    assert cli.main(["check", "drafts"]) == 2
    out = " ".join(capsys.readouterr().out.split())
    assert "1 notebook belongs to no lesson: skipped." in out
    assert "[[tool.fmnist_spec.notebooks]]" in out
    assert "No notebook was checked." in out
    assert ("drafts/notes.ipynb: it belongs to no lesson" in out) == (settings == SETTINGS)


def test_without_a_path_the_current_folder_is_looked_through(course: Path, capsys: Capsys) -> None:
    """As by pytest and ruff; where there is no notebook, that is no PASS."""
    (course / "empty").mkdir()
    shutil.rmtree(course / "chapters")
    assert cli.main(["check"]) == 2
    assert "drafts/notes.ipynb: it belongs" in capsys.readouterr().out
    settle(course, SETTINGS + "paths = ['empty']")
    assert cli.main(["check"]) == 2
    assert "empty: folder: no notebook in it" in capsys.readouterr().out


def test_the_command_judges_each_by_its_lesson(course: Path, capsys: Capsys) -> None:
    """Two lessons in one course: each notebook passes by its own, and the report names it."""
    lesson = notebooks.LESSON_FILE.read_text(encoding="utf-8")
    (course / "seven.toml").write_text(lesson.replace("epochs = 5", "epochs = 7"), "utf-8")
    longer = notebooks.build({"fit": ["epochs=5", "epochs=7"]})
    notebooks.write(course / "chapters" / "07_3.ipynb", longer)
    entry = '[[tool.fmnist-spec.notebooks]]\npaths = ["**/07_3.ipynb"]\nlesson = "seven.toml"\n'
    settle(course, TABLE + entry)
    assert cli.main(["check", "--sample", "--jobs", "2", "."]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    titles = [line for line in lines if line.startswith("PASS") and line.endswith(".toml")]
    judged = [line.split("/")[-1].split()[-1] for line in titles]
    assert judged == ["lesson.toml", "seven.toml"]
    assert any(one.startswith("5 notebooks belong to no lesson: skipped.") for one in lines)
    assert not any(line.startswith("SKIPPED") for line in lines), "they are counted only"


def test_the_command_finds_the_lesson_by_itself(course: Path, capsys: Capsys) -> None:
    """Without the table the right one passes, a broken one is not left out, others are skipped."""
    broken = notebooks.build({"load": "raise ValueError('broken')"})
    notebooks.write(course / "chapters" / "07_2_broken.ipynb", broken)
    assert cli.main(["check", "--sample", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["notebooks"]
    verdicts = {Path(one["path"]).name: one["verdict"] for one in found}
    assert verdicts.pop("07_2.ipynb") == "pass"
    assert verdicts.pop("07_2_broken.ipynb") == "fail"
    assert set(verdicts.values()) == {"skipped"}
    reasons = {Path(one["path"]).name: one["reason"] for one in found}
    assert "inputs (784) or outputs (10)" in reasons["05_houses.ipynb"]
    assert "inputs (784) or outputs (10)" in reasons["08_2.ipynb"]
    assert "no Dense layer and no fit() of Keras" in reasons["01_fish.ipynb"]


@pytest.fixture
def tests_beside(
    course: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """Make the course once more where pytester runs, with a test of the course's own."""
    monkeypatch.setenv("PYTHONPATH", PACKAGE)
    shutil.copytree(course, pytester.path, dirs_exist_ok=True)
    pytester.makepyfile("def test_of_the_course(): pass")
    return pytester


IN_TWO = ("-p", "no:cacheprovider", "--fmnist-spec", "-n", "2", "--dist", "loadfile", "-rs")


@pytest.mark.thorough
def test_pytest_collects_what_the_table_names(tests_beside: pytest.Pytester) -> None:
    """Beside the course's other tests, and in several processes."""
    text = TABLE.replace("lesson =", "select = ['data-set', 'epochs']\nlesson =")
    settle(tests_beside.path, text)
    tests_beside.runpytest_subprocess(*IN_TWO).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    "options", few([IN_TWO, IN_TWO[:3]]), ids=few(["in two processes", "in one"])
)
def test_if_pytest_skips_all_notebooks_the_exit_code_is_not_0(
    tests_beside: pytest.Pytester, options: tuple[str, ...]
) -> None:
    """Tests beside them do not hide that no notebook was checked."""
    shutil.rmtree(tests_beside.path / "chapters")
    found = tests_beside.runpytest_subprocess(*options)
    found.assert_outcomes(passed=1, skipped=1)
    assert found.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    found.stdout.fnmatch_lines(["*no notebook was checked*"])


def test_pytest_skips_what_is_another_lesson(tests_beside: pytest.Pytester) -> None:
    """Without the table: one skipped test where nothing is run, with the reason and the remedy."""
    settle(tests_beside.path, SETTINGS + "select = ['data-set', 'epochs']")
    found = tests_beside.runpytest_subprocess(*IN_TWO)
    assert found.ret == pytest.ExitCode.OK
    found.assert_outcomes(passed=3, skipped=3 + 2 * 2)
    found.stdout.fnmatch_lines_random(
        [
            "SKIPPED [[]1[]] *fish.ipynb:1: *no Dense layer*[[][[]tool.fmnist_spec.notebooks]]*",
            "SKIPPED [[]2[]] *08_2.ipynb:1: *inputs (784) or outputs (10)*",
        ]
    )


def test_pytest_judges_what_is_named_alone(tests_beside: pytest.Pytester) -> None:
    """A file on its command line is a test for each rule, whatever it teaches."""
    settle(tests_beside.path, TABLE.replace("lesson =", "exclude = ['drafts']\nlesson ="))
    options = ("--fmnist-spec", "--collect-only", "-q", "drafts/notes.ipynb")
    found = tests_beside.runpytest_subprocess("-p", "no:cacheprovider", *options)
    found.stdout.fnmatch_lines(["drafts/notes.ipynb::data-set"])
