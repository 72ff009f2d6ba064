"""What a rule looks at, each of it computed once; and the registry of the rules' functions."""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

from fmnist_spec.gate.catalogue import Phrase, Severity, phrase, severity_of
from fmnist_spec.gate.compare.images import LessonImages, lesson_images
from fmnist_spec.gate.compare.networks import differences
from fmnist_spec.gate.compare.styles import as_used, candidates, is_lessons_network, roles
from fmnist_spec.gate.compare.terms import Values, observed_values, shows_values
from fmnist_spec.gate.events import Compiled, DataLoaded, Event, Fitted, ModelBuilt
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.notebook import Cell, Notebook
from fmnist_spec.gate.trace import CellRun, Trace
from fmnist_spec.lesson import LESSON_FILE, Lesson

E = TypeVar("E", bound=Event)
T = TypeVar("T")
# What the lesson's named style raises when it is fitted, so that was not the lesson's training.
SCOPE_NAME = re.compile(r"is not a valid (root )?scope name")


@dataclass(frozen=True, eq=False)
class Evidence:
    """One run of a notebook, held against a lesson. A rule gets this and nothing else."""

    lesson: Lesson
    notebook: Notebook
    trace: Trace
    lesson_file: Path = LESSON_FILE

    def finding(
        self,
        rule: str,
        at: Event | int | None,
        *,
        says: str = "finding",
        line: int | None = None,
        severity: Severity = "error",
        **values: object,
    ) -> Finding:
        """Make a finding at an event, or at a cell and a line of its source, from 1.

        ``says`` is the key of its sentence in the catalogue, which may also use the lesson's
        values. ``severity`` only lowers the rule's.
        """
        cell, line = (at.cell, at.line) if isinstance(at, Event) else (at, line)
        physical, row = (None, None) if cell is None else self.cells[cell].locate(line)
        of_all = {"lesson": self.lesson, "lesson_file": self.lesson_file}
        told = {**of_all, "of_model": getattr(at, "model", None), **values}
        return Finding(rule, severity_of(rule, severity), cell, physical, says, told, row)

    def place_of(self, cell: int) -> str:
        """Name a cell in a sentence: "In [4], cell 10"."""
        return self.cells[cell].place()

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Give what ``make`` makes of this evidence; it is called the first time only."""
        made = self._made
        if key not in made:
            made[key] = make()
        return cast(T, made[key])

    @cached_property
    def _made(self) -> dict[str, object]:
        return {}

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The notebook's cells."""
        return self.notebook.cells

    @cached_property
    def code(self) -> str:
        """The source of all code cells."""
        return "\n".join(cell.source for cell in self.cells if cell.type == "code")

    def events(self, kind: type[E]) -> list[E]:
        """Give the events of one kind, in order; of fits, those that did not raise."""
        found = [event for event in self.trace.events if isinstance(event, kind)]
        return [one for one in found if not (isinstance(one, Fitted) and one.raised)]

    # How the run went.

    @cached_property
    def raised(self) -> list[CellRun]:
        """The cells that raised and were not meant to."""
        runs = [run for run in self.trace.cells if run.status == "raised"]
        return [run for run in runs if "raises-exception" not in self.cells[run.cell].tags]

    @cached_property
    def stopped(self) -> bool:
        """Whether cells were left out because one raised or the run ended."""
        return self.trace.ended is not None or bool(self.raised)

    @cached_property
    def raised_fits(self) -> list[Fitted]:
        """The fits that such cells raised by, but for those of models that cannot be trained."""
        errors = [(run.cell, run.error) for run in self.raised if run.error]
        places = {(at, one.line) for at, one in errors if not SCOPE_NAME.search(one.message)}
        fits = [one for one in self.trace.events if isinstance(one, Fitted) and one.raised]
        return [one for one in fits if (one.cell, one.line) in places]

    @cached_property
    def lacking(self) -> list[CellRun]:
        """The cells that lacked something that is not to be had here, and might have told more."""
        runs = [run for run in self.trace.cells if run.status == "unavailable"]
        return [run for run in runs if not run.only_shows]

    @property
    def cut_short(self) -> bool:
        """Whether cells were left out because the run stopped, or since they lacked something.

        What is missing then says nothing about the notebook: rules on missing parts are silent.
        """
        return self.stopped or bool(self.lacking)

    @cached_property
    def skipped(self) -> Phrase | str:
        """Which cells were skipped, for the rules on missing parts; often nothing."""
        cells = [self.place_of(run.cell) for run in self.trace.cells if run.status == "skipped"]
        return phrase("skipped-cells", cells="; ".join(cells)) if cells else ""

    # Networks, and what stands for the lesson's.

    @cached_property
    def models(self) -> list[ModelBuilt]:
        """The models built, each with its network as the notebook first used it."""
        return as_used(self.trace.events)

    @cached_property
    def candidates(self) -> list[ModelBuilt]:
        """The models that may stand for a style: they were finished, and are of this lesson."""
        events, ended = self.trace.events, self.trace.ended
        broken = {run.cell for run in self.raised} | ({ended.cell} if ended else set())
        return candidates(self.lesson, self.models, events, broken if self.cut_short else None)

    @cached_property
    def roles(self) -> dict[str, ModelBuilt]:
        """The models that stand for the lesson's three styles."""
        return roles(self.lesson, self.candidates)

    @cached_property
    def training(self) -> Fitted | None:
        """The training of the lesson: the fit of a lesson network with the fewest problems.

        The earliest of equals counts. Other networks, as in later sections, do not. One that
        raised counts only if no other does: what it was asked can be judged all the same.
        """
        own = {model.model for model in self.roles.values()}
        for fits in (self.events(Fitted), self.raised_fits):
            of = [fit for fit in fits if fit.model in own or is_lessons_network(self.lesson, fit)]
            if of:
                return min(of, key=self.problems)
        return None

    @property
    def trained(self) -> bool:
        """Whether the training of the lesson was done."""
        return self.training is not None and not self.training.raised

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

    def is_lessons_training(self, fit: Fitted) -> bool:
        """Whether this is the lesson's network, trained as in the lesson, from fresh weights."""
        return not fit.earlier_fits and not self.problems(fit)

    @property
    def trained_wholly(self) -> bool:
        """Whether trainings ran unshortened on the real data; the sample trains otherwise."""
        return self.trace.full and not self.trace.sample_only

    # The data.

    def before_training(self, kind: type[E]) -> list[E]:
        """Give the events of a kind before the lesson's training; all, if there is none."""
        fit, events = self.training, self.trace.events
        before = events if fit is None else events[: events.index(fit)]
        return [event for event in before if isinstance(event, kind)]

    @cached_property
    def other_data(self) -> DataLoaded | None:
        """The load of another data set that was trained on: nothing about its images says more."""
        loaded, wanted = self.before_training(DataLoaded), self.lesson.data.dataset
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
        assert self.trace.reference is not None  # noqa: S101  # every run has one
        return lesson_images(self.lesson, self.trace.reference)

    @cached_property
    def observed(self) -> Mapping[str, Values] | None:
        """What the run showed, by term of the lesson; None where cells had more to show."""
        unseen = self.stopped or any(shows_values(self.cells[one.cell]) for one in self.lacking)
        return None if unseen else observed_values(self.lesson, self.trace)


