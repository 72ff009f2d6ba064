"""action.yml: its steps are run by bash, in repositories of courses, as GitHub's runner does it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import notebooks
import pytest
from steps import ROOT, install_by_link, run_step, steps_of, unpinned, written

STEPS = steps_of("action.yml")
RUN = {step["run"].split()[-1]: step for step in STEPS if "run" in step}
FORK = "github.event.pull_request.head.repo.full_name != github.repository"
BASE = f"{FORK} && github.event.pull_request.base.sha || ''"
TABLE = """[tool.fmnist_spec]
ignore = ["numbering"]
lesson = "lessons/07_2.toml"
"""
HOSTILE = ['"; touch pwned"', '"; touch pwned', "$(touch pwned)", "--output-file=html=pwned"]
Check = Callable[..., subprocess.CompletedProcess[str]]


def git(folder: Path, *arguments: str) -> str:
    names = ("-c", "user.name=a teacher", "-c", "user.email=teacher@example.org")
    command = ["git", *names, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The repository of a course, with a sound notebook and one that somebody changed."""
    (folder := tmp_path / "course").mkdir()
    for name in ("chapters", "lessons"):
        (folder / name).mkdir()
    notebooks.write(folder / "chapters" / "sound.ipynb")
    changed = notebooks.build({"everywhere": ["Dense(100", "Dense(64"]})
    notebooks.write(folder / "chapters" / "changed.ipynb", changed)
    (folder / "lessons" / "07_2.toml").write_bytes(notebooks.LESSON_FILE.read_bytes())
    (folder / "pyproject.toml").write_text(TABLE)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return commit(folder)


def commit(folder: Path) -> Path:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "a change")
    return folder


@pytest.fixture(scope="module")
def temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the step before has installed the gate."""
    folder = tmp_path_factory.mktemp("runner")
    install_by_link(folder / "fmnist-spec")
    return folder


@pytest.fixture
def check(temp: Path) -> Check:
    """Run the step that runs the gate."""
    for page in temp.glob("*.html"):
        page.unlink()

    def run(
        folder: Path, paths: str, base: str = "", options: str = "--sample"
    ) -> subprocess.CompletedProcess[str]:
        values = {"inputs.paths": paths, "inputs.options": options, BASE: base}
        values["steps.python.outputs.python-path"] = sys.executable
        told = {"RUNNER_TEMP": str(temp), "GITHUB_ACTION_PATH": str(ROOT)}
        told["GITHUB_STEP_SUMMARY"] = str(temp / "summary.md")
        told["GITHUB_OUTPUT"] = str(temp / "output")
        (temp / "output").unlink(missing_ok=True)
        return run_step(RUN["check"], folder, values, **told)

    return run


def test_what_is_used_is_named_by_its_commit() -> None:
    """A tag may be moved to another commit by whoever gets hold of it."""
    assert list(unpinned("action.yml")) == []


def test_nothing_from_outside_is_part_of_a_line_of_the_shell() -> None:
    """Inputs come in the environment: there, no quote and no ; is read."""
    assert list(RUN) == ["cache", "install", "check"]
    assert [step["run"] for step in RUN.values() if "${{" in step["run"]] == []
    assert {step["shell"] for step in RUN.values()} == {"bash"}


def test_a_sound_notebook_passes_and_has_its_page(course: Path, check: Check, temp: Path) -> None:
    """The page is what the last step uploads; the summary of the step has the count."""
    ran = check(course, "chapters/sound.ipynb")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "::error" not in ran.stdout
    assert "sound.ipynb" in uploaded(temp)[1].read_text(encoding="utf-8")
    assert "1 notebook: 1 pass" in (temp / "summary.md").read_text(encoding="utf-8")


@pytest.mark.thorough
def test_two_uses_in_a_job_upload_two_pages(course: Path, check: Check, temp: Path) -> None:
    """GitHub refuses a second artifact of the same name."""
    check(course, "chapters/sound.ipynb")
    name, first = uploaded(temp)
    check(course, "chapters/changed.ipynb")
    other, second = uploaded(temp)
    assert first.read_bytes() != second.read_bytes()
    assert name != other


def uploaded(temp: Path) -> tuple[str, Path]:
    """The name and the file of the artifact that the last step leaves, after the gate has run."""
    pairs = (one.split("=") for one in (temp / "output").read_text(encoding="utf-8").splitlines())
    told = {f"steps.gate.outputs.{name}": value for name, value in pairs}
    (step,) = (one for one in STEPS if "upload" in one.get("uses", ""))
    assert step["if"] == "${{ !cancelled() && steps.gate.outputs.page }}"
    known = {"github.job": "notebooks", "strategy.job-index": "0", "inputs.python-version": "3.11"}
    known |= {"inputs.tensorflow || 'newest'": "newest", **told}
    return written(step["with"]["name"], known), Path(written(step["with"]["path"], known))


def test_a_changed_notebook_fails_beside_its_line(course: Path, check: Check) -> None:
    """The exit code fails the step, and the annotation names the file from the repository's top."""
    ran = check(course, "chapters/changed.ipynb")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "::error file=chapters/changed.ipynb,line=" in ran.stdout
    assert "64 units instead of 100" in ran.stdout


