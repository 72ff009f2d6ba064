"""What a rule looks at, each of it computed once; and the registry of the rules' functions."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from fmnist_spec.gate.catalogue import Severity, severity_of
from fmnist_spec.gate.compare.networks import differences
from fmnist_spec.gate.compare.styles import as_used, candidates, is_lessons_network, roles
from fmnist_spec.gate.compare.terms import SHOWING, Values, observed_values
from fmnist_spec.gate.events import Compiled, DataLoaded, Event, Fitted, ModelBuilt
from fmnist_spec.gate.finding import Edit, Finding
from fmnist_spec.gate.notebook import Notebook
from fmnist_spec.gate.outcome import Outcome
from fmnist_spec.gate.source.reading import Source, read_source
from fmnist_spec.gate.trace import Trace
from fmnist_spec.lesson import LESSON_FILE, Lesson

if TYPE_CHECKING:
    from fmnist_spec.gate.compare.images import LessonImages

T = TypeVar("T")


@dataclass(frozen=True)
class Evidence(Outcome):
    """One run of a notebook, held against a lesson. A rule gets this and nothing else."""

    lesson: Lesson
    notebook: Notebook
    trace: Trace
    lesson_file: Path = LESSON_FILE
    others: tuple[Lesson, ...] = ()  # which the notebook teaches, too
    _made: dict[str, object] = field(default_factory=dict)

    def finding(
        self,
        rule: str,
        at: Event | int | None,
        *,
        says: str = "finding",
        line: int | None = None,
        severity: Severity = "error",
        edits: Iterable[Edit] = (),
        **values: object,
    ) -> Finding:
        """Make a finding at an event, or at a cell and a line of its source, from 1.

        ``says`` is the key of its sentence in the catalogue, which may also use the values of the
        lesson, and of the event as ``at``, and what was ``skipped`` or did not run, the ``rest``.
        ``severity`` only lowers the rule's; ``edits`` would correct it.
        """
        cell, line = (at.cell, at.line) if isinstance(at, Event) else (at, line)
        physical, row = (None, None) if cell is None else self.cells[cell].locate(line)
        own = {"lesson": self.lesson, "at": at, "skipped": self.skipped, "rest": self.unreached}
        of = rule, severity_of(rule, severity), cell, physical, says, {**own, **values}, row
        return Finding(*of, edits=tuple(edits))

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Give what ``make`` makes of this evidence; it is called the first time only."""
        if key not in self._made:
            self._made[key] = make()
        return cast(T, self._made[key])

    @property
    def subjects(self) -> frozenset[str]:
        """What the lessons of this notebook are about."""
        return frozenset().union(*(one.subjects for one in (self.lesson, *self.others)))

    @cached_property
    def models(self) -> list[ModelBuilt]:
        """The models built, each with its network as the notebook first used it.

        Those that were only trained as other lessons have it are not this one's.
        """
        fits = [fit for fit in self.trace.events if isinstance(fit, Fitted)]
        taken = {fit.model for fit in fits if self.is_of_another(fit)}
        taken -= {fit.model for fit in fits if not self.is_of_another(fit)}
        return [one for one in as_used(self.lesson, self.trace.events) if one.model not in taken]

    @cached_property
    def candidates(self) -> list[ModelBuilt]:
        """The models that may stand for a style: they were finished, and are of this lesson."""
        ended = self.trace.ended
        broken = {*self.raised} | ({ended.cell} if ended else set())
        own = [event for event in self.trace.events if not self.is_of_another(event)]
        return candidates(self.lesson, self.models, own, broken if self.cut_short else None)

    @cached_property
    def roles(self) -> dict[str, ModelBuilt]:
        """The models that stand for the lesson's styles.

        One that is trained in another way is as far from the lesson as one of another network.
        """
        fits = [(fit, len(differences(self.lesson, fit.network))) for fit in self.events(Fitted)]
        rightly = {fit.model for fit, network in fits if self.problems(fit) <= network}
        otherwise = {fit.model for fit, _ in fits} - rightly
        return roles(self.lesson, self.candidates, otherwise)

    @cached_property
    def training(self) -> Fitted | None:
        """The training of the lesson: the fit of a lesson network with the fewest problems.

        The earliest of equals counts. Other networks, as in later sections, do not. One that
        raised counts only if no other does: what it was asked can be judged all the same.
        """
        own = {model.model for model in self.roles.values()} or self._nearest
        for fits in (self.events(Fitted), self.raised_fits):
            of = [fit for fit in fits if fit.model in own or is_lessons_network(self.lesson, fit)]
            of = [fit for fit in of if not self.is_of_another(fit)]
            if of:
                return min(of, key=self.problems)
        return None

    @property
    def _nearest(self) -> set[int]:
        """The trained model that is most like the lesson's, however it was built."""
        fitted = {event.model for event in self.trace.events if isinstance(event, Fitted)}
        models = [one for one in self.candidates if one.model in fitted]
        models.sort(key=lambda one: len(differences(self.lesson, one.network)))
        return {one.model for one in models[: not self.lesson.network.styles]}

    @property
    def fit(self) -> Fitted:
        """The training of the lesson, for the rules that are asked only if there is one."""
        assert self.training is not None  # noqa: S101  # see rule()
        return self.training

    @property
    def compiled(self) -> Compiled | None:
        """The compile() in force at the training of the lesson."""
        event = None if self.fit.compiled is None else self.trace.events[self.fit.compiled]
        return event if isinstance(event, Compiled) else None

    def problems(self, fit: Fitted) -> int:
        """Count what is wrong with a fit: what the rules that recognise by it say, its network."""
        return self.once(f"problems of {self.trace.events.index(fit)}", lambda: self._problems(fit))

    def _problems(self, fit: Fitted) -> int:
        supposed = copy.copy(self)
        vars(supposed).update(training=fit)
        vars(supposed).pop("other_data", None)  # the training decides it
        unknown = len(RECOGNISING) if supposed.other_data else 0  # the rules pass over other data
        found = sum(any(RULES[id](supposed)) for id in RECOGNISING)
        return unknown + found + len(differences(self.lesson, fit.network))

    def is_of_another(self, event: Event) -> bool:
        """Whether this is the training of another lesson of the notebook, and not of this one."""
        if not isinstance(event, Fitted) or not self.others or not self.problems(event):
            return False
        return any(not one.problems(event) for one in self._others)

    @cached_property
    def _others(self) -> list[Evidence]:
        return [Evidence(one, self.notebook, self.trace) for one in self.others]

    def is_lessons_training(self, fit: Fitted) -> bool:
        """Whether this is the lesson's network, trained as in the lesson, from fresh weights."""
        return not fit.earlier_fits and not self.problems(fit)

    @cached_property
    def source(self) -> Source:
        """What the notebook's code says for certain, run or not."""
        return read_source(self.cells)

    # The data.

    @cached_property
    def other_data(self) -> DataLoaded | None:
        """The load of another data set that was trained on: nothing about its images says more."""
        loaded, wanted = self.before(self.training, DataLoaded), self.lesson.data.dataset
        if self.training is None:
            return None if wanted in [one.dataset for one in loaded] else next(iter(loaded), None)
        images = self.training.images
        if self.images.words(images).order == "other":
            return None  # they are the lesson's, if out of order
        # What nobody knows is taken for what was loaded last.
        last = {one.dataset: one for one in loaded}
        name = (images and images.dataset) or (loaded[-1].dataset if loaded else wanted)
        return None if name == wanted else last.get(name)

    @cached_property
    def images(self) -> LessonImages:
        """The lesson's images, against which the trace's are held."""
        from fmnist_spec.gate.compare.images import lesson_images  # with numpy

        assert self.trace.reference is not None  # noqa: S101  # every run has one
        return lesson_images(self.lesson, self.trace.reference)

    @cached_property
    def observed(self) -> Mapping[str, Values] | None:
        """What the run showed, or the source writes out, by term; None where there may be more."""
        lacking = (self.cells[run.cell].source for run in self.lacking)
        seen = None if self.stopped or any(map(SHOWING.search, lacking)) else self.trace.events
        events = seen if self.trace.ran else self.source.events
        return None if events is None else observed_values(self.lesson, events)


