"""check_all() on executors of others: each notebook has a result, in order, whatever dies."""

import multiprocessing
import os
import pickle
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from notebooks import write

import fmnist_spec as spec
from fmnist_spec.gate.many import executors
from fmnist_spec.reading import SpecificationError

METHODS = [one for one in ("spawn", "forkserver") if one in multiprocessing.get_all_start_methods()]
TOLD = {  # of files without code: nothing loads TensorFlow for them
    "a.ipynb": ("error", "a.ipynb: line 1 of the file: not complete JSON"),
    "b.ipynb": ("skipped", "b.ipynb: it belongs to no lesson, "),
    "c.ipynb": ("error", "c.ipynb: nbformat: "),
}

CELL = '{"cell_type": "markdown", "metadata": {}, "source": "a title"}'
TEXT = f'{{"nbformat": 4, "nbformat_minor": 5, "metadata": {{}}, "cells": [{CELL}]}}'


@pytest.fixture
def chapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand beside a folder of files that need not be run."""
    folder = tmp_path / "chapters"
    folder.mkdir()
    for name, text in zip(TOLD, ("{", TEXT, "{}"), strict=True):
        (folder / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return folder


def assert_told(results: Iterator[spec.Result]) -> None:
    for (name, (verdict, reason)), result in zip(TOLD.items(), results, strict=True):
        assert (result.path, result.verdict) == (Path("chapters", name), verdict), result
        assert reason in result.reason


def pool(method: str, **given: object) -> Executor:
    return ProcessPoolExecutor(1, multiprocessing.get_context(method), **given)  # type: ignore[call-overload,no-any-return]


def test_of_no_paths_nothing_comes(chapters: Path) -> None:
    """A pattern that matches nothing must not run what else is in the folder."""
    assert [*spec.check_all([])] == []


@pytest.mark.parametrize("method", METHODS)
def test_processes_check_what_this_one_names(chapters: Path, method: str) -> None:
    """Their results are those of the command, by the names that were given."""
    with pool(method) as executor:
        assert_told(spec.check_all("chapters", executor))


def test_threads_share_what_is_loaded(chapters: Path) -> None:
    """Two threads of one process have one Checker; an executor that stays keeps it."""
    before = len(executors._CHECKERS)
    with ThreadPoolExecutor(2) as executor:
        for _ in range(2):
            assert_told(spec.check_all(["chapters"], executor))
    assert len(executors._CHECKERS) - before == 1


def test_a_lesson_file_that_has_changed_is_read_again(chapters: Path) -> None:
    """A worker of a cluster lives for days, and the teacher goes on writing."""
    lesson = chapters.parent / "course.toml"
    text = (Path(spec.__file__).parent / "lesson.toml").read_text(encoding="utf-8")
    settings, before = spec.CheckSettings(lessons=("course.toml",)), len(executors._CHECKERS)
    with ThreadPoolExecutor(1) as executor:
        for changed in (text, text, text.replace("epochs = 5", "epochs = 6")):
            lesson.write_text(changed, encoding="utf-8")
            assert_told(spec.check_all("chapters", executor, settings))
    assert len(executors._CHECKERS) - before == 2


def test_every_notebook_of_a_broken_pool_has_a_result(chapters: Path) -> None:
    """Its processes end as soon as they start, as where memory is short."""
    with pool("spawn", initializer=os._exit, initargs=(3,)) as executor:
        results = [*spec.check_all("chapters", executor)]
    assert [one.path.name for one in results] == [*TOLD]
    for one in results:
        assert one.verdict == "error"
        assert one.reason.startswith(f"{one.path}: what checked it is gone: BrokenProcessPool: ")
        assert one.reason.endswith("and check this notebook again.")


def test_an_executor_that_takes_nothing_loses_every_notebook(chapters: Path) -> None:
    """One that was shut down raises where it is asked."""
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    results = [*spec.check_all("chapters", executor)]
    assert [one.verdict for one in results] == ["error"] * len(TOLD)
    assert "RuntimeError: cannot schedule new futures after shutdown" in results[0].reason


def test_what_cannot_be_pickled_is_no_loss(chapters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error may hold a lock or a generator: its words are sent."""

    def warm(_: object) -> None:
        raise ValueError("odd", lambda: None)

    monkeypatch.setattr(executors, "_warm", warm)
    with ThreadPoolExecutor(1) as executor:
        one, *_ = spec.check_all("chapters", executor)
    assert one.reason.startswith("chapters/a.ipynb: fmnist-spec itself failed: ValueError: ('odd',")
    assert pickle.dumps(one)


def test_settings_that_cannot_be_are_refused_before_anything_is_sent(chapters: Path) -> None:
    """A wrong lesson file would be told for every notebook."""
    with pytest.raises(SpecificationError, match=r"absent.toml: file: found No such file"):
        spec.check_all("chapters", None, spec.CheckSettings(lessons=("absent.toml",)))


def test_two_workers_of_dask_check_all_though_one_is_killed(
    dask: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had begun is done again, and no notebook is blamed. Results are small."""
    files = [write(tmp_path / f"{at}.ipynb") for at in range(4)]
    monkeypatch.chdir(tmp_path)
    client, cluster = dask  # type: ignore[misc]
    settings = spec.CheckSettings(sample=True)
    results = spec.check_all(tmp_path, client.get_executor(), settings)
    found = [next(results)]
    os.kill(cluster.workers[0].pid, 9)
    found += results
    assert [(one.path, one.verdict) for one in found] == [(one, "pass") for one in files], found
    assert max(len(pickle.dumps(one)) for one in found) < 100_000
