"""A notebook of a revision of git, with the files beside it; or one line that says why not.

Real repositories, and the git that is installed; no notebook is run.
"""

import os
import subprocess
from pathlib import Path

import pytest

from fmnist_spec.gate.confine.files.repository import folders_of
from fmnist_spec.gate.diff import revision
from fmnist_spec.gate.diff.both import _settings_of
from fmnist_spec.gate.diff.revision import Version, version_of
from fmnist_spec.gate.notebook import NotebookError

FIRST = {
    "chapters/07_2.ipynb": "first",
    "chapters/helper.py": "first",
    "chapters/신경망 1.ipynb": "first",
    "data/classes.csv": "0,티셔츠",
    "07_1.ipynb": "top",
}
ENTRY = '[[tool.fmnist_spec.notebooks]]\npaths = ["chapters/*.ipynb"]\nlesson = "lessons/{}.toml"\n'


def git(folder: Path, *arguments: str) -> str:
    own = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false")
    ended = subprocess.run(["git", *own, *arguments], cwd=folder, check=True, capture_output=True)
    return ended.stdout.decode()


def commit(folder: Path, message: str, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course with two revisions: the current folder."""
    root = tmp_path / "a course"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    commit(root, "first: begin", FIRST)
    git(root, "tag", "first")
    commit(root, "second", {name: "second" for name in FIRST if "07_2" in name or "help" in name})
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def laid(tmp_path: Path) -> Path:
    return tmp_path / "laid"


@pytest.mark.parametrize("name", ["first", "HEAD~1", "main~1", "HEAD^{/first: begin}", "first^{}"])
def test_the_files_are_those_of_the_revision(repository: Path, laid: Path, name: str) -> None:
    """All of them, in their places below a folder that is the top of a repository."""
    index = (repository / ".git/index").read_bytes()
    found = version_of(f"{name}:chapters/07_2.ipynb", laid)
    assert found.path.read_text() == "first"
    assert (found.path.parent / "helper.py").read_text() == "first"
    top, own = map(Path, folders_of(found.path))
    assert {one: (top / one).read_text("utf-8") for one in FIRST} == FIRST
    assert own == found.path.parent
    assert found.owner == Path(os.path.realpath(repository / "chapters/07_2.ipynb"))
    assert (repository / ".git/index").read_bytes() == index
    assert git(repository, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("path", "text"),
    [("./07_2.ipynb", "first"), ("../07_1.ipynb", "top"), ("07_1.ipynb", "top")],
)
def test_a_path_counts_from_the_top_or_from_here(
    repository: Path, laid: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str
) -> None:
    """As git reads it."""
    monkeypatch.chdir(repository / "chapters")
    assert version_of(f"first:{path}", laid).path.read_text() == text


def test_names_of_any_language_are_found(repository: Path, laid: Path) -> None:
    """Git quotes them in its lists, unless it is asked not to."""
    assert version_of("first:chapters/신경망 1.ipynb", laid).path.read_text() == "first"


def test_a_file_that_exists_wins(repository: Path, laid: Path) -> None:
    """Whatever its name looks like."""
    (repository / "first:07_1.ipynb").write_text("a file")
    assert version_of("first:07_1.ipynb", laid).path.read_text() == "a file"


@pytest.mark.parametrize("path", ["C:\\x.ipynb", "c:/x.ipynb"])
def test_a_drive_of_windows_is_no_revision(repository: Path, laid: Path, path: str) -> None:
    """Not even where a branch has its name."""
    git(repository, "branch", path[0])
    with pytest.raises(NotebookError, match=r"path: no such file or folder\. Give a file, or a"):
        version_of(path, laid)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            "no.ipynb",
            "no.ipynb: path: no such file or folder. Give a file, or a file of a revision",
        ),
        ("chapters", "chapters: notebook: it is a folder. Give one notebook; `fmnist-spec check`"),
        ("first:chapters", "it is a folder. Give one notebook"),
        ("first:", "it is a folder."),
        ("first:./", "it is a folder."),
        ("gone:07_1.ipynb", "git knows no revision 'gone' here. Check its name. A clone that is"),
        ("first:07_2.ipynb", "has no file '07_2.ipynb'. Did you mean chapters/07_2.ipynb? A path"),
        (
            "first:../07_1.ipynb",
            "the revision has no file '../07_1.ipynb'. Did you mean 07_1.ipynb?",
        ),
        ("first:/etc/passwd", "the revision has no file '/etc/passwd'. A path counts from the top"),
        ("first:07_9.ipynb", "A notebook that is new has nothing to be compared with"),
        ("-:07_1.ipynb", "git knows no revision '-' here."),
        ("first^{blob}:07_1.ipynb", "git knows no revision 'first^{blob}' here."),
    ],
)
def test_what_is_no_notebook_is_told_in_one_line(
    repository: Path, laid: Path, asked: str, said: str
) -> None:
    """With the remedy."""
    with pytest.raises(NotebookError) as error:
        version_of(asked, laid)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_here_is_meant_where_a_path_lacks_it(
    repository: Path, laid: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path from the current folder needs ./ before it, which is easily forgotten."""
    monkeypatch.chdir(repository / "chapters")
    with pytest.raises(NotebookError, match=r"Did you mean \./07_2\.ipynb\?"):
        version_of("first:07_2.ipynb", laid)


@pytest.mark.parametrize("begin", ["--output=made", "-o", "--exec=touch made;", "-h"])
def test_no_revision_reaches_git_as_an_option(repository: Path, laid: Path, begin: str) -> None:
    """It would write files, or start programs."""
    with pytest.raises(NotebookError, match="git knows no revision"):
        version_of(f"{begin}:07_1.ipynb", laid)
    assert not (repository / "made").exists()


def test_a_hostile_name_is_one_harmless_line(repository: Path, laid: Path) -> None:
    """It may come from a pull request."""
    with pytest.raises(NotebookError) as error:
        version_of("first:a\n::error::forged\x1b[2J.ipynb", laid)
    assert not {"\n", "\x1b"} & {*str(error.value)}


def test_git_that_is_not_installed_is_told(
    repository: Path, laid: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file needs none."""
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(NotebookError, match=r"needs git, which is not installed\. Install git, or"):
        version_of("first:07_1.ipynb", laid)
    assert version_of("07_1.ipynb", laid).path == Path("07_1.ipynb")


def test_a_folder_that_is_no_repository_is_told(
    tmp_path: Path, laid: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In git's own words, which say more than ours could."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(NotebookError, match=r"git says: fatal: not a git repository.*Run the comm"):
        version_of("main:07_1.ipynb", laid)


def test_of_too_many_files_the_nearest_are_laid(
    repository: Path, laid: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notebook itself always, then its folder: a large repository fills no disk."""
    monkeypatch.setattr(revision, "MOST_LISTED", 3)
    found = version_of("first:chapters/07_2.ipynb", laid)
    files = {str(one.relative_to(found.path.parents[1])) for one in laid.rglob("*.*")}
    assert {one for one in FIRST if one in files} == {one for one in FIRST if "chapters" in one}
    monkeypatch.setattr(revision, "MOST_BYTES", 0)
    found = version_of("main:chapters/07_2.ipynb", laid / "2")
    assert [one.name for one in found.path.parent.iterdir()] == ["07_2.ipynb"]


def lessons(*versions: Version) -> list[str]:
    """Name the lesson that each is held against."""
    config = _settings_of(versions, ())
    return [Path(config.settings_of(one.path).lessons[0]).stem for one in versions]


def test_a_revision_has_the_settings_of_its_time(repository: Path, laid: Path) -> None:
    """Its table of notebooks and its lesson files; without any, those of the working tree."""
    commit(repository, "third", {"pyproject.toml": ENTRY.format("old")})
    (repository / "pyproject.toml").write_text(ENTRY.format("new"))
    name = "chapters/07_2.ipynb"
    third, first = version_of(f"HEAD:{name}", laid / "1"), version_of(f"first:{name}", laid / "2")
    now = version_of(name, laid)
    assert lessons(third, now) == ["old", "new"]
    assert lessons(first, now) == ["new", "new"]


def test_a_file_that_no_entry_names_has_the_settings_of_the_other(
    repository: Path, laid: Path, tmp_path: Path
) -> None:
    """Such as a copy of the notebook as it was, which lies somewhere else."""
    commit(repository, "third", {"pyproject.toml": ENTRY.format("own")})
    (tmp_path / "copy.ipynb").write_text("first")
    named = version_of("chapters/07_2.ipynb", laid)
    copy = version_of(str(tmp_path / "copy.ipynb"), laid)
    assert lessons(copy, named) == lessons(named, copy) == ["own", "own"]
