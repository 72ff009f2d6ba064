"""What a trace says of images, in the words of a lesson with a scale and a split of its own."""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fmnist_spec.gate.compare.contents import Of, Reference, brightness_of, content_of
from fmnist_spec.gate.events import Content, Images, SplitMade
from fmnist_spec.lesson import Lesson
from fmnist_spec.preparing import split_indices
from fmnist_spec.settings import Split

Part = Literal["train", "validation", "whole", "test", "other"]
Source = Literal["train", "test", "other"]  # of a split: the 60,000, the 10,000, or else


class InWords(NamedTuple):
    """An array of images, as a lesson sees it.

    What was divided by something else than the scale is not the lesson's, whatever it shows.
    """

    scaling: str = "other"  # "lesson", "raw" (not divided at all), "twice"
    order: str = "unknown"  # of the pixels within an image: "lesson", "other"
    part: Part = "other"  # of the lesson's split, in whatever order


@dataclass(frozen=True, eq=False)
class LessonImages:
    """The images of a lesson: what it divides pixels by, and the indices of its split's parts."""

    scale: int
    reference: Reference
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    _contents: dict[Of, dict[Part, Content]] = field(default_factory=dict)

    def words(self, images: Images | None) -> InWords:
        """Say how images are scaled, and which they are; no images are like any others."""
        if images is None or not self._is_scaled(images.divided_by):
            return InWords()
        factors = {1: "raw", self.scale**2: "twice", self.scale: "lesson"}
        mixed = images.brightness is not None and images.brightness in self._brightness
        orders = {"in order": "lesson", "other order": "other"}
        order = orders.get(images.pixels, "other" if mixed else "unknown")
        part = self._part(images.content, images.pixels)
        return InWords(factors[int(images.divided_by or 0)], order, part)

    def paired(self, images: Images | None) -> bool | None:
        """Say whether images have their own labels; None if it can't be told."""
        return images.paired if images and self._is_scaled(images.divided_by) else None

    def split(self, split: SplitMade) -> tuple[Source, bool]:
        """Say what was split, and whether into the lesson's own parts."""
        sources: dict[Part, Source] = {self._name_of_all: "train", "test": "test"}
        if not self._is_scaled(split.divided_by or 1):
            return "other", False
        values: tuple[Of, ...] = ("labels", "indices")
        for of in values if split.divided_by is None else (split.pixels,):
            whole, *found = (self._part(one, of) for one in (split.whole, *split.parts))
            if found == ["train", "validation"]:
                return "train", True
            if whole in sources:
                return sources[whole], False
        return "other", False

    def is_lessons_split(self, split: SplitMade, wanted: Split) -> bool:
        """Whether the parts are the lesson's, or would be if the images had been scaled rightly."""
        source, exact = self.split(split)
        asked = (split.random_state, split.shuffle, split.stratified, split.sizes[:2])
        as_asked = asked == (wanted.random_state, True, False, (wanted.train, wanted.validation))
        return exact or (source == "other" and as_asked)

    def _is_scaled(self, divided_by: float | None) -> bool:
        return divided_by in (1, self.scale, self.scale**2)

    def _part(self, content: Content | None, of: Of) -> Part:
        """Name a part by what it holds: images in any order, labels and indices in their own."""
        if content is None:
            return "other"
        digest = attrgetter("digest" if of in ("labels", "indices") else "sorted_digest")
        names = {digest(one): name for name, one in self.contents(of).items()}
        return names.get(digest(content), "other")

    def contents(self, of: Of) -> dict[Part, Content]:
        """Give the content of each part by its name."""
        if of not in self._contents:
            parts = self._divided(*self.reference.numbers(of))
            self._contents[of] = {name: content_of(one) for name, one in parts.items()}
        return self._contents[of]

    @cached_property
    def _brightness(self) -> set[str]:
        """How bright the pixels of each part are."""
        parts = self._divided(*(images for images, _ in self.reference.data))
        return {brightness_of(images) for images in parts.values()}

    @property
    def _name_of_all(self) -> Part:
        return "whole" if len(self.validation) else "train"

    def _divided(self, whole: NDArray[Any], test: NDArray[Any]) -> dict[Part, NDArray[Any]]:
        parts: dict[Part, NDArray[Any]] = {self._name_of_all: whole, "test": test}
        if len(self.validation):
            parts |= {"train": whole[self.train], "validation": whole[self.validation]}
        return parts


@lru_cache(maxsize=8)
def lesson_images(lesson: Lesson, reference: Reference) -> LessonImages:
    """Give the images of a lesson, with the parts that its split makes of a data set."""
    return LessonImages(lesson.data.scale, reference, *split_indices(lesson))
