"""%load_ext fmnist_spec in a real kernel: nothing is served, shortened or broken by it."""

import importlib.util
import os
import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import SOUND, Run

from fmnist_spec.data import FOLDER_VARIABLE
from fmnist_spec.dataset import missing
from fmnist_spec.lesson import LESSON

OWN_LESSON = Path(__file__).parents[2] / "lesson.toml"
TAGS = re.compile(r"<[^>]+>")
# What the functions of a session are: its own, or wrapped by a watch.
WATCHED = """import sklearn.model_selection
{one.__code__.co_filename.rpartition('/')[2] for one in (
    train_test_split, sklearn.model_selection.train_test_split, keras.Sequential.fit,
    keras.Sequential.__init__, keras.datasets.fashion_mnist.load_data)} & {'calls.py'}"""
SMALL, ONE = SOUND["list"].replace("100", "64"), SOUND["fit"].replace("epochs=5", "epochs=1")


def cells() -> dict[str, str]:
    """Give the sources of a session: a wrong network, an error, both corrected; then unloaded."""
    parts = {name: source.strip() for name, source in SOUND.items() if name != "title"}
    return {
        "ext": "import tensorflow\n%load_ext fmnist_spec",
        **{name: parts[name] for name in ("load", "prepare", "split")},
        "data is real": "train_input.shape, int(train_input.sum()), len(train_scaled)",
        "small": SMALL.strip(),
        "compile small": parts["compile"],
        "wrong": "%fmnist_spec",
        "error": "model.summry()",
        "raised": "%fmnist_spec",
        **{name: parts[name] for name in ("list", "list summary", "named", "named summary")},
        **{name: parts[name] for name in ("add", "add summary", "compile")},
        "fit": ONE.strip(),
        "steps": "history.params['steps'], len(history.epoch)",
        "right": "%fmnist_spec",
        "korean": "%fmnist_spec --lang ko",
        "other": "%fmnist_spec tensorflow-beginner",
        "absent": "%fmnist_spec absent.toml",
        "again": "%reload_ext fmnist_spec",
        "unseen": "%fmnist_spec",
        "watched": WATCHED,
        "end": "%unload_ext fmnist_spec",
        "unwatched": WATCHED,
        "gone": "%fmnist_spec",
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, whole_data: object) -> Path:
    """A home in whose cache Keras finds the data set."""
    home = tmp_path_factory.mktemp("home")
    cache = home / ".keras" / "datasets" / LESSON.data.cache
    own = Path.home() / ".keras" / "datasets" / LESSON.data.cache
    places = [os.environ.get(FOLDER_VARIABLE) or LESSON.data.debian, own]
    kept = (Path(one) for one in places if not missing(Path(one), LESSON.data))
    shutil.copytree(next(kept), cache)
    return home


