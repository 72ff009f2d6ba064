"""What twice the length costs: runs of one sign, read and judged as text, as output, as summary.

A ratio near 2 is linear, near 4 quadratic. Times below a hundredth of a second say nothing:

    python benchmarks/twice.py
"""

import time
from collections.abc import Callable
from pathlib import Path

from fmnist_spec.gate.evidence import RULES, Evidence
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.gate.trace import CellRun, Trace
from fmnist_spec.gate.verdict import judge
from fmnist_spec.lesson import LESSON
from fmnist_spec.printed import printed_summaries

LENGTH = 40_000
IDS = [id for id in RULES if id.startswith(("prose", "stored", "outputs"))]
RUNS = {
    **{"digits": "9", "blanks": " ", "tabs": "\t", "brackets": "(", "pairs": "()", "braces": "[{"},
    **{"Korean": "가", "Korean words": "은닉층의 ", "stars": "*", "commas": "1,", "quotes": "'"},
    **{
        "equals": "=",
        "sums": "1+1=",
        "points": "1. ",
        "dashes": "-",
        "lines": "1\n",
        "tags": "<b ",
    },
    **{"backslashes": "\\", "links": "[](", "epochs": "Epoch 1/5\n", "progress": " 1/1 - a: 1"},
    **{
        "tags": "<b ",
        "models": 'Model: "',
        "escapes": "\x1b[",
        "claims": "은닉층의 뉴런은 64개입니다.\n\n",
    },
}


def _judge(cell: Cell) -> None:
    trace = Trace("", "", (), False, (), (CellRun(0, "ok", None, "", 0.0),), None)
    evidence = Evidence(LESSON, Notebook(Path("one.ipynb"), (cell,)), trace)
    vars(evidence)["observed"] = {}
    judge(evidence, IDS)


def text(run: str) -> None:
    """Judge a run as the text of a cell."""
    _judge(Cell(0, "markdown", f"은닉층은 {run} = 1", tuple(range(run.count("\n") + 1))))


def comment(run: str) -> None:
    """Judge a run as a comment of a cell."""
    _judge(Cell(0, "code", f"# {run}".replace("\n", "\n# "), tuple(range(run.count("\n") + 1))))


def output(run: str) -> None:
    """Judge a run as what a cell has printed."""
    stored = {"output_type": "stream", "name": "stdout", "text": run}
    _judge(Cell(0, "code", "model.fit(x), len(x)", (1,), outputs=(stored,)))


def summary(run: str) -> None:
    """Read a run as the table of a summary."""
    print_of = f'Model: "a"\nLayer (type)  Output Shape  Param #\n{run}\nTotal params: 1\n'
    list(printed_summaries(print_of))


def seconds(judged: Callable[[str], None], run: str) -> float:
    """Time one run; of two times the shorter."""
    times = []
    for _ in range(2):
        start = time.process_time()
        judged(run)
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    """Print, for each run, the time for twice the length and by how much it is longer."""
    kinds = (text, comment, output, summary)
    print(f"{'':14}" + "".join(f"{one.__name__:>16}" for one in kinds))
    for name, sign in RUNS.items():
        once = sign * (LENGTH // len(sign))
        times = [(seconds(one, once), seconds(one, 2 * once)) for one in kinds]
        shown = (f"{second:6.2f} s x{second / first:4.1f}" for first, second in times)
        print(f"{name:14}" + "".join(f"{one:>16}" for one in shown), flush=True)


if __name__ == "__main__":
    main()
