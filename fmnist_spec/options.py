"""The options of the command line, and what their values must be."""

import argparse
from pathlib import Path
from typing import Any

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.report.formats import FORMATS, NAMES
from fmnist_spec.language import say
from fmnist_spec.near import meant


def path(text: str) -> Path:
    """Read a path."""
    if not text:
        raise argparse.ArgumentTypeError(say("listing.empty-path"))
    return Path(text)


def count(text: str) -> int:
    """Read a whole number above 0."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(say("listing.no-count", found=repr(text)))
    return int(text)


def ids(text: str) -> tuple[str, ...]:
    """Read the ids of rules."""
    return tuple(rule_id(one.strip()) for one in text.split(","))


def rule_id(id: str) -> str:
    """Read the id of a rule."""
    if id not in RULES:
        told = say("listing.no-rule", id=repr(id), meant=meant(id, RULES))
        raise argparse.ArgumentTypeError(told)
    return id


def format_name(text: str) -> str:
    """Read the name of a format."""
    if text not in NAMES:
        told = {"found": repr(text), "meant": meant(text, FORMATS), "formats": ", ".join(FORMATS)}
        raise argparse.ArgumentTypeError(say("usage.format", **told))
    return NAMES[text]


def output_file(text: str) -> tuple[str, Path]:
    """Read a format and the file that gets it."""
    format, _, path = text.partition("=")
    if not path:
        raise argparse.ArgumentTypeError(say("usage.output_file", found=repr(text)))
    return format_name(format), Path(path)


OPTIONS: dict[str, dict[str, Any]] = {
    "--data": {"metavar": "FOLDER"},
    "--sample": {"action": "store_true"},
    "--lesson": {"metavar": "FILE", "action": "append"},
    "--output-format": {"type": format_name, "metavar": "FORMAT"},
    "--output-file": {"type": output_file, "metavar": "FORMAT=PATH", "action": "append"},
    "--statistics": {"action": "store_true"},
    "--quiet": {"action": "store_true"},
    "--verbose": {"action": "store_true"},
    "--jobs": {"type": count, "metavar": "N"},
    "--static": {"action": "store_true"},
    "--as-found": {"action": "store_true"},
    "--full": {"action": "store_true"},
    "--require-isolation": {"action": "store_true"},
    "--select": {"type": ids, "metavar": "ID,ID"},
    "--ignore": {"type": ids, "metavar": "ID,ID"},
    "--write": {"action": "store_true"},
    "--fix": {"action": "store_true"},
    "--diff": {"action": "store_true"},
}
ALIASES = {"--output-format": ("--format",), "--quiet": ("-q",), "--verbose": ("-v",)}
NOT_GIVEN: dict[str, Any] = {
    **dict.fromkeys(("data", "select", "ignore", "jobs")),
    **dict.fromkeys(("sample", "static", "as_found", "full", "require_isolation", "write"), False),
    **dict.fromkeys(("statistics", "quiet", "verbose", "fix", "diff"), False),
    **{"output_format": "full", "output_file": (), "lesson": ()},
}
# What the help of a command shows; together they have every option that it takes.
EXAMPLES = {
    "": (
        "fmnist-spec",
        "fmnist-spec --sample",
        "fmnist-spec --data fashion-mnist --lesson hg-mldl2-relu",
    ),
    "check": (
        "fmnist-spec check 07_2.ipynb",
        "fmnist-spec check chapters --jobs 2 --output-format json",
        "fmnist-spec check 07_2.ipynb --select network,loss --sample --verbose",
        "fmnist-spec check 07_2.ipynb --lesson hg-mldl2 --lesson hg-mldl2-relu",
        "fmnist-spec check --static --as-found 07_2.ipynb setup.py",
        "fmnist-spec check --full --data fashion-mnist --ignore numbering",
        "fmnist-spec check submitted --require-isolation --quiet --statistics",
        "fmnist-spec check chapters --diff",
        "fmnist-spec check 07_2.ipynb --fix",
        "fmnist-spec check submitted --output-file csv=class.csv --output-file html=class.html",
    ),
    "diff": (
        "fmnist-spec diff main:chapters/07_2.ipynb chapters/07_2.ipynb",
        "fmnist-spec diff HEAD~1:./07_2.ipynb HEAD:./07_2.ipynb --sample --verbose",
        "fmnist-spec diff old.ipynb new.ipynb --lesson course.toml --output-format markdown",
        "fmnist-spec diff old.ipynb new.ipynb --full --data fashion-mnist",
        "fmnist-spec diff old.ipynb new.ipynb --jobs 2 --require-isolation",
    ),
    "rules": (
        "fmnist-spec rules",
        "fmnist-spec rules --lesson hg-mldl2-relu",
    ),
    "explain": (
        "fmnist-spec explain network",
        "fmnist-spec explain loss --lesson tensorflow-beginner",
    ),
    "init": (
        "fmnist-spec init",
        "fmnist-spec init 07_2.ipynb --write --verbose",
        "fmnist-spec init 07_2.ipynb --sample --require-isolation",
        "fmnist-spec init 07_2.ipynb --full --data fashion-mnist",
    ),
    "lesson": (
        "fmnist-spec lesson mine.ipynb",
        "fmnist-spec lesson mine.ipynb --lesson course.toml",
    ),
    "lessons": ("fmnist-spec lessons",),
    "compat": (
        "fmnist-spec compat",
        "fmnist-spec compat 2.15 2.21",
        "fmnist-spec compat 2.21",
    ),
}
