"""The claims of every other lesson: those on what it teaches, in its own numbers, and all right."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sampling import few

from fmnist_spec import LESSON, load_data, load_lesson
from fmnist_spec.claims.claims import claims_on, load_claims
from fmnist_spec.claims.probes import PROBES, Probes, decide
from fmnist_spec.language import LANGUAGES, speaking

pytestmark = pytest.mark.lessons
FILES = (Path(__file__).parents[1] / "lessons").glob("*.toml")
LESSONS = {path.stem: load_lesson(path) for path in sorted(FILES)}
CLAIMS = load_claims(probes=PROBES)
every_lesson = pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
# Claims that are asked of no lesson but one that teaches this.
TAUGHT = {
    "the-split-has-its-sizes": {name for name, one in LESSONS.items() if one.split},
    "the-seed-fixes-the-split": {
        *("two_layers_128", "relu_flatten", "relu_adam", "korean_names", "one_style"),
        *("one_hot", "batch_normalization", "single_layer"),
    },
    "names-appear-in-the-summary": {"two_layers_128", "korean_names"},
    "add-builds-the-same-network": {
        *(
            "two_layers_128",
            "relu_flatten",
            "relu_adam",
            "korean_names",
            "slices",
            "batch_normalization",
        ),
    },
    "sigmoid-lies-between-0-and-1": {"korean_names", "one_style", "one_hot"},
    "softmax-sums-to-1": LESSONS.keys() - {"logits", "digits"},
    "every-parameter-is-trainable": LESSONS.keys() - {"batch_normalization"},
    "hidden-parameters-are-weights-and-biases": LESSONS.keys() - {"single_layer"},
    "the-last-layer-of-the-list-is-the-output": {
        *("two_layers_128", "korean_names", "one_style", "logits", "digits", "slices"),
        *("one_hot", "held_back_first", "validation_split"),
    },
    "sparse-loss-takes-integer-labels": LESSONS.keys() - {"one_hot"},
    "the-default-optimizer-is-rmsprop": {
        *("relu_flatten", "korean_names", "one_style", "held_back_first"),
    },
    "fit-has-the-default-batch": LESSONS.keys() - {"two_layers_128", "held_back_first", "bare"},
    "an-epoch-has-its-steps": LESSONS.keys() - {"bare"},
    "history-holds-loss-and-accuracy": LESSONS.keys() - {"bare"},
    "validation-accuracy-reaches-its-bound": {
        *("two_layers_128", "relu_flatten", "relu_adam", "korean_names", "one_style", "slices"),
    },
}


@pytest.mark.parametrize("claim", TAUGHT)
def test_a_claim_is_asked_of_those_lessons_that_are_about_it(claim):
    """What a lesson does not teach is not asked of it; what it teaches is."""
    found = {name for name, one in LESSONS.items() if claim in ids(one)}
    assert found == TAUGHT[claim]


def ids(lesson):
    return [claim.id for claim in claims_on(lesson, CLAIMS)]


def test_the_shipped_lesson_is_about_everything():
    """So COMPATIBILITY.md has a row for each claim."""
    assert ids(LESSON) == [claim.id for claim in CLAIMS]


@pytest.mark.usefixtures("quick_import")
@pytest.mark.parametrize("lesson", few(LESSONS.values()), ids=few(LESSONS))
def test_every_claim_of_a_lesson_is_right_on_this_tensorflow(lesson):
    """Asked on the sample, or on images that are made; claims on all of the data are left out."""
    sample = load_data(sample=True, lesson=lesson)
    first = sample.train_images[:1_600], sample.train_labels[:1_600]  # steps that Keras takes fast
    dataset = replace(sample, train_images=first[0], train_labels=first[1])
    brief = replace(lesson, fit=replace(lesson.fit, epochs=min(lesson.fit.epochs, 5)))
    trial = Probes(brief, dataset)
    answers = [decide(claim, trial) for claim in claims_on(brief, CLAIMS) if not claim.whole]
    wrong = [answer.explain(brief) for answer in answers if not answer.right]
    assert len(answers) >= 20, f"only {len(answers)} claims are asked of {lesson.title}"
    assert wrong == [], "\n".join(wrong)


SHIPPED = ("100", "1,010", "78,500", "79,510", "310.59", "48,000", "12,000", "1,500", "32")


@every_lesson
def test_no_claim_has_a_number_of_the_shipped_lesson(lesson):
    """Every number in a sentence is the lesson's own, or the data set's."""
    own = {"32"} if lesson.fit.batch_size == 32 else set()
    own |= {*map(str, lesson.network.hidden)}
    own |= {f"{one:,}" for one in (*lesson.layer_parameters, lesson.parameters)}
    own |= {f"{lesson.train_images:,}", f"{lesson.steps_per_epoch or 0:,}", lesson.size[:6]}
    own |= {f"{lesson.split.validation:,}"} if lesson.split else set()
    for claim in claims_on(lesson, CLAIMS):
        for one in LANGUAGES:
            with speaking(one):
                text = claim.text(lesson)
            found = {one.rstrip(".,") for one in re.findall(r"\d[\d.,]*", text)}
            alien = found & {*SHIPPED} - own
            assert not alien, f"{claim.id}: {alien} of the shipped lesson in {text!r}"
            assert "None has" not in text, text
            assert lesson.data.title in text or "MNIST" not in text, text


def test_the_claim_on_steps_counts_the_images_that_fit_trains_on():
    """Of 60,000 images, fit() holds back a tenth itself: 54,000 in batches of 32 make 1,688."""
    (claim,) = (claim for claim in CLAIMS if claim.id == "an-epoch-has-its-steps")
    text = claim.text(LESSONS["validation_split"])
    assert text == "54,000 images in batches of 32 make 1,688 steps in each epoch."


@pytest.mark.usefixtures("quick_import")
@pytest.mark.parametrize("name", ["one_hot", "validation_split"])
def test_the_validation_accuracy_is_that_of_the_images_held_back(name):
    """Labels are one-hot where the loss asks for it; fit() itself may hold images back."""
    bounds = replace(LESSONS[name].result, validation_accuracy=0.3)
    fit = replace(LESSONS[name].fit, epochs=2)
    lesson = replace(LESSONS[name], result=bounds, fit=fit)
    (claim,) = (one for one in CLAIMS if one.id == "validation-accuracy-reaches-its-bound")
    answer = decide(claim, Probes(lesson, load_data(sample=True, lesson=lesson)))
    assert answer.right, answer.explain(lesson)
    assert 0.3 <= float(answer.observed) < 1
