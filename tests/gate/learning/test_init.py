"""``fmnist-spec init``: the lesson files that a notebook teaches, read from a real run of it."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from sampling import few
from taught import LESSONS, data_sources, network_sources, sources_of, write
from told import told

from fmnist_spec._compat import keras_version
from fmnist_spec.gate.confine.sandbox import RunSettings
from fmnist_spec.gate.learning import init
from fmnist_spec.gate.notebook import NOTEBOOK
from fmnist_spec.gate.run.runner import Runner
from fmnist_spec.lesson import LESSON, LESSON_FILE, AccuracyBounds, load_lesson
from fmnist_spec.reading import SpecificationError

FILES = sorted(LESSONS.glob("*.toml"))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Give the folder of a course, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def learnt(runner, monkeypatch):
    """Learn from a notebook, with the sample of the data, which is loaded once for all clothes."""

    def start(dataset, *given):
        return nullcontext(runner) if dataset == "fashion_mnist" else Runner(dataset, *given)

    def learnt(path):
        monkeypatch.setattr(init, "Runner", start)
        result, notes = init.learn(path, None, True, RunSettings())
        return [*map(Path, result.lesson_files)], result, notes

    return learnt


def as_a_run_shows_it(lesson):
    """Leave out what no run shows: the title, bounds, and that any batch size would do."""
    network = replace(lesson.network, styles=lesson.network.styles or ("list",))
    fit = replace(lesson.fit, batch_size=lesson.fit.batch_size or 32)
    return replace(lesson, title="", result=AccuracyBounds(), network=network, fit=fit)


def assert_round_trip(learnt, path, lesson):
    files, result, notes = learnt(path)
    found = [as_a_run_shows_it(load_lesson(file)) for file in files]
    assert found == [as_a_run_shows_it(lesson)], files[0].read_text()
    assert result.verdict == "pass", told(result)
    assert notes == []


@pytest.mark.parametrize("file", few(FILES), ids=lambda file: file.stem)
def test_a_notebook_gives_back_the_lesson_file_that_it_was_written_from(folder, learnt, file):
    if file.stem == "korean_names" and keras_version().major < 3:
        pytest.skip("Keras 2 builds no layer with a Korean name")
    lesson = load_lesson(file)
    assert_round_trip(learnt, write(folder / "one.ipynb", *sources_of(lesson)), lesson)


def test_the_shipped_notebook_gives_back_the_shipped_lesson_under_its_own_title(folder, learnt):
    notebook = folder / "07_2.ipynb"
    notebook.write_bytes(NOTEBOOK.read_bytes())
    assert_round_trip(learnt, notebook, LESSON)
    assert load_lesson("lessons/07_2.toml").title == "Deep Neural Networks"
    text = (folder / "lessons" / "07_2.toml").read_text(encoding="utf-8")
    assert 'optimizer = "rmsprop"  # compile()\'s default: the notebook names none\n' in text
    assert "batch_size = 32  # fit()'s default: the notebook sets none\n" in text
    assert "[result]" not in text, "only a training on everything knows what is reached"
    assert "Question" not in text


def test_each_different_training_gives_a_file_with_the_nearest_heading_as_its_title(folder, learnt):
    parts = [load_lesson(LESSONS / f"{name}.toml") for name in ("one_style", "relu_flatten")]
    parts.append(replace(parts[1], compile=replace(parts[1].compile, optimizer="adam")))
    titles = "Three networks", "With relu", "With adam"
    sources = [
        source
        for title, one in zip(titles, parts, strict=True)
        for source in (f"# {title}", *sources_of(one))
    ]
    again = network_sources(parts[1])[-1]  # a training that goes on teaches nothing new
    files, result, _ = learnt(write(folder / "three.ipynb", *sources, again))
    assert [str(one) for one in files] == [f"lessons/three{n}.toml" for n in ("", "-2", "-3")]
    found = [load_lesson(one) for one in files]
    assert [one.title for one in found] == [*titles]
    assert [*map(as_a_run_shows_it, found)] == [*map(as_a_run_shows_it, parts)]
    assert result.verdict == "pass", told(result)


ONE = load_lesson(LESSONS / "one_style.toml")


def test_no_file_is_written_if_one_of_several_exists(folder, learnt):
    other = replace(ONE, fit=replace(ONE.fit, epochs=7))
    notebook = write(folder / "two.ipynb", *sources_of(ONE), *network_sources(other))
    (folder / "lessons").mkdir()
    (folder / "lessons" / "two-2.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(SpecificationError, match=r"two-2\.toml: file: found a file that exists"):
        learnt(notebook)
    assert [one.name for one in (folder / "lessons").iterdir()] == ["two-2.toml"]
    assert (folder / "lessons" / "two-2.toml").read_text(encoding="utf-8") == "mine"


def test_a_number_in_the_text_that_the_code_does_not_have_becomes_a_question(folder, learnt):
    text = "# Title\n\nThe hidden layer has 200 units."
    files, result, _ = learnt(write(folder / "one.ipynb", text, *sources_of(ONE)))
    (question,) = questions(files[0])
    assert question.startswith("# Question: cell 1, line 3: ")
    assert "200" in question
    assert result.verdict == "fail"
    assert load_lesson(files[0]).network.hidden == (100,), "the code counts"


def questions(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("# Question: ")]


def test_a_style_that_builds_a_slightly_other_network_becomes_a_question(folder, learnt):
    both = replace(ONE, network=replace(ONE.network, styles=("list", "add")))
    sources = [
        one.replace("Dense(100", "Dense(64") if "Sequential([" in one else one
        for one in sources_of(both)
    ]
    files, result, _ = learnt(write(folder / "one.ipynb", *sources))
    (question,) = questions(files[0])
    assert "64 units instead of 100" in question
    assert load_lesson(files[0]).network.styles == ("list", "add")
    assert result.verdict == "fail"


def test_a_split_without_a_seed_becomes_a_question_and_gets_a_proposal(folder, learnt):
    sources = [one.replace(", random_state=42", "") for one in sources_of(ONE)]
    files, result, _ = learnt(write(folder / "one.ipynb", *sources))
    assert "random_state = 42  # a proposal" in files[0].read_text(encoding="utf-8")
    assert len(questions(files[0])) == 1
    assert [one.rule for one in result.findings if one.severity == "error"] == ["split"]


def test_images_that_are_no_split_of_all_become_a_question(folder, learnt):
    sources = [*data_sources(ONE)[:2], "train_scaled, train_target = images[5:500], labels[5:500]"]
    files, *_ = learnt(write(folder / "one.ipynb", *sources, *network_sources(ONE)))
    (question,) = questions(files[0])
    assert "is trained on other images than the lesson's" in question
    assert load_lesson(files[0]).split is None


CNN = """
other = keras.Sequential([
    keras.Input(shape=(28, 28, 1)), keras.layers.Conv2D(2, 3), keras.layers.Flatten(),
    keras.layers.Dense(10, activation="softmax")])
