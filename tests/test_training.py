"""Training: it improves, it learns something real, and it refuses what cannot be trained."""

import math

import numpy as np
import pytest

from fmnist_spec import LESSON, build_add, build_list, build_named, load_data, train
from fmnist_spec._compat import import_keras
from fmnist_spec.preparing import flatten, scale

CHANCE = 1 / LESSON.data.classes
FEW = 128  # images for the tests that only ask how it is trained

pytestmark = pytest.mark.usefixtures("quick_import")


def seeded(build, **settings):
    """Build a network whose weights at the beginning are always the same."""
    import_keras().utils.set_random_seed(LESSON.split.random_state)
    return build(**settings)


class Run:
    """One training on the shipped sample, and what it led to."""

    def __init__(self, build, labels_of=lambda labels: labels):
        sample = load_data(sample=True)
        self.images, self.labels = flatten(scale(sample.train_images)), sample.train_labels
        self.test_images, self.test_labels = flatten(scale(sample.test_images)), sample.test_labels
        self.model = seeded(build)
        self.before = self.model.get_weights()
        self.accuracy_before = self.test_accuracy()
        self.history = train(self.model, self.images, labels_of(self.labels)).history
        self.accuracy = self.test_accuracy()

    def test_accuracy(self):
        outputs = np.asarray(self.model(self.test_images))
        return float((outputs.argmax(axis=1) == self.test_labels).mean())


@pytest.fixture(scope="module")
def run():
    """The add spelling's training; the list's and the named one's are below."""
    return Run(build_add)


@pytest.fixture(scope="module")
def shuffled_run():
    """The same training on labels that have nothing to do with the images."""
    return Run(build_list, np.random.default_rng(0).permutation)


def learned(run):
    """The check of this file: what is wrong with a training, or nothing."""
    wrong = []
    if not run.history["accuracy"][-1] > run.history["accuracy"][0] + 0.05:
        wrong.append(f"training accuracy did not rise: {run.history['accuracy']}")
    if not run.history["loss"][-1] < run.history["loss"][0]:
        wrong.append(f"the loss did not fall: {run.history['loss']}")
    if not run.accuracy > 5 * CHANCE:
        wrong.append(f"test accuracy {run.accuracy:.3f} is not clearly above chance, {CHANCE}")
    if not run.accuracy > run.accuracy_before + 0.3:
        wrong.append(f"test accuracy went from {run.accuracy_before:.3f} to {run.accuracy:.3f}")
    return wrong


def test_five_epochs_on_the_sample_improve_the_network(run):
    """Accuracy rises, the loss falls, and the network beats chance and its own beginning."""
    assert learned(run) == []


def test_shuffled_labels_do_not_pass_as_learning(shuffled_run):
    """The check above can fail: a network taught nonsense does not pass it."""
    assert any("chance" in reason for reason in learned(shuffled_run)), (
        f"a network trained on shuffled labels reaches {shuffled_run.accuracy:.3f} on the test "
        "images, so the check for learning is too weak"
    )


def test_training_runs_for_the_lessons_epochs(run):
    """History holds one loss and one accuracy for each of the five epochs."""
    lengths = {key: len(values) for key, values in run.history.items()}
    assert lengths == {"loss": LESSON.fit.epochs, "accuracy": LESSON.fit.epochs}


def test_every_weight_array_moves(run):
    """Kernels and biases of all layers differ after training."""
    pairs = zip(run.before, run.model.get_weights(), strict=True)
    moved = [bool((before != after).any()) for before, after in pairs]
    expected = [True] * 2 * len(LESSON.network.layers)
    assert moved == expected, f"kernel, bias, kernel, bias ... moved: {moved}. Is a layer frozen?"


def test_every_prediction_is_a_distribution_over_the_classes(run):
    """A prediction holds ten probabilities that sum to one."""
    predictions = run.model.predict(run.test_images, verbose=0)
    assert predictions.shape == (len(run.test_images), LESSON.data.classes)
    assert predictions.min() >= 0, f"smallest probability: {predictions.min()}"
    np.testing.assert_allclose(predictions.sum(axis=1), 1, atol=1e-5)


