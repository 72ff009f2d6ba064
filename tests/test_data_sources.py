"""Data is found in a fixed order, verified, and never used when it is wrong."""

import functools
import gzip
import hashlib
import os
import select
import socket
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from fmnist_spec import download
from fmnist_spec.data import SAMPLE_FOLDER, DataError, SampleDataWarning, load_data
from fmnist_spec.lesson import LESSON

pytestmark = pytest.mark.once
SAMPLE = LESSON.data.of_sample()
NAMES = list(SAMPLE.sha256)
COUNTS = {"train": 40, "t10k": 20}
REAL_CHILD_CODE = download.CHILD_CODE

pack = functools.partial(gzip.compress, compresslevel=1)


def beginning(name):
    """Give the first images or labels of the sample, as an IDX file of their own."""
    content = gzip.decompress((SAMPLE_FOLDER / name).read_bytes())
    count = COUNTS[name.partition("-")[0]]
    header, size = (16, SAMPLE.pixels) if "images" in name else (8, 1)
    return content[:4] + count.to_bytes(4, "big") + content[8 : header + count * size]


# A lesson whose whole data is that beginning: the same code, on files that load fast. Debian's
# folder of both is in the current one.
IDX = {name: beginning(name) for name in NAMES}
GOOD = {name: pack(content) for name, content in IDX.items()}
SHA256 = {name: hashlib.sha256(content).hexdigest() for name, content in IDX.items()}
FEW = {"train_images": COUNTS["train"], "test_images": COUNTS["t10k"], "sha256": SHA256}

WHOLE = replace(LESSON, data=replace(LESSON.data, debian="debian"))
SMALL = replace(LESSON, data=replace(WHOLE.data, **FEW))


def fill(folder, *, without=""):
    """Write the sound files into a new ``folder``, all but one."""
    folder.mkdir(parents=True)
    for name in NAMES:
        if name != without:
            (folder / name).write_bytes(GOOD[name])
    return folder


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """Make a machine with no data and no network; its home is in this folder."""
    monkeypatch.delenv("FMNIST_SPEC_DATA", raising=False)
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(download, "CHILD_CODE", "raise SystemExit('no network')")
    return tmp_path


@pytest.fixture
def cache(nowhere):
    """Keras's cache on that machine; it is not there yet."""
    return nowhere / ".keras" / "datasets" / "fashion-mnist"


def flip(packed):
    """Change the byte in the middle."""
    middle = len(packed) // 2
    return packed[:middle] + bytes([packed[middle] ^ 0xFF]) + packed[middle + 1 :]


def recount(content):
    """Put the same content under a header that declares one item more."""
    count = int.from_bytes(content[4:8], "big") + 1
    return content[:4] + count.to_bytes(4, "big") + content[8:]


def other(name):
    """Name another of the four files."""
    return NAMES[(NAMES.index(name) + 1) % len(NAMES)]


def write(content):
    """Make a fault that writes ``content(name)`` in the file's place."""
    return lambda path, name: path.write_bytes(content(name))


