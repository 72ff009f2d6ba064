"""Where a name is misspelt, the error has the one that was probably meant."""

import pytest
from notebooks import Run
from sampling import few

from fmnist_spec.gate.kernel.near import near_module

MISSPELT = {
    "import nunpy": "numpy",
    "import tensorfow as tf": "tensorflow",
    "import Numpy": "numpy",
    "import maht": "math",
    "import matplotlib.pyplt as plt": "pyplot",
    "from sklearn.model_selecton import train_test_split": "model_selection",
    "from sklearn.model_selection import train_test_spilt": "train_test_split",
    "from tensorflow import kears": "keras",
    "from tensorflow.kears import layers": "keras",
    "from tensorflow import keras\nkeras.layers.Desne(1)": "Dense",
    "import tensorflow as tf\nfrom tf.keras import layers": "tensorflow",
    "from tf.keras import layers": "tensorflow",
    "import np": "numpy",
    "from np import array": "numpy",
    "import plt": "matplotlib.pyplot",
    "import pillow": "PIL",
    "import opencv": "cv2",
    "from scikit_learn.model_selection import train_test_split": "sklearn",
    "import numpy as n\nfrom n.random import rand": "numpy",
    "from tensorflow.keras import layers\nfrom layers import Dense": "keras.layers",
    "import typing_extension": "typing_extensions",
    "import google_pasta": "pasta",
    "train_input = 1\nprint(trian_input)": "train_input",
    "pritn(1)": "print",
}


@pytest.mark.parametrize(("source", "meant"), few(MISSPELT.items()), ids=few(MISSPELT))
def test_the_name_that_was_meant_is_told(run: Run, source: str, meant: str) -> None:
    """It is the notebook's fault, and not what is installed."""
    ran = run(source).cells[0]
    assert ran.error is not None, ran
    assert (ran.status, ran.error.near) == ("raised", meant), ran


@pytest.mark.parametrize("name", ["pydot", "pickle5", "ujson", "seaborn", "tensorflow_hub", "cv2"])
def test_packages_of_their_own_are_not_misspelt(name: str) -> None:
    """Their names are near to others', but they exist."""
    assert near_module(name) == ""


NEAR_TO_OTHERS = """aenum bcrypt boto bson crypto dlib emails hickle hjson httpx icalendar ijson
jsons lime locket names nest_asyncio orjson parse path pdoc pyaml pydoe pydot rarfile scapy scipp
timm toml trame typer ujson ulid unittest2 weave xarray xlib yarl"""
SHORT = {"tf": "tensorflow", "np": "numpy", "plt": "matplotlib.pyplot", "pd": "pandas"}
SHORT |= {"sns": "seaborn", "sk": "sklearn", "mpl": "matplotlib", "pillow": "PIL", "opencv": "cv2"}
SHORT |= {"opencv_python": "cv2", "scikit_learn": "sklearn", "scikit_image": "skimage"}
SHORT |= {"beautifulsoup4": "bs4", "pyyaml": "yaml", "python_dateutil": "dateutil"}


def test_no_package_is_taken_for_a_misspelt_one() -> None:
    """They are on PyPI; who lacks one of them has to install it."""
    names = NEAR_TO_OTHERS.split()
    assert [one for one in names if near_module(one) not in ("", one)] == []  # one is installed


def test_what_people_call_a_package_is_not_its_module() -> None:
    """Short names, and names on PyPI."""
    assert {one: near_module(one) for one in SHORT} == SHORT


@pytest.mark.parametrize("source", ["from math import zzzz", "print(qqqq)", "(1).wwww"])
def test_where_nothing_is_near_nothing_is_told(run: Run, source: str) -> None:
    """A guess that is far off would mislead."""
    ran = run(source).cells[0]
    assert ran.error is not None, ran
    assert ran.error.near == "", ran
