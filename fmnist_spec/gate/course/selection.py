"""Which notebooks are checked: what is named, and what in a folder belongs to a lesson.

One that nobody named does if it builds a network of Dense layers with the lesson's inputs or
outputs: its source decides it, or its run. In doubt it does: to judge another lesson makes noise,
to leave this one out hides what is wrong with it.
"""

import math
import os
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from fmnist_spec.datasets import DATA_SETS
from fmnist_spec.files import leads_out, relative
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.course.discovery import find_notebooks, is_course_file, is_ours
from fmnist_spec.gate.events import Fitted, ModelBuilt, Network, Summarised
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.notebook import EmptyNotebookError, Notebook, NotebookError, read_notebook
from fmnist_spec.gate.trace import Trace
from fmnist_spec.language import listed, say
from fmnist_spec.lesson import Lesson

DATA_SET = re.compile(rf"\b(?:{'|'.join(DATA_SETS)})\b")
KERAS = re.compile(r"\b(?:keras|tensorflow|tf)\b")
OTHER_LAYERS = re.compile("Conv|Pool|RNN|LSTM|GRU|Embedding|Attention")


class Found(NamedTuple):
    """A course file. It is ``named`` on the command line, or only a walk through a folder found it.

    What is named is always judged; of others those that belong to a lesson are.
    """

    path: Path
    named: bool = True


def find_all(
    paths: Iterable[Path], config: Config, *, as_found: bool = False
) -> list[Found | Result]:
    """Find the notebooks, each once by whatever name; a path to none becomes its result.

    What only walking a folder finds is left out if it is excluded. ``as_found``: a file that is
    named is taken as if a walk had found it, or had not.
    """
    found: dict[Path, Found | Result] = {}  # by their real places
    for path in paths:
        if as_found and os.path.isfile(path) and not _is_found(path, config):  # noqa: PTH113
            continue
        try:
            files = find_notebooks(path, config.leaves_out)
        except NotebookError as error:
            absent = Path(os.path.abspath(path))  # noqa: PTH100  # is_absolute() knows no ".."
            found.setdefault(absent, Result(path, "error", reason=str(error)))
            continue
        for file in sorted(files, key=os.path.islink):  # a file before what is a link to it
            named = file == path and not as_found
            one = Found(file, named)
            # What is not read must not stand in the place of the file itself.
            real = Path(os.path.abspath(file) if leads_out(file) else os.path.realpath(file))  # noqa: PTH100
            before = found.get(real)
            if not isinstance(before, Found) or (one.named and not before.named):
                found[real] = one
    return list(found.values())


def _is_found(path: Path, config: Config) -> bool:
    """Whether a walk through the folders above a file would find it."""
    above = (one for one in relative(path).parents if one.name not in ("", ".."))
    return is_course_file(path) and all(map(is_ours, above)) and not config.leaves_out(path)


def read(file: Found, config: Config) -> Notebook | Result:
    """Read a notebook; if it cannot be read, or is none of a lesson, its result says why.

    Whether one belongs that is not named, a table of notebooks says; without one, its source.
    """
    path, is_entry = file.path, config.entry_of(file.path) is not None
    if config.notebooks and not (file.named or is_entry):
        return skipped(path, not_named())
    is_asked = file.named or is_entry
    try:
        notebook = read_notebook(path)
    except NotebookError as error:
        if isinstance(error, EmptyNotebookError) and not is_asked:
            return skipped(path, say("selection.empty"))
        return Result(path, "error", reason=str(error))
    if is_asked:
        return notebook
    if may_belong(notebook):
        return replace(notebook, unnamed=True)
    return skipped(path, say("selection.not-built", data_sets=listed(DATA_SETS, "or")))


def skipped(path: Path, why: str) -> Result:
    """Say why a notebook that nobody named is not judged."""
    return Result(path, "skipped", reason=say("selection.skipped", path=relative(path), why=why))


def not_named() -> str:
    """Say why a notebook that the table of notebooks does not list is skipped."""
    return say("selection.not-named")


def remedy() -> str:
    """Say what to do if a notebook that is skipped belongs to a lesson."""
    return say("selection.remedy")


def may_belong(notebook: Notebook) -> bool:
    """Whether the source may build a Keras network of Dense layers. If not, it need not run.

    The layers may stand in a helper: then the notebook still loads the data, or trains.
    """
    code = notebook.code
    by_keras = ("Dense" in code or ".fit(" in code) and KERAS.search(code)
    return bool(by_keras or DATA_SET.search(code))


def belongs(lesson: Lesson, notebook: Notebook, trace: Trace, cut_short: bool) -> bool:
    """Whether a run built a network as the lesson's, or was cut short and its source names one."""
    kinds = ModelBuilt | Summarised | Fitted
    networks = (event.network for event in trace.events if isinstance(event, kinds))
    is_like = any(_is_like(lesson, network) for network in networks)
    return is_like or (cut_short and _names_sizes(lesson, notebook.code))


def names_network(lesson: Lesson, code: str) -> bool:
    """Whether a source that is not run builds a network as the lesson's, as far as it says."""
    by_keras = "Dense" in code and KERAS.search(code) and not OTHER_LAYERS.search(code)
    return bool(by_keras) and _names_sizes(lesson, code)


def other_network(lesson: Lesson, *, ran: bool = True) -> str:
    """Say why a notebook does not belong to the lesson: by its run, or else by its source."""
    sizes = {"inputs": lesson.data.pixels, "outputs": lesson.network.output.units}
    return say(f"selection.{'other-network' if ran else 'not-shown'}", **sizes)


def _is_like(lesson: Lesson, network: Network) -> bool:
    units = [layer.units for layer in network.layers if layer.type == "Dense"]
    if not units or any(OTHER_LAYERS.search(layer.type) for layer in network.layers):
        return False
    inputs = [size or 0 for size in (network.input_shape or (None, 0))[1:]]  # 784, or 28 x 28
    return math.prod(inputs) == lesson.data.pixels or units[-1] == lesson.network.output.units


def _names_sizes(lesson: Lesson, code: str) -> bool:
    height, width, outputs = lesson.data.height, lesson.data.width, lesson.network.output.units
    image = rf"\b{height}\s*\*\s*{width}\b|\(\s*{height}\s*,\s*{width}\s*,?\s*\)"
    if re.search(rf"\b{lesson.data.pixels}\b|{image}", code):
        return True
    own = re.search(rf"Dense\(\s*(?:units\s*=\s*)?{outputs}\b", code)
    return own is not None and OTHER_LAYERS.search(code) is None
