"""The data sets of ``datasets.toml``: facts that no lesson decides."""

from dataclasses import dataclass, field, make_dataclass, replace
from pathlib import Path
from typing import Any, Literal

from fmnist_spec.reading import read_toml, read_value

SAMPLE_SIZES = 2_000, 500  # images to train on, and to test with


@dataclass(frozen=True, kw_only=True)
class Data:
    """A data set: how many images, of which form, and its files; and how a lesson prepares them.

    Number and form are MNIST's, which others have taken over; a table says what is different.
    """

    title: str
    train_images: int = 60_000
    test_images: int = 10_000
    height: int = 28  # pixels
    width: int = 28
    dtype: str = "uint8"
    classes: int = 10  # labels run from 0 to 9
    brightest: int = 255  # of the values that a pixel has, from 0
    sha256: dict[str, str] = field(hash=False)
    cache: str = ""
    debian: str = ""
    sample: dict[str, str] = field(default_factory=dict, hash=False)
    dataset: str = ""  # its module under keras.datasets
    scale: int = 1  # divide by this to get pixels from 0 to 1; 1: they stay as they are

    @property
    def pixels(self) -> int:
        """What one flattened image holds."""
        return self.height * self.width

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of the four arrays: images and labels to train on, and to test with."""
        counts, picture = (self.train_images, self.test_images), (self.height, self.width)
        return tuple(shape for count in counts for shape in ((count, *picture), (count,)))

    def of_sample(self) -> "Data":
        """Give the same of the sample, or of images that are made in its place."""
        train, test = SAMPLE_SIZES
        return replace(self, train_images=train, test_images=test, sha256=self.sample, sample={})


DATA_SETS_FILE = Path(__file__).with_name("datasets.toml")
DATA_SETS: dict[str, Data] = read_value(
    dict[str, Data], read_toml(DATA_SETS_FILE), DATA_SETS_FILE, ""
)
TABLE = make_dataclass("Table", [("dataset", Literal[tuple(DATA_SETS)]), ("scale", int, 1)])


def data_of(table: dict[str, Any], path: Path, key: str) -> Data:
    """Read which data set a lesson has, and how it prepares it. Raises SpecificationError."""
    read = vars(read_value(TABLE, table, path, key))
    return replace(DATA_SETS[read["dataset"]], **read)
