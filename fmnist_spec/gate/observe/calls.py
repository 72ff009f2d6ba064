"""Wrap functions of Keras and scikit-learn, so that the notebook's own calls can be watched."""

import functools
import inspect
import sys
import traceback
from collections.abc import Callable, Container
from dataclasses import dataclass
from types import FrameType
from typing import Any

from fmnist_spec.gate.confine.inspecting import is_notebooks
from fmnist_spec.gate.events import Event

LIBRARIES = ("keras", "tf_keras", "tensorflow", "sklearn")  # whose own calls do not count


@dataclass
class Call:
    """A call that the notebook makes: what it calls, with what, and from which line."""

    function: Callable[..., Any]
    bound: inspect.BoundArguments
    line: int | None
    by: tuple[int, int] | None = None  # the cell and the line of the code that calls
    raised: Exception | None = None
    result: Any = None
    done: bool = False

    def __getitem__(self, name: str) -> Any:
        return self.bound.arguments.get(name, self.bound.signature.parameters[name].default)

    def go(self) -> Any:
        """Make the call."""
        try:
            self.result = self.function(*self.bound.args, **self.bound.kwargs)
        except Exception as error:
            self.raised = error
            raise
        self.done = True
        return self.result


@dataclass(frozen=True)
class EventMessage:
    """An event as it is told; one with the same index replaces it later."""

    index: int
    event: Event


class Sink:
    """Where watches tell what they see, and ask where the notebook is."""

    cell = 0  # the one that runs
    events = 0  # told so far

    def say(self, kind: str, value: Any) -> None:
        """Take a message, of a kind that ``run.protocol`` knows."""

    def line_of(self, frame: FrameType) -> int | None:
        """Give the line of the running cell that led to this frame."""

    def place_of(self, frame: FrameType) -> tuple[int, int] | None:
        """Give the cell and the line in which the code of this very frame stands."""

    def tell(self, index: int, event: Event) -> None:
        """Take an event; a later one with the same index replaces it."""
        self.say("event", EventMessage(index, event))

    def reserve(self) -> int:
        """Give the next event its index."""
        self.events += 1
        return self.events - 1

    def add(self, event: Event) -> int:
        """Take a new event, and give its index."""
        index = self.reserve()
        self.tell(index, event)
        return index


Watch = Callable[[Call], Any]  # makes the call itself, and gives what it returns


class Wrapper:
    """Makes wrappers. One is as the function that it wraps, errors and all.

    Should a watch fail, the sink is told of the fault, and the notebook does not notice.
    """

    def __init__(self) -> None:
        self.sink = Sink()
        self.unseen: Container[Any] = ()  # models whose methods are left alone
        self._undo: list[Callable[[], None]] = []

    def method(self, kind: Any, name: str, watch: Watch) -> None:
        """Wrap a method where ``kind`` has it from."""
        owner = next(one for one in kind.__mro__ if name in vars(one))
        original = vars(owner)[name]
        setattr(owner, name, self._wrapped(original, watch))
        self._undo.append(functools.partial(setattr, owner, name, original))

    def function(self, function: Any, watch: Watch) -> None:
        """Wrap a function in every module that has it by its name."""
        wrapped = self._wrapped(function, watch)
        _exchange(function, wrapped)
        self._undo.append(functools.partial(_exchange, wrapped, function))

    def unwrap(self) -> None:
        """Put back all that is wrapped, wherever it has come to meanwhile."""
        while self._undo:
            self._undo.pop()()

    def _wrapped(self, function: Any, watch: Watch) -> Any:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            caller = sys._getframe(1)
            module = str(caller.f_globals.get("__name__")).partition(".")[0]
            if module in LIBRARIES and not is_notebooks(caller.f_globals):
                return function(*args, **kwargs)
            try:
                bound = signature.bind(*args, **kwargs)
            except TypeError:  # the function says it in its own words
                return function(*args, **kwargs)
            place = self.sink.line_of(caller), self.sink.place_of(caller)
            return self._watched(Call(function, bound, *place), watch)

        wrapper.__signature__ = signature  # type: ignore[attr-defined]  # Keras reads it there
        return wrapper

    def _watched(self, call: Call, watch: Watch) -> Any:
        if call.bound.arguments.get("self") in self.unseen:
            return call.go()
        try:
            return watch(call)
        except Exception as error:
            if error is call.raised:
                raise
            fault = traceback.format_exc()
        # What the watch held is let go. If this call raises, too, the notebook is to blame.
        result = call.result if call.done else call.go()
        self.sink.say("fault", fault)
        return result


def _exchange(old: Any, new: Any) -> None:
    """Put a function in the place of another one, in every module that has that by its name."""
    name = old.__name__
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get(name) is old:
            setattr(module, name, new)
