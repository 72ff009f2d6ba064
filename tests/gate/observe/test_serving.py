"""Data sets are served to the notebook; what it cannot get is told by its own call."""

from types import SimpleNamespace

import pytest

from fmnist_spec.data import load_data
from fmnist_spec.gate.compare.contents import Reference
from fmnist_spec.gate.observe.calls import Sink, Wrapper
from fmnist_spec.gate.observe.data import DataWatch
from fmnist_spec.gate.observe.images import Recogniser

SAMPLE = load_data(sample=True)


def no_memory() -> None:
    raise MemoryError("Unable to allocate 45 MiB")


class Strict(Sink):
    """Takes events, and no fault."""

    def say(self, kind: str, value: object) -> None:
        assert kind == "event", value


@pytest.mark.parametrize(
    ("name", "error"), [("fashion_mnist", MemoryError), ("reuters", ConnectionError)]
)
def test_data_that_cannot_be_had_is_not_the_gates_fault(name: str, error: type[Exception]) -> None:
    """Keras's own load_data() is not asked: it would look for a network."""

    def load_data() -> None:
        pytest.fail("Keras is asked")

    wrapper, module = Wrapper(), SimpleNamespace(load_data=load_data)
    wrapper.sink = Strict()
    watch = DataWatch(wrapper, Recogniser("fashion_mnist", Reference(*SAMPLE)), no_memory)
    served = wrapper._wrapped(module.load_data, lambda call: watch._load(name, call))
    with pytest.raises(error):
        served()
