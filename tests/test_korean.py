"""What is said in Korean: whole sentences, with particles that fit, and no English beside them."""

import os
import re
import sys

import pytest
from test_language import WORDS

from fmnist_spec import language
from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.confine.sandbox import NAMESPACE, REFUSALS, RunSettings
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.notebook import NotebookError, read_notebook
from fmnist_spec.gate.run.process import RunnerError
from fmnist_spec.gate.run.runner import Runner
from fmnist_spec.gate.run.worker import Worker
from fmnist_spec.harmless import harmless
from fmnist_spec.lesson import LESSON_FILE, load_lesson
from fmnist_spec.preparing import scale
from fmnist_spec.summary import Summary

pytestmark = pytest.mark.once
HANGUL = re.compile("[가-힣]")
SENTENCE = re.compile(r"\b[a-z]+ [a-z]+ [a-z]+\b")
CHOICE = re.compile(r"\[[가-힣]+/[가-힣]+\]|[가-힣]\([가-힣]\)")  # [을/를], 을(를)
FORMS = {
    one: {key: [form] if isinstance(form, str) else form for key, form in words.items()}
    for one, words in WORDS.items()
}


@pytest.fixture(autouse=True)
def korean(monkeypatch):
    monkeypatch.setenv(language.ASKED, "ko")


@pytest.mark.parametrize("key", FORMS["ko"])
def test_korean_words_are_korean(key):
    """What has no Hangul is an id, or joins values."""
    for form in FORMS["ko"][key]:
        own = re.sub(r"\{[^}]*\}", "", form)
        assert HANGUL.search(own) or " " not in own.strip(" ,;"), f"{key} has no Korean: {form}"
        assert not SENTENCE.search(own), f"{key} has English: {form}"


@pytest.mark.parametrize("key", FORMS["ko"])
def test_every_particle_is_chosen(key):
    """One that language.joined() does not know would be shown as it is written."""
    for form in FORMS["ko"][key]:
        assert not CHOICE.search(language.joined(form)), f"{key}: {form}"


@pytest.mark.skipif(sys.platform != "linux", reason="the English words are Linux's")
def test_a_refusal_is_said_as_the_system_says_it(monkeypatch):
    """In English they are its own words, so that a search for them finds what others know."""
    monkeypatch.setenv(language.ASKED, "en")
    for key, (form, *_) in FORMS["en"].items():
        if key.startswith("errno."):
            assert form == os.strerror(getattr(language.errno, key.removeprefix("errno.")))


def test_a_refusal_without_words_is_told_by_the_system():
    """Few refusals have words of ours: an odd one is not hidden by that."""
    assert language.refusal(OSError(99, "Cannot assign requested address")).startswith("Cannot")
    assert language.refusal(OSError("a plain text")) == "a plain text"


EPOCHS = LESSON_FILE.read_text(encoding="utf-8").replace("epochs = 5", "epochs = 0")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.toml", EPOCHS, "fit.epochs: 0보다 큰 수가 필요합니다(현재: 0). 이 값이나 관련된 값을"),
        (
            "a.toml",
            "titel = 3",
            "중 하나가 필요합니다(현재: 알 수 없는 키 'titel'). 혹시 title인가요? 철자를",
        ),
        ("a.toml", "title = ", "a.toml: 파일: UTF-8로 저장한 TOML이 필요합니다(현재: 읽을 수 없는"),
        ("a.toml", None, "파일: 읽을 수 있는 파일이 필요합니다(현재: 파일이나 폴더가 없음). 경로"),
        ("a.ipynb", "", "a.ipynb: 파일: 파일이 비어 있습니다. 주피터에서 노트북을 다시 저장"),
        ("a.ipynb", "{}", "a.ipynb: nbformat: JSON이지만 노트북이 아닙니다. .ipynb, .py, .md로"),
        ("a.txt", "", "a.txt: 이름: .ipynb, .py, .md 파일이 아닙니다. .ipynb, .py, .md로"),
    ],
)
def test_an_error_of_a_file_is_said_in_korean(tmp_path, name, text, said):
    """All its parts are: the place, what was found, what is needed, and what to do."""
    file = tmp_path / name
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(said)):
        load_lesson(file) if file.suffix == ".toml" else read_notebook(file)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: scale([1]), "uint8 배열이 필요합니다(현재: list). load_data()가"),
        (lambda: Summary.parse("x"), "'x'에서 요약을 찾지 못했습니다. model.summary()의"),
        (lambda: Checker(Config(("names",), ("names",))), "설정: ignore: 검사할 규칙 하나 이상이"),
    ],
)
def test_an_error_of_a_call_is_said_in_korean(call, said):
    """A notebook that uses the library is read by students, too."""
    with pytest.raises((ValueError, TypeError), match=re.escape(said)):
        call()


def test_measures_that_are_missing_are_named_in_korean():
    """All of them have words: what was reached, and what is needed beside it."""
    runner = Runner("fashion_mnist", lambda: None, RunSettings(require_isolation=True))
    needed = "seccomp, landlock, 관리자(root) 권한 제거, 자원 제한"
    said = f"(적용됨: 네트워크 네임스페이스, 파이썬 수준의 차단, 적용되지 않음: {needed})"
    with pytest.raises(RunnerError, match=re.escape(said)):
        runner._check_isolation((NAMESPACE, REFUSALS))


def test_what_is_left_out_of_a_long_text_is_told_in_korean():
    """Its end is kept, as in English."""
    assert re.search(r"x…\(1,040자 생략\)…x", harmless("x" * 3_000))


def test_a_process_of_ours_speaks_the_language_that_is_asked_for(tmp_path):
    """What it raises is made again from its words: they were said in that process."""
    worker = Worker()
    try:
        with pytest.raises(NotebookError, match=r"파일: 파일이 없습니다\. "):
            worker.ask(read_notebook, tmp_path / "none.ipynb")
    finally:
        worker.close()
