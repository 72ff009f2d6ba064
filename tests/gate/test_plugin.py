"""The pytest plugin: one test for each notebook and requirement."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext
import notebooks
import pytest
from sampling import few

from fmnist_spec.gate.catalogue import RULES

pytest_plugins = ["pytester"]
PLUGIN = ("-p", "no:cacheprovider")  # the plugin itself comes by its entry point
PACKAGE = str(Path(__file__).parents[2])
SELECT = f"""[tool.fmnist_spec]
select = ['data-set', 'epochs', 'metrics']
lesson = '{notebooks.LESSON_FILE}'
"""
WRONG = {"selct": "selct = []", "ignore": "select = ['loss']\nignore = ['loss']"}


@pytest.fixture
def course(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Make a folder with a sound notebook, one that trains too long, and settings."""
    monkeypatch.setenv("PYTHONPATH", PACKAGE)
    (pytester.path / "pyproject.toml").write_text(SELECT)
    notebooks.write(pytester.path / "pass-sound.ipynb")
    parts = notebooks.build({"fit": ["epochs=5", "epochs=7"]})
    notebooks.write(pytester.path / "fail-epochs.ipynb", parts)
    return pytester


def test_each_notebook_and_requirement_is_a_test(course: pytest.Pytester) -> None:
    """Collecting gives a test for each notebook and rule that is selected."""
    found = course.runpytest(*PLUGIN, "--fmnist-spec", "--collect-only", "-q")
    rules = [rule for rule in RULES if rule in ("data-set", "epochs", "metrics")]
    names = ("fail-epochs", "pass-sound")
    found.stdout.fnmatch_lines([f"{name}.ipynb::{rule}" for name in names for rule in rules])


def test_a_finding_fails_its_test_alone(course: pytest.Pytester) -> None:
    """The test of the rule fails with the finding, and junit's report holds it."""
    found = course.runpytest_subprocess(*PLUGIN, "--fmnist-spec", "--junitxml=report.xml")
    found.assert_outcomes(passed=5, failed=1)
    found.stdout.fnmatch_lines(["*fail-epochs.ipynb: epochs*", "*Write epochs=5*"])
    report = (course.path / "report.xml").read_text(encoding="utf-8")
    failed = re.findall(r'name="([^"]+)" time="[^"]+"><failure', report)
    assert failed == ["epochs"]


SCRIPT = jupytext.writes(
    notebooks.as_notebook({"load": "raise SystemExit('imported')"}), fmt="py:percent"
)
ENTRY = f"""[tool.fmnist_spec]
select = ['data-set']
lesson = '{notebooks.LESSON_FILE}'
exclude = ['test_draft.py']
[[tool.fmnist_spec.notebooks]]
paths = ['pass-sound.ipynb']
"""
COLLECT = (*PLUGIN, "--fmnist-spec", "--collect-only", "-q")


def test_the_settings_are_those_of_the_current_folder(course: Any, monkeypatch: Any) -> None:
    """As for the command, also where pytest's root is another folder."""
    (course.path / "pytest.ini").write_text("[pytest]")
    (folder := course.path / "chapters").mkdir()
    (folder / "pyproject.toml").write_text("[tool.fmnist_spec]\nselect = ['loss']")
    notebooks.write(folder / "07_2.ipynb")
    monkeypatch.chdir(folder)
    found = course.runpytest_subprocess(*COLLECT)
    found.stdout.fnmatch_lines(["*07_2.ipynb::loss", "*1 test collected*"])


def test_the_short_summary_says_what_is_wrong(shown: Any) -> None:
    """Its one line has the first sentence: the name of the test has the rule already."""
    found = shown(found=(("epochs", "error", 2, 7),))
    said = "The number of epochs is not the lesson's."
    found.stdout.fnmatch_lines([said, "  error epochs *", f"FAILED *ipynb::epochs - {said}"])


PLACES = (["fail-epochs.ipynb", "."], [".", "fail-epochs.ipynb"], ["./fail-epochs.ipynb::epochs"])


@pytest.mark.parametrize("arguments", PLACES, ids=str)
def test_a_file_that_is_named_is_judged_whatever_else_is(course: Any, arguments: Any) -> None:
    """Since pytest 9, a file is no argument any more if a folder that holds it is one, too."""
    (course.path / "pyproject.toml").write_text(ENTRY.replace("data-set", "epochs"))
    found = course.runpytest(*COLLECT, *arguments)
    found.stdout.fnmatch_lines(["*fail-epochs.ipynb::epochs"])