def test_compile_uses_the_lessons_settings(run):
    """The loss is the lesson's; the optimizer is compile()'s default with its own rate."""
    assert run.model.loss == LESSON.compile.loss
    assert type(run.model.optimizer).__name__.lower() == LESSON.compile.optimizer
    rate = float(np.asarray(run.model.optimizer.learning_rate))
    assert rate == pytest.approx(LESSON.compile.learning_rate)


OTHERS = {"adam": ("Adam", 0.01), "adam at its own rate": ("Adam", 0.001)}
OTHERS |= {"sgd": ("SGD", 0.01), "rmsprop at another rate": ("RMSprop", 0.01)}


@pytest.mark.parametrize(("optimizer", "rate"), OTHERS.values(), ids=OTHERS)
def test_a_lesson_that_is_not_kerass_default_is_trained_as_it_says(
    run, edited_lesson, monkeypatch, optimizer, rate
):
    """The optimizer, its learning rate and the batch size are those of the lesson asked for."""
    lesson = edited_lesson(
        ('optimizer = "rmsprop"', f'optimizer = "{optimizer.lower()}"'),
        ("learning_rate = 0.001", f"learning_rate = {rate}"),
        ("batch_size = 32", "batch_size = 64"),
    )
    model = build_list(lesson=lesson)
    monkeypatch.setattr(type(model), "fit", lambda model, *data, **given: given)
    asked = train(model, run.images[:FEW], run.labels[:FEW], lesson=lesson)
    found = type(model.optimizer).__name__, float(np.asarray(model.optimizer.learning_rate))
    assert found == (optimizer, pytest.approx(rate))
    assert (asked["batch_size"], asked["epochs"]) == (64, lesson.fit.epochs), asked


def test_train_takes_the_steps_that_keras_alone_takes(run):
    """Its weights are the same, though it takes many steps in one go and refused a name before."""
    images, labels = run.images[:FEW], run.labels[:FEW]
    alone = seeded(build_list)
    alone.compile(loss=LESSON.compile.loss, metrics=list(LESSON.compile.metrics))
    alone.fit(images, labels, epochs=2, verbose=0)
    with pytest.raises(ValueError, match="Latin letters"):
        train(build_named(), images, labels)
    named = seeded(build_named, name="fashion_mnist")
    history = train(named, images, labels, epochs=2)
    steps = math.ceil(len(images) / LESSON.fit.batch_size)
    assert history.params["steps"] == steps, "the History counts other steps than the lesson"
    for found, expected in zip(named.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", ["패션 MNIST 모델", "two words", "_start", "은닉층"])
def test_an_untrainable_model_name_is_refused_before_keras_is_asked(run, name):
    """The model stays uncompiled, and the error names the name and the remedy."""
    model = build_named(name=name)
    with pytest.raises(ValueError, match="Latin letters") as caught:
        train(model, run.images[:32], run.labels[:32])
    assert repr(name) in str(caught.value)
    assert getattr(model, "optimizer", None) is None, "Keras was asked to compile"


@pytest.mark.parametrize(
    ("images", "labels"),
    [((8, 28, 28), (8,)), ((8, 783), (8,)), ((8, 784), (7,)), ((8, 784), (8, 10))],
    ids=["not flattened", "a pixel short", "a label short", "one-hot labels"],
)
def test_arrays_of_other_shapes_are_refused(images, labels):
    """The error gives the shapes found and the shapes expected."""
    with pytest.raises(ValueError, match=r"expected images \(n, 784\) and labels \(n,\)"):
        train(build_list(), np.zeros(images), np.zeros(labels, int))


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"images": np.zeros((8, 784), np.uint8)}, "images of uint8"),
        ({"images": None}, "images of NoneType"),
        ({"labels": None}, "labels of NoneType"),
        ({"labels": np.zeros(8)}, "labels of float64"),
        ({"model": None}, "a model of NoneType"),
    ],
    ids=["not scaled", "no images", "no labels", "labels that are no whole numbers", "no model"],
)
def test_what_is_not_prepared_is_refused(changed, found):
    """A network learns badly from pixels up to 255, and what is None would fail within Keras."""
    given = {"model": build_list(), "images": np.zeros((8, 784)), "labels": np.zeros(8, int)}
    with pytest.raises(ValueError, match=f"found {found}, expected .*fmnist_spec"):
        train(**{**given, **changed})
