"""The commands of the README are run, in the order in which a reader meets them."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from fmnist_spec.gate.notebook import NOTEBOOK

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SHELL = re.findall(r"^ *```sh\n(.*?)^ *```$", README, re.DOTALL | re.MULTILINE)
LINES = [line.strip() for block in SHELL for line in block.splitlines()]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with one notebook, which nothing holds against a lesson yet."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "chapters").mkdir()
    for path in (folder / "07_2.ipynb", folder / "chapters" / "07_2.ipynb"):
        path.write_bytes(NOTEBOOK.read_bytes())
    return folder


@pytest.mark.parametrize("line", [one for one in LINES if "pip install" not in one])
def test_a_command_does_what_the_readme_says(course: Path, line: str) -> None:
    """Each ends with exit code 0, one after the other, in one folder."""
    command, *arguments = shlex.split(line)
    call = [sys.executable, "-m", Path(command).name.replace("-", "_"), *arguments]
    environment = {**os.environ, "FMNIST_SPEC_LANG": "en"}
    ran = subprocess.run(
        call, cwd=course, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, f"{line}\n{ran.stdout}\n{ran.stderr}"
