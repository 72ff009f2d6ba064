"""What a notebook's code reaches for, and what only looks like it."""

import ast

import pytest

from fmnist_spec.gate.witness.reaching import reaches

KERAS = "import os, sys, gc, builtins\nimport tensorflow as tf\nfrom tensorflow import keras\n"
KERAS += "from tensorflow.keras.layers import Dense\n"

REACHING = {
    "keras.layers.Dense = other": "replaced",
    "tf.keras.Model.fit = other": "replaced",
    "keras = tf.keras\nkeras.Model.fit = other": "replaced",
    "K = tf.keras.layers\nK.Dense = other": "replaced",
    "Dense.__init__ = other": "replaced",
    "setattr(keras.layers, 'Dense', other)": "replaced",
    "type.__setattr__(Dense, 'units', other)": "replaced",
    "vars(keras.layers)['Dense'] = other": "replaced",
    "keras.layers.__dict__['Dense'] = other": "replaced",
    "del keras.layers.Dense": "replaced",
    "builtins.__import__ = other": "replaced",
    "__builtins__.getattr = other": "replaced",
    "setattr(Dense, chosen, other)": "replaced",
    "vars(keras.layers).update(Dense=other)": "replaced",
    "keras.activations.sigmoid.__code__ = other": "code",
    "patch.object(keras.layers, 'Dense', other)": "replaced",
    "from keras.activations import ALL_OBJECTS_DICT as known\nknown['relu'] = other": "replaced",
    "patch('sklearn.model_selection.train_test_split')": "replaced",
    "layer = keras.layers.Dense(64)\nlayer.units = 100": "layer",
    "layer = Dense(64)\nsetattr(layer, 'units', 100)": "layer",
    "layer = Dense(64)\nvars(layer).update(units=100)": "layer",
    "layer = Dense(64)\nlayer.__dict__['units'] = 100": "layer",
    "layer = Dense(64)\nlayer.__class__ = other": "code",
    "model.layers[0].units = 100": "layer",
    "model.layers[0].call = other": "layer",
    "model.get_layer('hidden').units = 100": "layer",
    "for layer in model.layers: layer.units = 100": "layer",
    "optimizer = keras.optimizers.SGD()\noptimizer.get_config = other": "layer",
    "other.__code__ = this.__code__": "code",
    "import fmnist_spec.gate.check": "gate",
    "from fmnist_spec.gate import events": "gate",
    "from fmnist_spec import gate": "gate",
    "sys.modules['fmnist_spec.gate.observe']": "gate",
    "get_ipython().editor": "gate",
    "get_ipython().ast_transformers.append(other)": "source",
    "import ctypes": "ctypes",
    "from ctypes import CDLL": "ctypes",
    "__import__('ctypes')": "ctypes",
    "sys._getframe()": "frames",
    "from sys import _getframe": "frames",
    "import inspect\ninspect.stack()": "frames",
    "frame.f_back": "frames",
    "generator.gi_frame": "frames",
    "error.__traceback__.tb_frame": "frames",
    "function.__closure__[0].cell_contents": "closures",
    "gc.get_objects()": "gc",
    "from gc import get_referrers": "gc",
    "sys.settrace(other)": "tracing",
    "import threading\nthreading.setprofile(other)": "tracing",
    "sys.addaudithook(other)": "tracing",
    "os.write(9, b'x')": "files",
    "for fd in range(9): os.write(fd, b'x')": "files",
    "from os import dup2": "files",
    "os.fdopen(9, 'wb')": "files",
    "open(9, 'wb')": "files",
    "os.listdir('/proc/self/fd')": "files",
    "open('/dev/fd/9')": "files",
    "fd, path = tempfile.mkstemp()\nfor fd in range(9): os.write(fd, b'x')": "files",
    "os._exit(0)": "exit",
}
SOUND = [
    "model.trainable = False",
    "layer.trainable = True",
    "model.optimizer.learning_rate = 0.1",
    "model.stop_training = True",
    "model._name = 'one'",
    "self.units = units",
    "keras.backend.set_floatx('float32')",
    "tf.random.set_seed(42)",
    "tf.keras.layers.BatchNormalization._USE_V2_BEHAVIOR = False",
    "os.environ['TF_CPP_MIN_LOG_LEVEL'] = '2'",
    "plt.rcParams['font.size'] = 10",
    "sys.modules['keras'] = tf.keras",
    "'google.colab' in sys.modules",
    "sys.path.insert(0, '.')",
    "sys.stdout.fileno()",
    "gc.collect()",
    "gc.get_count()",
    "import fmnist_spec",
    "from fmnist_spec import build_list, load_data, prepare, train, Summary",
    "from fmnist_spec.models import build_list",
    "fmnist_spec.build_list()",
    "%load_ext fmnist_spec",
    "import tempfile\nfd, path = tempfile.mkstemp()\nos.write(fd, b'x')\nos.close(fd)",
    "open('notes.txt', 'w')",
    "file.write('one'), file.read()",
    "os.getpid(), os.listdir('.'), os.path.exists('/proc/meminfo')",
    "function.__code__.co_varnames, function.__name__, function.__doc__",
    "get_ipython().run_line_magic('matplotlib', 'inline')",
    "Dense(100).units",
    "settings.fit, settings.epochs = True, 5",
    "import inspect\ninspect.getsource(keras.Sequential)",
    "setattr(model, 'trainable', False)",
    "np.bool = bool",
    "history.history['loss'][0] = 1",
    "print('sys._getframe and ctypes are words')",
    "settings.units = 100",
    "for settings.units in (16, 32): pass",
    "setattr(arguments, 'units', 64)",
    "self.settings.units = 64",
    "table.units, axis.units = 'kg', 'cm'",
    "thing.__class__ = Other",
    "tf.Session = tf.compat.v1.Session",
    "tf.log = tf.math.log",
    "keras.metrics.r2 = r2",
    "keras.Model.number_of_parameters = count",
    "builtins.profile = lambda function: function",
    "patch('builtins.print')",
    "register().object('keras')",
    "patch('keras')",
    "from sklearn import metrics\nmetrics = Settings()\nmetrics.units = metrics.weights = 1",
    "from sklearn import metrics\nmetrics = {}\nmetrics['accuracy'] = 1\nmetrics.update(loss=2)",
    "from tensorflow.keras import layers\nlayers = [1]\nlayers[0] = 2",
    "keras.utils.get_custom_objects().update(mine=other)",
    "register().object(keras.layers.Dense)",
    "vars(settings).update(units=100)",
    "with os.fdopen(os.open('b.txt', os.O_CREAT | os.O_WRONLY), 'w') as file: pass",
    "os.write(1, b'shown')",
    "os.write(sys.stdout.fileno(), b'shown')",
    "from fmnist_spec import __version__",
    "print('the files of a process are in /proc/self/fd')",
]


def found(source: str) -> list[str]:
    from fmnist_spec.gate.source.python import python_of

    tree = python_of(KERAS + source)
    assert isinstance(tree, ast.Module), source
    return [one.what for _, one in reaches({0: tree})]


@pytest.mark.parametrize(("source", "what"), REACHING.items(), ids=REACHING)
def test_what_could_change_the_check_is_told(source: str, what: str) -> None:
    """By what kind of thing it reaches for."""
    assert what in found(source)


@pytest.mark.parametrize("source", SOUND)
def test_what_courses_do_is_sound(source: str) -> None:
    """Setting what is one's own, and using libraries as they are, changes no check."""
    assert found(source) == []
