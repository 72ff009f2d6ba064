"""Where a finding is: as Jupyter and people count, and as an editor opens it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jupytext
import nbformat
import notebooks
import pytest
from notebooks import LESSON
from traces import CELLS, FIT, LIST, NAMED_LIST, SUMMARY, judge_trace, swap, trace

from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import read_notebook
from fmnist_spec.gate.report.json import as_json
from fmnist_spec.gate.report.text import as_text
from fmnist_spec.gate.trace import CellRun

PARTS = {**notebooks.SOUND, "fit": f"# five epochs\n\n{notebooks.SOUND['fit']}"}
AT = list(PARTS).index("fit")
COUNT = 4  # the execution count that Jupyter stored beside that cell
NODE = notebooks.as_notebook(PARTS)
NODE.cells[AT].execution_count = COUNT


def write_ipynb(path: Path) -> None:
    nbformat.write(NODE, path)


def write_in_one_line(path: Path) -> None:
    """Write as Kaggle does: the file is one line, each source one string."""
    cells = json.loads(json.dumps(NODE))
    path.write_text(json.dumps(cells), encoding="utf-8")


def write_script(path: Path) -> None:
    path.write_text(jupytext.writes(NODE, fmt="py:percent"), encoding="utf-8")


def judged(path: Path, *, line: int = 3) -> Result:
    """Judge a notebook whose fit, on a line of its cell, asks for other epochs."""
    notebook = read_notebook(path)
    events = swap(FIT, replace(FIT, cell=AT, line=line, epochs=7))
    findings = judge_trace(trace(*events), notebook.cells, ids=["epochs"])
    return Result(path, "fail", 1.0, findings, notebook, trace(*events))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a course's folder, as whoever runs the command does."""
    course = tmp_path / "course"
    (course / "chapters").mkdir(parents=True)
    monkeypatch.chdir(course)
    return course


FORMS: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "an .ipynb with counts": ("one.ipynb", write_ipynb, f"In [{COUNT}], cell {AT + 1}, line 3"),
    "an .ipynb of one line": ("k.ipynb", write_in_one_line, f"In [{COUNT}], cell {AT + 1}, line 3"),
    "a script, which has no counts": ("one.py", write_script, f"cell {AT + 1}, line 3"),
}


@pytest.mark.parametrize(("name", "write", "place"), FORMS.values(), ids=FORMS)
def test_a_place_is_told_in_two_ways(
    folder: Path, name: str, write: Callable[[Path], None], place: str
) -> None:
    """The line in the cell is counted there, and the file's line is the one that has its text."""
    path = folder / "chapters" / name
    write(path)
    result = judged(path)
    title, _, *shown = as_text(result.findings[0], result).split("\n")
    physical = result.findings[0].line
    assert title == f"  error epochs  {place}  chapters/{name}:{physical}"
    assert "history = model.fit(" in path.read_text(encoding="utf-8").split("\n")[physical - 1]
    assert any(line.strip().startswith("> history = model.fit(") for line in shown)


def test_json_has_every_way_to_count(folder: Path) -> None:
    """The cell from 0 and from 1, what Jupyter shows, and the line in the file and in the cell."""
    write_ipynb(folder / "one.ipynb")
    result = judged(folder / "one.ipynb")
    document = json.loads(as_json(LESSON, ("lesson.toml",), [result]))
    (found,) = document["notebooks"][0]["findings"]
    counts = (found["cell"], found["cell_number"], found["execution_count"], found["line_in_cell"])
    assert counts == (AT, AT + 1, COUNT, 3)
    assert found["line"] == result.findings[0].line


def test_what_belongs_to_no_cell_has_no_place(folder: Path) -> None:
    """The title says so, and JSON has null for each."""
    write_ipynb(folder / "one.ipynb")
    notebook = read_notebook(folder / "one.ipynb")
    findings = judge_trace(trace(*swap(LIST)), notebook.cells, ids=["style-list"])
    result = Result(notebook.path, "fail", 1.0, findings, notebook)
    assert as_text(findings[0], result).startswith("  error style-list  whole notebook\n")
    found = json.loads(as_json(LESSON, ("",), [result]))["notebooks"][0]["findings"][0]
    keys = ("cell", "cell_number", "execution_count", "line", "line_in_cell")
    assert [found[key] for key in keys] == [None] * 5


def named(folder: Path, name: str) -> str:
    """Give the path at the beginning of what is told of a file that is no notebook."""
    path = folder / name
    path.write_text("{")
    with pytest.raises(ValueError, match="not complete JSON") as caught:
        read_notebook(path)
    return str(caught.value).partition(": ")[0]


def test_paths_are_those_from_the_current_folder(folder: Path) -> None:
    """Below it, above it, and where it, or a folder in it, is named by a link."""
    (folder.parent / "link").symlink_to(folder)
    (folder.parent / "data").mkdir()
    (folder / "linked").symlink_to(folder.parent / "data")
    assert named(folder, "chapters/a.ipynb") == "chapters/a.ipynb"
    assert named(folder.parent, "a.ipynb") == "../a.ipynb"
    assert named(folder.parent / "link", "chapters/a.ipynb") == "chapters/a.ipynb"
    assert named(folder / "linked", "a.ipynb") == "linked/a.ipynb"
    assert named(folder / "linked" / "..", "a.ipynb") == "linked/../a.ipynb", "that is ../a.ipynb"
    assert named(Path("chapters"), "a.ipynb") == "chapters/a.ipynb", "as it was named"


def test_a_sentence_of_the_text_has_its_line_in_the_cell(folder: Path) -> None:
    """Also where the whole file is one line."""
    note = nbformat.v4.new_markdown_cell("# Sizes\n\nEvery image has\n28 x 28 = 748 pixels.")
    node = nbformat.v4.new_notebook(cells=[note])
    (folder / "one.ipynb").write_text(json.dumps(node), encoding="utf-8")
    cells = read_notebook(folder / "one.ipynb").cells
    (found,) = judge_trace(trace(), cells, ids=["prose-arithmetic"])
    assert (found.cell, found.line, found.line_in_cell) == (0, 1, 3)


def test_sentences_name_other_cells_alike() -> None:
    """What a sentence says of another cell is its stored count and its number from 1."""
    cells = [replace(one, execution_count=one.index + 8) for one in CELLS]
    runs = list(trace().cells)
    runs[2] = CellRun(2, "skipped", None, "a shell escape", 0.0)
    shown = trace(*swap(LIST, events=swap(NAMED_LIST, events=swap(SUMMARY))), cells=tuple(runs))
    (found,) = judge_trace(shown, cells, ids=["style-list"])
    assert found.message.endswith("Cells that were not run: In [10], cell 3.")
    assert found.observed == "add (In [12], cell 5)"
