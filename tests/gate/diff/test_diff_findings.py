"""Which findings a change brings, takes and leaves, and which exit code follows."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from beside import CODE, CONFIG, NAMES, beside, judged, rules, with_networks
from test_diff_facts import wide
from traces import EVENTS, FIT, swap

from fmnist_spec.gate.diff.comparison import Comparison, compare, held_of
from fmnist_spec.lesson import Lesson

TEXT = "# 78,500\n\n파라미터는 784 x 100 + 100 = 78,400개입니다."
MORE = f"{TEXT} 출력층은 100 x 10 + 10 = 1,011개입니다."
LONGER = swap(FIT, replace(FIT, epochs=7))
ALL = ("new", "gone", "silenced", "kept")


def states(found: Comparison) -> dict[str, list[str]]:
    """Give the rules of each state that has some."""
    return {one: named for one in ALL if (named := rules(found, one))}


def of_sources(old: Sequence[str], new: Sequence[str]) -> Comparison:
    return beside(judged(sources=old), judged(sources=new))


def test_a_finding_that_comes_is_an_error_of_the_change() -> None:
    """And one that goes is none."""
    came, went = beside(judged(), judged(LONGER)), beside(judged(LONGER), judged())
    assert (states(came), came.exit_code) == ({"new": ["epochs"]}, 1)
    assert (states(went), went.exit_code) == ({"gone": ["epochs"]}, 0)


def test_what_was_wrong_before_is_no_error_of_the_change() -> None:
    """A pull request is not blamed for what it has not touched."""
    found = beside(judged(LONGER), judged(LONGER))
    assert (states(found), found.exit_code) == ({"kept": ["epochs"]}, 0)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param((TEXT, *CODE), ("# new", "1", TEXT, *CODE), {"kept": 1}, id="a cell inserted"),
        pytest.param((TEXT, *CODE), (*CODE, TEXT), {"kept": 1}, id="moved"),
        pytest.param(
            (TEXT, *CODE), (TEXT.replace("파", "이 파"), *CODE), {"kept": 1}, id="reworded"
        ),
        pytest.param((TEXT, *CODE), (MORE, *CODE), {"kept": 1, "new": 1}, id="one more in a line"),
        pytest.param((MORE, *CODE), (TEXT, *CODE), {"kept": 1, "gone": 1}, id="one of two is gone"),
        pytest.param((TEXT, *CODE), (TEXT, TEXT, *CODE), {"kept": 1, "new": 1}, id="copied"),
        pytest.param(
            (TEXT, *CODE),
            (TEXT.replace("78,400", "78,300"), *CODE),
            {"gone": 1, "new": 1},
            id="another mistake in its place",
        ),
    ],
)
def test_a_finding_is_known_again_by_its_line_or_its_words(old, new, told) -> None:
    """Wherever its cell stands now."""
    found = of_sources(old, new)
    assert {state: len(named) for state, named in states(found).items()} == told


def test_what_else_is_said_of_a_finding_makes_it_no_other() -> None:
    """Such as from which other one it may follow: that one may be gone."""
    old, new = (judged(sources=(text, *CODE)) for text in (TEXT, TEXT.replace("파", "이 파")))
    (found,) = old.findings
    follows = replace(old, findings=(replace(found, follows="First correct the other one."),))
    assert states(beside(follows, new)) == {"kept": ["prose-arithmetic"]}


def test_what_a_change_silences_is_not_mended() -> None:
    """A reviewer sees it; and what is no longer silenced is new."""
    silent = [*CODE[:-1], f"{CODE[-1]}  # fmnist-spec: ignore[epochs]"]
    quiet = beside(judged(LONGER), judged(LONGER, silent))
    assert (states(quiet), quiet.exit_code) == ({"silenced": ["epochs"]}, 0)
    loud = beside(judged(LONGER, silent), judged(LONGER))
    assert (states(loud), loud.exit_code) == ({"new": ["epochs"]}, 1)


def test_a_warning_that_comes_is_no_error() -> None:
    """But one that has become an error is."""
    warned = judged(LONGER, config=replace(CONFIG, severity={"epochs": "warning"}))
    assert beside(judged(), warned).exit_code == 0
    assert beside(warned, judged(LONGER)).exit_code == 1


def test_a_rule_that_is_undecided_only_now_is_exit_code_2() -> None:
    """Nobody knows whether the change has broken it; what was undecided before says nothing."""
    before = judged()
    after = replace(before, verdict="error", undecided=("epochs", "loss"))
    assert beside(before, after).exit_code == 2
    assert beside(after, after).exit_code == 0
    both = replace(judged(LONGER), undecided=("loss",))
    assert beside(before, both).exit_code == 1, "an error is certain"


def test_text_that_the_code_makes_false_is_told() -> None:
    """It still says what the lesson says, so that no rule speaks; and it is no error by itself."""
    text = "# 은닉층\n\n은닉층에는 뉴런이 100개 있습니다."
    old, new = (judged(one, (text, *CODE)) for one in (EVENTS, with_networks(wide)))
    found = beside(old, new)
    (told,) = found.findings.outdated
    assert (told.rule, told.place(line=True)) == ("prose-number", "cell 1, line 3")
    assert told.message.startswith(
        'The text says "은닉층에는 뉴런이 100개", but this notebook has 128'
    )
    assert {*rules(found, "new")} == {"network"}
    assert not beside(new, new).findings.outdated, "it was as false before"
    assert not beside(new, old).findings.outdated


def test_text_that_the_new_lesson_makes_false_is_an_error_once(
    edited_lesson: Callable[..., Lesson],
) -> None:
    """Each notebook has the lesson of its time, so that a change of both is seen."""
    text = "# 은닉층\n\n은닉층에는 뉴런이 100개 있습니다."
    lesson = edited_lesson(("units = 100", "units = 128"))
    old = judged(EVENTS, (text, *CODE))
    new = judged(with_networks(wide), (text, *CODE), lesson=lesson)
    found = compare(NAMES, (old, new), (held_of(old), [replace(held_of(new)[0], lesson=lesson)]))
    assert states(found) == {"new": ["prose-number"]}
    assert (found.same_lessons, found.findings.outdated, found.exit_code) == (False, (), 1)


def test_an_unchanged_notebook_has_nothing_to_tell() -> None:
    """Not one finding, and not one change."""
    found = beside(judged(EVENTS), judged(EVENTS))
    assert (states(found), found.changed, found.exit_code) == ({}, [], 0)
