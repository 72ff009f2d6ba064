"""Course files of every form are read as the same cells, and bad ones are refused in one line."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import jupytext
import nbformat
import notebooks
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from fmnist_spec.files import relative
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.discovery import find_notebooks
from fmnist_spec.gate.course.selection import find_all
from fmnist_spec.gate.notebook import NotebookError, read_notebook

SOURCES = ("import numpy\n\n%matplotlib inline\nprint('두 줄\\n')", "y = 1\nz = [\n    2,\n]")
COUNTED = new_code_cell(SOURCES[0], execution_count=3)
TAGGED = new_code_cell(SOURCES[1], metadata={"tags": ["raises-exception"]})
NODE = new_notebook(cells=[new_markdown_cell("# 제목\ntext"), COUNTED, TAGGED])
DIGITS = b'{"nbformat": 4, "cells": [], "x": ' + b"9" * 5000 + b"}"
NO_SOURCE = b'{"nbformat": 4, "cells": [{"cell_type": "code", "metadata": {}}]}'


def with_outputs(outputs: object) -> bytes:
    """Write a notebook of one cell with these outputs."""
    cell = {"cell_type": "code", "metadata": {}, "source": "1", "outputs": outputs}
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": [cell]}).encode()


BAD = {
    "a number of thousands of digits": (DIGITS, "digits"),
    "half-written": (
        b'{"cells": [{"cell_type": "code", "sour',
        "line 1 of the file: not complete JSON",
    ),
    "truncated": (json.dumps(NODE, indent=1).encode()[:-200], "not complete JSON"),
    "empty": (b"", "the file is empty"),
    "blank": (b" \n", "the file is empty"),
    "binary": (bytes(range(256)), "byte 128: found a byte that is not UTF-8"),
    "not UTF-8": ('{"a": "é"}'.encode("latin-1"), "byte 7: found a byte that is not UTF-8"),
    "nbformat 3": (b'{"nbformat": 3, "worksheets": []}', "nbformat 3, expected 4"),
    "no notebook": (b"[1]", "JSON, but not a notebook"),
    "no list of cells": (b'{"nbformat": 4, "cells": 1}', "the list of cells is missing"),
    "zero cells": (b'{"nbformat": 4, "cells": [], "metadata": {}}', "has no cells"),
    "a cell that is none": (b'{"nbformat": 4, "cells": [1]}', "cell 1: its cell_type"),
    "a cell without source": (NO_SOURCE, "cell 1: its source"),
    "outputs that are no list": (with_outputs({"a": 1}), "cell 1: its outputs: missing, or of"),
    "an output that is no table": (with_outputs([[1]]), "cell 1: its outputs: missing, or of"),
    "a picture that is no table": (with_outputs([{"data": [1]}]), "cell 1: its outputs: missing"),
    "nested too deeply": (b"[" * 100_000, "nested too deeply"),
    "50 MB": (b" " * 50_000_000, "50 MB, expected at most 40 MB"),
}


@pytest.mark.parametrize("indent", [None, 0, 1, 4])
@pytest.mark.parametrize("split", [True, False], ids=["list of lines", "one text"])
def test_lines_of_an_ipynb_are_those_of_the_file(
    tmp_path: Path, indent: int | None, split: bool
) -> None:
    """Each line of a source has its physical line in the JSON, however that is indented."""
    node = json.loads(json.dumps(NODE))
    for cell in node["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True) if split else cell["source"]
    path = tmp_path / "one.ipynb"
    path.write_text(json.dumps(node, indent=indent, ensure_ascii=False), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").split("\n")
    for cell in read_notebook(path).cells:
        for line, text in zip(cell.lines, cell.source.split("\n"), strict=True):
            assert json.dumps(text, ensure_ascii=False)[1:-1] in lines[line - 1]


@pytest.mark.parametrize("form", ["py:light", "py:percent", "md", "md:myst"])
def test_lines_of_a_jupytext_file_are_those_of_the_file(tmp_path: Path, form: str) -> None:
    """Each line of a code cell has its physical line in the text; a magic stands in a comment."""
    path = tmp_path / f"one.{form.partition(':')[0]}"
    path.write_text(jupytext.writes(NODE, fmt=form), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").split("\n")
    code = [cell for cell in read_notebook(path).cells if cell.type == "code"]
    assert [cell.source.rstrip() for cell in code] == list(SOURCES)
    for cell in code:
        for line, text in zip(cell.lines, cell.source.split("\n"), strict=True):
            assert lines[line - 1].removeprefix("# ") == text


def test_what_a_cell_stores_is_read(tmp_path: Path) -> None:
    """Cells have their number, type, tags and execution count."""
    nbformat.write(NODE, tmp_path / "one.ipynb")
    cells = read_notebook(tmp_path / "one.ipynb").cells
    assert [cell.index for cell in cells] == [0, 1, 2]
    assert [cell.type for cell in cells] == ["markdown", "code", "code"]
    assert cells[1].execution_count == 3
    assert cells[2].tags == {"raises-exception"}


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    """Reading a pipe could wait for ever, so it is refused."""
    os.mkfifo(tmp_path / "pipe.ipynb")
    with pytest.raises(NotebookError, match="not a file"):
        read_notebook(tmp_path / "pipe.ipynb")


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    """A path that the system refuses is an error of its own, and hides no other file."""
    with pytest.raises(NotebookError, match="File name too long"):
        find_notebooks(tmp_path / ("x" * 300 + ".ipynb"))


@pytest.mark.parametrize(("content", "told"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_in_one_line(tmp_path: Path, content: bytes, told: str) -> None:
    """The error names the file, the place, what was found and the remedy, in one line."""
    path = tmp_path / "bad.ipynb"
    path.write_bytes(content)
    with pytest.raises(NotebookError) as caught:
        read_notebook(path)
    message = str(caught.value)
    assert message.startswith(f"{relative(path)}: ")
    assert told in message
    assert message.endswith(".")
    assert "\n" not in message


@pytest.mark.parametrize("name", ["notes.txt", "folder", "none.ipynb", "empty.py", "blank.md"])
def test_what_is_no_notebook_is_refused(tmp_path: Path, name: str) -> None:
    """A wrong suffix, a folder, a missing file and an empty text are refused."""
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.py").write_text("")
    (tmp_path / "blank.md").write_text("\n")
    with pytest.raises(NotebookError, match=name):
        read_notebook(tmp_path / name)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Make a folder with notebooks of every form, and with what is none."""
    header = jupytext.writes(NODE, fmt="py:percent")
    files: dict[str, Callable[[Path], object]] = {
        "b.ipynb": notebooks.write,
        "a/c.ipynb": notebooks.write,
        "a/.ipynb_checkpoints/c.ipynb": notebooks.write,
        ".hidden/d.ipynb": notebooks.write,
        "e.py": lambda path: path.write_text(header),
        "plain.py": lambda path: path.write_text("import numpy"),
        "README.md": lambda path: path.write_text("# Course"),
    }
    for name, make in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        make(tmp_path / name)
    return tmp_path