@pytest.mark.parametrize("options", few([(), ("-n", "2")]), ids=few(["plain", "in parallel"]))
def test_scripts_that_are_left_out_are_not_imported(course: Any, options: Any) -> None:
    """One that no entry names is counted, one that is excluded is not; pytest runs neither."""
    (course.path / "pyproject.toml").write_text(ENTRY)
    for name in ("test_draft.py", "test_other.py"):
        (course.path / name).write_text(SCRIPT)
    found = course.runpytest_subprocess(*PLUGIN, "--fmnist-spec", *options)
    found.assert_outcomes(passed=1)
    found.stdout.fnmatch_lines(["fmnist-spec: 2 notebooks belong to no lesson: skipped. *"])


def test_built_folders_are_passed_by(course: pytest.Pytester) -> None:
    """Copies of notebooks in them are old, so they are no tests unless they are named."""
    for name in ("_build/07_2.ipynb", "_site/book/07_2.ipynb"):
        (course.path / name).parent.mkdir(parents=True)
        notebooks.write(course.path / name)
    course.runpytest(*COLLECT).stdout.no_fnmatch_line("*07_2*")
    found = course.runpytest(*COLLECT, "_build", "_site/book/07_2.ipynb")
    found.stdout.fnmatch_lines(["_build/07_2.ipynb::epochs", "_site/book/07_2.ipynb::epochs"])


def test_a_file_that_is_no_notebook_fails_once(course: pytest.Pytester) -> None:
    """What cannot be read is one test, which fails with its one line; no process is started."""
    (course.path / "bad.ipynb").write_text("{")
    found = course.runpytest(*PLUGIN, "--fmnist-spec", "bad.ipynb")
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["*bad.ipynb: line 1 of the file: not complete JSON*"])


def test_a_jupytext_script_is_not_imported(course: pytest.Pytester) -> None:
    """A .py with jupytext's header is a notebook, not a test module."""
    node = notebooks.as_notebook({"load": "raise SystemExit('imported')"})
    (course.path / "test_one.py").write_text(jupytext.writes(node, fmt="py:percent"))
    found = course.runpytest(*PLUGIN, "--fmnist-spec", "--collect-only", "-q", "test_one.py")
    found.stdout.fnmatch_lines(["test_one.py::data-set"])


def test_what_cannot_be_run_fails_once_without_frames(course: Any, monkeypatch: Any) -> None:
    """Where there is no data, the first test says so, and shows no code of ours; others skip."""
    monkeypatch.setenv("FMNIST_SPEC_DATA", "nowhere")
    found = course.runpytest(*PLUGIN, "--fmnist-spec", "-rs", "pass-sound.ipynb")
    found.assert_outcomes(failed=1, skipped=2)
    found.stdout.fnmatch_lines(["*nowhere*", "SKIPPED * pass-sound.ipynb:1: *nowhere*"])
    found.stdout.no_fnmatch_line("*DataError*")


@pytest.mark.parametrize(("key", "setting"), WRONG.items())
def test_a_wrong_setting_is_told_in_one_line(course: Any, key: str, setting: str) -> None:
    """A mistake, or no rule that is left, ends the run before anything is collected."""
    (course.path / "pyproject.toml").write_text(f"[tool.fmnist_spec]\n{setting}\n")
    found = course.runpytest(*PLUGIN, "--fmnist-spec")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines([f"ERROR: *{key}: found *"])


def test_without_the_option_notebooks_are_no_tests(course: Any, monkeypatch: Any) -> None:
    """A project that installs the plugin pays nothing for it until it asks."""
    heavy = {"tensorflow", "nbformat", "jupytext", "sklearn", "rich", "numpy"}
    course.makepyfile(f"import sys\ndef test_it(): assert not {heavy} & sys.modules.keys()")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    found = course.runpytest_subprocess("-p", "fmnist_spec.plugin", *PLUGIN)
    found.assert_outcomes(passed=1)


