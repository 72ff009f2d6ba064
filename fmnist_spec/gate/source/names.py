"""Which names a piece of Python defines and uses."""

import ast
import re
from collections.abc import Iterable, Iterator


def gives_one_name(statement: ast.stmt) -> bool:
    """Whether a statement gives a value to one name, and to nothing else."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return len(targets) == 1 and isinstance(targets[0], ast.Name)


def defined(statement: ast.AST) -> set[str]:
    """Name what a statement may define."""
    held = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler
    found = {one.name for one in ast.walk(statement) if isinstance(one, held) and one.name}
    names = (one for one in ast.walk(statement) if isinstance(one, ast.Name))
    found |= {one.id for one in names if not isinstance(one.ctx, ast.Load)}
    aliases = (one for one in ast.walk(statement) if isinstance(one, ast.alias))
    return found | {one.asname or one.name.partition(".")[0] for one in aliases}


def uses_of(tree: ast.AST, names: re.Pattern[str]) -> Iterator[ast.AST]:
    """Give the places in which such names stand."""
    for node in ast.walk(tree):
        name = getattr(node, "attr", None) or getattr(node, "id", None)
        if isinstance(name, str) and names.fullmatch(name):
            yield node


def imported(trees: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Give each name that is imported, as it is called where it stands and here."""
    for node in (one for tree in trees for one in ast.walk(tree)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = (
                f"{getattr(node, 'module', '') or ''}." if isinstance(node, ast.ImportFrom) else ""
            )
            for one in node.names:
                yield f"{'.' * getattr(node, 'level', 0)}{module}{one.name}", one.asname or one.name


def used_in_functions(trees: Iterable[ast.Module]) -> Iterator[str]:
    """Name what functions and classes use that is not their own: they may change it unseen."""
    inner = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
    for function in (one for tree in trees for one in ast.walk(tree) if isinstance(one, inner)):
        own = {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)}
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id not in own:
                yield node.id
            elif isinstance(node, ast.Attribute):
                yield node.attr
