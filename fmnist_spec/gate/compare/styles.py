"""The models of a notebook beside the lesson's styles: which may stand for them, which do."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import product

from fmnist_spec.gate.catalogue import Phrase, phrase
from fmnist_spec.gate.compare.networks import differences
from fmnist_spec.gate.events import Compiled, Event, Fitted, ModelBuilt, Summarised
from fmnist_spec.lesson import Lesson

MISSING = 1000  # differences that a style without a model counts for: any model is nearer
MODELS = {"Sequential", "Functional", "Model"}  # a layer of these is a whole model
CANDIDATES = 30  # a loop may build hundreds of models; the nearest, or first, ones suffice


def as_used(lesson: Lesson, events: Sequence[Event]) -> list[ModelBuilt]:
    """Give the models built, each with its network as it was first used.

    A model without an input shape is sound if build() gives it one before its first summary.
    If fit() does, a lesson that asks for a summary could not have shown the parameters.
    """
    whole = Summarised if "named" in lesson.subjects else Summarised | Fitted
    first: dict[int, Event] = {}
    for event in events:
        if isinstance(event, Summarised | Fitted):
            first.setdefault(event.model, event)

    models = [event for event in events if isinstance(event, ModelBuilt)]
    for at, model in enumerate(models):
        used = first.get(model.model)
        was_built = isinstance(used, Summarised) and used.network.built == model.network.built
        if isinstance(used, whole) and not was_built:
            models[at] = replace(model, network=used.network)
    return models


def candidates(
    lesson: Lesson,
    models: Sequence[ModelBuilt],
    events: Sequence[Event],
    broken: Collection[int | None] | None,
) -> list[ModelBuilt]:
    """Give the models that may stand for a style: finished ones, that are of this lesson.

    broken: of a run that was cut short the cells in which it stopped; whatever they built counts
        for nothing, but for what fit() raised by; and layers may be missing from a model that
        nothing was asked of yet.
    """
    models = [one for one in models if MODELS.isdisjoint(x.type for x in one.network.layers)]
    if broken is not None:
        using = Summarised | Compiled | Fitted
        whole = {event.model for event in events if isinstance(event, using)}
        whole |= {one.model for one in models if not differences(lesson, one.network)}
        models = [one for one in models if one.style == "list" or one.model in whole]
        fitted = {event.model for event in events if isinstance(event, Fitted) and event.raised}
        fitted &= {one.model for one in models if _has_length(lesson, one)}
        models = [one for one in models if one.cell not in broken or one.model in fitted]
    return _of_the_lesson(lesson, models, events)


def _of_the_lesson(
    lesson: Lesson, models: Sequence[ModelBuilt], events: Sequence[Event]
) -> list[ModelBuilt]:
    """Leave out models of other sections: they differ from the lesson's, which is there, too.

    They have both another input and another number of layers; or they are trained themselves, and
    were built after the lesson's network had been trained, or have another number of layers.
    """
    fits = {at: event for at, event in enumerate(events) if isinstance(event, Fitted)}
    own = [at for at, fit in fits.items() if is_lessons_network(lesson, fit) and not fit.raised]
    if not own and all(differences(lesson, one.network) for one in models):
        return [*models]
    trained = {fit.model for fit in fits.values()} - {fits[at].model for at in own}
    later = {one.model for one in events[own[0] :] if isinstance(one, ModelBuilt)} if own else ()

    def is_of_another(model: ModelBuilt) -> bool:
        shape = model.network.input_shape
        other_length = not _has_length(lesson, model)
        if shape not in (None, (None, *lesson.input_shape)) and other_length:
            return True
        is_trained = bool(own) and model.model in trained
        return is_trained and (other_length or model.model in later)

    return [one for one in models if not differences(lesson, one.network) or not is_of_another(one)]


def _has_length(lesson: Lesson, model: ModelBuilt) -> bool:
    return len(model.network.layers) == len(lesson.network.layers)


def is_lessons_network(lesson: Lesson, fit: Fitted) -> bool:
    """Whether a fit trains the lesson's network, however its model was built."""
    return not differences(lesson, replace(fit.network, type="Sequential"))


def wrong_names(lesson: Lesson, model: ModelBuilt) -> list[tuple[Phrase, str, str | Phrase]]:
    """List the names of the named style that differ: whose, expected, observed."""
    network, wanted = model.network, lesson.network
    found = [(phrase("model"), wanted.name, network.name, model.model_named)]
    sizes = {len(one) for one in (wanted.layers, network.layers, model.layers_named)}
    same = len(sizes) == 1  # else nobody can tell which is which
    layers = zip(wanted.layers, network.layers, model.layers_named, strict=True) if same else ()
    for place, (expected, layer, named) in enumerate(layers, start=1):
        found.append((phrase("layer-number", place=place), expected.name, layer.name, named))
    return [
        (whose, expected, observed if named else phrase("none"))
        for whose, expected, observed, named in found
        if expected and observed != expected  # what the lesson does not name is not asked for
    ]


def has_names(model: ModelBuilt) -> bool:
    """Whether the notebook gave the model or one of its layers a name."""
    return model.model_named or any(model.layers_named)


def roles(
    lesson: Lesson, models: Sequence[ModelBuilt], otherwise: Collection[int] = ()
) -> dict[str, ModelBuilt]:
    """Find the model that stands for each style: the nearest to the lesson, the earliest of equals.

    Those of which the numbers are in ``otherwise`` have one difference more than their networks.
    The named style is a list with names of the author's, the list style is another list: both
    are chosen together, so that a list whose layers carry names may stand for either.
    """
    styles = lesson.network.styles
    far = {one.model: len(differences(lesson, one.network)) for one in models}
    far |= {model: far[model] + 1 for model in far.keys() & otherwise}
    built = sorted(models, key=lambda model: far[model.model])
    in_list = [model for model in built if model.style == "list"]
    named = [model for model in in_list if has_names(model)][: CANDIDATES * ("named" in styles)]
    plain = in_list[: CANDIDATES * ("list" in styles)]
    far_as_named = {one.model: far[one.model] + len(wrong_names(lesson, one)) for one in named}
    far_as_plain = {one.model: far[one.model] + (one.model_named and bool(named)) for one in plain}

    def distance(pair: tuple[ModelBuilt | None, ModelBuilt | None]) -> int:
        each = zip(pair, (far_as_plain, far_as_named), strict=True)
        return sum(MISSING if one is None else far_as[one.model] for one, far_as in each)

    pairs = product([*plain, None], [*named, None])
    of_two = (pair for pair in pairs if pair[0] is None or pair[0] is not pair[1])
    without_names, with_names = min(of_two, key=distance)
    added = next((model for model in built if model.style == "add"), None)
    found = {"list": without_names, "named": with_names, "add": added}
    return {style: one for style in styles if (one := found[style]) is not None}
