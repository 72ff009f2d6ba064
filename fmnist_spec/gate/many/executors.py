"""Check notebooks on any executor: its workers may be threads, processes or other machines."""

import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import replace
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from uuid import uuid4

from fmnist_spec import language
from fmnist_spec.files import relative
from fmnist_spec.gate.check import Checker, not_judged
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.selection import Found
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.many.settings import CheckSettings, find
from fmnist_spec.gate.run.jobs import spread, usual_jobs
from fmnist_spec.gate.run.process import unable
from fmnist_spec.language import say
from fmnist_spec.reading import SpecificationError

Named = str | os.PathLike[str]


def check_all(
    paths: Named | Iterable[Named],
    executor: Executor | None = None,
    settings: CheckSettings | None = None,
) -> Iterator[Result]:
    """Check notebooks, and folders of them, as ``fmnist-spec check`` does; yield their results.

    They come in order, one for each notebook, whatever dies meanwhile: then its verdict is
    "error", and its reason says what to do. A result can be pickled, and is small.

    Args:
        paths: as the arguments of the command; of an empty list nothing comes.
        executor: any of ``concurrent.futures``, or one of its form such as dask's
            ``Client.get_executor()``. Each process of it keeps TensorFlow loaded until it ends, and
            sees the same files at the same paths. By default as many threads of this process as
            ``--jobs`` has by default; what they start ends with them, and a notebook whose process
            is killed is tried once more.
        settings: what notebooks are checked against, and how.

    Raises SpecificationError: the settings or a lesson file cannot be used. With the default
        executor also what lets no notebook be run, such as that TensorFlow is missing.
    """
    placed = (settings or CheckSettings()).placed()
    checker = placed.checker()  # refuses what cannot be, before anything is started
    given = [paths] if isinstance(paths, str | os.PathLike) else [*paths]
    found = find(map(Path, given), checker.config) if given else []
    return _here(checker, found) if executor is None else _sent(executor, placed, found)


def _here(checker: Checker, found: Sequence[Found | Result]) -> Iterator[Result]:
    with checker:
        yield from checker.check_all(found, usual_jobs())


def _sent(
    executor: Executor, settings: CheckSettings, found: Sequence[Found | Result]
) -> Iterator[Result]:
    task = partial(check_there, settings, language.chosen(), uuid4().hex)
    sent = [_placed(one) for one in found]
    with closing(spread(executor, task, sent, _lost)) as results:  # type: ignore[type-var]
        for one, result in zip(found, results, strict=True):
            yield _as_named(result, one.path)


def _placed(file: Found | Result) -> Found | Result:
    """Let the path of a file be whole: the worker may stand in another folder."""
    whole = Path(os.path.abspath(file.path))  # noqa: PTH100
    return file._replace(path=whole) if isinstance(file, Found) else file


def _as_named(result: Result, path: Path) -> Result:
    notebook = result.notebook and replace(result.notebook, path=path)
    return replace(result, path=path, notebook=notebook)


def _lost(file: Found | Result, error: Exception) -> Result:
    """Say of a notebook that what checked it is gone."""
    said = f"{type(error).__name__}: {' '.join(str(error).split())}".removesuffix(": ")
    return Result(file.path, "error", reason=say("many.lost", path=relative(file.path), said=said))


def check_there(settings: CheckSettings, spoken: str, _call: str, file: Found | Result) -> Result:
    """Check one file in the process of a worker. Not all that is raised there could be sent.

    Each call is another one: what the same arguments gave, dask may give again.
    """
    start = time.monotonic()
    expected: tuple[type[Exception], ...] = (*unable(), SpecificationError)
    if language.chosen() != spoken:
        language.choose(spoken)
    try:
        return _light(_warm(settings).check_file(file))
    except expected as error:  # such as that TensorFlow is missing there
        said = " ".join(str(error).split())
        reason = say("many.unable", path=relative(file.path), said=said)
        return Result(file.path, "error", time.monotonic() - start, reason=reason)
    except Exception as error:
        return not_judged(file.path, "judged", error, start)


_CHECKERS: dict[object, Checker] = {}
_STARTING = threading.Lock()


def _warm(settings: CheckSettings) -> Checker:
    """Give the one of this process, whose own are ended when it ends.

    If a lesson file has changed since, that is another one.
    """
    config = settings.config or Config()
    files = sorted({file for one in (config, *config.notebooks) for file in one.lessons})
    key = os.getpid(), settings, *(Path(one).read_bytes() for one in files)  # a fork has its own
    with _STARTING:
        if key not in _CHECKERS:
            checker = _CHECKERS[key] = settings.checker()
            Finalize(checker, checker.close, exitpriority=10)
        return _CHECKERS[key]


def _light(result: Result) -> Result:
    """Leave out what only judging needs: the data set, and what the cells printed."""
    if result.trace is None:
        return result
    cells = tuple(replace(one, outputs=()) for one in result.trace.cells)
    return replace(result, trace=replace(result.trace, reference=None, cells=cells))
