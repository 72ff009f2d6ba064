"""The command line. It translates between people and the package, and decides nothing."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from fmnist_spec import __version__, ending
from fmnist_spec.checking import check_notebooks
from fmnist_spec.files import write_text
from fmnist_spec.gate.course.config import load_config
from fmnist_spec.gate.finding import exit_code
from fmnist_spec.gate.notebook import NotebookError
from fmnist_spec.gate.run.process import unable
from fmnist_spec.harmless import harmless
from fmnist_spec.language import LANGUAGES, choose, listed, say
from fmnist_spec.lesson import LESSON_FILE, lesson_file, load_lesson
from fmnist_spec.options import ALIASES, EXAMPLES, NOT_GIVEN, OPTIONS, path, rule_id
from fmnist_spec.parsing import Parser, help_of, help_of_option
from fmnist_spec.reading import SpecificationError

HOLDS, BROKEN, USAGE = 0, 1, 2
HANGING = 4  # columns of a terminal by which an entry of a list goes on further in


def parser() -> Parser:
    """The commands and options; docs/commands.md is written from this."""
    words = {name: help_of(name or "claims", EXAMPLES[name]) for name in COMMANDS}
    del words[""]["help"]
    top = Parser(prog="fmnist-spec", **words[""])
    commands = top.add_subparsers(title=say("listing.commands-title"), metavar="COMMAND")
    version: Any = {"version": f"fmnist-spec {__version__}", "help": say("listing.version")}
    lang: Any = {"help": say("language.help"), "default": argparse.SUPPRESS}
    for name, command in COMMANDS.items():
        parser = commands.add_parser(name, **words[name]) if name else top
        parser.set_defaults(command=name)
        for argument, how in command.arguments.items():
            parser.add_argument(argument, **how, help=say(f"listing.of-{name}.{argument}"))
        parser.add_argument("--version", action="version", **version)
        parser.add_argument("--lang", choices=LANGUAGES, **lang)
        # Before the command or behind it an option means the same. So each parser knows all,
        # without defaults, which a command would set again; main() refuses what is of no use.
        for option, how in OPTIONS.items():
            default = NOT_GIVEN[option[2:].replace("-", "_")]
            own = (name, option) == ("diff", "--output-format")  # it has formats of its own
            told = help_of_option("diff-format" if own else option[2:], default)
            shown = {**how, "help": told if option in command.options else argparse.SUPPRESS}
            shown |= {"type": str} if own else {}
            if not name and option == "--lesson":  # those behind the command would replace it
                shown = {**shown, "dest": "before"}
            names = (option, *ALIASES.get(option, ()))
            parser.add_argument(*names, **shown, default=argparse.SUPPRESS)
    return top


def _refuse_useless(command: str, given: dict[str, Any]) -> None:
    lessons = given.get("lesson", ())
    if command != "check" and len(lessons) > 1:
        raise argparse.ArgumentTypeError(say("listing.one-lesson", lessons=listed(lessons)))
    options = {f"--{name.replace('_', '-')}" for name in given} & OPTIONS.keys()
    for option in sorted(options.difference(COMMANDS[command].options)):
        called = {name: f"`{f'fmnist-spec {name}'.strip()}`" for name in COMMANDS}
        takers = [called[name] for name, one in COMMANDS.items() if option in one.options]
        told = {"command": called[command], "option": option, "takers": ", ".join(takers)}
        raise argparse.ArgumentTypeError(say("listing.no-option", **told))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, 1 or 2, as the help says.

    A signal ends the process, with its code: 130 for Ctrl-C.
    """
    ending.open_streams()
    ending.forget_odd_width()
    try:
        return _run(arguments)
    except KeyboardInterrupt as end:
        print("fmnist-spec:", end, file=sys.stderr)
        ending.leave(getattr(end, "code", 130))
        raise
    finally:
        if failed := ending.flush():
            print(f"fmnist-spec: {say('ending.output')}: {failed}", file=sys.stderr)
            raise SystemExit(USAGE)


def _run(arguments: Sequence[str] | None) -> int:
    asked = sys.argv[1:] if arguments is None else arguments
    for one, following in pairwise((*asked, "")):  # before a word is said, of help and errors too
        name, _, value = one.partition("=")
        if name == "--lang" and (value or following) in LANGUAGES:
            choose(value or following)
    given = parser().read(asked)
    given.pop("lang", None)
    if lessons := given.pop("before", []) + given.get("lesson", []):
        given["lesson"] = lessons
    command = COMMANDS[given["command"]]
    try:
        _refuse_useless(given["command"], given)
        with ending.in_order():
            return command.run(argparse.Namespace(**{**NOT_GIVEN, **given}))
    except _faults() as error:
        print("fmnist-spec:", harmless(error), file=sys.stderr)
        return USAGE


def _faults() -> tuple[type[Exception], ...]:
    from fmnist_spec.claims.recorded import UnknownVersionError
    from fmnist_spec.gate.diff.both import NotComparedError

    own = (SpecificationError, NotebookError, UnknownVersionError, NotComparedError)
    return *own, argparse.ArgumentTypeError, *unable()


