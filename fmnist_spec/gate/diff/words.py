"""Facts, cells and findings in words, which text and Markdown share."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from fmnist_spec.gate.diff.comparison import Change, Comparison
from fmnist_spec.gate.diff.facts import TRAINED, Value
from fmnist_spec.gate.report.common import file_names, instead, isolation
from fmnist_spec.gate.report.overview import SENTENCE, Shown, Told
from fmnist_spec.language import listed, say

LISTS = ("new", "outdated", "silenced", "gone")  # of findings, one below the other
SHAPES = ("input_shape",)  # 28 x 28
PARTS = ("evaluated", "validation_data")  # of the lesson's images
PLAIN = ("random_state",)  # a number that nobody counts
OWN = "?"  # a function of the author's


def head(found: Comparison) -> Iterator[str]:
    """Say by what the notebooks were judged, what they got, and what could not be compared."""
    results = found.old, found.new
    old, new = (listed(file_names(one.lesson_files)) for one in results)
    if found.same_lessons:
        yield say("report.lessons", number=len(found.new.lesson_files), files=new)
    else:
        yield say("diff.lessons", old=old, new=new)
    if trace := found.new.trace:
        versions = f"TensorFlow {trace.tensorflow}, Keras {trace.keras}"
        yield f"{versions}; {isolation(trace.isolation)}"
    yield from instead(results)
    for name, cut in zip(found.names, found.cut_short, strict=True):
        if cut:
            yield say("diff.cut-short", name=name)


def verdict(found: Comparison) -> str:
    """Say in one line what the exit code says."""
    if errors := found.new_errors:
        return say("diff.errors", number=len(errors))
    if left := found.newly_undecided:
        return say("diff.undecided", rules=", ".join(left))
    return say("diff.no-error")


def label(change: Change) -> str:
    """Name what a change is about: "hidden units"."""
    what = say(f"diff.what.{change.what}")
    layer = _layer(change.layer) if change.layer else ""
    return say("diff.of-layer", layer=layer, what=what) if layer else what


def of_lesson(found: Comparison, lesson: str) -> str:
    """Name a lesson before what is said of it, if there are several."""
    return f"{lesson}: " if len({one.lesson for one in found.facts}) > 1 else ""


def _layer(place: str) -> str:
    name, _, number = place.partition(" ")
    known = say(f"diff.layer.{name}") if name in ("hidden", "output") else name
    return f"{known} {number}".strip()


def shown(what: str, value: Value) -> str:
    """Write a value as people read it."""
    if value is None or isinstance(value, bool):
        return say(f"diff.value.{value}".lower())
    if isinstance(value, tuple):
        return (" x " if what in SHAPES else ", ").join(shown(what, one) for one in value)
    if isinstance(value, str):
        key = f"diff.part.{value}" if what in PARTS else "diff.value.own" if value == OWN else ""
        return say(key) if key else value
    return str(value) if what in PLAIN else f"{value:,.6g}" if value % 1 else f"{int(value):,}"


def where(change: Change) -> str:
    """Say of which networks a change is, and in which cells of the new notebook it stands."""
    styles = [one for one in change.styles if one != TRAINED] or change.styles
    told = ", ".join(styles), _cells(one + 1 for one in change.cells)
    return "; ".join(filter(None, told))


def _cells(numbers: Iterable[int]) -> str:
    all = [*dict.fromkeys(numbers)]
    told = ", ".join(map(str, all))
    return say("diff.cells", number=len(all), cells=told) if all else ""


def unchanged(found: Comparison) -> Iterator[tuple[str, str]]:
    """Give each subject of which nothing changed, and its facts in one line."""
    for (lesson, subject), facts in found.unchanged.items():
        told = (f"{label(one)} {shown(one.what, one.new)}" for one in facts)
        named = of_lesson(found, lesson) + say(f"diff.subject.{subject}")
        yield named, "; ".join(dict.fromkeys(told))


def findings(found: Comparison, which: Shown, state: str) -> list[Told]:
    """Give the findings of a list that are shown."""
    return [one for one in getattr(found.findings, state) if which(one.severity)]


def hidden(found: Comparison, which: Shown) -> str:
    """Say how many findings of the lists are not shown; often nothing."""
    every = (one for state in LISTS for one in getattr(found.findings, state))
    number = sum(not which(one.severity) for one in every)
    return say("diff.hidden", number=number) if number else ""


def kept(found: Comparison, which: Shown) -> str:
    """Name the rules that were broken before, too, with the cells; often nothing."""
    by_rule = defaultdict[str, list[int]](list)
    for one in findings(found, which, "kept"):
        at = one.finding.cell if one.finding else None
        by_rule[one.rule] += [] if at is None else [at + 1]
    told = (f"{rule} ({_cells(at)})" if at else rule for rule, at in by_rule.items())
    return say("diff.kept", rules=", ".join(told)) if by_rule else ""


def place(one: Told) -> str:
    """Name the cell of a finding, and whether it is text."""
    at, notebook = one.finding.cell if one.finding else None, one.result.notebook
    is_text = at is not None and notebook is not None and notebook.cells[at].type == "markdown"
    named = one.place(line=True)
    return say("diff.of-text", place=named) if is_text else named


def in_short(one: Told) -> str:
    """Give the first sentence of a finding: `check` says the others."""
    return SENTENCE.split(one.message, maxsplit=1)[0]
