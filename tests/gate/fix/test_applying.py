"""A course file of any form with edits in its cells: the notebook has these, the file no others."""

from pathlib import Path

import pytest

from fmnist_spec.gate.finding import Edit
from fmnist_spec.gate.fix import applying
from fmnist_spec.gate.fix.applying import Text

pytestmark = pytest.mark.once
PERCENT = """# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Title
#
# 785 x 100 = 78,400

# %% tags=["a"]
# %matplotlib inline
model.compile(metrics='accuracy')  # 785 x 100 = 78,400

# %%
if True:
\tmodel = keras.Sequential([keras.layers.Dense(9)])   
"""  # noqa: W291  # a blank at a line's end is the author's
LIGHT = "# 785 x 100 = 78,400\n\nmodel.compile(metrics='accuracy')\n\n\nx = 1\n"
DOCSTRING = (
    '# %% [markdown]\n"""\n785 x 100 = 78,400\n"""\n\n# %%\nmodel.compile(metrics=\'accuracy\')'
)
PAGE = """---
jupyter:
  jupytext: {formats: md}
---

785 x 100 = 78,400

```python
model.compile(metrics='accuracy')
```
"""
MYST = """---
jupytext: {text_representation: {format_name: myst}}
kernelspec: {name: python3}
---

785 x 100 = 78,400

```{code-cell} ipython3
model.compile(metrics='accuracy')
```
"""
FILES = {
    "percent.py": PERCENT,
    "light.py": LIGHT,
    "docstring.py": DOCSTRING,
    "page.md": PAGE,
    "myst.md": MYST,
}
FORMS = {
    "as it is": lambda text: text,
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "no line at its end": lambda text: text.rstrip(),
}


def edits(text: Text) -> list[Edit]:
    """Correct the number and the metrics wherever they first stand in a cell."""
    changes = {"785": "784", "'accuracy'": "['accuracy']"}
    pairs = [(cell, old) for cell in text.notebook.cells for old in changes if old in cell.source]
    return [Edit(cell.index, cell.source.index(old), old, changes[old]) for cell, old in pairs]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", FILES)
def test_in_a_file_of_jupytext_only_the_lines_change(name: str, form: str) -> None:
    """Comment signs, headers, line ends and blanks stay."""
    old = applying.read(Path(name), FORMS[form](FILES[name]))
    new = applying.edited(old, edits(old))
    wanted = old.text.replace("785", "784").replace("='accuracy'", "=['accuracy']")
    assert isinstance(new, Text), new
    assert new.text == wanted


def test_a_line_that_is_added_is_a_comment_where_its_neighbours_are() -> None:
    """And it ends as they do."""
    old = applying.read(Path("a.py"), PERCENT.replace("\n", "\r\n"))
    at = old.notebook.cells[0].source.index("785")
    new = applying.edited(old, [Edit(0, at, "", "one\n"), Edit(2, 9, "", "\tpass\n")])
    assert isinstance(new, Text), new
    wanted = PERCENT.replace("# 785 x 100 = 78,400\n\n", "# one\n# 785 x 100 = 78,400\n\n", 1)
    wanted = wanted.replace("if True:\n", "if True:\n\tpass\n")
    assert new.text == wanted.replace("\n", "\r\n")


REFUSED = {
    "another text": Edit(0, 0, "nothing", "x"),
    "an output": Edit(0, 0, "", "x", ("outputs", 0, "text")),
    "a line that would be a cell": Edit(1, 0, "", "x\n# %% [markdown]\n"),
    "a line that would end a fence": Edit(1, 0, "", "x\n```\n"),
    "an empty line": Edit(0, 8, "\n", "\nx"),
}


@pytest.mark.parametrize("name", ["percent.py", "page.md"])
@pytest.mark.parametrize("edit", REFUSED.values(), ids=REFUSED)
def test_what_would_be_another_notebook_is_refused(edit: Edit, name: str) -> None:
    """As many cells, each with the source that is wanted, or none."""
    old = applying.read(Path(name), FILES[name])
    found = applying.edited(old, [edit])
    if isinstance(found, Text):  # a fence means nothing in a .py, nor a sign of cells in a .md
        sources = [cell.source for cell in found.notebook.cells]
        assert sources == applying.sources(old.notebook.cells, [edit])
    else:
        assert found == "the file would not be read as it should"


def test_a_notebook_of_json_is_read_again_too() -> None:
    """What is edited there is a cell's source or output, to the letter."""
    text = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [%s]}'
    cell = '{"cell_type": "markdown", "metadata": {}, "source": ["785 x 1\\n", "b"]}'
    old = applying.read(Path("a.ipynb"), text % cell)
    new = applying.edited(old, [Edit(0, 0, "785", "784")])
    assert isinstance(new, Text), new
    assert new.text == old.text.replace("785", "784")
    assert "twice" in str(
        applying.edited(Text(text % cell.replace('{"c', '{"source": "", "c'), old.notebook), [])
    )
