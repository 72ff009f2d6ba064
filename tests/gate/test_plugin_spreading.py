"""The pytest plugin where xdist spreads the tests, and where each training takes its time."""

import re
from collections import defaultdict
from pathlib import Path

import notebooks
import pytest

from fmnist_spec.plugin.spreading import scheduling

pytest_plugins = ["pytester"]
PLUGIN = ("-p", "no:cacheprovider", "--fmnist-spec")
PACKAGE = str(Path(__file__).parents[2])
SETTINGS = f"""[tool.fmnist_spec]
select = ['data-set', 'epochs', 'metrics']
lesson = '{notebooks.LESSON_FILE}'
"""


def test_a_notebook_stays_in_one_process(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it is run once, with nothing but -n; and two processes run two notebooks."""
    monkeypatch.setenv("PYTHONPATH", PACKAGE)
    (pytester.path / "pyproject.toml").write_text(SETTINGS)
    notebooks.write(pytester.path / "sound.ipynb")
    parts = notebooks.build({"fit": ["epochs=5", "epochs=7"]})
    notebooks.write(pytester.path / "long.ipynb", parts)
    found = pytester.runpytest_subprocess(*PLUGIN, "-n", "2", "-v")
    found.assert_outcomes(passed=5, failed=1)
    places = defaultdict(set)
    for process, notebook in re.findall(r"\[(gw\d)\].* (\w+)\.ipynb::", found.stdout.str()):
        places[notebook].add(process)
    assert sorted(map(sorted, places.values())) == [["gw0"], ["gw1"]], places


@pytest.mark.parametrize("way", ["load", "worksteal", "loadgroup"])
def test_other_tests_are_spread_as_before(pytester: pytest.Pytester, way: str) -> None:
    """What stays together is named alike: a notebook is, the tests of a module are not."""
    config = pytester.parseconfig("--tx=2*popen", f"--dist={way}")
    unit = scheduling(config, None)._split_scope
    assert unit("a/07_2.ipynb::network") == unit("a/07_2.ipynb::data-set")
    assert unit("a/07_2.ipynb::network") != unit("b/07_2.ipynb::network")
    assert unit("test_own.py::test_one") != unit("test_own.py::test_two")
    in_group = unit("test_own.py::test_one@slow"), unit("test_own.py::test_two@slow")
    assert len({*in_group}) == 1


@pytest.mark.parametrize("way", ["loadfile", "loadscope", "each"])
def test_a_way_that_tears_no_notebook_apart_is_kept(pytester: pytest.Pytester, way: str) -> None:
    """Then xdist's own scheduling does what was asked for."""
    assert scheduling(pytester.parseconfig("--tx=2*popen", f"--dist={way}"), None) is None


STUB = """
import os
from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.finding import Result

def check(self, notebook):
    return Result(notebook.path, "error", reason=f"{self._settings.full=}, run by {os.getpid()}.")

Checker.check = check
"""


@pytest.fixture
def stubbed(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Two notebooks, of which the check tells no more than where it is made, and how."""
    monkeypatch.setenv("PYTHONPATH", PACKAGE)
    pytester.makeconftest(STUB)
    (pytester.path / "pyproject.toml").write_text(SETTINGS)
    for name in ("one", "two"):
        notebooks.write(pytester.path / f"{name}.ipynb")
    return pytester


def test_one_process_runs_the_notebooks_of_all(stubbed: pytest.Pytester) -> None:
    """So that TensorFlow starts once, however many processes there are."""
    found = stubbed.runpytest_subprocess(*PLUGIN, "-n", "2", "-v")
    found.assert_outcomes(failed=2, skipped=4)
    said = found.stdout.str()
    assert len({*re.findall(r"run by (\d+)\.", said)}) == 1, said
    assert {*re.findall(r"\[(gw\d)\].*FAILED", said)} == {"gw0", "gw1"}, said


@pytest.mark.parametrize("options", [(), ("--fmnist-spec-full",)], ids=["short", "full"])
def test_trainings_are_long_where_it_is_asked_for(
    stubbed: pytest.Pytester, options: tuple[str, ...]
) -> None:
    """The checker is told so; that it obeys is shown by the tests of the command."""
    found = stubbed.runpytest_subprocess(*PLUGIN, *options, "one.ipynb")
    found.stdout.fnmatch_lines([f"*self._settings.full={bool(options)}*"])
