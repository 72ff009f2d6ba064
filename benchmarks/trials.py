"""Runs the tests against mutants, each in a fork of a process that has imported everything.

A mutant of a function is put into the function that is imported, and the tests that run its lines
decide, the fastest first. One of a module's constant is assigned there, with all that is made of
it. Where other code runs while the package is imported, or no test fails, only a process that
imports it with the mutant in it can tell. The tests that start processes of their own are slow:
they get only what is left, and of them those that stand beside the module.
"""

import ast
import contextlib
import gc
import importlib
import os
import pickle
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from itertools import accumulate
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from mutations import Mutant

# Hypothesis takes the same examples each time, so that the figures stay the same.
OPTIONS = ["-x", "-q", "-p", "no:cacheprovider", "-o", "addopts=", "--hypothesis-profile=ci"]
Line = tuple[str, int]  # of a file
BESIDE = 30.0  # seconds, while lines are watched
QUICK, SLOW = 600, 3600  # seconds at most of all tests of a kind in a process of their own
MEMORY = 8 * 2**30  # bytes of addresses, where a mutant may take more and more
TERMINAL = os.dup(2)  # of the first process: its children are silent


def survivors(found: list[Mutant], settings: dict[str, Any]) -> list[Mutant]:
    """Which mutants no test notices."""
    for name in settings.get("preload", ()):
        importlib.import_module(name)
    told = in_child(lambda: quickly(found, settings["tests"]), 7200)
    noticed, files = told or ({}, {})
    assert files, "the tests cannot be collected, or fail without a mutant"
    slow, left, sound = settings.get("slow", {}), [], []
    for at, one in enumerate(found):
        if noticed.get(at, False):
            continue
        if at not in noticed and not passes_anew(one, files[one.path], QUICK):
            continue
        tests = beside(one, slow)
        if tests and tests not in sound:
            assert in_child(lambda t=tests: pytest.main([*OPTIONS, *t]) == 0, SLOW), f"{tests} fail"
            sound.append(tests)
        if passes_anew(one, tests, SLOW):
            left.append(one)
            os.write(TERMINAL, f"{at} is left\n".encode())
    return left


def beside(mutant: Mutant, slow: dict[str, list[str]]) -> list[str]:
    """The slow tests of the module's folder, or of the nearest above that has any."""
    parts = mutant.path.parent.parts
    folder = "/".join(parts[parts.index("fmnist_spec") + 1 :])
    return slow[max((one for one in slow if folder.startswith(one)), key=len)] if slow else []


