"""docs/lessons.md: what it tells a teacher to do is done, and the program says what it shows.

The page is read from top to bottom in a folder of its own. Its shell blocks are run. The sentences
that tell what to edit or to do in Jupyter are found by their words, and done. Each text block must
be what the shell block before it printed, where a line of ... is anything. Lines are broken
elsewhere, and times, versions, line numbers in files and the package's own path are masked.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import nbformat
import pytest

from fmnist_spec.gate.course.config import load_config
from fmnist_spec.language import say
from fmnist_spec.lesson import LESSON_FILE, read_lesson
from fmnist_spec.network import TYPES, NetworkSpec
from fmnist_spec.reading import read_toml
from fmnist_spec.settings import AccuracyBounds, Compile, Fit, Split
from fmnist_spec.toml import parse_toml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")
# The command and Python of this environment. Whether there is the whole data set, no test knows.
SHELL = """
fmnist-spec() {
  case $1 in check|init) set -- "$@" --sample;; esac
  "$PYTHON" -m fmnist_spec "$@"
}
python() { "$PYTHON" "$@"; }
"""
# What Jupyter would store of the cells before the training; that takes too long.
RUN = """
import contextlib, io, json, sys
from fmnist_spec import load_data
from fmnist_spec.dataset import repeated
from fmnist_spec.lesson import LESSON
from tensorflow import keras

keras.datasets.fashion_mnist.load_data = lambda: repeated(load_data(sample=True), LESSON.data)
names, printed = {}, []
for source in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exec(source, names)
    printed.append(output.getvalue())
sys.stdout.buffer.write(json.dumps(printed).encode())
"""
MASKS = {
    r"  \d+\.\d s\b": "  0.0 s",
    r"TensorFlow \d.*": "TensorFlow",
    r"\.ipynb:\d+": ".ipynb:1",
    r"\S+/fmnist_spec/lessons/": "fmnist_spec/lessons/",
}
PARTS = {"code": "code", "text": "markdown"}  # of a notebook, and their types of cells
DONE = ("run", "file", "clear", *PARTS.values())
TOLD = re.compile(
    r"^```(?P<kind>\w+)\n(?P<block>.*?)^```$"
    r"|In (?:the (?P<part>code|text) of )?`(?P<file>[^`]+)`, change (?P<changes>[^.]+)\."
    r"|(?P<run>In Jupyter, run all cells and save the notebook)"
    r"|(?P<clear>clear all outputs and save it, as here)",
    re.MULTILINE | re.DOTALL,
)


class Course:
    """The folder in which a reader follows the page."""

    def __init__(self, folder):
        self.folder = folder
        self.notebook = folder / "chapters" / "07_2.ipynb"
        self.printed = None

    def python(self, *command, **how):
        given = {"PYTHON": sys.executable, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
        given |= {"FORCE_COLOR": "1", "TERM": "dumb"}  # what a terminal shows, without colours
        env = {**os.environ, **given}
        how = {"capture_output": True, "encoding": "utf-8", "timeout": 300, **how}
        return subprocess.run(command, cwd=self.folder, env=env, check=False, **how)

    def run(self, lines):
        result = self.python("bash", "-c", SHELL + lines)
        errors = [one for one in result.stderr.split("\n") if one.startswith("fmnist-spec")]
        self.printed = "\n".join([result.stdout.replace(say("report.sample"), ""), *errors])

    def edit(self, file, part, changes):
        path = self.folder / file
        for old, new in re.findall(r"`([^`]+)`\s+to\s+`([^`]+)`", changes):
            if part is None:
                text = path.read_text(encoding="utf-8")
                assert old in text, f"{file} has no {old!r}"
                path.write_text(text.replace(old, new), encoding="utf-8")
                continue
            notebook = nbformat.read(path, 4)
            cells = self.cells(notebook, PARTS[part])
            assert any(old in cell.source for cell in cells), f"{part} of {file} has no {old!r}"
            for cell in cells:
                cell.source = cell.source.replace(old, new)
            nbformat.write(notebook, path)

    def cells(self, notebook, kind="code"):
        return [cell for cell in notebook.cells if cell.cell_type == kind]

    def store(self):
        """Store what the cells before the training print, as Jupyter would."""
        notebook = nbformat.read(self.notebook, 4)
        sources = [cell.source for cell in self.cells(notebook)]
        before = [one for one in sources if ".compile(" not in one and ".fit(" not in one]
        result = self.python(sys.executable, "-c", RUN, input=json.dumps(before))
        assert result.returncode == 0, result.stderr
        for at, cell in enumerate(self.cells(notebook)):
            cell.execution_count = at + 1
        for cell, text in zip(self.cells(notebook), json.loads(result.stdout), strict=False):
            out = nbformat.v4.new_output("stream", name="stdout", text=text)
            cell.outputs = [out] if text else []
        nbformat.write(notebook, self.notebook)

    def clear(self):
        notebook = nbformat.read(self.notebook, 4)
        for cell in self.cells(notebook):
            cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, self.notebook)

    def expect(self, shown):
        """Compare what the page shows with what the last command printed."""
        parts = re.split(r"^ *\.\.\.$", masked(shown), flags=re.MULTILINE)
        pattern = r"\s*(.*\s)?".join(re.escape(" ".join(one.split())) for one in parts)
        printed = " ".join(masked(self.printed).split())
        told = f"The page shows:\n{shown}\nbut this was printed:\n{self.printed}"
        assert re.fullmatch(rf"{pattern}\s*", f"{printed} ", re.DOTALL), told

    def follow(self, told):
        """Do what one place of the page tells, and say in a word what it was."""
        if told["kind"] == "sh":
            self.run(told["block"])
        elif told["kind"] == "text" and self.printed is None:
            return "text without a command"
        elif told["kind"] == "text":
            self.expect(told["block"])
            self.printed = None
        elif told["file"]:
            self.edit(told["file"], told["part"], told["changes"])
        elif told["run"] or told["clear"]:
            (self.store if told["run"] else self.clear)()
        return told["kind"] or PARTS.get(told["part"]) or next(one for one in DONE if told[one])


def masked(text):
    for pattern, instead in MASKS.items():
        text = re.sub(pattern, instead, text)
    return text


@pytest.mark.thorough
def test_who_follows_the_page_sees_what_it_shows(tmp_path):
    """From init to the last step of the change, on this TensorFlow."""
    course = Course(tmp_path)
    done = [course.follow(told) for told in TOLD.finditer(PAGE)]
    assert [one for one in done if one in DONE] == ["run", "file", "code", "clear", "markdown"]
    assert done.count("text without a command") == 1, "of the misspelt key, which has its own test"


def blocks(of):
    found = [one["block"] for one in TOLD.finditer(PAGE) if one["kind"] == "toml"]
    return [one for one in found if ("[tool." in one.replace("[[", "[")) == of]


@pytest.mark.parametrize("block", blocks(of=False), ids=lambda block: block.split("\n")[0])
def test_every_table_that_the_page_shows_can_stand_in_a_lesson_file(block):
    """In the place of the shipped lesson's table of that name, the lesson is read."""
    shipped, shown = read_toml(LESSON_FILE), parse_toml(block)
    shipped["split"] = shipped["split"] if "fit" not in shown else {}
    tables = {**shipped, **shown}
    read_lesson({key: one for key, one in tables.items() if one}, LESSON_FILE)


