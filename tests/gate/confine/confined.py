"""Run a piece of code in a forked process that is confined as a notebook's, without TensorFlow."""

import os
import select
import signal
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fmnist_spec.gate.confine import sandbox

SECONDS = 60


def confined(code: str, folder: Path, notebook: str = "", names: Mapping[str, Any] = {}) -> str:
    """Give what a piece of code says by ``say()``, each on a line, and how it raised.

    ``folder`` is to be the process's own; it knows these names. Skips where the kernel lacks what
    confines.
    """
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.setsid()
            os.close(reading)
            say = lambda *what: os.write(writing, " ".join(map(str, what)).encode() + b"\n")  # noqa: E731
            reached = sandbox.confine(folder, notebook, sandbox.Limits(), lambda *_: None)
            if missing := sandbox.lacking(reached):
                say("lacking:", *missing)
            else:
                exec(code, {"say": say, "reached": reached, **names})  # noqa: S102
        except BaseException:
            os.write(writing, traceback.format_exc().encode())
        finally:
            os._exit(0)
    os.close(writing)
    said = b""
    while select.select([reading], [], [], SECONDS)[0] and (more := os.read(reading, 2**16)):
        said += more
    os.close(reading)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    with pytest.raises(ProcessLookupError):  # no process of its session is left
        os.killpg(process, 0)
    if said.startswith(b"lacking:"):
        pytest.skip(f"this machine has no {said.decode()}")
    return said.decode()
