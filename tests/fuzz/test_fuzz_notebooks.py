"""A course file is read and can be judged; or one line names the file and says what is wrong."""

import json
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import jupytext
import nbformat
import pytest
from fuzzing import (
    RANDOM,
    SIGNS,
    TESTS,
    broken_bytes,
    broken_text,
    broken_value,
    fuzz,
    in_time,
    refused,
)
from hypothesis import strategies as st
from notebooks import LESSON, SOUND, as_notebook
from traces import EVENTS, trace

from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.selection import may_belong
from fmnist_spec.gate.notebook import NOTEBOOK, Notebook, NotebookError, read_notebook
from fmnist_spec.gate.report.json import as_json
from fmnist_spec.gate.trace import CellRun
from fmnist_spec.gate.verdict import judge_run

STORED = [TESTS / "gate" / "stored" / f"pass-tf{era}.ipynb" for era in ("2.8", "2.21")]
SEEDS = [path.read_bytes() for path in (NOTEBOOK, *STORED)]
NODES: list[dict[str, Any]] = [json.loads(one) for one in SEEDS]
NODES.append(json.loads(nbformat.writes(as_notebook(SOUND))))
FORMATS = ("py:percent", "py:light", "md")
TEXTS = [
    (fmt.partition(":")[0], jupytext.writes(nbformat.reads(json.dumps(one), 4), fmt))
    for one in NODES
    for fmt in FORMATS
]
HEADERS = [
    *("# ---", "---", "# jupyter:", "#   jupytext:", "#     formats: [ipynb, py]", "# x: &a [*a]"),
    *("#   b: &b [*a,*a,*a]", "#   ? {", "#   - 2026-11-26", "#   !!python/object:os.system x"),
    *("# %%", "# %% [markdown]", '# %% {"a": 1}', "# %% tags=[", "# + [markdown] {", "# -", "# "),
    *("```python", "```", "~~~", "<!-- #region", "<!-- #endregion -->", '"""', "# text", "x = [1,"),
    *(
        "#   kernelspec: 3",
        "#   jupytext: 3",
        "jupyter:",
        "  jupytext:",
        "    text_representation:",
    ),
]


def check(path: Path, content: bytes) -> None:
    """Read a file; what is read is judged, as if every cell had run, and reported."""
    path.write_bytes(content)
    with refused(NotebookError, f"{path}: "):
        notebook = read_notebook(path)
        assert notebook.cells
        assert all(len(one.lines) >= one.source.count("\n") for one in notebook.cells)
        assert may_belong(notebook) in (True, False)
        report(notebook)


def report(notebook: Notebook) -> None:
    code = [cell.index for cell in notebook.cells if cell.type == "code"]
    own = tuple(one for one in EVENTS if one.cell < len(notebook.cells))
    runs = tuple(CellRun(at, "ok", None, "", 0.1) for at in code)
    run, lessons = trace(*own, cells=runs), {"lesson.toml": LESSON}
    result = judge_run(notebook, run, lessons, Config(), 0.0)
    assert json.loads(as_json(LESSON, ("lesson.toml",), [result]))["notebooks"]


@fuzz(st.sampled_from(SEEDS), RANDOM, times=5)
def test_a_notebook_with_broken_bytes_is_judged_or_refused(seed: bytes, random: Random) -> None:
    """Broken JSON, broken UTF-8, and a notebook with other words in it."""
    check(Path("broken.ipynb"), broken_bytes(seed, random))


@fuzz(st.sampled_from(NODES), RANDOM, times=5)
def test_a_notebook_of_any_values_is_judged_or_refused(node: Any, random: Random) -> None:
    """JSON of other types at any depth, without keys, with cells in another order."""
    try:
        content = json.dumps(broken_value(node, random), indent=random.choice((None, 0, 1)))
    except ValueError:  # a number of thousands of digits: Python writes none
        return
    check(Path("values.ipynb"), content.encode())


@fuzz(st.sampled_from(TEXTS), RANDOM, times=5)
def test_a_broken_text_of_jupytext_is_judged_or_refused(seed: Any, random: Random) -> None:
    """Headers, fences, markers of cells and comments that are broken."""
    suffix, text = seed
    check(Path(f"broken.{suffix}"), broken_text(text, random).encode("utf-8", "surrogatepass"))


@fuzz(
    st.sampled_from(["py", "md"]),
    st.lists(st.sampled_from([*HEADERS, *SIGNS]), max_size=16),
    times=10,
)
def test_the_marks_of_jupytext_in_any_order_are_judged_or_refused(
    suffix: str, lines: list[str]
) -> None:
    """YAML that is none, that refers to itself, or that would run something; cells without end."""
    text = "\n".join(lines) if suffix == "py" else "\n".join(lines).replace("# ", "")
    check(Path(f"marks.{suffix}"), text.encode("utf-8", "surrogatepass"))


def test_an_input_that_takes_too_long_is_found() -> None:
    """Not even code that catches every Exception hides it."""
    with pytest.raises(AssertionError, match="would hang"), in_time(0.05), suppress(Exception):
        any(one < 0 for one in count())
