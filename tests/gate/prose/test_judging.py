"""Sentences that stand at an edge of what the judge decides."""

import pytest
from labelled import cell, judged

TOLD = {
    "The model can be built in 2 ways.": "2",
    "모델을 만드는 방법은 2가지이다.": "2",
    "The hidden layer has 2 parameters.": "2",  # too few for its size, however few
    "가중치의 크기는 (50, 100)이다.": "50 x 100",
    "The output of the hidden layer has the shape (50, 100).": "50 x 100",
}
NOT_TOLD = [
    "There are 2 ways to add layers.",
    "가중치의 크기는 (50, 99)이다.",  # so small an array is seldom the lesson's
    "입력의 가중치는 (784, 100)이다.",  # the input layer has none: the next one's are meant
    "The second layer's weights have the shape (100, 11).",  # the second of what is not said
    "The output of the second layer has the shape (None, 100).",
]


@pytest.mark.parametrize(("text", "observed"), TOLD.items(), ids=TOLD)
def test_what_is_false_is_told(text: str, observed: str) -> None:
    """Once, with the number as it is read."""
    assert [one.observed for one in judged(cell(text))] == [observed]


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_may_be_of_something_else_is_not_told(text: str) -> None:
    """Though the number is none of the lesson's."""
    assert judged(cell(text)) == []
