"""An audit hook that tells when the notebook's own code looks into the process that it runs in.

It refuses nothing: what libraries do themselves, as TensorFlow with frames, is not told.
"""

import sys
from collections.abc import Callable, Mapping
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
PROFILING = {"enable", "disable"}  # what cProfile is asked for, by the event of sys.setprofile


def is_notebooks(names: Mapping[str, Any] | None) -> bool:
    """Whether these are the global names of the notebook's own code, whatever it calls itself."""
    return names is vars(sys.modules.get("__main__", sys))


def defines(thing: Any) -> bool:
    """Whether the notebook defines a function, or a class, whatever module that says it is of."""
    own = [thing, *(vars(thing).values() if isinstance(thing, type) else ())]
    return any(is_notebooks(getattr(one, "__globals__", None)) for one in own)


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
                if frame is not None and is_own(frame.f_code) and not _profiles(event, frame):
                    self._notice(WATCHED[event], event)
            finally:
                self._busy = False


def _profiles(event: str, frame: FrameType) -> bool:
    return event == "sys.setprofile" and not PROFILING.isdisjoint(frame.f_code.co_names)


def _caller(frame: FrameType | None) -> FrameType | None:
    while frame is not None and frame.f_globals.get("__name__") in BETWEEN:
        frame = frame.f_back
    return frame
