"""How long the suite takes, against the least that any check of the lesson must pay.

The base is one process that imports TensorFlow and scikit-learn and trains for five epochs on the
shipped sample. The suite holds TensorFlow against the lesson; the tests of the gate, which run some
300 notebooks, are left out. It runs on two processes, as README says. All are measured one after
the other in this run; ratios are printed:

    python benchmarks/suite.py [ROUNDS]
"""

import statistics
import subprocess
import sys
import time

BASE = """
import sklearn.model_selection
from fmnist_spec import build_list, load_data, train
from fmnist_spec.preparing import flatten, scale
sample = load_data(sample=True)
train(build_list(), flatten(scale(sample.train_images)), sample.train_labels)
"""
PYTEST = ["-m", "pytest", "-q", "-n", "2", "--ignore=tests/gate"]
RUNS = {
    "base: imports and five epochs on the sample": ["-c", BASE],
    "suite without full": [*PYTEST, "-m", "not full"],
    "suite with full": PYTEST,
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one process; it must succeed."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Measure every run in turn, as often as asked, and print the medians."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    times: dict[str, list[float]] = {name: [] for name in RUNS}
    for _ in range(rounds):
        for name, arguments in RUNS.items():
            times[name].append(seconds(arguments))
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    base = next(iter(medians.values()))
    for name, median in medians.items():
        print(f"{name:45} {median:6.1f} s   {median / base:5.2f} x base")


if __name__ == "__main__":
    main()
