"""How long the gate reads and judges a notebook that stores its outputs, beside running it.

All is measured in this one run, for the first notebook of a process and for the next:

    python benchmarks/judging.py
"""

# ruff: noqa: E402  # the imports are measured, too: patterns are compiled there, once
import time

START = time.perf_counter()

from itertools import pairwise
from pathlib import Path

from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.notebook import read_notebook
from fmnist_spec.gate.verdict import judge

LOADED = time.perf_counter() - START

from fmnist_spec.data import load_data
from fmnist_spec.gate.run.runner import Runner
from fmnist_spec.lesson import LESSON

STORED = Path(__file__).resolve().parents[1] / "tests" / "gate" / "stored"


def main() -> None:
    """Run two notebooks, and print what each step took, in seconds."""
    print(f"importing the rules, once: {LOADED:.3f} s")
    with Runner(LESSON.data.dataset, load_data) as runner:
        for era in ("2.8", "2.15"):
            path = STORED / f"pass-tf{era}.ipynb"
            times = [time.perf_counter()]
            notebook = read_notebook(path)
            times.append(time.perf_counter())
            trace = runner.run(notebook.cells, path)
            times.append(time.perf_counter())
            judge(Evidence(LESSON, notebook, trace))
            times.append(time.perf_counter())
            read, ran, judged = (after - before for before, after in pairwise(times))
            print(f"{path.name}: reading {read:.3f} s, running {ran:.3f} s, judging {judged:.3f} s")


if __name__ == "__main__":
    main()