def passes_anew(mutant: Mutant, tests: list[str], seconds: int) -> bool:
    """Whether all tests pass where the package is imported with the mutant in it."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        return not tests or bool(in_child(lambda: passes(mutant, tests, folder), seconds))


def in_child(work: Callable[[], Any], seconds: int) -> Any:
    """Do this in a fork of this process; None: it died, or took too long."""
    end, start = os.pipe()
    child = os.fork()
    if not child:
        try:
            signal.alarm(seconds)
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            os.write(start, pickle.dumps(work()))
        finally:
            os._exit(0)
    os.close(start)
    with os.fdopen(end, "rb") as answer:
        told = answer.read()
    os.waitpid(child, 0)
    return pickle.loads(told) if told else None  # noqa: S301  # of our own process


def quickly(found: list[Mutant], tests: list[str]) -> tuple[dict[int, bool], dict[Path, list[str]]]:
    """Whether mutants of functions are noticed by tests that run their lines.

    What runs while the package is imported, and not only in a test, is not decided here. Also gives
    the files of tests, by module, in the order in which they most run it.
    """
    trial = Trial(found)
    with trial.watching() as lines:
        pytest.main([*OPTIONS, *tests, "--collect-only"])
    trial.imported = {*lines}
    pytest.main([*OPTIONS, *tests], plugins=[trial])
    return trial.noticed, trial.files


class Trial:
    """A plugin that runs the tests that pytest has collected once for each mutant."""

    def __init__(self, found: list[Mutant]) -> None:
        self.found = found
        self.modules = {str(one.path): one.path for one in found}
        self.noticed: dict[int, bool] = {}
        self.files: dict[Path, list[str]] = {}
        self.imported: set[Line] = set()

    @contextlib.contextmanager
    def watching(self) -> Iterator[set[Line]]:
        """Give the lines of the modules that run meanwhile."""
        lines = set()

        def local(frame: Any, event: str, arg: object) -> Any:
            lines.add((frame.f_code.co_filename, frame.f_lineno))
            return local

        sys.settrace(lambda frame, *_: local if frame.f_code.co_filename in self.modules else None)
        try:
            yield lines
        finally:
            sys.settrace(None)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Find out which tests run which lines, and try each mutant with those that run its own."""
        covering, seconds = in_child(lambda: self.trace(session), 3000)
        paths = [item.path for item in session.items]
        runs = {}  # how many lines of a module each test runs
        for name, module in self.modules.items():
            runs[name] = Counter(
                i for (file, _), by in covering.items() if file == name for i in by
            )
            by_file = Counter(paths[i] for i in runs[name].elements())
            self.files[module] = [str(one) for one in sorted({*paths}, key=lambda p: -by_file[p])]
        live = live_functions(self.modules)
        for at, mutant in enumerate(self.found):
            name, own, rest = str(mutant.path), {*runs[str(mutant.path)]}, []
            lines = {(name, line) for line in range(mutant.first, mutant.last + 1)}
            if functions := live.get((name, mutant.function), []):
                own = {i for line in lines for i in covering.get(line, ())}
                # What tests share is made in the first of them: some others beside them, too.
                beside = {paths[i] for i in own}
                rest = [i for i, path in enumerate(paths) if path in beside and i not in own]
                rest = sorted(rest, key=seconds.__getitem__)
                sums = accumulate(seconds[i] for i in rest)
                rest = [i for i, sum_ in zip(rest, sums, strict=True) if sum_ <= BESIDE]
                lines |= {(name, line) for line in lines_of(functions[0].__code__)}
            items = [*sorted(own, key=seconds.__getitem__), *rest]
            run = lambda m=mutant, i=items, f=functions: self.passes(session, m, i, f)  # noqa: E731
            passed = in_child(run, 10 + 10 * int(sum(seconds[i] for i in items)))
            # What was made at import, by a decorator or of a constant, is not all made anew.
            if functions and (not passed or not lines & self.imported):
                self.noticed[at] = not passed
            elif passed is False:
                self.noticed[at] = True
            if not self.noticed.get(at):
                line = f"{at}: {mutant.path.name}:{mutant.first}: {mutant.change}\n"
                os.write(TERMINAL, line.encode())  # at once; a new process may notice it
        return True

    def trace(self, session: pytest.Session) -> tuple[dict[Line, list[int]], list[float]]:
        """By line the tests that run it; and how long each test takes."""
        covering, seconds = defaultdict(list), []
        for at, item in enumerate(session.items):
            started = time.perf_counter()
            after = session.items[at + 1] if at + 1 < len(session.items) else None
            with self.watching() as lines:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            seconds.append(time.perf_counter() - started)
            assert not session.testsfailed, f"{item.nodeid} fails without a mutant"
            for line in lines:
                covering[line].append(at)
        return covering, seconds

    def passes(
        self, session: pytest.Session, mutant: Mutant, items: list[int], live: list[FunctionType]
    ) -> bool | None:
        """Put the mutant's code where it is imported, and run these tests until one fails."""
        if not live:
            with contextlib.suppress(Exception):  # else the module could not be imported
                return self.all_pass(session, items) if assigned(mutant) else None
            return False
        with mutant.code() as module:
            code = next(one for one in codes(module) if key(one) == mutant.function)
        try:
            for function in live:
                function.__code__ = code
        except ValueError:  # it uses other names of the function around it
            return True
        return self.all_pass(session, items)

    def all_pass(self, session: pytest.Session, items: list[int]) -> bool:
        """Run these tests until one fails."""
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
        chosen = [session.items[at] for at in items]
        for item, after in zip(chosen, [*chosen[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if session.testsfailed:
                return False
        return True


def lines_of(code: CodeType) -> set[int]:
    """The lines of a function's own body, without its header."""
    return {line for *_, line in code.co_lines() if line and line > code.co_firstlineno}


def assigned(mutant: Mutant) -> bool:
    """Assign a mutant's constant anew, and what its module makes of it; whether it is one."""
    with mutant.code():
        body = mutant.tree.body
        made = [one for one in body if isinstance(one, ast.Assign | ast.AnnAssign | ast.AugAssign)]
        first = [one for one in made if one.lineno <= mutant.first <= mutant.last <= one.end_lineno]
        if not first:
            return False
        names, chosen = set[str](), list[ast.stmt]()
        for one in made[made.index(first[0]) :]:
            inside = [node for node in ast.walk(one) if isinstance(node, ast.Name)]
            if one is first[0] or names & {node.id for node in inside}:
                chosen.append(one)
                names |= {node.id for node in inside if isinstance(node.ctx, ast.Store)}
        code = compile(ast.Module(chosen, []), str(mutant.path), "exec")
    module = next(
        one for one in sys.modules.values() if getattr(one, "__file__", "") == str(mutant.path)
    )
    exec(code, vars(module))  # noqa: S102  # of the package
    return True


def live_functions(files: Collection[str]) -> dict[tuple[str, object], list[FunctionType]]:
    """The functions of these modules that are imported."""
    live = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename in files:
            live[one.__code__.co_filename, key(one.__code__)].append(one)
    return live


def codes(code: CodeType) -> Iterator[CodeType]:
    """Give the code of a module, and of what stands in it."""
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from codes(one)


def key(code: CodeType) -> tuple[str, int]:
    """By what a function is known: its name and first line."""
    return code.co_name, code.co_firstlineno


def passes(mutant: Mutant, tests: list[str], folder: str) -> bool:
    """Whether all tests pass with a copy of the package that has the mutant in it."""
    package = next(one for one in mutant.path.parents if one.name == "fmnist_spec")
    copy = Path(folder) / package.name
    shutil.copytree(package, copy)  # with what is compiled
    with mutant.code():
        (copy / mutant.path.relative_to(package)).write_text(ast.unparse(mutant.tree), "utf-8")
    sys.path.insert(0, folder)
    os.environ["PYTHONPATH"] = folder  # for the processes of the tests
    first, *others = tests  # most mutants are noticed by the first file
    return not any(pytest.main([*OPTIONS, *files]) for files in ([first], others) if files)
