"""The pytest plugin: with --fmnist-spec, each notebook is one test for each requirement."""

from __future__ import annotations

import os
import warnings
from collections.abc import Generator, Iterator
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fmnist_spec.harmless import harmless
from fmnist_spec.language import say

if TYPE_CHECKING:
    from fmnist_spec.gate.check import Checker
    from fmnist_spec.gate.course.config import Config
    from fmnist_spec.gate.finding import Result
    from fmnist_spec.gate.notebook import Notebook

OPTION = "fmnist_spec"
SILENCED = "fmnist_spec_silenced"  # the property of a test with the number of such findings
WHOLE = "notebook"  # the one test of a notebook that is not run
CHECKER: pytest.StashKey[Checker] = pytest.StashKey()


class FindingWarning(pytest.PytestWarning):
    """A finding that does not fail the notebook."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one option; everything else stands in [tool.fmnist_spec] of pyproject.toml."""
    parser.getgroup("fmnist-spec").addoption(
        "--fmnist-spec",
        action="store_true",
        dest=OPTION,
        help=say("plugin.help"),
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the settings, so that a mistake in them is told before anything is collected."""
    if not config.getoption(OPTION):
        return
    from fmnist_spec.gate.check import Checker
    from fmnist_spec.gate.course.config import load_config

    try:
        checker = config.stash[CHECKER] = Checker(load_config(config.invocation_params.dir))
    except ValueError as error:
        raise pytest.UsageError(harmless(error)) from None
    config.add_cleanup(checker.close)  # ends the processes that ran notebooks
    config.pluginmanager.register(Course(checker.config))


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Explain why two summaries are not equal."""
    from fmnist_spec.summary import Summary

    if op == "==" and isinstance(left, Summary) and isinstance(right, Summary):
        return [f"{left!r} == {right!r}", *left.unequal(right)]
    return None


class Course:
    """Collects notebooks. A session which skipped them all does not look as if they passed."""

    def __init__(self, settings: Config) -> None:
        self._settings = settings
        self.judged: set[bool] = set()  # of each test of a notebook; with xdist, in every process
        self.unnamed: set[str] = set()  # the notebooks that no entry of the table names
        self.silenced = 0  # findings, by comments and tags in the notebooks

    @pytest.hookimpl(hookwrapper=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, Any, None]:
        """Collect a notebook as one; pytest would import a .py that is named as a test module."""
        from fmnist_spec.gate.course.discovery import is_course_file

        collected = yield
        if not is_course_file(file_path):
            return
        collected.force_result([])
        if file_path not in named_paths(parent.config):  # what is named is judged, whatever it is
            if self._settings.leaves_out(file_path) or is_passed_by(parent.config, file_path):
                return
            if self._settings.notebooks and not self._settings.entry_of(file_path):
                self.unnamed.add(str(file_path))
                return
        told = nodeid(file_path, parent.config.rootpath)
        collected.force_result([NotebookFile.from_parent(parent, path=file_path, nodeid=told)])

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, None]:
        """Place what is skipped in its notebook: pytest would name a line of this plugin."""
        report = (yield).get_result()
        if not isinstance(item, RequirementItem):
            return
        if call.when == "call" and "result" in vars(item.parent):
            report.judged = item.parent.result.verdict != "skipped"
        if report.skipped and isinstance(report.longrepr, tuple):
            path, line, _ = item.reportinfo()
            report.longrepr = (str(path), line + 1, report.longrepr[-1])

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note whether a notebook was checked, and how much it silences."""
        self.judged |= {report.judged} if hasattr(report, "judged") else set()
        if report.when == "call":
            self.silenced += dict(report.user_properties).get(SILENCED, 0)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Give the exit code of a session without tests."""
        if hasattr(session.config, "workeroutput"):  # of xdist: what its main process is told
            session.config.workeroutput[OPTION] = sorted(self.unnamed)
        if self.judged == {False} and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear what one of xdist's processes has collected: all of them collect the same."""
        self.unnamed |= {*getattr(node, "workeroutput", {}).get(OPTION, ())}

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say why, and how many notebooks are no tests since no entry names them."""
        if self.unnamed:
            from fmnist_spec.gate.report.text import skipped

            terminalreporter.write_line(f"fmnist-spec: {skipped(len(self.unnamed))}")
        if self.silenced:
            told = say("silence.count", number=self.silenced)
            terminalreporter.write_line(f"fmnist-spec: {told}")
        if self.judged == {False}:
            terminalreporter.write_line(f"fmnist-spec: {say('plugin.all-skipped')}")


def is_passed_by(config: pytest.Config, path: Path) -> bool:
    """Whether a file stands in a folder that the gate does not look through, unless it is named."""
    from fmnist_spec.gate.course.discovery import is_ours

    named = named_paths(config)
    if named.isdisjoint(path.parents):
        return False
    walked = takewhile(lambda folder: folder not in named, path.parents)
    return not all(map(is_ours, walked))


def nodeid(path: Path, root: Path) -> str | None:
    """Name a file in pytest's own lines, if what it would write there itself is harmful."""
    if str(path) == harmless(path):
        return None
    return harmless(os.path.relpath(path, root).replace(os.sep, "/"))


