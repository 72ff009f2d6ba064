"""Numbers in the text of a notebook: what is false is found, and what is true is left alone."""

import string
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled import (
    GROUPS,
    LANGUAGES,
    RAN,
    Labelled,
    Observed,
    cell,
    first_sight,
    judged,
    judged_of,
    labelled,
    measure,
    table,
)
from notebooks import LESSON
from told import told_of

from fmnist_spec.gate.compare.terms import lesson_values
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.prose.numbers import LONGEST
from fmnist_spec.gate.prose.phrases import COUNTABLE
from fmnist_spec.gate.prose.sentences import sentences
from fmnist_spec.gate.prose.tokens import KINDS

PAGE = Path(__file__).parents[3] / "docs" / "checking.md"
SAID = Path(__file__).with_name("said")
SEED = "78500 = {}(픽셀 수) x 100(가중치 = 뉴런 수) + 100(절편 = 뉴런 수)"
SIGNS = string.printable + "가층은²①만٣\u200b\ue000"
FORMULAS = st.text(alphabet="0123456789,.%+-*/x^=()개의 뉴런은닉층«»약#$\\{}\n", max_size=80)
DOUBT = ["warning"]
SHOWN: Observed = {"hidden units": frozenset({64})}
FEW = settings(max_examples=50, deadline=None)


def expect(
    text: str, *severities: str, kind: str = "markdown", observed: Observed | None = RAN
) -> list[Finding]:
    """Judge a text: it has findings of these severities."""
    one = cell(text, kind)
    found = judged(one, observed)
    assert [finding.severity for finding in found] == [*severities], told_of(found, [one])
    return found


@pytest.fixture(scope="module")
def sentences_judged() -> list[Labelled]:
    return labelled()


@pytest.mark.parametrize("split", ["tuned", "test"])
def test_the_judge_is_right_as_often_as_promised(sentences_judged, split):
    """Errors are right 99 times in 100, and 8 of 10 false sentences are found."""
    measures = measure([one for one in sentences_judged if one.test == (split == "test")])
    for name, least in (("precision of errors", 0.99), ("recall of false sentences", 0.8)):
        hits, cases = measures[name]
        assert cases >= 40, f"{split}: only {cases} sentences measure the {name}; write more"
        assert hits / cases >= least, (
            f"{split}: {name} is {hits}/{cases}, expected at least {least}. See which sentences "
            f"are judged wrongly: python benchmarks/prose_accuracy.py --misses"
        )


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_said_of_each_sentence_is_known(group, hold):
    """A change of a pattern shows in the folder said."""
    said = [
        f"{it.severity}: {it.observed}, not {it.expected} ({it.values.get('term', 'equation')}: "
        f"{it.values.get('said') or it.values['written']}) | {' '.join(one.text.split())[:60]}"
        for one in judged_of(group)
        for it in one.findings
    ]
    hold(SAID / f"{group}.txt", said)


def test_the_page_gives_the_figures_of_first_sight():
    """The table of docs/checking.md is what the command prints."""
    text = PAGE.read_text(encoding="utf-8")
    missing = [line for line in table() if line not in text]
    assert not missing, "docs/checking.md: write what python benchmarks/prose_accuracy.py prints"


def test_each_fresh_set_has_its_figure():
    """Three sets a round, in each at least 60 false sentences, and what was said of them first."""
    for number, sets in first_sight().items():
        false = [one[language]["false"] for one in sets for language in LANGUAGES]
        assert len(sets) == 3, f"round {number} has {len(sets)} sets, expected 3"
        assert sum(cases for _, cases in false) >= 180, f"round {number}: write more sentences"


def test_the_labelled_set_is_large_and_says_nothing_twice(sentences_judged):
    """At least 6,000 sentences are labelled, each once for what its notebook shows."""
    count = len(sentences_judged)
    assert count >= 6000, f"only {count} sentences are labelled; write more"
    times = Counter((one.text, one.observed) for one in sentences_judged)
    twice = [text for (text, _), count in times.items() if count > 1]
    assert not twice, f"written twice in sentences.toml: {twice}"


def test_the_sentence_of_the_seed_is_an_error():
    """785 pixels are one too many: the message says what is written and what it comes to."""
    (finding,) = expect(SEED.format(785), "error")
    assert finding.rule == "prose-arithmetic"
    assert "78500 = 785 x 100 + 100" in finding.message
    assert (finding.expected, finding.observed) == ("78,600", "78500")


def test_a_number_that_is_not_the_lessons_is_an_error():
    """The message quotes the text, and gives the lesson's value and a remedy."""
    (finding,) = expect("은닉층의 뉴런 개수는 64개입니다.", "error")
    assert finding.rule == "prose-number"
    assert (finding.expected, finding.observed) == ("100", "64")
    assert "은닉층의 뉴런 개수는 64" in finding.message
    assert finding.message.endswith("Correct the text, or the code that it describes.")


