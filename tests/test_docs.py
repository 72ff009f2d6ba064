"""README, its Korean twin and the pages of docs/: what they list is what the code has.

What stands between the marks of a page is written by

    pytest tests/test_docs.py --regenerate-golden

which fails on purpose: look at what changed, then run the tests again without the option.
"""

import argparse
import re
import shlex
from pathlib import Path

import pytest

from fmnist_spec import cli
from fmnist_spec.gate import notebook, textual
from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.confine.files import repository
from fmnist_spec.gate.observe import shortening
from fmnist_spec.gate.prose import numbers
from fmnist_spec.gate.report.formats import FORMATS
from fmnist_spec.gate.run import progress, worker
from fmnist_spec.language import say
from fmnist_spec.lesson import LESSON
from fmnist_spec.options import EXAMPLES

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[1]
READMES = [ROOT / "README.md", ROOT / "README.ko.md"]
PAGES = [*READMES, *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"(<!-- from the code: (\w+) -->\n)(.*?)(<!-- until here -->)", re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
FENCED = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


def table(head, rows):
    """Write a table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines
    )


def rules():
    """Every rule, with its severity, what it requires, and whether --fix corrects something."""
    told = ((one.severity, one.requires.format(lesson=LESSON)) for one in RULES.values())
    fixed = ("yes" if one.fix else "" for one in RULES.values())
    rows = ((f"`{id}`", *rest, fix) for id, rest, fix in zip(RULES, told, fixed, strict=True))
    return table(("rule", "severity", "it requires", "`--fix`"), rows)


def commands():
    """Every command with its arguments, options, examples and exit codes."""
    top = cli.parser()
    (action,) = (one for one in top._actions if one.choices and not one.option_strings)
    action.help = argparse.SUPPRESS
    return "\n".join(map(command, cli.COMMANDS, [top, *action.choices.values()]))


def command(name, parser):
    shown = [one for one in parser._actions if one.help != argparse.SUPPRESS]
    rows = ((f"`{called(one)}`", one.help) for one in shown if one.dest not in ("help", "version"))
    title = f"## `{' '.join(['fmnist-spec', *filter(None, [name])])}`\n\n{parser.description}\n\n"
    examples = "".join(f"{one}\n" for one in EXAMPLES[name])
    exits = parser.epilog.rpartition("\n\n")[2]
    options = table(("argument or option", "meaning"), rows)
    return f"{title}{options}\n```text\n{examples}```\n\n{exits}\n"


def called(action):
    """Write an option with its value, or an argument, as the help does."""
    value = action.metavar or ("{" + ",".join(action.choices) + "}" if action.choices else "")
    if not action.option_strings:
        return f"[{value}]" if action.nargs in ("?", "*") else value
    return f"{', '.join(action.option_strings)} {value}".strip()


def formats():
    """Each format of a report, and what it is for."""
    return table(
        ("format", "what it is for"), ((f"`{one}`", say(f"report.format.{one}")) for one in FORMATS)
    )


def versions():
    """Each TensorFlow that is tested, with its Keras."""
    text = (ROOT / "tox.ini").read_text(encoding="utf-8")
    pins = {
        name: dict(re.findall(rf"^    tf(2\.\d+)(?:-!\S+)?: {name}==(\S+)$", text, re.MULTILINE))
        for name in ("tensorflow-cpu", "keras")
    }
    rows = ((minor, patch, pins["keras"][minor]) for minor, patch in pins["tensorflow-cpu"].items())
    return table(("TensorFlow", "tested", "with Keras"), rows)


WRITERS = {"rules": rules, "commands": commands, "versions": versions, "formats": formats}
HELD = [(page, found[2]) for page in PAGES for found in BLOCK.finditer(page.read_text("utf-8"))]


def test_every_list_of_the_code_stands_in_a_page():
    """A mark that was lost would leave a list to nobody."""
    assert sorted(name for _, name in HELD) == sorted(WRITERS)


@pytest.mark.parametrize(("page", "name"), HELD, ids=lambda one: getattr(one, "name", one))
def test_a_list_is_what_the_code_has(page, name, pytestconfig):
    """The page is read in the browser: nobody runs the code to see what it has."""
    text = page.read_text(encoding="utf-8")
    new = BLOCK.sub(lambda f: f[1] + (WRITERS[name]() if f[2] == name else f[3]) + f[4], text)
    if pytestconfig.getoption("--regenerate-golden") and new != text:
        page.write_text(new, encoding="utf-8")
        pytest.fail(f"{page.name}: written. Look at what changed.")
    assert new == text, f"{page.name}: run pytest tests/test_docs.py --regenerate-golden"


def headings(text):
    """The anchors of a page's headings, as GitHub makes them."""
    plain = FENCED.sub("", text)
    found = re.findall(r"^#+ (.+)$", plain, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one).strip().lower().replace(" ", "-") for one in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    """A file that is there, and in it a heading that is there."""
    for link in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        path, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in headings(target.read_text("utf-8")), f"{page.name}: {link}"


def skeleton(text):
    """What two languages have in common: levels of headings, tables, code and links."""
    plain = FENCED.sub("", text)
    links = (one.replace(".ko.", ".") for one in LINK.findall(plain))  # some pages have a twin, too
    return {
        "headings": re.findall(r"^#+(?= )", plain, re.MULTILINE),
        "code": [(kind, code) for kind, code in FENCED.findall(text) if kind != "text"],
        "rows of tables": [row.count("|") for row in re.findall(r"^\|.*\|$", plain, re.MULTILINE)],
        "links": [one for one in links if "README" not in one and "#" not in one],
    }


def without_comments(skeleton):
    code = [(kind, re.sub(r"\s+#.*", "", text)) for kind, text in skeleton["code"]]
    return {**skeleton, "code": code}


def test_both_readmes_say_the_same():
    """The same sections, commands, tables and links, in their order; comments in code differ."""
    english, korean = (without_comments(skeleton(one.read_text("utf-8"))) for one in READMES)
    assert english == korean


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_a_readme_is_read_in_five_minutes(page):
    """More belongs into docs/."""
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 200


def shell(page):
    """The commands of a page, without those that install: CI runs these."""
    blocks = [code for kind, code in FENCED.findall(page.read_text("utf-8")) if kind == "sh"]
    lines = (line.strip() for block in blocks for line in block.splitlines())
    return [line.removeprefix(".venv/bin/") for line in lines if "pip install" not in line]


def test_the_commands_of_the_readme_are_those_that_are_run():
    """One that is added must be run by tests/gate/test_readme_commands.py, too."""
    assert [shlex.split(one) for one in shell(READMES[0])] == [
        ["fmnist-spec", "check", "07_2.ipynb"],
        ["fmnist-spec", "init", "chapters/07_2.ipynb", "--write"],
        ["fmnist-spec", "check"],
        ["pytest", "--fmnist-spec", "chapters"],
        ["fmnist-spec", "compat", "2.15", "2.21"],
    ]


@pytest.mark.parametrize(
    ("sentence", "limits"),
    [
        ("training on at most {} images", [shortening.IMAGES]),
        ("copies of at most {} MB instead", [repository.MOST_BYTES >> 20]),
        (
            "with {:.0f} seconds for each of the two, and {} GiB",
            [worker.SECONDS, worker.MEMORY >> 30],
        ),
        ("{} MB and {:,} cells", [notebook.MOST_BYTES // 10**6, notebook.MOST_CELLS]),
        ("have {:,} lines, a `.py`", [notebook.MOST_LINES]),
        ("`.md` may have {:,}", [textual.MOST_LINES]),
        ("at most {} MiB, and for five", [progress.MOST_BYTES >> 20]),
        ("{:,} characters and {:,} sentences", [numbers.LONGEST, numbers.MOST_SENTENCES]),
    ],
)
def test_a_limit_that_the_page_on_checking_names_is_the_codes(sentence, limits):
    """Who runs into one must find the number that he ran into."""
    page = " ".join((ROOT / "docs" / "checking.md").read_text(encoding="utf-8").split())
    assert sentence.format(*limits) in page, "docs/checking.md has another number, or sentence"


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_both_readmes_say_on_how_many_images_a_notebook_trains(page):
    """A reader who sees low accuracies must know why."""
    sentence = {"README.md": "at most {} images", "README.ko.md": "{}장까지만"}[page.name]
    assert sentence.format(shortening.IMAGES) in page.read_text(encoding="utf-8")