# What a command needs it imports itself: the others need not wait for it.


def _check_tensorflow(options: argparse.Namespace) -> int:
    from fmnist_spec.claims import report

    # TensorFlow's start-up lines would bury the table; whoever set the level keeps it.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    file = lesson_file(options.lesson[0] if options.lesson else LESSON_FILE)
    return HOLDS if report.hold(file, options.data, options.sample) else BROKEN


def _lesson_file(options: argparse.Namespace) -> Path:
    """The one asked for: by the option, else the first of pyproject.toml, else the shipped one."""
    return lesson_file((options.lesson or load_config(Path.cwd()).lessons)[0])


def _list(options: argparse.Namespace) -> int:
    """Print the rules, the shipped lessons, or one rule."""
    from fmnist_spec.gate.report import listing

    if options.command == "lessons":
        listing.print_lines(listing.lessons(), HANGING)
    elif options.command == "rules":
        listing.print_lines(listing.rules(_lesson_file(options)), HANGING)
    else:
        listing.print_lines(listing.rule(rule_id(options.id), _lesson_file(options)))
    return HOLDS


def _copy_notebook(options: argparse.Namespace) -> int:
    from fmnist_spec.gate.learning import init

    init.copy_notebook(options.path, _lesson_file(options))
    print(harmless(say("listing.wrote", file=options.path)), file=sys.stderr)
    return HOLDS


def _learn_lesson(options: argparse.Namespace) -> int:
    from fmnist_spec.gate.confine.sandbox import RunSettings
    from fmnist_spec.gate.learning import init
    from fmnist_spec.gate.report.overview import Shown
    from fmnist_spec.gate.report.text import print_report

    given = [f"--{one}" for one in ("write", "sample", "full", "data") if getattr(options, one)]
    if options.path is None and given:
        raise argparse.ArgumentTypeError(say("listing.no-notebook", options=", ".join(given)))
    if options.path is None:
        print(say("listing.copied", file=init.copy_lesson()))
        return HOLDS
    settings = RunSettings(options.full, options.require_isolation)
    result, notes = init.learn(options.path, options.data, options.sample, settings)
    wrote = (say("listing.wrote", file=file) for file in result.lesson_files)
    print("\n".join(map(harmless, [*wrote, *notes])))
    print_report([result], result.lesson_files, Shown(options.verbose))
    entry = init.add_entry(options.path, result.lesson_files, write=options.write)
    print("", entry, sep="\n", end="")
    return exit_code([result])


def _diff(options: argparse.Namespace) -> int:
    from fmnist_spec.diffing import diff_notebooks

    return diff_notebooks(options)


def _compare(options: argparse.Namespace) -> int:
    """Say what changes between two versions, what to know of one; of none: write the pages."""
    from fmnist_spec.claims import changes, compatibility, recorded
    from fmnist_spec.claims.claims import load_claims

    claims, lesson, versions = load_claims(), load_lesson(), options.versions
    if len(versions) > 2:
        raise argparse.ArgumentTypeError(say("compat.three", number=len(versions)))
    folder = recorded.RECORDED if versions else compatibility.ANSWERS
    columns = recorded.read_answers(folder, claims)
    if versions:
        asked = [recorded.column_of(version, columns) for version in versions]
        changes.print_lines(changes.lines(claims, asked, lesson))
    for file in () if versions else compatibility.FILES:
        write_text(file.path, compatibility.render(file, claims, columns, lesson))
        print(say("compat.written", file=file.path, number=len(columns)))
    return HOLDS


@dataclass(frozen=True)
class _Command:
    run: Callable[[argparse.Namespace], int]
    options: Collection[str]  # those that it takes
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)


_PATHS, _LEARNT = {"nargs": "*", "metavar": "PATH"}, {"nargs": "?", "metavar": "NOTEBOOK"}
_ID, _NAME = {"metavar": "ID"}, {"metavar": "NAME.ipynb", "type": Path}
_OF_INIT = ("--data", "--sample", "--full", "--require-isolation", "--write", "--verbose")
_OF_CHECK = OPTIONS.keys() - {"--write"}
_OF_DIFF = ("--data", "--sample", "--lesson", "--output-format", "--jobs", "--full", "--verbose")
COMMANDS = {  # by their names; "" is where none is given
    "": _Command(_check_tensorflow, ("--data", "--sample", "--lesson")),
    "check": _Command(check_notebooks, _OF_CHECK, {"paths": {**_PATHS, "type": path}}),
    "diff": _Command(
        _diff,
        (*_OF_DIFF, "--require-isolation"),
        {"old": {"metavar": "OLD"}, "new": {"metavar": "NEW"}},
    ),
    "rules": _Command(_list, ("--lesson",)),
    "explain": _Command(_list, ("--lesson",), {"id": _ID}),
    "init": _Command(_learn_lesson, _OF_INIT, {"path": {**_LEARNT, "type": path}}),
    "lesson": _Command(_copy_notebook, ("--lesson",), {"path": _NAME}),
    "lessons": _Command(_list, ()),
    "compat": _Command(_compare, (), {"versions": {"nargs": "*", "metavar": "VERSION"}}),
}
