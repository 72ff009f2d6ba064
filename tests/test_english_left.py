"""No sentence for people stands in the code: all of them stand in the files of words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import fmnist_spec

pytestmark = pytest.mark.once
PACKAGE = Path(fmnist_spec.__file__).parent
MODULES = {str(one.relative_to(PACKAGE)): one for one in PACKAGE.rglob("*.py")}
# A word of a sentence, and no part of a path, a call, a command or a pattern.
WORD = re.compile(r"(?<![\w./%<(\[{-])[a-z]+(?:'[a-z]+)?(?![\w./=>)\]}(-])")
SEARCHES = re.compile(r"^re\.|\.startswith$")
MOST_WORDS = 2  # of a key, an id or a value: these stay English
# Texts of more words that nobody has to read in another language, by the reason.
ALLOWED = {
    "a fault of ours, which is told as Python tells it": (
        "module {} has no attribute {}",
        "nested too deeply",
        "a power that no lesson needs",
        "the names do not end",
    ),
    "caught where it is raised": ("the kernel refuses", "too long to be read as Python"),
    "what an error of a notebook says, in the words of its process, as Python's own do": (
        "fmnist-spec runs notebooks without network, processes of their own or files elsewhere",
    ),
    "a value that stands in documents for programs, or a key of tables": (
        "running at the end",
        "sum of probabilities",
        "raised on purpose",
    ),
    "the path of an error that nobody is told of": ("the notebook's process",),
    "what others say, and is looked for": ("out of memory",),
}
# These hold what errors say, as patterns, and the kernel's names of calls.
TABLES = {"gate/rules/run.py", "gate/rules/lacking.py", "parsing.py", "gate/confine/linux/calls.py"}
CODE = re.compile(
    r".*\bimport |fmnist-spec (check|init|explain|rules|lesson|compat) \S", re.DOTALL
)  # a call of the command, too


def is_left_out(node: ast.AST) -> bool:
    """Whether nobody reads the texts in a node: a docstring, an assertion, what is looked for."""
    if isinstance(node, ast.Call):
        return bool(SEARCHES.search(ast.unparse(node.func)))
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_docstring or isinstance(node, ast.Assert)


def texts(node: ast.AST) -> Iterator[str]:
    """Give the texts in code, an f-string as one, but for those that nobody reads."""
    if isinstance(node, ast.JoinedStr):
        parts = (getattr(one, "value", "{}") for one in node.values)
        yield "".join(one if isinstance(one, str) else "{}" for one in parts)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in () if is_left_out(node) else ast.iter_child_nodes(node):
        if not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)):
            yield from texts(child)


def sentences(source: str) -> list[str]:
    """Give the texts in code that have words enough to be read by people, and a blank."""
    plain = (one for one in texts(ast.parse(source)) if not CODE.match(one))
    return [one for one in plain if " " in one and len(WORD.findall(one)) > MOST_WORDS]


@pytest.mark.parametrize("module", sorted(MODULES.keys() - TABLES))
def test_no_sentence_stands_in_code(module: str) -> None:
    """One that did would be English under every --lang. Its words belong into words.*.toml."""
    allowed = {one for known in ALLOWED.values() for one in known}
    found = [one for one in sentences(MODULES[module].read_text("utf-8")) if one not in allowed]
    assert not found, f"{module}: say these with language.say(): {found}"


@pytest.mark.parametrize(
    "source",
    [
        'raise ValueError("the file is empty")',
        'told = f"found {one}, expected {two} or {three}"',
        'REMEDY = "Look whether memory was short."',
        'def say(remedy="Write the value in that form."): pass',
        'kinds = {"text": "a text that is not empty"}',
    ],
)
def test_a_sentence_is_found_wherever_it_stands(source: str) -> None:
    """In a call, an f-string, a constant, a default, and a table."""
    assert len(sentences(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring that says something."""',
        'assert found, "a reason for those who mend this"',
        'PATTERN = re.compile("no such file or folder")',
        'command = "model.fit(train_scaled, train_target, epochs=5)"',
        'key = "reading.no-toml"',
    ],
)
def test_what_nobody_reads_is_no_sentence(source: str) -> None:
    """Docstrings, assertions and patterns are for programmers; code and keys are the same."""
    assert not sentences(source)


def test_every_exception_is_needed() -> None:
    """An exception for what no longer stands in code would let it come back."""
    found = {one for path in MODULES.values() for one in sentences(path.read_text("utf-8"))}
    assert {one for known in ALLOWED.values() for one in known} <= found
