"""The hooks for pre-commit, by the real tool: what is committed and pushed to a course is checked.

Installing a hook's environment takes minutes, so here both use this one (language: system).
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fmnist_spec.gate.notebook import NOTEBOOK

pytestmark = pytest.mark.once
TOP = Path(__file__).parents[1]
HOOKS = TOP / ".pre-commit-hooks.yaml"
OURS = ("fmnist-spec-static", "fmnist-spec")
CONFIG = """
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: fmnist-spec-static
      - id: fmnist-spec
        args: [--sample]
"""
WHO = {
    f"GIT_{one}_{key}": "t@example.org"
    for one in ("AUTHOR", "COMMITTER")
    for key in ("NAME", "EMAIL")
}
TOLD = "Nothing was run (--static)"


def run(folder, *command, code=0):
    """Run a command in a folder; gives what it printed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    told = done.stdout + done.stderr
    assert done.returncode == code, f"{command} in {folder}: {done.returncode}\n{told}"
    return told


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Let git and pre-commit find this Python's commands, and nothing of who runs the tests."""
    if shutil.which("pre-commit", path=str(Path(sys.executable).parent)) is None:
        told = "pre-commit is not here: pip install pre-commit"
        pytest.fail(told) if os.environ.get("CI") else pytest.skip(told)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        patch.setenv("PRE_COMMIT_HOME", str(tmp_path_factory.mktemp("cache")))
        for name, value in {**WHO, "GIT_CONFIG_GLOBAL": os.devnull}.items():
            patch.setenv(name, value)
        for name in [one for one in os.environ if one.startswith("GIT_") and one not in WHO]:
            if name != "GIT_CONFIG_GLOBAL":
                patch.delenv(name)
        yield


@pytest.fixture(scope="module")
def hooks(environment, tmp_path_factory):
    """Give a repository with the hooks, as this one is, and its revision."""
    folder = tmp_path_factory.mktemp("hooks")
    text, number = re.subn(r"(?m)^  language: python$", "  language: system", HOOKS.read_text())
    text = re.sub(r"(?m)^  additional_dependencies: .*\n", "", text)
    assert number == len(OURS)
    (folder / HOOKS.name).write_text(text)
    run(folder, "git", "init", "-q", "-b", "main")
    run(folder, "git", "add", ".")
    run(folder, "git", "commit", "-qm", "hooks")
    return folder, run(folder, "git", "rev-parse", "HEAD").strip()


@pytest.fixture
def course(hooks, tmp_path):
    """Make a course's repository with the lesson's notebook, a program, and the hooks."""
    repository, revision = hooks
    folder = tmp_path / "course"
    run(tmp_path, "git", "init", "-q", "--bare", "there")
    run(tmp_path, "git", "init", "-q", "-b", "main", "course")
    run(folder, "git", "remote", "add", "origin", "../there")
    config = CONFIG.format(repository=repository, revision=revision)
    (folder / ".pre-commit-config.yaml").write_text(config)
    (folder / "07_2.ipynb").write_bytes(NOTEBOOK.read_bytes())
    (folder / "setup.py").write_text("# 28 x 28 = 785\n")
    kinds = [f"--hook-type={one}" for one in ("pre-commit", "pre-push")]
    run(folder, "pre-commit", "install", *kinds)
    told = commit(folder)
    assert "fmnist-spec (static)....." in told, told
    assert "Passed" in told, told
    return folder


def commit(folder, code=0):
    run(folder, "git", "add", ".")
    return run(folder, "git", "commit", "-m", "change", code=code)


def edit(notebook, old, new):
    """Replace in all sources of a notebook."""
    content = json.loads(notebook.read_text("utf-8"))
    for cell in content["cells"]:
        cell["source"] = "".join(cell["source"]).replace(old, new)
    notebook.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def test_a_commit_with_a_false_number_is_refused(course):
    """With the finding, and after the correction it is made; a push of it is checked, too."""
    first = run(course, "git", "rev-parse", "HEAD")
    edit(course / "07_2.ipynb", "78,500", "78,400")
    told = commit(course, code=1)
    assert "error prose-arithmetic" in told, told
    assert "78,500, not 78,400" in told, told
    assert TOLD in told, told
    assert run(course, "git", "rev-parse", "HEAD") == first
    edit(course / "07_2.ipynb", "78,400", "78,500")
    assert "Passed" in commit(course)
    assert run(course, "git", "rev-parse", "HEAD") != first


def test_a_file_that_is_no_notebook_of_the_lesson_is_passed_by(course):
    """A program with the same mistake, and a notebook of something else."""
    (course / "setup.py").write_text("# 28 x 28 = 786\n")
    other = {"cell_type": "markdown", "metadata": {}, "source": "28 x 28 = 785"}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [other]}
    (course / "other.ipynb").write_text(json.dumps(content))
    assert "Passed" in commit(course)


def test_a_push_of_another_network_is_refused(course):
    """What only a run shows: it passes the commit, and the push tells it."""
    edit(course / "07_2.ipynb", "Dense(100", "Dense(64")
    commit(course)
    told = run(course, "git", "push", "origin", "main", code=1)
    assert "error network" in told, told
    assert TOLD not in told, told
    assert run(course.parent / "there", "git", "branch") == ""


def test_the_hooks_are_two_and_take_what_the_gate_takes(hooks):
    """The static one before a commit, the other before a push; pre-commit reads the file."""
    yaml = pytest.importorskip("yaml")
    own = {one["id"]: one for one in yaml.safe_load(HOOKS.read_text())}
    assert tuple(own) == OURS
    assert [own[one]["stages"] for one in OURS] == [["pre-commit"], ["pre-push"]]
    assert all(one["types_or"] == ["jupyter", "python", "markdown"] for one in own.values())
    told = run(TOP, "pre-commit", "validate-manifest", HOOKS.name)
    assert told == ""
