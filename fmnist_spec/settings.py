"""How a lesson splits its images, and compiles and fits its network: tables of its file."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from fmnist_spec._compat import DEFAULT_BATCH_SIZE, DEFAULT_OPTIMIZER, default_learning_rate
from fmnist_spec.language import say

Loss = Literal["sparse_categorical_crossentropy", "categorical_crossentropy"]
ACCURACY = "accuracy"  # the metric that [result] is about
ONE_HOT: Loss = "categorical_crossentropy"
Optimizer = Literal[
    "rmsprop", "adam", "sgd", "adamw", "nadam", "adamax", "adagrad", "adadelta", "ftrl"
]
CLASSES = {"rmsprop": "RMSprop", "sgd": "SGD", "adamw": "AdamW"}  # in Keras; else as "Adam"


@dataclass(frozen=True)
class Split:
    """Which training images are held back: a share, drawn with a seed; or the first or last."""

    test_size: float | int | None = None  # a share, or a number of images
    random_state: int | None = None
    held_back: Literal["first", "last"] | None = None
    train: int = 0
    validation: int = 0
    sha256: str = ""  # of the sorted indices held back, as little-endian uint32

    @property
    def code(self) -> str:
        """How it is made of images and labels."""
        if self.held_back is None:
            asked = f"test_size={self.test_size}, random_state={self.random_state}"
            return f"train_test_split(images, labels, {asked})"
        size = self.validation
        last, first = (f"[:-{size}]", f"[-{size}:]"), (f"[{size}:]", f"[:{size}]")
        train, validation = first if self.held_back == "first" else last
        return say("settings.slices", train=train, validation=validation)

    def sized(self, images: int) -> "Split":
        """The same with the sizes of its parts, where the file does not say them."""
        validation = self.validation or self.held_back_of(images)
        return replace(self, train=self.train or images - validation, validation=validation)

    def held_back_of(self, images: int) -> int:
        """How many of so many are held back; scikit-learn rounds a share of them up."""
        asked = self.test_size
        if isinstance(asked, float):
            return math.ceil(min(images * asked, images))
        return asked or (images - self.train if self.train else 0)


@dataclass(frozen=True)
class Compile:
    """What ``compile()`` is given, or leaves to Keras."""

    loss: Loss
    metrics: tuple[str, ...] = ()
    optimizer: Optimizer = "rmsprop"  # compile()'s own
    learning_rate: float = math.nan  # in a file without one; Keras's own once it is read

    @property
    def loss_class(self) -> str:
        """The class of the loss in Keras."""
        return self.loss.title().replace("_", "")

    @property
    def is_default(self) -> bool:
        """Whether ``compile()`` takes this optimizer and learning rate if it is given none."""
        return (self.optimizer, self.learning_rate) == DEFAULT_OPTIMIZER

    @property
    def has_default_rate(self) -> bool:
        """Whether the optimizer takes this learning rate if it is given none."""
        return self.learning_rate == default_learning_rate(self.optimizer)

    @property
    def optimizer_code(self) -> str:
        """The optimizer as ``compile()`` is told of it."""
        if self.has_default_rate:
            return repr(self.optimizer)
        name = CLASSES.get(self.optimizer, self.optimizer.title())
        return f"keras.optimizers.{name}(learning_rate={self.learning_rate})"


@dataclass(frozen=True)
class Fit:
    """What ``fit()`` is given, or leaves to Keras; ``batch_size`` None: any."""

    epochs: int
    batch_size: int | None = None
    validation_split: float = 0.0

    @property
    def is_default(self) -> bool:
        """Whether ``fit()`` takes this batch size if it is given none."""
        return self.batch_size in (None, DEFAULT_BATCH_SIZE)


@dataclass(frozen=True)
class AccuracyBounds:
    """The least accuracy that training on the whole data reaches, from 0 to 1; 0: none is known."""

    training_accuracy: float = 0.0
    validation_accuracy: float = 0.0


def wrong_split(split: Split, images: int) -> Iterator[tuple[str, object, str]]:
    """Give what cannot be right: the key, what was found, and what was expected."""
    by_share, seed = split.test_size is not None, split.random_state
    if by_share == (split.held_back is not None):
        found = say("settings.both" if by_share else "settings.neither")
        yield "split", found, say("settings.one-way")
    if by_share != (seed is not None):
        missing, given = ("random_state", "test_size")[:: 1 if by_share else -1]
        yield f"split.{missing}", say("reading.nothing"), say("settings.since", given=given)
    if seed is not None and seed >= 2**32:
        yield "split.random_state", seed, say("settings.seed")
    if not 0 < split.validation < images:
        where = "test_size" if by_share else "validation"
        size = split.test_size if by_share else split.validation or say("reading.nothing")
        yield f"split.{where}", size, say("settings.part", images=images)
    if split.sha256 and not re.fullmatch("[0-9a-f]{64}", split.sha256):
        yield "split.sha256", repr(split.sha256), say("settings.sha256")
    if by_share and split.validation != (own := split.held_back_of(images)):
        expected = say("settings.share", share=split.test_size, images=images, own=own)
        yield "split.validation", split.validation, expected
    if split.train != (rest := images - split.validation):
        yield "split.train", split.train, f"{images:,} - {split.validation:,} = {rest}"
