"""What a notebook's code is not to reach for, by the names that it has in the code.

Each kind, as "frames", is a key of the words of the rule ``tampering``.
"""

import builtins
import re

from fmnist_spec.datasets import DATA_SETS
from fmnist_spec.gate.witness.arguments import ACTIVATIONS, LOSSES, OPTIMIZERS
from fmnist_spec.gate.witness.calls import LOAD, METHODS, SPLIT
from fmnist_spec.gate.witness.resolving import MADE
from fmnist_spec.network import TYPES

# Attributes by which frames, and what functions hold, are reached, whoever has them.
FRAMES = {"_getframe", "_getframemodulename", "_current_frames", "_current_exceptions"}
FRAMES |= {"currentframe", "f_back", "f_globals", "f_locals", "f_builtins", "f_code"}
FRAMES |= {"gi_frame", "cr_frame", "ag_frame", "tb_frame"}
CLOSURES = {"__closure__", "cell_contents", "__globals__"}
SOURCES = {"ast_transformers", "input_transformers_cleanup", "input_transformers_post"}
ATTRIBUTES = {
    **dict.fromkeys(FRAMES, "frames"),
    **dict.fromkeys(CLOSURES, "closures"),
    **dict.fromkeys(SOURCES, "source"),
}
# What is reached of modules. Of files by their numbers, those that the notebook has opened are its.
FILES = {"write", "read", "dup", "dup2", "fdopen", "pwrite", "writev", "sendfile", "closerange"}
OPENING = {"mkstemp", "open", "pipe", "openpty", "dup", "fileno"}
STANDARD = range(3)  # the files that every program has open
OF_MODULES: dict[str, dict[str, str]] = {
    "gc": dict.fromkeys(("get_objects", "get_referrers", "get_referents"), "gc"),
    "sys": dict.fromkeys(("settrace", "setprofile", "addaudithook", "monitoring"), "tracing"),
    "threading": dict.fromkeys(("settrace", "setprofile"), "tracing"),
    "inspect": dict.fromkeys(("currentframe", "stack", "getouterframes"), "frames"),
    "os": {**dict.fromkeys(FILES, "files"), "_exit": "exit"},
}
IMPORTED = {"ctypes": "ctypes", "_ctypes": "ctypes", "cffi": "ctypes", "_posixsubprocess": "files"}
# Texts that name such things; the last is how the code of a cell is called.
TEXTS = {
    "files": re.compile(r"^/(?:proc/(?:self|thread-self|\d+)|dev)/(?:fd|mem)(?:/\S*)?$"),
    "gate": re.compile(r"^fmnist_spec\.(?:gate|_)[\w.]*$|^<cell \d+\+"),
}
# These parts of libraries are not to be replaced: a name that is new there, as of an older version,
# is no harm. What begins with two underscores is such a part everywhere, but for what is only read.
OF_LAYERS = {"call", "build", "units", "activation", "weights", "get_weights", "set_weights"}
OF_LAYERS |= {"get_config", "from_config", "count_params", "add", "pop"}
MODULES_OF_KERAS = {"layers", "models", "datasets", "activations", "losses", "optimizers"}
MODULES_OF_KERAS |= {"metrics", "callbacks", "ops", "src", "get", "deserialize"}
PARTS = {
    "keras": {*TYPES, *MADE, *METHODS, LOAD, *DATA_SETS, *ACTIVATIONS, *OPTIMIZERS, *LOSSES}
    | OF_LAYERS
    | MODULES_OF_KERAS,
    "tensorflow": {"keras", "nn", *ACTIVATIONS},
    "sklearn": {SPLIT, "model_selection"},
    "builtins": {*dir(builtins)} - {"print", "input"},  # which tests of a course's own take over
}
CHANGED = {*PARTS}
TEXTUAL = {"__doc__", "__version__", "__name__", "__all__"}
# Attributes that make an object another thing than it was made as: any, or only one of Keras.
CODE, OF_KERAS = {"__code__", "__bases__"}, {"__class__": "code"}
OF_KERAS |= dict.fromkeys(("units", "call", "get_config"), "layer")
SETTERS = {"setattr", "delattr", "__setattr__", "__delattr__"}
CHANGERS = {"update", "setdefault", "pop", "__setitem__", "__ior__"}  # of a dictionary
