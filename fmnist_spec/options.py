"""The options of the command line, and what their values must be."""

import argparse
from pathlib import Path
from typing import Any, NoReturn

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.harmless import harmless


class Parser(argparse.ArgumentParser):
    """Tells what is wrong with arguments, which may be anybody's text."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        super().error(harmless(message))  # `check *` gives it names of files


def path(text: str) -> Path:
    """Read a path."""
    if not text:
        raise argparse.ArgumentTypeError("found an empty text, expected a notebook or a folder")
    return Path(text)


def count(text: str) -> int:
    """Read a whole number above 0."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number above 0")
    return int(text)


def ids(text: str) -> tuple[str, ...]:
    """Read the ids of rules."""
    return tuple(rule_id(one.strip()) for one in text.split(","))


def rule_id(id: str) -> str:
    """Read the id of a rule."""
    if id not in RULES:
        raise argparse.ArgumentTypeError(f"no rule is {id!r}. `fmnist-spec rules` lists them.")
    return id


OPTIONS: dict[str, dict[str, Any]] = {
    "--data": {"metavar": "FOLDER", "help": "the folder with the four .gz files"},
    "--sample": {"action": "store_true", "help": "use the small sample of the data"},
    "--lesson": {
        "metavar": "FILE",
        "action": "append",
        "help": "use this file, or a lesson of `fmnist-spec lessons`, instead of lesson.toml",
    },
    "--format": {"choices": ("text", "json"), "help": "how the report is written: text or JSON"},
    "--jobs": {"type": count, "metavar": "N", "help": "check N notebooks at the same time"},
    "--full": {"action": "store_true", "help": "train on all images, for all epochs"},
    "--require-isolation": {"action": "store_true", "help": "run only with full isolation"},
    "--select": {"type": ids, "metavar": "ID,ID", "help": "check only these rules"},
    "--ignore": {"type": ids, "metavar": "ID,ID", "help": "check all rules except these"},
    "--write": {"action": "store_true", "help": "add the notebook to pyproject.toml"},
}
OFF = {"sample": False, "full": False, "require_isolation": False, "format": "text", "jobs": 1}
OFF |= {"write": False, "lesson": ()}
NOT_GIVEN = {**dict.fromkeys(("data", "select", "ignore")), **OFF}
