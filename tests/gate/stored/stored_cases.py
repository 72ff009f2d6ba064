"""Faults in what a notebook stores and says: edits of the shipped notebook as three eras stored it.

An edit is a text to look for and its replacement, as regular expressions; it must change something.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

HERE = Path(__file__).parent
ERAS = {era: HERE / f"pass-tf{era}.ipynb" for era in ("2.8", "2.15", "2.21")}
LOAD, SPLIT, LIST, NAMED, ADD, COMPILE, FIT = 2, 6, 10, 14, 18, 20, 21  # cells
Notebook = Any
Edit = Callable[[Notebook], None]


@dataclass(frozen=True)
class Fault:
    """A fault: the rule that is meant for it, its severity, and how it comes about."""

    rule: str
    edits: tuple[Edit, ...]
    severity: str = "error"


def _texts(output: Any) -> list[tuple[Any, str]]:
    """Give every place of an output that holds text, as a container and its key."""
    if output.output_type == "stream":
        return [(output, "text")]
    return [(output.data, kind) for kind in output.get("data", {})]


def stored(cell: int, old: str, new: str, count: int = 0) -> Edit:
    """Replace in all that a cell stores, in every form of it."""

    def edit(notebook: Notebook) -> None:
        changed = 0
        for output in notebook.cells[cell].outputs:
            for holder, key in _texts(output):
                holder[key], times = re.subn(old, new, holder[key], count=count)
                changed += times
        assert changed, f"cell {cell} stores nothing like {old!r}"

    return edit


def said(cell: int, old: str, new: str) -> Edit:
    """Replace in the source of a cell."""

    def edit(notebook: Notebook) -> None:
        one = notebook.cells[cell]
        assert old in one.source, f"cell {cell} does not say {old!r}"
        one.source = one.source.replace(old, new)

    return edit


def added(text: str, kind: str = "markdown", at: int = 11) -> Edit:
    """Add a text to a cell, as a paragraph or a comment."""
    start = "\n\n" if kind == "markdown" else "\n# "
    return lambda notebook: notebook.cells[at].update(
        source=notebook.cells[at].source + start + text
    )


def moved(cell: int, to: int) -> Edit:
    """Store below one cell what belongs to another."""
    return lambda notebook: notebook.cells[to].update(outputs=notebook.cells[cell].outputs)


def error(cell: int) -> Edit:
    """Store an error below a cell."""
    one = nbformat.v4.new_output("error", ename="NameError", evalue="name 'x' is not defined")
    return lambda notebook: notebook.cells[cell].outputs.append(one)


def counts(*numbers: int) -> Edit:
    """Store execution counts."""

    def edit(notebook: Notebook) -> None:
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for cell, number in zip(code, numbers, strict=False):
            cell.execution_count = number

    return edit


NOTHING_BEFORE, NOTHING_AFTER = r"(?<![\d,])", r"(?![\d,])"


def number(cell: int, old: str, new: str) -> Edit:
    """Replace a number, whether it is stored with a comma or without."""
    pattern = NOTHING_BEFORE + old.replace(",", ",?") + NOTHING_AFTER
    return stored(cell, pattern, new)


SMALLER = tuple(
    number(LIST, old, new)
    for old, new in (("78,500", "50,240"), ("1,010", "650"), ("79,510", "50,890"))
)
OUTPUTS = {
    "another count of the hidden layer": Fault(
        "stored-summary", (number(LIST, "78,500", "78600"),)
    ),
    "another count of the output layer": Fault("stored-summary", (number(NAMED, "1,010", "1000"),)),
    "another total": Fault("stored-summary", (number(ADD, "79,510", "79500"),)),
    "the summary of 64 units": Fault("stored-summary", SMALLER),
    "another shape": Fault("stored-summary", (number(LIST, "100", "128"),)),
    "another type": Fault("stored-summary", (stored(ADD, "Dense", "Conv1D"),)),
    "another layer's name": Fault("stored-summary", (stored(NAMED, r"\bhidden\b", "first "),)),
    "another model's name": Fault("stored-summary", (stored(NAMED, "패션 MNIST 모델", "m"),)),
    "a row missing": Fault("stored-summary", (stored(LIST, r"[^\n]*dense_1[^\n]*\n", ""),)),
    "parameters that are not trained": Fault(
        "stored-summary",
        (stored(LIST, r"(?<=Non-trainable params: )0|0(?=\x1b\[0m \(0\.00 B)", "10"),),
    ),
    "a summary below another cell": Fault("stored-summary", (moved(LIST, COMPILE),)),
    "the summary of another model": Fault("stored-summary", (moved(NAMED, LIST),)),
    "names that count on": Fault(
        "stored-summary",
        (
            stored(ADD, "dense_3(?=[ <])", "dense_9"),
            stored(ADD, "dense_2(?=[ <])", "dense_8"),
        ),
        "warning",
    ),
    "ten epochs": Fault("stored-log", (stored(FIT, r"Epoch (\d)/5", r"Epoch \1/10"),)),
    "three epochs": Fault("stored-log", (stored(FIT, r"(?s)Epoch 4/5.*", ""),)),
    "steps of the default split": Fault("stored-log", (number(FIT, "1500", "1407"),)),
    "steps without a split": Fault("stored-log", (number(FIT, "1500", "1875"),)),
    "steps of batches of 200": Fault("stored-log", (number(FIT, "1500", "240"),)),
    "an accuracy that falls": Fault(
        "stored-log", (stored(FIT, r"(?s)(Epoch 5/5.*accuracy: )0\.\d+", r"\g<1>0.6123"),)
    ),
    "an accuracy that is too high": Fault(
        "stored-log", (stored(FIT, r"(?s)(Epoch 5/5.*accuracy: )0\.\d+", r"\g<1>0.9876"),)
    ),
    "a loss that rises": Fault(
        "stored-log", (stored(FIT, r"(?s)(Epoch 5/5.*loss: )0\.\d+", r"\g<1>0.9012"),)
    ),
    "a log below another cell": Fault("stored-log", (moved(FIT, COMPILE),)),
    "other training images": Fault("stored-value", (stored(SPLIT, "48000", "45000"),)),
    "images that are not flat": Fault(
        "stored-value", (stored(SPLIT, r"12000, 784", "12000, 28, 28"),)
    ),
    "another data set's size": Fault("stored-value", (stored(LOAD, "60000,", "50000,"),)),
    "an error": Fault("stored-error", (error(COMPILE),)),
    "numbering with gaps": Fault("numbering", (counts(1, 3, 5),), "note"),
    "numbering out of order": Fault("numbering", (counts(5, 1, 2),), "note"),
}
SEED = "78500 = 785(픽셀 수) x 100(가중치 = 뉴런 수) + 100(절편 = 뉴런 수)"
ARITHMETIC = {
    "the seed's sentence": (added(SEED),),
    "785 pixels": (said(11, "784 x 100", "785 x 100"),),
    "an old result": (said(11, "= 1,010개", "= 1,110개"),),
    "a wrong sum": (said(11, "= 79,510개", "= 79,610개"),),
    "a wrong share": (said(5, "60,000 x 0.2 = 12,000장", "60,000 x 0.2 = 15,000장"),),
    "a wrong difference": (said(5, "60,000 - 12,000 = 48,000장", "60,000 - 12,000 = 45,000장"),),
    "a wrong product": (said(3, "28 x 28 = 784개", "28 x 28 = 748개"),),
    "wrong steps": (said(19, "48,000 / 32 = 1,500개", "48,000 / 32 = 1,875개"),),
    "biases forgotten": (added("1010 = 100개 x 10개 + 100개"),),
    "in English": (added("The hidden layer has 784 x 100 + 10 = 78,500 parameters."),),
    "in LaTeX": (added(r"$785 \times 100 + 100 = 78500$"),),
    "in words": (added("784 곱하기 100 더하기 100은 78,600이다."),),
    "in a comment": (added("784 * 100 + 100 = 78,000", "code", COMPILE),),
    "with brackets": (added("(784 + 1) * 10 = 78,500개"),),
}
NUMBERS = {
    "64 neurons": (said(7, "뉴런이 100개", "뉴런이 64개"),),
    "12 outputs": (said(7, "뉴런이 10개", "뉴런이 12개"),),
    "fewer training images": (said(1, "훈련 이미지가 60,000장", "훈련 이미지가 50,000장"),),
    "more test images": (said(1, "테스트 이미지가 10,000장", "테스트 이미지가 20,000장"),),
    "ten epochs": (said(19, "에포크 5번", "에포크 10번"),),
    "another batch size": (said(19, "배치 크기를 적지 않으면 32이다", "배치 크기는 64이다"),),
    "another activation": (added("은닉층의 활성화 함수는 렐루이다."),),
    "another divisor": (said(3, "픽셀을 255로 나누면", "픽셀을 256으로 나누면"),),
    "another seed": (added("The split uses random_state=41.", at=5),),
    "units in English": (added("The hidden layer has 128 neurons."),),
    "classes in English": (added("The output layer has 12 units, one for each class."),),
    "a total in English": (added("In total the network has 79,610 parameters."),),
    "parameters in Korean": (added("은닉층의 파라미터 개수는 78,600개이다."),),
    "in a comment": (added("은닉층의 뉴런은 64개", "code", COMPILE),),
}
FAULTS: dict[str, Fault] = {
    **{f"stored: {name}": fault for name, fault in OUTPUTS.items()},
    **{f"arithmetic: {n}": Fault("prose-arithmetic", edits) for n, edits in ARITHMETIC.items()},
    **{f"number: {name}": Fault("prose-number", edits) for name, edits in NUMBERS.items()},
}


def edited(era: str, *edits: Edit) -> Notebook:
    """Read the notebook that an era stored, and edit it."""
    notebook = nbformat.read(ERAS[era], as_version=4)
    for edit in edits:
        edit(notebook)
    return notebook
