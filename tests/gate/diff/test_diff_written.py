"""A comparison as text, Markdown and JSON: to the letter, and whatever a notebook says.

To write the golden files anew, run

    pytest tests/gate/diff/test_diff_written.py --regenerate-golden

which fails on purpose: look at what changed, then run the tests again without the option.
"""

import json
import os
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from beside import CODE, beside, counted, judged, with_networks
from goldens import golden_problem
from markdown_it import MarkdownIt
from notebooks import LESSON_FILE
from obeyed import ATTACKS, obeyed, unsafe
from test_diff_facts import wide
from traces import COMPILE, FIT, swap

import fmnist_spec
from fmnist_spec import language
from fmnist_spec.gate.diff import document
from fmnist_spec.gate.diff.comparison import Change, Comparison
from fmnist_spec.gate.diff.document import as_json
from fmnist_spec.gate.diff.facts import Value
from fmnist_spec.gate.diff.matching import Matched
from fmnist_spec.gate.diff.words import LISTS, shown
from fmnist_spec.gate.diff.written import MOST, ROOM, as_markdown, as_text
from fmnist_spec.gate.report.overview import Shown

GOLDEN = Path(__file__).with_name("golden")
SCHEMA = json.loads(Path(document.__file__).with_name("diff.schema.json").read_text("utf-8"))
EVERYTHING = Shown(notes=True)
TEXT = "# 은닉층\n\n은닉층에는 뉴런이 100개 있습니다. 출력층은 100 x 10 + 10 = {}개입니다."
FILES = {
    "text.en.txt": lambda found: "\n".join(as_text(found, Shown())),
    "text.ko.txt": lambda found: "\n".join(as_text(found, Shown())),
    "markdown.en.md": lambda found: as_markdown(found, Shown()),
    "markdown.ko.md": lambda found: as_markdown(found, Shown()),
    "json.en.json": as_json,
}


def changed_notebook() -> Comparison:
    return _changed(language.chosen())


@cache
def _changed(_: str) -> Comparison:
    """128 units for 100, Adam, an arithmetic that is mended, and one that now says too little."""
    longer = swap(FIT, replace(FIT, epochs=7))
    adam = swap(COMPILE, replace(COMPILE, optimizer="adam"))
    old = judged(with_networks(counted, longer), (TEXT.format("1,011"), *CODE))
    new = judged(with_networks(wide, adam), ("# 새 셀", TEXT.format("1,010"), *CODE))
    return replace(beside(old, new), names=("main:07_2.ipynb", "07_2.ipynb"))


@pytest.fixture(autouse=True)
def nothing_varies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a version and a current folder of its own."""
    monkeypatch.setattr(fmnist_spec, "__version__", "1.2.3")
    monkeypatch.chdir(LESSON_FILE.parent)


@pytest.mark.parametrize("name", FILES)
def test_a_format_writes_the_golden_text(
    name: str, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """No format changes unseen, in either language."""
    monkeypatch.setenv(language.ASKED, name.split(".")[1])
    problem = golden_problem(
        f"{FILES[name](changed_notebook())}\n",
        GOLDEN / name,
        regenerate=pytestconfig.getoption("--regenerate-golden"),
        ci=os.environ.get("CI"),
        test="tests/gate/diff/test_diff_written.py",
    )
    assert problem is None, problem


def test_no_golden_text_is_left_over() -> None:
    """One of a format that is gone would be kept for nothing."""
    assert {one.name for one in GOLDEN.iterdir()} == {*FILES}


def closed(schema: object) -> object:
    """Let a schema refuse the keys that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: closed(value) for key, value in schema.items()}
    return {**kept, "additionalProperties": False} if "properties" in schema else kept


