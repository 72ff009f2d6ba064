"""A notebook as pytest's tests: one for each requirement."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fmnist_spec.harmless import harmless
from fmnist_spec.language import say

if TYPE_CHECKING:
    from fmnist_spec.gate.check import Checker
    from fmnist_spec.gate.finding import Result
    from fmnist_spec.gate.notebook import Notebook
    from fmnist_spec.plugin.serving import Desk

SILENCED = "fmnist_spec_silenced"  # the property of a test with the number of such findings
WHOLE = "notebook"  # the one test of a notebook that is not run
CHECKER: pytest.StashKey[Checker] = pytest.StashKey()  # knows which rules are asked for
DESK: pytest.StashKey[Desk] = pytest.StashKey()  # reads and runs notebooks


class FindingWarning(pytest.PytestWarning):
    """A finding that does not fail the notebook."""


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
        return self.config.stash[DESK].read(file)

    @cached_property
    def result(self) -> Result:
        """What the check of the notebook said."""
        from fmnist_spec.gate.finding import Result

        notebook = self.notebook
        return notebook if isinstance(notebook, Result) else self.config.stash[DESK].check(notebook)


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
