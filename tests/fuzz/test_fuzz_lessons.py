"""A lesson file is read, and then answers everything; or one line says what is wrong with it."""

import json
from pathlib import Path
from random import Random
from typing import Any

from fuzzing import RANDOM, STRANGE, TESTS, broken_bytes, broken_value, fuzz, refused
from hypothesis import strategies as st

from fmnist_spec.gate.compare.terms import lesson_values
from fmnist_spec.gate.course.config import load_config
from fmnist_spec.lesson import Lesson, LessonError, load_lesson, read_lesson, shipped_lessons
from fmnist_spec.network import ACTIVATIONS, TYPES
from fmnist_spec.reading import SpecificationError
from fmnist_spec.toml import parse_toml

FILES = [*shipped_lessons().values(), *(TESTS / "lessons").glob("*.toml"), TESTS / "lesson.toml"]
FILES.sort(key=lambda path: path.name)
SEEDS = [path.read_bytes() for path in FILES]
TABLES = [parse_toml(one.decode()) for one in SEEDS]
COURSE = Path("course.toml")
WORDS = [*ACTIVATIONS, *TYPES, "list", "add", "named", "accuracy", "first", "adam", "mnist"]
KEYS = sorted({key for kind in TYPES.values() for key in kind} | {"type", "name"})
NUMBERS = st.sampled_from([0, 1, 10, 28, 784, 60_000, 10**9, 0.0, 0.2, 0.99, 1.0, 255])
VALUES = st.one_of(NUMBERS, st.sampled_from(WORDS), st.booleans(), st.sampled_from(STRANGE))
LAYER = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4)
SIZED = {"units": NUMBERS, "activation": st.sampled_from(ACTIVATIONS)}
LAYERS = st.lists(LAYER | st.fixed_dictionaries(SIZED), max_size=4)
SETTINGS = b"""[tool.fmnist_spec]
ignore = ["numbering"]
severity = { prose-number = "warning" }
cell_seconds = 60
lessons = ["lesson", "mnist.toml"]
exclude = ["drafts/**", "[a"]

[[tool.fmnist_spec.notebooks]]
paths = ["chapters/07_2*.ipynb"]
select = ["epochs"]
"""


def answers(lesson: Lesson) -> list[object]:
    """Ask a lesson everything that follows from it, and that a report or a notebook may show."""
    network = lesson.network
    shapes = lesson.input_shape, lesson.output_shapes, lesson.size, lesson.steps_per_epoch
    codes = lesson.compile_code, lesson.fit_code, lesson.split and lesson.split.code, network.code
    layers = [(layer.activation, layer.options, layer.units) for layer in network.layers]
    return [shapes, codes, layers, lesson.subjects, lesson_values(lesson), repr(lesson)]


def read(tables: dict[str, Any]) -> None:
    with refused(SpecificationError, "course.toml: "):
        assert answers(read_lesson(tables, COURSE))


@fuzz(st.sampled_from(SEEDS), RANDOM, times=40)
def test_a_lesson_file_with_broken_bytes_is_read_or_refused(seed: bytes, random: Random) -> None:
    """The message names the file, whatever the bytes."""
    path = Path("broken-lesson.toml")
    path.write_bytes(broken_bytes(seed, random))
    with refused(LessonError, f"{path}: "):
        assert answers(load_lesson(path))


@fuzz(st.sampled_from(TABLES), RANDOM, times=40)
def test_tables_of_any_values_make_a_lesson_or_none(tables: dict[str, Any], random: Random) -> None:
    """A value of another type, at any depth, a key too many or missing: each is told."""
    read(broken_value(tables, random))


@fuzz(st.sampled_from(TABLES), LAYERS, times=40)
def test_any_layers_make_a_network_or_are_refused(tables: dict[str, Any], layers: Any) -> None:
    """Layers of every type with arguments of others; the last may have the right units."""
    read({**tables, "network": {**tables["network"], "layers": layers}})


@fuzz(st.sampled_from(TABLES), st.data(), times=40)
def test_any_numbers_make_a_lesson_or_are_refused(tables: dict[str, Any], data: Any) -> None:
    """Numbers that are far too large, or contradict each other."""
    kinds = ("split", "fit", "compile", "result")
    keys = [(kind, key) for kind in kinds for key in tables.get(kind, {})]
    kind, key = data.draw(st.sampled_from(keys))
    read({**tables, kind: {**tables[kind], key: data.draw(VALUES)}})


def as_toml(value: Any) -> str:
    """Write a value in one line of TOML; a text of half a sign is none there, and so refused."""
    if isinstance(value, dict):
        return (
            f"{{{', '.join(f'{json.dumps(key)} = {as_toml(one)}' for key, one in value.items())}}}"
        )
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    return repr(value) if type(value) in (int, float) else json.dumps(value or "")


@fuzz(RANDOM, times=40)
def test_broken_settings_are_read_or_refused(random: Random) -> None:
    """What [tool.fmnist_spec] of pyproject.toml says is one of the inputs of strangers, too."""
    path, table = Path("pyproject.toml"), parse_toml(SETTINGS.decode())
    for content in (broken_bytes(SETTINGS, random), broken_settings(table, random)):
        path.write_bytes(content)
        with refused(SpecificationError, str(path), str(path.absolute())):
            assert load_config(Path()).limits


def broken_settings(table: dict[str, Any], random: Random) -> bytes:
    return (
        f"tool.fmnist_spec = {as_toml(broken_value(table['tool']['fmnist_spec'], random))}".encode()
    )