Judge = Callable[[Evidence], Iterator[Finding]]
Decided = Callable[[Evidence], bool]
RULES: dict[str, Judge] = {}
DECIDED: dict[str, Decided] = {}
RECOGNISING: list[str] = []
BY: dict[str, Decided] = {  # what decides a rule in a run that was cut short
    "file": lambda _: True,  # it does not need the run, or is about the run itself
    "run": lambda evidence: not evidence.stopped,  # what most cells did
    "training": lambda evidence: evidence.training is not None,  # the lesson's
    "trained": lambda evidence: evidence.trained,
}


def rule(
    id: str, *, recognises: bool = False, decided: str | Decided = "training"
) -> Callable[[Judge], Judge]:
    """Register a function as the one that looks for a rule's findings.

    recognises: the rule is about the lesson's training, ``Evidence.fit``, and takes part in
        recognising it: of several fits the one with the fewest findings of such rules is judged.
    decided: by what, a key of ``BY`` or a function. Otherwise it is undecided if it finds nothing.
    """

    def register(judge: Judge) -> Judge:
        RULES[id] = judge
        DECIDED[id] = BY[decided] if isinstance(decided, str) else decided
        if recognises:
            RULES[id] = lambda evidence: judge(evidence) if evidence.training else iter(())
            RECOGNISING.append(id)
        return judge

    return register
