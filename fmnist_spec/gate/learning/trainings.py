"""The trainings of a notebook, each as the tables of the lesson file that teaches it."""

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from fmnist_spec._compat import DEFAULT_BATCH_SIZE, default_learning_rate
from fmnist_spec.datasets import DATA_SETS
from fmnist_spec.gate import events
from fmnist_spec.gate.compare.contents import content_of
from fmnist_spec.gate.compare.styles import has_names
from fmnist_spec.gate.compare.terms import ACCURACIES
from fmnist_spec.gate.evidence import Evidence
from fmnist_spec.language import say
from fmnist_spec.lesson import Lesson, read_lesson
from fmnist_spec.network import STYLES
from fmnist_spec.reading import SpecificationError
from fmnist_spec.settings import ACCURACY

Tables = dict[str, Any]
HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?!Copyright)(.*\w.*)", re.MULTILINE)
LOGITS = "(from_logits=True)"  # of a loss: that follows from the network
SEED = 42  # proposed where a notebook gives none
PLAIN = {"type": "Dense", "activation": "linear", "use_bias": True}  # what a file leaves out
CAREFUL = 0.01  # the next training may reach so much less
VALIDATION_ACCURACIES = {f"val_{name}" for name in ACCURACIES}


class Training(NamedTuple):
    """One training: its lesson, also as tables, and comments by "table.key"."""

    fit: events.Fitted
    lesson: Lesson
    tables: Tables
    comments: Mapping[str, str]


def data_set_of(code: str) -> tuple[str, bool]:
    """Name the data set that code loads first, and say whether it leaves no doubt."""
    names = "|".join(DATA_SETS)
    loads = rf"\b({names})\s*(?:\.|\bimport\b)\s*load_data\b"
    certain, named = re.findall(loads, code), re.findall(rf"\b({names})\b", code)
    return [*certain, *named, *DATA_SETS][0], len({*named}) == 1


def trainings(evidence: Evidence, dataset: str) -> tuple[list[Training], list[str]]:
    """Give each different training, and say in one line of each other one why it is left out.

    A fit that goes on with a trained model, not compiled again, belongs to the one before.
    """
    found: list[Training] = []
    left = []
    for fit in evidence.events(events.Fitted):
        if fit.earlier_fits and not fit.recompiled:
            continue
        try:
            one = _training(evidence, fit, dataset)
        except SpecificationError as error:
            _, key, observed, expected, _ = error.parts
            place = evidence.cells[fit.cell].place(fit.line)
            told = {"key": key, "found": observed, "expected": expected}
            left.append(say("trainings.left", place=place, **told))
            continue
        if all(two.lesson != one.lesson for two in found):
            headings = _headings(evidence, fit.cell)[::-1] if found else _headings(evidence)
            title = [*headings, one.tables["title"]][0]
            found.append(one._replace(tables={**one.tables, "title": title}))
    return found, left


def _headings(evidence: Evidence, before: int | None = None) -> list[str]:
    texts = (cell.source for cell in evidence.cells[:before] if cell.type == "markdown")
    return [one.strip(" #*") for text in texts for one in HEADING.findall(text)]


def _training(evidence: Evidence, fit: events.Fitted, dataset: str) -> Training:
    """Read one training. Raises SpecificationError: a lesson file cannot express it."""
    images, path = fit.images, evidence.notebook.path
    compiled = None if fit.compiled is None else evidence.trace.events[fit.compiled]
    if images is None or images.dataset != dataset or images.content is None:
        of = (images and images.dataset) or say("trainings.no-data-set")
        other, those = say("trainings.images", dataset=of), say("trainings.those", dataset=dataset)
        raise SpecificationError(path, "fit()", other, those, "")
    layers = fit.network.layers
    asked = [one for layer in layers for one in (layer.activation, *layer.options.values())]
    asked += compiled.metrics if isinstance(compiled, events.Compiled) else ()
    if not isinstance(compiled, events.Compiled) or not compiled.learning_rate:
        no_rate, rate = say("trainings.no-rate"), say("trainings.rate")
        raise SpecificationError(path, "compile()", no_rate, rate, "")
    loss = (compiled.loss or "?").removesuffix(LOGITS)
    if re.search(r"[?(]", f"{loss} {compiled.optimizer or '?'} {' '.join(map(str, asked))}"):
        key, own, keras = (say(f"trainings.{one}") for one in ("asked", "own", "of-keras"))
        raise SpecificationError(path, key, own, keras, "")
    split, comments = _split(evidence, fit, images.content, images.pixels)
    batch, share = fit.batch_size or DEFAULT_BATCH_SIZE, fit.validation_split or None
    divided = int(images.divided_by or 1)
    scale = {1: None, 255**2: 255}.get(divided, divided)  # dividing twice is a mistake
    tables = _given(
        title=path.stem,
        data=_given(dataset=dataset, scale=scale),
        split=split or None,
        network=_network(evidence, fit),
        compile=_compile(compiled, fit.learning_rate),
        fit=_given(epochs=fit.epochs, batch_size=batch, validation_split=share),
    )
    source = evidence.cells[compiled.cell].source
    if "compile(" in source and "optimizer" not in source:
        comments["compile.optimizer"] = say("trainings.optimizer")
    if not fit.batch_size:
        comments["fit.batch_size"] = say("trainings.batch-size")
    return Training(fit, read_lesson(tables, path), tables, comments)


