"""What a run over many notebooks takes, and whether it grows: memory, descriptors, processes, time.

Every tenth notebook is the lesson's, the others are small. Linux only, for it reads /proc:

    python benchmarks/load.py [NOTEBOOKS] [JOBS] [RUNS]

With more RUNS than one, as many commands run side by side.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import mean

import nbformat

from fmnist_spec.gate.notebook import NOTEBOOK

COMMAND = "import sys; from fmnist_spec.cli import main; sys.exit(main())"
PART = 10  # of a run: its tenths are compared
EVERY = 0.25  # seconds between two looks


def write(folder: Path, number: int) -> None:
    """Write the notebooks."""
    lesson = nbformat.read(NOTEBOOK, as_version=4)
    small = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1\nprint(x)")])
    for at in range(number):
        nbformat.write(small if at % 10 else lesson, folder / f"{at:04}.ipynb")


def look(process: int) -> tuple[int, int, int]:
    """Give the memory of a process in MiB, its descriptors, and how many processes come from it."""
    status = Path(f"/proc/{process}/status").read_text()
    resident = int(status.partition("VmRSS:")[2].split()[0]) // 1024
    return resident, len(list(Path(f"/proc/{process}/fd").iterdir())), _descendants(process)


def _descendants(process: int) -> int:
    listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()[1:]]
    found = {process}
    while more := {child for child, parent in pairs if parent in found} - found:
        found |= more
    return len(found) - 1


class Run:
    """One command over a folder, looked at while it runs."""

    def __init__(self, folder: Path, jobs: int) -> None:
        arguments = ("check", "--sample", "--format", "json", "--jobs", str(jobs))
        paths = sorted(str(one) for one in folder.iterdir())
        self.output = tempfile.TemporaryFile()  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *arguments, *paths], stdout=self.output
        )
        self.looks: list[tuple[int, int, int]] = []
        self.watch = threading.Thread(target=self._watch)
        self.watch.start()

    def _watch(self) -> None:
        while self.process.poll() is None:
            try:
                self.looks.append(look(self.process.pid))
            except (OSError, IndexError):  # it has just ended
                return
            time.sleep(EVERY)

    def report(self) -> None:
        """Print what it took: the first tenth beside the last."""
        self.watch.join()
        self.output.seek(0)
        checked = json.load(self.output)["notebooks"]
        verdicts = [one["verdict"] for one in checked]
        print(f"{len(checked)} notebooks, exit code {self.process.returncode}:", end=" ")
        print(", ".join(f"{verdicts.count(one)} {one}" for one in sorted({*verdicts})))
        part, few = len(checked) // PART, max(len(self.looks) // PART, 1)
        took = [one["seconds"] for one in checked]
        tenths = (sum(took[at : at + part]) for at in range(0, part * PART, part))
        print("  seconds of each tenth:", " ".join(f"{one:.0f}" for one in tenths))
        for name, values in zip(
            ("MiB", "descriptors", "processes"), zip(*self.looks, strict=True), strict=True
        ):
            early, late = values[2 * few : 3 * few] or values, values[-2 * few : -few] or values
            told = f"mean early {mean(early):.0f}, mean late {mean(late):.0f}, most {max(values)}"
            print(f"  {name}: {told}")


def main() -> None:
    """Write the notebooks, run, and report."""
    number, jobs, runs = (*map(int, sys.argv[1:]), *(1_000, 2, 1)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), number)
        start = time.monotonic()
        for run in [Run(Path(folder), jobs) for _ in range(runs)]:
            run.report()
        print(f"{time.monotonic() - start:.0f} s for {number} notebooks, {jobs} jobs, {runs} runs")


if __name__ == "__main__":
    main()
