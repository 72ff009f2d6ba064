"""One run of three notebooks in every format, to the letter.

To write the golden files anew, run

    pytest tests/gate/report/test_golden_reports.py --regenerate-golden

which fails on purpose: look at what changed, then run the tests again without the option.
"""

import os
from pathlib import Path

import pytest
from goldens import golden_problem
from three import run_of_three

import fmnist_spec
from fmnist_spec import language
from fmnist_spec.gate.report import github
from fmnist_spec.gate.report.formats import FORMATS, Run

GOLDEN = Path(__file__).with_name("golden")
ENDINGS = {"full": "txt", "concise": "txt", "github": "txt", "junit": "xml", "csv": "csv"}
ENDINGS |= {"markdown": "md", "json": "json", "gitlab": "json", "sarif": "json", "html": "html"}
SUMMARY = "github-summary.md"  # which GitHub shows beside the annotations
FILES = {f"{name}.{ENDINGS[name]}": FORMATS[name] for name in FORMATS}
FILES |= {SUMMARY: lambda run: github.as_summary(run.results)}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Make the run where nothing varies, in a version of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fmnist_spec, "__version__", "1.2.3")
    return run_of_three(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_format_writes_the_golden_file(run: Run, name: str, pytestconfig: pytest.Config) -> None:
    """No format changes unseen."""
    problem = golden_problem(
        f"{FILES[name](run).rstrip()}\n",
        GOLDEN / name,
        regenerate=pytestconfig.getoption("--regenerate-golden"),
        ci=os.environ.get("CI"),
        test="tests/gate/report/test_golden_reports.py",
    )
    assert problem is None, problem


@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_each_format_says_what_it_is_for(monkeypatch: pytest.MonkeyPatch, spoken: str) -> None:
    """In both languages."""
    monkeypatch.setenv(language.ASKED, spoken)
    assert all(language.say(f"report.format.{name}") for name in FORMATS)


def test_each_format_has_a_golden_file_and_nothing_else() -> None:
    """None is missing, and none lies there of a format that is gone."""
    assert {path.name for path in GOLDEN.iterdir()} == set(FILES)
