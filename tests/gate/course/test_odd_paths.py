"""Paths that are no plain file or folder, and one file under several names: each is told once."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import notebooks
import pytest

from fmnist_spec import cli
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.selection import find_all

NOBODY = 65534


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder that holds one notebook, real/a.ipynb."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "real").mkdir()
    notebooks.write(tmp_path / "real" / "a.ipynb")
    return tmp_path


def paths_of(*given: str | Path) -> list[str]:
    return [str(one.path) for one in find_all(map(Path, given), Config())]


def test_one_file_is_judged_once_however_it_is_named(folder: Path) -> None:
    """It is called as it was named first; a hard link is another file."""
    (folder / "link").symlink_to("real")
    (folder / "soft.ipynb").symlink_to("real/a.ipynb")
    names = ["link/../real/a.ipynb", folder / "real/a.ipynb", "link/a.ipynb", "soft.ipynb"]
    for first in names:
        assert paths_of(first, *names) == [str(first)]
    (folder / "real" / "hard.ipynb").hardlink_to(folder / "real" / "a.ipynb")
    assert len(paths_of("real/a.ipynb", "real/hard.ipynb")) == 2


def test_what_a_folder_holds_is_judged_once(folder: Path) -> None:
    """It is given twice, or with a file in it, or has a link to that file."""
    (folder / "first.ipynb").symlink_to("real/a.ipynb")
    for given in (["."], [".", "."], [".", "real/a.ipynb"], ["real", "."], ["real/a.ipynb", "."]):
        assert paths_of(*given) == ["real/a.ipynb"]


@pytest.mark.parametrize(
    ("target", "is_refused"),
    [("../key", True), (".git/config", True), (".secret", True), ("real/a.ipynb", False)],
)
def test_a_link_that_leads_out_of_a_repository_is_not_read(
    folder: Path, target: str, is_refused: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Git stores links, and a report shows what it finds: it would show any file of a machine."""
    top = folder / "course"
    (top / ".git").mkdir(parents=True)
    (folder / "real").rename(top / "real")
    for one in (folder / "key", top / ".git" / "config", top / ".secret"):
        one.write_text("api = 'hidden'\ntext = 784 * 100 = 5")
    (top / "linked.ipynb").symlink_to(f"{target}")
    assert cli.main(["check", "--static", str(top / "linked.ipynb")]) == (2 if is_refused else 0)
    told = capsys.readouterr().out
    assert ("a link that leads out of its repository" in told) == is_refused, told
    assert "hidden'" not in told


def test_a_folder_that_leads_out_of_a_repository_is_no_way_around(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither by a link to a folder, nor to one with a repository of its own."""
    top, other = folder / "course", folder / "other"
    for one in (top / ".git", top / ".secret", other / ".git"):
        one.mkdir(parents=True)
    for place in (top / ".secret" / "a.ipynb", other / "a.ipynb"):
        shutil.copy(folder / "real" / "a.ipynb", place)
    for name, target in {"out": "../real", "hidden": ".secret", "another": "../other"}.items():
        (top / name).symlink_to(target)
        assert cli.main(["check", "--static", str(top / name / "a.ipynb")]) == 2
        assert "a link that leads out of its repository" in capsys.readouterr().out
    assert cli.main(["check", "--static", str(top / ".secret" / "a.ipynb")]) == 0


@pytest.mark.parametrize("order", [1, -1], ids=["the link first", "the file first"])
def test_a_link_that_is_not_read_does_not_stand_for_its_file(
    folder: Path, order: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both are told of, however they are ordered."""
    (folder / "course" / ".git").mkdir(parents=True)
    (folder / "course" / "linked.ipynb").symlink_to("../real/a.ipynb")
    given = ["course/linked.ipynb", "real/a.ipynb"][::order]
    assert cli.main(["check", "--static", *given]) == 2
    assert "2 notebooks: 1 pass, 1 could not be checked" in capsys.readouterr().out


def make_odd(folder: Path) -> dict[str, str]:
    """Make one of each kind that is no notebook; give what is said of it."""
    (folder / "dangling.ipynb").symlink_to("absent.ipynb")
    (folder / "loop.ipynb").symlink_to("loop.ipynb")
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "to-pipe.ipynb").symlink_to("pipe.ipynb")
    (folder / "zero.ipynb").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket.ipynb")
    device, nowhere = "file: a folder or a device", "path: a link that leads nowhere"
    told = {"dangling": nowhere, "loop": nowhere, "absent": "path: no such file or folder"}
    return told | dict.fromkeys(("pipe", "zero", "socket"), device)


def test_what_is_no_file_is_told_once_and_never_opened(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reading a pipe or a device could wait for ever."""
    odd = make_odd(folder)
    given = [f"{name}.ipynb" for name in odd]
    again = ["./pipe.ipynb", "to-pipe.ipynb", "real/../loop.ipynb", str(folder / "absent.ipynb")]
    assert cli.main(["check", *given, *again]) == 2
    lines = [one for one in capsys.readouterr().out.splitlines() if re.match(r"ERROR  \S", one)]
    expected = [f"ERROR  {name}.ipynb: {why}" for name, why in odd.items()]
    assert [line[: len(one)] for line, one in zip(lines, expected, strict=True)] == expected


@pytest.mark.parametrize("option", ["--lesson", "--data"])
def test_a_pipe_for_a_setting_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    """It is told in one line: nobody may ever write to it."""
    os.mkfifo(folder / "pipe")
    assert cli.main([option, "pipe"]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "pipe" in told


CLOSED = """
import os, sys
from pathlib import Path
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.selection import find_all
if os.geteuid() == 0:  # who may read all would prove nothing
    os.setuid(int(sys.argv[2]))
os.chdir(sys.argv[1])
Path("closed").mkdir(mode=0)
print(*(one.reason for one in find_all([Path("closed")], Config())))
"""


def test_a_folder_that_may_not_be_read_is_told() -> None:
    """It would look as if it held no notebook."""
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to other users
        Path(folder).chmod(0o777)
        command = [sys.executable, "-c", CLOSED, folder, str(NOBODY)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "closed: path: Permission denied" in said