# In place of what a run would give: findings, rules that are undecided, why there is no verdict.
STUB = """
from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.gate.trace import Trace
from fmnist_spec.lesson import LESSON

def check(self, notebook):
    trace = Trace("2.21.0", "3.12.0", (), False, (), (), None)
    found = tuple(Finding(*one, "finding", {{"lesson": LESSON}}) for one in {found})
    kept, silenced = ((), found) if {silent} else (found, ())
    given = dict(reason={reason!r}, undecided={undecided}, silenced=silenced)
    return Result(notebook.path, {verdict!r}, 0.1, kept, notebook, trace, **given)

Checker.check = check
"""
WARNING = ("epochs", "warning", 2, 7)
ERROR = ("data-set", "error", 1, 5)


@pytest.fixture
def shown(course: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Run pytest on a notebook of which the check says something that the test chooses."""
    course.makepyfile(test_others="def test_of_somebody_else(): pass")

    plain = {"found": (), "undecided": (), "verdict": "pass", "reason": "", "silent": False}

    def run(*options: str, **told: Any) -> pytest.RunResult:
        course.makeconftest(STUB.format(**{**plain, **told}))
        paths = "pass-sound.ipynb", "test_others.py"
        return course.runpytest_subprocess(*PLUGIN, "--fmnist-spec", *options, *paths)

    return run


WAYS = {
    "plain": (),
    "in parallel": ("-n", "2"),
    "with a report": ("--junitxml=report.xml", "-o", "junit_family=xunit1"),
    "with times": ("--durations=0", "-rA", "-vv"),
}


@pytest.mark.parametrize("options", WAYS.values(), ids=WAYS)
def test_a_warning_is_told_with_its_place(shown: Any, options: tuple[str, ...]) -> None:
    """The summary of warnings has the notebook, its line and the finding, and all tests pass."""
    found = shown(*options, found=(WARNING,))
    found.assert_outcomes(passed=4, warnings=1)
    found.stdout.fnmatch_lines(["*warnings summary*", "*pass-sound.ipynb:7: FindingWarning: *"])
    found.stdout.no_fnmatch_line("*Traceback*")


def test_a_warning_may_be_made_an_error(shown: Any) -> None:
    """With -W error, the finding fails its test, and no frame of the plugin is shown."""
    found = shown("-W", "error::fmnist_spec.plugin.FindingWarning", found=(WARNING,))
    found.assert_outcomes(passed=3, failed=1)
    found.stdout.no_fnmatch_line("*fmnist_spec/plugin/*")


def test_warnings_may_be_switched_off(shown: Any) -> None:
    """Without pytest's own warnings the tests pass."""
    shown("-p", "no:warnings", found=(WARNING,)).assert_outcomes(passed=4)


@pytest.mark.parametrize("options", few([(), ("-n", "2")]), ids=few(["plain", "in parallel"]))
def test_what_a_notebook_silences_passes_and_is_counted(shown: Any, options: Any) -> None:
    """No test fails for it, and the summary says how much there is."""
    found = shown(*options, found=(ERROR, WARNING), silent=True)
    found.assert_outcomes(passed=4)
    found.stdout.fnmatch_lines(["fmnist-spec: 2 findings silenced."])


@pytest.mark.parametrize("options", few([(), ("-n", "2")]), ids=few(["plain", "in parallel"]))
def test_undecided_rules_are_skipped(shown: Any, options: tuple[str, ...]) -> None:
    """What a notebook that stopped left open is neither passed nor failed, and says why."""
    undecided, reason = ("epochs", "metrics"), "cell 2 raised"
    told = {"found": (ERROR,), "undecided": undecided, "verdict": "fail", "reason": reason}
    found = shown("-rs", *options, **told)
    found.assert_outcomes(passed=1, failed=1, skipped=2)
    found.stdout.fnmatch_lines(["SKIPPED [[]2[]] pass-sound.ipynb:1: *cell 2 raised*"])


def test_a_notebook_without_a_verdict_does_not_pass(shown: Any) -> None:
    """Where no rule found an error, but some are undecided, one test fails: nothing is proved."""
    told = {"undecided": ("epochs", "metrics"), "verdict": "error", "reason": "no seaborn here"}
    found = shown(**told)
    found.assert_outcomes(passed=2, failed=1, skipped=1)
    found.stdout.fnmatch_lines(["FAILED pass-sound.ipynb::metrics*no seaborn here*"])
