"""README opens with what the gate prints: it is run for that notebook."""

import re
from pathlib import Path

import nbformat
import pytest
from stored_cases import CELLS, edited

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import read_notebook
from fmnist_spec.gate.report.text import as_full
from fmnist_spec.gate.run.runner import Runner
from fmnist_spec.gate.verdict import judge
from fmnist_spec.lesson import LESSON, LESSON_FILE

README = Path(__file__).parents[3] / "README.md"


def written(text: str) -> str:
    """Take out what differs with every run: seconds, line ends, where the package stands."""
    text = re.sub(r"\d+\.\d s\b", "0.0 s", text)
    return " ".join(re.sub(r"\S*lesson\.toml", "lesson.toml", text).split())


def test_readme_opens_with_what_the_gate_prints(
    runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A layer of 64 units, the old summary below it, and 785 for 784 in the text."""
    monkeypatch.chdir(tmp_path)
    node = edited("2.8", {"said": ["784 x 100", "785 x 100"]})
    code = node.cells[CELLS["list"] - 1]
    code.source = code.source.replace("Dense(100", "Dense(64")
    nbformat.write(node, "07_2.ipynb")
    notebook = read_notebook(Path("07_2.ipynb"))
    trace = runner.run(notebook.cells, "07_2.ipynb")
    findings = judge(Evidence(LESSON, notebook, trace), RULES)
    result = Result(notebook.path, "fail", 1.0, findings, notebook, trace)
    example = README.read_text(encoding="utf-8").partition("```text\n")[2].partition("```")[0]
    parts = [re.escape(written(part)) for part in example.split("    ...\n")]
    printed = written(as_full([result], [str(LESSON_FILE)], width=80))
    assert re.search(" .*?".join(parts), printed), f"README shows\n{example}\nprinted\n{printed}"
