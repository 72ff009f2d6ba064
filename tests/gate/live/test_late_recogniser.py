"""In a session that is watched, images are recognised by whatever data set they are of."""

import inspect

import numpy as np
import pytest

from fmnist_spec.data import load_data
from fmnist_spec.dataset import Dataset, repeated
from fmnist_spec.gate.live.recognising import LateRecogniser
from fmnist_spec.gate.observe.images import Recogniser
from fmnist_spec.lesson import LESSON

OF_ALL = {"recognise", "paired"}  # these ask one recogniser, which knows the array's data set


@pytest.fixture(scope="module")
def data() -> Dataset:
    """The sample, as large as the data set."""
    return repeated(load_data(sample=True), LESSON.data)


def test_whatever_is_asked_of_a_recogniser_is_asked_of_each_data_set() -> None:
    """It has no images of its own, so it can answer nothing as they do."""
    public = {name for name, _ in inspect.getmembers(Recogniser, inspect.isfunction)}
    public = {name for name in public if not name.startswith("_")} - OF_ALL
    assert public <= {*vars(LateRecogniser)}, "LateRecogniser inherits what asks for images"


def test_images_that_two_arrays_share_are_counted(data: Dataset) -> None:
    """Before any are known, and of what is no image of a data set, there are none."""
    late, images = LateRecogniser(LESSON.data.dataset), data.train_images
    assert late.shared(None, None) == 0
    train, test = (data.train_images, data.train_labels), (data.test_images, data.test_labels)
    late.learn(LESSON.data.dataset, (train, test))
    parts = [late.look(images[at] / 255.0) for at in (slice(1_000), slice(900, 1_500))]
    assert late.shared(*parts) == 100
    assert late.shared(parts[0], late.look(np.full((5, 28, 28), 0.5))) == 0
    assert late.shared(parts[0], None) == 0
