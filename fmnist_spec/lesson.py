"""A lesson file as frozen values, and what follows from them in closed form."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any

from fmnist_spec._compat import DEFAULT_BATCH_SIZE, default_learning_rate
from fmnist_spec.datasets import Data, data_of
from fmnist_spec.language import say
from fmnist_spec.near import meant
from fmnist_spec.network import NetworkSpec, wrong_layers
from fmnist_spec.reading import SpecificationError, read_toml, read_value
from fmnist_spec.settings import ACCURACY, AccuracyBounds, Compile, Fit, Split, wrong_split

LESSON_FILE = Path(__file__).with_name("lesson.toml")
LESSONS = Path(__file__).with_name("lessons")  # others that the package ships, by their names


class LessonError(SpecificationError):
    """A lesson file that cannot be used."""


@dataclass(frozen=True)
class Lesson:
    """The whole lesson. Every number below that is not stored is computed here."""

    title: str
    data: Annotated[Data, data_of]
    network: NetworkSpec
    compile: Compile
    fit: Fit
    split: Split | None = None
    result: AccuracyBounds = field(default_factory=AccuracyBounds)

    def __repr__(self) -> str:
        return f"Lesson({self.title!r})"  # it is a default: signatures and tooltips show it

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of an image as the network takes it: a row, or a square if there is a Flatten."""
        is_row = self.network.flatten is None
        return (self.data.pixels,) if is_row else (self.data.height, self.data.width)

    @property
    def output_shapes(self) -> tuple[tuple[int | None, ...], ...]:
        """What the summary shows of each layer: ``((None, 100), (None, 10))``."""
        sizes = [size for size, _, _ in self.network.counts(self.data.pixels)]
        flat, square = self.network.flatten or 0, (None, *self.input_shape)
        return tuple(square if at < flat else (None, size) for at, size in enumerate(sizes))

    @property
    def layer_parameters(self) -> tuple[int, ...]:
        """Parameters of each layer, first to last: ``(78_500, 1_010)`` in the lesson."""
        return tuple(count for _, count, _ in self.network.counts(self.data.pixels))

    @property
    def dense_parameters(self) -> tuple[int, ...]:
        """Those of the Dense layers alone."""
        counts = zip(self.network.layers, self.layer_parameters, strict=True)
        return tuple(count for layer, count in counts if layer.type == "Dense")

    @property
    def parameters(self) -> int:
        """Parameters of the whole network: 79,510 in the lesson."""
        return sum(self.layer_parameters)

    @property
    def non_trainable(self) -> int:
        """How many of them training leaves as they are."""
        return sum(fixed for _, _, fixed in self.network.counts(self.data.pixels))

    @property
    def size(self) -> str:
        """Memory of the parameters as Keras prints it: ``310.59 KB`` in the lesson."""
        return readable_size(4 * self.parameters)  # Keras's default dtype is float32

    @property
    def train_images(self) -> int:
        """Images that ``fit()`` is given: 48,000 in the lesson."""
        return self.split.train if self.split else self.data.train_images

    @property
    def steps_per_epoch(self) -> int | None:
        """Batches in one epoch, the last one perhaps smaller: 1,500 in the lesson; None: any."""
        return self.steps_of(self.train_images) if self.fit.batch_size else None

    def used_of(self, images: int) -> int:
        """How many of so many images ``fit()`` trains on, and does not hold back itself."""
        return math.floor(images * (1 - self.fit.validation_split))

    def steps_of(self, images: int) -> int:
        """Batches in one epoch of so many images."""
        return math.ceil(self.used_of(images) / (self.fit.batch_size or DEFAULT_BATCH_SIZE))

    @property
    def loss(self) -> str:
        """The loss in one word, with what it is told: ``sparse_categorical_crossentropy``."""
        return self.compile.loss + "(from_logits=True)" * self.network.is_logits

    @property
    def loss_code(self) -> str:
        """The loss as ``compile()`` is told of it."""
        told = f"keras.losses.{self.compile.loss_class}(from_logits=True)"
        return told if self.network.is_logits else repr(self.loss)

    @property
    def compile_code(self) -> str:
        """The call of ``compile()``, without what it takes by itself."""
        asked = self.compile
        told = [] if asked.is_default else [f"optimizer={asked.optimizer_code}"]
        told += [f"loss={self.loss_code}", *[f"metrics={[*asked.metrics]}"] * bool(asked.metrics)]
        return f"model.compile({', '.join(told)})"

    @property
    def fit_code(self) -> str:
        """The call of ``fit()``, without what it takes by itself."""
        fit, share = self.fit, self.fit.validation_split
        told = f"epochs={fit.epochs}" + f", batch_size={fit.batch_size}" * (not fit.is_default)
        told += f", validation_split={share}" * bool(share)
        return f"model.fit(train_scaled, train_target, {told})"

    @property
    def subjects(self) -> frozenset[str]:
        """What the lesson is about, each in one word: nothing asks for anything else."""
        network, split = self.network, self.split
        also = {
            "scaling": self.data.scale != 1,
            "unit-range": self.data.scale == self.data.brightest,
            "rows": network.flatten is None,
            "split": split is not None,
            "seed": split is not None and split.random_state is not None,
            "hidden": bool(network.hidden),
            "larger-hidden": min(network.hidden, default=0) > network.output.units,
            "biases": all(layer.arguments.get("use_bias", True) for layer in network.dense),
            "trainable": not self.non_trainable,
            "metrics": bool(self.compile.metrics),
            "default-optimizer": self.compile.is_default,
            "batch": self.fit.batch_size is not None,
            "default-batch": self.fit.batch_size == DEFAULT_BATCH_SIZE,
        }
        words = {*network.styles, *self.compile.metrics, self.compile.loss, self.data.dataset}
        words |= {layer.type.lower() for layer in network.layers}
        words |= {layer.activation for layer in network.layers if layer.activation}
        words |= {name.replace("_", "-") for name, bound in vars(self.result).items() if bound}
        return frozenset(words | {word for word, is_about in also.items() if is_about})


