"""What the lesson says of each term to which a text is held."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from notebooks import LESSON
from traces import FIT, LIST, NETWORK, SPLIT

from fmnist_spec.gate.compare.terms import lesson_values, observed_values


def test_no_layer_of_a_deeper_lesson_is_forgotten() -> None:
    """The layer in the middle has its units, activation and parameters like the others."""
    first, last = LESSON.network.layers
    middle = replace(first, name="middle", arguments={"units": 50, "activation": "relu"})
    network = replace(LESSON.network, layers=(first, middle, last))
    values = lesson_values(replace(LESSON, network=network))
    assert values["hidden units"] == {100, 50}
    assert values["hidden activation"] == {"sigmoid", "relu"}
    assert values["hidden parameters"] == {78_500, 5_050}
    assert values["output parameters"] == {510}
    assert {5_050, 84_060} <= values["parameters"]
    assert values["hidden"] == {784, 100, 78_400, 78_500, 50, 5_000, 5_050}
    assert values["output"] == {50, 10, 500, 510}


def test_every_term_of_the_shipped_lesson_has_its_values(
    hold: Callable[[Path, Iterable[str]], None],
) -> None:
    """All that a text may say of it; of many values, how many they are."""
    said = [
        f"{term}: {', '.join(sorted(map(str, values))) if len(values) < 30 else len(values)}"
        for term, values in sorted(lesson_values(LESSON).items())
    ]
    hold(Path(__file__).with_name("terms.txt"), said)


def test_what_a_run_shows_stands_by_the_same_terms() -> None:
    """Of its networks, its split and its trainings; the text may speak of any of them."""
    hidden, output = NETWORK.layers
    layers = replace(hidden, parameters=78_500), replace(output, parameters=1_010)
    built = replace(LIST, network=replace(NETWORK, layers=layers))
    shown = observed_values(LESSON, [built, SPLIT, replace(FIT, epochs=7, batch_size=64)])
    expected: dict[str, set[float | str]] = {
        "hidden units": {100},
        "hidden activation": {"sigmoid"},
        "hidden parameters": {78_500},
        "output units": {10},
        "output activation": {"softmax"},
        "output parameters": {1_010},
        "parameters": {78_500, 1_010},
        "trainable parameters": {79_510},
        "non-trainable parameters": {0},
        "total parameters": {79_510},
        "random_state": {42},
        "training images": {48_000},
        "validation images": {12_000},
        "epochs": {7},
        "batch size": {64},
        "steps": {750, 5_250},
    }
    assert shown == expected
    assert shown.keys() <= lesson_values(LESSON).keys()
