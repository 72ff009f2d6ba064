"""A notebook sees the files of its repository, and what it writes there never reaches them."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from fmnist_spec.gate.confine.files import repository, tree
from fmnist_spec.gate.confine.files.repository import Copies, folders_of, mirror, seen
from fmnist_spec.gate.confine.files.scratch import Scratch
from fmnist_spec.gate.confine.files.tree import readable
from fmnist_spec.gate.confine.refusals import Refusals

FILES = {
    "pyproject.toml": "",
    "assets/net.png": "picture",
    "data/deep/er/x.csv": "1,2",
    "chapters/one.ipynb": "{}",
    "chapters/helper.py": "def show(): return 'shown'",
    ".git/config": "secret",
    "chapters/.env": "secret",
    "chapters/__pycache__/helper.pyc": "",
    "node_modules/left/pad.js": "",
    "envs/mine/pyvenv.cfg": "",
    "envs/mine/lib/site.py": "",
}
SEEN = ["assets/net.png", "chapters/helper.py", "chapters/one.ipynb", "data/deep/er/x.csv"]


def lay_out(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def contents(folder: Path) -> dict[str, str]:
    """Read every file below a folder that a walk finds: it follows no links to folders."""
    found = (Path(at) / name for at, _, names in os.walk(folder) for name in names)
    return {str(one.relative_to(folder)): one.read_text() for one in found if one.is_file()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "course")


@pytest.fixture
def view(tmp_path: Path) -> Path:
    """An empty folder for a mirror."""
    folder = tmp_path / "run" / "view"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("marker", "notebook", "top"),
    [
        ("a/.git/HEAD", "a/b/c/one.ipynb", "a"),
        ("a/.git", "a/b/one.ipynb", "a"),  # as in a submodule or a worktree
        ("a/pyproject.toml", "a/one.ipynb", "a"),
        ("a/b/pyproject.toml", "a/b/c/one.ipynb", "a/b"),
        ("elsewhere/.git", "a/b/one.ipynb", "a/b"),
    ],
)
def test_the_repository_is_the_nearest_one_above(
    tmp_path: Path, marker: str, notebook: str, top: str
) -> None:
    """A .git or a pyproject.toml marks it; without any it is the notebook's own folder."""
    lay_out(tmp_path, {"a/b/x": "", marker: "", notebook: ""})
    found = folders_of(tmp_path / notebook)
    assert found == (str(tmp_path / top), str((tmp_path / notebook).parent))


@pytest.mark.parametrize(
    ("files", "top"),
    [
        (("a/.git/HEAD", "a/b/c/pyproject.toml"), "a"),
        (("a/.git/HEAD", "a/pyproject.toml", "a/b/pyproject.toml"), "a"),
        (("a/.git/HEAD", "a/b/.git", "a/b/c/pyproject.toml"), "a/b"),  # of a submodule
        (("a/pyproject.toml", "a/b/.git/HEAD"), "a/b"),
        (("a/pyproject.toml", "a/b/pyproject.toml"), "a/b"),
    ],
)
def test_a_project_in_a_folder_of_git_does_not_cut_off_the_rest(
    tmp_path: Path, files: tuple[str, ...], top: str
) -> None:
    """Each chapter may have its pyproject.toml; the top is git's."""
    lay_out(tmp_path, {**dict.fromkeys(files, ""), "a/b/c/one.ipynb": ""})
    assert folders_of(tmp_path / "a/b/c/one.ipynb")[0] == str(tmp_path / top)


@pytest.mark.parametrize("lay", [os.symlink, Copies()], ids=["links", "copies"])
def test_a_mirror_shows_the_files_at_their_places(
    root: Path, view: Path, lay: Callable[[str, str], object]
) -> None:
    """Folders are real; what begins with a dot, caches and environments are not there."""
    place = mirror(str(root), str(root / "chapters"), str(view), lay)
    assert place == str(view / "chapters")
    assert sorted(contents(view)) == [*SEEN, "pyproject.toml"]
    assert (view / "data/deep/er/x.csv").read_text() == "1,2"


@pytest.mark.parametrize("name", [".git", ".git/HEAD"])
def test_of_git_there_is_an_empty_folder(tmp_path: Path, view: Path, name: str) -> None:
    """By it a notebook finds the top; also where it is a file, as in a worktree."""
    root = lay_out(tmp_path / "course", {name: "secret", "chapters/one.ipynb": "{}"})
    mirror(str(root), str(root / "chapters"), str(view))
    assert (view / ".git").is_dir()
    assert not list((view / ".git").iterdir()), "something of git's is shown"
    assert not (view / "chapters" / ".git").exists()


