"""docs/ci.md: its recipes are read by what they are for, and run as far as they can be here."""

import configparser
import re
import subprocess
import sys

import pytest
import yaml
from steps import PACKAGES, ROOT, run_step

import fmnist_spec

pytestmark = pytest.mark.once
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCKS = [(kind, text) for kind, text in FENCED.findall(PAGE)]
READ = [yaml.safe_load(text) for kind, text in BLOCKS if kind == "yaml"]
GITHUB = [one["jobs"]["notebooks"]["steps"] for one in READ if "jobs" in one]
(GITLAB,) = (one["notebooks"] for one in READ if "jobs" not in one)
(TOX,) = (text for kind, text in BLOCKS if kind == "ini")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


@pytest.fixture
def run(tmp_path):
    """Run a line of a recipe where the notebook of a course cannot be read."""
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "fmnist-spec"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fmnist_spec "$@"\n')
    command.chmod(0o755)
    (tmp_path / "07_2.ipynb").write_text("{")
    path = {"PATH": f"{command.parent}:/usr/bin:/bin", "PYTHONPATH": PACKAGES}
    return lambda line: run_step({"run": line}, tmp_path, {}, **path)


def lines(steps):
    """The lines of a recipe that do not install."""
    return [one for one in steps if "pip install" not in one]


def test_every_recipe_names_this_version():
    """Who copies one gets what the page is about; no page installs what no registry has."""
    pages = [*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md")]
    told = "\n".join(one.read_text(encoding="utf-8") for one in pages)
    version = r"(?:fmnist_spec(?:@v|-|/releases/download/v)|rev: v)(\d[\d.]*\d)"
    named = re.findall(version, told)
    assert len(named) > 8, named
    assert not re.findall(r"^.*pip install.*fmnist-spec(?!\S* @).*$", told, re.MULTILINE)
    assert {*named} == {fmnist_spec.__version__}


def test_the_table_of_inputs_is_that_of_the_action():
    """In their order; and the recipe gives no other ones."""
    table = PAGE.partition("| input |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE) == [*ACTION["inputs"]]
    (given,) = (one["with"] for one in GITHUB[0] if "OWNER" in one.get("uses", ""))
    assert given.keys() <= ACTION["inputs"].keys()


def test_the_lines_for_github_report_what_they_find(run, tmp_path):
    """An annotation, and the page that the last step uploads."""
    (line,) = lines(one["run"] for one in GITHUB[1] if "run" in one)
    ran = run(line)
    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert ran.stdout.startswith("::error file=07_2.ipynb")
    (uploaded,) = (one["with"]["path"] for one in GITHUB[1] if "upload" in one.get("uses", ""))
    assert (tmp_path / uploaded).exists()


def test_the_lines_for_gitlab_write_what_it_shows(run, tmp_path):
    """Each artifact is there also when the job fails; GitLab keeps it then."""
    (line,) = lines(GITLAB["script"])
    ran = run(line)
    assert ran.returncode == 2, ran.stdout + ran.stderr
    kept = GITLAB["artifacts"]
    assert kept["when"] == "always"
    for file in (*kept["paths"], *kept["reports"].values()):
        assert (tmp_path / file).exists(), file


def test_the_tensorflows_of_the_tox_file_are_tested_here():
    """Each pin of the recipe is one of this repository's own environments."""
    recipe, own = configparser.ConfigParser(), (ROOT / "tox.ini").read_text(encoding="utf-8")
    recipe.read_string(TOX)
    pins = [one for one in recipe["testenv"]["deps"].splitlines() if one.startswith("tf")]
    assert len(pins) == 4
    for pin in pins:
        factor, _, asked = pin.partition(": ")
        assert re.search(rf"^ +{re.escape(factor)}\S*: {re.escape(asked)}$", own, re.M), pin


def test_tox_reads_the_file_of_a_course(tmp_path):
    """Two environments, each with its own TensorFlow and Keras; paths are handed on."""
    pytest.importorskip("tox", reason="tox run -e lint has it")
    (tmp_path / "tox.ini").write_text(TOX)
    command = [sys.executable, "-m", "tox", "config", "-k", "deps", "commands", "--", "07_2.ipynb"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    of = dict(re.findall(r"^\[testenv:(\S+)\]\n(.*?)(?=^\[|\Z)", ran.stdout, re.M | re.DOTALL))
    assert sorted(of) == ["tf2.15", "tf2.21"]
    for name, text in of.items():
        assert re.findall(r"tensorflow-cpu==(\d+\.\d+)", text) == [name.removeprefix("tf")]
        assert "fmnist-spec check 07_2.ipynb" in text