Findings = Iterator[Finding]  # what a rule gives
Judge = Callable[[Evidence], Findings]
Decided = Callable[[Evidence], bool]
RULES: dict[str, Judge] = {}
DECIDED: dict[str, Decided] = {}
STATIC: dict[str, Judge] = {}  # what of a rule is certain without a run
RECOGNISING: list[str] = []
BY: dict[str, Decided] = {  # what decides a rule in a run that was cut short
    "file": lambda _: True,  # it does not need the run, or is about the run itself
    "run": lambda evidence: not evidence.stopped,  # what most cells did
    "training": lambda evidence: evidence.training is not None,  # the lesson's
    "trained": lambda evidence: evidence.training is not None and not evidence.training.raised,
}


def rule(
    id: str,
    *,
    recognises: bool = False,
    decided: str | Decided = "training",
    static: bool = False,
) -> Callable[[Judge], Judge]:
    """Register a function as the one that looks for a rule's findings.

    recognises: the rule is about the lesson's training, ``Evidence.fit``, and takes part in
        recognising it: of several fits the one with the fewest findings of such rules is judged.
    decided: by what, a key of ``BY`` or a function. Otherwise it is undecided if it finds nothing.
    static: it looks at nothing that a run shows. For one that does so in part: ``without_run()``.
    """

    def register(judge: Judge) -> Judge:
        RULES[id] = judge
        DECIDED[id] = BY[decided] if isinstance(decided, str) else decided
        if static:
            STATIC[id] = judge
        if recognises:
            RULES[id] = lambda evidence: judge(evidence) if evidence.training else iter(())
            RECOGNISING.append(id)
        return judge

    return register


def without_run(id: str) -> Callable[[Judge], Judge]:
    """Register what finds that of a rule which any run would find in the same cell, too."""
    return lambda judge: STATIC.setdefault(id, judge)
