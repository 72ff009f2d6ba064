"""Real pairs of notebooks: with faults, corrected, and compared with the sound one byte by byte."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import pytest
from pairs import (
    EQUATION,
    FORMS,
    METRICS,
    SHAPE,
    Document,
    sound,
    with_stale_outputs,
    with_texts,
    written,
)
from told import told

from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.course.config import Config
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.fix.fixing import fix
from fmnist_spec.gate.fix.json_text import FixError
from fmnist_spec.gate.fix.mending import Mender
from fmnist_spec.gate.notebook import read_notebook
from fmnist_spec.gate.trace import Trace

JUPYTER = FORMS["as Jupyter writes it"]


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    """One runner for all notebooks."""
    with Checker(Config()) as checker:
        yield checker


@pytest.fixture(scope="module")
def stored(checker: Checker) -> tuple[Document, Trace]:
    """The sound notebook, and the run that it stores, which is shared by all with its code."""
    return sound(checker)


@pytest.fixture
def mender(checker: Checker) -> Mender:
    return Mender(checker, is_asked=True, writes=True)


def errors(result: Result) -> list[str]:
    return [one.rule for one in result.findings if one.rule != "outputs-read"]


@pytest.mark.parametrize("form", FORMS)
def test_what_is_stored_and_said_becomes_right_in_a_file_of_any_form(
    mender: Mender, stored: tuple[Document, Trace], tmp_path: Path, form: str
) -> None:
    """A summary, a shape, an equation and the numbers; no other byte of the file changes."""
    document, trace = stored
    faulty = FORMS[form](with_stale_outputs(with_texts(document, [EQUATION])))
    file = written(tmp_path, faulty)
    before = mender.checker.check(read_notebook(file), trace)
    rules = ["stored-value", "stored-summary", "prose-arithmetic", "numbering"]
    assert errors(before) == rules, told(before)
    after = mender.mended(before)
    assert [(one.finding.rule, one.refused) for one in after.fixes] == [(one, "") for one in rules]
    assert file.read_bytes() == FORMS[form](document)
    assert (after.verdict, errors(after)) == ("pass", []), told(after)
    assert [*tmp_path.iterdir()] == [file]


def test_code_is_corrected_and_run_again(
    mender: Mender, stored: tuple[Document, Trace], tmp_path: Path
) -> None:
    """Since Keras 3, compile() raises, and each layer that is given a shape warns."""
    document, _ = stored
    is_keras_3 = stored[1].keras.startswith("3")
    file = written(tmp_path, JUPYTER(with_texts(document, [METRICS, *SHAPE[: 2 * is_keras_3]])))
    before = mender.checker.check(read_notebook(file))
    rules = ["cell-raises", "input-shape"] if is_keras_3 else ["metrics-string"]
    after = mender.mended(before)
    assert [one.finding.rule for one in after.fixes] == rules, told(before)
    assert file.read_bytes() == JUPYTER(document)
    assert (after.verdict, errors(after)) == ("pass", []), told(after)


def test_a_file_in_which_nothing_is_to_correct_is_not_touched(
    mender: Mender, stored: tuple[Document, Trace], tmp_path: Path
) -> None:
    """Neither its bytes nor its time."""
    file = written(tmp_path, JUPYTER(stored[0]))
    state = file.stat()
    result = mender.checker.check(read_notebook(file), stored[1])
    assert mender.mended(result) is result
    assert (file.stat(), file.read_bytes()) == (state, JUPYTER(stored[0]))


def test_an_old_summary_below_another_network_stays(
    mender: Mender, stored: tuple[Document, Trace], tmp_path: Path
) -> None:
    """It may be the code that is wrong, which is for its author to say."""
    faulty = JUPYTER(with_texts(stored[0], [("Dense(100, activ", "Dense(64, activ")]))
    file = written(tmp_path, faulty)
    result = mender.mended(mender.checker.check(read_notebook(file)))
    assert {"network", "stored-summary"} <= {*errors(result)}, told(result)
    assert (result.fixes, file.read_bytes()) == ((), faulty)


def test_a_correction_that_makes_a_text_false_is_not_written(
    mender: Mender, stored: tuple[Document, Trace], tmp_path: Path
) -> None:
    """The equation would be true, and what it says of the test images would not."""
    changed = with_texts(stored[0], [])
    changed["cells"][5]["source"] = ["There are 60,000 - 12,000 = 46,000 test images."]
    file = written(tmp_path, JUPYTER(changed))
    result = mender.mended(mender.checker.check(read_notebook(file), stored[1]))
    why = "it would lead to another finding: `prose-number`"
    assert [one.refused for one in result.fixes] == [why], told(result)
    assert file.read_bytes() == JUPYTER(changed)


def test_the_diff_shows_the_cells_and_writes_nothing(
    checker: Checker,
    stored: tuple[Document, Trace],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It exits with 1 if something would change, and with 0 if not; with 2 without a verdict."""
    faulty = JUPYTER(with_stale_outputs(with_texts(stored[0], [EQUATION])))
    file, mender = written(tmp_path, faulty), Mender(checker, is_asked=True, writes=False)
    before = checker.check(read_notebook(file), stored[1])
    assert mender.mended(before) is before
    assert file.read_bytes() == faulty
    assert mender.told([before]) == 1
    told = capsys.readouterr()
    assert told.err == "--fix would correct 4 findings in 1 notebook.\n"
    lines = told.out.splitlines()
    shapes = "-(45000, 784) (12000, 784)", "+(48000, 784) (12000, 784)"
    assert {"-In [5]", "+In [1]", *shapes} <= {*lines}, told.out
    titles = [line for line in lines if line.startswith("--- ")]
    assert any(line.endswith("07_2.ipynb: cell 12") for line in titles), titles
    assert any(line.endswith(": In [9], cell 7, output") for line in titles), titles
    assert Mender(checker, is_asked=True, writes=False).told([before]) == 0
    assert mender.told([Result(file, "error")]) == 2


