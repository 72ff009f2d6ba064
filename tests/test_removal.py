"""A folder is removed whatever a notebook has made in it, and nothing outside it is touched."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from fmnist_spec.removal import remove_folder

pytestmark = pytest.mark.once

NOBODY = 65534
DEEP = 1_500  # folders in one another: longer than a path may be, and deeper than Python recurses


def make_deep(top: Path, name: str = "d" * 20) -> None:
    """Make folders in one another as a notebook does, by going into each."""
    for _ in range(DEEP):
        os.mkdir(name)  # noqa: PTH102
        os.chdir(name)
    Path("file").touch()
    os.chdir(top)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder to be removed; going out of it again is left to pytest."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_folder_deeper_than_a_path_may_be_long_is_removed(folder: Path) -> None:
    """So is one that is deeper than Python may recurse, and holds a name that moving up takes."""
    make_deep(folder)
    (folder / "moved-0" / "moved-1" / "moved-1").mkdir(parents=True)
    remove_folder(folder)
    assert not folder.exists()


def test_what_a_link_leads_to_stays(folder: Path) -> None:
    """A link to a folder is removed as a link, also where it is all that there is to remove."""
    outside = folder.parent / "outside"
    outside.mkdir(mode=0o755)
    (outside / "kept").touch()
    (folder / "inside").mkdir()
    for link in (folder / "link", folder / "inside" / "link", folder.parent / "only"):
        link.symlink_to(outside)
    remove_folder(folder)
    remove_folder(folder.parent / "only")
    assert not folder.exists()
    assert (outside / "kept").exists()
    assert outside.stat().st_mode & 0o777 == 0o755


def test_files_of_every_kind_are_removed(folder: Path) -> None:
    """Among them are a pipe, which nobody may open, a dangling link, and the longest name."""
    os.mkfifo(folder / "pipe")
    (folder / "dangling").symlink_to("absent")
    (folder / ("n" * 255) / ("m" * 255)).mkdir(parents=True)
    (folder / "half \udcff").touch()
    remove_folder(folder)
    assert not folder.exists()


FORBIDDEN = """
import os, sys
from pathlib import Path
from fmnist_spec.removal import remove_folder

if os.geteuid() == 0:  # who may do all would prove nothing
    os.setuid(int(sys.argv[2]))
top = Path(sys.argv[1], "folder")
for mode in (0o000, 0o100, 0o300, 0o500):
    (top / str(mode) / "inner").mkdir(parents=True)
    (top / str(mode) / "inner" / "file").touch()
    (top / str(mode) / "inner").chmod(mode)
    (top / str(mode)).chmod(mode)
top.chmod(0)
remove_folder(top)
sys.exit(top.exists())
"""


def test_folders_that_nobody_may_enter_are_removed() -> None:
    """Their modes are those that a notebook may give them; the owner, no root, removes them."""
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to other users
        Path(folder).chmod(0o777)
        command = [sys.executable, "-c", FORBIDDEN, folder, str(NOBODY)]
        subprocess.run(command, check=True)


def test_what_cannot_be_removed_is_no_error(tmp_path: Path) -> None:
    """Neither what is absent nor a file raises, which is what the end of a run needs."""
    (tmp_path / "file").touch()
    for name in ("absent", "file", "file/below", "n" * 300):
        remove_folder(tmp_path / name)
    assert (tmp_path / "file").exists()
