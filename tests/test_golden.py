"""The exact text of the lesson's summaries, one folder for each rendering, and what it says.

A folder is named after the first TensorFlow that prints so. lesson.json holds every value of
the shipped lesson and what follows from it, so that none changes unseen. To write lesson.json
and the folder of the installed TensorFlow anew, run

    pytest tests/test_golden.py --regenerate-golden

which fails on purpose: look at what changed, then run the tests again without the option.
"""

import dataclasses
import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from builders import BUILDERS
from goldens import golden_problem
from packaging.version import Version

from fmnist_spec import LESSON, Summary, SummaryRow, split
from fmnist_spec._compat import import_keras, lesson_version
from fmnist_spec.printed import summary_text

GOLDEN = Path(__file__).with_name("golden")
TOTALS = {
    "tf2.8": f"Total params: {LESSON.parameters:,}\n",
    "tf2.13": f"Total params: {LESSON.parameters} ({LESSON.size})\n",
    "tf2.16": f" Total params: {LESSON.parameters:,} ({LESSON.size})\n",
}
ERAS = (*TOTALS,)
every_era = pytest.mark.parametrize("era", ERAS)
every_style = pytest.mark.parametrize("style", BUILDERS)


def read(era, style):
    """Give the golden text; bytes are decoded, so that no line end is changed."""
    return (GOLDEN / era / f"{style}.txt").read_bytes().decode()


def names(style):
    """Give the model's name and its layers', as in a new process."""
    if style == "named":
        return LESSON.network.name, [layer.name for layer in LESSON.network.layers]
    automatic = ["dense", *(f"dense_{i}" for i in range(1, len(LESSON.network.layers)))]
    return "sequential", automatic


def specification():
    """Every value of the shipped lesson, what is computed from them, and the order of the split."""
    names = ("input_shape", "output_shapes", "layer_parameters", "parameters", "size")
    names += ("steps_per_epoch", "loss", "compile_code", "fit_code")
    numbers = np.arange(LESSON.data.train_images)
    held_back = split(numbers, numbers)[1].astype("<u4")  # in order, as 32-bit integers
    digest = hashlib.sha256(held_back.tobytes()).hexdigest()
    values = dataclasses.asdict(LESSON) | {name: getattr(LESSON, name) for name in names}
    values |= {"network, split": [LESSON.network.code, LESSON.split.code]}
    values["held back in order, SHA-256"] = digest
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def test_the_lesson_says_what_the_golden_file_says(pytestconfig):
    """No value of lesson.toml changes by mistake, and its seed chooses the same images always."""
    problem = golden_problem(
        specification(),
        GOLDEN / "lesson.json",
        regenerate=pytestconfig.getoption("--regenerate-golden"),
        ci=os.environ.get("CI"),
    )
    assert problem is None, problem


@every_style
@pytest.mark.usefixtures("quick_import")
def test_the_installed_tensorflow_prints_the_golden_text(style, pytestconfig):
    """Each spelling's summary is byte for byte the one in the folder of this rendering."""
    import_keras().backend.clear_session()
    rendering = [era for era in ERAS if Version(era[2:]) <= lesson_version()][-1]
    problem = golden_problem(
        summary_text(BUILDERS[style]()),
        GOLDEN / rendering / f"{style}.txt",
        regenerate=pytestconfig.getoption("--regenerate-golden"),
        ci=os.environ.get("CI"),
    )
    assert problem is None, problem


def test_each_era_has_one_file_for_each_spelling_and_nothing_else():
    """No golden file is missing, and none lies there without a spelling that it belongs to."""
    expected = {*ERAS, "lesson.json"} | {f"{era}/{style}.txt" for era in ERAS for style in BUILDERS}
    found = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*")}
    assert found == expected, (
        f"{GOLDEN}: missing {sorted(expected - found)}, orphans {sorted(found - expected)}. "
        "Regenerate what is missing, and remove or rename the orphans."
    )


@every_era
@every_style
def test_a_golden_summary_says_what_the_lesson_says(era, style):
    """In every rendering the text has the lesson's names, shapes and parameter counts."""
    model, layers = names(style)
    counts = zip(layers, LESSON.network.layers, LESSON.layer_parameters, strict=True)
    rows = tuple(SummaryRow(name, "Dense", (None, lay.units), n) for name, lay, n in counts)
    lesson, golden = Summary(model, rows, LESSON.parameters, 0), Summary.parse(read(era, style))
    assert golden == lesson, f"{era}/{style}.txt: {lesson.differences(golden)}"


@pytest.mark.parametrize(("era", "total"), TOTALS.items(), ids=TOTALS)
@every_style
def test_an_era_has_its_own_way_to_write_the_total(era, total, style):
    """Commas and the size in memory came and went with the renderings."""
    assert f"\n{total}" in read(era, style), f"{era}/{style}.txt has no line {total!r}"


@every_era
def test_list_and_add_print_the_same_bytes(era):
    """In a new process the list and the add spelling cannot be told apart."""
    assert read(era, "list") == read(era, "add"), f"{era}: list.txt and add.txt differ"


@every_era
def test_the_named_spelling_differs_in_its_names_only(era):
    """With its names exchanged for the automatic ones, named.txt is list.txt."""
    text = read(era, "named")
    (model, layers), (automatic, automatic_layers) = names("named"), names("list")
    text = text.replace(f'"{model}"', f'"{automatic}"')
    for name, other in zip(layers, automatic_layers, strict=True):
        cell, other_cell = f"{name} (Dense)", f"{other} (Dense)"
        width = max(len(cell), len(other_cell))
        text = text.replace(cell.ljust(width), other_cell.ljust(width))
    assert text == read(era, "list"), f"{era}: named.txt and list.txt differ in more than names"


WRITE, IN_CI = {"regenerate": True}, {"regenerate": True, "ci": "true"}
REQUESTS = {
    "other text": (b"old\n", {}, "-old\n+new\n", b"old\n"),
    "same text": (b"new\n", {}, None, b"new\n"),
    "newline lost": (b"new", {}, "-new+new\n", b"new"),
    "not UTF-8": (b"\xff", {}, "other text", b"\xff"),
    "missing": (None, {}, "missing", None),
    "write other": (b"old\n", WRITE, "written", b"new\n"),
    "write same": (b"new\n", WRITE, "written", b"new\n"),
    "write missing": (None, WRITE, "written", b"new\n"),
    "CI": (b"old\n", IN_CI, "refused", b"old\n"),
    "CI, missing": (None, IN_CI, "refused", None),
}


@pytest.mark.parametrize(
    ("golden", "options", "problem", "afterwards"), REQUESTS.values(), ids=REQUESTS
)
def test_a_golden_file_changes_only_on_request(tmp_path, golden, options, problem, afterwards):
    """A run fails unless the text is the same; writing fails it too, and CI never writes."""
    path = tmp_path / "tf0" / "list.txt"
    if golden is not None:
        path.parent.mkdir()
        path.write_bytes(golden)
    found = golden_problem("new\n", path, **{"regenerate": False, "ci": None, **options})
    assert problem is None if found is None else problem in found, found
    assert (path.read_bytes() if path.exists() else None) == afterwards
    left = {file.name for file in tmp_path.rglob("*.*")} - {"list.txt"}
    assert left == set(), f"left behind: {left}"
