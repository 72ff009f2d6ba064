"""The command line: its table, its exit codes, and its errors."""

import argparse
import re
from dataclasses import replace
from pathlib import Path

import pytest

from fmnist_spec import __version__, cli
from fmnist_spec.claims.claims import CLAIMS_FILE, load_claims
from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.course.selection import find_all
from fmnist_spec.gate.finding import Finding, Result
from fmnist_spec.gate.notebook import NOTEBOOK
from fmnist_spec.lesson import LESSON, LESSON_FILE

pytestmark = pytest.mark.once


@pytest.fixture
def few_claims(monkeypatch, tmp_path):
    """A claims file of the test's own: the command reads it instead of the shipped one."""

    def use(*ids, **changes):
        blocks = re.split(r"^(?=\[)", CLAIMS_FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
        kept = [block for block in blocks if any(f".{id_}]" in block for id_ in ids)]
        text = "".join(kept)
        for old, new in changes.values():
            assert old in text, f"the claims do not hold {old!r}"
            text = text.replace(old, new)
        path = tmp_path / "claims.toml"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setattr("fmnist_spec.claims.report.load_claims", lambda **_: load_claims(path))

    return use


def test_the_sample_is_announced_and_what_it_cannot_decide_is_named(few_claims, capsys):
    """On the sample, claims about the whole data are listed as not checked, and 0 is returned."""
    few_claims("labels-are-the-classes", "the-data-set-has-its-size")
    code = cli.main(["--sample"])
    out = capsys.readouterr().out
    assert code == cli.HOLDS, out
    assert "Data: shipped sample" in out
    assert "1 of 1 claims are as" in out
    assert re.search(r"Not checked.*\sthe-data-set-has-its-size", out, re.DOTALL), out


def test_digits_that_are_made_decide_nothing_about_sizes_and_accuracies(few_claims, capsys):
    """Where MNIST is not at hand these claims are listed as not checked, and 0 is returned."""
    few_claims(
        *("labels-are-the-classes", "accuracy-rises-and-loss-falls"),
        *("the-data-set-has-its-size", "training-accuracy-reaches-its-bound"),
    )
    file = Path(__file__).parent / "lessons" / "digits.toml"
    code = cli.main(["--sample", "--lesson", str(file)])
    out = " ".join(capsys.readouterr().out.split())
    assert code == cli.HOLDS, out
    assert "Data: images made in the form of MNIST" in out
    assert "2 of 2 claims are as" in out
    left_out = "the-data-set-has-its-size, training-accuracy-reaches-its-bound."
    assert f"Not checked, as only the whole data set can decide it: {left_out}" in out


def test_a_lesson_of_its_own_is_trained_on_the_sample(few_claims, capsys, edited_file):
    """A claim that trains is decided on the sample too, for as many epochs as the file says."""
    few_claims("training-runs-for-all-epochs")
    file = edited_file(("epochs = 5", "epochs = 1"))
    code = cli.main(["--sample", "--lesson", str(file)])
    assert code == cli.HOLDS
    assert re.search(r"epochs=1 trains.*holds", capsys.readouterr().out, re.DOTALL)


def test_a_broken_claim_is_explained_and_returns_1(few_claims, capsys):
    """A claim that says 'none' of something that works is broken, and the line is named."""
    few_claims("labels-are-the-classes", change=("\nkorean", '\nholds = "none"\nkorean'))
    code = cli.main(["--sample"])
    out = capsys.readouterr().out
    assert code == cli.BROKEN, out
    assert "0 of 1 claims are as" in out
    assert "labels-are-the-classes: claims.toml says that this does not hold" in out


WRONG_CALLS = {
    "missing folder": (["--data", "absent"], "absent"),
    "missing lesson": (["--lesson", "absent.toml"], "absent.toml: file: found No such file"),
    "faulty lesson": (["--lesson", "course.toml"], "split.validation: found 11999"),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_wrong_call_returns_2_with_one_clear_line(
    arguments, message, capsys, edited_file, monkeypatch
):
    """The error goes to standard error and names the file."""
    monkeypatch.chdir(edited_file(("validation = 12_000", "validation = 11_999")).parent)
    code = cli.main(arguments)
    printed = capsys.readouterr()
    assert code == cli.USAGE
    assert message in printed.err
    assert printed.err.count("\n") == 1, f"more than one line: {printed.err}"
    assert printed.out == ""


SAID = {  # of a lesson of seven epochs
    "rules": (["rules"], "Training lasts 7 epochs"),
    "explain": (["explain", "epochs"], "epochs=7"),
}


@pytest.fixture
def course(edited_file, monkeypatch):
    """The folder to stand in, which holds a lesson of seven epochs, course.toml."""
    file = edited_file(("epochs = 5", "epochs = 7"))
    monkeypatch.chdir(file.parent)
    return file


# What stands behind each command, and with which value an option shows that it was heard: in what
# is printed, in the exit code, or in what the check is asked for.
BEHIND = {
    "": [],
    "check": ["absent.ipynb"],
    "rules": [],
    "explain": ["epochs"],
    "init": ["chapter.ipynb"],
    "lesson": ["mine.ipynb"],
    "lessons": [],
    "compat": ["2.15", "2.21"],
    "diff": ["course.ipynb", "course.ipynb"],
}
HEARD = {
    "--data": (["nowhere"], "nowhere"),
    "--sample": ([], "sample=True"),
    "--lesson": (["course.toml"], "course.toml|7 epochs|epochs=7"),
    "--output-format": (["json"], '"notebooks": |json Shown'),
    "--output-file": (["csv=absent.ipynb"], "absent.ipynb is a notebook to be checked"),
    "--statistics": ([], "findings  notebooks  severity  rule"),
    "--quiet": ([], r"(?s)\A(?!.*Lesson: )"),
    "--verbose": ([], "note stored-none|notes=True"),
    "--jobs": (["7"], "jobs=7"),
    "--static": ([], "static=True"),
    "--as-found": ([], "as_found=True"),
    "--full": ([], "full=True"),
    "--require-isolation": ([], "require_isolation=True"),
    "--select": (["loss"], "rules=loss"),
    "--ignore": ([",".join(id for id in RULES if id != "epochs")], "rules=epochs"),
    "--write": ([], "Added to pyproject.toml"),
    "--fix": ([], "--fix changes files, so it does not run in CI"),
    "--diff": ([], "--fix would change nothing"),
    "--version": ([], __version__),
}
NOTE = Finding("stored-none", "note", None, None, "finding")


@pytest.fixture
def heard(monkeypatch):
    """Let commands say what they were asked for, in place of what would need TensorFlow."""

    def load(folder=None, *, sample=False, lesson=None):
        print(f"{folder=} {sample=}")

    class Deaf(Checker):
        def check_all(self, found, jobs):
            self._load(LESSON)
            print(f"{jobs=} rules={','.join(self.config.rules)} {self._settings}")
            return [replace(one, findings=(NOTE,)) for one in found]

    def learn(path, folder, sample, settings):
        print(f"{folder=} {sample=} {settings}")
        return Result(path, "pass", 0.0, (NOTE,), lesson_files=("lessons/chapter.toml",)), []

    def find(paths, config, *, as_found):
        print(f"{as_found=}")
        return find_all(paths, config, as_found=as_found)

    def compare(paths, lessons, load, settings, jobs):
        load(LESSON)
        print(f"{lessons} {jobs=} {settings}")
        return argparse.Namespace(exit_code=0)

    shown = {name: lambda _, shown, n=name: print(n, shown) for name in ("full", "json")}
    monkeypatch.setattr("fmnist_spec.diffing.diff", compare)
    monkeypatch.setattr("fmnist_spec.diffing.FORMATS", shown)
    monkeypatch.setattr("fmnist_spec.gate.many.settings.find_all", find)
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr("fmnist_spec.gate.learning.init.learn", learn)
    monkeypatch.setattr("fmnist_spec.data.load_data", load)
    monkeypatch.setattr("fmnist_spec.dataset.repeated", lambda *_: None)
    monkeypatch.setattr("fmnist_spec.gate.check.Checker", Deaf)
    monkeypatch.setattr(
        "fmnist_spec.claims.report.hold",
        lambda file, folder, sample: print(f"Lesson: {file} {folder=} {sample=}"),
    )


@pytest.mark.parametrize("place", ["before", "behind"])
@pytest.mark.parametrize("option", HEARD)
@pytest.mark.parametrize("command", BEHIND)
def test_each_option_is_heard_or_refused_wherever_it_stands(
    course, heard, capfd, command, option, place
):
    """No option is dropped: before a command and behind it, it works, or one line refuses it."""
    value, words = HEARD[option]
    named = [command] if command else []
    given = [option, *value]
    call = [*given, *named] if place == "before" else [*named, *given]
    try:
        code = cli.main([*call, *BEHIND[command]])
    except SystemExit as end:  # as argparse ends where --version is given
        code = end.code
    printed = capfd.readouterr()
    if option in {"--version", *cli.COMMANDS[command].options}:
        assert re.search(words, printed.out + printed.err), printed
    else:
        assert code == cli.USAGE
        assert printed.err.startswith("fmnist-spec: `fmnist-spec"), printed
        assert f"` has no option {option}; only `fmnist-spec" in printed.err, printed
        assert printed.err.count("\n") == 1, printed
        assert not Path("mine.ipynb").exists(), "what is refused does nothing"


def test_every_command_and_option_is_tried():
    """The test above has a line for each."""
    assert set(BEHIND) == set(cli.COMMANDS)
    assert set(HEARD) == {*cli.OPTIONS, "--version"}


def test_an_option_behind_the_command_wins(course, heard, capsys):
    """Given twice, the last one counts, as everywhere on a command line."""
    assert cli.main(["--jobs", "3", "check", "--jobs", "7", "absent.ipynb"]) == cli.USAGE
    assert "jobs=7" in capsys.readouterr().out


def test_without_an_option_all_cores_are_used(course, heard, capsys, monkeypatch):
    """As many notebooks are checked at the same time as the machine has room for."""
    monkeypatch.setattr("fmnist_spec.checking.usual_jobs", lambda: 5)
    assert cli.main(["check", "absent.ipynb"]) == cli.USAGE
    assert "jobs=5" in capsys.readouterr().out


def test_an_empty_path_is_refused(course, capsys):
    """It would be the current folder, which a script with an unset variable does not mean."""
    with pytest.raises(SystemExit, match="2"):
        cli.main(["check", ""])
    assert "found an empty text" in capsys.readouterr().err


@pytest.mark.parametrize("jobs", ["0", "00", "-1", "1.5", "two", ""])
def test_what_is_no_number_of_jobs_is_told(course, capsys, jobs):
    """None would check nothing."""
    with pytest.raises(SystemExit, match="2"):
        cli.main(["check", "a.ipynb", f"--jobs={jobs}"])
    assert repr(jobs) in capsys.readouterr().err


def test_what_is_no_format_of_a_comparison_is_told_with_those_that_are(course, capsys):
    """Each command has its own."""
    assert cli.main(["diff", "a.ipynb", "b.ipynb", "--format", "jsn"]) == cli.USAGE
    assert "Did you mean json? Choose one of full, markdown, json.\n" in capsys.readouterr().err


def asked_for(arguments, way):
    """The arguments that ask for course.toml in one of the three ways."""
    option = ["--lesson", "course.toml"]
    if way == "configuration":
        Path("pyproject.toml").write_text('[tool.fmnist_spec]\nlesson = "course.toml"\n')
        return arguments
    return option + arguments if way == "before" else arguments + option


@pytest.mark.parametrize("way", ["before", "behind", "configuration"])
@pytest.mark.parametrize(("arguments", "words"), SAID.values(), ids=SAID)
def test_rules_speak_of_the_lesson_asked_for(course, capsys, way, arguments, words):
    """Named before or behind the command, or in pyproject.toml, a lesson fills in its numbers."""
    assert cli.main(asked_for(arguments, way)) == 0
    assert words in capsys.readouterr().out


def test_the_option_wins_over_the_configuration(course, capsys):
    """A lesson that is named is used, whatever pyproject.toml says."""
    Path("pyproject.toml").write_text('[tool.fmnist_spec]\nlesson = "absent.toml"\n')
    assert cli.main(["rules", "--lesson", "course.toml"]) == 0
    assert "Training lasts 7 epochs" in capsys.readouterr().out


@pytest.mark.parametrize("way", ["before", "behind", "configuration"])
def test_no_notebook_is_handed_out_that_fails_its_own_lesson(course, capsys, way):
    """With another lesson in force the shipped notebook is refused, and no file is written."""
    assert cli.main(asked_for(["lesson", "mine.ipynb"], way)) == cli.USAGE
    printed = capsys.readouterr()
    for part in ("course.toml: ", "found another lesson", "expected ", "fmnist-spec check"):
        assert part in printed.err, f"the error lacks {part!r}: {printed.err}"
    assert printed.err.count("\n") == 1
    assert not Path("mine.ipynb").exists()


def test_a_copy_of_the_shipped_lesson_has_the_shipped_notebook(course, capsys):
    """What decides is what the lesson says, not where its file lies."""
    course.write_bytes(LESSON_FILE.read_bytes())
    assert cli.main(["lesson", "mine.ipynb", "--lesson", "course.toml"]) == 0, capsys.readouterr()
    assert capsys.readouterr() == ("", "Wrote mine.ipynb.\n")
    assert Path("mine.ipynb").read_bytes() == NOTEBOOK.read_bytes()


@pytest.mark.parametrize("named", [True, False], ids=["named", "shipped"])
def test_the_lesson_file_that_was_used_is_printed(few_claims, course, capsys, named):
    """Whoever reads the table learns which file it holds against TensorFlow."""
    few_claims("labels-are-the-classes")
    arguments = ["--sample"] + ["--lesson", "course.toml"] * named
    assert cli.main(arguments) == cli.HOLDS
    expected = "course.toml" if named else str(LESSON_FILE)
    assert f"Lesson: {expected}\n" in capsys.readouterr().out


def test_a_command_that_is_misspelt_is_named(capsys):
    """The error says that it is the command which is wrong, and lists those there are."""
    with pytest.raises(SystemExit):
        cli.main(["chek"])
    assert "argument COMMAND: invalid choice: 'chek'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["lesson.toml", "pyproject.toml"])
def test_a_merge_conflict_in_a_settings_file_is_named(capsys, tmp_path, monkeypatch, name):
    """What a merge left is no 'invalid statement': its line is shown, with what to do."""
    text = "a = 1\n<<<<<<< HEAD\nb = 1\n=======\nb = 2\n>>>>>>> other\n"
    (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["rules", *(["--lesson", name] if name == "lesson.toml" else [])]) == cli.USAGE
    assert "a merge conflict that was not resolved (at line 2: <<<<<<< HEAD)" in (
        capsys.readouterr().err
    )
