"""Which files a folder holds for the gate, and which ones a glob matches."""

import unicodedata
from pathlib import Path

import pytest

from fmnist_spec.gate.course.discovery import covers, find_notebooks
from fmnist_spec.gate.notebook import NotebookError

OTHERS = [  # what a walk through a course leaves out
    ".07_2.ipynb",
    ".ipynb_checkpoints/07_2-checkpoint.ipynb",
    "env/lib/python3.11/pkg/demo.ipynb",  # of a virtual environment
    "site/node_modules/pkg/demo.ipynb",
    "vendor/site-packages/demo.ipynb",
    "book/_build/jupyter_execute/07_2.ipynb",  # of Jupyter Book and Sphinx
    "build/07_2.ipynb",
    "dist/07_2.ipynb",
    "docs/_site/07_2.ipynb",
]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Make a course with two notebooks, and with those of others."""
    for name in ["07_2.ipynb", "chapters/07_3.ipynb", *OTHERS]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "env" / "pyvenv.cfg").touch()
    return tmp_path


HEADER = "---\njupyter:\n  jupytext:\n    formats: md\n---\n"
HEADERS = {
    "a header of Markdown": (".md", HEADER.encode(), True),
    "one of Python": (
        ".py",
        HEADER.replace("\n", "\n# ")[:-2].replace("---", "# ---", 1).encode(),
        True,
    ),
    "a text": (".md", "# 두 개의 층\n".encode(), False),
    "another header": (".md", b"---\ntitle: jupytext\n---\n", False),
    "a text of another encoding": (".md", "# 두 개의 층\n".encode("cp949"), False),
}


@pytest.mark.parametrize(("suffix", "content", "expected"), HEADERS.values(), ids=HEADERS)
def test_jupytexts_header_makes_a_text_a_notebook(
    tmp_path: Path, suffix: str, content: bytes, expected: bool
) -> None:
    """Of other texts a walk takes none, whatever their bytes are."""
    (file := tmp_path / f"a{suffix}").write_bytes(content)
    (tmp_path / "one.ipynb").touch()
    assert (file in find_notebooks(tmp_path, lambda _: False)) == expected


def test_notebooks_of_installed_packages_are_not_the_courses(course: Path) -> None:
    """Virtual environments, installed packages and built folders are passed by."""
    found = [path.relative_to(course).as_posix() for path in find_notebooks(course)]
    assert found == ["07_2.ipynb", "chapters/07_3.ipynb"]
    for named in ("env/lib", "build", "book/_build"):
        assert find_notebooks(course / named), "a folder that is named is looked through"


def test_a_folder_that_holds_only_excluded_ones_holds_none(course: Path) -> None:
    """What is left out does not count; if nothing remains, it is told why, and what to do."""
    assert find_notebooks(course, lambda path: "07_2" in path.name) == [
        course / "chapters" / "07_3.ipynb"
    ]
    with pytest.raises(NotebookError, match="all 2 notebooks in it are excluded by pyproject"):
        find_notebooks(course, lambda path: True)
    with pytest.raises(NotebookError, match="its one notebook is excluded by pyproject"):
        find_notebooks(course / "chapters", lambda path: True)
    (course / "empty").mkdir()
    with pytest.raises(NotebookError, match="no notebook in it"):
        find_notebooks(course / "empty", lambda path: True)


def test_a_glob_is_looked_for_below_the_current_folder(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a shell would, if it got to see it; one that matches nothing is an error."""
    monkeypatch.chdir(course)
    assert find_notebooks(Path("chap*/07_?.ipynb")) == [course / "chapters" / "07_3.ipynb"]
    with pytest.raises(NotebookError, match="it matches no notebook"):
        find_notebooks(Path("chap*/08*"))


@pytest.mark.parametrize(
    ("file", "glob", "expected"),
    [
        ("/c/07_2.ipynb", "/c/*.ipynb", True),
        ("/c/a/07_2.ipynb", "/c/*.ipynb", False),
        ("/c/a/b/07_2.ipynb", "/c/**/07*.ipynb", True),
        ("/c/07_2.ipynb", "/c/**/07*.ipynb", True),
        ("/c/a/b/07_2.ipynb", "/c/**", True),
        ("/c/a/b/07_2.ipynb", "/c/**/b/**", True),
        ("/c/a/07_2.ipynb", "/c/**/b/**", False),
        ("/c/07_2.ipynb", "/c/07_[12].ipynb", True),
        ("/c/07_3.ipynb", "/c/07_[12].ipynb", False),
        ("/c/07_2.ipynb.bak", "/c/*.ipynb", False),
    ],
)
def test_a_glob_is_read_as_in_a_shell(file: str, glob: str, expected: bool) -> None:
    """One star stays within a folder, two stand for any folders or none."""
    assert covers(glob, Path(file)) == expected


def test_korean_names_are_equal_however_they_are_stored() -> None:
    """A file name of macOS takes its letters apart; the settings seldom do."""
    apart = unicodedata.normalize("NFD", "/c/7장_심층.ipynb")
    assert covers("/c/7장*.ipynb", Path(apart))
