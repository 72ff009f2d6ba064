"""Of a long message of Keras or TensorFlow the line is shown that says what is wrong."""

import pytest

from fmnist_spec.gate.rules.run import _said

# As TensorFlow 2.8, 2.15 and 2.21 write them; their own frames are shortened.
MESSAGES = {
    "wrong input, Keras 3": (
        "Exception encountered when calling Sequential.call().\n\n\x1b[1mInput 0 of layer "
        '"dense" is incompatible with the layer\x1b[0m\n\nArguments received by '
        "Sequential.call():\n  • inputs=tf.Tensor(shape=(32, 784))\n  • training=True",
        'Input 0 of layer "dense" is incompatible with the layer',
    ),
    "wrong input, Keras 2": (
        'in user code:\n\n    File "a/training.py", line 1401, in train_function  *\n        '
        'return step_function(self, iterator)\n\n    ValueError: Input 0 of layer "sequential" '
        "is incompatible with the layer\n",
        'Input 0 of layer "sequential" is incompatible with the layer',
    ),
    "a layer of the author's in a graph, Keras 2": (
        'in user code:\n\n    File "a/training.py", line 1, in train_function  *\n        x()\n\n'
        "    ValueError: Exception encountered when calling layer 'l' (type L).\n    \n"
        "    Shapes do not match\n    \n    Call arguments received by layer 'l' (type L):\n"
        "      • x=tf.Tensor(shape=(64, 784))\n",
        "Shapes do not match",
    ),
    "a layer of the author's, Keras 3": (
        "Exception encountered when calling L.call().\n\n\x1b[1mCould not automatically infer the "
        "output shape / dtype of 'l' (of type L). Error encountered:\n\n'SymbolicTensor' object "
        "has no attribute 'nothing'\x1b[0m\n\nArguments received by L.call():\n  • args=()",
        "'SymbolicTensor' object has no attribute 'nothing'",
    ),
    "labels out of range, 2.8": (
        "Graph execution error:\n\nDetected at node 'loss/Xent' defined at (most recent call "
        'last):\n    File "<string>", line 1, in <module>\n      Server().serve()\n'
        "Node: 'loss/Xent'\nReceived a label value of 10 which is outside the valid range.\n"
        "\t [[{{node loss/Xent}}]] [Op:__inference_train_function_508]",
        "Received a label value of 10 which is outside the valid range.",
    ),
    "labels out of range, 2.21": (
        "Graph execution error:\n\nDetected at node loss/Xent defined at (most recent call "
        'last):\n  File "<string>", line 1, in <module>\n\n...\nReceived a label value of 10\n'
        "\t [[{{node loss/Xent}}]] [Op:__inference_multi_step_on_iterator_8]",
        "Received a label value of 10",
    ),
    "two errors": (
        "Graph execution error:\n\n2 root error(s) found.\n  (0) INVALID_ARGUMENT:  Received a "
        "label value of 10\n\t [[{{node a}}]]\n0 successful operations.\n0 derived errors ignored.",
        "Received a label value of 10",
    ),
    "sizes": (
        "Data cardinality is ambiguous:\n  x sizes: 64\n  y sizes: 10\nMake sure.",
        "y sizes",
    ),
    "plain": ("division by zero", "division by zero"),
    "two lines": ("the first says it\nthe second does not", "the first says it"),
    "too much": ("x" * 999, "x" * 300),
    "nothing": ("", ""),
    "nothing else": ("Graph execution error:", "Graph execution error:"),
}


@pytest.mark.parametrize(("message", "told"), MESSAGES.values(), ids=MESSAGES)
def test_the_line_that_says_something_is_shown(message: str, told: str) -> None:
    """Neither the words before it nor the frames and arguments around it."""
    said = _said(message, "ValueError")
    assert told in said, said
    assert "\x1b" not in said, said
    if told != "y sizes":
        assert said == told, said
