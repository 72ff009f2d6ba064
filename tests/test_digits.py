"""MNIST: its one file is found, verified, fetched; without it, images of its form are made."""

import hashlib
import http.server
import os
import threading
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fmnist_spec import download
from fmnist_spec.data import DataError, SampleDataWarning, load_data
from fmnist_spec.lesson import LESSON, load_lesson

pytestmark = pytest.mark.once
DIGITS = load_lesson(Path(__file__).parent / "lessons" / "digits.toml")
REAL_CHILD_CODE = download.CHILD_CODE
NAME = "mnist.npz"


def archive(folder, seed=0, train=40, test=20):
    """Write a small mnist.npz with numpy, as Keras's is written, and give its bytes."""
    random, shapes = np.random.default_rng(seed), {"x_train": train, "x_test": test}
    arrays = {key: random.integers(0, 4, (n, 28, 28), np.uint8) for key, n in shapes.items()}
    labels = {"y_train": train, "y_test": test}
    arrays |= {key: random.integers(0, 10, n, np.uint8) for key, n in labels.items()}
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / NAME, **arrays)
    return (folder / NAME).read_bytes()


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    return archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture
def lesson(content):
    """The lesson on digits, of a data set that is a small one: its digest is the only change."""
    digest = {NAME: hashlib.sha256(content).hexdigest()}
    return replace(
        DIGITS, data=replace(DIGITS.data, train_images=40, test_images=20, sha256=digest)
    )


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """Make a machine with no data and no network; its home is in this folder."""
    for name in ("FMNIST_SPEC_DATA", "KERAS_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(download, "CHILD_CODE", "raise SystemExit('no network')")
    return tmp_path


def put(folder, content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_bytes(content)
    return folder


def test_the_first_place_that_has_the_file_is_used(nowhere, monkeypatch, lesson, content):
    """Folder, variable, Keras's cache; there the file has no folder of its own."""
    cache = put(nowhere / ".keras" / "datasets", content)
    monkeypatch.setenv("FMNIST_SPEC_DATA", str(put(nowhere / "variable", content)))
    sources = [load_data(put(nowhere / "folder", content), lesson=lesson).source]
    sources.append(load_data(lesson=lesson).source)
    monkeypatch.delenv("FMNIST_SPEC_DATA")
    sources.append(load_data(lesson=lesson).source)
    places = [nowhere / "folder", nowhere / "variable", cache]
    assert [source.partition(": ")[2] for source in sources] == list(map(str, places))


def test_the_arrays_are_those_of_the_file_in_kerass_order(nowhere, lesson, content):
    """They unpack as Keras gives them, are no sample, and cannot be written to."""
    dataset = load_data(put(nowhere / "folder", content), lesson=lesson)
    (train_images, train_labels), (test_images, test_labels) = dataset
    with np.load(nowhere / "folder" / NAME) as arrays:
        assert np.array_equal(train_images, arrays["x_train"])
        assert np.array_equal(train_labels, arrays["y_train"])
        assert np.array_equal(test_images, arrays["x_test"])
        assert np.array_equal(test_labels, arrays["y_test"])
    assert (dataset.is_sample, train_images.flags.writeable) == (False, False)


FAULTS = {
    "empty": (lambda path, _: path.write_bytes(b""), "an empty file"),
    "truncated": (lambda path, good: path.write_bytes(good[:-9]), "changed bytes, SHA-256"),
    "one byte flipped": (
        lambda path, good: path.write_bytes(good[:99] + bytes([good[99] ^ 1]) + good[100:]),
        "changed bytes, SHA-256",
    ),
    "another file": (lambda path, _: archive(path.parent, seed=1), "changed bytes, SHA-256"),
    "a web page": (lambda path, _: path.write_text("<html>"), "changed bytes, SHA-256"),
    "folder": (lambda path, _: path.mkdir(), "not a file"),
    "pipe": (lambda path, _: os.mkfifo(path), "not a file"),
    "broken link": (lambda path, _: path.symlink_to("nothing"), "not a file"),
    "unreadable": (lambda path, _: path.symlink_to("/proc/self/mem"), "cannot be read"),
    "too long": (
        lambda path, good: path.write_bytes(good + bytes(99_999)),
        "more than 47,100 bytes",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_file_is_named_and_never_used(nowhere, lesson, content, fault):
    """One error tells file, found, expected and remedy, and speaks of no gzip and no other set."""
    spoil, found = FAULTS[fault]
    folder = nowhere / "data"
    folder.mkdir()
    spoil(folder / NAME, content)
    with pytest.raises(DataError) as caught:
        load_data(folder, lesson=lesson)
    message = str(caught.value)
    digest = lesson.data.sha256[NAME]
    for part in (f"{folder / NAME}: found ", found, f"expected SHA-256 {digest}. Put a sound copy"):
        assert part in message, f"The error for {fault} lacks {part!r}: {message}"
    assert not any(word in message for word in ("gzip", "IDX", "Debian", "clothes", ".gz")), message


def test_a_huge_file_costs_no_memory(nowhere, lesson):
    """Reading stops where all the images would end."""
    folder = nowhere / "data"
    folder.mkdir()
    with (folder / NAME).open("wb") as file:
        file.truncate(2**40)  # a terabyte, of which the disk holds nothing
    tracemalloc.start()
    with pytest.raises(DataError, match="more than"):
        load_data(folder, lesson=lesson)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16_000_000, f"Reading took {peak:,} bytes of memory, expected below 16,000,000."


@pytest.mark.parametrize("spoilt", [False, True], ids=["sound", "bad"])
def test_a_variable_for_the_other_data_set_is_passed_by(
    nowhere, monkeypatch, lesson, content, spoilt
):
    """Whoever has clothes there did not mean them for digits; a folder asked for is refused."""
    clothes = nowhere / "clothes"
    clothes.mkdir()
    for name in LESSON.data.sha256:
        (clothes / name).write_bytes(b"" if spoilt else b"clothes")
    monkeypatch.setenv("FMNIST_SPEC_DATA", str(clothes))
    cache = put(nowhere / ".keras" / "datasets", content)
    assert load_data(lesson=lesson).source == f"Keras's cache: {cache}"
    with pytest.raises(
        DataError, match=r"clothes: found no mnist.npz, expected the files of MNIST"
    ):
        load_data(clothes, lesson=lesson)


def test_a_variable_for_digits_is_passed_by_for_clothes(nowhere, monkeypatch, content):
    """The other way round it is the same; half a data set is not passed by."""
    monkeypatch.setenv("FMNIST_SPEC_DATA", str(put(nowhere / "digits", content)))
    clothes = replace(LESSON, data=replace(LESSON.data, debian=""))
    with pytest.warns(SampleDataWarning, match="Fashion-MNIST was not found"):
        assert load_data(lesson=clothes).is_sample
    (nowhere / "digits" / "train-images-idx3-ubyte.gz").write_bytes(b"")
    with pytest.raises(DataError, match=r"found no train-labels-idx1-ubyte\.gz"):
        load_data(lesson=clothes)


def test_with_nothing_at_hand_images_of_the_right_form_are_announced(nowhere):
    """The warning names MNIST and the way to get it, and no package of another data set."""
    with pytest.warns(SampleDataWarning) as caught:
        dataset = load_data(lesson=DIGITS)
    message = str(caught[0].message)
    for part in ("MNIST was not found, so images that were made", "no network", NAME, "2,000"):
        assert part in message, f"The warning lacks {part!r}: {message}"
    for word in ("Fashion", "fashion", "nstall", "Debian", "sample"):
        assert word not in message, f"The warning has {word!r}: {message}"
    assert (dataset.is_sample, dataset.source) == (True, "images made in the form of MNIST")
    (images, labels), (test_images, test_labels) = dataset
    assert (images.shape, images.dtype, labels.shape) == ((2_000, 28, 28), np.uint8, (2_000,))
    assert (test_images.shape, test_labels.dtype) == ((500, 28, 28), np.uint8)
    assert (images.min(), images.max(), sorted({*labels})) == (0, 255, list(range(10)))
    assert not images.flags.writeable


def test_digits_that_are_made_are_no_clothes(sample_data):
    """None of them is an image of the shipped sample, and they are the same every time."""
    first, again = (load_data(sample=True, lesson=DIGITS) for _ in range(2))
    clothes = {image.tobytes() for image in sample_data.train_images}
    assert not any(image.tobytes() in clothes for image in first.train_images)
    assert np.array_equal(first.train_images, again.train_images)
    assert np.array_equal(first.train_labels, again.train_labels)


@pytest.fixture
def server(content):
    """Serve mnist.npz on this machine, and remember what was asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(self.server.content)))
            self.end_headers()
            self.wfile.write(self.server.content)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.content, server.asked = content, asked
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def fetching(server, content):
    """The real program, whose Keras asks this server for a file of another digest.

    Keras has the address and the SHA-256 of the real file in its code; nothing else is changed.
    """
    patch = f"""
module = sys.modules[keras.datasets.mnist.load_data.__module__]
get_file = module.get_file
def ours(*name, origin, file_hash, **more):
    path = origin.partition("://")[2].partition("/")[2]
    return get_file(*name, origin="http://127.0.0.1:{server.server_port}/" + path,
                    file_hash={hashlib.sha256(content).hexdigest()!r}, **more)
module.get_file = ours
"""
    begin, load, rest = REAL_CHILD_CODE.partition("getattr(keras.datasets")
    return begin + patch + load + rest


@pytest.mark.full
def test_keras_itself_fetches_the_file_once(nowhere, monkeypatch, server, lesson, content):
    """It is verified, kept in Keras's cache, and loaded from there the next time."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(download, "CHILD_CODE", fetching(server, content))
    dataset = load_data(lesson=lesson)
    cache = nowhere / ".keras" / "datasets"
    assert dataset.source == f"download through Keras, now in {cache}"
    assert (dataset.is_sample, len(dataset.train_images)) == (False, 40)
    assert [path.name for path in cache.iterdir()] == [NAME]
    assert load_data(lesson=lesson).source == f"Keras's cache: {cache}"
    assert len(server.asked) == 1, server.asked
    assert server.asked[0].endswith("/mnist.npz")


# What Keras does, without its import: fetch the file into its cache, from this server.
FETCH = """
import os, pathlib, urllib.request
cache = pathlib.Path(os.environ["KERAS_HOME"], "datasets")
cache.mkdir(parents=True, exist_ok=True)
url = "http://127.0.0.1:{port}/mnist.npz"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
(cache / "mnist.npz").write_bytes(opener.open(url).read())
"""


@pytest.mark.parametrize("served", ["half", "a web page"])
def test_what_the_server_gives_instead_is_not_kept(nowhere, monkeypatch, server, lesson, served):
    """Other content is refused, the cache stays empty, and images are made, with the reason."""
    server.content = b"<html>" if served == "a web page" else server.content[:-9]
    monkeypatch.setattr(download, "CHILD_CODE", FETCH.format(port=server.server_port))
    with pytest.warns(SampleDataWarning, match="found changed bytes, SHA-256"):
        assert load_data(lesson=lesson).is_sample
    assert list((nowhere / ".keras" / "datasets").iterdir()) == []
    assert len(server.asked) == 1