def named_paths(config: pytest.Config) -> set[Path]:
    """Give the paths that pytest was called with, or that stand in its settings.

    Pytest's own drop a file that stands in a folder which is one, too.
    """
    folder = config.invocation_params.dir
    return {Path(os.path.normpath(folder / one.split("::")[0])) for one in config.args}


class NotebookFile(pytest.File):
    """A notebook. It runs once, when the first of its tests does."""

    told: str | None = None  # which test failed since the notebook could not be checked

    def __repr__(self) -> str:
        return harmless(super().__repr__())

    def collect(self) -> Iterator[pytest.Item]:
        """Give a test for each rule that is asked for; one, if there is nothing to run."""
        from fmnist_spec.gate.finding import Result

        rules = self.config.stash[CHECKER].rules_of(self.path)
        for name in (WHOLE,) if isinstance(self.notebook, Result) else rules:
            yield RequirementItem.from_parent(self, name=name)

    @cached_property
    def notebook(self) -> Notebook | Result:
        """The notebook as it was read, or why it is not run."""
        from fmnist_spec.gate.course.selection import Found

        file = Found(self.path, self.path in named_paths(self.config))
        return self.config.stash[CHECKER].read(file)

    @cached_property
    def result(self) -> Result:
        """What the check of the notebook said."""
        from fmnist_spec.gate.finding import Result
        from fmnist_spec.gate.run.process import unable

        if isinstance(self.notebook, Result):
            return self.notebook
        try:
            return self.config.stash[CHECKER].check(self.notebook)
        except unable() as error:
            return Result(self.path, "error", reason=" ".join(str(error).split()))


class RequirementItem(pytest.Item):
    """One requirement of one notebook, its parent. Errors fail it, warnings are told."""

    parent: NotebookFile

    def runtest(self) -> None:
        """Fail, skip or warn with what this rule found."""
        from fmnist_spec.gate.course.selection import remedy
        from fmnist_spec.gate.report.overview import in_short
        from fmnist_spec.gate.report.text import as_text

        result = self.parent.result
        if result.verdict == "skipped":
            pytest.skip(f"{harmless(result.reason)} {remedy()}")
        found = [finding for finding in result.findings if finding.rule == self.name]
        silenced = sum(finding.rule == self.name for finding in result.silenced)
        self.user_properties += [(SILENCED, silenced)] * bool(silenced)
        if any(finding.severity == "error" for finding in found):
            details = "\n".join(as_text(finding, result) for finding in found)
            pytest.fail(f"{in_short(found[0])}\n{details}")
        for finding in found:
            if finding.severity == "warning":
                told = FindingWarning(as_text(finding, result))
                warnings.warn_explicit(told, None, harmless(self.path), finding.line or 1)
        if result.trace is None or self.name in result.undecided:
            self._fail_once(result)

    def _fail_once(self, result: Result) -> None:
        """Skip what could not be decided. If nothing else fails the notebook, the first fails."""
        self.parent.told = self.parent.told or self.name
        if result.verdict == "error" and self.parent.told == self.name:
            pytest.fail(harmless(result.reason))
        pytest.skip(harmless(result.reason) or say("plugin.undecided"))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show findings without the frames of this plugin."""
        if isinstance(excinfo.value, pytest.fail.Exception | FindingWarning):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the test by its notebook and requirement. Its place is the file's first line."""
        return Path(harmless(self.path)), 0, harmless(f"{self.path.name}: {self.name}")
