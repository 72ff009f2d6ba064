"""What is wrong with stored outputs, and what was passed over, is told in Korean, too."""

from itertools import chain

import pytest
from korean import english_in
from output_cases import FAULTS, SOUND, Case

from fmnist_spec import language

CASES = {**SOUND, **{f"fault: {name}": case for name, (*_, case) in FAULTS.items()}}
# Layers and metrics in the outputs, and what errors in them say.
NAMES = {*("sequential", "dense", "dropout", "flatten", "hidden", "output", "first", "nan", "val")}
NAMES |= {*("batch", "name", "is", "not", "defined")}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_english_is_left_of_a_stored_output(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in a sentence nor beside it: summaries, logs and counts are described in Korean."""
    monkeypatch.setenv(language.ASKED, "ko")
    for one in case.judge():
        for text in (one.message, *chain(*one.beside)):
            words = {*english_in(text.replace("x" * 9, ""))}  # of an error that is long
            assert words <= NAMES, text
