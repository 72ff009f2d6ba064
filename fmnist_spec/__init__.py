"""The executable specification of a first deep-learning lesson on Fashion-MNIST.

Importing it loads neither TensorFlow nor what the gate needs: names come when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fmnist_spec.data import SampleDataWarning as SampleDataWarning
    from fmnist_spec.data import load_data as load_data
    from fmnist_spec.data import prepare as prepare
    from fmnist_spec.dataset import DataError as DataError
    from fmnist_spec.dataset import Dataset as Dataset
    from fmnist_spec.lesson import LESSON as LESSON
    from fmnist_spec.lesson import Lesson as Lesson
    from fmnist_spec.lesson import LessonError as LessonError
    from fmnist_spec.lesson import load_lesson as load_lesson
    from fmnist_spec.models import build_add as build_add
    from fmnist_spec.models import build_list as build_list
    from fmnist_spec.models import build_named as build_named
    from fmnist_spec.preparing import flatten as flatten
    from fmnist_spec.preparing import scale as scale
    from fmnist_spec.preparing import split as split
    from fmnist_spec.summary import Summary as Summary
    from fmnist_spec.summary import SummaryError as SummaryError
    from fmnist_spec.summary import SummaryRow as SummaryRow
    from fmnist_spec.training import train as train

__version__ = "0.1.0"

_PLACES = {
    "dataset": "DataError Dataset",
    "data": "SampleDataWarning load_data prepare",
    "lesson": "LESSON Lesson LessonError load_lesson",
    "models": "build_add build_list build_named",
    "preparing": "flatten scale split",
    "summary": "Summary SummaryError SummaryRow",
    "training": "train",
}
_MODULE_OF = {name: module for module, names in _PLACES.items() for name in names.split()}
__all__ = ["__version__", *sorted(_MODULE_OF)]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
