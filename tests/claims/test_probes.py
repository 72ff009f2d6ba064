"""The probes ask the lesson that they are given, and what their claim says."""

from dataclasses import replace

import numpy as np
import pytest

from fmnist_spec import LESSON
from fmnist_spec.claims import probes
from fmnist_spec.claims.claims import load_claims
from fmnist_spec.claims.probes import decide

CLAIMS = load_claims()


@pytest.fixture(autouse=True)
def eagerly(quick_import):
    """Take the few steps of these trainings one by one: that is faster than compiling them."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def test_every_probe_decides_a_claim():
    """No probe is left over."""
    assert set(probes.PROBES) == {claim.id for claim in CLAIMS}


def ask(id_, lesson, dataset):
    """What the probe of one claim answers, for a lesson and data of the test's own."""
    (claim,) = (claim for claim in CLAIMS if claim.id == id_)
    return decide(claim, probes.Probes(lesson, dataset))


def test_a_lesson_of_three_layers_is_judged_by_all_of_them(three_layers, sample_data):
    """Claims about the network speak of every layer, and none fails for having two in mind."""
    few = replace(sample_data, train_images=sample_data.train_images[:80])
    trial = probes.Probes(three_layers, replace(few, train_labels=few.train_labels[:80]))
    sections = ("layers", "building", "summary")
    moves = "training-moves-every-weight-array"
    asked = [claim for claim in CLAIMS if claim.section in sections or claim.id == moves]
    given = [decide(claim, trial) for claim in asked]
    wrong = [one.explain(three_layers) for one in given if not one.right]
    assert wrong == [], "\n".join(wrong)
    words = {claim.id: claim.text(three_layers) for claim in CLAIMS}
    assert "(None, 100), (None, 50) and (None, 10)" in words["output-shapes-follow-the-units"]
    assert "50 x 10 weights" in words["output-parameters-are-weights-and-biases"]
    assert ": 510 parameters" in words["output-parameters-are-weights-and-biases"]


def test_another_seed_does_not_keep_the_old_split(edited_lesson, sample_data):
    """The seed of the lesson asked for decides, so that its digest must be the right one."""
    as_many = replace(sample_data, train_labels=np.zeros(60_000))
    assert ask("the-seed-fixes-the-split", edited_lesson(), as_many).holds
    lesson = edited_lesson(("random_state = 42", "random_state = 41"))
    given = ask("the-seed-fixes-the-split", lesson, as_many)
    assert not given.holds, "seed 41 is said to hold back the images of seed 42"


def test_pictures_of_another_form_are_flattened(edited_lesson, sample_data):
    """The height and the width of the lesson asked for decide what an image is."""
    lesson = edited_lesson()
    lesson = replace(lesson, data=replace(lesson.data, height=14, width=56))
    data = replace(sample_data, train_images=sample_data.train_images.reshape(-1, 14, 56))
    given = ask("flattening-keeps-the-order-of-pixels", lesson, data)
    assert given.right, given.explain(LESSON)


@pytest.mark.parametrize(
    ("id_", "activation"),
    [("sigmoid-lies-between-0-and-1", "sigmoid"), ("softmax-sums-to-1", "softmax")],
    ids=["sigmoid", "softmax"],
)
def test_a_claim_about_a_function_asks_that_function(id_, activation, edited_lesson, sample_data):
    """A lesson whose layers use another activation says nothing against sigmoid or softmax."""
    given = ask(id_, edited_lesson((f'"{activation}"', '"relu"')), sample_data)
    assert given.right, given.explain(LESSON)


@pytest.mark.parametrize(
    ("id_", "old", "new"),
    [
        ("the-default-optimizer-is-rmsprop", 'optimizer = "rmsprop"', 'optimizer = "adam"'),
        ("the-default-optimizer-is-rmsprop", "learning_rate = 0.001", "learning_rate = 0.01"),
        ("fit-has-the-default-batch", "batch_size = 32", "batch_size = 64"),
    ],
    ids=["optimizer", "learning rate", "batch size"],
)
def test_a_claim_about_a_default_asks_keras(id_, old, new, edited_lesson, sample_data):
    """A value that the lesson sets itself is not taken for what Keras does without it."""
    given = ask(id_, edited_lesson((old, new)), sample_data)
    assert not given.holds, given.observed
