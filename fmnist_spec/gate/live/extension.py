"""The extension of IPython: ``%load_ext fmnist_spec`` watches, ``%fmnist_spec`` judges.

Whatever goes wrong here is told by ``%fmnist_spec``: no cell of the session notices.
"""

import time
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakSet

from IPython.core.magic_arguments import MagicArgumentParser
from IPython.display import display

from fmnist_spec._compat import TensorFlowMissingError, import_keras
from fmnist_spec.gate.check import load_served
from fmnist_spec.gate.compare.contents import Reference
from fmnist_spec.gate.course.config import Config, load_config
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.kernel.shell import Shell
from fmnist_spec.gate.live.recognising import LateRecogniser, found_here
from fmnist_spec.gate.live.session import Session
from fmnist_spec.gate.live.table import LiveTable
from fmnist_spec.gate.observe.observer import Observer
from fmnist_spec.gate.verdict import against, hold
from fmnist_spec.harmless import harmless
from fmnist_spec.language import LANGUAGES, say, speaking
from fmnist_spec.lesson import Lesson, lesson_file, load_lesson
from fmnist_spec.reading import SpecificationError

MAGIC = "fmnist_spec"
# What a kernel does not know: texts, what is stored, and what the gate leaves out or refuses.
OF_FILES = ("stored-", "outputs-", "input-shape", "prose-", "numbering", "unused-ignore")
OF_THE_GATE = ("not-run", "not-installed", "colab", "refused", "run-ended", "skipped-code")
# Nobody deceives a check of their own session.
OF_STRANGERS = ("source-differs", "tampering", "bidirectional-unicode")
_watching: dict[int, "Live"] = {}  # by the identities of shells


def load(shell: Any) -> None:
    """Watch a session from now on; a session that is watched begins anew."""
    unload(shell)
    shell.register_magic_function(_magic(shell), "line", MAGIC)


def unload(shell: Any) -> None:
    """Watch no more, and leave nothing behind."""
    live = _watching.pop(id(shell), None)
    if live is not None:
        live.end()
    shell.magics_manager.magics["line"].pop(MAGIC, None)


def _magic(shell: Any) -> Callable[[str], None]:
    """Give what ``%fmnist_spec`` does: judge, or say why nothing is watched."""
    if isinstance(shell, Shell):  # the notebook is being checked: that watches it
        return lambda _: None
    try:
        live = _watching[id(shell)] = Live(shell)
    except Exception as error:
        told = _said(error)
        print(told)
        return lambda _: print(told)
    print(say("magic.watching"))
    return live.magic


def _said(error: Exception) -> str:
    if isinstance(error, TensorFlowMissingError | SpecificationError):
        return harmless(error)
    return harmless(say("magic.fault", said=f"{type(error).__name__}: {error}"))


class Live:
    """Watches the session of one shell."""

    def __init__(self, shell: Any) -> None:
        self._shell, self._config, keras = shell, load_config(Path.cwd()), import_keras()
        first = load_lesson(self._config.lessons[0])
        self._recogniser = LateRecogniser(first.data.dataset)
        self._session = Session(shell)
        built = [one for one in shell.user_ns.values() if issubclass(type(one), keras.Model)]
        self._observer = Observer(self._recogniser, None, full=True)
        wrapper = self._observer.wrapper
        wrapper.sink, wrapper.unseen = self._session, WeakSet(built)
        self._events = {"pre_run_cell": self._begin, "post_run_cell": self._end}
        for name, heard in self._events.items():
            shell.events.register(name, heard)

    def end(self) -> None:
        """Take away all that watches."""
        self._observer.wrapper.unwrap()
        for name, heard in self._events.items():
            self._shell.events.unregister(name, heard)

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        try:
            yield
        except Exception:
            self._session.faults.append(traceback.format_exc())

    def _begin(self, info: Any) -> None:
        with self._quietly():
            self._session.begin(info.raw_cell)

    def _end(self, result: Any) -> None:
        with self._quietly():
            self._observer.end_cell()
            raised = result.error_before_exec or result.error_in_exec
            self._session.end(result.execution_count, raised)

    def magic(self, line: str) -> None:
        """Show what was found so far: ``%fmnist_spec [LESSON ...] [--lang LANGUAGE]``."""
        parser = MagicArgumentParser(f"%{MAGIC}")
        parser.add_argument("lessons", nargs="*")
        parser.add_argument("--lang", choices=LANGUAGES)
        asked = parser.parse_argstring(line)
        with speaking(asked.lang) if asked.lang else nullcontext():
            try:
                display(self._table(asked.lessons))
            except Exception as error:
                print(_said(error))

    def _table(self, lessons: Iterable[str]) -> LiveTable:
        self._observer.end_cell()  # of models that this very cell has built
        given = tuple(str(lesson_file(one)) for one in lessons)
        config = self._config.with_options(lessons=given)
        read = {file: load_lesson(file) for file in config.lessons}
        asked = asked_live(config)
        return LiveTable(self._result(read, config, asked), len(config.rules) - len(asked))

    def _result(self, lessons: dict[str, Lesson], config: Config, asked: Collection[str]) -> Result:
        start, notebook = time.monotonic(), self._session.notebook()
        first = next(iter(lessons.values()))
        reference = self._reference(first)
        if not asked:
            reason = say("magic.none", rules=", ".join(config.rules))
        elif self._session.faults:
            reason = say("magic.fault", said=self._session.faults[0].strip().splitlines()[-1])
        elif reference is None:
            reason = say("magic.no-data", title=first.data.title)
        else:
            config = replace(config, select=tuple(asked), ignore=())
            held = against(notebook, self._session.trace(reference), lessons)
            return hold(held, config, start)
        return Result(notebook.path, "error", reason=reason, lesson=first)

    def _reference(self, lesson: Lesson) -> Reference | None:
        """Give the lesson's data. If no image of the session can be it, anything stands in for it.

        None: images that were seen may be, and nobody knows.
        """
        name = lesson.data.dataset
        known = self._recogniser.reference(name) or found_here(name)
        if known or self._recogniser.missed:
            return known
        return Reference(*load_served(lesson, sample=True))


def asked_live(config: Config) -> list[str]:
    """Give the rules that a kernel can be asked: those on what the code does."""
    left = (*OF_FILES, *OF_THE_GATE, *OF_STRANGERS)
    return [id for id in config.rules if not id.startswith(left)]
