"""README opens with what the gate prints, in its language: it is run for that notebook."""

import re
from pathlib import Path

import nbformat
import pytest
from stored_cases import CELLS, edited

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import Notebook, read_notebook
from fmnist_spec.gate.report.text import as_full
from fmnist_spec.gate.run.runner import Runner
from fmnist_spec.gate.trace import Trace
from fmnist_spec.gate.verdict import judge
from fmnist_spec.language import speaking
from fmnist_spec.lesson import LESSON, LESSON_FILE

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def shown(runner: Runner, tmp_path_factory: pytest.TempPathFactory) -> tuple[Notebook, Trace]:
    """A layer of 64 units, the old summary below it, and 785 for 784 in the text."""
    node = edited("2.8", {"said": ["784 x 100", "785 x 100"]})
    code = node.cells[CELLS["list"] - 1]
    code.source = code.source.replace("Dense(100", "Dense(64")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("course"))
        nbformat.write(node, "07_2.ipynb")
        notebook = read_notebook(Path("07_2.ipynb"))
        return notebook, runner.run(notebook.cells, "07_2.ipynb")


def written(text: str) -> str:
    """Take out what differs with every run: seconds, line ends, where the package stands."""
    text = re.sub(r"\d+\.\d s\b", "0.0 s", text)
    return " ".join(re.sub(r"\S*lesson\.toml", "lesson.toml", text).split())


@pytest.mark.parametrize(("language", "readme"), [("en", "README.md"), ("ko", "README.ko.md")])
def test_a_readme_opens_with_what_the_gate_prints(
    language: str, readme: str, shown: tuple[Notebook, Trace]
) -> None:
    """What stands between dots is left out."""
    notebook, trace = shown
    with speaking(language):
        findings = judge(Evidence(LESSON, notebook, trace), RULES)
        result = Result(notebook.path, "fail", 1.0, findings, notebook, trace)
        printed = written(as_full([result], [str(LESSON_FILE)], width=80))
    example = (ROOT / readme).read_text(encoding="utf-8").partition("```text\n")[2]
    parts = [re.escape(written(part)) for part in example.partition("```")[0].split("    ...\n")]
    assert re.search(" .*?".join(parts), printed), f"{readme} shows\n{example}\nprinted\n{printed}"
