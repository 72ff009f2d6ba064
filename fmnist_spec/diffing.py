"""The command ``diff``: two notebooks become a comparison, and that what is printed."""

import argparse
from collections.abc import Callable
from functools import partial

from fmnist_spec.gate import check
from fmnist_spec.gate.confine.sandbox import RunSettings
from fmnist_spec.gate.diff.both import diff
from fmnist_spec.gate.diff.comparison import Comparison
from fmnist_spec.gate.diff.document import as_json
from fmnist_spec.gate.diff.written import as_markdown, as_text
from fmnist_spec.gate.report.formats import NAMES
from fmnist_spec.gate.report.listing import print_lines
from fmnist_spec.gate.report.overview import Shown
from fmnist_spec.gate.run.jobs import usual_jobs
from fmnist_spec.language import say
from fmnist_spec.lesson import lesson_file
from fmnist_spec.near import meant

HANGING = 4  # columns of a terminal by which what goes on stands further in
FORMATS: dict[str, Callable[[Comparison, Shown], None]] = {
    "full": lambda found, shown: print_lines(as_text(found, shown), HANGING),
    "markdown": lambda found, shown: print(as_markdown(found, shown)),
    "json": lambda found, _: print(as_json(found)),
}


def diff_notebooks(options: argparse.Namespace) -> int:
    """Compare what is asked for, print it, and give the exit code."""
    asked = NAMES.get(options.output_format, options.output_format)
    if asked not in FORMATS:
        told = {"found": repr(asked), "meant": meant(asked, FORMATS)}
        raise argparse.ArgumentTypeError(say("usage.format", **told, formats=", ".join(FORMATS)))
    lessons = tuple(str(lesson_file(one)) for one in options.lesson)
    load = partial(check.load_served, folder=options.data, sample=options.sample)
    settings = RunSettings(options.full, options.require_isolation)
    found = diff((options.old, options.new), lessons, load, settings, options.jobs or usual_jobs())
    FORMATS[asked](found, Shown(options.verbose))
    return found.exit_code
