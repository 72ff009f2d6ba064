"""A file is written whole or not at all, and stays what it was but for its bytes."""

import os
from pathlib import Path

import pytest

from fmnist_spec.files import rewrite

pytestmark = pytest.mark.once


def test_its_mode_stays(tmp_path: Path) -> None:
    """One that a program may run, or nobody else read, is not made another one."""
    file = tmp_path / "a.ipynb"
    for mode in (0o600, 0o664, 0o755):
        file.write_bytes(b"old\r\n")
        file.chmod(mode)
        assert rewrite(file, b"old\r\n", b"new\r\n")
        assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new\r\n", mode)
    assert [*tmp_path.iterdir()] == [file]


def test_a_link_stays_one_and_its_file_changes(tmp_path: Path) -> None:
    """Also one that leads to another link in another folder."""
    (tmp_path / "b").mkdir()
    file, link, other = tmp_path / "b" / "real", tmp_path / "link", tmp_path / "b" / "other"
    file.write_bytes(b"old")
    other.symlink_to("real")
    link.symlink_to(Path("b", "other"))
    assert rewrite(link, b"old", b"new")
    assert (file.read_bytes(), link.is_symlink(), other.is_symlink()) == (b"new", True, True)


def test_what_somebody_else_wrote_meanwhile_stays(tmp_path: Path) -> None:
    """Their work would be lost."""
    file = tmp_path / "a.ipynb"
    file.write_bytes(b"theirs")
    assert not rewrite(file, b"old", b"new")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.ipynb", b"theirs")]


def test_a_file_that_nobody_may_write_to_is_refused(tmp_path: Path) -> None:
    """Not even by one who may do everything, or by way of its folder."""
    file = tmp_path / "a.ipynb"
    file.write_bytes(b"old")
    file.chmod(0o444)
    with pytest.raises(PermissionError):
        rewrite(file, b"old", b"new")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.ipynb", b"old")]


def test_on_a_full_disk_the_file_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing else is left in its folder."""
    file = tmp_path / "a.ipynb"
    file.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "chmod", full)
    monkeypatch.setattr(Path, "chmod", full)
    with pytest.raises(OSError, match="No space"):
        rewrite(file, b"old", b"new")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.ipynb", b"old")]
