"""Rules on the run itself: every cell runs, from top to bottom, in a fresh process."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.events import Compiled, Fitted
from fmnist_spec.gate.evidence import Evidence, Findings, rule, without_run
from fmnist_spec.gate.finding import Edit
from fmnist_spec.gate.kernel.leaving_out import names_of
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.rules.calls import metrics_in_a_list
from fmnist_spec.gate.rules.lacking import refusal
from fmnist_spec.gate.source.python import python_of, syntax_error
from fmnist_spec.gate.trace import CellError

# Messages that begin so have TensorFlow's own frames first; and lines that tell a reader nothing.
LAST_TELLS = re.compile(r"in user code:|Graph execution error|Detected at ")
NOTHING_TOLD = re.compile(
    r"in user code:|Graph execution error|Detected at |Node: |\[\[|File \"|• |Arguments received by"
    r"|Call arguments received|(\w+: )?Exception encountered when|.*Error encountered:$"
    r"|\d+ (root error|successful|derived)|Function call stack|\.\.\.$"
)
STYLE = re.compile(r"\x1b\[\d*m|^[ \t]*\(\d\) [A-Z_]+: +", re.MULTILINE)
COUNT = "execution_count"  # the key of a cell's number, and of an output's
LONGEST = 300  # characters of an error's message that are shown
# Errors that are explained, many by a change of TensorFlow: what they say, and the explanation's
# key in the catalogue. Each remedy works on every version.
EXPLAINED = {
    r"Expected `metrics` argument to be a list": "metrics-changed",
    r"Expected all entries in the `metrics` list": "metrics-tuple",
    r"dtype='string' is not a valid dtype|Expected `loss_weights` argument": "loss-weights",
    r"EOF when reading a line": "input",
    r"File too large": "large-file",
    r"is not a valid (root )?scope name": "scope-name",
    r"not recognized: \{'lr'": "lr",
    r"Cannot convert '\d+' to a shape": "shape",
    r"has no attribute '(predict_classes|predict_proba|fit_generator)'": "removed",
    r"Arguments `target` and `output` must have the same|Argument `output` must have rank"
    r"|`logits` and `labels` must have the same shape"
    r"|Shapes \([^)]*\) and \([^)]*\) are incompatible"
    r"|`labels.shape` must equal `logits.shape`": "labels-loss",
    r"label value of": "label-value",
    r"incompatible (with the layer|shape)": "other-shape",
    r"Could not interpret .* identifier|Unknown (loss|metric|optimizer)": "unknown",
}


@rule("cell-raises", decided="file")
def cell_raises(evidence: Evidence) -> Findings:
    fits = {one.cell for one in evidence.raised_fits}
    for cell, error in evidence.raised.items():
        if refusal(evidence, cell, error):
            continue  # the rule on refusals tells it
        why = _why(error, evidence, cell)
        is_string = why.key == "metrics-changed"
        yield evidence.finding(
            "cell-raises",
            cell,
            says="fit" if cell in fits else "finding",
            line=error.line,
            type=error.type,
            why=why,
            edits=metrics_in_a_list(evidence.cells[cell], error.line) if is_string else (),
            observed=f"{error.type}: {_said(error.message, error.type)}".removesuffix(": "),
        )


@without_run("cell-raises")
def not_python(evidence: Evidence) -> Findings:
    for cell in evidence.cells:
        if found := syntax_error(cell):
            error, line = found
            observed = f"{type(error).__name__}: {error.msg}"
            told: dict[str, Any] = {"says": "not-python", "line": line, "observed": observed}
            yield evidence.finding("cell-raises", cell.index, **told)


def _why(error: CellError, evidence: Evidence, at: int) -> Phrase:
    for pattern, explanation in EXPLAINED.items():
        if re.search(pattern, error.message):
            return phrase(explanation, shape=evidence.lesson.input_shape)
    name = re.match(r"name '(\w+)' is not defined", error.message)
    if error.type == "NameError" and name:
        return _undefined(name[1], error.near, evidence, at)
    if error.near:
        return phrase("near", near=error.near)
    if re.match(r"No module named|cannot import name", error.message):
        return phrase("no-such-name")
    if error.type == "AssertionError" and any(fit.shortened for fit in evidence.events(Fitted)):
        return phrase("shortened")
    return phrase("not-installed" if error.type == "ImportError" else "correct")


def _undefined(name: str, near: str, evidence: Evidence, at: int) -> Phrase:
    """Say where a name is defined that is not defined yet, or which one was meant."""
    cells = evidence.cells
    for run in evidence.trace.cells:
        cell = cells[run.cell]
        if run.status == "skipped" and name in _defined(cell):
            return phrase("defined-skipped", name=name, cell=cell.place(), reason=run.reason)
    later = next((cell.place() for cell in cells[at + 1 :] if name in _defined(cell)), None)
    if later is not None:
        return phrase("defined-later", name=name, cell=later)
    return phrase("near", near=near) if near else phrase("defined-nowhere", name=name)


def _defined(cell: Cell) -> set[str]:
    """Name what a code cell defines, as far as it can be read."""
    tree = python_of(cell.source) if cell.type == "code" else None
    return names_of(tree.body) if tree else set()


def _said(message: str, kind: str) -> str:
    """Take the line of a message that tells most, without the kind of its error."""
    lines = [line.strip() for line in STYLE.sub("", message).splitlines() if line.strip()]
    told = [line for line in lines if not NOTHING_TOLD.match(line)] or lines or [""]
    if lines and LAST_TELLS.match(lines[0]):
        return told[-1].removeprefix(f"{kind}: ")[:LONGEST]
    whole = " ".join(told) if told[0].endswith(":") else told[0]
    return whole[:LONGEST]


@rule("run-ended", decided="file")
def run_ended(evidence: Evidence) -> Findings:
    ended = evidence.trace.ended
    if ended is not None:
        says = "training" if ended.limit == "training_seconds" else ended.why
        found = evidence.finding("run-ended", ended.cell, says=says, ended=ended)
        yield replace(found, line_in_cell=None)  # in which line of its cell, nobody knows


@rule("metrics-string", decided="run")
def metrics_string(evidence: Evidence) -> Findings:
    for event in evidence.events(Compiled):
        if event.metrics_as_string:
            edits = metrics_in_a_list(evidence.cells[event.cell], event.line)
            yield evidence.finding("metrics-string", event, says="metrics-changed", edits=edits)


@rule("numbering", decided="file", static=True)
def numbering(evidence: Evidence) -> Findings:
    counts = ((cell.index, cell.execution_count) for cell in evidence.cells)
    counted = [(cell, count) for cell, count in counts if isinstance(count, int) and count > 0]
    if len({count for _, count in counted}) == 1:
        return  # an exporter wrote the same number everywhere, which says nothing
    for (_, one), (cell, other) in pairwise(counted):
        if other != one + 1:
            says = "other-order" if other <= one else "others-between"
            told: dict[str, Any] = {"one": one, "other": other, "next": one + 1}
            edits = _renumbered(evidence, [index for index, _ in counted])
            yield evidence.finding("numbering", cell, says=says, edits=edits, **told)
            return


def _renumbered(evidence: Evidence, cells: Iterable[int]) -> Iterator[Edit]:
    """Count cells from 1, and the values that they give likewise."""
    for number, cell in enumerate((evidence.cells[one] for one in cells), 1):
        found: list[tuple[tuple[str | int, ...], object]] = [((), cell.execution_count)]
        found += [(("outputs", at), one.get(COUNT)) for at, one in enumerate(cell.outputs)]
        for of, count in found:
            if type(count) is int and count != number:
                yield Edit(cell.index, 0, str(count), str(number), (*of, COUNT))