def readable_size(size: int) -> str:
    """Bytes in the words of Keras's summary: ``318040`` is ``310.59 KB``."""
    power = min(max(size.bit_length() - 1, 0) // 10, 5)
    return f"{size / 1024**power:.2f} {('B', 'KB', 'MB', 'GB', 'TB', 'PB')[power]}"


def shipped_lessons() -> dict[str, Path]:
    """The lesson files that the package ships, by their names, :data:`LESSON_FILE` first."""
    return {path.stem: path for path in (LESSON_FILE, *sorted(LESSONS.glob("*.toml")))}


def lesson_file(name: str | Path) -> Path:
    """Give the file of a lesson that the package ships, by its name; any other path as it is."""
    return shipped_lessons().get(str(name), Path(name))


def load_lesson(path: str | Path = LESSON_FILE) -> Lesson:
    """Read a lesson file, or one that the package ships, by its name; by default its main one.

    Raises LessonError: the file is missing or no TOML, a key is unknown or missing, a value has
        the wrong type or range, or two numbers contradict each other.
    """
    path = lesson_file(path)
    try:
        return read_lesson(read_toml(path), path)
    except SpecificationError as error:
        remedy = error.parts[-1]
        if remedy == say("reading.check-path"):
            near = meant(str(path), shipped_lessons())
            remedy = near + say("lesson.check-name", names=", ".join(shipped_lessons()))
        raise LessonError(*error.parts[:-1], remedy) from None


def read_lesson(tables: dict[str, Any], path: Path) -> Lesson:
    """Read the tables of a lesson file, which is named in errors. Raises SpecificationError."""
    lesson: Lesson = read_value(Lesson, tables, path, "")
    split, compiled = lesson.split, lesson.compile
    if math.isnan(compiled.learning_rate):
        compiled = replace(compiled, learning_rate=default_learning_rate(compiled.optimizer))
    split = split and split.sized(lesson.data.train_images)
    lesson = replace(lesson, compile=compiled, split=split)
    for key, found, expected in _contradictions(lesson):
        raise SpecificationError(path, key, str(found), expected, say("lesson.correct"))
    return lesson


def _contradictions(lesson: Lesson) -> Iterator[tuple[str, object, str]]:
    """Give what is out of range, or cannot be right together: the key, found, and expected."""
    compiled, fit, result = lesson.compile, lesson.fit, lesson.result
    for key in ("data.scale", "compile.learning_rate", "fit.epochs", "fit.batch_size"):
        if attrgetter(key)(lesson) == 0:
            yield key, 0, say("lesson.above-0")
    if fit.validation_split >= 1:
        yield "fit.validation_split", fit.validation_split, say("network.share")
    yield from wrong_layers(lesson.network, lesson.data.classes)
    if lesson.split:
        yield from wrong_split(lesson.split, lesson.data.train_images)
    for key, value in vars(result).items():
        if value > 1:
            yield f"result.{key}", value, say("lesson.share")
        if value and ACCURACY not in compiled.metrics:
            found = ", ".join(compiled.metrics) or say("reading.nothing")
            yield "compile.metrics", found, say("lesson.metric", metric=ACCURACY, key=key)
    if result.validation_accuracy and not (lesson.split or fit.validation_split):
        accuracy, expected = result.validation_accuracy, say("lesson.held-back")
        yield "result.validation_accuracy", accuracy, expected


LESSON = load_lesson()