def test_what_was_not_seen_is_not_said_of_the_notebook():
    """Of a notebook that did not run to its end, only the lesson's numbers are known."""
    text = "은닉층의 뉴런 개수는 64개입니다."
    (ran,) = expect(text, "error")
    (stopped,) = expect(text, "warning", observed=None)
    assert "the lesson and this notebook have 100" in ran.message
    assert "but the lesson has 100 (" in stopped.message
    assert stopped.beside[0][0] == "the lesson has"


@pytest.mark.parametrize(
    ("text", "observed", "severities"),
    [
        pytest.param("은닉층의 뉴런은 64개이다.", None, DOUBT, id="notebook-not-run"),
        pytest.param("만약 은닉층의 뉴런이 64개라면 빠르다.", RAN, [], id="if"),
        pytest.param("## 연습 문제\n\n은닉층의 뉴런은 64개이다.", RAN, [], id="exercise"),
        pytest.param("이전 절에서 은닉층의 뉴런은 64개였다.", RAN, [], id="another-chapter"),
        pytest.param("앞 장과 비교해 보자. 은닉층의 뉴런은 64개이다.", RAN, [], id="said-before"),
        pytest.param(
            "은닉층의 뉴런은 64개이다. 앞 장과 비교하자.", RAN, ["error"], id="said-after"
        ),
        pytest.param("```\ncode\n```\n28 x 28 = 748", RAN, ["error"], id="behind-a-fence"),
        pytest.param("```\n~~~\n28 x 28 = 748\n```", RAN, [], id="in-a-fence"),
        pytest.param("~~~\n```\n~~~\n28 x 28 = 748", RAN, ["error"], id="behind-another-fence"),
        pytest.param("LeNet의 은닉층은 뉴런이 84개이다.", RAN, [], id="a-name-of-another-thing"),
        pytest.param("Most people train for 20 epochs.", RAN, [], id="a-custom"),
        pytest.param(SEED.format(LESSON.data.pixels), RAN, [], id="the-seed-with-784-pixels"),
        pytest.param("은닉층의 뉴런 개수는 64개입니다.", SHOWN, [], id="another-model"),
        pytest.param("출력층의 뉴런은 100개의 값을 받는다.", RAN, [], id="another-noun"),
        pytest.param("은닉층의 뉴런 1개는 가중치가 784개이다.", RAN, [], id="one-of-them"),
        pytest.param("12,000 of the 60,000 images are for validation.", RAN, [], id="a-share"),
        pytest.param("The hidden layer has more than 75 units.", RAN, [], id="a-bound"),
        pytest.param("5 에포크 = 5 x 1,500 = 7,500 스텝", RAN, [], id="a-unit"),
        pytest.param("2⁵ x 1,500 = 48,000", RAN, [], id="a-power"),
        pytest.param("2⁵ x 1,500 = 47,000", RAN, ["error"], id="a-wrong-power"),
        pytest.param("10¹⁰ / 10⁸ = 100", RAN, [], id="a-power-of-two-digits"),
        pytest.param("한 에포크에 1,500번 갱신합니다.", RAN, [], id="times-in-an-epoch"),
        pytest.param("에포크 한 번에 1,500번 갱신합니다.", RAN, [], id="times-in-one-epoch"),
        pytest.param("한 에포크에 1,400번 갱신합니다.", RAN, DOUBT, id="wrong-times-in-an-epoch"),
        pytest.param("은닉층의 뉴런은 28 + 28 = 64개이다.", RAN, ["error"], id="twice-wrong"),
    ],
)
def test_a_number_is_an_error_only_where_it_is_surely_wrong(text, observed, severities):
    """What may be about something else is a warning; what is right or no claim is left alone."""
    expect(text, *severities, observed=observed)


SIGNS_OF = dict.fromkeys("x×·⋅∙*", "x") | {"÷": "/", "−": "-"}  # noqa: RUF001
EQUALS = ["=", "==", "≈", "≒", "→", "⇒", "->", "=>"]


@pytest.mark.parametrize("sign", SIGNS_OF)
def test_a_sign_is_read_in_each_of_its_forms(sign):
    """What is told shows the sign that a keyboard has."""
    (finding,) = expect(f"28 {sign} 4 = 748", "error")
    assert f"28 {SIGNS_OF[sign]} 4 = 748" in finding.message


@pytest.mark.parametrize("sign", EQUALS)
def test_an_equals_sign_is_read_in_each_of_its_forms(sign):
    """Also that of about; an arrow behind a formula, too."""
    (finding,) = expect(f"28 x 28 {sign} 70", "error")
    assert finding.expected == "784"
    expect(f"28 x 28 {sign} 784")


