"""What the lesson says of each term to which a text is held."""

from dataclasses import replace

from notebooks import LESSON

from fmnist_spec.gate.compare.terms import lesson_values


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
