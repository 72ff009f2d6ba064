"""The small changes of a module's code that mutants.py tries, one at a time."""

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.Break: ast.Continue,
    ast.Continue: ast.Break,
}
TYPES = ("annotation", "returns")  # mypy checks them


@dataclass(frozen=True, eq=False)
class Mutant:
    """One change: ``holder``'s ``field``, or its element ``at``, is ``new``."""

    path: Path
    tree: ast.Module
    holder: ast.AST
    field: str
    at: int | None
    new: ast.AST | None
    line: str
    first: int
    last: int
    function: tuple[str, int] | None  # the outermost function around it: name and first line
    change: str  # "a < b -> a <= b"

    @contextlib.contextmanager
    def code(self) -> Iterator[CodeType]:
        """The module's code with the change in it."""
        old = getattr(self.holder, self.field)
        setattr(self.holder, self.field, self._changed(old))
        try:
            yield compile(ast.fix_missing_locations(self.tree), str(self.path), "exec")
        finally:
            setattr(self.holder, self.field, old)

    def _changed(self, old: object) -> object:
        if self.at is None:
            return self.new
        new = [] if self.new is None else [self.new]
        return [*old[: self.at], *new, *old[self.at + 1 :]]


def mutants(path: Path) -> list[Mutant]:
    """All mutants of a module, in the order of its lines."""
    source = path.read_text("utf-8")
    found = _below(ast.parse(source), (path, source.splitlines(), None, None), None)
    return [one for one in found if one.change]


def _below(node: ast.AST, where: tuple, function: tuple[str, int] | None) -> Iterator[Mutant]:
    path, lines, tree, _ = where
    where = (path, lines, tree or node, node if hasattr(node, "lineno") else where[3])
    for field, value in ast.iter_fields(node):
        is_body = field == "body" and isinstance(node, ast.FunctionDef)
        inner = function or (_key(node) if is_body else None)
        for at, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.AST) and field not in TYPES and not _is_docstring(child):
                for new in _instead(child, node, field):
                    yield _mutant(where, (node, field, at, new), child, inner)
                yield from _below(child, where, inner)


def _key(node: ast.FunctionDef) -> tuple[str, int]:
    return node.name, min(one.lineno for one in (node, *node.decorator_list))


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _mutant(where: tuple, edit: tuple, child: ast.AST, function: tuple | None) -> Mutant:
    path, lines, tree, placed = where
    placed = child if hasattr(child, "lineno") else placed
    text = child if hasattr(child, "lineno") else edit[0]
    before = _text(text)
    mutant = Mutant(
        path, tree, *edit, lines[placed.lineno - 1].strip(), placed.lineno,
        placed.end_lineno, function, "",
    )  # fmt: skip
    with contextlib.suppress(SyntaxError), mutant.code():
        after = _text(edit[3] if text is child else text)
        object.__setattr__(mutant, "change", f"{before} -> {after}")
    return mutant


def _text(node: ast.AST | None) -> str:
    return "nothing" if node is None else " ".join(ast.unparse(node).split())


def _instead(node: ast.AST, parent: ast.AST, field: str) -> Iterator[ast.AST | None]:
    """What may stand in the place of a part; None leaves it out."""
    if type(node) in SWAPS:
        yield SWAPS[type(node)]()
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node.value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif field == "decorator_list":
        yield None
    elif _may_be_left_out(node):
        yield ast.Pass()
    elif isinstance(node, ast.Slice):
        yield from (ast.Slice(None, node.upper, node.step),) if node.lower else ()
        yield from (ast.Slice(node.lower, None, node.step),) if node.upper else ()
    is_plain = isinstance(node, ast.Name | ast.Call | ast.Attribute | ast.NamedExpr)
    if is_plain and field in ("test", "ifs"):
        yield ast.UnaryOp(ast.Not(), node)
    if isinstance(parent, ast.Return | ast.Yield) and _text(node) != "None":
        yield ast.Constant(None)


def _may_be_left_out(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Yield | ast.YieldFrom)
    if isinstance(node, ast.Assign):
        return not isinstance(node.targets[0], ast.Name | ast.Tuple)  # else a name is missing
    return isinstance(node, ast.Raise | ast.Assert | ast.AugAssign)


def _other_constants(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant(f"XX{value}XX")
