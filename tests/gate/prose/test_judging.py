"""Sentences that stand at an edge of what the judge decides."""

import pytest
from labelled import cell, judged

TOLD = {
    "The model can be built in 2 ways.": "2",
    "모델을 만드는 방법은 2가지이다.": "2",
    "The hidden layer has 2 parameters.": "2",  # too few for its size, however few
    "가중치의 크기는 (50, 100)이다.": "50 x 100",
    "The output of the hidden layer has the shape (50, 100).": "50 x 100",
    "The network has 78.4k parameters in total.": "78,400",
    "총 파라미터는 7.85만 개입니다.": "78,500",
    "훈련 세트는 5.8만 장입니다.": "58,000",
    "이미지 4,803만 장": "48,030,000",
    "The training set has 50k images.": "50,000",  # 48,000 is not rounded so
    "출력층에는 가중치 1,000개와 절편 10개가 있어 모두 1,100개입니다.": "1,100",
    "가중치에 절편을 더해 78,600개입니다.": "78,600",
    "절편만 더하면 100개, 절편만 더하면 120개입니다.": "120",
    "파라미터 79,410개 (은닉 78,500 + 출력 1,010)": "79,410",
    "훈련에 쓰이지 않는 이미지는 1만 5천 장입니다.": "15,000",
}
NOT_TOLD = [
    "There are 2 ways to add layers.",
    "가중치의 크기는 (50, 99)이다.",  # so small an array is seldom the lesson's
    "입력의 가중치는 (784, 100)이다.",  # the input layer has none: the next one's are meant
    "The second layer's weights have the shape (100, 11).",  # the second of what is not said
    "The output of the second layer has the shape (None, 100).",
    # rounded, or cut off, to the digits that are written
    "The network has 79.5k parameters: 78.5k in the hidden layer, 1.01k in the output layer.",
    "Total: 79k parameters, or 80k parameters.",
    "총 7.95만 개의 파라미터가 있고 훈련 세트는 4.8만 장입니다.",
    "은닉층에만 7만 8천여 개의 파라미터가 있습니다.",
    # a sum of weights and biases is of neither
    "가중치가 78,400개, 절편이 100개로 모두 78,500개입니다.",
    "출력층에는 가중치 1,000개와 절편 10개가 있어 모두 1,010개입니다.",
    "The hidden layer has 78,400 weights and 100 biases, for a total of 78,500.",
    "출력층은 가중치 1,000개에 절편을 더해 1,010개입니다.",
    "절편을 빼면 78,400개와 1,000개입니다.",
    # each layer has its own number in the brackets
    "파라미터 79,510개 (은닉 78,500 + 출력 1,010)",
    # held back, by other words
    "검증에 쓰이는 이미지 1만 2천 장은 훈련에 쓰이지 않습니다.",
    "The 12,000 images that are not used for training are the validation set.",
    "`train_test_split` holds back one fifth of the pictures.",
    # not a share
    "훈련 정확도와 검증 정확도의 차이는 0.5%포인트로 작습니다.",
    "훈련 데이터와 검증 데이터의 정확도는 3%포인트 다릅니다.",
    "The training set is 0.5% larger than this.",
]


@pytest.mark.parametrize(("text", "observed"), TOLD.items(), ids=TOLD)
def test_what_is_false_is_told(text: str, observed: str) -> None:
    """Once, with the number as it is read."""
    assert [one.observed for one in judged(cell(text))] == [observed]


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_may_be_of_something_else_is_not_told(text: str) -> None:
    """Though the number is none of the lesson's."""
    assert judged(cell(text)) == []
