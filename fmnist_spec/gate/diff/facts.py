"""What a run shows that a notebook teaches, in the lesson's terms."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from fmnist_spec._compat import DEFAULT_BATCH_SIZE
from fmnist_spec.gate.events import (
    Compiled,
    DataLoaded,
    Evaluated,
    Fitted,
    Layer,
    ModelBuilt,
    Network,
    SplitMade,
)
from fmnist_spec.gate.evidence import Evidence

Value = bool | int | float | str | tuple[int | str | None, ...] | None
SUBJECTS = ("data", "split", "network", "parameters", "compile", "training", "evaluation")
TRAINED = "trained"  # stands for a style: that of the model that is trained


@dataclass(frozen=True)
class Fact:
    """One thing that a notebook teaches.

    ``cell`` counts all cells from 0. ``style`` and ``layer`` say of which network and of which of
    its layers: "hidden", "hidden 2", "output", "Dropout".
    """

    subject: str
    what: str
    value: Value
    cell: int | None = None
    layer: str = ""
    style: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What two notebooks are compared by."""
        return self.subject, self.what, self.layer, self.style


def facts_of(evidence: Evidence) -> tuple[Fact, ...]:
    """Give what a notebook teaches of a lesson, by subject; what there is not, has no fact."""
    fit = evidence.training or _nearest(evidence)
    found = [] if evidence.cut_short else [*_of_all(evidence)]
    found += [*_of_networks(evidence, fit), *_of_data(evidence, fit)]
    if fit is not None:
        found += [*_of_split(evidence, fit), *_of_compile(evidence, fit), *_of_fit(evidence, fit)]
    told = [one for one in found if one.value is not None and one.value != ()]
    return tuple(sorted(told, key=lambda one: SUBJECTS.index(one.subject)))


def _of_all(evidence: Evidence) -> Iterator[Fact]:
    """Tell of what a run shows only at its end."""
    fits, asked = evidence.events(Fitted), evidence.events(Evaluated)
    parts = tuple(evidence.images.words(one.images).part for one in asked)
    yield Fact("network", "styles", tuple(evidence.roles))
    yield Fact("training", "trainings", len(fits))
    yield Fact("evaluation", "evaluated", parts, asked[0].cell if asked else None)


def _nearest(evidence: Evidence) -> Fitted | None:
    """Find the training that is most like the lesson's, though of another network."""
    return min(evidence.events(Fitted), key=evidence.problems, default=None)


def _of_data(evidence: Evidence, fit: Fitted | None) -> Iterator[Fact]:
    loaded, images = evidence.before(fit, DataLoaded), fit.images if fit else None
    places = {one.dataset: one.cell for one in loaded}
    name = (images.dataset if images else None) or (loaded[-1].dataset if loaded else None)
    yield Fact("data", "data_set", name, places.get(name or ""))
    if fit and images:
        yield Fact("data", "divided_by", images.divided_by, fit.cell)
        yield Fact("data", "input_shape", images.shape[1:], fit.cell)


def _of_split(evidence: Evidence, fit: Fitted) -> Iterator[Fact]:
    """Tell of the split that the images of the training are a part of, however it was made."""
    if (images := fit.images) is None:
        return
    drawn = [one for one in evidence.before(fit, SplitMade) if one.sizes[:1] == (images.count,)]
    wanted, part = evidence.lesson.split, evidence.images.words(images).part
    held_back = fit.validation.count if fit.validation else None
    if drawn:
        held_back = drawn[-1].sizes[1]
    elif wanted and part == "train":
        held_back = wanted.validation
    cell = drawn[-1].cell if drawn else fit.cell
    yield Fact("split", "training_images", images.count, cell)
    yield Fact("split", "validation_images", held_back, cell)
    for one in drawn[-1:]:
        yield Fact("split", "random_state", one.random_state, cell)
        yield Fact("split", "stratified", one.stratified or None, cell)


def _of_networks(evidence: Evidence, fit: Fitted | None) -> Iterator[Fact]:
    for style, model in evidence.roles.items():
        yield from _of_network(model.network, style, model.cell, model)
    if fit is not None:
        models = (one for one in evidence.events(ModelBuilt) if one.model == fit.model)
        built = next(models, None)
        yield from _of_network(fit.network, TRAINED, built.cell if built else fit.cell, built)


def _of_network(
    network: Network, style: str, cell: int, model: ModelBuilt | None = None
) -> Iterator[Fact]:
    """Tell of a network. Names count only if the notebook gave them: Keras numbers its own."""
    layers, trained = network.layers, network.trainable_parameters
    yield Fact("network", "layers", tuple(one.type for one in layers), cell, style=style)
    name = network.name if model and model.model_named else None
    yield Fact("network", "model_name", name, cell, style=style)
    named = model.layers_named if model else ()
    for place, layer, own in zip_longest(_places(layers), layers, named[: len(layers)]):
        for what, value in _of_layer(layer, layer.name if own else None):
            yield Fact("network", what, value, cell, place, style)
        yield Fact("parameters", "parameters", layer.parameters, cell, place, style)
    total = None if trained is None else trained + (network.non_trainable_parameters or 0)
    yield Fact("parameters", "total", total, cell, style=style)


def _places(layers: Iterable[Layer]) -> Iterator[str]:
    """Name the places of layers so that one that is added renames few of the others."""
    types = [layer.type for layer in layers]
    output = len(types) - 1 - types[::-1].index("Dense") if "Dense" in types else None
    seen = Counter[str]()
    for at, type in enumerate(types):
        name = "output" if at == output else "hidden" if type == "Dense" else type
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} {seen[name]}"


def _of_layer(layer: Layer, name: str | None) -> Iterator[tuple[str, Value]]:
    yield "units", layer.units
    yield "activation", layer.activation
    yield "name", name
    yield "use_bias", None if layer.use_bias else layer.use_bias
    yield "trainable", None if layer.trainable else False
    told = ", ".join(f"{key}={value}" for key, value in sorted(layer.options.items()))
    yield "options", told or None


def _of_compile(evidence: Evidence, fit: Fitted) -> Iterator[Fact]:
    asked = None if fit.compiled is None else evidence.trace.events[fit.compiled]
    if not isinstance(asked, Compiled):
        return
    rate = fit.learning_rate if fit.learning_rate is not None else asked.learning_rate
    shown = None if rate is None else float(f"{rate:.6g}")  # Keras holds it in 32 bits
    values: dict[str, Value] = {"loss": asked.loss, "metrics": asked.metrics}
    values |= {"optimizer": fit.optimizer or asked.optimizer, "learning_rate": shown}
    yield from (Fact("compile", what, value, asked.cell) for what, value in values.items())


def _of_fit(evidence: Evidence, fit: Fitted) -> Iterator[Fact]:
    plain = DEFAULT_BATCH_SIZE if fit.images else None  # else it comes in batches of its own
    part = evidence.images.words(fit.validation).part if fit.validation else None
    values = {
        "epochs": fit.epochs - fit.initial_epoch,
        "batch_size": fit.batch_size or plain,
        "validation_data": part,
        "validation_split": fit.validation_split or None,
        "callbacks": fit.callbacks,
    }
    yield from (Fact("training", what, value, fit.cell) for what, value in values.items())