def faulty_file(
    mender: Mender, stored: tuple[Document, Trace], folder: Path
) -> tuple[Path, Result]:
    file = written(folder, JUPYTER(with_texts(stored[0], [EQUATION])))
    return file, mender.checker.check(read_notebook(file), stored[1])


@pytest.mark.parametrize("writes", [True, False])
def test_a_key_that_stands_twice_is_told(
    mender: Mender, stored: tuple[Document, Trace], tmp_path: Path, writes: bool
) -> None:
    """Nobody knows which of the two some other program reads; so nothing need be written."""
    mender.writes = writes
    file, _ = faulty_file(mender, stored, tmp_path)
    twice = file.read_bytes().replace(b'"nbformat": 4,', b'"nbformat": 4, "nbformat": 4,')
    file.write_bytes(twice)
    file.chmod(0o444)
    result = mender.mended(mender.checker.check(read_notebook(file), stored[1]))
    refused = ["the file has the key 'nbformat' twice in one table"] if writes else []
    assert [one.refused for one in result.fixes] == refused
    assert result.verdict == "fail"
    assert (errors(result), file.read_bytes()) == (["prose-arithmetic"], twice)


@pytest.mark.parametrize("writes", [True, False])
def test_a_file_that_cannot_be_written_has_no_verdict(
    mender: Mender, stored: tuple[Document, Trace], tmp_path: Path, writes: bool
) -> None:
    """One line says why, and the findings are those of the file as it is; --diff says so, too."""
    mender.writes = writes
    file, before = faulty_file(mender, stored, tmp_path)
    file.chmod(0o444)
    result = mender.mended(before)
    assert result.verdict == "error"
    assert "nothing was corrected, since the file cannot be written: Permission" in result.reason
    assert (result.findings, result.fixes) == (before.findings, ())


def test_a_file_that_somebody_saves_meanwhile_is_left_to_them(
    mender: Mender, stored: tuple[Document, Trace], tmp_path: Path
) -> None:
    """Their work would be lost."""
    file, before = faulty_file(mender, stored, tmp_path)
    mended = fix(mender.checker, before)
    file.write_bytes(JUPYTER(stored[0]) + b"\n")
    with pytest.raises(FixError, match="changed in the meantime"):
        mended.write()
    assert file.read_bytes() == JUPYTER(stored[0]) + b"\n"


@pytest.mark.parametrize("suffix", ["py:percent", "md"])
def test_a_file_of_jupytext_is_corrected_by_its_lines(
    mender: Mender, stored: tuple[Document, Trace], tmp_path: Path, suffix: str
) -> None:
    """With the line ends that it has."""
    texts: list[Any] = []
    for changes in [], [EQUATION]:
        document = {**with_texts(stored[0], changes), "metadata": {}}
        texts.append(jupytext.writes(jupytext.reads(json.dumps(document), "ipynb"), suffix))
    file = tmp_path / f"a.{suffix.partition(':')[0]}"
    file.write_bytes(texts[1].replace("\n", "\r\n").encode())
    result = mender.mended(mender.checker.check(read_notebook(file), stored[1]))
    assert file.read_bytes().decode() == texts[0].replace("\n", "\r\n"), told(result)
    assert result.verdict == "pass", told(result)
