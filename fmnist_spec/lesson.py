"""The lesson of ``lesson.toml`` as frozen values, and what follows from them in closed form."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fmnist_spec._compat import DEFAULT_BATCH_SIZE, DEFAULT_OPTIMIZER
from fmnist_spec.reading import SpecificationError, read_toml, read_value

LESSON_FILE = Path(__file__).with_name("lesson.toml")
DIGEST = re.compile("[0-9a-f]{64}")


class LessonError(SpecificationError):
    """A lesson file that cannot be used."""


@dataclass(frozen=True)
class Data:
    """The data set: how many images, of which form, and how they are prepared."""

    dataset: str
    train_images: int
    test_images: int
    height: int
    width: int
    dtype: str
    classes: int
    scale: int
    pixels: int
    sha256: dict[str, str] = field(hash=False)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of what each file holds, by the file's name without ``.gz``."""
        return {
            "train-images-idx3-ubyte": (self.train_images, self.height, self.width),
            "train-labels-idx1-ubyte": (self.train_images,),
            "t10k-images-idx3-ubyte": (self.test_images, self.height, self.width),
            "t10k-labels-idx1-ubyte": (self.test_images,),
        }


@dataclass(frozen=True)
class Split:
    """The split of the training images: the share and number held back, and the seed."""

    test_size: float
    random_state: int
    train: int
    validation: int
    sha256: str


@dataclass(frozen=True)
class LayerSpec:
    """One Dense layer: its name in the named style, its units and its activation."""

    name: str
    units: int
    activation: str


@dataclass(frozen=True)
class NetworkSpec:
    """The layers from the first hidden one to the output, and the model's name."""

    name: str
    layers: tuple[LayerSpec, ...]

    @property
    def hidden(self) -> tuple[int, ...]:
        """Units of the hidden layers: all layers but the last."""
        return tuple(layer.units for layer in self.layers[:-1])

    @property
    def output(self) -> LayerSpec:
        """The output layer: always the last one."""
        return self.layers[-1]


@dataclass(frozen=True)
class Compile:
    """What ``compile()`` is given, and its defaults that the lesson relies on."""

    loss: str
    metrics: tuple[str, ...]
    optimizer: str
    learning_rate: float

    @property
    def is_default(self) -> bool:
        """Whether ``compile()`` takes this optimizer and learning rate if it is given none."""
        return (self.optimizer, self.learning_rate) == DEFAULT_OPTIMIZER

    @property
    def optimizer_argument(self) -> str:
        """How ``compile()`` is told of the optimizer, before its other arguments."""
        return "" if self.is_default else f"optimizer='{self.optimizer}', "


@dataclass(frozen=True)
class Fit:
    """What ``fit()`` is given, and its default that the lesson relies on."""

    epochs: int
    batch_size: int

    @property
    def is_default(self) -> bool:
        """Whether ``fit()`` takes this batch size if it is given none."""
        return self.batch_size == DEFAULT_BATCH_SIZE

    @property
    def batch_argument(self) -> str:
        """How ``fit()`` is told of the batch size, after its other arguments."""
        return "" if self.is_default else f", batch_size={self.batch_size}"


@dataclass(frozen=True)
class AccuracyBounds:
    """The least accuracy that training on the whole data reaches, from 0 to 1."""

    training_accuracy: float
    validation_accuracy: float


@dataclass(frozen=True)
class Lesson:
    """The whole lesson. Every number below that is not stored is computed here."""

    title: str
    data: Data
    split: Split
    network: NetworkSpec
    compile: Compile
    fit: Fit
    result: AccuracyBounds

    @property
    def layer_parameters(self) -> tuple[int, ...]:
        """Parameters of each layer, first to last: ``(78_500, 1_010)`` in the lesson."""
        return dense_parameters(self.data.pixels, [one.units for one in self.network.layers])

    @property
    def parameters(self) -> int:
        """Parameters of the whole network: 79,510 in the lesson."""
        return sum(self.layer_parameters)

    @property
    def size(self) -> str:
        """Memory of the parameters as Keras prints it: ``310.59 KB`` in the lesson."""
        return readable_size(4 * self.parameters)  # Keras's default dtype is float32

    @property
    def steps_per_epoch(self) -> int:
        """Batches in one epoch, the last one perhaps smaller: 1,500 in the lesson."""
        return math.ceil(self.split.train / self.fit.batch_size)


