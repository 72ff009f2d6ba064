"""Broken notebooks through the command: one entry for each, the exit code of the verdicts."""

from pathlib import Path

import broken_notebooks


def test_every_broken_notebook_gets_its_verdict(tmp_path: Path) -> None:
    """Nothing fails but notebooks, and nothing is left; the same dozen is tried each time."""
    folder, temporary = tmp_path / "course", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    verdicts, wrong = broken_notebooks.check(broken_notebooks.write(folder, 12), temporary)
    assert not wrong, "\n".join(wrong)
    assert verdicts["fail"], f"of twelve broken notebooks some fail: {verdicts}"


def test_a_seed_breaks_its_notebook_alike() -> None:
    """What a long run finds can be made again from its number."""
    for at, file in enumerate(broken_notebooks.OWN * 5):
        one, two = (broken_notebooks.broken_notebook(file.read_bytes(), at) for _ in "12")
        assert one == two, f"seed {at} breaks {file.name} in two ways"
