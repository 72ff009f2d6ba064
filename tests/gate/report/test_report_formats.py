"""Every format is read back by a program that its users use, and says what was found."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from junitparser import Attr, IntAttr, JUnitXml, TestCase
from markdown_it import MarkdownIt
from notebooks import LESSON
from obeyed import obeyed
from three import CONFIG, run_of_three

from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.report import json as json_format
from fmnist_spec.gate.report.formats import FORMATS, Run
from fmnist_spec.gate.report.overview import Told, told

SCHEMA = json.loads(Path(json_format.__file__).with_name("report.schema.json").read_text("utf-8"))
# The OASIS standard's own, as its repository sarif-spec publishes it.
SARIF = json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text("utf-8"))
GITLAB = {  # docs.gitlab.com/ci/testing/code_quality: what a tool has to give
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^./]"},
                    "lines": {"required": ["begin"], "properties": {"begin": {"minimum": 1}}},
                },
            },
        },
    },
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return run_of_three(tmp_path)


def every(run: Run) -> list[Told]:
    """Give the findings, and why there is no verdict."""
    return [one for result in run.results for one in told(result)]


def closed(schema: Any) -> Any:
    """Let a schema refuse the keys that it does not name, but those of events."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: closed(value) for key, value in schema.items()}
    is_open = "properties" not in schema or "event" in schema["properties"]
    return kept if is_open else {**kept, "additionalProperties": False}


def test_json_is_what_the_schema_says(run: Run) -> None:
    """The schema that is shipped is one, and names every key."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    document = json.loads(FORMATS["json"](run))
    jsonschema.Draft202012Validator(closed(SCHEMA)).validate(document)
    assert document["version"] == json_format.VERSION


@pytest.mark.parametrize("key", ["version", "notebooks"])
def test_the_schema_refuses_what_json_never_says(run: Run, key: str) -> None:
    """A document without a key, or with another value in it, is none."""
    document = json.loads(FORMATS["json"](run))
    for broken in ({**document, key: "none"}, {k: v for k, v in document.items() if k != key}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, SCHEMA)


def test_sarif_is_valid_and_points_to_the_lines(run: Run) -> None:
    """It is what the standard's schema allows; a place opens the file at what was found."""
    document = json.loads(FORMATS["sarif"](run))
    jsonschema.Draft7Validator(SARIF).validate(document)
    (shown,) = document["runs"]
    rules = shown["tool"]["driver"]["rules"]
    found = {one["ruleId"]: one for one in shown["results"]}
    assert {rules[one["ruleIndex"]]["id"] for one in shown["results"]} == {*found}
    place = found["network"]["locations"][0]["physicalLocation"]
    lines = Path(unquote(place["artifactLocation"]["uri"])).read_text("utf-8").split("\n")
    assert "Dense(64" in lines[place["region"]["startLine"] - 1]
    levels = {one["ruleId"]: one["level"] for one in shown["results"]}
    assert levels == {one.rule: one.severity for one in every(run)}


class Case(TestCase):
    file, line = Attr(), IntAttr()


def test_junit_has_a_case_for_each_rule(run: Run) -> None:
    """Errors fail theirs, at a file and line; a warning passes; an unreadable file is an error."""
    suites = [*JUnitXml.fromstring(FORMATS["junit"](run).encode())]
    cases = [{one.name: Case.fromelem(one._elem) for one in suite} for suite in suites]
    sound, faulty, broken = cases
    assert [*sound] == [*faulty] == [*CONFIG.rules]
    assert all(one.is_passed for one in sound.values())
    failed = {one.name: (one.file, one.line) for one in faulty.values() if one.is_failure}
    assert {*failed} == {"network", "prose-arithmetic"}
    file, line = failed["network"]
    assert "Dense(64" in Path(file).read_text("utf-8").split("\n")[line - 1]
    assert "warning epochs" in faulty["epochs"].system_out
    assert "units" in faulty["network"].result[0].text
    assert [one.is_error for one in broken.values()] == [True]
    assert [one.time for one in suites] == [one.seconds for one in run.results]


def test_junit_skips_what_is_not_judged() -> None:
    """A notebook of another lesson, and a rule that a run which was cut short could not decide."""
    path = Path("a.ipynb")
    skipped = Result(path, "skipped", reason="a.ipynb: it builds another network.")
    cut = Result(path, "fail", undecided=("loss",), asked=("network", "loss"))
    text = FORMATS["junit"](Run(LESSON, ("a.toml",), [skipped, cut, Result(path, "pass")]))
    suites = [
        [(case.name, case.is_skipped) for case in one] for one in JUnitXml.fromstring(text.encode())
    ]
    assert suites[0] == [("notebook", True)]
    assert suites[1] == [("network", False), ("loss", True)]
    assert suites[2] == [("notebook", False)]


