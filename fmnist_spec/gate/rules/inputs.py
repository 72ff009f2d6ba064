"""The rule on input shapes that a layer is given, which Keras 3 warns of; and keras.Input instead.

The warning comes once for all layers of a type, so that it was there says that it is of each.
"""

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from fmnist_spec.gate.evidence import Evidence, Findings, rule
from fmnist_spec.gate.finding import Edit
from fmnist_spec.gate.rules.calls import Source, name_of

WARNING = "`input_shape`/`input_dim` argument"  # of what Keras writes
SHAPES = {"input_shape": "{}", "input_dim": "({},)"}
LAYERS = ".layers"


class _Shaped(NamedTuple):
    """A layer that is given its input's shape."""

    source: Source
    layer: ast.Call
    shape: ast.keyword

    @property
    def written(self) -> str:
        """The shape, as keras.Input gets it."""
        return SHAPES[self.shape.arg or ""].format(self.source.written(self.shape.value))


@rule("input-shape", decided="run")
def input_shape(evidence: Evidence) -> Findings:
    outputs = (one for run in evidence.trace.cells for one in run.outputs)
    if not any(WARNING in str(one.get("text")) for one in outputs if one.get("name") == "stderr"):
        return
    sources = [Source.of(cell) for cell in evidence.cells if cell.type == "code"]
    for one in (shaped for source in sources for shaped in _shaped(source)):
        told: dict[str, Any] = {"shape": one.written, "observed": one.source.written(one.shape)}
        edits, line = _edits(one, sources), one.shape.lineno
        yield evidence.finding("input-shape", one.source.cell, line=line, edits=edits, **told)


def _shaped(source: Source) -> Iterator[_Shaped]:
    for call in source.calls():
        given = [one for one in call.keywords if one.arg in SHAPES]
        if len(given) == 1 and name_of(call) != "InputLayer":
            yield _Shaped(source, call, given[0])


def _edits(one: _Shaped, sources: Sequence[Source]) -> tuple[Edit, ...]:
    """Take the shape from a layer and put an Input before it, if it is clear where that is."""
    taken, used = _taken(one), _uses(one, sources)
    if taken is None or len(used) != 1:
        return ()
    put = _put(one, *used[0], sources)
    return (taken, put) if put else ()


def _taken(one: _Shaped) -> Edit | None:
    """Take the keyword with the comma before it; of the first argument, with the one behind."""
    source, (start, end) = one.source, one.source.span(one.shape)
    given: list[ast.expr | ast.keyword] = [*one.layer.args, *one.layer.keywords]
    spans = sorted(map(source.span, given))
    at = spans.index((start, end))
    start, end = (spans[at - 1][1], end) if at else (start, spans[1:2][0][0] if spans[1:] else end)
    old = source.text[start:end]
    between = old.replace(source.written(one.shape), "", 1)
    return Edit(source.cell, start, old, "") if not between.strip(", \n\t") else None


def _uses(one: _Shaped, sources: Sequence[Source]) -> list[tuple[Source, ast.expr]]:
    """Give where the layer is used: it itself, or the one use of the one name that it is given."""
    body = one.source.tree.body if one.source.tree else []
    assigned = next((each for each in body if getattr(each, "value", 0) is one.layer), None)
    if not isinstance(assigned, ast.Assign):
        return [(one.source, one.layer)]
    name = one.source.written(assigned.targets[0])
    if any(each.tree is None and name in each.text for each in sources):
        return []
    nodes = [(each, node) for each in sources if each.tree for node in ast.walk(each.tree)]
    named = [(each, node) for each, node in nodes if getattr(node, "id", "") == name]
    is_clear = len(named) == 2 and len(assigned.targets) == 1  # it is set once, and used once
    loaded = [(each, node) for each, node in named if isinstance(node.ctx, ast.Load)]  # type: ignore[attr-defined]
    return loaded if is_clear else []  # type: ignore[return-value]


def _put(one: _Shaped, where: Source, use: ast.expr, sources: Sequence[Source]) -> Edit | None:
    """Put an Input before the first layer of a list, or before the first add() of a model."""
    for call in where.calls():
        listed = call.args[0] if call.args else None
        if isinstance(listed, ast.List) and listed.elts[:1] == [use]:
            made, is_model = _input(one, call, sources), name_of(call) == "Sequential"
            start = where.span(use)[0]
            indent = _indent(where.text, start)
            end = " " if indent is None else f"\n{indent}"
            return Edit(where.cell, start, "", f"{made},{end}") if made and is_model else None
        if name_of(call) == "add" and listed is use and _is_first(where, call):
            made, start = _input(one, call, sources), where.span(call)[0]
            indent = _indent(where.text, start)
            added = f"{where.written(call.func)}({made})\n{indent}"
            return Edit(where.cell, start, "", added) if made and indent is not None else None
    return None


def _indent(text: str, at: int) -> str | None:
    """Give the blanks before a place, if nothing else stands there in its line."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return None if before.strip() else before


def _is_first(source: Source, call: ast.Call) -> bool:
    """Whether an add() is the statement right behind that which makes an empty model."""
    body = source.tree.body if source.tree else []
    before = next((one for one, each in pairwise(body) if getattr(each, "value", 0) is call), None)
    made = getattr(before, "value", None)
    if not isinstance(before, ast.Assign) or not isinstance(made, ast.Call):
        return False
    target = source.written(before.targets[0]), source.written(call.func)
    return name_of(made) == "Sequential" and not made.args and target[1] == f"{target[0]}.add"


def _input(one: _Shaped, call: ast.Call, sources: Sequence[Source]) -> str:
    """Write the Input as the layer is called; "" if nothing says what it would be called."""
    base = one.source.written(one.layer.func).rpartition(".")[0]
    if base:
        name = f"{base.removesuffix(LAYERS)}.Input"
    else:
        trees = (each.tree for each in sources if each.tree)
        imports = [node for tree in trees for node in tree.body if isinstance(node, ast.ImportFrom)]
        names = {alias.name for node in imports for alias in node.names if not alias.asname}
        name = "Input" if "Input" in names else ""
    return f"{name}(shape={one.written})" if name else ""
