"""The rule on stored shapes, counts and evaluations: they are those that the cell gives."""

import re
from collections.abc import Iterator

from fmnist_spec.gate.events import Evaluated, Fitted, Images, Predicted, SplitMade
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.gate.stored.evaluations import evaluations
from fmnist_spec.gate.stored.place import Piece, Place, stored_rule
from fmnist_spec.gate.trace import LONGEST_OUTPUT

SHAPE = r"\(\d+,(?: ?\d+,?)*\)"
TOKEN = re.compile(SHAPE + r"|(?<![\w.,:/-])\d[\d,]*(?![\d.:%/e])")
NUMPY = re.compile(r"np\.u?int\d+\((\d+)\)")  # numpy 2 writes 5 as np.int64(5)
# Lines that differ from one run to the next, and those of summaries and progress bars.
NOISE = re.compile(
    r"Downloading|://|ms/|us/|it/s|^Epoch |WARNING|[─━═=_]{4}|│|params:|\(None|Model:"
)
COUNTING = re.compile(r"\blen\(|\bsize\b|\bndim\b|shape\b|count_params")
# What makes a count differ from one run to the next, or between the sample and the whole data.
UNCERTAIN = re.compile(
    r"random\.|randint|choice|time|date|sample\(|version|\bid\(|hash|[!=<>]=|where"
)


@stored_rule("stored-value")
def values(place: Place) -> Iterator[Piece]:
    """Hold stored shapes, counts and evaluations against those that the cell gave."""
    texts = place.stored.text, place.ran.text
    if place.run.status == "ok" and max(map(len, texts)) < LONGEST_OUTPUT:
        pairs = [*_compared(place, *texts)]
        told = ({"expected": ran, "observed": stored} for stored, ran in pairs if stored != ran)
        wrong = [place.finding("stored-value", **one) for one in told]
        if pairs:
            yield tuple(wrong[:1])
    yield from evaluations(place)


def _compared(place: Place, stored: str, ran: str) -> Iterator[tuple[str, str]]:
    """Give each shape or count that can be compared: as stored, and as the run printed it.

    A line is understood if all but its numbers is the same. Left out are decimals, arrays, and
    what a training, chance or the time decides; but sizes that the run is known to have are in.
    """
    cell, events = place.cell, place.evidence.trace.events
    if not COUNTING.search(cell.source):
        return
    trained = [one.cell for one in events if isinstance(one, Fitted | Evaluated | Predicted)]
    before = cell.index < min(trained, default=cell.index + 1)
    certain, known = before and not UNCERTAIN.search(cell.source), _known(place.evidence)
    lines, ran_lines = _lines(stored), _lines(ran)
    for line, ran_line in zip(lines, ran_lines, strict=False):
        same = len(lines) == len(ran_lines) and TOKEN.sub("#", line) == TOKEN.sub("#", ran_line)
        if same and "[" not in line:
            pairs = zip(TOKEN.findall(line), TOKEN.findall(ran_line), strict=True)
            yield from (pair for pair in pairs if certain or pair[1] in known)


def _lines(text: str) -> list[str]:
    lines = (line.strip() for line in text.split("\n"))
    return [NUMPY.sub(r"\1", line) for line in lines if line and not NOISE.search(line)]


def _known(evidence: Evidence) -> set[str]:
    """Sizes and shapes of the data and of predictions: no training or chance decides them."""
    found: set[object] = set()
    for event in evidence.trace.events:
        if isinstance(event, SplitMade):
            found.update((*event.sizes, *((size,) for size in event.sizes), *event.shapes))
        images = event.images if isinstance(event, Fitted | Predicted) else None
        found.update([images.shape] if isinstance(images, Images) else ())
        found.update([event.shape] if isinstance(event, Predicted) else ())
    return {str(one) for one in found}