WHICH = {  # what a number is of, and what the lesson has
    "검증 세트는 전체의 50%이다.": ("validation share", "20"),
    "훈련 세트의 50%를 검증 세트로 쓴다.": ("share", "20 or 80"),
    "Flatten 층 다음의 출력층은 파라미터가 1,000개이다.": ("output parameters", "1,010"),
    "There are 64 units of the hidden layer.": ("hidden units", "100"),
    "은닉층의 뉴런, 64개, 이다": ("hidden units", "100"),
    "기본 옵티마이저는 adam이다.": ("default optimizer", "rmsprop"),
    "The default optimizer is adam + momentum.": ("default optimizer", "rmsprop"),
    "The number of units, 64, in the hidden layer": ("units", "10 or 100 or 784"),
    "이미지의 51%를 검증에 쓴다.": None,  # it may be another share
}


@pytest.mark.parametrize("text", WHICH)
def test_what_a_number_is_of_is_told(text):
    """By the nearest noun, and the nearest word for which of them."""
    found = judged(cell(text))
    told = [(one.values["term"], one.expected) for one in found]
    assert told == ([WHICH[text]] if WHICH[text] else [])


BRACKETS = {
    "784(= 28 x 27)개의 픽셀": "756",
    "784 (28 x 28 = 748)": "784",
    "(28 x 28 = 748)": "784",
    "784(≈ 28 x 20)": "560",
    "(784 + 1) x 100 = 78,600": "78,500",
    "(784 + (1)) x 100 = 78,600": "78,500",
    "2^(3) + 1 = 8": "9",
    "(784픽셀 x 100개) + 100 = 78,600": "78,500",
    "48,000 / 60,000 = 75%": "0.8",
    "60,000 x 20% = 15,000": "12,000",
    "28**2 = 768": "784",
    "1 - 784 x 100 + 100 = 78,600": "-78,299",
    "10 - 2 - 3 = 6": "5",
    "48 / 4 / 2 = 12": "6",
}


@pytest.mark.parametrize("text", BRACKETS)
def test_what_an_equation_comes_to_is_told(text):
    """Brackets hold operands, remarks and equations of their own."""
    (finding,) = expect(text, "error")
    assert finding.expected == BRACKETS[text], finding.message


DOUBTFUL = "unless halved most perhaps wrongly never without 변경하여 줄여 아마 생각에 실수로 없이"


@pytest.mark.parametrize("word", DOUBTFUL.split())
def test_a_word_of_doubt_makes_no_error(word):
    """No word of doubt is familiar: a sentence with one is a warning at most."""
    expect("The hidden layer has 64 neurons.", "error")
    expect(f"The hidden layer has 64 neurons {word}.", *DOUBT)


@pytest.mark.parametrize(
    "word", ["if", "usually", "could", "instead", "homework", "만약", "예컨대", "보통", "권장"]
)
def test_what_is_only_possible_or_usual_is_not_judged(word):
    """A sentence on what could be, on a custom, or of an exercise, says nothing of this lesson."""
    expect(f"The hidden layer has 64 neurons {word}.")


def test_a_section_on_another_subject_is_not_judged_until_the_next_heading():
    """The lesson's numbers hold again when a heading of the same level ends the section."""
    other = "## 합성곱 신경망\n### 모델\n은닉층의 뉴런은 64개이다."
    text = f"{other}\n## 심층 신경망\n은닉층의 뉴런은 65개이다."
    (finding,) = expect(text, "error")
    assert finding.observed == "65"


def test_a_finding_gives_the_physical_line():
    """The line is the file's, that of the sentence; on one line the text's order counts."""
    text = "머리말이다.\n\n둘째 문단이다.\n여기서 28 x 28 = 748이다.\n끝이다."
    (finding,) = judged(cell(text, first_line=40, index=7))
    assert (finding.cell, finding.line) == (7, 43)
    found = judged(cell("은닉층의 뉴런은 64개이다. 그래서 28 x 28 = 748이다."))
    assert [one.rule for one in found] == ["prose-number", "prose-arithmetic"], found


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("%matplotlib inline\n!pip list\n# 28 * 28 = 748", id="magics"),
        pytest.param("def f(:\n    pass\n# 28 * 28 = 748", id="syntax-error"),
        pytest.param("model.fit(x,\n\n# 28 * 28 = 748", id="open-bracket"),
        pytest.param("  x = 1\n y = 2\n# 28 * 28 = 748", id="wrong-indentation"),
        pytest.param("x = 'open\n\n# 28 * 28 = 748", id="open-string"),
    ],
)
def test_comments_are_read_in_any_cell(code):
    """Magics and broken code do no harm, and the comment's line is right."""
    (finding,) = expect(code, "error", kind="code")
    assert finding.line == 3


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("text = '# 28 * 28 = 748'", id="string"),
        pytest.param("# model.fit(x, y, epochs=20)", id="code-switched-off"),
        pytest.param("%%bash\n# 28 * 28 = 748", id="another-language"),
    ],
)
def test_what_is_no_remark_on_the_lesson_is_not_read(code):
    """Strings, code that was switched off, and other languages are no prose."""
    expect(code, kind="code")