def commands(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Read workflow commands as GitHub's runner does (ActionCommand.cs of actions/runner)."""
    for line in text.split("\n"):
        if not line.lstrip().startswith("::"):
            continue
        head, _, data = line.lstrip()[2:].partition("::")
        name, _, given = head.partition(" ")
        pairs = (one.split("=", 1) for one in given.strip().split(",") if "=" in one)
        yield name, {key: unescaped(value, "::,,") for key, value in pairs}, unescaped(data)


def unescaped(text: str, more: str = "") -> str:
    signs = {"%0D": "\r", "%0A": "\n", **({"%3A": ":", "%2C": ","} if more else {}), "%25": "%"}
    for written, sign in signs.items():
        text = text.replace(written, sign)
    return text


def test_github_annotates_each_finding(run: Run) -> None:
    """File, line, title and message are what was found; nothing else is a command."""
    text, names = FORMATS["github"](run), {"error": "error", "warning": "warning", "note": "notice"}
    read = [*commands(text)]
    assert len(read) == len([*obeyed(text)])
    for (name, given, message), one in zip(read, every(run), strict=True):
        assert (name, given["file"]) == (names[one.severity], one.result.path.as_posix())
        assert (given["line"], given["title"].split("  ")[0]) == (str(one.line), one.rule)
        values = [f"{whose}: {value}" for whose, value in one.beside if value]
        assert message.split("\n") == [one.message, *values]


def test_gitlab_gets_what_it_asks_for(run: Run) -> None:
    """Every finding has a severity of GitLab's, a place, and a fingerprint of its own."""
    document = json.loads(FORMATS["gitlab"](run))
    jsonschema.validate(document, GITLAB)
    assert len({one["fingerprint"] for one in document}) == len(document) == len(every(run))


def test_platforms_get_paths_of_the_repository(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the command is run in a folder of it; people get those from where they are."""
    monkeypatch.chdir("chapters")
    broken = replace(run.results[2], path=Path("07_3.ipynb"))
    moved = replace(run, results=[broken])
    _, given, _ = next(commands(FORMATS["github"](moved)))
    (issue,) = json.loads(FORMATS["gitlab"](moved))
    (shown,) = json.loads(FORMATS["sarif"](moved))["runs"][0]["results"]
    place = shown["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    (suite,) = JUnitXml.fromstring(FORMATS["junit"](moved).encode())
    named = {given["file"], issue["location"]["path"], place, suite.name}
    assert named == {"chapters/07_3.ipynb"}
    assert FORMATS["csv"](moved).split("\n")[1].startswith("07_3.ipynb,")


def test_csv_has_a_row_a_notebook(run: Run) -> None:
    """The worst first, with the rules of errors and warnings."""
    rows = [*csv.DictReader(io.StringIO(FORMATS["csv"](run)))]
    assert [*rows[0]] == ["notebook", "verdict", "errors", "warnings", "rules"]
    assert [one["verdict"] for one in rows] == ["error", "fail", "pass"]
    assert rows[1]["rules"].split() == ["prose-arithmetic", "network", "epochs"]
    assert (rows[1]["errors"], rows[1]["warnings"], rows[2]["rules"]) == ("2", "1", "")


def cells(text: str) -> list[list[str]]:
    """Read the table of a Markdown text, with its marks, as GitHub does."""
    reader = MarkdownIt("gfm-like")
    reader.linkify.set({"fuzzy_link": False})  # GitHub links no a.py
    tokens = reader.parse(text)
    kinds = {one.type for one in tokens}
    assert {"table_open", "inline"} <= kinds
    assert kinds.isdisjoint({"html_block", "fence", "heading_open"})
    row_ends = [at for at, one in enumerate(tokens) if one.type == "tr_close"]
    ends = zip([0, *row_ends], row_ends, strict=False)
    return [[shown(one) for one in tokens[a:b] if one.type == "inline"] for a, b in ends]


def shown(inline: Any) -> str:
    """Give the text of a cell, which has no mark but code."""
    parts = inline.children or []
    assert {one.type for one in parts} <= {"text", "text_special", "code_inline"}, parts
    return "".join(one.content for one in parts)


def test_markdown_has_a_row_a_notebook(run: Run) -> None:
    """A reader of GitHub's Markdown finds the same as in CSV."""
    rows = cells(FORMATS["markdown"](run))
    assert rows[0] == ["notebook", "verdict", "errors", "warnings", "rules"]
    assert [one[1] for one in rows[1:]] == ["ERROR", "FAIL", "PASS"]
    assert rows[2][0] == "chapters/07_2 신경망.ipynb"
    assert rows[2][4] == "prose-arithmetic, network, epochs"


CONCISE = re.compile(
    r"(?P<path>.+?):(?P<line>\d+): (In \[\d+\] )?(cell \d+|whole notebook): "
    r"(?P<severity>error|warning|note) (?P<rule>[a-z-]+): (?P<message>.+)"
)


def test_concise_is_a_line_a_finding(run: Run) -> None:
    """Notes are counted; the rest has a path and a line that an editor opens, and what it is."""
    *lines, count = FORMATS["concise"](run).split("\n")
    found: list[Mapping[str, str]] = [CONCISE.fullmatch(line).groupdict() for line in lines]
    told = [one for one in every(run) if one.severity != "note"]
    assert [(one["rule"], one["message"]) for one in found] == [(i.rule, i.message) for i in told]
    assert {one["path"] for one in found} == {"chapters/07_2 신경망.ipynb", "chapters/07_3.ipynb"}
    assert count.endswith("Findings: 2 errors, 1 warning, 2 notes (shown with --verbose).")
