"""What a text says falsely is told in Korean, with the terms as Korean course books have them."""

import re
from itertools import chain

import pytest
from korean import english_in
from labelled import RAN, cell, judged
from notebooks import LESSON

from fmnist_spec import language
from fmnist_spec.gate.compare.terms import lesson_values
from fmnist_spec.gate.prose.vocabulary import called

TERMS = [one for one in lesson_values(LESSON) if not re.match("also |each ", one)]
NAMES = {"sigmoid", "softmax", "tanh", "relu", "rmsprop", "adam", "sgd", "adagrad"}
FALSE = {
    "은닉층에는 뉴런이 64개 있습니다.": "수업과 이 노트북에서는 은닉층의 뉴런 개수가 100입니다.",
    "출력층의 활성화 함수는 시그모이드입니다.": "출력층의 활성화 함수가 softmax입니다.",
    "785 x 100 + 100 = 78,500입니다.": "계산 결과는 78,500이 아니라 78,600입니다.",
}


@pytest.fixture(autouse=True)
def korean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak Korean."""
    monkeypatch.setenv(language.ASKED, "ko")


@pytest.mark.parametrize("text", FALSE)
def test_a_false_number_is_told_in_korean(text: str) -> None:
    """The sentence names the term and the number that it has, with the right particles."""
    (found,) = judged(cell(text), RAN)
    assert FALSE[text] in found.message
    for said in (found.message, *chain(*found.beside)):
        assert {*english_in(said)} <= NAMES, said


@pytest.mark.parametrize("term", TERMS)
def test_every_term_has_a_korean_name(term: str) -> None:
    """Only names of functions and arguments stay as code has them."""
    assert {*english_in(called(term))} <= NAMES
    assert term == "random_state" or re.search("[가-힣]$", called(term))
