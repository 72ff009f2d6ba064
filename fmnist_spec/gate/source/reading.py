"""What the code of a notebook says for certain, read from top to bottom."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fmnist_spec.gate.events import Event, Fitted, Summarised
from fmnist_spec.gate.notebook import Cell
from fmnist_spec.gate.source.following import Reader
from fmnist_spec.gate.source.python import NOT_PYTHON, RAISES, SKIPPED, python_of

# With these anything may happen that nobody sees; so it may in a line behind most magics.
HIDDEN = re.compile(
    r"\b(?:exec|eval|globals|locals|setattr|vars|getattr|importlib|get_ipython)\b"
    r"|^[ \t]*(?:\w[\w, ]*=[ \t]*)?%(?!%?(?:time|capture)\s*$|%capture\b|matplotlib\b|config\b"
    r"|load_ext\b|reload_ext\b|autoreload\b|pip\b|conda\b|cd\b|ls\b|pwd\b|env\b"
    r"|tensorflow_version\b|tensorboard\b|precision\b|xmode\b|%writefile\b)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Source:
    """What was read, as events: of what a run would decide, they tell nothing.

    Of ``certain`` cells all calls of a method are known: (cell, "fit"). ``events`` are all that
    build, split and train, with no other kind of them; None if there may be others.
    """

    calls: tuple[Summarised | Fitted, ...] = ()
    certain: frozenset[tuple[int, str]] = frozenset()
    events: tuple[Event, ...] | None = None

    def summaries(self, cell: int) -> list[Summarised] | None:
        """Give the summaries of a cell, in order; None if there may be others."""
        found = [one for one in self.calls if isinstance(one, Summarised) and one.cell == cell]
        return found if (cell, "summary") in self.certain else None

    def fits(self, cell: int) -> list[Fitted] | None:
        """Give the trainings of a cell, in order; None if there may be others."""
        found = [one for one in self.calls if isinstance(one, Fitted) and one.cell == cell]
        return found if (cell, "fit") in self.certain else None


def read_source(cells: Iterable[Cell]) -> Source:
    """Read the code of a notebook."""
    code = [one for one in cells if one.type == "code" and SKIPPED not in one.tags]
    code = [one for one in code if not NOT_PYTHON.match(one.source)]
    trees = {cell.index: tree for cell in code if (tree := python_of(cell.source))}
    if len(trees) < len(code) or any(HIDDEN.search(cell.source) for cell in code):
        return Source()
    reader = Reader(trees)
    try:
        for cell in code:
            for statement in trees[cell.index].body:
                if RAISES in cell.tags:
                    reader.forget(statement)
                else:
                    reader.read(cell.index, statement)
    except RecursionError:  # a sum of ten thousand numbers
        return Source()
    certain = frozenset(reader.certain({one.index for one in code if RAISES not in one.tags}))
    return Source(tuple(reader.calls), certain, reader.events())