def test_json_is_what_its_schema_says() -> None:
    """The schema that is shipped is one, and names every key."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    told = json.loads(as_json(changed_notebook()))
    jsonschema.Draft202012Validator(closed(SCHEMA)).validate(told)
    assert all(told["findings"][one] for one in ("new", "gone"))
    assert told["version"] == document.VERSION


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_the_schema_refuses_a_document_without_a_key(key: str) -> None:
    """A program that validates can rely on all of them."""
    told = json.loads(as_json(changed_notebook()))
    del told[key]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told, SCHEMA)


def hostile(text: str) -> Comparison:
    """A comparison with a text wherever a notebook, or its name, can put one."""
    found = changed_notebook()
    change = Change("lesson", "network", "model_name", "", ("list",), text, f"{text}!", (0,))
    same = replace(change, what="metrics", subject="compile", old=(text,), new=(text,))
    told = [replace(one, message=text) for one in found.findings.new]
    findings = Matched(*[tuple(told)] * len(fields(Matched)))
    layer = replace(change, layer=text, what="options")
    return replace(found, names=(text, text), facts=(change, layer, same), findings=findings)


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("name", FILES)
def test_no_attack_reaches_a_log(text: str, name: str) -> None:
    """No runner obeys a line, and no terminal is steered."""
    written = FILES[name](hostile(text))
    assert not [*obeyed(written)], written
    assert not unsafe(written)


@pytest.mark.parametrize(
    "text", ["a | b", "<img src=x>", "[a](http://b)", "@octocat #1", "`x`\n\n# y"]
)
def test_markdown_shows_what_a_notebook_says_and_nothing_else(text: str) -> None:
    """No column, link, mention or HTML is made of it."""
    shown = MarkdownIt("gfm-like", {"html": True}).parse(as_markdown(hostile(text), EVERYTHING))
    inline = [one for token in shown for one in token.children or ()]
    kinds = {one.type for one in [*shown, *inline]}
    assert not kinds & {"html_block", "html_inline", "link_open", "image"}
    cells = [one.type for one in shown].count("td_open")
    changes, findings = 2, len(LISTS) * len(hostile(text).findings.new)
    assert cells == 4 * (changes + findings)


def test_a_comment_has_room_on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes 65,536 characters; what is left out is said."""
    found = hostile("x | y & z" * 100)
    many = replace(found, facts=found.facts[:1] * 3_000)
    written = as_markdown(many, EVERYTHING)
    assert len(written) < ROOM + 200
    *lines, _, last = written.splitlines()
    left = last.removesuffix(" lines more do not fit in here; --output-format json has all.")
    monkeypatch.setattr("fmnist_spec.gate.diff.written.ROOM", 10_000_000)
    assert len(lines) + int(left) == len(as_markdown(many, EVERYTHING).splitlines())


def test_a_text_is_no_longer_than_people_read() -> None:
    """The first of many changes are listed, and the others counted."""
    found = hostile("x")
    for more, said in ((0, False), (1, True)):
        lines = [*as_text(replace(found, facts=found.facts[:1] * (MOST + more)), EVERYTHING)]
        assert (f"  {more} more; --output-format json has all." in lines) is said


@pytest.mark.parametrize(
    ("what", "value", "said"),
    [
        ("units", None, "none"),
        ("stratified", True, "yes"),
        ("use_bias", False, "no"),
        ("total", 79_510, "79,510"),
        ("random_state", 20_240, "20240"),
        ("learning_rate", 0.0005, "0.0005"),
        ("divided_by", 255.0, "255"),
        ("input_shape", (28, 28), "28 x 28"),
        ("metrics", ("accuracy", "mae"), "accuracy, mae"),
        ("evaluated", ("validation", "test"), "validation set, test set"),
        ("loss", "?", "a function of the author's"),
    ],
)
def test_a_value_is_written_as_people_read_it(what: str, value: Value, said: str) -> None:
    """Whatever kind it is of."""
    assert shown(what, value) == said


def test_what_was_wrong_before_is_one_line() -> None:
    """A rule for each, with the cells of the new notebook."""
    texts = (TEXT.format("1,011"), "# 2\n\n28 x 28 = 785", *CODE)
    result = judged(swap(FIT, replace(FIT, epochs=7)), texts)
    lines = [*as_text(beside(result, result), Shown())]
    assert lines[-2] == "Wrong as before: prose-arithmetic (cells 1, 2), epochs (cell 9)."


def test_of_several_lessons_each_line_names_its_own() -> None:
    """A notebook may teach two of them, of which a change touches one."""
    found = changed_notebook()
    both = (*found.facts, *(replace(one, lesson="Another", old=one.new) for one in found.facts))
    lines = [*as_text(replace(found, facts=both), Shown())]
    title = found.facts[0].lesson
    assert f"  {title}: epochs: 7 -> 5 (cell 9)" in lines
    assert "  Another: training: trainings 1; epochs 5; batch size 32" in lines


def test_notes_are_counted_and_shown_on_request() -> None:
    """They are no faults, so that a reader of a change is not stopped by them."""
    told = [replace(one, severity="note") for one in changed_notebook().findings.new]
    found = changed_notebook()
    found = replace(found, findings=replace(found.findings, new=tuple(told)))
    usual, whole = ("\n".join(as_text(found, Shown(notes))) for notes in (False, True))
    assert ("Now wrong" in usual, "Now wrong" in whole) == (False, True)
    assert f"{len(told)} findings are not shown; --verbose shows them." in usual
