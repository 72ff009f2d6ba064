"""What a reader sees of the library: signatures, printed summaries, and why two are not equal."""

import inspect
from dataclasses import replace

import pytest

import fmnist_spec
from fmnist_spec import LESSON, Summary, SummaryRow
from fmnist_spec.dataset import Prepared
from fmnist_spec.gate.notebook import NOTEBOOK, read_notebook

pytestmark = pytest.mark.once
pytest_plugins = ["pytester"]

ROWS = (
    SummaryRow("dense", "Dense", (None, 100), 78_500),
    SummaryRow("출력층", "Dense", None, None),
)
LIST = Summary("sequential", ROWS, 78_500, 0)
FUNCTIONS = [one for one in fmnist_spec.__all__ if inspect.isfunction(getattr(fmnist_spec, one))]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_signature_names_the_lesson_and_does_not_print_it(name):
    """An editor's tooltip is short: of a lesson that is a default, it has the title alone."""
    shown = str(inspect.signature(getattr(fmnist_spec, name)))
    if "lesson=" in shown.replace(" ", ""):
        assert f"= {LESSON!r}" in shown
        assert LESSON.title in repr(LESSON)
    for part in ("NetworkSpec", str(LESSON.data.pixels), LESSON.network.name):
        assert part not in shown


@pytest.mark.parametrize("name", ["build_list", "build_named", "build_add"])
def test_models_are_typed_as_keras_has_them(name):
    """An editor completes the methods of a Sequential, though nothing imports Keras here."""
    assert inspect.signature(getattr(fmnist_spec, name)).return_annotation == "keras.Sequential"
    assert fmnist_spec.train.__annotations__["model"] == "keras.Sequential"


def test_prepared_parts_have_the_names_of_the_notebook():
    """Who has read the lesson's notebook knows them: train_scaled, val_scaled and their labels."""
    assert f"{', '.join(Prepared._fields)} = train_test_split(" in read_notebook(NOTEBOOK).code


TABLES = {
    "en": """\
sequential

layer   type   output shape  parameters
dense   Dense  (None, 100)       78,500
출력층  Dense  ?                      ?

78,500 parameters: 78,500 trainable, 0 not trainable""",
    "ko": """\
sequential

층      종류   출력 크기    파라미터
dense   Dense  (None, 100)    78,500
출력층  Dense  ?                   ?

파라미터 78,500개: 훈련되는 파라미터 78,500개, 훈련되지 않는 파라미터 0개""",
}


@pytest.mark.parametrize("language", TABLES)
def test_a_printed_summary_is_a_table(language, monkeypatch):
    """Its columns stand below each other, also where letters are two columns wide."""
    monkeypatch.setenv("FMNIST_SPEC_LANG", language)
    assert str(LIST) == TABLES[language]


def test_a_summary_without_layers_can_be_printed():
    """Nothing stands between the heads and the sum."""
    assert str(Summary("empty", (), 0, 0)).split("\n")[2].split()[0] == "layer"


def test_names_from_a_text_do_nothing_to_a_terminal():
    """A summary that was read from anybody's text is printed without its escapes."""
    hostile = Summary("a\x1b[31m\n::error::b", (replace(ROWS[0], type="\x1b]0;x\x07"),), 0, 0)
    assert "\x1b" not in str(hostile) + repr(hostile)
    assert "\n::error::" not in str(hostile)


def test_the_representation_has_every_value():
    """Two summaries that are not equal do not look equal either."""
    others = [replace(LIST, name="other"), replace(LIST, rows=ROWS[:1])]
    others += [replace(LIST, trainable=1), replace(LIST, non_trainable=1)]
    assert len({repr(one) for one in (LIST, *others)}) == 5
    rows = "[('dense', 'Dense', (None, 100), 78500), ('출력층', 'Dense', None, None)]"
    assert repr(LIST) == f"Summary('sequential', {rows}, trainable=78500, non_trainable=0)"


SHIFTED = replace(LIST, name="sequential_1", rows=(replace(ROWS[0], name="dense_2"), ROWS[1]))
UNKNOWN = replace(LIST, rows=(ROWS[0], replace(ROWS[1], parameters=0)))


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (LIST, []),
        (replace(LIST, trainable=9), ["trainable: 78500 on the left, 9 on the right"]),
        (UNKNOWN, ["What differs is unknown on one side"]),
        (
            SHIFTED,
            [
                "model name: 'sequential' on the left, 'sequential_1' on the right",
                "layer dense: name: 'dense' on the left, 'dense_2' on the right",
                "Only names differ, which Keras numbers on",
            ],
        ),
    ],
    ids=["nothing", "a number", "what is unknown", "names that go on"],
)
def test_why_two_summaries_are_not_equal_is_said(other, told):
    """Each difference has a line; of automatic names it is said how to compare them."""
    said = LIST.unequal(other)
    assert len(said) == len(told)
    assert all(one.startswith(expected) for one, expected in zip(said, told, strict=True)), said


@pytest.mark.parametrize("more", [(), ("-p", "no:xdist")], ids=["with xdist", "without"])
def test_pytest_explains_an_assertion_that_fails(pytester, more):
    """The plugin tells it of any test, without an option, and needs no other plugin."""
    pytester.makepyfile(
        "from fmnist_spec import Summary\n"
        "one, other = (Summary(name, (), 1, 0) for name in ('sequential', 'sequential_4'))\n"
        "def test_them(): assert one == other"
    )
    lines = pytester.runpytest_subprocess("-p", "no:cacheprovider", *more).stdout
    lines.fnmatch_lines(["*model name: 'sequential' on the left, 'sequential_4' on the right"])
    lines.fnmatch_lines(["*left.matches(right, shifted_names=True)*"])
