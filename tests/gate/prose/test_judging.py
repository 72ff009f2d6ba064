"""Sentences that stand at an edge of what the judge decides."""

import pytest
from labelled import Observed, cell, judged

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
    "절편은 모두 1,010개입니다.": "1,010",
    "전체 픽셀은 47,140,000개입니다.": "47,140,000",
    "After the first epoch the optimizer has made 4,500 steps.": "4,500",
    "훈련 세트의 80%로 훈련하고 25%로 검증합니다.": "25",
    "파라미터 79,410개 (은닉 78,500 + 출력 1,010)": "79,410",
    "훈련에 쓰이지 않는 이미지는 1만 5천 장입니다.": "15,000",
    "훈련에 쓰지 않은 20,000장으로 평가합니다.": "20,000",
    "We use a test size of 0.25.": "25",
    "입력 뉴런은 785개이다.": "785",
    # after some of the epochs, nothing but what is counted so far is other than at the end
    "After epoch 2 the hidden layer has 200 units.": "200",
    "두 번째 에포크에서 배치 크기는 64입니다.": "64",
    "에포크 2가 끝나면 훈련 이미지 50,000장을 섞습니다.": "50,000",
    "에포크 2가 끝나면 배치를 모두 5,000개 처리합니다.": "5,000",
    # a share of a set is none of those that are right
    "We hold back 30% of the training set to measure accuracy.": "30",
    "정확도를 재려고 훈련 세트의 30%를 떼어 둡니다.": "30",
    "The validation accuracy is measured on 30% of the training images.": "30",
    "훈련 세트의 3분의 1을 떼어 정확도를 잽니다.": "33.33333333",
    # of what is split, the numbers are those of the images
    "train_test_split으로 나눈 50,000장입니다.": "50,000",
    "train_test_split으로 30%를 떼어 냅니다.": "30",
}
SUPPOSED = [  # true of another network, batch or split: these are no errors
    "검증 세트를 30%로 떼어 내면 18,000개가 됩니다.",
    "검증 세트를 10%만 떼면 훈련 세트는 54,000개가 됩니다.",
    "배치 크기 64로 훈련하면 에포크마다 750번 갱신합니다.",
    "64 x 64 이미지를 펼치면 4,096개의 픽셀이 됩니다.",
    "뉴런이 64개인 은닉층의 파라미터는 50,240개입니다.",
    "With 30 hidden neurons there are 23,550 + 310 = 23,860 parameters.",
    "With 200 neurons the hidden layer has 157,000 parameters.",
    "With a batch size of 16 an epoch has 3,000 steps.",
    "For 50 hidden neurons, the total comes to 39,760.",
    "Holding back 30% leaves 42,000 training images.",
    "Training on all 60,000 images takes 1,875 steps per epoch.",
    "Training for 8 epochs takes 12,000 steps.",
]
NOT_SUPPOSED = [  # something in each is true of none
    "With 128 hidden neurons there are 79,510 parameters in total.",
    "With 128 hidden neurons there are 101,771 parameters in total.",
    "With 100 hidden neurons there are 79,501 parameters in total.",
    "배치 크기 64로 훈련하면 에포크마다 1,500번 갱신합니다.",
    "검증 세트를 30%로 떼어 내면 12,000개가 됩니다.",
    "결과를 보면 은닉층의 뉴런 수는 110, 출력층의 뉴런 수는 10이다.",
    "뉴런이 120개인 은닉층을 만듭니다.",
    "은닉층은 뉴런이 128개이고 파라미터는 100,480개입니다.",
    "The hidden layer has 128 units and 100,480 parameters.",  # nothing says that it is another's
]
NOT_TOLD = [
    # the number of an answer
    "**정답: 2번** 은닉층의 파라미터는 78,500개입니다.",
    "정답: 3번 에포크는 5번입니다.",
    "**2번** 은닉층은 시그모이드를 씁니다.",
    # how much more
    "검증 세트는 12,000개인데, 테스트 세트는 그보다 2,000개 적은 10,000개입니다.",
    "The validation set is 2,000 images larger than the test set.",
    "The hidden layer is ten times as wide as the output layer.",
    "The hidden layer is 10 times wider than the output layer.",
    "입력 뉴런 784개가 은닉 뉴런 100개와 빠짐없이 이어지니 연결선은 78,400개입니다.",
    # how many times as large
    "The hidden layer's 78,500 parameters are 78 times the 1,010 of the output layer.",
    "The hidden layer has 78 times the parameters of the output layer.",
    # a sum in words
    "78,400 weights plus 100 biases equals 78,500.",
    # accuracies that differ
    "The validation accuracy of 87% is 1% lower than the training accuracy of 88%.",
    "The training set and the validation set differ in accuracy by 3%.",
    "About 88% of the validation images are classified correctly.",
    "검증 세트의 88%를 맞힙니다.",
    "About 12% of the training images are wrong.",
    "The accuracy on the images held back is 88%.",
    "After the second epoch the network has seen 96,000 images, and three epochs are left.",
    "train_test_split keeps one fifth, or 12,000 images.",
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
    "The hidden layer has 784 x 100 weights and 100 biases, in total 78,500.",
    "78,400 weights + 100 biases: 78,500 altogether.",
    "편향 100개까지 합쳐 78,500개가 됩니다.",
    "절편은 총 110개, 가중치는 총 79,400개입니다.",
    # each layer has its own number in the brackets
    "파라미터 79,510개 (은닉 78,500 + 출력 1,010)",
    # held back, by other words
    "검증에 쓰이는 이미지 1만 2천 장은 훈련에 쓰이지 않습니다.",
    "The 12,000 images that are not used for training are the validation set.",
    "`train_test_split` holds back one fifth of the pictures.",
    "검증에 사용하는 이미지 12,000장은 훈련에 넣지 않습니다.",
    "12,000장의 이미지는 훈련에서 빠집니다.",
    "훈련하지 않은 이미지 12,000장으로 정확도를 확인합니다.",
    # after a part of the training
    "에포크 2가 끝나면 배치를 모두 3,000개 처리한 것입니다.",
    "After epoch 3 the optimizer has made 4,500 steps.",
    # each number has a noun, or none, of its own
    "에포크마다 1,500번, 다섯 에포크 동안 모두 7,500번 가중치를 갱신한다.",
    "한 에포크에 1,500번, 5번의 에포크에 7,500번 갱신합니다.",
    "전체 파라미터는 약 79.5k개입니다.",
    # of all images
    "전체 픽셀은 47,040,000개입니다.",
    "픽셀 값은 모두 4,704만 개(60,000 x 784 = 47,040,000)입니다.",
    # an accuracy
    "훈련 정확도는 88%입니다.",
    "5 에포크 훈련 후 정확도가 88%가 됩니다.",
    "The accuracy on the training set is about 88%.",
    "It labels 88% of the training images correctly.",
    "훈련 이미지의 88%를 맞힙니다.",
    # not a share
    "훈련 정확도와 검증 정확도의 차이는 0.5%포인트로 작습니다.",
    "훈련 데이터와 검증 데이터의 정확도는 3%포인트 다릅니다.",
    "The training set is 0.5% larger than this.",
]


@pytest.mark.parametrize(("text", "observed"), TOLD.items(), ids=TOLD)
def test_what_is_false_is_told(text: str, observed: str) -> None:
    """Once, with the number as it is read."""
    assert [one.observed for one in judged(cell(text))] == [observed]


def test_a_run_without_images_is_no_obstacle() -> None:
    """fit() on a single number, which raises, has none."""
    told = cell("After epoch 3 the optimizer has made 4,400 steps.")
    none: Observed = {"training images": frozenset({0})}
    assert [one.observed for one in judged(told, none)] == ["4,400"]


@pytest.mark.parametrize("text", SUPPOSED)
def test_what_follows_from_another_size_is_no_error(text: str) -> None:
    """A reader may be told what another network would have; a warning, for it may be stale."""
    assert {one.severity for one in judged(cell(text))} == {"warning"}


@pytest.mark.parametrize("text", NOT_SUPPOSED)
def test_what_follows_from_nothing_is_an_error(text: str) -> None:
    """Though it may begin as if it supposed another size."""
    assert "error" in {one.severity for one in judged(cell(text))}


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_may_be_of_something_else_is_not_told(text: str) -> None:
    """Though the number is none of the lesson's."""
    assert judged(cell(text)) == []
