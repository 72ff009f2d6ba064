"""Join the answers that each TensorFlow gave into one table, and one page in each language."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from fmnist_spec.claims.changes import changed, parts
from fmnist_spec.claims.claims import Claim
from fmnist_spec.claims.recorded import CALLED, RECORDED, Column
from fmnist_spec.language import form, say, speaking
from fmnist_spec.lesson import Lesson

ANSWERS = Path(*RECORDED.parts[-3:])  # in a clone, where new ones are written
PAGES = {"en": "compatibility.html", "ko": "compatibility.ko.html"}


@dataclass(frozen=True)
class File:
    """A file that is written in a clone, its template, and its language."""

    path: Path
    template: str
    language: str


TABLE = File(Path("COMPATIBILITY.md"), "compatibility.md", "en")
FILES = [TABLE, *(File(Path("docs", PAGES[one]), "compatibility.html", one) for one in PAGES)]


def render(file: File, claims: Sequence[Claim], columns: Sequence[Column], lesson: Lesson) -> str:
    """Fill in the template of the table, or of a page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"alike": _alike, "parts": parts}
    environment.globals |= {"say": say, "form": form, "span": _span, "pages": PAGES}
    environment.globals |= {"claims": claims, "columns": columns, "lesson": lesson}
    environment.globals |= {"language": file.language, "marks": CALLED}
    with speaking(file.language):
        return environment.get_template(file.template).render(_groups(claims, columns))


def _groups(claims: Sequence[Claim], columns: Sequence[Column]) -> dict[str, list[Claim]]:
    """The claims that hold on some versions, those that hold on none, and those that do on all."""
    differ, told = changed(claims, columns), changed(claims, columns[:1])
    same = [claim for claim in claims if claim not in differ]
    nowhere = [claim for claim in same if claim in told]
    everywhere = [claim for claim in same if claim not in told]
    return {"differ": differ, "nowhere": nowhere, "everywhere": everywhere}


def _alike(columns: Sequence[Column], what: str, claims: Sequence[Claim]) -> list[list[Column]]:
    """Neighbours with the same marks, or words, for all of the claims."""
    groups = groupby(
        columns, lambda column: [getattr(column.entries[claim.id], what) for claim in claims]
    )
    return [list(group) for _, group in groups]


def _span(group: Sequence[Column]) -> str:
    """``2.8 to 2.12``: the first and the last of neighbouring environments."""
    first, last = group[0].label, group[-1].label
    return first if first == last else say("compat.span", first=first, last=last)
