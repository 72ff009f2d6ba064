"""Recognise images in a live session: data sets become known as it loads them."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fmnist_spec.data import SampleDataWarning, load_data
from fmnist_spec.dataset import DataError, are_whole
from fmnist_spec.datasets import DATA_SETS
from fmnist_spec.gate.compare.contents import Labelled, Reference
from fmnist_spec.gate.events import Images
from fmnist_spec.gate.observe.images import Recogniser
from fmnist_spec.lesson import LESSON

UNKNOWN = {"whole": None, "parts": (None, None), "divided_by": None, "pixels": "unknown"}


class LateRecogniser(Recogniser):
    """Knows each data set of ``datasets.toml`` whose own images were seen, or are found here.

    ``missed``: arrays were looked at before any were known. They are none of what is loaded later.
    """

    def __init__(self, dataset: str) -> None:
        self.dataset, self.missed = dataset, False
        self._each: dict[str, tuple[Recogniser, Reference]] = {}

    def reference(self, dataset: str) -> Reference | None:
        """Give a data set that is known."""
        return self._each[dataset][1] if dataset in self._each else None

    def learn(self, dataset: str, parts: Sequence[Labelled]) -> None:
        """Know what ``load_data()`` gave, if that is the data set and nothing else."""
        if dataset in DATA_SETS and dataset not in self._each:
            self._know(dataset, parts)

    def _know(self, dataset: str, parts: Sequence[Labelled] = ()) -> None:
        given = [array for part in parts for array in part]
        if are_whole(given, DATA_SETS[dataset]):
            # A session may write to its own arrays.
            train, test = ((images.copy(), labels.copy()) for images, labels in parts)
            reference: Reference | None = Reference(train, test)
        else:
            reference = found_here(dataset)
        if reference is not None:
            self._each[dataset] = Recogniser(dataset, reference), reference

    @property
    def _recognisers(self) -> list[Recogniser]:
        if not self._each:
            self._know(self.dataset)
        self.missed |= not self._each
        return [one for one, _ in self._each.values()]

    def look(self, given: Any, labels: Any = None) -> Images | None:
        """Recognise images by any data set that is known."""
        found = [one.look(given, labels) for one in self._recognisers]
        return next((one for one in found if one and one.content), next(iter(found), None))

    def shared(self, images: Images | None, others: Images | None) -> int:
        """Count the images of one array that are in another, too, of any data set that is known."""
        return max((one.shared(images, others) for one, _ in self._each.values()), default=0)

    def split(self, whole: Any, parts: tuple[Any, Any]) -> dict[str, Any]:
        """Say what was split, by any data set that is known."""
        found = [one.split(whole, parts) for one in self._recognisers]
        return next((one for one in found if one["whole"]), next(iter(found), UNKNOWN))


def found_here(dataset: str) -> Reference | None:
    """Load a data set from where it is kept, as Keras has just done; None if it is nowhere."""
    lesson = replace(LESSON, data=replace(DATA_SETS[dataset], dataset=dataset))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SampleDataWarning)
            return Reference(*load_data(download=False, lesson=lesson))
    except (SampleDataWarning, DataError, OSError):
        return None
