"""How a command ends before its end: by signals, at a closed pipe, on a full disk."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fmnist_spec.ending import forget_odd_width
from fmnist_spec.gate.notebook import NOTEBOOK

pytestmark = pytest.mark.once

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
SOON = 5.0  # seconds; it takes less than one where nothing else runs
QUICK = {  # commands without TensorFlow, and their exit codes
    "rules": (["rules"], 0),
    "explain": (["explain", "network"], 0),
    "lessons": (["lessons"], 0),
    "help": (["check", "--help"], 0),
    "compat": (["compat", "2.15", "2.21"], 0),
    "check": (["check", "absent.ipynb"], 2),
    "check as JSON": (["check", "--format", "json", "absent.ipynb"], 2),
    "init": (["init"], 0),
}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "fmnist_spec", *arguments]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder that is also the one for temporary folders."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def start(*arguments: str) -> "subprocess.Popen[str]":
    """Start a command that hears Ctrl-C, also where these tests run in the background."""
    return subprocess.Popen(
        command(*arguments),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: "subprocess.Popen[str]", ending: signal.Signals, presses: int) -> tuple[str, str]:
    """Send a signal some times, and give what the command then says; it has to end soon."""
    began = time.monotonic()
    for _ in range(presses):
        process.send_signal(ending)
        time.sleep(0.02)
    told = process.communicate(timeout=60)
    assert time.monotonic() - began < SOON
    assert process.returncode == CODES[ending], told
    return told


def users(folder: Path) -> list[str]:
    """Find the processes that work in a folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cwd"):
        try:
            found += [str(place)] if str(place.readlink()).startswith(f"{folder}/") else []
        except OSError:  # it has ended
            continue
    return found


def assert_nothing_is_left(folder: Path) -> None:
    until = time.monotonic() + SOON
    while (left := [*users(folder), *folder.glob("fmnist-spec-*")]) and time.monotonic() < until:
        time.sleep(0.1)
    assert not left


def wait_for(folder: Path, pattern: str) -> None:
    for _ in range(600):
        if [*folder.glob(pattern)]:
            return
        time.sleep(0.1)
    pytest.fail(f"waited for {pattern} for a minute in vain")


IMPORTING = """
import os, signal, sys
from fmnist_spec import __main__, ending

class Importer:  # is asked for the first module that the command imports
    def find_spec(self, name, *_):
        os.kill(os.getpid(), int(sys.argv[1]))
        os.kill(os.getpid(), int(sys.argv[1]))

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Importer())
__main__.main()
"""


@pytest.mark.parametrize("ending", CODES)
def test_a_signal_while_the_command_is_imported_ends_it(ending: signal.Signals) -> None:
    """Nothing is started yet, so it ends at once, in one line."""
    start = [sys.executable, "-c", IMPORTING, str(int(ending))]
    done = subprocess.run(start, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (CODES[ending], "fmnist-spec: interrupted\n")


@pytest.mark.parametrize("arguments", [["check", "--format", "json"], ["init"]], ids=" ".join)
@pytest.mark.parametrize(("ending", "presses"), [(signal.SIGINT, 1), (signal.SIGTERM, 5)])
def test_a_signal_while_tensorflow_is_loaded_ends_all(
    folder: Path, arguments: list[str], ending: signal.Signals, presses: int
) -> None:
    """Nobody waits for the import; what is said is one line, and JSON stays JSON."""
    process = start(*arguments, "--sample", str(NOTEBOOK))
    wait_for(folder, "fmnist-spec-*")
    out, told = end(process, ending, presses)
    assert told.startswith("fmnist-spec: interrupted")
    assert told.count("\n") == 1
    assert arguments == ["init"] or json.loads(out)["notebooks"] == []
    assert_nothing_is_left(folder)


def test_a_signal_while_the_claims_load_tensorflow_ends_it(folder: Path) -> None:
    """An import may swallow an exception; the command ends all the same."""
    process = start("--sample")
    assert process.stdout is not None
    assert process.stdout.readline(), "the lesson's title comes before TensorFlow"
    time.sleep(1)
    _, told = end(process, signal.SIGINT, 2)
    assert told.splitlines()[-1] == "fmnist-spec: interrupted"
    assert "Traceback" not in told


def test_a_killed_command_leaves_nothing(folder: Path) -> None:
    """The process that imports TensorFlow for it hears that, and ends, too."""
    process = start("check", "--sample", str(NOTEBOOK))
    wait_for(folder, "fmnist-spec-*")
    process.kill()
    process.communicate()
    assert_nothing_is_left(folder)


@pytest.mark.parametrize(("arguments", "code"), QUICK.values(), ids=QUICK)
def test_a_closed_pipe_ends_quietly(folder: Path, arguments: list[str], code: int) -> None:
    """Nobody reads, or standard output is closed: the exit code is that of the verdict."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command(*arguments), stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (code, b"")
    closed = [*command(*arguments)] if arguments != ["init"] else command("rules")
    line = ["sh", "-c", 'exec "$@" >&-', "sh", *closed]
    done = subprocess.run(line, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (code, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
@pytest.mark.parametrize(("arguments", "_code"), QUICK.values(), ids=QUICK)
def test_a_full_disk_is_told_in_one_line(folder: Path, arguments: list[str], _code: int) -> None:
    """What could not be written is no verdict, so the exit code is 2."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command(*arguments), stdout=full, stderr=subprocess.PIPE, check=False)
    told = b"fmnist-spec: standard output: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, told)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_a_full_disk_is_told_in_korean(folder: Path) -> None:
    """What is full, and why."""
    line = ["env", "FMNIST_SPEC_LANG=ko", *command("rules")]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.stderr.decode() == "fmnist-spec: 표준 출력: 저장 공간이 부족함\n"


@pytest.mark.parametrize("columns", ["0", "1", "²"])
def test_an_odd_width_prints_as_usual(folder: Path, columns: str) -> None:
    """COLUMNS is set by shells, terminals and CI, sometimes to nothing that is a width."""
    (folder / "a.ipynb").write_text("{")
    texts = []
    for width in ({}, {"COLUMNS": columns}):
        others = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
        done = subprocess.run(
            command("check", "."), env={**others, **width}, capture_output=True, check=False
        )
        texts.append((done.returncode, done.stdout, done.stderr))
    assert texts[0] == texts[1]
    assert b"a.ipynb" in texts[0][1]


@pytest.mark.parametrize("columns", ["0", "19", "-5", "abc", "1001", "100000", "²"])
def test_a_width_in_which_no_report_can_be_read_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    """Others stay as they are."""
    for given, left in ((columns, None), ("20", "20"), ("1000", "1000")):
        monkeypatch.setenv("COLUMNS", given)
        forget_odd_width()
        assert os.environ.get("COLUMNS") == left, given


def test_pytests_own_end_takes_what_the_plugin_has_started_with_it(folder: Path) -> None:
    """Ctrl-C while TensorFlow is loaded: pytest says it as always, with its exit code 2."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--fmnist-spec"]
    process = subprocess.Popen(
        [*command, str(NOTEBOOK)],
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        stdout=subprocess.PIPE,
    )
    wait_for(folder, "fmnist-spec-*")
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, b"KeyboardInterrupt" in out) == (2, True)
    assert_nothing_is_left(folder)