def dense_parameters(inputs: int, units: Sequence[int]) -> tuple[int, ...]:
    """Parameters of each Dense layer of a stack: for each unit a weight for each input, a bias."""
    sizes = [inputs, *units]
    return tuple((before + 1) * after for before, after in zip(sizes, units, strict=False))


def readable_size(size: int) -> str:
    """Bytes in the words of Keras's summary: ``318040`` is ``310.59 KB``."""
    amount, unit = float(size), "B"
    for larger in ("KB", "MB", "GB", "TB", "PB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.2f} {unit}"


def load_lesson(path: str | Path = LESSON_FILE) -> Lesson:
    """Read a lesson file, by default the one that the package ships.

    Raises LessonError: the file is missing or no TOML, a key is unknown or missing, a value has
        the wrong type or range, or two numbers contradict each other.
    """
    path = Path(path)
    try:
        lesson: Lesson = read_value(Lesson, read_toml(path), path, "")
    except SpecificationError as error:
        raise LessonError(*error.parts) from None
    for key, found, expected in _contradictions(lesson):
        remedy = "Correct this number, or those that it must agree with."
        raise LessonError(path, key, str(found), expected, remedy)
    return lesson


Contradictions = Iterator[tuple[str, object, str]]  # key, found, expected


def _contradictions(lesson: Lesson) -> Contradictions:
    """Values that are out of range, or cannot be right together."""
    for name in ("data", "split", "compile", "fit"):
        for key, value in vars(getattr(lesson, name)).items():
            if value == 0 and key != "random_state":
                yield f"{name}.{key}", value, "a number above 0"
    if not lesson.compile.metrics:
        yield "compile.metrics", "an empty list", "at least one metric, such as 'accuracy'"
    yield from _contradictions_of_data(lesson.data)
    yield from _contradictions_of_split(lesson.split, lesson.data)
    yield from _contradictions_of_network(lesson.network, lesson.data)
    for key, value in vars(lesson.result).items():
        if value > 1:
            yield f"result.{key}", value, "a share of at most 1.0"


def _contradictions_of_data(data: Data) -> Contradictions:
    if data.pixels != (area := data.height * data.width):
        yield "data.pixels", data.pixels, f"data.height x data.width = {area}"
    if data.sha256.keys() != data.shapes.keys():
        yield "data.sha256", f"the keys {sorted(data.sha256)}", f"the keys {sorted(data.shapes)}"
    for name, digest in data.sha256.items():
        if not DIGEST.fullmatch(digest):
            yield f"data.sha256.{name}", repr(digest), "64 hexadecimal digits in lower case"


def _contradictions_of_split(split: Split, data: Data) -> Contradictions:
    if split.test_size >= 1:
        yield "split.test_size", split.test_size, "a share below 1.0"
    # scikit-learn rounds the part that is held back up
    if split.validation != (held_back := math.ceil(data.train_images * split.test_size)):
        share = f"{split.test_size} of data.train_images = {held_back}"
        yield "split.validation", split.validation, share
    if split.train != (rest := data.train_images - split.validation):
        yield "split.train", split.train, f"data.train_images - split.validation = {rest}"
    if not DIGEST.fullmatch(split.sha256):
        yield "split.sha256", repr(split.sha256), "64 hexadecimal digits in lower case"


def _contradictions_of_network(network: NetworkSpec, data: Data) -> Contradictions:
    layers = network.layers
    for place, layer in enumerate(layers):
        if layer.units == 0:
            yield f"network.layers[{place}].units", 0, "a number above 0"
    if len(layers) < 2:
        yield "network.layers", f"{len(layers)} layer(s)", "a hidden layer and an output layer"
    elif network.output.units != data.classes:
        key = f"network.layers[{len(layers) - 1}].units"
        yield key, network.output.units, f"one unit for each class, data.classes = {data.classes}"
    if len(names := {layer.name for layer in layers}) != len(layers):
        yield "network.layers", f"the names {sorted(names)}", "another name for each layer"


LESSON = load_lesson()
