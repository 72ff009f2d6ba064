"""What is said to people of another lesson has its numbers, and none of the lesson shipped."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest
from lesson_cases import LESSONS

from fmnist_spec.cli import main
from fmnist_spec.gate.catalogue import RULES, words_of
from fmnist_spec.gate.finding import Finding
from fmnist_spec.lesson import LESSON, Lesson, load_lesson

NUMBER = re.compile(r"(?<![\w.])\d[\d,_]*(?:\.\d+)?(?!\w)")
# What is said of the lesson shipped, and of another one only if that has it, too.
SHIPPED = {
    *("784", "100", "79510", "78500", "1010", "48000", "12000", "1500", "7500", "375"),
    *("0.2", "42", "0.86", "0.85", "310.59"),
}
# Words that are written into code, with what a lesson must teach so that they may be said.
CODE = {
    "three styles": {"list", "named", "add"},
    "train_test_split": {"seed"},
    "random_state": {"seed"},
    "test_size": {"seed"},
    "epochs=5": None,
    "Epoch 5/5": None,
    "패션 MNIST 모델": None,
    "'hidden'": None,
    "sigmoid": {"sigmoid"},
    "softmax": {"softmax"},
    "'rmsprop'": None,
    "RMSprop": None,
    ", 784)": {"rows"},
    "28, 28": None,
}
ASKED = re.compile(
    r"\w+=(?:TOLD|\{[^}]*\})"
)  # what a notebook asks for, whatever the lesson teaches
READ = {name: load_lesson(path) for name, path in LESSONS.items()}


class _Told:
    """What a finding fills into a sentence: any value, any part of it, in any form."""

    def __getattr__(self, name: str) -> "_Told":
        return self

    def __format__(self, form: str) -> str:
        return "TOLD"


def _values(words: Mapping[str, str], beside: Iterable[str]) -> Iterator[str]:
    """Name what a rule's findings fill in, but for words of the catalogue and the lesson."""
    for template in (*words.values(), *beside):
        for _, name, form, _ in Formatter().parse(template):
            first = re.split(r"[.\[]", name or "")[0]
            if first not in ("", "lesson") and (form or first != name or first not in words):
                yield first


def _findings(id: str, lesson: Lesson, file: Path) -> Iterator[Finding]:
    """Make a finding of every sentence of a rule, and of all words that may be one."""
    words = words_of(id)
    beside = [text for pairs in RULES[id].beside.values() for pair in pairs for text in pair]
    told = {**dict.fromkeys(_values(words, beside), _Told()), "lesson": lesson}
    places = (None, None)  # of no cell and no line
    yield from (Finding(id, "error", *places, key, told, lesson_files=(file,)) for key in words)


def _said(id: str, lesson: Lesson, file: Path) -> Iterator[str]:
    """Give all that a rule may say: its requirement, its examples, and texts of findings."""
    rule = RULES[id]
    yield from (text.format(lesson=lesson) for text in (rule.requires, rule.wrong, rule.right))
    for one in _findings(id, lesson, file):
        yield from (one.message, *chain.from_iterable(one.beside))


def _numbers_of(value: object) -> Iterator[str]:
    """Give the numbers of a lesson, of its layers and of what follows from it."""
    if isinstance(value, Lesson):
        names = [name for name in dir(value) if not name.startswith("_")]
        for name in names:
            yield from _numbers_of(getattr(value, name)) if name != "steps_of" else ()
    elif isinstance(value, dict):
        yield from (number for one in value.values() for number in _numbers_of(one))
    elif isinstance(value, tuple | list | frozenset):
        yield from (number for one in value for number in _numbers_of(one))
    elif hasattr(value, "__dataclass_fields__"):
        yield from _numbers_of(vars(value))
    elif isinstance(value, int | float | str):
        yield from (found.replace(",", "") for found in NUMBER.findall(str(value)))


@cache
def _own_numbers(lesson: Lesson) -> set[str]:
    return {*_numbers_of(lesson)}


def _foreign(text: str, lesson: Lesson) -> list[str]:
    """Find what belongs to the lesson shipped, and not to this one."""
    own = _own_numbers(lesson)
    found = {one.replace(",", "").replace("_", "") for one in NUMBER.findall(text)}
    foreign = [one for one in sorted(found & SHIPPED) if one not in own]
    said = [words for words in CODE if words in ASKED.sub("", text)]
    return foreign + [words for words in said if not _has(lesson, words)]


def _has(lesson: Lesson, words: str) -> bool:
    needs = CODE[words]
    return words in _code(lesson) if needs is None else needs <= lesson.subjects


@cache
def _code(lesson: Lesson) -> str:
    """Write what the lesson itself makes of code and names."""
    parts = [lesson.network.code, lesson.compile_code, lesson.fit_code, str(lesson.input_shape)]
    parts += [lesson.network.name, repr(lesson.network.names), repr(lesson.compile.optimizer)]
    parts += [
        lesson.split.code if lesson.split else "",
        f"Epoch {lesson.fit.epochs}/{lesson.fit.epochs}",
    ]
    return "\n".join(parts)


@pytest.mark.parametrize("name", LESSONS)
def test_nothing_is_said_of_a_lesson_that_belongs_to_another(name: str) -> None:
    """No sentence of a rule that this lesson is asked for has a number of the lesson shipped."""
    lesson, file = READ[name], LESSONS[name]
    ids = [id for id, rule in RULES.items() if rule.is_about(lesson)]
    texts = [(id, text) for id in ids for text in {*_said(id, lesson, file)}]
    wrong = [(id, *found, text) for id, text in texts if (found := _foreign(text, lesson))]
    assert wrong == [], "\n".join(map(str, wrong))


def test_what_is_looked_for_is_found_in_the_lesson_shipped() -> None:
    """The test above would be blind if these words and numbers stood in no sentence at all."""
    texts = [text for id in RULES for text in _said(id, LESSON, Path("lesson.toml"))]
    said = "\n".join(texts)
    for one in ("784", "79,510", "0.2", "42", "train_test_split", "epochs=5", "패션 MNIST 모델"):
        assert one in said, one
    assert [one for one in texts if _foreign(one, LESSON)] == []
    assert _foreign("79,510 parameters, test_size=0.2", READ["logits"]) == [
        "0.2",
        "79510",
        "test_size",
    ]


@pytest.mark.parametrize("name", LESSONS)
def test_the_rules_are_explained_in_the_numbers_of_the_lesson(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`rules` lists what the lesson is asked for, and `explain` has its numbers, too."""
    lesson, file = READ[name], str(LESSONS[name])
    assert main(["rules", "--lesson", file]) == 0
    listed = capsys.readouterr().out
    assert _foreign(listed, lesson) == [], listed
    for id, rule in RULES.items():
        if rule.is_about(lesson):
            assert id in listed
            assert main(["explain", id, "--lesson", file]) == 0
            explained = capsys.readouterr().out
            assert _foreign(explained, lesson) == [], explained


@pytest.mark.parametrize(
    ("name", "id"),
    [(name, id) for name in LESSONS for id in RULES if not RULES[id].is_about(READ[name])],
)
def test_a_rule_that_a_lesson_is_not_about_can_be_explained(
    name: str, id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever rule is asked for, the answer is no fault of ours, and has no empty name."""
    code = main(["explain", id, "--lesson", str(LESSONS[name])])
    told = capsys.readouterr()
    assert code in (0, 2)
    assert "Traceback" not in told.err
    assert "''" not in told.out
    assert "None" not in told.out