@pytest.mark.parametrize("paths", HOSTILE)
def test_a_path_is_no_command_and_no_option(course: Path, check: Check, paths: str) -> None:
    """It may come from a stranger, who chooses the names of files; it is a path, and not there."""
    ran = check(course, paths)
    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    assert [*course.rglob("pwned*")] == []


@pytest.mark.parametrize("options", ["--lesson mine.toml", "--les=mine.toml"])
def test_a_stranger_does_not_choose_the_lesson(
    course: Path, check: Check, temp: Path, options: str
) -> None:
    """An option would take the file from the change that is to be judged by it."""
    ran = check(course, "chapters/sound.ipynb", "HEAD", options)
    assert ran.returncode == 2
    assert "name lesson files in pyproject.toml, not by --lesson" in ran.stderr
    assert not (temp / "output").exists(), "there is no page, and nothing to upload"


SETTINGS, LESSON = "pyproject.toml", "lessons/07_2.toml"


def changed(top: Path) -> None:
    (top / SETTINGS).write_text("[tool.fmnist_spec]\nignore = ['loss']")
    (top / LESSON).write_text("units = 64")


def linked(old: Path, new: Path) -> None:
    old.rename(new)
    (new if new.is_file() else new / "07_2.toml").write_text("units = 64")
    old.symlink_to(new.name if old.parent == new.parent else f"../{new.name}")


CHANGES: dict[str, Callable[[Path], object]] = {
    "other settings and another lesson": changed,
    "no settings": lambda top: (top / SETTINGS).unlink(),
    "a link to another lesson": lambda top: linked(top / LESSON, top / "mine.toml"),
    "a link to other lessons": lambda top: linked(top / "lessons", top / "mine"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_stranger_is_judged_by_the_settings_of_the_course(
    course: Path, check: Check, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    """Whatever a pull request does to them. The base is fetched: a checkout has one commit."""
    base, before = git(course, "rev-parse", "HEAD").strip(), settings(course)
    change(course)
    commit(course)
    git(tmp_path, "clone", "--quiet", "--depth=1", course.as_uri(), "stranger")
    stranger = tmp_path / "stranger"
    assert settings(stranger) != before
    ran = check(stranger, "nothing.ipynb", base)
    assert f"settings and lesson files are those of {base}." in ran.stdout, ran.stderr
    assert settings(stranger) == before


def settings(top: Path) -> list[str | None]:
    files = top / SETTINGS, top / LESSON
    return [one.read_text(encoding="utf-8") if one.exists() else None for one in files]


def test_a_colleague_is_judged_by_the_settings_of_the_change(course: Path, check: Check) -> None:
    """A lesson and its notebook change together: without a base, all is as it is checked out."""
    changed(course)
    mine = settings(course)
    check(course, "nothing.ipynb")
    assert settings(course) == mine


def test_settings_that_the_course_does_not_have_are_taken_away(course: Path, check: Check) -> None:
    """A stranger may not add them either."""
    git(course, "rm", "--quiet", "pyproject.toml")
    base = git(commit(course), "rev-parse", "HEAD").strip()
    (course / "pyproject.toml").write_text(TABLE)
    commit(course)
    check(course, "nothing.ipynb", base)
    assert not (course / "pyproject.toml").exists()


def test_code_of_a_stranger_is_not_imported(course: Path, check: Check) -> None:
    """Modules in the checkout that are named as those of Python, pip or the gate."""
    for name in ("venv", "shlex", "hashlib", "fmnist_spec", "numpy", "sitecustomize"):
        (course / f"{name}.py").write_text("raise SystemExit(7)")
    ran = check(course, "nothing.ipynb", git(course, "rev-parse", "HEAD").strip())
    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert "nothing.ipynb" in ran.stdout
