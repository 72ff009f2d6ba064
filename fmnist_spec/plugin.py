"""The pytest plugin: with --fmnist-spec, each notebook is one test for each requirement."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from fmnist_spec.gate.check import Checker
    from fmnist_spec.gate.finding import Result

OPTION = "fmnist_spec"
CHECKER: pytest.StashKey[Checker] = pytest.StashKey()


class FindingWarning(pytest.PytestWarning):
    """A finding that does not fail the notebook."""


class FindingsError(Exception):
    """Findings that fail a test; the text is the report of them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one option; everything else stands in [tool.fmnist_spec] of pyproject.toml."""
    parser.getgroup("fmnist-spec").addoption(
        "--fmnist-spec",
        action="store_true",
        dest=OPTION,
        help="check the notebooks among the paths: one test for each notebook and requirement",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the settings, so that a mistake in them is told before anything is collected."""
    if not config.getoption(OPTION):
        return
    from fmnist_spec.gate.check import Checker
    from fmnist_spec.gate.config import load_config
    from fmnist_spec.lesson import load_lesson

    try:
        settings = load_config(config.rootpath)
        config.stash[CHECKER] = Checker(load_lesson(settings.lesson), settings)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    config.add_cleanup(config.stash[CHECKER].close)  # ends the processes that ran notebooks


@pytest.hookimpl(hookwrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Generator[None, Any, None]:
    """Collect a notebook as one; pytest would import a .py that is named as a test module."""
    collected = yield
    if not parent.config.getoption(OPTION):
        return
    from fmnist_spec.gate.discovery import is_course_file

    if is_course_file(file_path):
        collected.force_result([NotebookFile.from_parent(parent, path=file_path)])


class NotebookFile(pytest.File):
    """A notebook. It runs once, when the first of its tests does."""

    def collect(self) -> Iterator[pytest.Item]:
        """Give a test for each rule that is asked for."""
        for rule in self.config.stash[CHECKER].config.rules:
            yield RequirementItem.from_parent(self, name=rule)

    @cached_property
    def result(self) -> Result:
        """What the check of the notebook said."""
        from fmnist_spec.gate.check import read
        from fmnist_spec.gate.finding import Result
        from fmnist_spec.gate.run.process import UNABLE

        found = read(self.path)
        if isinstance(found, Result):
            return found
        try:
            return self.config.stash[CHECKER].check(found)
        except UNABLE as error:
            return Result(self.path, "error", reason=" ".join(str(error).split()))


class RequirementItem(pytest.Item):
    """One requirement of one notebook, its parent. Errors fail it, warnings are told."""

    def runtest(self) -> None:
        """Fail or warn with what this rule found. Raises FindingsError."""
        from fmnist_spec.gate.report.text import as_text

        result = cast(NotebookFile, self.parent).result
        if result.reason:
            raise FindingsError(result.reason)
        found = [finding for finding in result.findings if finding.rule == self.name]
        text = "\n".join(as_text(finding, result) for finding in found)
        if any(finding.severity == "error" for finding in found):
            raise FindingsError(text)
        if any(finding.severity == "warning" for finding in found):
            self.warn(FindingWarning(text))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show findings without the frames of this plugin."""
        if isinstance(excinfo.value, FindingsError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the test by its notebook and requirement."""
        return self.path, None, f"{self.path.name}: {self.name}"