def test_copies_end_where_too_much_would_be_copied(
    root: Path, view: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is nearest to the notebook is copied first; no link leads to the repository."""
    monkeypatch.setattr(repository, "MOST_BYTES", len(FILES["chapters/helper.py"]) + 2)
    (root / "chapters/data").symlink_to("../data")
    mirror(str(root), str(root / "chapters"), str(view), Copies())
    assert sorted(contents(view)) == ["chapters/helper.py", "chapters/one.ipynb", "pyproject.toml"]
    assert not [one for one in view.rglob("*") if one.is_symlink()]


def test_links_of_the_repository_stay_links_and_a_circle_is_not_walked(
    root: Path, view: Path
) -> None:
    """It leads to what the mirror shows; else to its target, which the kernel lets nobody read."""
    (root / "chapters/net.png").symlink_to("../assets/net.png")
    (root / "chapters/config").symlink_to("../.git/config")
    (root / "chapters/nowhere").symlink_to("../missing")
    (root / "chapters/up").symlink_to("..")
    chapters = Path(mirror(str(root), str(root / "chapters"), str(view)))
    assert (chapters / "net.png").read_text() == "picture"
    assert (chapters / "config").readlink() == root / ".git/config"
    assert not os.path.lexists(chapters / "nowhere")
    assert (chapters / "up").resolve() == view
    assert sorted(contents(view)) == sorted(
        [*SEEN, "pyproject.toml", "chapters/net.png", "chapters/config"]
    )


def test_copies_show_nothing_of_what_links_lead_out_to(root: Path, view: Path) -> None:
    """A pull request may plant a link to a key; only what is shown is copied."""
    (root.parent / "key").write_text("secret")
    (root / "chapters/key").symlink_to(root.parent / "key")
    (root / "chapters/config").symlink_to("../.git/config")
    (root / "chapters/net.png").symlink_to("../assets/net.png")
    chapters = Path(mirror(str(root), str(root / "chapters"), str(view), Copies()))
    assert (chapters / "net.png").read_text() == "picture"
    assert not os.path.lexists(chapters / "key")
    assert not os.path.lexists(chapters / "config")


def test_a_folder_that_hides_something_is_never_laid_as_one(
    root: Path, view: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel would let all of it be read."""
    monkeypatch.setattr(repository, "MOST_ENTRIES", 0)
    lay_out(root, {"data/deep/.env": "secret", "data/other/y.csv": ""})
    mirror(str(root), str(root / "chapters"), str(view))
    links = [name for name in ("data", "data/deep", "data/other") if (view / name).is_symlink()]
    assert links == ["data/other"]
    assert [one.name for one in (view / "data/deep").iterdir()] == ["er"]


def test_what_may_be_read_has_nothing_hidden_in_it(root: Path, view: Path) -> None:
    """A rule on a folder holds for all below it: so there is one for each file beside a secret."""
    lay_out(root, {"data/deep/.env": "secret", "data/deep/y.csv": "", "assets/.keep": ""})
    found = readable(seen(str(root), str(root / "chapters"), str(view)))
    assert sorted(os.path.relpath(one, root) for one in found) == [
        "assets/net.png",
        *("chapters/helper.py", "chapters/one.ipynb", "data/deep/er", "data/deep/y.csv"),
        "pyproject.toml",
    ]


def test_what_is_far_too_much_is_not_read(
    root: Path, view: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notebook's own folder is looked at first; a folder that was not is not granted."""
    monkeypatch.setattr(tree, "MOST_NAMES", 10)
    lay_out(root, {"data/deep/er/.env": "secret"})
    found = readable(seen(str(root), str(root / "chapters"), str(view)))
    assert str(root / "chapters/one.ipynb") in found
    assert not [one for one in found if Path(one).name in ("data", "deep", "er")], found


def test_a_folder_of_temporary_files_does_not_show_the_mirror_in_itself(tmp_path: Path) -> None:
    """A notebook beside the runs of the gate: the mirror would never end."""
    lay_out(tmp_path, {"one.ipynb": "{}", "other/x": ""})
    top = tmp_path / "runs" / "1" / "view"
    top.mkdir(parents=True)
    mirror(str(tmp_path), str(tmp_path), str(top))
    assert sorted(contents(top)) == ["one.ipynb", "other/x"]


def test_what_is_too_much_is_laid_as_whole_folders(
    root: Path, view: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notebook's own folder comes first; every file can be read all the same."""
    monkeypatch.setattr(repository, "MOST_ENTRIES", 8)
    mirror(str(root), str(root / "chapters"), str(view))
    whole = [name for name in ("assets", "chapters", "data") if (view / name).is_symlink()]
    assert whole == ["data"]
    assert (view / "data/deep/er/x.csv").read_text() == "1,2"


@pytest.fixture
def scratch(root: Path, view: Path, monkeypatch: pytest.MonkeyPatch) -> Scratch:
    """A mirror in which only the notebook's own folder is laid entry by entry; it works there."""
    monkeypatch.setattr(repository, "MOST_ENTRIES", 0)
    place = mirror(str(root), str(root / "chapters"), str(view))
    monkeypatch.chdir(place)
    monkeypatch.setattr(repository, "MOST_ENTRIES", 100)
    home = view.parent / "home"
    home.mkdir()
    return Scratch(str(home), str(view), str(root))


@pytest.mark.parametrize(
    ("path", "reads"),
    [
        ("helper.py", FILES["chapters/helper.py"]),
        ("../assets/net.png", "picture"),  # in a folder that was laid as one
        ("../data/deep/er/x.csv", "1,2"),  # and in one below others
        ("../chapters/../data/deep/er/x.csv", "1,2"),
        ("{view}/assets/net.png", "picture"),
        ("new.txt", None),
        ("../assets/new.txt", None),
        ("../../home/new.txt", None),
    ],
)
def test_a_file_is_copied_before_it_is_written(
    scratch: Scratch, root: Path, view: Path, path: str, reads: str | None
) -> None:
    """It is written in the scratch folder, with its content; the repository stays as it was."""
    path, before = path.format(view=view), contents(root)
    assert scratch.take(path), f"{path} leads elsewhere"
    assert reads is None or Path(path).read_text() == reads
    with Path(path).open("a") as file:
        file.write("!")
    assert Path(path).read_text() == f"{reads or ''}!"
    assert contents(root) == before


def test_a_file_that_is_emptied_is_not_copied(scratch: Scratch, root: Path) -> None:
    """What opens it would throw its content away."""
    assert scratch.take("helper.py", empty=True)
    assert Path("helper.py").read_text() == ""
    assert (root / "chapters/helper.py").read_text()


def test_a_name_is_removed_and_what_it_leads_to_stays(scratch: Scratch, root: Path) -> None:
    """Removing and renaming act on the link; in a folder laid as one it is made real before."""
    assert scratch.take("../assets/net.png", follow=False)
    Path("../assets/net.png").unlink()
    assert not Path("../assets/net.png").exists()
    assert (root / "assets/net.png").read_text() == "picture"


@pytest.mark.parametrize(
    "path",
    [
        *("{root}/assets/net.png", "{root}/new.txt", "../../new.txt", "../../../other.txt"),
        *("out/new.txt", "out", "file", "../../view-2/new.txt", "../../../beside"),
    ],
)
@pytest.mark.parametrize("follow", [True, False], ids=["content", "name"])
def test_what_leads_elsewhere_is_not_taken(
    scratch: Scratch, root: Path, path: str, follow: bool
) -> None:
    """The repository's own path, the folders above the mirror, and links to other places."""
    (root.parent / "other.txt").write_text("other")
    (beside := root.parent / "beside").symlink_to(root / "assets/net.png")
    Path("out").symlink_to(root.parent)
    Path("file").symlink_to(root.parent / "other.txt")
    named = not follow and "/" not in path  # the link itself lies in the mirror
    assert scratch.take(path.format(root=root), follow=follow) is named
    assert Path("file").is_symlink()
    assert beside.is_symlink()


@pytest.mark.parametrize("path", ["../data", "../data/", "../data/deep", "{view}/data/deep"])
def test_a_folder_laid_as_one_is_removed(
    scratch: Scratch, root: Path, view: Path, path: str
) -> None:
    """It gets a folder in the place of the link, which rmtree refuses to remove."""
    path, before = path.format(view=view), contents(root)
    Refusals(scratch, print)("shutil.rmtree", (path, None))
    shutil.rmtree(path)
    assert not os.path.lexists(path)
    assert Path("../assets/net.png").read_text() == "picture"
    assert contents(root) == before


def test_a_link_of_the_repository_is_not_removed_as_a_folder(scratch: Scratch, root: Path) -> None:
    """Python does not do so either."""
    Path("own").symlink_to(root / "data")
    Refusals(scratch, print)("shutil.rmtree", ("own", None))
    with pytest.raises(OSError, match="symbolic link"):
        shutil.rmtree("own")


def test_a_walk_finds_what_was_laid_as_whole_folders(
    scratch: Scratch, root: Path, view: Path
) -> None:
    """A folder that is about to be listed has real folders; the repository's own links stay."""
    os.chdir(view)
    Path("chapters/own").symlink_to(root / "data")
    for folder in (".", "data", "data/deep", "chapters"):
        scratch.list(folder)
    assert Path("chapters/own").is_symlink()
    assert "data/deep/er/x.csv" in contents(view)


def test_a_walk_finds_what_is_in_a_large_folder(
    scratch: Scratch, root: Path, view: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One with more than is laid at once; where there is far more, it stays one link."""
    monkeypatch.setattr(repository, "MOST_ENTRIES", 5)
    monkeypatch.setattr(repository, "MOST_LISTED", 10)
    many = {"images": 9, "logs": 11}
    lay_out(root, {f"{name}/{n}.txt": "" for name, most in many.items() for n in range(most)})
    for name in many:
        (view / name).symlink_to(root / name)
    scratch.list(str(view))
    assert {name: (view / name).is_symlink() for name in many} == {"images": False, "logs": True}
    assert "images/8.txt" in contents(view)


def test_a_copy_that_fails_leaves_the_file_to_be_read(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file larger than allowed: the write fails as any too large one, and reading works on."""

    def fail(*_: object) -> None:
        raise OSError(27, "File too large")

    monkeypatch.setattr("shutil.copyfileobj", fail)
    with pytest.raises(OSError, match="too large"):
        scratch.take("helper.py")
    assert Path("helper.py").read_text() == FILES["chapters/helper.py"]
