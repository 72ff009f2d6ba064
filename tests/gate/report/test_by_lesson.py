"""Reports on a notebook that was held against several lessons, or got images that were made."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from notebooks import LESSON
from traces import trace

from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.gate.report.json import as_json
from fmnist_spec.gate.report.text import as_text, print_report
from fmnist_spec.lesson import load_lesson

Capsys = pytest.CaptureFixture[str]
FILES = ("lessons/a.toml", "lessons/b.toml")
DIGITS = load_lesson("tensorflow-beginner")


def finding(*files: str) -> Finding:
    told = {"lesson": LESSON, "observed": "7"}
    by = tuple(map(Path, files))
    return Finding("epochs", "error", None, None, "finding", told, lesson_files=by)


def result(*findings: Finding, files: tuple[str, ...] = FILES) -> Result:
    told = {"trace": trace(), "lesson": LESSON, "lesson_files": files}
    return Result(Path("07_2.ipynb"), "fail", 1.0, findings, **told)


def test_a_finding_of_one_lesson_is_told_with_its_file() -> None:
    """On its title line; one of all lessons, or of the only one, needs no name."""
    some, of_all = finding(FILES[1]), finding(*FILES)
    title = as_text(some, result(some)).splitlines()[0]
    assert title == "  error epochs  whole notebook  by lessons/b.toml"
    assert " by " not in as_text(of_all, result(of_all)).splitlines()[0]
    alone = result(some, files=FILES[1:])
    assert " by " not in as_text(some, alone).splitlines()[0]


def test_the_report_names_all_lessons(capsys: Capsys) -> None:
    """At its top if they are those of all notebooks, otherwise beside each notebook."""
    print_report([result()], FILES)
    assert capsys.readouterr().out.splitlines()[0] == "Lessons: lessons/a.toml, lessons/b.toml"
    print_report([result(), result(files=FILES[:1])], FILES)
    out = capsys.readouterr().out
    assert "Lesson" not in out
    assert "FAIL  07_2.ipynb  1.0 s  lessons/a.toml, lessons/b.toml\n" in out
    assert "FAIL  07_2.ipynb  1.0 s  lessons/a.toml\n" in out


def test_in_json_results_and_findings_have_their_files() -> None:
    """Beside `lesson_file`, which stays and is the first."""
    found = result(finding(FILES[1]), finding(*FILES))
    unread = Result(Path("bad.ipynb"), "error", reason="bad.ipynb: no JSON.")
    document = json.loads(as_json(LESSON, FILES, [found, unread]))
    one, other = document["notebooks"]
    assert document["lesson_file"] == one["lesson_file"] == FILES[0]
    assert one["lesson_files"] == other["lesson_files"] == [*FILES]
    assert [two["lesson_files"] for two in one["findings"]] == [[FILES[1]], [*FILES]]
    assert other["findings"][0]["lesson_files"] == []


def test_images_that_were_made_are_told_as_such(capsys: Capsys) -> None:
    """Of MNIST there is no sample: nothing may look as if digits had been trained on."""
    shown = trace(sample_only=True)
    digits = Result(Path("a.ipynb"), "pass", trace=shown, lesson=DIGITS)
    print_report([digits, digits], FILES)
    out = " ".join(capsys.readouterr().out.split())
    assert out.count("MNIST is not at hand. The notebooks got images that were made") == 1
    assert "nothing is said of their accuracies" in out
    assert "small sample" not in out
    clothes = replace(digits, lesson=LESSON)
    print_report([digits, clothes], FILES)
    out = " ".join(capsys.readouterr().out.split())
    assert "MNIST is not at hand" in out
    assert "small sample" in out
    print_report([replace(digits, trace=trace())], FILES)
    assert "at hand" not in capsys.readouterr().out
