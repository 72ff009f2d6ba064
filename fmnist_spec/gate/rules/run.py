"""Rules on the run itself: every cell runs, from top to bottom, in a fresh process."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from fmnist_spec.gate.compare.networks import of_type
from fmnist_spec.gate.evidence import Look, Problem, raised
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.trace import CellError, Compiled, Refused, Trace
from fmnist_spec.lesson import Lesson

LONGEST = 300  # characters of an error's message that are shown
ENDS = {
    "time": "The run took longer than allowed and was stopped. Look for a loop without end.",
    "memory": "The run took more memory than allowed. Keep fewer copies of the data.",
    "exit": "The notebook ended its own process. Remove the call that exits.",
    "killed": "The process died. Look for what crashes it, such as native code.",
    "processes": "The notebook started more processes than allowed. Start none.",
}
# What changed in TensorFlow, by what its errors say. Each remedy works on every version.
METRICS_CHANGED = (
    "Since TensorFlow 2.16 (Keras 3), compile() refuses a string for metrics; up to 2.15 it took "
    "one. Write metrics=['accuracy'], which works everywhere."
)
CHANGES = {
    r"Expected `metrics` argument to be a list": METRICS_CHANGED,
    r"Expected all entries in the `metrics` list": (
        "Since TensorFlow 2.16 (Keras 3), compile() takes no tuple for metrics. Write a list."
    ),
    r"dtype='string' is not a valid dtype": (
        "Since TensorFlow 2.16 (Keras 3), the third argument of compile() is loss_weights. "
        "Write metrics=[...] with its name."
    ),
    r"EOF when reading a line": "The gate has nobody who could answer. Do without input().",
    r"Permission denied$|Resource temporarily unavailable": (
        "The gate allows no sockets and no processes. Do without them, as with n_jobs=1."
    ),
    r"is not a valid (root )?scope name": (
        "TensorFlow cannot train or predict with names that hold blanks or other than ASCII "
        "letters. Since 2.16 (Keras 3) such layers can be built, and after one failed fit() no "
        "other model can be trained in that session. Train a model without such names."
    ),
    r"not recognized: \{'lr'": (
        "Since TensorFlow 2.16 (Keras 3), optimizers do not know lr. Write learning_rate=."
    ),
    r"Cannot convert '\d+' to a shape": (
        "Since TensorFlow 2.16 (Keras 3), a shape must be a tuple. Write shape=(784,)."
    ),
    r"has no attribute '(predict_classes|predict_proba|fit_generator)'": (
        "TensorFlow removed that method. Use predict() or fit()."
    ),
    r"Could not interpret .* identifier|Unknown (loss|metric|optimizer)": (
        "Keras does not know that name. Correct its spelling."
    ),
}


def cell_raises(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Report each cell that raised without the tag for it, with what TensorFlow changed."""
    unreached = any(run.status == "not reached" for run in trace.cells)
    for run in raised(trace, cells):
        error = run.error or CellError("Exception", "", None)
        message = f"The cell raises {error.type}. {_why(error, cells, run.cell)}"
        message += " The cells after it did not run and were not judged." if unreached else ""
        observed = f"{error.type}: {_said(error.message)}"
        yield Problem(run.cell, error.line, message, "the cell runs", observed)


def _why(error: CellError, cells: Sequence[Cell], at: int) -> str:
    for pattern, explanation in CHANGES.items():
        if re.search(pattern, error.message):
            return explanation
    name = re.match(r"name '(\w+)' is not defined", error.message)
    if error.type == "NameError" and name:
        later = next((cell.index for cell in cells[at + 1 :] if name[1] in _defined(cell)), None)
        where = "No cell defines it" if later is None else f"Only cell {later}, below, defines it"
        return f"{where}. Define {name[1]} in a cell above."
    if error.type in ("ModuleNotFoundError", "ImportError"):
        return "Install what it imports where the gate runs, or do without it."
    return "Correct the cell so that it runs from top to bottom."


def _defined(cell: Cell) -> set[str]:
    """Name what a code cell defines; a cell with magics or broken syntax tells nothing."""
    if cell.type != "code":
        return set()
    try:
        nodes = list(ast.walk(ast.parse(cell.source)))
    except (SyntaxError, ValueError):
        return set()
    stored = {one.id for one in nodes if isinstance(one, ast.Name) and type(one.ctx) is ast.Store}
    imported = {one.asname or one.name for one in nodes if isinstance(one, ast.alias)}
    made = (ast.FunctionDef, ast.ClassDef)
    return stored | imported | {one.name for one in nodes if isinstance(one, made)}


def _said(message: str) -> str:
    """Take the line that tells most: TensorFlow puts its own frames before it."""
    lines = [line.strip() for line in message.splitlines() if line.strip()] or [""]
    return lines[-1 if lines[0] == "in user code:" else 0][:LONGEST]


def run_ended(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Report why the run ended early."""
    if trace.ended is not None:
        message = f"{ENDS[trace.ended.why]} The cells after it did not run and were not judged."
        yield Problem(trace.ended.cell, None, message, "runs to its end", trace.ended.detail)


def refused(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Report what the notebook tried and was not allowed, each once."""
    told: dict[str, Refused | None] = dict.fromkeys(trace.refused)
    for event in reversed(of_type(trace, Refused)):
        told[f"{event.what}: {event.detail}"] = event
    for tried, at in told.items():
        message = f"The gate refused this: {tried}. Remove it, if the lesson can do without."
        cell, line = (None, None) if at is None else (at.cell, at.line)
        yield Problem(cell, line, message, "no network, no files elsewhere", tried)


def not_run(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """List the cells that were skipped."""
    for run in trace.cells:
        if run.status == "skipped":
            message = f"The cell was not run: {run.reason}. Nothing in it counts for the lesson."
            yield Problem(run.cell, None, message)


def metrics_string(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Look for a string where an older TensorFlow still takes one."""
    for event in of_type(trace, Compiled):
        if event.metrics_as_string:
            names = "a list", "a string"
            yield Problem(event.cell, event.line, METRICS_CHANGED, *names)


def numbering(lesson: Lesson, trace: Trace, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Look for the first stored count that is not the next one."""
    counted = [cell for cell in cells if isinstance(cell.execution_count, int)]
    for before, cell in pairwise(counted):
        one, other = before.execution_count, cell.execution_count
        if one is not None and other is not None and other != one + 1:
            order = "in another order" if other <= one else "with others between them"
            message = (
                f"The stored numbering is stale: the cells last ran {order}. "
                "Restart the kernel, run all cells, and save."
            )
            observed = f"In [{one}], then In [{other}]"
            yield Problem(cell.index, None, message, f"In [{one + 1}]", observed)
            return


LOOKS: dict[str, Look] = {
    "cell-raises": cell_raises,
    "run-ended": run_ended,
    "refused": refused,
    "not-run": not_run,
    "metrics-string": metrics_string,
    "numbering": numbering,
}
