"""What a notebook lacks where the gate runs, and which errors come of it."""

import ast
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from fmnist_spec.gate.confine.refusals import REMEDY
from fmnist_spec.gate.events import LeftOut
from fmnist_spec.gate.kernel.colab import COLAB, Uploads
from fmnist_spec.gate.kernel.leaving_out import Why, names_of
from fmnist_spec.gate.kernel.near import KNOWN, is_installed
from fmnist_spec.gate.observe.calls import Sink

# Commands that make no file which a later cell could read.
NO_FILES = {
    *("pip", "pip3", "conda", "mamba", "uv", "ls", "pwd", "which", "nvidia-smi", "cat", "head"),
    *("tail", "wc", "du", "df", "free", "date", "ps", "whoami", "uname", "lscpu", "env"),
}
INSTALL = re.compile(
    r"(?:pip3? install|dependency|[Rr]equires?|[Ii]nstall|[Ii]mport|module named)"
    r"\s+['\"`]*([A-Za-z][\w.-]*\w)"
)
NO_PACKAGE = {"it", "the", "an", "and", "or", "with", "from", "by", "optional", "name"}
INSTALLS = re.compile(r"\b(pip3?|conda|mamba|uv)\b.*\binstall\b")
UNPACKS = re.compile(r"[!%]\s*(git\s+clone|unzip|tar|7z|unrar|gdown|svn)\b")  # whole folders
MUST_INSTALL = re.compile(r"^[^\w\n]*You must install ([\w-]+)", re.MULTILINE)  # Keras may print it
DRAWS = re.compile(r"\b(plot_model|model_to_dot)\b")  # of Keras
ABSENT = re.compile(
    r"[Nn]o such file|[Nn]ot found|No file|not exist|[Uu]nable to|[Cc]ould not (open|find)"
    r"|[Pp]ermission denied|Not a directory"
)
BELOW = r"(?<![\w./-])(?:{})(?:/[\w./ -]*\w|\b(?![\w-]))"  # a folder, or what is in it
OPENED = re.compile(rf"( [rwxab+]{{1,3}})?: {REMEDY}")  # what the gate says after a path
WRITING = re.compile(rf"{REMEDY}|[Pp]ermission denied|[Uu]nable to (\w+ )?create|errno = 13")
PATH = re.compile(r"(?<![\w./~-])[\w./~-]*\w\.\w+")
FILE_ERRORS = (OSError, ValueError)
TENSORFLOWS = ("NotFoundError", "PermissionDeniedError", "FailedPreconditionError")


@dataclass(frozen=True)
class _Lack:
    event: LeftOut
    index: int
    source: str  # of a cell: the files that it would have made are named there
    makes_files: bool

    def would_have_made(self, path: str) -> bool:
        """Whether a file may be missing because of this."""
        name = PurePath(path).name
        drawn = name == "model.png" and DRAWS.search(self.source)  # as Keras calls it
        return self.makes_files or bool(name and (name in self.source or drawn))


