"""A course file with two versions in it, as a merge leaves it, is refused and named as such."""

import json
from pathlib import Path

import jupytext
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from fmnist_spec.files import relative
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.selection import Found, read
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import Notebook, NotebookError, read_notebook

OURS, THEIRS = "<<<<<<< HEAD", ">>>>>>> topic/more-epochs"
BOTH = f"{OURS}\nmodel.fit(x, y, epochs=5)\n=======\nmodel.fit(x, y, epochs=9)\n{THEIRS}"
COLOURED = [f'<span style="color:red"><b>{one}</b></span>' for one in ("<<<<<<< local", "=======")]
COLOURED += [COLOURED[0].replace("<<<<<<< local", ">>>>>>> remote")]
MERGED = new_notebook(cells=[new_markdown_cell("# 제목"), new_code_cell("import numpy\nx = 1")])


def broken(*lines: str) -> str:
    """Write a notebook as git merges its JSON: both sides' lines, and no JSON any more."""
    text = json.dumps(MERGED, indent=1)
    at = text.index('   "source"')
    return f"{text[:at]}{chr(10).join(lines)}\n{text[at:]}"


def whole(*cells: object) -> str:
    return json.dumps(new_notebook(cells=list(cells)), indent=1)


def percent(source: str) -> str:
    return f"{jupytext.writes(MERGED, fmt='py:percent')}\n# %%\n{source}\n"


CONFLICTS = {
    "git in JSON": ("a.ipynb", broken(OURS, '"a": 1,', "=======", THEIRS), OURS),
    "git with the base between": ("a.ipynb", broken(OURS, "||||||| b", "=======", THEIRS), OURS),
    "a line that was forgotten": ("a.ipynb", broken(THEIRS), THEIRS),
    "in a cell's source": ("a.ipynb", whole(new_code_cell(f"x = 1\n{BOTH}")), OURS),
    "in a text": ("a.ipynb", whole(new_markdown_cell(BOTH)), OURS),
    "nbdime, each sign in a cell": (
        *("a.ipynb", whole(*map(new_markdown_cell, COLOURED)), "<<<<<<< local"),
    ),
    "a .py": ("a.py", percent(BOTH), OURS),
    "a .py, around a cell": (
        *("a.py", percent(f"x = 1\n{OURS}\n# %% [markdown]\n=======\n# %%\n{THEIRS}"), OURS),
    ),
    "a .md": ("a.md", f"# Lesson\n\n```python\nx = 1\n```\n\n{BOTH}\n", OURS),
    "a cell of a .md": ("a.md", f"```python\nx = 1\n```\n\n```python\n{BOTH}\n```\n", OURS),
    "CRLF": ("a.py", percent(BOTH).replace("\n", "\r\n"), OURS),
}


@pytest.mark.parametrize(("name", "text", "sign"), CONFLICTS.values(), ids=CONFLICTS)
def test_a_merge_conflict_is_named(tmp_path: Path, name: str, text: str, sign: str) -> None:
    """Nothing is judged of two versions in one file; the line of the first sign is told."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(NotebookError) as caught:
        read_notebook(path)
    line = next(at for at, one in enumerate(text.split("\n"), 1) if sign in one)
    assert str(caught.value).startswith(
        f"{relative(path)}: line {line} of the file: a merge conflict"
    ), caught.value
    assert sign in str(caught.value)
    assert str(caught.value).endswith("begin with <<<<<<<, ======= and >>>>>>>."), caught.value


FENCED = f"The signs of git:\n\n```\n{BOTH}\n```\n"
SOUND = {
    "a title that is underlined": ("a.ipynb", whole(new_markdown_cell("Title\n=======\ntext"))),
    "underlined in a .md": ("a.md", "Title\n=======\n\n```python\nx = 1\n```\n"),
    "signs that are shown": ("a.ipynb", whole(new_markdown_cell(FENCED))),
    "signs that are shown in a .md": ("a.md", f"{FENCED}\n```python\nx = 1\n```\n"),
    "a string": ("a.ipynb", whole(new_code_cell(f'text = """\n{BOTH}\n"""'))),
    "a string in a .py": ("a.py", percent(f'text = """\n{BOTH}\n"""')),
    "prompts": ("a.ipynb", whole(new_markdown_cell(">>>>>>> a\n=======\n<<<<<<< b"))),
    "shifts": ("a.ipynb", whole(new_code_cell("!ls\nx = 1 << 7\nprint('=======')"))),
}


@pytest.mark.parametrize(("name", "text"), SOUND.values(), ids=SOUND)
def test_what_only_looks_like_a_conflict_is_read(tmp_path: Path, name: str, text: str) -> None:
    """Underlines, examples in a fence and strings are no conflict."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    found = read(Found(path), Config())
    assert isinstance(found, Notebook), found.reason


def test_a_conflict_is_a_file_that_could_not_be_judged(tmp_path: Path) -> None:
    """It is no fault of the lesson: the verdict says that nothing was judged."""
    (tmp_path / "a.py").write_text(percent(BOTH), encoding="utf-8")
    found = read(Found(tmp_path / "a.py"), Config())
    assert isinstance(found, Result)
    assert found.verdict == "error", found
