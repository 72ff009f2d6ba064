"""Run notebooks, each in its own confined process, and give what was observed."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, cast

import numpy as np

from fmnist_spec.dataset import Dataset
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.run import kernel
from fmnist_spec.gate.run.process import ARRAYS, BROKEN, DYING, Process, Server, open_process
from fmnist_spec.gate.run.protocol import RunnerError, Told
from fmnist_spec.gate.run.sandbox import Limits, lacking
from fmnist_spec.gate.trace import Ended, Trace
from fmnist_spec.lesson import Lesson

__all__ = ["Limits", "Runner", "RunnerError"]

MOST_LINES = 10_000  # that wait to be read
TAIL = 2_000  # bytes of what a process wrote at its end
OUT_OF_MEMORY = ("bad_alloc", "MemoryError", "out of memory", "Cannot allocate memory")
DEFAULTS = Limits()


class Runner:
    """Runs notebooks. Entering loads TensorFlow and the data once; leaving ends all processes.

    Args:
        lesson: the specification.
        load: loads what ``fashion_mnist.load_data()`` gives in a notebook; a sample is repeated.
        full: train for real, not shortened.
        limits: what a notebook may use.
        require_isolation: refuse to run where the kernel cannot confine a notebook.

    Raises:
        RunnerError: TensorFlow cannot be loaded, or the isolation required is not to be had.
            What ``load`` raises comes through.
    """

    def __init__(
        self,
        lesson: Lesson,
        load: Callable[[], Dataset],
        *,
        full: bool = False,
        limits: Limits = DEFAULTS,
        require_isolation: bool = False,
    ) -> None:
        self._lesson, self._load, self._full, self._limits = lesson, load, full, limits
        self._require = require_isolation
        self._forks = hasattr(os, "fork") and hasattr(socket, "send_fds")
        self._server: Server | None = None
        self._starting = threading.Lock()

    def __enter__(self) -> Runner:
        kernel.hide_from_others()  # a notebook must not find tokens here
        self.folder = Path(tempfile.mkdtemp(prefix="fmnist-spec-"))
        try:
            if self._forks:  # it imports TensorFlow while the data is loaded here
                self._server = Server(self.folder)
            self._dataset = self._load()
            self._write_settings()
            if self._forks:
                self._get_memory()
            if self._forks or self._require:
                self._check_isolation(self.run([], "nothing").isolation)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, cells: Sequence[Cell], name: str, limits: Limits | None = None) -> Trace:
        """Run a notebook's cells from top to bottom. Any thread may call this.

        ``limits`` are for this one notebook, instead of the runner's.

        Raises:
            RunnerError: the gate itself is at fault. What the notebook does is in the trace.
        """
        limits = limits or self._limits
        with tempfile.TemporaryFile() as job, tempfile.TemporaryFile() as log:
            folder = Path(tempfile.mkdtemp(dir=self.folder, prefix="notebook-"))
            job.write(_job(folder, cells, limits))
            job.seek(0)
            try:
                told = self._follow(self._start(job, log), name, limits)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            told.ended = self._end(told, _tail(log), name)
        return self._trace(told, cells)

    def _write_settings(self) -> None:
        settings = {
            "data": dataclasses.asdict(self._lesson.data),
            "split": dataclasses.asdict(self._lesson.split),
            "full": self._full,
        }
        (self.folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        sizes = {"train": self._lesson.data.train_images, "test": self._lesson.data.test_images}
        for name in ARRAYS:  # a sample is repeated up to the size of the whole data set
            array = getattr(self._dataset, name)
            size = sizes[name.split("_")[0]]
            np.save(self.folder / f"{name}.npy", np.resize(array, (size, *array.shape[1:])))

    def _get_memory(self) -> None:
        """Use once, while TensorFlow is imported, the memory that a notebook will need.

        A virtual machine gives free memory back to its host, and is slow to get it again: so the
        notebook need not wait for that. (It was 2 of the 8 seconds that one notebook took.)
        """
        data = self._lesson.data
        with contextlib.suppress(MemoryError):  # if there is too little, the notebook's run says it
            np.ones((2, data.train_images, data.pixels))  # all images scaled, and their two parts

    def _check_isolation(self, reached: tuple[str, ...]) -> None:
        missing = lacking(reached)
        if self._require and missing:
            found = f"found {', '.join(reached)}, expected also {', '.join(missing)}"
            remedy = "Run on a newer Linux, or without --require-isolation."
            raise RunnerError(f"isolation: {found}. {remedy}")

    def _start(self, job: IO[bytes], log: IO[bytes]) -> Process:
        if not self._forks:
            process = open_process(self.folder, -1, log, stdin=job, stdout=subprocess.PIPE)
            return Process(cast(IO[bytes], process.stdout), process.kill, process.wait)
        with self._starting:
            if self._server is not None and self._server.died:
                self._server.close()
                self._server = None
            self._server = self._server or Server(self.folder)
            return self._server.start(job, log)

    def _follow(self, process: Process, name: str, limits: Limits) -> Told:
        """Listen to a child until its end, and bring that about when its time is over."""
        told = Told()
        lines: queue.Queue[bytes | None] = queue.Queue(MOST_LINES)
        threading.Thread(target=process.read_into, args=[lines], daemon=True).start()
        try:
            while told.code is None:
                seconds, limit = told.time_left(limits)
                try:
                    if told.ended is None and seconds <= 0:
                        raise queue.Empty
                    line = lines.get(timeout=seconds if told.ended is None else DYING)
                except queue.Empty:
                    if told.ended is not None or not told.start:
                        raise RunnerError(f"{name}: the process does not answer") from None
                    told.ended = Ended("time", told.cell, f"it ran over its limit of {limit}")
                    process.stop()
                    continue
                if line is None:
                    told.code = process.code()
                    break
                told.take(line)
        finally:
            process.stop()
        return told

    def _end(self, told: Told, log: str, name: str) -> Ended | None:
        """Say why the process ended, if not because the notebook was at its end."""
        if not told.start:
            server = "" if self._server is None else _tail(self._server.log)
            said = (log or server).strip().splitlines() or ["no reason told"]
            raise RunnerError(
                f"the process that runs notebooks does not start. It says: {said[-1]}"
            )
        if told.ended is not None or told.done:
            return told.ended
        if any(sign in log for sign in OUT_OF_MEMORY):
            return Ended("memory", told.cell, log.strip().splitlines()[-1])
        if told.code == BROKEN:
            detail = "it broke the way in which its process tells the gate what happens"
            return Ended("killed", told.cell, detail)
        if told.code is None or told.code < 0:
            how = signal.Signals(-told.code).name if told.code else "with the gate's own process"
            return Ended("killed", told.cell, f"the process was killed: {how}")
        return Ended("exit", told.cell, f"the process ended itself with code {told.code}")

    def _trace(self, told: Told, cells: Sequence[Cell]) -> Trace:
        events = tuple(told.events[index] for index in sorted(told.events))
        return Trace(
            tensorflow=told.start["tensorflow"],
            keras=told.start["keras"],
            isolation=tuple(told.start["isolation"]),
            sample_only=self._dataset.is_sample,
            events=events,
            cells=tuple(told.run_of(cell.index) for cell in cells if cell.type == "code"),
            ended=told.ended,
        )


def _job(folder: Path, cells: Sequence[Cell], limits: Limits) -> bytes:
    code = [cell for cell in cells if cell.type == "code"]
    tables = [
        {"index": cell.index, "source": cell.source, "tags": sorted(cell.tags)} for cell in code
    ]
    job = {"folder": str(folder), "limits": dataclasses.asdict(limits), "cells": tables}
    return json.dumps(job).encode()


def _tail(log: IO[bytes]) -> str:
    log.seek(max(log.seek(0, os.SEEK_END) - TAIL, 0))
    return log.read().decode(errors="replace")
