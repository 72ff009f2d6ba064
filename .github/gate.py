"""The steps of action.yml: name what pip keeps, install the gate, run it.

A stranger's checkout is the current folder, so none of it is imported: every Python here is
isolated (-I), and the gate is the installed command. What the workflow gives comes in environment
variables, and is never part of a line of the shell.
"""

import hashlib
import os
import shlex
import subprocess
import sys
import venv
from contextlib import suppress
from datetime import date
from itertools import count
from pathlib import Path

ACTION = Path(__file__).resolve().parents[1]
TEMP = Path(os.environ["RUNNER_TEMP"])
INSTALLED = TEMP / "fmnist-spec" / ("Scripts" if os.name == "nt" else "bin")
PIP = [sys.executable, "-I", "-m", "pip"]
SETTINGS = "pyproject.toml"


def requirements() -> list[str]:
    """Give what pip installs: this checkout of the action, TensorFlow, and what is asked for."""
    name = "tensorflow" if sys.platform == "darwin" else "tensorflow-cpu"
    version = os.environ["TENSORFLOW"]
    asked = f"{name}=={version}.*" if version else name
    return [str(ACTION), asked, *words("PACKAGES")]


def words(name: str) -> list[str]:
    """Read an input of several words, of which those with blanks are quoted."""
    try:
        return shlex.split(os.environ[name])
    except ValueError as error:
        told = f"fmnist-spec: {name.lower()}: found {os.environ[name]!r}: {error}. Close the quote."
        print(told, file=sys.stderr)
        sys.exit(2)


def cache() -> None:
    """Say where pip keeps what it downloads, and name it: anew each month, as versions come."""
    folder = subprocess.run([*PIP, "cache", "dir"], check=True, capture_output=True, text=True)
    asked = (*requirements()[1:], sys.version, (ACTION / SETTINGS).read_text(encoding="utf-8"))
    name = hashlib.sha256("\0".join(asked).encode()).hexdigest()[:16]
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write(f"folder={folder.stdout.strip()}\n")
        file.write(f"key=fmnist-spec-{sys.platform}-{date.today():%Y-%m}-{name}\n")


def install() -> None:
    """Install into an environment of its own, so that the workflow's Python stays as it is."""
    venv.create(INSTALLED.parent, symlinks=os.name != "nt")
    into = ["--python", str(INSTALLED.parent)]
    subprocess.run([*PIP, *into, "install", "--quiet", *requirements()], check=True)


def check() -> None:
    """Run the gate: annotations and the summary of the step, and a page."""
    if os.environ["BASE"]:
        refuse_lessons(words("OPTIONS"))
        subprocess.run([INSTALLED / "python", "-I", __file__, "settings"], check=True)
    command = [INSTALLED / "fmnist-spec", "check", "--output-format", "github"]
    page = f"--output-file=html={report()}"
    asked = [page, *words("OPTIONS"), "--", *words("PATHS")]
    sys.exit(subprocess.run([*command, *asked], check=False).returncode)


def report() -> Path:
    """Name the page, and tell the next step: each use of the action in a job has its own."""
    names = ("fmnist-spec-report" + (f"-{use}" if use > 1 else "") for use in count(1))
    page = next(one for one in (TEMP / f"{name}.html" for name in names) if not one.exists())
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write(f"page={page}\nuse={page.stem.removeprefix('fmnist-spec-report')}\n")
    return page


def refuse_lessons(options: list[str]) -> None:
    """Refuse lesson files by options, which would be those of a stranger's change."""
    if any(one.startswith("--le") for one in options):  # it may be shortened
        told = "a stranger's pull request: name lesson files in pyproject.toml, not by --lesson"
        print(f"fmnist-spec: {told}.", file=sys.stderr)
        sys.exit(2)


def take_settings() -> None:
    """Let settings and lesson files be those of the base branch, not of a stranger's change."""
    from fmnist_spec.gate.course.config import load_config

    base = os.environ["BASE"]
    if git("cat-file", "-e", f"{base}^{{commit}}"):
        git("fetch", "--quiet", "--depth=1", "origin", base, check=True)
    take(base, SETTINGS)
    with suppress(ValueError):  # the gate itself says what is wrong with them
        config = load_config(Path.cwd())
        for file in {file for one in (config, *config.notebooks) for file in one.lessons}:
            with suppress(ValueError):  # one that the package ships stands elsewhere
                take(base, str(Path(os.path.normpath(file)).relative_to(Path.cwd())))
    print(f"fmnist-spec: settings and lesson files are those of {base}.")


def take(base: str, file: str) -> None:
    """Let a file be as it was in a commit, or be absent."""
    if git("checkout", "--quiet", base, "--", file):
        git("rm", "--quiet", "--force", "--ignore-unmatch", "--", file, check=True)


def git(*arguments: str, check: bool = False) -> int:
    """Run git, and give its exit code."""
    command = ["git", "--literal-pathspecs", *arguments]
    errors = None if check else subprocess.DEVNULL
    return subprocess.run(command, stderr=errors, check=check).returncode


STEPS = {"cache": cache, "install": install, "settings": take_settings, "check": check}

if __name__ == "__main__":
    try:
        STEPS[sys.argv[1]]()
    except subprocess.CalledProcessError as error:  # what it ran has said why
        sys.exit(error.returncode)
