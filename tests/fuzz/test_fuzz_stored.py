"""Whatever a cell stores, its outputs are judged: no text and no value makes a rule fail."""

from dataclasses import replace
from random import Random
from typing import Any

import output_cases as cases
from fuzzing import RANDOM, broken_text, broken_value, fuzz
from hypothesis import strategies as st
from output_cases import Case, shown, stream
from traces import EVENTS

from fmnist_spec.gate.stored.progress import read_evaluations, read_logs

LOGS = [*cases.LOGS.values(), *cases.LOGS_2.values(), *cases.RAW.values(), cases.TWICE]
SUMMARIES = [*cases.LISTS.values(), *cases.NAMES.values()]
TEXTS = [*LOGS, *SUMMARIES, cases.SHAPES, "[0.3497132658958435, 0.8725833296775818]"]
CASES = [*cases.SOUND.values(), *(one[-1] for one in cases.FAULTS.values())]
EVALUATED = cases.evaluated(0.37, 0.866)
NUMBERS = st.sampled_from(["0", "1", "5", "1500", "9" * 9, "9" * 500, "nan", "1e999", "0.9"])
LINES = st.sampled_from(
    [
        *("Epoch {0}/{1}\n", "{0}/{1} [====] - 2s 1ms/step - loss: {2} - accuracy: {3}\n"),
        *("\r {0}/{1} ━━━━ 0s 2ms/step - accuracy: {2} - val_loss: {3}", "\b\b\b", "\n", "\r"),
        *("\x1b[1m{0}/{1}\x1b[0m \x1b[32m━━\x1b[0m 1s {2} - loss: {3}e-05\n", "[{2}, {3}]\n"),
        *("({0}, {1})\n", "Epoch {0}", "accuracy: {3}%\n", "{0}/{1} - 1s - loss: {2} - acc: {3}\n"),
    ]
)


def judged(case: Case) -> None:
    assert case.judge()[-1].rule in ("outputs-read", "stored-none"), case.told


@fuzz(st.sampled_from(TEXTS), RANDOM, times=10)
def test_a_broken_output_is_judged(text: str, random: Random) -> None:
    """What Keras has printed, broken, below a summary, a fit and an evaluation."""
    broken = broken_text(text, random)
    output = random.choice((stream(broken), shown(text_html=broken), shown(text_plain=broken)))
    for case in (Case(3, [output], source="a.shape"), Case(6, [output], full=True)):
        judged(case)
    judged(replace(EVALUATED, stored=[output]))


@fuzz(st.lists(LINES, max_size=12), NUMBERS, NUMBERS, NUMBERS, NUMBERS, times=20)
def test_the_lines_of_a_log_in_any_order_are_judged(
    lines: list[str], one: str, two: str, three: str, four: str
) -> None:
    """Headers, progress lines and metrics with numbers that no training gives."""
    text = "".join(lines).format(one, two, three, four)
    read_logs(text)
    read_evaluations(text)
    events = (*EVENTS, *(replace(event, cell=6) for event in EVALUATED.events[-1:]))
    judged(Case(6, [stream(text)], events, ran=[stream(text[:100])], full=True))


@fuzz(st.sampled_from(CASES), RANDOM, times=20)
def test_outputs_of_any_values_are_judged(case: Case, random: Random) -> None:
    """Messages of other types at any depth: nbformat does not look at what they hold."""
    stored: list[Any] = broken_value([*case.stored], random)
    outputs = [one for one in stored if isinstance(one, dict)] if isinstance(stored, list) else []
    judged(replace(case, stored=outputs))
    ran = broken_value([*case.ran], random)
    outputs = [one for one in ran if isinstance(one, dict)] if isinstance(ran, list) else []
    judged(replace(case, ran=outputs))
