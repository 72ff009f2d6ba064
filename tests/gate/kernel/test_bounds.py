"""Whatever a notebook prints, shows or raises, no message of its run is lost."""

import pytest
from notebooks import Run

LAYER = "from tensorflow import keras\nlayers = [keras.layers.Dense(1, input_shape=(1,)"
MUCH = {
    "displays": "show = get_ipython().display_pub.publish\n"
    "for _ in range(400_000): show({'text/plain': 'x'})",
    "empty displays": "show = get_ipython().display_pub.publish\n"
    "for _ in range(400_000): show({'text/plain': ''})",
    "streams in turn": "import sys\nfor _ in range(100_000):\n    print(1)\n"
    "    print(2, file=sys.stderr)",
    "a long repr": "class Long:\n    def __repr__(self): return 'x' * 20_000_000\nLong()",
    "a long summary": f"{LAYER})]\nkeras.Sequential(layers).summary(line_length=3_000_000)",
    "a long name": f"{LAYER}, name='n' * 20_000_000)]\nkeras.Sequential(layers)",
    "a long name that is left out": f"{'x' * 3_000_000} = !ls\ny = 1",
}


@pytest.mark.parametrize("source", MUCH.values(), ids=MUCH)
def test_a_cell_that_shows_too_much_hides_nothing(run: Run, source: str) -> None:
    """What it shows is cut, and the cell behind it is heard to raise."""
    trace = run(source, "1 / 0")
    assert [one.status for one in trace.cells] == ["ok", "raised"], (trace.cells, trace.ended)
    kept = trace.cells[0].outputs
    assert len(kept) <= 1_000, f"{len(kept)} outputs were kept"
    assert len(str(kept)) < 200_000, f"{len(str(kept))} characters were kept"


@pytest.mark.parametrize(
    "source",
    [
        "raise ValueError('x' * 20_000_000)",
        "raise type('E' * 20_000_000, (Exception,), {})",
        "class Odd(Exception):\n    def __str__(self): raise KeyError(1)\nraise Odd",
        "error = None\nfor at in range(2000):\n    new = ValueError(at)\n"
        "    new.__context__, error = error, new\nraise error",
    ],
    ids=["long message", "long name", "odd message", "long chain"],
)
def test_an_error_of_any_length_is_told(run: Run, source: str) -> None:
    """The cell has raised, and its message is cut."""
    ran = run(source).cells[0]
    assert ran.error is not None, ran
    assert ran.status == "raised", ran
    assert len(ran.error.type + ran.error.message) <= 2_500, ran


def test_of_a_long_message_both_ends_are_kept(run: Run) -> None:
    """TensorFlow's messages say at their end what they are about."""
    ran = run("raise ValueError('first' + 'x' * 9_000 + 'last')").cells[0]
    assert ran.error is not None, ran
    assert ran.error.message.startswith("first"), ran.error
    assert ran.error.message.endswith("last"), ran.error
