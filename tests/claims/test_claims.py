"""Every claim of the lesson is true of the installed TensorFlow, or known not to be."""

import re

import pytest

from fmnist_spec import LESSON
from fmnist_spec._compat import tensorflow_version
from fmnist_spec.claims.claims import CLAIMS_FILE, Answer, load_claims
from fmnist_spec.claims.probes import PROBES, decide
from fmnist_spec.language import LANGUAGES, speaking
from fmnist_spec.reading import SpecificationError

CLAIMS = load_claims()
TEXT = CLAIMS_FILE.read_text(encoding="utf-8")
# These ask a network that was trained on the whole data; so do the other claims about results.
TRAINS = {
    "an-epoch-has-its-steps",
    "training-accuracy-reaches-its-bound",
    "validation-accuracy-reaches-its-bound",
    "training-runs-for-all-epochs",
    "accuracy-rises-and-loss-falls",
    "training-moves-every-weight-array",
}


def line_of(claim):
    """The line of claims.toml to edit: the claim's holds, or its name where it has no such line."""
    start = TEXT.find(f".{claim.id}]")
    if start < 0:  # one of a name and an action: the line of the name
        names = re.finditer(r'\{ id = "([^"]+)".* holds = ', TEXT)
        start = next(name.start() for name in names if claim.id.startswith(f"{name[1]}-"))
    holds = TEXT.find("\nholds = ", start, TEXT.find("\n\n", start))
    return TEXT[: max(start, holds + 1)].count("\n") + 1


def test_the_line_to_edit_is_the_claims_own():
    """It says where the claim holds; where nothing is written it is that of the name."""
    lines = TEXT.splitlines()
    for claim in CLAIMS:
        number = line_of(claim)
        line, above = lines[number - 1], "\n".join(lines[number - 6 : number])
        own = f".{claim.id}]" in above or claim.id.startswith(line.split('"')[1])
        says = f'"{claim.holds}"' in line or (claim.holds == "all" and line.startswith("["))
        told = f"{claim.id}: line {number} is not the one to edit: {line}"
        assert (own, says) == (True, True), told


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(claim, id=claim.id, marks=[pytest.mark.full] * (claim.id in TRAINS))
        for claim in CLAIMS
    ],
)
def test_the_claim_tells_the_truth(claim, trial, answers):
    """The probe's answer on this TensorFlow is the one that claims.toml gives."""
    answer = decide(claim, trial)
    answers.append(answer)
    place = f"fmnist_spec/claims/claims.toml, line {line_of(claim)}"
    assert answer.right, answer.explain(LESSON, place)


def in_both(claim, lesson):
    """The statement in English, and in Korean."""
    texts = []
    for one in LANGUAGES:
        with speaking(one):
            texts.append(claim.text(lesson))
    return texts


def test_every_claim_speaks_both_languages_with_the_lessons_numbers():
    """Statements fill in from lesson.toml, and the Korean ones are Korean."""
    for claim in CLAIMS:
        english, korean = in_both(claim, LESSON)
        assert "{" not in english + korean, f"{claim.id}: a number was not filled in"
        assert re.search("[가-힣]", korean), f"{claim.id}: no Korean in {korean!r}"
        assert not re.search("[가-힣]", english), f"{claim.id}: Korean in {english!r}"


def test_no_claim_repeats_a_number_of_the_lesson():
    """Numbers of three digits and more are filled in from lesson.toml, never written again."""
    repeated = [claim.id for claim in CLAIMS if re.search(r"\d{3}", claim.statement + claim.korean)]
    assert repeated == [], f"write {{lesson...}} instead of the number in {repeated}"


def answer(claim, *, expected, holds, observed=""):
    return Answer(claim, expected, holds, observed)


CLAIM = next(claim for claim in CLAIMS if claim.id == "metrics-can-be-a-string")


@pytest.mark.parametrize(
    ("expected", "holds", "observed", "right"),
    [
        (True, True, "", True),
        (False, False, "ValueError: metrics", True),
        (True, False, "ValueError: metrics", False),
        (False, True, "", False),
        (False, False, "NameError: name 'x' is not defined", False),
    ],
    ids=["holds", "known", "broken", "holds now", "fails for another reason"],
)
def test_an_answer_is_right_only_for_the_reason_that_the_claim_gives(
    expected, holds, observed, right
):
    """A claim that fails for a reason of our own making is not a claim that told the truth."""
    assert answer(CLAIM, expected=expected, holds=holds, observed=observed).right is right


def test_an_explanation_names_the_claim_the_observation_and_the_place():
    """A maintainer learns what was claimed, what was seen, and which line to edit."""
    broken = answer(CLAIM, expected=True, holds=False, observed="ValueError: no")
    words = broken.explain(LESSON, "line 7")
    for part in (
        CLAIM.id,
        CLAIM.statement,
        "ValueError: no",
        "line 7",
        f"TensorFlow {tensorflow_version()}",
    ):
        assert part in words, f"the explanation lacks {part!r}: {words}"


@pytest.mark.parametrize(
    ("expected", "holds", "told"),
    [(True, False, "맞는다고"), (False, True, "맞지 않는다고"), (False, False, "다른 오류가")],
)
def test_an_explanation_is_korean_where_korean_is_chosen(expected, holds, told):
    """It says what was claimed and what was found, in the words of a Korean course."""
    with speaking("ko"):
        words = answer(CLAIM, expected=expected, holds=holds, observed="ValueError: no")
        explained = words.explain(LESSON)
    for part in (CLAIM.id, told, CLAIM.korean, "ValueError: no", "claims.toml의 해당 항목을"):
        assert part in explained


def test_an_explanation_has_the_numbers_of_the_lesson_asked_for(edited_lesson):
    """The statement is filled in, never shown as the template that claims.toml has."""
    (claim,) = (claim for claim in CLAIMS if claim.id == "training-runs-for-all-epochs")
    lesson = edited_lesson(("epochs = 5", "epochs = 7"))
    assert "epochs=7 trains" in answer(claim, expected=True, holds=False).explain(lesson)


ENTRY = '[Some.metrics-can-be-a-list]\nstatement = "s"\nkorean = "k"\n'
NAME = '{ id = "english-names", statement = "n", korean = "k", holds = ["all"] }'
ACTION = '{ id = "can-predict", statement = "a", korean = "k" }'
FAULTS = {
    "no specifier": (ENTRY + 'holds = "since 2.16"\n', "'since 2.16', expected 'all'"),
    "id twice": (ENTRY + ENTRY.replace("Some", "Other"), "this id twice"),
    "no probe": (ENTRY.replace("a-list", "a-tuple"), "no probe of that name"),
    "unknown key": (ENTRY + 'versions = "x"\n', "unknown key 'versions'"),
    "a section of its own": (ENTRY + 'section = "x"\n', "unknown key 'section'"),
    "no statement": (ENTRY.replace('statement = "s"\n', ""), "found nothing"),
    "an action without holds": (
        ENTRY + f"names = [{NAME}]\nactions = [{ACTION}, {ACTION}]\n",
        "name 'english-names': found 1 values of holds, expected 2",
    ),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_claims_file_is_refused(tmp_path, text, message):
    """The error names the file, the claim and what was expected."""
    path = tmp_path / "claims.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecificationError, match=re.escape(message)) as caught:
        load_claims(path, probes=PROBES)
    assert str(path) in str(caught.value)
