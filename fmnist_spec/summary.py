"""A model's summary as a value: from a live model, or read back from text of any rendering."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from typing import Any, NamedTuple

from fmnist_spec.harmless import harmless
from fmnist_spec.language import say
from fmnist_spec.printed import CUT, Printed, Shape, printed_summaries

# The words of automatic names in which Keras 2 and Keras 3 differ.
SAME_WORD = {"model": "functional", "input": "input_layer"}

Shifts = dict[str, int] | None  # by how much the counters of each class are off; None forbids it


class SummaryError(ValueError):
    """A text that is no summary, or not a sound one; the message says what is wrong."""


@dataclass(frozen=True)
class SummaryRow:
    """One layer. None in a shape is any size, None for a value is unknown; a cut name ends in …."""

    name: str
    type: str
    output_shape: Shape | None
    parameters: int | None


class Difference(NamedTuple):
    """One respect in which a summary is not as another lets expect."""

    what: str  # "layer dense: output shape"
    found: object
    expected: object


@dataclass(frozen=True)
class Summary:
    """What ``model.summary()`` says: the layers in order, and the numbers of parameters.

    ``==`` compares strictly; :meth:`matches` lets what is unknown equal anything. Printed, it is a
    table.
    """

    name: str
    rows: tuple[SummaryRow, ...]
    trainable: int
    non_trainable: int

    @property
    def total(self) -> int:
        """Parameters of the model, without the optimizer's that Keras 3 adds after ``fit``."""
        return self.trainable + self.non_trainable

    @classmethod
    def from_model(cls, model: Any) -> Summary:
        """Read a live Keras model, built or not, without printing it."""
        # Under Keras 3 a functional model may hold operations that are no layers.
        layers = getattr(model, "operations", None) or model.layers
        rows = (
            SummaryRow(layer.name, type(layer).__name__, _live_shape(layer), _parameters(layer))
            for layer in layers
        )
        trainable = _weights(model, "trainable_weights")
        return cls(model.name, tuple(rows), trainable, _weights(model, "non_trainable_weights"))

    @classmethod
    def parse(cls, text: str) -> Summary:
        """Read the one summary in ``text``, in any rendering, whatever stands around it.

        Raises SummaryError: there is none or more than one, or one that :meth:`parse_all` refuses.
        """
        found = cls.parse_all(text)
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(repr(one.name) for one in found)
            raise SummaryError(say("summary.error.several", count=len(found), names=names))
        raise SummaryError(say("summary.error.none", text=text.strip()[:60]))

    @classmethod
    def parse_all(cls, text: str) -> tuple[Summary, ...]:
        """Read every summary in ``text``, in order: an empty tuple where there is none.

        Jupyter stores one summary as five or six messages: join their texts first.

        Raises SummaryError: a summary lacks a line below its table, or these contradict each other,
        or its lines are broken so that its columns cannot be told apart.
        """
        return tuple(_summary(printed) for printed in printed_summaries(text))

    def matches(self, other: Summary, *, shifted_names: bool = False) -> bool:
        """Whether there are no :meth:`differences`."""
        return not self.differences(other, shifted_names=shifted_names)

    def differences(self, other: Summary, *, shifted_names: bool = False) -> tuple[Difference, ...]:
        """Give where ``other`` is not as ``self`` lets expect; what is unknown fits.

        With ``shifted_names``, automatic names (``dense_5``, ``sequential_2``) fit when all
        counters of a class are off by one and the same number.
        """
        return tuple(_differences(self, other, {} if shifted_names else None))

    def unequal(self, other: Summary) -> list[str]:
        """Say in lines why ``self == other`` is False; pytest does, where an assertion fails."""
        told = [
            say("library.differs", what=one.what, left=one.expected, right=one.found)
            for one in self.differences(other)
        ]
        if told and self.matches(other, shifted_names=True):
            told += [say("library.shifted")]
        told = told or [say("library.unknown")] * (self != other)
        return [harmless(one) for one in told]

    def __repr__(self) -> str:
        counts = f"trainable={self.trainable}, non_trainable={self.non_trainable}"
        return f"Summary({self.name!r}, {[*map(astuple, self.rows)]}, {counts})"

    def __str__(self) -> str:
        return "\n".join(_table(self))