def _split(
    evidence: Evidence, fit: events.Fitted, trained: events.Content, pixels: events.PixelOrder
) -> tuple[Tables, dict[str, str]]:
    """Give the split that a part of is trained on, if it is one, and comments on it."""
    whole, _ = evidence.trace.reference.numbers(pixels)
    count, digest, rest = trained.count, trained.sorted_digest, len(whole) - trained.count
    slices = {"last": whole[:count], "first": whole[rest:]} if rest > 0 else {}
    for held_back, one in slices.items():
        if content_of(one).sorted_digest == digest:
            return {"held_back": held_back, "validation": rest}, {}
    before = evidence.trace.events[: evidence.trace.events.index(fit)]
    splits = (one for one in before if isinstance(one, events.SplitMade))
    own = [one for one in splits if one.sizes[:2] == (count, rest)]
    if not own:
        return {}, {}
    # Of labels or indices, a split has no images.
    split = max(own, key=lambda one: bool(one.parts[0] and one.parts[0].sorted_digest == digest))
    size, seed = rest if split.test_size is None else split.test_size, split.random_state
    if seed is not None:
        return {"test_size": size, "random_state": seed}, {}
    told = {"split.random_state": say("trainings.seed")}
    return {"test_size": size, "random_state": SEED}, told


def _network(evidence: Evidence, trained: events.Fitted) -> Tables:
    """Give the trained network, and in which styles it was built, first to last.

    What is trained in another way is another lesson's. A network that differs in one respect and is
    not trained at all is probably meant to be equal. Only a summary shows what names are for.
    """
    shown = {one.model for one in evidence.events(events.Summarised)}
    fits = {fit.model: fit for fit in evidence.events(events.Fitted)[::-1]}  # the first of each
    asked = _asked(evidence, trained)
    others = {one.model for one in fits.values() if _asked(evidence, one) != asked}
    near: dict[str, events.ModelBuilt] = {}
    same: dict[str, events.ModelBuilt] = {}
    for model in evidence.events(events.ModelBuilt):
        is_named = model.style == "list" and has_names(model) and model.model in shown
        style = "named" if is_named else model.style
        far = _differing(model.network, trained.network)
        if far == 0 and is_named and model.model_named > same.get("named", model).model_named:
            same.setdefault("list", same.pop("named"))  # which was not yet the one for names
        is_near = far == 1 and model.model not in fits
        if style in STYLES and (is_near or (far == 0 and model.model not in others)):
            (near if far else same).setdefault(style, model)
    found, layers, name = near | same, [*map(_layer, trained.network.layers)], {}
    if named := found.get("named"):
        name = {"name": named.network.name} if named.model_named else {}
        names = zip(named.layers_named, named.network.layers, layers, strict=True)
        layers = [{**({"name": one.name} if own else {}), **layer} for own, one, layer in names]
    return {"styles": sorted(found, key=lambda one: found[one].model), **name, "layers": layers}


def _asked(evidence: Evidence, fit: events.Fitted) -> tuple[object, ...]:
    compiled = evidence.trace.events[fit.compiled or 0]
    asked = [getattr(compiled, name, None) for name in ("loss", "optimizer", "learning_rate")]
    return fit.epochs, fit.batch_size, *asked


def _differing(network: events.Network, other: events.Network) -> int | None:
    """Count the values that differ; None of other types of layers."""
    if [one.type for one in network.layers] != [one.type for one in other.layers]:
        return None
    pairs = zip(map(_layer, network.layers), map(_layer, other.layers), strict=True)
    return sum(int(one.get(key) != two.get(key)) for one, two in pairs for key in one | two)


def _layer(layer: events.Layer) -> Tables:
    own = {name: getattr(layer, name) for name in ("type", "units", "activation", "use_bias")}
    told = {**own, **layer.options}
    return {key: one for key, one in told.items() if one not in (None, PLAIN.get(key))}


def _compile(compiled: events.Compiled, rate: float | None) -> Tables:
    loss, optimizer = (str(one).partition("(")[0] for one in (compiled.loss, compiled.optimizer))
    metrics = ["accuracy" if one in ACCURACIES else one for one in compiled.metrics]
    rate, plain = rate or compiled.learning_rate, default_learning_rate(optimizer)
    rate = None if rate is not None and math.isclose(rate, plain) else rate
    return _given(loss=loss, metrics=metrics, optimizer=optimizer, learning_rate=rate)


def _given(**values: Any) -> Tables:
    return {key: one for key, one in values.items() if one is not None}


def reached(evidence: Evidence, fit: events.Fitted) -> dict[str, float]:
    """Give the table [result] of a training on everything: a little less than it reached."""
    if not evidence.trained_wholly:
        return {}
    shown, words = evidence.trace.events, evidence.images.words
    asked = (one for one in shown[shown.index(fit) :] if isinstance(one, events.Evaluated))
    of_part = [one for one in asked if one.model == fit.model]
    of_part = [one for one in of_part if words(one.images).part == "validation"]
    names = ["loss", *evidence.lesson.compile.metrics]
    place = names.index(ACCURACY) if ACCURACY in names else len(names)
    held_back = [one.values[place] for one in of_part if len(one.values) > place]
    last = {name: values[-1] for name, values in fit.history.items() if values}
    training = [one for name, one in last.items() if name in ACCURACIES]
    if words(fit.validation).part == "validation":
        held_back = [one for name, one in last.items() if name in VALIDATION_ACCURACIES]
    found = {"training_accuracy": training, "validation_accuracy": held_back}
    return {
        name: round(max(math.floor(100 * values[0]) / 100 - CAREFUL, 0.0), 2)
        for name, values in found.items()
        if values
    }
