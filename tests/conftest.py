"""Options and data that the whole suite shares: everything costly is made once."""

import gc
import json
import os
import platform
import shutil
from pathlib import Path

import pytest
import sampling
from hypothesis import HealthCheck, settings

from fmnist_spec import _compat
from fmnist_spec.data import DataError, SampleDataWarning, load_data, prepare
from fmnist_spec.files import write_text
from fmnist_spec.lesson import LESSON, load_lesson

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["FMNIST_SPEC_LANG"] = "en"  # whatever the locale is; a test of Korean asks for it
if "PYTEST_XDIST_WORKER" in os.environ:  # the other processes have the other cores
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

# The first example pays for what TensorFlow does once, so no example has a deadline.
COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "database": None}
settings.register_profile("quick", max_examples=5, **COMMON)
settings.register_profile("ci", max_examples=10, derandomize=True, **COMMON)
settings.register_profile("deep", max_examples=2_000, **COMMON)

OWN_LESSON = Path(__file__).with_name("lesson.toml")
WHOLE_DATA = ("test_claims.py", "test_data.py", "test_probes.py")  # the last evens out the work

HOW_TO_GET = (
    "the whole data set is not here: install Debian's package dataset-fashion-mnist, "
    "or set FMNIST_SPEC_DATA to a folder that holds its four .gz files"
)


def pytest_addoption(parser):
    parser.addoption(
        "--regenerate-golden",
        action="store_true",
        help="write golden files: reports, and the summaries of the installed TensorFlow; and fail",
    )
    parser.addoption(
        "--answers",
        metavar="FILE",
        type=Path,
        help="write what this TensorFlow answers to every claim, for the compatibility table",
    )
    parser.addoption(
        "--thorough",
        action="store_true",
        help="run all cases that take seconds each, not a share of them, and each notebook alone",
    )


def pytest_configure(config):
    sampling.is_thorough = config.getoption("--thorough")
    if config.getoption("--hypothesis-profile") is None:
        settings.load_profile("ci" if os.environ.get("CI") else "quick")


def pytest_collection_modifyitems(config, items):
    """Leave out what only a thorough run does, unless it is one."""
    if not sampling.is_thorough:
        left_out = [item for item in items if item.get_closest_marker("thorough")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep the tests of a file in one process, and all that need the whole data set."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.partition("::")[0]
            return "whole data" if file.endswith(WHOLE_DATA) else file

    return Scheduling(config, log)


@pytest.fixture(scope="session")
def quick_import():
    """Import TensorFlow, and let its objects take no part in collecting garbage.

    They are most of the time that Keras needs to clear its session: 0.3 s.
    """
    from fmnist_spec._compat import import_keras

    gc.disable()  # a fifth of the time of the import is garbage collection that finds nothing
    assert import_keras().Sequential, "TensorFlow has no Keras: install it again"
    gc.enable()
    gc.freeze()


@pytest.fixture(scope="session")
def whole_data():
    """The whole real data set; tests that need it skip without it, but never in CI."""
    try:
        return load_data(download=bool(os.environ.get("CI")))
    except SampleDataWarning:  # pyproject.toml turns it into an error
        if os.environ.get("CI"):
            pytest.fail(HOW_TO_GET)
        pytest.skip(HOW_TO_GET)
    except DataError as error:
        pytest.fail(str(error))


@pytest.fixture(scope="module")
def chromium():
    """Headless Chromium, for pages; tests that need it skip without it, but never in CI."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        told = "Chromium is not here: install Debian's package chromium, or Google Chrome"
        pytest.fail(told) if os.environ.get("CI") else pytest.skip(told)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path)


@pytest.fixture(scope="session")
def prepared(whole_data):
    """The whole data set, prepared as the lesson does."""
    return prepare(whole_data)


@pytest.fixture(scope="session")
def sample_data():
    """The sample that the package ships."""
    return load_data(sample=True)


@pytest.fixture
def edited_file(tmp_path):
    """Write the tests' lesson, with some of its text exchanged, into a file course.toml."""

    def edit(*changes):
        text = OWN_LESSON.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, f"this test wants to edit {old!r}, which tests/lesson.toml lacks"
            text = text.replace(old, new, 1)
        path = tmp_path / "course.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return edit


@pytest.fixture
def edited_lesson(edited_file):
    """Read the tests' lesson with some of its text exchanged."""
    return lambda *changes: load_lesson(edited_file(*changes))


@pytest.fixture
def three_layers(edited_lesson):
    """A lesson with another hidden layer between those of the tests' own."""
    output = '[[network.layers]]\nname = "output"'
    middle = '[[network.layers]]\nname = "middle"\nunits = 50\nactivation = "relu"\n\n'
    return edited_lesson((output, middle + output), ("epochs = 5", "epochs = 1"))


@pytest.fixture(scope="session")
def trial(quick_import, whole_data, prepared):
    """What the probes of the claims share, on the whole data."""
    from fmnist_spec.claims.probes import Probes

    trial = Probes(LESSON, whole_data)
    trial.prepared = prepared
    return trial


@pytest.fixture(scope="session")
def answers(pytestconfig):
    """The answers to the claims, in order; written at the end if every claim was asked."""
    from fmnist_spec.claims.claims import load_claims

    given = []
    yield given
    path = pytestconfig.getoption("--answers")
    if path and [one.claim for one in given] == list(load_claims()):
        _write_answers(path, given)


def _write_answers(path, answers):
    """Write what this environment answered; the file's name is the environment's."""
    record = {
        "tensorflow": str(_compat.tensorflow_version()),
        "keras": str(_compat.keras_version()),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "answers": {answer.claim.id: _answer_record(answer) for answer in answers},
    }
    write_text(path, json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def _answer_record(answer):
    record = {"holds": answer.holds}
    if not answer.holds:  # a number that was measured would differ from run to run
        record["observed"] = answer.observed
    if answer.notices:
        record["notices"] = sorted(set(answer.notices))
    return record