@given(data=st.data())
@FEW
def test_arithmetic_is_judged_by_value(data):
    """Whatever the numbers and their form: a true equation is silent, a false one is found."""
    a, b, c = (data.draw(st.integers(2, 5000), label=label) for label in "abc")
    off = data.draw(st.integers(-3, 3), label="off by")
    forms = ["{a}개 x {b} + {c} = {s}", "$ {s} = {a} \\times {b} + {c} $"]
    form = data.draw(st.sampled_from(forms), label="form")
    text = form.format(a=f"{a:,}", b=b, c=c, s=f"{a * b + c + off:,}")
    expect(text, *(["error"] * (off != 0)))


@given(text=st.text(SIGNS, max_size=80) | FORMULAS, kind=st.sampled_from(["markdown", "code"]))
@settings(FEW, max_examples=100)
def test_no_text_makes_the_judge_fail(text, kind):
    """Any text is judged or left alone, broken brackets and divisions by zero, too."""
    judged(cell(text, kind))


PHRASES = [
    *("softmax", "probabilities", "sum to", "10", "ten", ",", "and", "hidden", "layer", "has"),
    *("units", "100개", "은닉층의", "뉴런은", "flatten", "파라미터", "->", "28 x 28", "(None, 10)"),
    *("default", "learning rate", "sgd", "0.01", "relu", "never exceeds", "1", "음수", "|"),
    *("a quarter of the", "validation", "3:1", "1/5", "60k", "epoch 1/5", "784 → 100 → 10"),
    *("클래스마다", "6,000장씩", "총", "79,510", "=", "784*100", "batch of 32", "배치 64개씩"),
    *("4만 8천 장", "두 층", "0~255", "픽셀", "(", ")", "/", "of", "the", "12k", "종류"),
]


@given(words=st.lists(st.sampled_from(PHRASES), max_size=14))
@settings(FEW, max_examples=300)
def test_no_order_of_the_lessons_words_makes_the_judge_fail(words):
    """Nouns, numbers and what joins them may stand in any order."""
    judged(cell(" ".join(words)))


def test_a_text_beyond_what_can_be_read_is_told():
    """The first sentence that is not compared has a warning; those before it are."""
    text = "은닉층의 뉴런은 64개이다.\n\n" + "여기에는 숫자가 없다. " * (LONGEST // 10)
    wrong, unread = expect(text, "error", "warning")
    assert wrong.observed == "64"
    assert f"more than {LONGEST:,} characters" in unread.message


@pytest.mark.parametrize(
    ("text", "more"),
    [("\n\n".join(["a" * 999 + "."] * 100), "\n\nb"), ("ab. " * 5_000, "ab.")],
    ids=["characters", "sentences"],
)
def test_just_as_much_is_read_as_is_told(text, more):
    """100,000 characters, or 5,000 sentences."""
    expect(text)
    (unread,) = expect(text + more, "warning")
    assert "more than 100,000 characters or 5,000 sentences" in unread.message


def test_a_number_that_nothing_has_is_told_with_the_one_most_like_it():
    """A sum that is off by a digit has no noun, so the message gives the lesson's own."""
    (finding,) = expect("은닉층과 출력층을 더하면 모두 79,610개가 된다.", "warning")
    assert "79,610 is no number of the lesson" in finding.message
    assert finding.expected == "79,510"


def test_numbers_that_no_computer_word_holds_are_left_alone():
    """A power beyond the largest float is not judged, and a number of 900 digits is soon read."""
    expect("1000000^100 = 5")
    expect("9" * 900 + " + 1")


def test_every_noun_of_the_vocabulary_is_of_a_term_of_the_lesson():
    """A term that the lesson does not know could never be judged."""
    nouns = [KINDS[kind] | {"kind": kind} for kind in COUNTABLE]
    terms = {noun.get("term", noun["kind"]) for noun in nouns} | {
        noun.get("after") for noun in nouns
    }
    unknown = terms - lesson_values(LESSON).keys() - {None, ""}
    assert not unknown, f"language.toml counts {unknown}; add the lesson's value in lesson_values"


def test_a_picture_is_no_sentence():
    """An embedded picture of 2 MB leaves nothing but the text around it."""
    picture = "![그림](data:image/png;base64," + "iVBORw0KGgo" * 200_000 + ")"
    text = f"{picture}\n신경망의 구조이다."
    assert [sentence.text for sentence in sentences([cell(text)])] == ["신경망의 구조이다."]
