"""What the text of a notebook says that is not so in its own code, whatever its lesson says."""

from collections.abc import Iterator
from dataclasses import replace

from fmnist_spec.gate.evidence import RULES, Evidence
from fmnist_spec.gate.finding import Finding
from fmnist_spec.gate.learning.trainings import trainings
from fmnist_spec.gate.rules.silencing import divided

RULE = "prose-number"


def untrue(evidence: Evidence) -> Iterator[Finding]:
    """Hold the text against the lesson that the run itself teaches, if a file can express it.

    So text that a change of the code makes false is told, though it still says what the lesson
    does. These are warnings: of what is wrong with the code other findings tell.
    """
    taught = [] if evidence.cut_short else trainings(evidence, evidence.lesson.data.dataset)[0]
    if not taught:
        return
    first, *others = (one.lesson for one in taught)
    own = replace(evidence, lesson=first, others=tuple(others), _made={})
    kept, _, _ = divided(own, RULES[RULE](own), [RULE])
    found = (one for one in kept if one.says == "finding")
    yield from (replace(one, says="own", severity="warning") for one in found)