other.compile(loss="sparse_categorical_crossentropy")
other.fit(images.reshape(-1, 28, 28, 1)[:100], labels[:100])
"""


def test_a_training_that_a_lesson_file_cannot_express_is_left_out_and_named(folder, learnt):
    files, _, notes = learnt(write(folder / "one.ipynb", *sources_of(ONE), CNN))
    assert len(files) == 1
    (note,) = notes
    assert note.startswith("Left out: cell 7, line 6: ")
    assert "Conv2D" in note
    assert f"# {note}\n" in files[0].read_text(encoding="utf-8")


def test_a_functional_model_teaches_a_lesson_without_styles(folder, learnt):
    network = f"inputs = keras.Input(shape=(784,))\nx = inputs\nfor layer in [{ONE.network.code}]:"
    network += "\n    x = layer(x)\nmodel = keras.Model(inputs, x)"
    training = network_sources(ONE)[-2:]
    training[0] = training[0].replace("model = trained\n", "")
    files, *_ = learnt(write(folder / "one.ipynb", *data_sources(ONE), network, *training))
    assert load_lesson(files[0]).network == replace(ONE.network, styles=())


UNUSABLE = {
    "raises": (["1 / 0"], "run: found a cell that raised or ended it, expected its end"),
    "exits": (["import os\nos._exit(1)"], "expected its end"),
    "trains nothing": (["x = 1"], "trainings: found none, expected one of a lesson file's form"),
    "trains another network": ([*data_sources(ONE), CNN], "Conv2D"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_notebook_that_teaches_nothing_is_refused_in_one_line_and_nothing_is_written(
    folder, learnt, name
):
    sources, told = UNUSABLE[name]
    with pytest.raises(SpecificationError) as raised:
        learnt(write(folder / "one.ipynb", *sources))
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)
    assert not (folder / "lessons").exists()


def test_without_a_notebook_the_shipped_lesson_is_copied_once():
    copy = init.copy_lesson()
    assert copy.read_bytes() == LESSON_FILE.read_bytes()
    with pytest.raises(SpecificationError, match="a file that exists"):
        init.copy_lesson()
