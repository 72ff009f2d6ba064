"""The pytest plugin: with --fmnist-spec, each notebook is one test for each requirement."""

from __future__ import annotations

import pytest

from fmnist_spec.harmless import harmless
from fmnist_spec.language import say
from fmnist_spec.plugin.course import SERVED, Course
from fmnist_spec.plugin.items import CHECKER, DESK, FindingWarning

__all__ = ["FindingWarning"]  # by this name pytest -W finds it

OPTION, LESSONS, FULL = "fmnist_spec", "fmnist_spec_lessons", "fmnist_spec_full"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; everything else stands in [tool.fmnist_spec] of pyproject.toml."""
    group = parser.getgroup("fmnist-spec")
    on = {"action": "store_true"}
    group.addoption("--fmnist-spec", **on, dest=OPTION, help=say("plugin.help"))
    group.addoption(
        "--fmnist-spec-lesson",
        action="append",
        default=[],
        metavar="FILE",
        dest=LESSONS,
        help=say("plugin.help-lesson"),
    )
    group.addoption("--fmnist-spec-full", **on, dest=FULL, help=say("plugin.help-full"))


def pytest_configure(config: pytest.Config) -> None:
    """Read the settings, so that a mistake in them is told before anything is collected."""
    if not config.getoption(OPTION):
        return
    from fmnist_spec.gate.check import Checker
    from fmnist_spec.gate.confine.sandbox import RunSettings
    from fmnist_spec.gate.course.config import load_config
    from fmnist_spec.lesson import lesson_file
    from fmnist_spec.plugin.serving import Desk, called

    folder = config.invocation_params.dir
    lessons = tuple(str(folder / lesson_file(one)) for one in config.getoption(LESSONS))
    try:
        settings = load_config(folder).with_options(lessons=lessons)
        checker = Checker(settings, settings=RunSettings(full=config.getoption(FULL)))
    except ValueError as error:
        raise pytest.UsageError(harmless(error)) from None
    config.add_cleanup(checker.close)  # ends the processes that ran notebooks
    desk, served = Desk(checker), getattr(config, "workerinput", {}).get(SERVED)
    config.stash[CHECKER] = checker
    config.stash[DESK] = called(*served) if served else desk
    config.pluginmanager.register(Course(settings, desk))


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Explain why two summaries are not equal."""
    from fmnist_spec.summary import Summary

    if op == "==" and isinstance(left, Summary) and isinstance(right, Summary):
        return [f"{left!r} == {right!r}", *left.unequal(right)]
    return None
