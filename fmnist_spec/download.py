"""Fetch the data set through Keras, in a child process whose time is limited."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fmnist_spec.dataset import DataError, Dataset, read_folder
from fmnist_spec.datasets import Data
from fmnist_spec.ending import ENDING
from fmnist_spec.language import say

TOTAL_SECONDS = 300.0  # the import of TensorFlow included
ANSWER_SECONDS = 10.0  # for each answer of the server
# Keras 3 asks for KERAS_HOME, Keras 2 for the home folder. That is set after the import, so
# that the child finds the same packages as its parent.
CHILD_CODE = """
import os, socket, sys
socket.setdefaulttimeout(float(sys.argv[2]))
from tensorflow import keras
os.environ["HOME"] = os.environ["USERPROFILE"] = os.getcwd()
getattr(keras.datasets, sys.argv[1]).load_data()
"""


def fetch_into(cache: Path, data: Data) -> Dataset:
    """Put the files into ``cache``, each by a rename once all are verified, and load them.

    Raises DataError (Keras failed, the time is up, a file is not right) or OSError (of ``cache``).
    """
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".download-") as folder:
        home = Path(folder)
        fetched = home / ".keras" / "datasets" / data.cache
        fetched.mkdir(parents=True)
        _run_keras(home, data.dataset)
        source, remedy = say("download.source", cache=cache), say("download.again")
        dataset = read_folder(fetched, data, source=source, remedy=remedy)
        for name in data.sha256:
            (fetched / name).replace(cache / name)
    return dataset


def _run_keras(home: Path, dataset: str) -> None:
    log = home / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 - this Python, and a program that stands above
            [sys.executable, "-c", CHILD_CODE, dataset, str(ANSWER_SECONDS)],
            cwd=home,
            env={**os.environ, "KERAS_HOME": str(home / ".keras")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
        try:
            status = _wait(process)
        finally:
            _end(process)
    if status != 0:
        *_, said = log.read_text(encoding="utf-8", errors="replace").strip().split("\n")
        said = said.strip() or say("download.status", status=status)
        raise DataError(say("download.failed", said=said))


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for the child, until its time is up or the command is interrupted."""
    until = time.monotonic() + TOTAL_SECONDS
    while (status := process.poll()) is None:
        if time.monotonic() > until:
            raise DataError(say("download.stopped", seconds=TOTAL_SECONDS))
        if ENDING.wait(0.05):
            raise DataError(say("download.interrupted"))
    return status


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it started, unless it has ended by itself."""
    if process.poll() is None:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
