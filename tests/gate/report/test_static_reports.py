"""Every format says that a notebook was not run, so that nobody takes it for a whole check."""

import csv
import json
import time
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from junitparser import JUnitXml
from notebooks import LESSON, LESSON_FILE, build, write
from test_report_formats import SARIF, SCHEMA

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.evidence import STATIC
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import read_notebook
from fmnist_spec.gate.report.formats import FORMATS, Run
from fmnist_spec.gate.report.github import as_summary
from fmnist_spec.gate.report.overview import Shown
from fmnist_spec.gate.verdict import judge_source

TOLD = f"Nothing was run (--static): {len(STATIC)} of {len(RULES)} rules were asked."
FAULT = {"title": "# 두 개의 층\n\n28 x 28 = 785"}


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Judge a sound notebook and one with false arithmetic."""
    monkeypatch.chdir(tmp_path)
    files = [write(Path("sound.ipynb")), write(Path("wrong.ipynb"), build(FAULT))]
    lessons, config = {str(LESSON_FILE): LESSON}, Config(lessons=(str(LESSON_FILE),))
    notebooks = map(read_notebook, files)
    results = [judge_source(one, lessons, config, time.monotonic()) for one in notebooks]
    return Run(LESSON, [str(LESSON_FILE)], results)


def test_the_fixture_has_both_verdicts(run: Run) -> None:
    """Else the tests below would say little."""
    found = [(one.verdict, {found.rule for found in one.findings}) for one in run.results]
    assert found == [("pass", {"stored-none"}), ("fail", {"stored-none", "prose-arithmetic"})]


@pytest.mark.parametrize("format", ["full", "concise", "github", "markdown", "html", "sarif"])
def test_a_report_says_that_nothing_was_run(run: Run, format: str) -> None:
    """In words, and how many of the rules were asked."""
    text = FORMATS[format](run)
    plain = text.replace("\\", "") if format == "markdown" else text
    assert TOLD in plain, text


def test_a_quiet_report_says_so_too(run: Run) -> None:
    """It is as easily mistaken."""
    assert TOLD in FORMATS["full"](replace(run, shown=Shown(quiet=True)))


def test_the_summary_of_a_step_says_so_once(run: Run) -> None:
    """Above its tables."""
    assert as_summary(run.results).replace("\\", "").count(TOLD) == 1


def test_a_summary_has_a_table_of_findings_where_there_are_any(run: Run) -> None:
    """Heads without rows look as if something were cut off."""
    result = run.results[1]
    sound, wrong = (as_summary([replace(result, findings=one)]) for one in ((), result.findings))
    assert ("severity" in sound, "severity" in wrong) == (False, True)


def test_json_says_so_in_fixed_keys(run: Run) -> None:
    """And names the rules that were not asked."""
    document = json.loads(FORMATS["json"](run))
    jsonschema.validate(document, SCHEMA)
    assert document["static"] is True
    for one in document["notebooks"]:
        assert {*one["unasked"]} == RULES.keys() - STATIC.keys()


def test_sarif_is_another_analysis_than_that_of_a_run(run: Run) -> None:
    """So that platforms keep the findings of both."""
    document = json.loads(FORMATS["sarif"](run))
    jsonschema.validate(document, SARIF)
    assert document["runs"][0]["automationDetails"]["id"] == "fmnist-spec/static/"


def test_junit_skips_the_rules_that_need_a_run(run: Run) -> None:
    """Each of them is a test that was not made."""
    sound, _ = JUnitXml.fromstring(FORMATS["junit"](run).encode())
    skipped = {one.name: one.result[0].message for one in sound if one.is_skipped}
    assert skipped.keys() == RULES.keys() - STATIC.keys()
    assert {*skipped.values()} == {"needs a run, and nothing was run (--static)"}


def test_a_table_has_a_column_for_it(run: Run) -> None:
    """Of a run it has none."""
    rows = [*csv.reader(FORMATS["csv"](run).splitlines())]
    asked = f"{len(STATIC)} of {len(RULES)}"
    assert [row[-1] for row in rows] == ["rules asked", asked, asked]


def test_what_could_not_be_read_is_no_static_result() -> None:
    """Its report says why, as that of a run does."""
    broken = Result(Path("broken.ipynb"), "error", reason="broken.ipynb: no JSON")
    assert not broken.is_static
    assert "Nothing was run" not in FORMATS["full"](Run(LESSON, [str(LESSON_FILE)], [broken]))
