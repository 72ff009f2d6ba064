"""Look for regular expressions that may take long, in all modules of the package.

regexploit reads each pattern as it was compiled, with all that was filled in, and those that stand
in a call of re's functions:

    python benchmarks/patterns.py
"""

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

from regexploit.ast.sre import SreOpParser
from regexploit.redos import find

CUBIC = 3  # regexploit's measure: how often a text is gone over, as a power of its length
PACKAGE = "fmnist_spec"
FUNCTIONS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub")


def compiled() -> Iterator[re.Pattern[str]]:
    """Import every module, and give what patterns it compiles: in its globals, tables, lists."""
    package = importlib.import_module(PACKAGE)
    for module in pkgutil.walk_packages(package.__path__, f"{PACKAGE}."):
        if not module.name.endswith("__main__"):
            values = vars(importlib.import_module(module.name)).values()
            yield from (one for value in values for one in _within(value))


def _within(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _within(one)
    elif isinstance(value, FunctionType):  # such as what replaces by a table
        cells = value.__closure__ or ()
        yield from (one for cell in cells for one in _within(cell.cell_contents))


def literal(file: Path) -> Iterator[re.Pattern[str]]:
    """Give the patterns that a module writes where it calls a function of re."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        called = node.func if isinstance(node, ast.Call) else None
        is_re = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name)
        if is_re and called.value.id == "re" and called.attr in FUNCTIONS:
            given = [one.value for one in node.args[:1] if isinstance(one, ast.Constant)]
            yield from map(re.compile, given)


def main() -> int:
    """Print each pattern that may take long, and a text on which it does; count them."""
    sources = Path(importlib.import_module(PACKAGE).__file__ or "").parent.rglob("*.py")
    patterns = {*compiled(), *(one for file in sources for one in literal(file))}
    slow = 0
    for pattern in sorted(patterns, key=lambda one: one.pattern):
        found = find(SreOpParser().parse_sre(pattern.pattern, pattern.flags))
        for one in [one for one in found if one.starriness >= CUBIC][:1]:
            slow += 1
            print(f"{pattern.pattern[:200]}\n    takes long on {one.example()}")
    print(f"{len(patterns)} patterns, {slow} of them may take long")
    return slow


if __name__ == "__main__":
    sys.exit(min(main(), 1))
