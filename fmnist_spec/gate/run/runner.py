"""Run notebooks, each in its own confined process, and give what was observed."""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, cast

import numpy as np

from fmnist_spec.dataset import Dataset
from fmnist_spec.ending import HEARD
from fmnist_spec.gate.compare.contents import opened, save
from fmnist_spec.gate.confine.files.reading import NOTEBOOK
from fmnist_spec.gate.confine.linux.process import hide_from_others
from fmnist_spec.gate.confine.sandbox import ABI, Limits, RunSettings, lacking
from fmnist_spec.gate.confine.usage import OFTEN, Usage
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.run.process import (
    DYING,
    ChildProcess,
    KilledError,
    RunnerError,
    ServerProcess,
    open_process,
)
from fmnist_spec.gate.run.progress import RunProgress
from fmnist_spec.gate.run.protocol import FULL, Job, Start, write_message
from fmnist_spec.gate.trace import Trace
from fmnist_spec.language import say
from fmnist_spec.removal import remove_folder

MOST_LINES = 16  # that wait to be read: each may be long
WARM = 2**28  # bytes
TAIL = 2_000  # bytes of what a process wrote at its end
DEFAULTS = RunSettings()


class Runner:
    """Runs notebooks. Entering loads TensorFlow and the data once; leaving ends all processes.

    ``dataset`` names a module in ``keras.datasets``; ``load`` gives what its ``load_data()`` gives
    in a notebook.

    Raises RunnerError: TensorFlow cannot be loaded, or the isolation required is not to be had.
    What ``load`` raises comes through.
    """

    def __init__(
        self, dataset: str, load: Callable[[], Dataset], settings: RunSettings = DEFAULTS
    ) -> None:
        self._load, self._settings = load, settings
        self._served = (dataset, FULL if settings.full else "")
        self._server: ServerProcess | None = None  # where processes can fork
        self._starting, self._again = threading.Lock(), threading.Lock()
        self.folder: Path | None = None  # once it has begun
        self._closed = False

    def begin(self) -> Path:
        """Let TensorFlow load, if it does not yet, and wait for nothing."""
        if self.folder is None:
            hide_from_others()  # a notebook must not find tokens here
            self.folder = Path(tempfile.mkdtemp(prefix="fmnist-spec-"))
            if hasattr(os, "fork") and hasattr(socket, "send_fds"):
                self._server = ServerProcess(self.folder, self._served)
        return self.folder

    def __enter__(self) -> Runner:
        try:
            self._prepare(self.begin())
            if self._server is not None or self._settings.require_isolation:
                self._check_isolation(self.run([]).isolation)
        except BaseException:
            self.__exit__()
            raise
        return self

    def _prepare(self, folder: Path) -> None:
        """Load the data, while the server imports TensorFlow."""
        dataset = self._load()
        save(folder, dataset)
        self._is_sample, self._reference = dataset.is_sample, opened(folder)
        if self._server is not None:
            # A virtual machine gives free memory back to its host, and is slow to get it again: so
            # the notebook need not wait for its arrays. (It was 2 of 8 seconds that one took.)
            with contextlib.suppress(MemoryError):  # if there is too little, its run says it
                np.ones(WARM, np.uint8)

    def __exit__(self, *_: object) -> None:
        self._closed = True
        HEARD.set()
        if self._server is not None:
            self._server.close()
        if self.folder is not None:
            remove_folder(self.folder)

    def run(
        self, cells: Sequence[Cell], path: Path | None = None, limits: Limits | None = None
    ) -> Trace:
        """Run a notebook's cells from top to bottom. Any thread may call this.

        They see the repository of the notebook's file, ``path``; an empty folder without one.

        Raises RunnerError: the gate itself is at fault; KilledError: it was ended twice meanwhile.
        What the notebook does is in the trace.
        """
        code = [cell for cell in cells if cell.type == "code"]
        progress, said = self._run(code, path, limits or Limits())
        if progress is None:  # the server died: by chance, or another notebook's doing, or its own
            with self._again:  # alone of those that are tried again
                progress, said = self._run(code, path, limits or Limits())
        if progress is None:
            raise KilledError(say("runner.killed"))
        if progress.start is None:
            raise self._not_started(said)
        progress.end(said, code)
        return self._trace(progress.start, progress, code)

    def _run(
        self, code: Sequence[Cell], path: Path | None, limits: Limits
    ) -> tuple[RunProgress | None, str]:
        """Run cells once: how it went, None if the server was killed, and the end of the log."""
        with tempfile.TemporaryFile() as job, tempfile.TemporaryFile() as log:
            folder = Path(tempfile.mkdtemp(dir=self.folder, prefix=NOTEBOOK))
            trainings = len(code) if self._settings.full else 0
            whole = replace(limits, training_seconds=limits.training_seconds * trainings)
            job.write(_job(folder, path, code, whole, self._settings.shown))
            job.seek(0)
            try:
                process = self._start(job, log)
                progress = self._follow(process, limits, Usage(folder, limits))
            finally:
                remove_folder(folder)
            told = progress.done or progress.ended or progress.code is not None
            return None if not told and process.killed() else progress, _tail(log)

    def _check_isolation(self, reached: tuple[str, ...]) -> None:
        missing = lacking(reached)
        if self._settings.require_isolation and missing:
            told = {"reached": _measures(reached), "missing": _measures(missing)}
            raise RunnerError(say("runner.isolation", **told))

    def _start(self, job: IO[bytes], log: IO[bytes]) -> ChildProcess:
        folder = self.begin()
        if self._server is None:
            pipes = {"stdin": job, "stdout": subprocess.PIPE}
            process = open_process(folder, self._served, -1, log, **pipes)
            return ChildProcess(cast(IO[bytes], process.stdout), process.kill, process.wait)
        with self._starting:
            if self._closed:
                raise RunnerError(say("runner.stopped"))
            if self._server.died:
                self._server.close()
                self._server = ServerProcess(folder, self._served)
            return self._server.start(job, log)

    def _follow(self, process: ChildProcess, limits: Limits, usage: Usage) -> RunProgress:
        """Listen to a child until its end, and bring that about when it is over a limit."""
        progress = RunProgress(trains=self._settings.full)
        lines: queue.Queue[bytes | None] = queue.Queue(MOST_LINES)
        threading.Thread(target=process.read_into, args=[lines], daemon=True).start()
        try:
            while progress.code is None:
                seconds, limit, over = progress.time_left(limits)
                if used := progress.uses and usage.exceeded(progress.uses):
                    progress.stop_using(used, getattr(limits, used))
                    process.stop()
                    continue
                try:
                    if seconds <= 0:
                        raise queue.Empty
                    line = lines.get(timeout=min(seconds, OFTEN))
                except queue.Empty:
                    if seconds > OFTEN:
                        continue
                    if progress.start is None:
                        raise RunnerError(say("runner.late", over=over)) from None
                    if progress.stopped:
                        raise RunnerError(say("runner.silent")) from None
                    progress.stop(limit, over)
                    process.stop()
                    continue
                if line is None:
                    progress.code = process.code()
                    lines.put(None)
                    break
                progress.take(line)
        finally:
            process.stop()
            # Until the process is really gone: its server waits as long as nobody reads its end.
            with contextlib.suppress(queue.Empty):
                while lines.get(timeout=DYING) is not None:
                    pass
        return progress

    def _not_started(self, log: str) -> RunnerError:
        server = "" if self._server is None else _tail(self._server.log)
        said = (log or server).strip().splitlines() or [say("runner.no-reason")]
        return RunnerError(say("runner.not-started", said=said[-1]))

    def _trace(self, start: Start, progress: RunProgress, cells: Sequence[Cell]) -> Trace:
        return Trace(
            start.tensorflow,
            start.keras,
            start.isolation,
            sample_only=self._is_sample,
            events=progress.told_events(),
            cells=tuple(progress.run_of(cell.index) for cell in cells),
            ended=progress.ended,
            full=self._settings.full,
            reference=self._reference,
        )


def _job(
    folder: Path, path: Path | None, cells: Sequence[Cell], limits: Limits, shown: bool
) -> bytes:
    notebook = "" if path is None else str(Path.cwd() / path)
    plain = tuple(Cell(cell.index, "code", cell.source, (), cell.tags) for cell in cells)
    return write_message("job", Job(str(folder), notebook, limits, plain, shown))


def _tail(log: IO[bytes]) -> str:
    log.seek(max(log.seek(0, os.SEEK_END) - TAIL, 0))
    return log.read().decode(errors="replace")


def _measures(names: Sequence[str]) -> str:
    told = (one for one in names if not one.startswith(ABI))
    return ", ".join(say(f"runner.measure.{one.replace(' ', '-')}") for one in told)
