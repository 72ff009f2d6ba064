"""Which notebooks are tests, and what a session says of them."""

from __future__ import annotations

import os
from collections.abc import Generator
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fmnist_spec.harmless import harmless
from fmnist_spec.language import say
from fmnist_spec.plugin.items import SILENCED, NotebookFile, RequirementItem, named_paths
from fmnist_spec.plugin.spreading import scheduling

if TYPE_CHECKING:
    from fmnist_spec.gate.course.config import Config
    from fmnist_spec.plugin.serving import Desk

SERVED = "fmnist_spec_served"  # what xdist's main process tells the others
UNNAMED = "fmnist_spec_unnamed"  # what one of xdist's processes tells of notebooks


class Course:
    """Collects notebooks. A session which skipped them all does not look as if they passed."""

    def __init__(self, settings: Config, desk: Desk) -> None:
        self._settings, self._desk = settings, desk
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
            session.config.workeroutput[UNNAMED] = sorted(self.unnamed)
        if self.judged == {False} and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED

    @cached_property
    def _served(self) -> tuple[Any, bytes]:
        from fmnist_spec.plugin.serving import serve

        return serve(self._desk)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell one of xdist's processes of this machine where its notebooks are run."""
        if node.gateway.spec.popen:
            node.workerinput[SERVED] = self._served

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Keep the tests of a notebook in one of xdist's processes."""
        return scheduling(config, log)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear what one of xdist's processes has collected: all of them collect the same."""
        self.unnamed |= {*getattr(node, "workeroutput", {}).get(UNNAMED, ())}

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
