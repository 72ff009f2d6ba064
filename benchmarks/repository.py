"""Time what a mirror of a repository costs, by its number of files.

Run it where fmnist_spec is installed: ``python benchmarks/repository.py``.
"""

import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

from fmnist_spec.gate.confine.files.repository import folders_of, mirror

EACH = 20  # files in a folder


def lay_out(root: Path, files: int) -> Path:
    """Make a repository of folders two deep, and give a notebook in the first of them."""
    for at in range(files // EACH):
        folder = root / f"part{at // 10}" / f"chapter{at}"
        folder.mkdir(parents=True)
        for name in range(EACH):
            (folder / f"{name}.txt").touch()
    (root / ".git").mkdir()
    return root / "part0" / "chapter0" / "one.ipynb"


def timed(notebook: Path, folder: Path) -> tuple[float, float]:
    """Lay a mirror in a folder and remove it; give the seconds of both."""
    start = time.perf_counter()
    mirror(*folders_of(notebook), str(folder))
    laid = time.perf_counter()
    shutil.rmtree(folder)
    return laid - start, time.perf_counter() - laid


def main() -> None:
    """Print a row for each size: the medians of nine mirrors."""
    for files in (200, 2_000, 20_000):
        with tempfile.TemporaryDirectory() as folder:
            notebook = lay_out(Path(folder) / "course", files)
            times = [timed(notebook, Path(folder) / f"view{at}") for at in range(9)]
        laid, removed = (1000 * median(column) for column in zip(*times, strict=True))
        print(f"{files:6,} files: laid in {laid:.0f} ms, removed in {removed:.0f} ms")


if __name__ == "__main__":
    main()
