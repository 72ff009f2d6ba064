"""The arrays of a data set, as the processes of notebooks get them."""

from pathlib import Path

import numpy as np

from fmnist_spec.gate.compare.contents import mapped, save


def test_what_is_saved_is_mapped_part_by_part(tmp_path: Path) -> None:
    """Images and labels to train on, and those to test with; a write stays in its process."""
    shapes = ((6, 2, 2), (6,), (3, 2, 2), (3,))
    first = [np.full(shape, at, np.uint8) for at, shape in enumerate(shapes)]
    save(tmp_path, [(first[0], first[1]), (first[2], first[3])])
    (images, labels), (test_images, test_labels) = mapped(tmp_path)
    for one, expected in zip((images, labels, test_images, test_labels), first, strict=True):
        np.testing.assert_array_equal(one, expected)
    images[:] = 9
    assert (mapped(tmp_path)[0][0] == 0).all()