class Lacks:
    """What has been left out so far. Told once each, in the order in which it is reached."""

    def __init__(self) -> None:
        self.sink = Sink()
        self._lacks: list[_Lack] = []
        self.folders = {"/content"}  # of Colab's

    def add(self, event: LeftOut, source: str = "") -> None:
        """Tell of something that is left out, once."""
        if all(replace(event, cause=one.event.cause) != one.event for one in self._lacks):
            index = self.sink.add(event)
            self._lacks.append(_Lack(event, index, source, _makes_files(event)))

    def why(self, raised: BaseException, message: str, line: str, names: Any) -> Why | None:
        """Say what a cell lacks that raised at a line; None: the error is its own.

        ``names`` are what the notebook has defined.
        """
        if isinstance(raised, ImportError):
            package = missing_package(raised, message)
            return self.package(package) if package else None
        if package := _missing_beneath(raised, message):
            return self.package(package)
        if isinstance(raised, NameError):
            wrong = re.search(r"'(\w+)'", message)
            found = [one for one in self._lacks if wrong and wrong[1] in one.event.names]
            return Why("follows", wrong[1], found[-1].index) if wrong and found else None
        uploads = any(isinstance(names.get(word), Uploads) for word in re.findall(r"\w+", line))
        if uploads and isinstance(raised, LookupError | StopIteration):
            return Why("content", "files.upload()")
        return self._file(raised, message, line)

    def package(self, name: str) -> Why:
        """Say why a package is missing: a line that was left out may have fetched its files."""
        if name == COLAB:
            return Why("content", COLAB)
        texts = " ".join(one.event.text for one in self._lacks if INSTALLS.search(one.event.text))
        own = name not in KNOWN and name not in re.split(r"[\s=<>'\"]+", texts.replace("-", "_"))
        brought = [one for one in self._lacks if one.makes_files and name in one.event.text]
        brought = brought or [one for one in self._lacks if own and UNPACKS.search(one.event.text)]
        if brought:
            return Why("follows", name, brought[-1].index)
        folders = [one for one in sys.path if own and self._of_colab(str(one))]
        return Why("content", f"{folders[-1]}/{name}") if folders else Why("package", name)

    def _of_colab(self, text: str) -> str:
        """Give the first path of a text that is on Colab only."""
        found = re.search(BELOW.format("|".join(map(re.escape, self.folders))), text)
        return found[0] if found else ""

    def _file(self, raised: BaseException, message: str, line: str) -> Why | None:
        """Say why a file is missing, if one is: Keras and TensorFlow have errors of their own."""
        absent = isinstance(raised, FILE_ERRORS) or type(raised).__name__ in TENSORFLOWS
        absent = absent and bool(ABSENT.search(message))
        content, whole = self._of_colab(OPENED.split(message)[0]), self._of_colab(line)
        if content and (absent or isinstance(raised, OSError)):
            why = "written" if WRITING.search(message) else "content"
            return Why(why, whole if whole.startswith(content) else content)
        if not absent:
            return None
        path = getattr(raised, "filename", None)
        path = path if isinstance(path, str) else (PATH.findall(message) or [""])[-1]
        made = [one for one in self._lacks if one.would_have_made(path)]
        return Why("follows", path or message[:80], made[-1].index) if made else None


def missing_package(raised: ImportError, message: str) -> str:
    """Name the package that an error of an import is about, if it is not installed."""
    if isinstance(raised, ModuleNotFoundError) and raised.name:
        if f"{raised.name}.".startswith(f"{COLAB}."):
            return COLAB
        package = raised.name.partition(".")[0]
        return "" if is_installed(package) else package
    if message.startswith("cannot import name"):
        return ""
    for found in INSTALL.findall(message):
        package = found.partition(".")[0]
        whole = re.search(rf"from (\w+)(?:\.\w+)* import {re.escape(package)}\b", message)
        if whole and is_installed(whole[1]):
            continue  # a part of what is there
        known = is_installed(package.replace("-", "_")) or is_installed(package.lower())
        if package.lower() not in NO_PACKAGE and not known:
            return str(package)
    return ""


def _missing_beneath(raised: BaseException, message: str) -> str:
    """Name the package whose failed import an error comes from, as TensorFlow's for TensorBoard.

    It was raised from that; or, where Keras has cut that off, meanwhile, and names the package.
    """
    seen = {id(raised)}
    while (under := raised.__cause__ or raised.__context__) and id(under) not in seen:
        seen.add(id(under))
        if isinstance(under, ModuleNotFoundError):
            package = missing_package(under, str(under))
            own = raised.__cause__ is under or package.lower() in message.lower()
            return package if own else ""
        raised = under
    return ""


def lost_names(
    body: Iterable[ast.stmt],
    line: int | None,
    before: Mapping[str, int],
    now: Mapping[str, object],
) -> set[str]:
    """Name what a cell that stopped at a line did not come to define, or not anew.

    ``before`` has the identities of what names stood for when the cell began.
    """
    below = [one for one in body if (one.end_lineno or 0) >= (line or 0)]
    return {one for one in names_of(below) if one not in now or before.get(one) == id(now[one])}


def _makes_files(event: LeftOut) -> bool:
    if event.why == "shell":
        command = event.text.partition("!")[2] or event.text
        word = command.strip("!% ").split(" ")[0]
        return word not in NO_FILES or ">" in command
    return event.why == "colab" and event.detail.startswith(("%cd", "files.upload()"))
