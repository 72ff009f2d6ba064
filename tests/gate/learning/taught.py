"""Notebooks that teach a lesson, built of what its file says: the simplest that do."""

from pathlib import Path

import nbformat

from fmnist_spec.lesson import Lesson

LESSONS = Path(__file__).parents[2] / "lessons"


def sources_of(lesson: Lesson) -> list[str]:
    """Give the sources of the cells: data, split, a network in each style, training."""
    return [*data_sources(lesson), *network_sources(lesson)]


def data_sources(lesson: Lesson) -> list[str]:
    """Give the sources that load and divide the data."""
    load = f"(images, labels), (test_images, test_labels) = keras.datasets.{lesson.data.dataset}"
    scale = f"images = images / {float(lesson.data.scale)}"
    if len(lesson.input_shape) == 1:
        scale += f"\nimages = images.reshape(-1, {lesson.data.pixels})"
    if lesson.compile.loss == "categorical_crossentropy":
        scale += "\nlabels = keras.utils.to_categorical(labels)"
    return [f"from tensorflow import keras\n\n{load}.load_data()", scale, _split(lesson)]


def _split(lesson: Lesson) -> str:
    names, split = "train_scaled, val_scaled, train_target, val_target", lesson.split
    if split is None:
        return "train_scaled, train_target = images, labels"
    if split.held_back is None:
        return f"from sklearn.model_selection import train_test_split\n\n{names} = {split.code}"
    count = split.validation
    parts = (f"[:-{count}]", f"[-{count}:]")
    if split.held_back == "first":
        parts = (f"[{count}:]", f"[:{count}]")
    return f"{names} = {', '.join(one + part for one in ('images', 'labels') for part in parts)}"


def network_sources(lesson: Lesson) -> list[str]:
    """Give the sources of the network in the lesson's styles, and of its training.

    What is trained is not the named model: TensorFlow trains none with Korean names.
    """
    styles = lesson.network.styles or ("list",)
    models = [_style(lesson, style) for style in styles]
    trained = max(at for at, style in enumerate(styles) if style != "named")
    models[trained] += "\ntrained = model"
    training = [f"model = trained\n{lesson.compile_code}", f"history = {lesson.fit_code}"]
    return [*models, *training]


def _style(lesson: Lesson, style: str) -> str:
    network, named = lesson.network, style == "named"
    layers = [f"keras.Input(shape={lesson.input_shape})"]
    for one in network.layers:
        name = f"{', ' * bool(one.arguments)}name={one.name!r}" if named and one.name else ""
        layers.append(f"{one.code.removesuffix(')')}{name})")
    if style == "add":
        return "\n".join(["model = keras.Sequential()", *(f"model.add({one})" for one in layers)])
    name = f", name={network.name!r}" if named and network.name else ""
    code = f"model = keras.Sequential([{', '.join(layers)}]{name})"
    return f"{code}\nmodel.summary()" if named else code


def write(path: Path, *sources: str) -> Path:
    """Write a notebook; a source that begins with # and a blank is text."""
    v4 = nbformat.v4
    cells = [
        (v4.new_markdown_cell if one.startswith("# ") else v4.new_code_cell)(one) for one in sources
    ]
    nbformat.write(v4.new_notebook(cells=cells), path)
    return path
