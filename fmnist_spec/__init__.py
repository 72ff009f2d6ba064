"""The executable specification of a first deep-learning lesson on Fashion-MNIST.

Importing it loads neither TensorFlow nor what the gate needs: names come when first used.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fmnist_spec.data import SampleDataWarning, load_data, prepare
    from fmnist_spec.dataset import DataError, Dataset
    from fmnist_spec.gate.finding import Result
    from fmnist_spec.gate.many.executors import check_all
    from fmnist_spec.gate.many.settings import CheckSettings
    from fmnist_spec.lesson import LESSON, Lesson, LessonError, load_lesson
    from fmnist_spec.models import build_add, build_list, build_named
    from fmnist_spec.preparing import flatten, scale, split
    from fmnist_spec.summary import Summary, SummaryError, SummaryRow
    from fmnist_spec.training import train

__version__ = "0.1.0"
__all__ = ["LESSON", "CheckSettings", "DataError", "Dataset", "Lesson", "LessonError", "Result"]
__all__ += ["SampleDataWarning", "Summary", "SummaryError", "SummaryRow", "__version__"]
__all__ += ["build_add", "build_list", "build_named", "check_all", "flatten", "load_data"]
__all__ += ["load_lesson", "prepare", "scale", "split", "train"]
# Where a name is looked for, in this order: first in what loads little.
_MODULES = ["lesson", "summary", "dataset", "preparing", "models", "training", "data"]
_MODULES += ["gate.finding", "gate.many.settings", "gate.many.executors"]


def __getattr__(name: str) -> Any:
    for module in _MODULES if name in __all__ else ():
        found = import_module(f"{__name__}.{module}")
        if hasattr(found, name):
            return getattr(found, name)
    told = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(told, name=name, obj=sys.modules[__name__])  # for "Did you mean ...?"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: Any) -> None:
    """Watch a session of IPython or Jupyter, for ``%load_ext fmnist_spec``."""
    import_module(f"{__name__}.gate.live.extension").load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Watch it no more, for ``%unload_ext fmnist_spec``."""
    import_module(f"{__name__}.gate.live.extension").unload(shell)
