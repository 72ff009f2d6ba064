"""The name that was probably meant, where an import or a name fails for its spelling."""

import builtins
import contextlib
import importlib.util
import pkgutil
import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from types import MappingProxyType, ModuleType
from typing import Any

from fmnist_spec.near import nearest

# Packages of their own whose names are near to one of Python's or of TensorFlow's
OTHER_PACKAGES = {
    *("aenum", "bcrypt", "boto", "bson", "crypto", "dlib", "emails", "hickle", "hjson", "httpx"),
    *("icalendar", "ijson", "jsons", "lime", "locket", "names", "nest_asyncio", "orjson", "parse"),
    *("path", "pdoc", "pyaml", "pydoe", "pydot", "rarfile", "scapy", "scipp", "timm", "toml"),
    *("trame", "typer", "ujson", "ulid", "unittest2", "weave", "xarray", "xlib", "yarl"),
}

# Packages that draw, read or show: none of them builds or trains a network of Keras.
SHOWING = {
    *("seaborn", "cv2", "PIL", "plotly", "bokeh", "altair", "skimage", "imageio", "pydot"),
    *("graphviz", "koreanize_matplotlib", "wordcloud", "missingno", "tqdm", "matplotlib"),
    *("pandas", "visualkeras", "ipywidgets", "tabulate", "termcolor", "rich", "prettytable"),
    *("watermark", "tensorflow_docs", "torchinfo", "pydotplus", "openpyxl", "xlrd", "requests"),
}
# Packages of others: who lacks one of them has to install it
KNOWN = {
    *SHOWING,
    *OTHER_PACKAGES,
    *("torch", "torchvision", "transformers", "datasets", "keras_tuner", "kerastuner", "wandb"),
    *("mlflow", "tensorflow_hub", "tensorflow_datasets", "tensorflow_addons", "autokeras", "jax"),
    *("xgboost", "lightgbm", "catboost", "optuna", "umap", "shap", "statsmodels", "nltk"),
    *("konlpy", "gensim", "spacy", "gdown", "kaggle", "tensorboard", "gradio", "streamlit"),
    *("fastai", "flax", "imblearn", "yellowbrick", "mlxtend", "scikitplot", "sklearn", "yaml"),
    *("psutil", "bs4", "tf_keras", "tensorflow", "keras", "onnx", "tf2onnx", "mglearn"),
}
# Short names that are not modules, and packages whose modules have other names
MEANT = {
    **{"tf": "tensorflow", "np": "numpy", "plt": "matplotlib.pyplot", "pd": "pandas"},
    **{"sns": "seaborn", "sk": "sklearn", "mpl": "matplotlib", "pillow": "PIL", "opencv": "cv2"},
    **{"opencv_python": "cv2", "scikit_learn": "sklearn", "scikit_image": "skimage"},
    **{"beautifulsoup4": "bs4", "pyyaml": "yaml", "python_dateutil": "dateutil"},
}
INNER = re.compile(r"^keras\.(?:(?:.*\.)?keras|api|src)\.")  # where Keras really keeps a module


def near_name(raised: BaseException, names: Mapping[str, Any]) -> str:
    """Give the name that an error's author probably meant; nothing if none is near.

    ``names`` are those that the notebook has defined.
    """
    with contextlib.suppress(Exception):  # objects of a notebook may do anything when asked
        if isinstance(raised, ModuleNotFoundError):
            return near_module(raised.name or "", names)
        if isinstance(raised, ImportError):
            found = re.match(r"cannot import name '(\w+)' from '([\w.]+)'", str(raised))
            return nearest(found[1], _parts(sys.modules[found[2]])) if found else ""
        if isinstance(raised, NameError):
            wrong = re.match(r"name '(\w+)' is not defined", str(raised))
            known = [name for name in names if not name.startswith("_")]
            return nearest(wrong[1], [*known, *dir(builtins)]) if wrong else ""
        if isinstance(raised, AttributeError):
            return nearest(raised.name, _parts(raised.obj)) if raised.name else ""
    return ""


def near_module(name: str, names: Mapping[str, Any] = MappingProxyType({})) -> str:
    """Give the module that is meant by the name of none, or the installed one that is near to it.

    ``names`` are those that the notebook has defined: "from tf.keras" takes one for a module.
    """
    if "." not in name and (meant := _meant(name, names.get(name))):
        return meant
    package, _, last = name.rpartition(".")
    top = {one.name for one in pkgutil.iter_modules()} | sys.stdlib_module_names
    known = _parts(sys.modules.get(package)) if package else top
    own = last.strip("0123456789") in known or last.lower() in OTHER_PACKAGES  # such as pickle5
    return "" if own and last not in known else nearest(last, known, longer=1)


def _meant(name: str, value: Any) -> str:
    if isinstance(value, ModuleType) and value.__name__ != name:
        return INNER.sub("keras.", value.__name__)
    return MEANT.get(name.lower()) or _module_of(name)


@cache
def _module_of(distribution: str) -> str:
    """Give the module that an installed distribution brings under another name."""
    try:
        wanted = metadata.distribution(distribution.replace("_", "-")).metadata["Name"]
    except (metadata.PackageNotFoundError, ValueError):
        return ""
    brings = [one for one, by in metadata.packages_distributions().items() if wanted in by]
    return next((one for one in sorted(brings) if not one.startswith("_")), "")


def is_installed(name: str) -> bool:
    """Whether there is a top-level module or package of this name."""
    try:
        return name in sys.modules or importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _parts(value: Any) -> set[str]:
    """Name what a value has; of a package the modules, too."""
    below = pkgutil.iter_modules(getattr(value, "__path__", ()))
    found = {one.name for one in below} if isinstance(value, ModuleType) else set()
    return {name for name in {*dir(value), *found} if not name.startswith("_")}
