"""The steps of action.yml and of workflows, run by bash as GitHub's runner runs them."""

import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

import fmnist_spec

ROOT = Path(__file__).parents[1]
PACKAGES = str(Path(fmnist_spec.__file__).parents[1])  # where the package is that is tested
EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")


def steps_of(file: str, job: str = "") -> list[dict[str, Any]]:
    """Read the steps of an action, or of a job of a workflow."""
    read = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))
    steps: list[dict[str, Any]] = (read["jobs"][job] if job else read["runs"])["steps"]
    return steps


def unpinned(file: str) -> Iterator[str]:
    """Give the lines that use what may become something else under the same name."""
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if "uses:" in line and not PINNED.search(line):
            yield line


def written(text: str, values: Mapping[str, str]) -> str:
    """Put the values of expressions in their places."""
    return EXPRESSION.sub(lambda found: values[found[1]], text)


def run_step(
    step: Mapping[str, Any], folder: Path, values: Mapping[str, str], **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the lines of a step in a folder, with the environment that it asks for."""
    asked = {name: written(str(text), values) for name, text in step.get("env", {}).items()}
    return subprocess.run(
        [*BASH, written(step["run"], values)],
        cwd=folder,
        env={**os.environ, "FMNIST_SPEC_LANG": "en", **environment, **asked},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def install_by_link(folder: Path) -> Path:
    """Make an environment with the command, as pip would, that has the packages of this one."""
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/*/site-packages")
    paths = [PACKAGES, *(one for one in sys.path if one.endswith("-packages"))]
    (packages / "all.pth").write_text("\n".join(paths))
    command = folder / "bin" / "fmnist-spec"
    lines = f"#!{folder / 'bin' / 'python'}", "from fmnist_spec.__main__ import main"
    command.write_text("\n".join([*lines, "raise SystemExit(main())"]))
    command.chmod(0o755)
    return folder / "bin"