def _table(summary: Summary) -> Iterator[str]:
    """Write a summary for people: its layers below each other, and how many parameters train."""
    from rich.cells import cell_len, set_cell_size  # letters of Korean are two columns wide

    heads = tuple(say(f"library.{one}") for one in ("layer", "type", "shape", "parameters"))
    rows = [[harmless(_told(one)) for one in astuple(row)] for row in summary.rows]
    widths = [max(map(cell_len, column)) for column in zip(heads, *rows, strict=True)]
    yield f"{harmless(summary.name)}\n"
    for *cells, count in (heads, *rows):
        left = map(set_cell_size, cells, widths)
        yield "  ".join([*left, " " * (widths[-1] - cell_len(count)) + count])
    counts = {"trainable": summary.trainable, "fixed": summary.non_trainable}
    yield "\n" + say("library.total", number=summary.total, **counts)


def _told(value: object) -> str:
    if value is None:
        return "?"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _live_shape(layer: Any) -> Shape | None:
    with suppress(AttributeError, ValueError):  # not connected, several outputs, or of any rank
        return tuple(layer.output.shape)
    return None


def _parameters(layer: Any) -> int | None:
    with suppress(ValueError):  # not built
        return int(layer.count_params()) if hasattr(layer, "count_params") else 0
    return None


def _weights(model: Any, kind: str) -> int:
    with suppress(ValueError):  # not built: Keras 2 raises where Keras 3 has none
        return sum(math.prod(weight.shape) for weight in getattr(model, kind))
    return 0


def _summary(printed: Printed) -> Summary:
    counts, name = printed.counts, printed.name
    for line in ("Total", "Trainable", "Non-trainable"):
        if line not in counts:
            raise SummaryError(say("summary.error.cut-off", name=name, line=f"{line} params:"))
    parts = counts["Trainable"] + counts["Non-trainable"] + counts.get("Optimizer", 0)
    if counts["Total"] != parts:
        told = {"total": counts["Total"], "parts": parts}
        raise SummaryError(say("summary.error.total", name=name, **told))
    if printed.layers is None:
        raise SummaryError(say("summary.error.columns", name=name))
    rows = tuple(SummaryRow(*layer) for layer in printed.layers)
    return Summary(printed.name, rows, counts["Trainable"], counts["Non-trainable"])


def _differences(one: Summary, other: Summary, shifts: Shifts) -> Iterator[Difference]:
    if not _same_name(one.name, other.name, {"Sequential", "Functional"}, shifts):
        yield Difference(say("summary.model-name"), repr(other.name), repr(one.name))
    if len(one.rows) != len(other.rows):
        names = (", ".join(row.name for row in s.rows) or say("summary.none") for s in (other, one))
        yield Difference(say("summary.layers"), *names)
    else:
        for row, other_row in zip(one.rows, other.rows, strict=True):
            for difference in _row_differences(row, other_row, shifts):
                named = say("summary.layer", name=row.name, what=difference.what)
                yield difference._replace(what=named)
    yield from _unequal(one, other, "trainable", "non_trainable")


def _row_differences(one: SummaryRow, other: SummaryRow, shifts: Shifts) -> Iterator[Difference]:
    if not _same_name(one.name, other.name, {one.type, other.type}, shifts):
        yield Difference(say("summary.name"), repr(other.name), repr(one.name))
    if not _same_text(one.type, other.type):
        yield Difference(say("summary.type"), other.type, one.type)
    yield from _unequal(one, other, "output_shape", "parameters")


def _unequal(one: object, other: object, *fields: str) -> Iterator[Difference]:
    for field in fields:
        expected, found = getattr(one, field), getattr(other, field)
        if None not in (expected, found) and found != expected:
            yield Difference(say(f"summary.{field}"), found, expected)


def _same_name(one: str, other: str, types: set[str], shifts: Shifts) -> bool:
    if shifts is None:
        return _same_text(one, other)
    automatic, other_automatic = _automatic(one, types), _automatic(other, types)
    if automatic and other_automatic and automatic[0] == other_automatic[0]:
        shift = other_automatic[1] - automatic[1]
        return shifts.setdefault(automatic[0], shift) == shift
    return _same_text(*(re.sub(f"_\\d*{CUT}$", CUT, name) for name in (one, other)))


def _automatic(name: str, types: set[str]) -> tuple[str, int] | None:
    """Word and counter of a name that Keras made of its class: ``("conv2d", 3)`` of conv2d_3."""
    numbered = re.fullmatch(r"(.+)_(\d{1,9})", name)
    word, counter = numbered.groups() if numbered else (name, "0")
    word = SAME_WORD.get(word, word)
    is_class = word.replace("_", "") in {one.lower() for one in types}
    return (word, int(counter)) if is_class else None


def _same_text(one: str, other: str) -> bool:
    pairs = ((one, other), (other, one))
    return one == other or any(a[-1:] == CUT and b.startswith(a[:-1]) for a, b in pairs)
