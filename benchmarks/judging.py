"""How long the gate reads and judges a notebook that stores its outputs, beside running it.

All is measured in this one run, for the first notebook of a process and for the next:

    python benchmarks/judging.py
"""

import time

START = time.perf_counter()

from itertools import pairwise  # noqa: E402
from pathlib import Path  # noqa: E402  # so that the patterns, which are made once, are measured too

from fmnist_spec.course import rules  # noqa: E402
from fmnist_spec.course.notebook import read_notebook  # noqa: E402

LOADED = time.perf_counter() - START

from fmnist_spec.course.runner import Runner  # noqa: E402
from fmnist_spec.data import load_data  # noqa: E402
from fmnist_spec.lesson import LESSON  # noqa: E402

STORED = Path(__file__).resolve().parents[1] / "tests" / "stored"


def main() -> None:
    """Run two notebooks, and print what each step took, in seconds."""
    print(f"importing the rules, once: {LOADED:.3f} s")
    with Runner(LESSON, load_data) as runner:
        for era in ("2.8", "2.15"):
            path = STORED / f"pass-tf{era}.ipynb"
            times = [time.perf_counter()]
            notebook = read_notebook(path)
            times.append(time.perf_counter())
            trace = runner.run(notebook.cells, path.name)
            times.append(time.perf_counter())
            rules.judge(LESSON, trace, notebook.cells)
            times.append(time.perf_counter())
            read, ran, judged = (after - before for before, after in pairwise(times))
            print(f"{path.name}: reading {read:.3f} s, running {ran:.3f} s, judging {judged:.3f} s")


if __name__ == "__main__":
    main()
