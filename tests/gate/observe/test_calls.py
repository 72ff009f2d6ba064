"""A watch that fails is the gate's fault; a call that raises is the notebook's."""

from collections.abc import Callable
from typing import Any

import pytest

from fmnist_spec.gate.observe.calls import Call, Sink, Wrapper


class Told(Sink):
    """Keeps the faults that it is told."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def say(self, kind: str, value: Any) -> None:
        assert kind == "fault"
        self.faults.append(value)


def watched(function: Callable[..., Any], watch: Callable[[Call], Any]) -> tuple[Any, Told]:
    """Give a function as the notebook gets it, and what is told of its calls."""
    wrapper = Wrapper()
    wrapper.sink = told = Told()
    return wrapper._wrapped(function, watch), told


def out_of_memory(call: Call) -> Any:
    raise MemoryError("Unable to allocate 73.2 GiB")


def out_of_memory_afterwards(call: Call) -> Any:
    call.go()
    raise MemoryError("Unable to allocate 73.2 GiB")


@pytest.mark.parametrize("watch", [out_of_memory, out_of_memory_afterwards])
def test_the_gates_own_lack_of_memory_is_not_the_notebooks(watch: Callable[[Call], Any]) -> None:
    """The call is made once and gives what it gives; the fault is told as the gate's."""
    calls: list[int] = []
    function, told = watched(lambda number: calls.append(number) or number + 1, watch)
    assert function(1) == 2
    assert calls == [1]
    assert ["73.2 GiB" in fault for fault in told.faults] == [True], told.faults


@pytest.mark.parametrize("error", [MemoryError, ValueError])
def test_a_call_that_raises_is_the_notebooks(error: type[Exception]) -> None:
    """Also where the watch failed before: then what is wrong with the call may be why."""

    def failing() -> None:
        raise error("of the notebook")

    for watch in (Call.go, out_of_memory):
        function, told = watched(failing, watch)
        with pytest.raises(error, match="of the notebook"):
            function()
        assert told.faults == []
