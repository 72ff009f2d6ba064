"""Files that native code opens, announced as Python announces those that it opens itself.

h5py and TensorFlow open files past Python. Announced, they meet the refusals as any others: a file
of the repository is copied first, and one elsewhere is refused by name. Other native code meets
only the kernel.
"""

import contextlib
import functools
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

FLAGS = {
    "r": os.O_RDONLY,
    "r+": os.O_RDWR,
    "a": os.O_RDWR | os.O_CREAT,
    "w": os.O_RDWR | os.O_CREAT | os.O_TRUNC,
    "x": os.O_RDWR | os.O_CREAT | os.O_EXCL,
    "w-": os.O_RDWR | os.O_CREAT | os.O_EXCL,
}
Announcer = Callable[..., tuple[Any, str]]  # gives the file and the mode of such a call
FILES, RECORDS = "tensorflow.python.lib.io.file_io", "tensorflow.python.lib.io.tf_record"
OPENERS: dict[tuple[str, str], Announcer] = {
    ("h5py", "File.__init__"): lambda _, name, mode="r", *__, **___: (name, mode),
    (FILES, "_pywrap_file_io.BufferedInputStream"): lambda name, *_, **__: (name, "r"),
    (FILES, "_pywrap_file_io.WritableFile"): lambda name, mode: (name, mode.decode().strip("b")),
    (FILES, "_pywrap_file_io.CopyFile"): lambda _, name, over: (name, "w" if over else "x"),
    (RECORDS, "TFRecordWriter.__init__"): lambda _, path, *__, **___: (path, "w"),
    ("tensorflow", "io.read_file"): lambda filename, *_, **__: (filename, "r"),
    ("tensorflow", "io.write_file"): lambda filename, *_, **__: (filename, "w"),
}


def announce_native_files() -> None:
    """Have the native code that is loaded announce, from now on, what it is about to open."""
    for (module, path), given in OPENERS.items():
        if module.partition(".")[0] not in sys.modules:
            continue
        with contextlib.suppress(ImportError, AttributeError):  # another version has none
            *way, name = path.split(".")
            owner = functools.reduce(getattr, way, import_module(module))
            setattr(owner, name, _announcing(getattr(owner, name), given))


def _announcing(call: Callable[..., Any], given: Announcer) -> Callable[..., Any]:
    @functools.wraps(call)
    def announced(*arguments: Any, **named: Any) -> Any:
        with contextlib.suppress(TypeError):  # the call itself tells better what is wrong with it
            path, mode = given(*arguments, **named)
            if isinstance(path, str | bytes | os.PathLike):
                sys.audit("open", path, mode, FLAGS.get(mode, os.O_RDONLY))
        return call(*arguments, **named)

    return announced
