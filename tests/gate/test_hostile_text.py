"""Files that were made to hang or to break what reads them: each is told in one line, at once."""

import json
from pathlib import Path
from typing import Any

import pytest

from fmnist_spec.files import LONGEST_PROGRAM, parsed
from fmnist_spec.gate.notebook import NotebookError, read_notebook

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
CODE = "```{code-cell}\n---\n" + BOMB + "---\npass\n```\n"
MYST = "---\njupytext:\n  text_representation:\n    extension: .md\n    format_name: myst\n---\n"
FRONT = "---\ntitle: A lesson\n---\n\n# Text\n"
LESS = '{{"nbformat": 4, "metadata": {{}}, "cells": [{}]}}'
TEXT = '{"cell_type": "markdown", "metadata": {}, "source": ""}'
ALIAS = "header: it has an alias of YAML, *a. Write a short header"
REFUSED = {
    "an alias in a .py": (
        "one.py",
        "# ---\n# jupyter:\n#   a: &a [1]\n#   b: *a\n# ---\npass\n",
        ALIAS,
    ),
    "an alias in a .md": ("one.md", "---\njupyter:\n  a: &a 1\n  b: *a\n---\ntext\n", ALIAS),
    "an alias in front": ("one.md", f"---\n{BOMB}---\ntext\n", ALIAS),
    "an alias in a cell": ("one.md", MYST + CODE, ALIAS),
    "a long header": (
        "one.md",
        "---\n" + "a: b\n" * 9000 + "---\n",
        "header: it has more than 20,000",
    ),
    "many lines": ("one.py", "a\n" * 10_000, "size: over 10,000 lines, more than are read"),
    "a long line": ("one.py", "# %% " + "a=1 " * 50_000, "over 200,000 characters in a line"),
    "many cells": ("one.ipynb", LESS.format(",".join([TEXT] * 10_001)), "over 10,000 cells"),
    "many tables": ("one.ipynb", LESS.format("{}," * 200_001), "over 200,000 tables and lists"),
    "many values": (
        "one.ipynb",
        LESS.format("1," * 3_000_001),
        "over 3,000,000 values",
    ),
    "many quotes": ("one.ipynb", '{"' + '\\"' * 500_000, "not complete JSON"),
    "no number": ("one.ipynb", '{"nbformat": [[4]]}', "nbformat that is no number, expected 4"),
}


def written(path: Path, source: Any, **cell: Any) -> Path:
    """Write a notebook of one code cell."""
    one = {"cell_type": "code", "metadata": {}, "source": source, "outputs": []} | cell
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": [one]}), encoding="utf-8")
    return path


@pytest.mark.parametrize("case", REFUSED)
def test_what_grows_when_it_is_read_is_refused(tmp_path: Path, case: str) -> None:
    """The line names the file, the place, and what there is too much of, or what may multiply."""
    name, text, told = REFUSED[case]
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(NotebookError) as error:
        read_notebook(tmp_path / name)
    assert f"{name}: " in str(error.value)
    assert told in str(error.value)
    assert len(str(error.value).split("\n")) == 1


@pytest.mark.parametrize(
    ("name", "text", "cells"),
    [
        ("one.py", "a\n" * 9_999, 1),
        ("one.ipynb", LESS.format(",".join([TEXT] * 10_000)), 10_000),
    ],
    ids=["lines", "cells"],
)
def test_what_is_as_large_as_can_be_is_read(
    tmp_path: Path, name: str, text: str, cells: int
) -> None:
    """The bound that is told is itself allowed."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(read_notebook(tmp_path / name).cells) == cells


@pytest.mark.parametrize(
    ("source", "told"),
    [("a\n" * 200_000, "200,000 lines"), ("a" * 5_000_001, "5,000,000 char")],
)
def test_a_source_without_an_end_is_refused(tmp_path: Path, source: str, told: str) -> None:
    """No course has so many lines, or characters, in its cells."""
    with pytest.raises(NotebookError, match=f"over {told}.*in its cells"):
        read_notebook(written(tmp_path / "one.ipynb", source))


@pytest.mark.parametrize("header", [FRONT, MYST, "# A text\n"])
def test_headers_that_people_write_are_read(tmp_path: Path, header: str) -> None:
    """Front matter of a site, MyST's and none: their lists and tables are no aliases."""
    path = tmp_path / "one.md"
    path.write_text(header + "\n```python\na = 1\n```\n", encoding="utf-8")
    assert "a = 1" in "".join(cell.source for cell in read_notebook(path).cells)


@pytest.mark.parametrize("sign", ["\0", "\ud800", "\ufeff", "\x1b", "\x85", "\u2028"])
def test_signs_that_no_text_has_are_read(tmp_path: Path, sign: str) -> None:
    """They stay in the source, in tags and in outputs: what runs and what prints them decides."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": sign}]
    tags = {"tags": [f"a{sign}"]}
    path = written(tmp_path / "one.ipynb", f"x{sign}", metadata=tags, outputs=outputs)
    (cell,) = read_notebook(path).cells
    assert (cell.source, cell.tags) == (f"x{sign}", {f"a{sign}"})


@pytest.mark.parametrize("count", [10**4000, -(10**12), 1.5, "1", [1], True])
def test_only_numbers_that_count_are_counts(tmp_path: Path, count: Any) -> None:
    """Whatever else a file has as the number of an execution, no cell is named by it."""
    path = written(tmp_path / "one.ipynb", "a", execution_count=count)
    assert read_notebook(path).cells[0].execution_count is None


@pytest.mark.parametrize("outputs", [[1], ["a"], [None], {"a": 1}, 1])
def test_outputs_that_are_none_are_refused(tmp_path: Path, outputs: Any) -> None:
    """The line says in which cell they are."""
    with pytest.raises(NotebookError, match=r"cell 1: its outputs: missing, or of the wrong form"):
        read_notebook(written(tmp_path / "one.ipynb", "a", outputs=outputs))


@pytest.mark.parametrize("deep", ["1" + "+1" * 200_000, "a" + ".b" * 200_000, "(" * 99, "-" * 9999])
def test_what_is_too_deep_to_be_parsed_is_no_python(deep: str) -> None:
    """On Python 3.10, a chain of 104,000 operators overflows the stack, and ends the process."""
    assert parsed(deep) is None
    assert parsed("1" + "+1" * 100) is not None


def test_a_program_that_is_too_long_is_none_on_any_python() -> None:
    """What is longer is not given to the parser, which may end the process."""
    assert parsed("#" * LONGEST_PROGRAM) is not None
    assert parsed("#" * (LONGEST_PROGRAM + 1)) is None
