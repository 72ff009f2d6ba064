"""What is shipped: the files of a release, and what action.yml installs.

Tests that build need what `tox run -e lint` installs, and are skipped without it.
"""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from steps import ROOT, run_step, steps_of, unpinned

import fmnist_spec

pytestmark = pytest.mark.once
RELEASE = ".github/workflows/release.yml"
STEPS = {step["name"]: step for step in steps_of(RELEASE, "build") if "name" in step}
VERSION = fmnist_spec.__version__
SHIPPED = ["fmnist_spec", ".github", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"]
BUILT = [f"fmnist_spec-{VERSION}.tar.gz", f"fmnist_spec-{VERSION}-py3-none-any.whl"]


@pytest.fixture
def copy(tmp_path):
    """The repository where this version has a date."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for name in SHIPPED:
        one = ROOT / name
        (shutil.copytree if one.is_dir() else shutil.copy)(one, folder / name)
    changes = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    dated = f"## {VERSION} (2026-12-01)\n\n- A change.\n\n## 0.0.1 (2026-01-01)\n\n- Older.\n"
    (folder / "CHANGELOG.md").write_text(changes.partition("## ")[0] + dated, encoding="utf-8")
    return folder


def release(copy, tag=f"v{VERSION}", built=BUILT):
    """Run what checks a release of files that are there."""
    (copy / "dist").mkdir()
    for name in built:
        (copy / "dist" / name).touch()
    command = [sys.executable, ".github/release.py", tag]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)


def test_the_notes_of_a_release_are_its_part_of_the_changelog(copy):
    """And no other version's."""
    ran = release(copy)
    assert (ran.returncode, ran.stdout) == (0, "- A change.\n"), ran.stderr


WRONG = {
    "another version": ({"tag": "v9.9.9"}, "the tag is v9.9.9"),
    "a tag without v": ({"tag": VERSION}, f"tag v{VERSION}"),
    "another file": ({"built": [*BUILT, "old.whl"]}, "dist has"),
    "a file that lacks": ({"built": BUILT[:1]}, "dist has"),
}


@pytest.mark.parametrize(("given", "told"), WRONG.values(), ids=WRONG)
def test_a_release_that_is_not_what_its_tag_says_is_refused(copy, given, told):
    """In one line, before anything is published."""
    ran = release(copy, **given)
    assert ran.returncode == 1
    assert told in ran.stderr
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("heading", [f"## {VERSION} (not released yet)", f"## {VERSION}", "## 9.9"])
def test_a_release_needs_a_date_in_the_changelog(copy, heading):
    """Whoever tags must have written what users read, and closed it."""
    (copy / "CHANGELOG.md").write_text(f"# Changelog\n\n{heading}\n\n- A change.\n")
    assert "CHANGELOG.md has no heading" in release(copy).stderr


def test_the_workflow_may_write_where_it_publishes_and_nowhere_else():
    """What builds runs the code of packages, and cannot change the repository."""
    read = yaml.safe_load((ROOT / RELEASE).read_text(encoding="utf-8"))
    asked = {name: job["permissions"] for name, job in read["jobs"].items()}
    assert read["permissions"] == {}
    assert asked == {"build": {"contents": "read"}, "publish": {"contents": "write"}}
    assert list(unpinned(RELEASE)) == []
    assert [one["run"] for one in STEPS.values() if "${{" in one["run"]] == []


def test_the_steps_build_and_check_the_files(copy, tmp_path):
    """As on GitHub, but with the tools that are here, and without a network."""
    for tool in ("build", "twine", "hatchling"):
        pytest.importorskip(tool, reason="tox run -e lint has what builds")
    values = {"github.ref_name": f"v{VERSION}"}
    here = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    offline = {**STEPS["build"], "run": f"{STEPS['build']['run']} --no-isolation"}
    for step in (offline, STEPS["check"]):
        ran = run_step(step, copy, values, **here)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert sorted(one.name for one in (copy / "dist").iterdir()) == sorted(BUILT)
    assert (copy / "notes.md").read_text() == "- A change.\n"


def test_the_action_installs_the_command(copy, tmp_path):
    """Its steps name what pip keeps, and let it install from the action's own checkout."""
    for tool in ("pip", "hatchling"):
        pytest.importorskip(tool, reason="tox run -e lint has what builds")
    steps = {one["run"].split()[-1]: one for one in steps_of("action.yml") if "run" in one}
    values = {"steps.python.outputs.python-path": sys.executable}
    values |= {"inputs.tensorflow": "2.99", "inputs.packages": "'of-a-course>=0' --no-compile"}
    told = {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output")}
    # without a network: what builds is of this Python, and the packages asked for are empty
    told |= {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    told |= {"PYTHONPATH": ":".join(sys.path), "PIP_FIND_LINKS": str(tmp_path)}
    for name in ("tensorflow_cpu-2.99.7", "of_a_course-1"):
        empty_wheel(tmp_path, name)
    for name in ("cache", "install"):
        ran = run_step(steps[name], tmp_path, values, GITHUB_ACTION_PATH=str(copy), **told)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    keys = dict(line.split("=") for line in (tmp_path / "output").read_text().splitlines())
    assert keys["folder"].endswith("pip")
    assert keys["key"].startswith("fmnist-spec-")
    assert (tmp_path / "fmnist-spec" / "bin" / "fmnist-spec").exists()
    found = {one.name.partition("-")[0] for one in tmp_path.rglob("*.dist-info")}
    assert found == {"fmnist_spec", "tensorflow_cpu", "of_a_course"}


def empty_wheel(folder, name):
    title, _, version = name.rpartition("-")
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: {title}\nVersion: {version}",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any",
        "RECORD": "",
    }
    with zipfile.ZipFile(folder / f"{name}-py3-none-any.whl", "w") as wheel:
        for file, text in files.items():
            wheel.writestr(f"{name}.dist-info/{file}", text)
