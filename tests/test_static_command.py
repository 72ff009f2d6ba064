"""`check --static` as a command: what it does not do, what it refuses, and what it is told."""

import json
import os
import subprocess
import sys

import pytest

from fmnist_spec import cli

pytestmark = pytest.mark.once
HARMFUL = "from pathlib import Path\nPath('ran').touch()\nimport tensorflow"
FALSE = "28 x 28 = 785"


def notebook(*sources):
    """Make a notebook of sources; those that begin with a digit are text."""
    own = {"code": {"outputs": [], "execution_count": None}, "markdown": {}}
    cells = []
    for source in sources:
        kind = "markdown" if source[0].isdigit() else "code"
        cells.append({"cell_type": kind, "metadata": {}, "source": source, **own[kind]})
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments, **environment):
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "fmnist_spec", "check", *arguments]
    env = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


def test_nothing_is_run_and_no_tensorflow_imported(folder):
    """A package of that name, which would be found first, notices no import."""
    fake = folder / "packages" / "tensorflow"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text(f"open({str(folder / 'imported')!r}, 'w')")
    (folder / "one.ipynb").write_text(notebook(HARMFUL, FALSE))
    paths = os.pathsep.join([str(fake.parent), *filter(None, sys.path)])
    done = run("--static", "one.ipynb", PYTHONPATH=paths)
    assert (done.returncode, "prose-arithmetic" in done.stdout) == (1, True), done
    assert {one.name for one in folder.iterdir()} == {"one.ipynb", "packages"}


def test_what_a_static_check_needs_is_all_that_it_loads(folder):
    """Each library costs more time than a notebook: pages, numbers and tables are for others."""
    (folder / "one.ipynb").write_text(notebook("x = 1"))
    code = (
        "import sys; from fmnist_spec.cli import main; "
        "main(['check', '--static', 'one.ipynb', '--format', 'concise']); "
        "slow = {'numpy', 'IPython', 'jupytext', 'jinja2', 'nh3', 'sklearn', 'rich.console'}; "
        "print('loaded:', *sorted(slow & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "loaded:", done


@pytest.mark.parametrize("option", ["--full", "--sample", "--require-isolation", "--data=x"])
def test_options_of_runs_are_refused(folder, option, capsys):
    """They would be of no use, and who gives them expects a run."""
    assert cli.main(["check", "--static", option]) == 2
    told = capsys.readouterr().err
    assert f"found --static and {option.partition('=')[0]}: with --static nothing is run." in told


def test_only_rules_that_need_a_run_are_refused(folder, capsys):
    """Every notebook would pass."""
    (folder / "one.ipynb").write_text(notebook("x = 1"))
    assert cli.main(["check", "--static", "--select", "network,loss"]) == 2
    told = capsys.readouterr().err
    assert "select: found network and loss, expected a rule that needs no run (cell-raises" in told
    assert "Select one of these, or leave --static out." in told


def test_a_file_that_breaks_the_reader_costs_itself_alone(folder, capsys):
    """As in a whole check: reading and judging has a process of its own."""
    (folder / "deep.ipynb").write_text('{"nbformat": 4, "cells": ' + "[" * 100_000)
    (folder / "wrong.ipynb").write_text(notebook(FALSE))
    assert cli.main(["check", "--static", "deep.ipynb", "wrong.ipynb", "--format", "csv"]) == 2
    rows = [line.split(",") for line in capsys.readouterr().out.splitlines()]
    assert [row[:2] for row in rows[1:]] == [["deep.ipynb", "error"], ["wrong.ipynb", "fail"]]
