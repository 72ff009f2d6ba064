"""What a trace says of images, in the words of a lesson with a scale and a split of its own."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from fmnist_spec.gate.compare.contents import Part, Parts, Reference
from fmnist_spec.gate.events import Content, Images, PixelOrder, SplitMade
from fmnist_spec.lesson import Lesson
from fmnist_spec.preparing import split_indices
from fmnist_spec.settings import Split

Source = Literal["train", "test", "other"]  # of a split: the 60,000, the 10,000, or else


class InWords(NamedTuple):
    """An array of images, as a lesson sees it.

    What was divided by something else than the scale is not the lesson's, whatever it shows.
    """

    scaling: str = "other"  # "lesson", "raw" (not divided at all), "twice"
    order: str = "unknown"  # of the pixels within an image: "lesson", "other"
    part: Part = "other"  # of the lesson's split, in whatever order


@dataclass(frozen=True)
class LessonImages:
    """The images of a lesson: what it divides pixels by, and the parts of its split."""

    scale: int
    parts: Parts

    def words(self, images: Images | None) -> InWords:
        """Say how images are scaled, and which they are; no images are like any others."""
        if images is None or not self._is_scaled(images.divided_by):
            return InWords()
        factors = {1: "raw", self.scale**2: "twice", self.scale: "lesson"}
        mixed = images.brightness is not None and images.brightness in self.parts.brightness
        orders = {"in order": "lesson", "other order": "other"}
        order = orders.get(images.pixels, "other" if mixed else "unknown")
        part = self._part(images.content, images.pixels)
        return InWords(factors[int(images.divided_by or 0)], order, part)

    def paired(self, images: Images | None, told: bool | None) -> bool | None:
        """Say whether labels belong to images, as a trace tells it; None if it can't be told."""
        return told if images is not None and self._is_scaled(images.divided_by) else None

    def split(self, split: SplitMade) -> tuple[Source, bool]:
        """Say what was split, and whether into the lesson's own parts."""
        if split.divided_by is None:
            return self._split_of_values(split)
        if not self._is_scaled(split.divided_by):
            return "other", False
        whole, *found = (self._part(one, split.pixels) for one in (split.whole, *split.parts))
        if found == ["train", "validation"]:
            return "train", True
        sources: dict[Part, Source] = {self.parts.name_of_all: "train", "test": "test"}
        return sources.get(whole, "other"), False

    def is_lessons_split(self, split: SplitMade, wanted: Split) -> bool:
        """Whether the parts are the lesson's, or would be if the images had been scaled rightly."""
        source, exact = self.split(split)
        asked = (split.random_state, split.shuffle, split.stratified, split.sizes[:2])
        as_asked = asked == (wanted.random_state, True, False, (wanted.train, wanted.validation))
        return exact or (source == "other" and as_asked)

    def _is_scaled(self, divided_by: float | None) -> bool:
        return divided_by in (1, self.scale, self.scale**2)

    def _split_of_values(self, split: SplitMade) -> tuple[Source, bool]:
        """Say it of labels or indices, whose order counts."""
        whole, *found = (one and one.digest for one in (split.whole, *split.parts))
        labels = self.parts.contents("labels")
        if whole == labels["test"].digest:
            return "test", False
        for among in (labels, self.parts.contents("indices")):
            if whole == among[self.parts.name_of_all].digest:
                parts = [one.digest for part in ("train", "validation") if (one := among.get(part))]
                return "train", found == parts
        return "other", False

    def _part(self, content: Content | None, pixels: PixelOrder) -> Part:
        if content is None:
            return "other"
        known = self.parts.contents("in order" if pixels == "in order" else "other order")
        names = {one.sorted_digest: name for name, one in known.items()}
        return names.get(content.sorted_digest, "other")


@lru_cache(maxsize=8)
def lesson_images(lesson: Lesson, reference: Reference) -> LessonImages:
    """Give the images of a lesson, with the parts that its split makes of a data set."""
    return LessonImages(lesson.data.scale, Parts(reference, *split_indices(lesson)))
