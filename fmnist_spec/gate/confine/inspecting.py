"""An audit hook that tells when the notebook's own code looks into the process that it runs in.

It refuses nothing: what libraries do themselves, as TensorFlow with frames, is not told.
"""

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

Notice = Callable[[str, str], None]  # what kind of thing was done, and by which event

WATCHED = {
    **dict.fromkeys(("sys._getframe", "sys._current_frames"), "frames"),
    **dict.fromkeys(("gc.get_objects", "gc.get_referrers", "gc.get_referents"), "gc"),
    **dict.fromkeys(("sys.settrace", "sys.setprofile", "sys.addaudithook"), "tracing"),
    **dict.fromkeys(("ctypes.dlopen", "ctypes.dlsym", "ctypes.string_at"), "ctypes"),
    **dict.fromkeys(("ctypes.cdata", "ctypes.call_function"), "ctypes"),
}
# What calls them for who calls it.
BETWEEN = ("inspect", "ctypes", "ctypes._endian", "ctypes.util", "threading")


def is_own(code: CodeType) -> bool:
    """Whether code stands in a cell, or in a text that was run, and in no file."""
    name = code.co_filename
    return name.startswith(("<cell ", "<run by cell", "<timed ")) or name == "<string>"


class Inspections:
    """Tells what was done, by which event, if the notebook's own code did it."""

    def __init__(self, notice: Notice) -> None:
        self._notice, self._busy = notice, False

    def __call__(self, event: str, _: tuple[Any, ...]) -> None:
        """Take an event that Python announces."""
        if event in WATCHED and not self._busy:
            self._busy = True  # to ask for a frame is such an event, too
            try:
                frame = _caller(sys._getframe(1))
                if frame is not None and is_own(frame.f_code):
                    self._notice(WATCHED[event], event)
            finally:
                self._busy = False


def _caller(frame: FrameType | None) -> FrameType | None:
    while frame is not None and frame.f_globals.get("__name__") in BETWEEN:
        frame = frame.f_back
    return frame