FAULTS = {
    "truncated": (write(lambda name: GOOD[name][: len(GOOD[name]) // 2]), "truncated gzip"),
    "without its end": (write(lambda name: GOOD[name][:-1]), "truncated gzip"),
    "one byte flipped": (write(lambda name: flip(GOOD[name])), ""),  # it depends on the place
    "one pixel changed": (write(lambda name: pack(flip(IDX[name]))), "changed bytes"),
    "one item short": (write(lambda name: pack(IDX[name][:-1])), " bytes, expected"),
    "too long": (write(lambda name: pack(IDX[name] + b"\0")), "more than"),
    "other shape": (write(lambda name: pack(recount(IDX[name]))), "IDX of shape"),
    "swapped": (write(lambda name: GOOD[other(name)]), "the content of {other}"),
    "empty": (write(lambda _: b""), "an empty file"),
    "empty gzip": (write(lambda _: pack(b"")), "an empty file"),
    "no IDX": (write(lambda _: pack(b"<html>")), "not IDX"),
    "no gzip": (write(lambda name: IDX[name]), "Not a gzipped file"),
    "unreadable": (lambda path, _: path.symlink_to("/proc/self/mem"), "cannot be read"),
    "broken link": (lambda path, _: path.symlink_to("nothing"), "not a file"),
    "folder": (lambda path, _: path.mkdir(), "not a file"),
    "pipe": (lambda path, _: os.mkfifo(path), "not a file"),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_file_is_named_and_never_used(tmp_path, name, fault):
    """Each fault in each file ends in one error that tells file, found, expected, remedy."""
    path = fill(tmp_path / "data", without=name) / name
    spoil, found = FAULTS[fault]
    spoil(path, name)
    with pytest.raises(DataError) as caught:
        load_data(path.parent, lesson=SMALL)
    message = str(caught.value)
    for part in (f"{path}: found ", found.format(other=other(name)), SHA256[name], "Put a"):
        assert part in message, f"The error for {fault} lacks {part!r}: {message}"


def test_a_file_that_unpacks_to_far_more_costs_no_memory(tmp_path):
    """Reading stops one byte after the expected end, whatever a file unpacks to."""
    name = "t10k-labels-idx1-ubyte.gz"
    path = fill(tmp_path / "data", without=name) / name
    path.write_bytes(pack(IDX[name] + bytes(64_000_000)))
    tracemalloc.start()
    with pytest.raises(DataError, match="more than"):
        load_data(path.parent, lesson=SMALL)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16_000_000, f"Reading took {peak:,} bytes of memory, expected below 16,000,000."


def test_the_sample_is_never_taken_for_the_whole():
    """The shipped files in a folder that is asked for are refused: they are not all of it."""
    with pytest.raises(DataError, match=r"found IDX of shape \(2000, 28, 28\)"):
        load_data(SAMPLE_FOLDER)


def test_the_first_place_that_has_the_data_is_used(nowhere, cache, monkeypatch):
    """Folder, variable, Keras's cache, Debian: each wins over all that come after it."""
    monkeypatch.setenv("FMNIST_SPEC_DATA", str(fill(nowhere / "variable")))
    fill(cache), fill(nowhere / "debian")
    found = [load_data(fill(nowhere / "folder"), lesson=SMALL).source]
    found.append(load_data(lesson=SMALL).source)
    monkeypatch.setenv("FMNIST_SPEC_DATA", "")
    found.append(load_data(lesson=SMALL).source)
    (cache / NAMES[3]).unlink()
    found.append(load_data(lesson=SMALL).source)
    places = [nowhere / "folder", nowhere / "variable", cache, "debian"]
    assert [source.partition(": ")[2] for source in found] == [str(place) for place in places]


def test_keras_cache_follows_its_variable(nowhere, monkeypatch):
    """Where KERAS_HOME is set, the cache is looked for there."""
    monkeypatch.setenv("KERAS_HOME", str(nowhere / "other"))
    place = fill(nowhere / "other" / "datasets" / "fashion-mnist")
    assert load_data(lesson=SMALL).source == f"Keras's cache: {place}"


@pytest.mark.parametrize(
    ("place", "remedy"),
    [(".keras/datasets/fashion-mnist", "Delete it"), ("debian", "Install the package again")],
    ids=["Keras's cache", "Debian"],
)
def test_a_bad_file_in_a_usual_place_is_an_error(nowhere, place, remedy):
    """Four files of which one is bad are not passed over in silence."""
    path = fill(nowhere / place, without=NAMES[0]) / NAMES[0]
    path.write_bytes(flip(GOOD[NAMES[0]]))
    with pytest.raises(DataError) as caught:
        load_data(lesson=SMALL)
    assert str(path.relative_to(nowhere) if place == "debian" else path) in str(caught.value)
    assert remedy in str(caught.value)


@pytest.mark.parametrize("asked_by", ["folder", "variable"])
@pytest.mark.parametrize("lacking", [NAMES[2:3], NAMES], ids=["one file", "all files"])
def test_files_missing_from_a_folder_asked_for_are_named(nowhere, monkeypatch, asked_by, lacking):
    """A folder that is asked for must hold the files, even if another place has them."""
    fill(nowhere / "debian")
    folder = nowhere / "asked"
    if lacking != NAMES:
        fill(folder, without=lacking[0])
    monkeypatch.setenv("FMNIST_SPEC_DATA", str(folder if asked_by == "variable" else nowhere))
    with pytest.raises(DataError) as caught:
        load_data(folder if asked_by == "folder" else None, lesson=SMALL)
    names = ", ".join(lacking)
    assert str(caught.value).startswith(f"{folder}: found no {names}, expected ")
    assert "dataset-fashion-mnist" in str(caught.value)


@pytest.mark.parametrize(
    ("download_wanted", "reason"), [(True, "no network"), (False, "no download was allowed")]
)
def test_with_no_data_anywhere_the_sample_is_announced(nowhere, *, download_wanted, reason):
    """The sample stands in only with a warning that tells why, and how to get the whole set."""
    with pytest.warns(SampleDataWarning) as caught:
        dataset = load_data(download=download_wanted, lesson=WHOLE)
    assert dataset.is_sample
    assert dataset.train_images.shape == (2000, 28, 28)
    message = str(caught[0].message)
    count = "2,000 training and 500 test"
    for part in (count, reason, "dataset-fashion-mnist", "FMNIST_SPEC_DATA"):
        assert part in message, f"The warning lacks {part!r}: {message}"


def test_the_sample_can_be_asked_for(nowhere):
    """Asked for, the sample is loaded without a warning, even if there is a folder."""
    fill(nowhere / "debian")
    dataset = load_data(nowhere / "debian", sample=True)
    assert dataset.is_sample
    assert dataset.source == f"shipped sample: {SAMPLE_FOLDER}"


FETCH = f"""
import os, pathlib, sys
folder = pathlib.Path(os.environ["KERAS_HOME"], "datasets", "fashion-mnist")
folder.mkdir(parents=True, exist_ok=True)
for name, packed in {GOOD!r}.items():
    (folder / name).write_bytes(packed)
"""


def test_a_download_is_verified_and_kept_in_keras_cache(nowhere, cache, monkeypatch):
    """What was fetched lies in Keras's cache, and is loaded from there the next time."""
    monkeypatch.setattr(download, "CHILD_CODE", FETCH)
    first = load_data(lesson=SMALL)
    monkeypatch.setattr(download, "CHILD_CODE", "raise SystemExit('a second download')")
    assert first.source == f"download through Keras, now in {cache}"
    assert not first.is_sample
    assert sorted(path.name for path in cache.iterdir()) == sorted(NAMES)
    again = load_data(lesson=SMALL)
    assert again.source == f"Keras's cache: {cache}"
    assert np.array_equal(again.train_images, first.train_images)


FAILURES = {
    "an error": ("import sys; sys.exit('first\\nthe last line\\n\\n')", "the last line"),
    "a bare status": ("raise SystemExit(3)", "status 3"),
    "no TensorFlow": (  # the real program, which asks for a package that nobody has
        REAL_CHILD_CODE.replace("tensorflow", "tensorflow_that_is_absent"),
        "No module named 'tensorflow_that_is_absent'",
    ),
    "no files": ("", "found no train-images-idx3-ubyte.gz"),
    "half a file": (FETCH + "os.truncate(folder / 't10k-labels-idx1-ubyte.gz', 20)", "truncated"),
}


@pytest.mark.parametrize(("child_code", "reason"), FAILURES.values(), ids=FAILURES)
def test_a_failed_download_leaves_nothing_and_tells_why(cache, monkeypatch, child_code, reason):
    """Whatever goes wrong in the child, the sample is announced with the reason."""
    monkeypatch.setattr(download, "CHILD_CODE", child_code)
    with pytest.warns(SampleDataWarning, match=reason):
        assert load_data(lesson=SMALL).is_sample
    assert list(cache.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_told(nowhere):
    """Where Keras's folder cannot be made, the warning says which and why."""
    (nowhere / ".keras").write_text("no folder")
    with pytest.warns(SampleDataWarning, match=r"Not a directory: .*\.keras"):
        assert load_data(lesson=SMALL).is_sample


@pytest.fixture
def blackhole():
    """Open a socket on this machine that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield server


def use_proxy(monkeypatch, port):
    """Send what a child asks of the network to a port of this machine."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


# The real program up to its import of TensorFlow, and then one question to the network.
ASK = REAL_CHILD_CODE.partition("from tensorflow")[0] + (
    "import urllib.request; urllib.request.urlopen('https://example.invalid/')"
)


@pytest.mark.parametrize("reason", ["timed out", "refused"])
def test_a_network_that_does_not_answer_is_told(nowhere, monkeypatch, blackhole, reason):
    """Neither a silent server nor a closed port makes anybody wait."""
    use_proxy(monkeypatch, blackhole.getsockname()[1])
    if reason == "refused":
        blackhole.close()
    monkeypatch.setattr(download, "CHILD_CODE", ASK)
    monkeypatch.setattr(download, "TOTAL_SECONDS", 20.0)
    monkeypatch.setattr(download, "ANSWER_SECONDS", 0.2)
    with pytest.warns(SampleDataWarning, match=reason):
        assert load_data(lesson=WHOLE).is_sample


@pytest.mark.full
@pytest.mark.skipif(
    not os.environ.get("CI"), reason="starts a second TensorFlow: set CI=true to run it"
)
def test_keras_itself_is_cut_off_by_a_silent_network(cache, monkeypatch, blackhole):
    """Keras looks for the files where they are expected, and asks only for the one it lacks."""
    last = "t10k-images-idx3-ubyte.gz"
    remove_last = f"os.remove(folder / {last!r})\n"
    monkeypatch.setattr(download, "CHILD_CODE", FETCH + remove_last + REAL_CHILD_CODE)
    monkeypatch.setattr(download, "ANSWER_SECONDS", 0.2)
    use_proxy(monkeypatch, blackhole.getsockname()[1])
    with pytest.warns(SampleDataWarning, match=f"URL fetch failure on .*/{last}: .* timed out"):
        assert load_data(lesson=WHOLE).is_sample
    assert list(cache.iterdir()) == []


def test_a_download_without_end_is_stopped_with_all_its_children(cache, monkeypatch, blackhole):
    """After the time limit the child, and what it started, are gone, and so are its files."""
    port = blackhole.getsockname()[1]
    grandchild = f"import socket as s; s.create_connection(('127.0.0.1', {port})).recv(1)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    monkeypatch.setattr(download, "CHILD_CODE", FETCH + child)
    for seconds in (0.4, 20):  # the second for a machine too slow to start both in the first
        monkeypatch.setattr(download, "TOTAL_SECONDS", seconds)
        with pytest.warns(SampleDataWarning, match=f"stopped after {seconds} seconds"):
            assert load_data(lesson=SMALL).is_sample
        if select.select([blackhole], [], [], 0)[0]:
            break
    connection, _ = blackhole.accept()
    connection.settimeout(60)
    assert connection.recv(1) == b"", "A process that the download started is still running."
    assert list(cache.iterdir()) == []