@pytest.fixture(scope="module")
def shown(home: Path) -> dict[str, list[Any]]:
    """Run the session in a kernel, and give the outputs of its cells by their names."""
    if not all(map(importlib.util.find_spec, ("nbclient", "ipykernel"))):
        told = "a kernel is not here: pip install nbclient ipykernel"
        pytest.fail(told) if os.environ.get("CI") else pytest.skip(told)
    from nbclient import NotebookClient

    text = OWN_LESSON.read_text(encoding="utf-8").replace("epochs = 5", "epochs = 1")
    text = text.replace("training_accuracy = 0.86", "training_accuracy = 0.75")
    (home / "course.toml").write_text(text, encoding="utf-8")
    (home / "pyproject.toml").write_text('[tool.fmnist_spec]\nlesson = "course.toml"\n')
    sources = cells()
    made = [nbformat.v4.new_code_cell(source) for source in sources.values()]
    notebook = nbformat.v4.new_notebook(cells=made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("KERAS_HOME", str(home / ".keras"))
        patch.setenv("PYTHONUSERBASE", str(home / "user"))
        resources = {"metadata": {"path": str(home)}}
        NotebookClient(notebook, allow_errors=True, resources=resources, timeout=120).execute()
    return {name: cell.outputs for name, cell in zip(sources, notebook.cells, strict=True)}


def text(outputs: list[Any]) -> str:
    """Give all that a cell printed and showed, as text."""
    return "".join(
        one.get("text") or one.get("data", {}).get("text/plain") or one.get("evalue", "")
        for one in outputs
    )


def plain(outputs: list[Any]) -> str:
    """Give the text of the table that a cell showed as HTML."""
    (html,) = (one.data["text/html"] for one in outputs if "text/html" in one.get("data", {}))
    return " ".join(unescape(TAGS.sub(" ", html)).split())


def numbers() -> dict[str, str]:
    """Give what stands beside each cell."""
    return {name: f"In [{at}]" for at, name in enumerate(cells(), 1)}


def test_what_is_watched_is_the_students_own(shown: dict[str, list[Any]]) -> None:
    """The real images, all of them, and every step of a training."""
    assert "fmnist-spec watches this session" in text(shown["ext"])
    assert text(shown["data is real"]).startswith("((60000, 28, 28), ")
    assert text(shown["data is real"]).endswith(", 48000)")
    assert text(shown["steps"]) == "(1500, 1)"


def test_what_is_wrong_stands_in_a_table_below_the_cell(shown: dict[str, list[Any]]) -> None:
    """The network and what is missing, each at its cell; nothing about data that is right."""
    for told in (plain(shown["wrong"]), text(shown["wrong"])):
        assert told.startswith("FAIL")
        assert f"{numbers()['small']}, line 3" in told
        assert "64 units instead of 100" in told
        assert "rules on texts, stored outputs, the file and the isolation were not checked" in told
        for rule in ("scaling", "split", "epochs", "training-part", "pairing", "data-set"):
            assert f"error {rule} " not in told


def test_an_error_counts_until_the_student_goes_on(shown: dict[str, list[Any]]) -> None:
    """The cell that raises says what was meant; corrected, it is forgotten."""
    assert f"error cell-raises {numbers()['error']}, line 1" in plain(shown["raised"])
    assert "Did you mean summary?" in plain(shown["raised"])
    assert "cell-raises" not in text(shown["right"])


def test_a_session_that_has_come_to_teach_the_lesson_passes(shown: dict[str, list[Any]]) -> None:
    """What was tried before and corrected is no fault; both languages say so."""
    assert plain(shown["right"]).startswith("PASS"), text(shown["right"])
    assert text(shown["korean"]).startswith("통과")


def test_a_lesson_may_be_named(shown: dict[str, list[Any]]) -> None:
    """Of another data set, too; one that is none is told in a line, and breaks nothing."""
    assert "error data-set" in text(shown["other"]), text(shown["other"])
    assert text(shown["absent"]).startswith("absent.toml: file: ")
    assert [one.output_type for one in shown["absent"]] == ["stream"]


def test_what_was_not_seen_is_not_judged(shown: dict[str, list[Any]]) -> None:
    """Watched anew behind the whole lesson, the rules have nothing to decide by."""
    assert plain(shown["unseen"]).startswith("ERROR")
    assert "restart the kernel and run all cells" in plain(shown["unseen"])


def test_nothing_is_left_behind(shown: dict[str, list[Any]]) -> None:
    """Where it is unloaded, all functions are the libraries' own again."""
    assert text(shown["watched"]) == "{'calls.py'}"
    assert text(shown["unwatched"]) == "set()"
    assert "not found" in text(shown["gone"])


def test_a_notebook_with_these_lines_is_checked_as_any_other(run: Run) -> None:
    """Its process is watched already: they do nothing there."""
    trace = run("%load_ext fmnist_spec\nfrom tensorflow import keras", "%fmnist_spec")
    assert [one.status for one in trace.cells] == ["ok", "ok"], trace
    assert [one.outputs for one in trace.cells] == [(), ()]
