"""Files with hostile names and texts, as the command and the plugin tell of them."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from obeyed import ATTACKS, HOSTILE, obeyed, unsafe

from fmnist_spec import cli
from fmnist_spec.gate.learning.init import add_entry, lesson_text
from fmnist_spec.gate.notebook import NotebookError, read_notebook
from fmnist_spec.reading import SpecificationError
from fmnist_spec.toml import parse_toml

pytest_plugins = ["pytester"]
NAMES = {
    "a command": "x\n::error::forged\n.ipynb",
    "a report": "x.ipynb\nPASS  other.ipynb  1.0 s\n.ipynb",
    "an old command": "##[error]x.ipynb",
    "an order": "\u202eynpi.ipynb",
    "a title": "\x1b]0;title\x07.ipynb",
    "no UTF-8": "a\udc80.ipynb",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder whose files have hostile names, and are no notebooks."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES.values():
        Path(name).write_text("{", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("named", [True, False], ids=["named", "absent"])
def test_a_file_that_cannot_be_read_is_told_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, named: bool
) -> None:
    """Whether it is there or not; its name is shown with escapes."""
    path = name if named else f"no {name}"
    assert cli.main(["check", path]) == cli.USAGE
    out = capsys.readouterr().out
    assert out.count("ERROR  ") == 1
    assert out.count("\n") == 3, f"more than the lesson, the error and the count: {out}"
    assert not [*obeyed(out)]
    assert not unsafe(out)


def test_a_folder_of_them_is_told_in_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The paths are those of the files, so that a program can open them."""
    cli.main(["check", ".", "--format", "json"])
    out = capsys.readouterr().out
    assert not [*obeyed(out)]
    assert not unsafe(out)
    assert {one["path"] for one in json.loads(out)["notebooks"]} == {*NAMES.values()}


def test_what_jupytext_warns_of_is_not_told(folder: Path, recwarn: Any) -> None:
    """It would cite the file on standard error, where a runner reads it."""
    form = "jupytext:\n  text_representation:\n    extension: .md\n    format_name: myst\n"
    kernel = "kernelspec:\n  display_name: P\n  language: python\n  name: python3\n"
    cells = "```{code-cell} ipython3\n1\n```\n\n```{code-cell} ##[error]forged\n2\n```\n"
    Path("a.md").write_text(f"---\n{form}{kernel}---\n\n{cells}", encoding="utf-8")
    assert len(read_notebook(Path("a.md")).cells) == 2
    assert not [*recwarn]


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("call", [["rules", "--lesson"], ["explain"]], ids=" ".join)
def test_an_error_of_a_call_is_one_line(
    capsys: pytest.CaptureFixture[str], text: str, call: list[str]
) -> None:
    """It names a file that is not there, or a rule that is none."""
    assert cli.main([*call, text]) == cli.USAGE
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert not [*obeyed(err)]
    assert not unsafe(err)


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("call", ["--format={}", "--output-file={}", "-{}"])
def test_a_wrong_option_is_told_harmlessly(
    capsys: pytest.CaptureFixture[str], text: str, call: str
) -> None:
    """`check *` takes a file's name for an option, if it begins as one."""
    given = call.format(text.replace(" ", "\t"))  # a blank would make it a path
    with pytest.raises(SystemExit, match=str(cli.USAGE)):
        cli.main(["check", given])
    err = capsys.readouterr().err
    assert not [*obeyed(err)]
    assert not unsafe(err)


@given(HOSTILE)
def test_errors_are_harmless_where_they_are_raised(text: str) -> None:
    """For whoever uses the package as a library: their messages are one line each."""
    path = Path(text.replace("/", "") or "a")
    for error in (NotebookError(path, text, text, text), SpecificationError(path, *[text] * 4)):
        assert not [*obeyed(str(error))]
        assert not unsafe(str(error))
        assert "\n" not in str(error)


@given(HOSTILE)
def test_what_init_writes_is_harmless_too(text: str) -> None:
    """It may be printed: its comments are shown with escapes, and its values are as they were."""
    tables = {"title": text, "network": {"name": [text]}}
    shown = lesson_text([text], tables, {"network.name": text})
    values = text.encode(errors="replace").decode()  # UTF-8 has no halves of pairs
    name = values.replace("/", "").replace("\0", "")  # as a file can have it
    for one in (shown, add_entry(Path(f"{name}.ipynb"), [name], write=False)):
        assert not [*obeyed(one)]
        assert not unsafe(one)
    assert parse_toml(shown) == {"title": values, "network": {"name": [values]}}


@pytest.mark.parametrize(
    "way", [("-rA", "-vv", "--durations=0"), ("--collect-only",)], ids=" ".join
)
def test_pytest_gets_no_command(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, way: tuple[str, ...]
) -> None:
    """From names of files, from what cannot be read, and with any of its own reports."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    for name in NAMES.values():
        (pytester.path / name).write_text("{", encoding="utf-8")
    found = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--fmnist-spec", *way)
    report = found.stdout.str() + found.stderr.str()
    assert not [*obeyed(report)]
    assert not unsafe(report)
    found.stdout.fnmatch_lines(["*x\\n::error::forged\\n.ipynb*"])


STUB = """
from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.gate.trace import Trace

def check(self, notebook):
    text = notebook.cells[0].source
    values = dict(type=text, why=text, rest=text, observed=text)
    found = Finding("cell-raises", notebook.path.stem, 0, 1, "finding", values, 1)
    trace = Trace("2.21.0", "3.12.0", (), False, (), (), None)
    given = dict(reason=text, undecided=("loss", "epochs"))
    return Result(notebook.path, "error", 0.1, (found,), notebook, trace, **given)

Checker.check = check
"""


def test_pytest_gets_no_command_from_findings(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors, warnings and reasons for skipping, of a check that says what a cell does."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    source = "\n".join(one for name, one in ATTACKS.items() if name != "half a sign")
    for name in ("error", "warning"):
        node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        nbformat.write(node, pytester.path / f"{name}.ipynb")
    pytester.makeconftest(STUB)
    select = "select = ['cell-raises', 'loss', 'epochs']"
    (pytester.path / "pyproject.toml").write_text(f"[tool.fmnist_spec]\n{select}\n")
    options = ("-p", "no:cacheprovider", "--fmnist-spec", "-rA", "--junitxml=report.xml")
    found = pytester.runpytest_subprocess(*options, "error.ipynb", "warning.ipynb")
    found.assert_outcomes(failed=3, skipped=2, passed=1, warnings=1)
    report = found.stdout.str() + (pytester.path / "report.xml").read_text(encoding="utf-8")
    assert not [*obeyed(report)]
    assert not unsafe(report)
