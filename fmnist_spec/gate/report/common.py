"""What the notebooks of a run have in common: lesson files, their data, how they were confined."""

from collections.abc import Iterable
from pathlib import Path

from fmnist_spec.files import relative
from fmnist_spec.gate.catalogue import phrase, sentence
from fmnist_spec.gate.confine.sandbox import lacking
from fmnist_spec.gate.finding import Result
from fmnist_spec.harmless import harmless
from fmnist_spec.language import say


def file_names(files: Iterable[str | Path]) -> list[str]:
    """Name files, as seen from where the command was run."""
    return [str(relative(Path(file))) for file in files]


def instead(results: Iterable[Result]) -> list[str]:
    """Say what notebooks got in place of the whole data."""
    given = (one for one in results if one.trace and one.trace.sample_only)
    return [*dict.fromkeys(map(_instead, given))]


def _instead(result: Result) -> str:
    if result.lesson is None or result.lesson.data.sample:
        return say("report.sample")
    return say("report.made", title=harmless(result.lesson.data.title))


def isolation(reached: tuple[str, ...]) -> str:
    """Say how far notebooks were confined, and what it means if something was lacking."""
    missing = [phrase(f"lacking-{one.rpartition(' ')[2]}") for one in lacking(reached)]
    key = "isolated-partly" if missing else "isolated-fully"
    return sentence("", key, {"missing": missing})
