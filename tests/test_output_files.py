"""Reports are written to files beside what is printed; a wrong request ends before all else."""

import csv
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from junitparser import JUnitXml

from fmnist_spec import checking, cli
from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.course.selection import Found
from fmnist_spec.harmless import harmless

pytestmark = pytest.mark.once
Capsys = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a file that is no notebook, so that nothing is run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "half.ipynb").write_text("{")
    (tmp_path / "folder").mkdir()
    return tmp_path


def test_several_formats_are_written_at_once(capsys: Capsys) -> None:
    """Folders that are missing are made; what is printed stays what was asked for."""
    files = [f"--output-file={one}" for one in ("csv=new/a.csv", "junit=b.xml", "json=c.json")]
    assert cli.main(["check", "half.ipynb", "--output-format", "concise", *files]) == 2
    assert capsys.readouterr().out.startswith("half.ipynb:1: whole notebook: error readable: ")
    with Path("new/a.csv").open(encoding="utf-8-sig") as file:
        assert [one["notebook"] for one in csv.DictReader(file)] == ["half.ipynb"]
    assert Path("new/a.csv").read_bytes().startswith(b"\xef\xbb\xbf"), "Excel reads Korean by it"
    assert JUnitXml.fromfile("b.xml").errors == 1
    assert json.loads(Path("c.json").read_text())["notebooks"][0]["verdict"] == "error"
    assert {one.name for one in Path().iterdir()} == {
        "half.ipynb",
        "folder",
        "new",
        "b.xml",
        "c.json",
    }


WRONG = {
    "an unknown format": (["yaml=a"], "no format is 'yaml'. Choose one of full, concise, json, "),
    "a misspelt one": (["jsn=a"], "no format is 'jsn'. Did you mean json? Choose one of full, "),
    "no path": (["json"], "found 'json', expected FORMAT=PATH, such as json=report.json"),
    "an empty path": (["json="], "found 'json=', expected FORMAT=PATH"),
    "a folder": (["json=folder"], "folder cannot be written: it is a folder or a device."),
    "a device": (["json=/dev/null"], "/dev/null cannot be written: it is a folder or a device."),
    "below a file": (["json=half.ipynb/a"], "half.ipynb/a cannot be written: Not a directory."),
    "a long name": ([f"json={'x' * 300}"], "cannot be written: File name too long."),
    "one file twice": (["csv=a", "json=folder/../a"], "found folder/../a twice, for csv and json."),
    "a notebook": (["json=half.ipynb"], "half.ipynb is a notebook to be checked."),
}


@pytest.mark.parametrize(("files", "told"), WRONG.values(), ids=WRONG)
def test_a_file_that_cannot_be_written_is_told_before_anything_is_run(
    monkeypatch: pytest.MonkeyPatch, capsys: Capsys, files: list[str], told: str
) -> None:
    """It is a wrong call, in one line, and nothing is left behind."""
    monkeypatch.setattr(Checker, "check_all", lambda *_: pytest.fail("a notebook was run"))
    before = {*Path().rglob("*")}
    try:
        code = cli.main(["check", "half.ipynb", *(f"--output-file={one}" for one in files)])
    except SystemExit as end:  # as argparse ends
        code = end.code
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert told in printed.err.splitlines()[-1]
    assert {*Path().rglob("*")} == before


def test_a_link_stays_a_link() -> None:
    """The report goes to the file that it leads to."""
    Path("link.csv").symlink_to("folder/real.csv")
    cli.main(["check", "half.ipynb", "--output-file=csv=link.csv"])
    assert Path("link.csv").is_symlink()
    assert "half.ipynb" in Path("folder/real.csv").read_text()


@pytest.mark.parametrize("call", [["--format", "text"], ["--output-format=full"], []])
def test_a_report_has_one_form_by_three_names(capsys: Capsys, call: list[str]) -> None:
    """The names of before still hold."""
    assert cli.main(["check", "half.ipynb", *call]) == 2
    assert capsys.readouterr().out.split("\n")[1].startswith("ERROR  half.ipynb: ")


def test_quiet_and_verbose_exclude_each_other(capsys: Capsys) -> None:
    """One line says it."""
    assert cli.main(["check", "half.ipynb", "-q", "-v"]) == 2
    told = (
        "fmnist-spec: found --quiet and --verbose, expected one of them. Leave the other one out."
    )
    assert capsys.readouterr().err == f"{told}\n"


class Terminal(io.StringIO):
    """What is written to a person."""

    def isatty(self) -> bool:
        return True


def test_the_bar_says_how_far_it_is_and_what_it_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """And that TensorFlow is starting, as long as it is; in one line of a narrow terminal."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    checker = SimpleNamespace(ready=False, is_static=False)
    names = [Found(Path(one)) for one in ("a.ipynb", "b.ipynb", f"{'c' * 90}.ipynb")]
    shown = []
    with checking._bar(checker, names) as advance:
        for done in range(3):
            checker.ready = done > 0
            advance(done)
            shown.append(harmless(sys.stderr.getvalue().rpartition("\r")[2]))  # without colours
            assert "\n" not in sys.stderr.getvalue(), "a long name makes no other line"
    assert "0/3 TensorFlow is starting  a.ipynb" in shown[0]
    assert "1/3 b.ipynb" in shown[1]
    assert "starting" not in shown[1].rpartition("1/3")[2]
    assert "2/3 ccc" in shown[2]
