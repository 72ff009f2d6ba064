"""What a cell prints is kept up to a length, in which what was printed over does not count."""

from fmnist_spec.gate.kernel.outputs import Outputs
from fmnist_spec.gate.trace import LONGEST_OUTPUT


def test_of_a_long_training_the_lines_that_are_seen_are_kept() -> None:
    """Keras writes each line a thousand times over; an epoch alone would fill the room."""
    outputs = Outputs()
    for epoch in range(1, 6):
        outputs.stream("stdout", f"Epoch {epoch}/5\n")
        for step in range(1, 1501):
            line = f"\r{step:4}/1500 - loss: 0.5"
            outputs.stream("stdout", "\b" * (len(line) if step > 1 else 0))
            outputs.stream("stdout", line)
        outputs.stream("stdout", "\n")
    assert len(outputs.text) < LONGEST_OUTPUT
    for epoch in range(1, 6):
        assert f"Epoch {epoch}/5\n" in outputs.text
    assert outputs.text.count("1500/1500 - loss: 0.5\n") == 5


def test_what_is_no_progress_is_cut_where_it_is_too_long() -> None:
    """The rest is not kept, however much there is."""
    outputs = Outputs()
    for _ in range(3 * LONGEST_OUTPUT // 10):
        outputs.stream("stdout", "a" * 9 + "\n")
    assert outputs.text == ("a" * 9 + "\n") * (LONGEST_OUTPUT // 10)
