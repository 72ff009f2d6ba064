"""How many notebooks are checked at once, if nobody says it: what the machine has room for."""

import os
from pathlib import Path

import pytest

from fmnist_spec.gate.run import jobs

GIB = 2**30


@pytest.mark.parametrize(
    ("cores", "memory", "expected"),
    [(8, "max", 8), (8, 100 * GIB, 8), (8, 4 * GIB, 3), (8, GIB, 1), (1, 100 * GIB, 1)],
)
def test_the_usual_number_is_that_of_the_cores_with_memory_for_each(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cores: int, memory: object, expected: int
) -> None:
    """A container has a limit of its own, whatever the machine has."""
    limit = tmp_path / "memory.max"
    limit.write_text(f"{memory}\n")
    monkeypatch.setattr(jobs, "_cores", lambda: cores)
    monkeypatch.setattr(jobs, "MOST_MEMORY", (tmp_path / "absent", limit))
    monkeypatch.setattr(Path, "read_text", _only_below(tmp_path))
    assert jobs.usual_jobs() == expected


def _only_below(folder: Path) -> object:
    """Read files below a folder: the memory of this machine is another one's."""
    read = Path.read_text

    def read_text(self: Path, *given: object) -> str:
        if folder not in self.parents:
            raise FileNotFoundError(self)
        return read(self, *given)  # type: ignore[arg-type]

    return read_text


@pytest.mark.parametrize(("quota", "expected"), [("max 100000", 6), ("150000 100000", 2)])
def test_the_cores_are_those_that_this_process_may_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, quota: str, expected: int
) -> None:
    """Of a machine with many, a container may have the time of one and a half."""
    for name in ("process_cpu_count", "cpu_count"):
        monkeypatch.setattr(os, name, lambda: 6, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(6), raising=False)
    monkeypatch.setattr(jobs, "CGROUP", tmp_path)
    (tmp_path / "cpu.max").write_text(quota)
    assert jobs._cores() == expected
