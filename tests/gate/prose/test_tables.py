"""Numbers in tables of Markdown, whose heads say what they count."""

import pytest
from labelled import cell, judged

TOLD = {
    "parameters": (
        "| layer | parameters |\n|---|---|\n| hidden | 78,500 |\n| output | 1,010 |\n"
        "| total | 79,150 |",
        ["79,150"],
    ),
    "weights and biases": (
        "| Layer | weights | biases | # params |\n|:--|--:|--:|--:|\n"
        "| hidden | 78,500 | 100 | 78,500 |\n"
        "| output | 1,000 | 100 | 1,010 |\n| **total** | 79,400 | 110 | **79,501** |",
        ["78,500", "100", "79,501"],
    ),
    "layers in the head": (
        "| | 은닉층 | 출력층 | 합계 |\n|---|---|---|---|\n| 뉴런 수 | 120 | 10 | 110 |\n"
        "| 파라미터 | 78,500 | 1,100 | 79,610 |",
        ["120", "1,100", "79,610"],
    ),
    "images": (
        "| 구분 | 이미지 수 |\n|---|---|\n| 훈련 세트 | 50,000 |\n| 테스트 세트 | 12,000 |",
        ["50,000", "12,000"],
    ),
    "what is no number stays in its row": (
        "| layer | activation | units |\n|---|---|---|\n| output | relu | 10 |",
        ["relu"],
    ),
    "a text below it": (
        "| layer | units |\n|---|---|\n| output | 10 |\nIt has 79,150 parameters.",
        ["79,150"],
    ),
}
NOT_TOLD = {
    "all of it": (
        "| layer | weights | biases | parameters |\n|---|---|---|---|\n"
        "| hidden | 78,400 | 100 | 78,500 |\n"
        "| output | 1,000 | 10 | 1,010 |\n| total | 79,400 | 110 | 79,510 |"
    ),
    "layers in the head": (
        "| | 은닉층 | 출력층 | 합계 |\n|---|---|---|---|\n| 뉴런 | 100 | 10 | 110 |\n"
        "| 파라미터 개수 | 78,500 | 1,010 | 79,510 |"
    ),
    "images": (
        "| | train | validation | test |\n|---|---|---|---|\n| images | 48,000 | 12,000 | 10,000 |"
    ),
    "two networks": (
        "| | ours | larger |\n|---|---|---|\n| hidden | 100 | 300 |\n| total | 79,510 | 238,510 |"
    ),
    "steps beside the images": (
        "| Set | Images | Batches of 32 |\n|---|---|---|\n| train | 48,000 | 1,500 |\n"
        "| validation | 12,000 | 375 |"
    ),
    "networks in the head": (
        "| Network | Hidden 50 | Hidden 100 |\n|---|---|---|\n"
        "| Hidden layer params | 39,250 | 78,500 |"
    ),
    "networks of which each has a name": (
        "| 비교 | A 모델 | B 모델 |\n|---|---|---|\n| 은닉층 뉴런 수 | 100 | 300 |\n"
        "| 은닉층 파라미터 | 78,500 | 235,500 |"
    ),
    "splits in the head": (
        "| | test_size=0.2 | test_size=0.1 |\n|---|---|---|\n| 훈련 세트 | 48,000 | 54,000 |"
    ),
    "data sets in the head": (
        "| | MNIST | CIFAR-10 |\n|---|---|---|\n| training images | 60,000 | 50,000 |"
    ),
    "trainings in the head": (
        "| | 5 epochs | 10 epochs |\n|---|---|---|\n| total updates | 7,500 | 15,000 |"
    ),
    "many networks": "| hidden units | parameters |\n|---|---|\n| 50 | 39,760 |\n| 100 | 79,510 |",
    "in a fence": "```\n| layer | parameters |\n|---|---|\n| total | 79,150 |\n```",
}


@pytest.mark.parametrize(("table", "observed"), TOLD.values(), ids=TOLD)
def test_what_is_false_is_told(table: str, observed: list[str]) -> None:
    """Once, as an error."""
    found = judged(cell(table))
    assert [one.observed for one in found] == observed
    assert {one.severity for one in found} == {"error"}


@pytest.mark.parametrize("table", NOT_TOLD.values(), ids=NOT_TOLD)
def test_what_is_true_or_of_other_networks_is_not_told(table: str) -> None:
    """Nor what nobody says what it is."""
    assert judged(cell(table)) == []