@pytest.mark.parametrize("block", blocks(of=True))
def test_every_entry_that_the_page_shows_is_one_of_pyproject_toml(block, tmp_path):
    (tmp_path / "pyproject.toml").write_text(block, encoding="utf-8")
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "07_2.ipynb").touch()
    (entry,) = load_config(tmp_path).notebooks
    assert {Path(one).parent.name for one in entry.lessons} == {"lessons"}


def test_the_page_explains_every_key_of_a_lesson_file():
    """Whoever adds a key, a type of layer or an argument of one says there what it means."""
    tables = (Split, Compile, Fit, AccuracyBounds, NetworkSpec)
    keys = {"dataset", "scale"} | {one.name for table in tables for one in fields(table)}
    keys |= {*TYPES} | {name for arguments in TYPES.values() for name in arguments}
    missing = {one for one in keys if not re.search(rf"`{one}\b", PAGE)}
    assert missing == set()


def test_what_the_page_says_of_mnist_is_what_the_report_says():
    assert say("report.made", title="MNIST") in " ".join(PAGE.split())


def test_a_misspelt_key_is_told_as_the_page_shows(tmp_path, capsys):
    """The one line of an error: it names the key, and what is right."""
    from fmnist_spec import cli

    path = tmp_path / "07_2.toml"
    text = LESSON_FILE.read_text(encoding="utf-8")
    path.write_text(text.replace("units = 100", "unit = 100"), encoding="utf-8")
    assert cli.main(["rules", "--lesson", str(path)]) == cli.USAGE
    printed = capsys.readouterr().err.replace(str(path), "lessons/07_2.toml")
    shown = re.search(r"^```text\n(fmnist-spec: .*?)\.\.\.\n```$", PAGE, re.MULTILINE | re.DOTALL)
    assert " ".join(printed.split()).startswith(" ".join(shown[1].split()))
