"""The parser of the command line: its help and its errors are words for people, too."""

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from fmnist_spec.harmless import harmless
from fmnist_spec.language import say
from fmnist_spec.near import meant

# What argparse itself says of a wrong call, and the keys of the words for it.
ERRORS = {
    r"argument (?P<name>.+?): expected one argument": "one-value",
    r"argument (?P<name>.+?): ignored explicit argument (?P<value>.*)": "no-value",
    r"argument (?P<name>.+?): (?P<told>.*)": "wrong-value",
    r"the following arguments are required: (?P<names>.*)": "required",
    r"ambiguous option: (?P<name>.*) could match (?P<names>.*)": "ambiguous",
}


class Lines(argparse.HelpFormatter):
    """Wraps as wide as letters are shown, and keeps lines that begin with a blank."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """Begin it with the word for it."""
        begin = f"{say('listing.usage')} " if prefix is None else prefix
        super().add_usage(usage, actions, groups, begin)

    def _split_lines(self, text: str, width: int) -> list[str]:
        from rich.console import Console
        from rich.text import Text

        return [line.plain.rstrip() for line in Text(text).wrap(Console(), width)]

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines: list[str] = []
        for one in text.split("\n"):
            lines += [one] if one[:1] in ("", " ") else self._split_lines(one, width)
        return "\n".join(indent + line for line in lines)


class Parser(argparse.ArgumentParser):
    """Tells what is wrong with arguments, which may be anybody's text, and what was meant."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given, formatter_class=Lines, add_help=False)
        self._positionals.title = say("listing.arguments")
        self._optionals.title = say("listing.options-title")
        absent = argparse.SUPPRESS
        self.add_argument("-h", "--help", action="help", default=absent, help=say("listing.help"))

    def read(self, arguments: Sequence[str] | None) -> dict[str, Any]:
        """Read the arguments; of an option that is none, say which one was meant."""
        found, left = self.parse_known_args(arguments)
        if left:
            known = (name for action in self._actions for name in action.option_strings)
            near = meant(left[0].partition("=")[0], known)
            self.error(f"{say('listing.unrecognized', names=' '.join(left))} {near}".strip())
        return vars(found)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            choices = ", ".join(map(str, action.choices))
            told = say("listing.choice", found=repr(value), choices=choices)
            is_path = action.nargs == argparse.PARSER and {*value} & {*"./\\"}
            near = say("listing.check-it", path=value) if is_path else meant(value, action.choices)
            raise argparse.ArgumentError(action, f"{told} {near}".strip())

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        self.print_usage(sys.stderr)
        told = harmless(_in_words(message))  # `check *` gives it names of files
        self.exit(2, say("listing.error", command=self.prog, told=told) + "\n")


def _in_words(message: str) -> str:
    for pattern, key in ERRORS.items():
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return say(f"listing.{key}", **found.groupdict())
    return message


def help_of(command: str, examples: Sequence[str]) -> dict[str, Any]:
    """Give the words of a command's help: in one line, and in full with examples."""
    key = f"listing.commands.{command}"
    shown = [say("listing.examples"), *(f"  {one}" for one in examples)]
    epilog = "\n".join([*shown, "", say(f"{key}.exits")])
    return {"help": say(f"{key}.what"), "description": say(f"{key}.about"), "epilog": epilog}


def help_of_option(name: str, default: object) -> str:
    """Say what an option does, and what holds without it."""
    if default is None or default == ():
        told = say(f"listing.defaults.{name}")
    else:
        told = say("listing.off") if default is False else str(default)
    return f"{say(f'listing.options.{name}')} {say('listing.default', default=told)}"