def test_a_folder_stands_for_its_notebooks(course: Path) -> None:
    """Hidden folders, plain scripts and plain texts do not count; each file counts once."""
    found = [one.path for one in find_all([course, course / "b.ipynb"], Config())]
    assert [str(path.relative_to(course)) for path in found] == ["a/c.ipynb", "b.ipynb", "e.py"]


def test_a_file_that_is_named_counts_always(course: Path) -> None:
    """Who names a file wants it read, whatever it holds."""
    assert find_notebooks(course / "plain.py") == [course / "plain.py"]


@pytest.mark.parametrize("name", ["missing.ipynb", "empty"])
def test_nothing_found_is_an_error(tmp_path: Path, name: str) -> None:
    """A path that does not exist and a folder without notebooks are refused."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotebookError, match=name):
        find_notebooks(tmp_path / name)


def test_of_outputs_only_texts_are_kept(tmp_path: Path) -> None:
    """A picture, a table or a widget may be most of a file; that it is there is known."""
    data = {"text/plain": "x", "image/png": "A" * 99, "application/json": {"a": [1]}}
    shown = {"output_type": "display_data", "metadata": {"a": "b" * 99}, "data": data}
    path = tmp_path / "one.ipynb"
    path.write_bytes(with_outputs([shown]))
    kept = {"text/plain": "x", "image/png": "", "application/json": ""}
    assert read_notebook(path).cells[0].outputs == ({"output_type": "display_data", "data": kept},)


@pytest.mark.parametrize("tags", [[1, "a"], [None, "a"], ["a", {"b": 1}]], ids=str)
def test_a_tag_that_is_no_text_is_none(tmp_path: Path, tags: list[object]) -> None:
    """The others count."""
    path = tmp_path / "one.ipynb"
    node = json.loads(with_outputs([]))
    node["cells"][0]["metadata"] = {"tags": tags}
    path.write_text(json.dumps(node))
    assert read_notebook(path).cells[0].tags == {"a"}
