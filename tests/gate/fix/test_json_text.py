"""Editing the text of a JSON document: what is asked for changes, and no other byte does."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmnist_spec.gate.finding import Edit
from fmnist_spec.gate.fix.json_text import FixError, edited, span_of

pytestmark = pytest.mark.once
# Signs that JSON escapes, those of other languages, beside some that mean something in JSON.
TEXTS = st.text(st.sampled_from('ab"\\/\n\r\t{}[],:é패😀\x00\x1b\u2028'), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
METADATA = st.dictionaries(TEXTS, SCALARS | st.lists(SCALARS, max_size=2), max_size=2)
LINES = TEXTS.map(lambda text: text.splitlines(keepends=True)).filter(bool)
CELL = st.fixed_dictionaries(
    {"cell_type": st.just("code"), "metadata": METADATA, "source": TEXTS | LINES}
)
NOTEBOOK = st.fixed_dictionaries(
    {"metadata": METADATA, "cells": st.lists(CELL, min_size=1, max_size=3), "nbformat": st.just(4)}
)
STYLES = st.fixed_dictionaries(
    {
        "indent": st.sampled_from([None, 0, 1, 2, "\t"]),
        "ensure_ascii": st.booleans(),
        "separators": st.sampled_from([None, (",", ":"), (" ,\t", " : ")]),
    }
)


def joined(source: Any) -> str:
    return "".join(source)


def same(one: Any, other: Any) -> bool:
    """Compare documents in which NaN is equal to itself."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@given(NOTEBOOK, STYLES, TEXTS, st.data())
def test_an_edit_changes_one_source_and_nothing_else(
    notebook: dict[str, Any], style: dict[str, Any], new: str, data: st.DataObject
) -> None:
    """Read again, it is the old document with that edit; around that source no byte differs."""
    text = json.dumps(notebook, **style)
    at = data.draw(st.integers(0, len(notebook["cells"]) - 1), "cell")
    source = joined(notebook["cells"][at]["source"])
    start = data.draw(st.integers(0, len(source)), "start")
    old = source[start : data.draw(st.integers(start, len(source)), "end")]
    after = edited(text, [Edit(at, start, old, new)])
    wanted, found = copy.deepcopy(notebook), json.loads(after)
    wanted["cells"][at]["source"] = source[:start] + new + source[start + len(old) :]
    found["cells"][at]["source"] = joined(found["cells"][at]["source"])
    for one in (wanted, found):
        for cell in one["cells"]:
            cell["source"] = joined(cell["source"])
    assert same(found, wanted)
    begin, end = span_of(text, ("cells", at, "source"))
    assert json.loads(text[begin:end]) == notebook["cells"][at]["source"]
    assert after[:begin] == text[:begin]
    assert after[len(after) - len(text) + end :] == text[end:]


@given(NOTEBOOK, STYLES)
def test_an_edit_of_nothing_leaves_every_byte(
    notebook: dict[str, Any], style: dict[str, Any]
) -> None:
    """Nothing is dumped anew: the file stays in the form that its author's tool gave it."""
    text = json.dumps(notebook, **style)
    assert edited(text, []) == edited(text, [Edit(0, 0, "", "")]) == text


PLACED = {
    "a list of lines": ('{"cells": [{"source": ["a = 1\\n", "b"]}]}', "1", "2"),
    "one text": ('{"cells": [{"source": "a = 1\\nb"}]}', "1", "2"),
    "escapes that stay": ('{"cells":[{"source":["\\u00e9\\/\\ud83d\\ude00 1"]}]}', "1", "2"),
    "half of a pair of surrogates": ('{"cells":[{"source":["\\ud83d 1"]}]}', "1", "2"),
    "carriage returns and tabs": ('{\r\n\t"cells": [\r\n{"source": ["1"]}]\r\n}\r\n', "1", "2"),
    "no number": ('{"x": NaN, "y": -Infinity, "cells": [{"source": "1"}]}', "1", "2"),
    "numbers as nobody writes them": ('{"x": 1.000e+5, "cells": [{"source": "1"}]}', "1", "2"),
    "an escaped quote": ('{"cells": [{"source": ["\\"", "\\\\", "1"]}]}', "1", "2"),
}


@pytest.mark.parametrize(("text", "old", "new"), PLACED.values(), ids=PLACED)
def test_a_document_of_any_form_keeps_it(text: str, old: str, new: str) -> None:
    """But for the sign that is asked for, it is the same to the letter."""
    source = joined(json.loads(text)["cells"][0]["source"])
    begin, end = span_of(text, ("cells", 0, "source"))
    value = text[begin:end].replace(old, new)
    wanted = text[:begin] + value + text[end:]
    assert edited(text, [Edit(0, source.index(old), old, new)]) == wanted


def test_a_line_that_is_added_becomes_a_string_of_its_own() -> None:
    """As Jupyter stores it, with what stands between the others between them."""
    text = '{\n "cells": [{"source": [\n   "a\\n",\n   "b c"\n  ]}]}'
    after = edited(text, [Edit(0, 2, "", "new\n"), Edit(0, 4, "c", "d\ne")])
    assert after == text.replace('"b c"', '"new\\n",\n   "b d\\n",\n   "e"')


def test_lines_in_one_line_of_the_file_stay_there() -> None:
    """What stands before the first string is not what stands between two."""
    text = '{"cells": [{"source": ["a\\n", "b"]}]}'
    after = edited(text, [Edit(0, 2, "", "new\n")])
    assert after == text.replace('"b"', '"new\\n", "b"')


def test_a_file_of_ascii_alone_stays_so() -> None:
    """And one that has other signs gets them as they are."""
    for text in ('{"cells": [{"source": "1"}]}', '{"é": 1, "cells": [{"source": "1"}]}'):
        after = edited(text, [Edit(0, 1, "", "는 é")])
        assert after.isascii() == text.isascii()
        assert json.loads(after)["cells"][0]["source"] == "1는 é"


def test_numbers_and_outputs_are_edited_where_they_stand() -> None:
    """The number of a cell is no text, and an output's texts lie deeper."""
    text = (
        '{"cells": [{"execution_count":  7, "source": [], "outputs": '
        '[{"text": ["x\\n", "64"]}, {"data": {"text/plain": ["(3,)"]}}]}]}'
    )
    edits = [
        Edit(0, 0, "7", "1", ("execution_count",)),
        Edit(0, 2, "64", "100", ("outputs", 0, "text")),
        Edit(0, 1, "3", "48", ("outputs", 1, "data", "text/plain")),
    ]
    wanted = text.replace("7", "1").replace("64", "100").replace("(3,)", "(48,)")
    assert edited(text, edits) == wanted


REFUSED = {
    "a key that stands twice": ('{"cells": [], "cells": [{"source": "1"}]}', "'cells' twice"),
    "a key that stands twice, far away": (
        '{"cells": [{"source": "1", "metadata": {"a": 1, "a": 2}}]}',
        "'a' twice",
    ),
    "no such cell": ('{"cells": []}', "no 0 there"),
    "no source": ('{"cells": [{}]}', "no source there"),
    "another source": ('{"cells": [{"source": "2"}]}', "as it should"),
    "a source of no lines": ('{"cells": [{"source": []}]}', "no source there"),
    "a source that is a list of lists": ('{"cells": [{"source": [["1"]]}]}', "no source there"),
    "a source that is a table": ('{"cells": [{"source": {"1": 1}}]}', "as it should"),
    "what is no JSON": ('{"cells": [{"source": "1"}]', "cannot be read as JSON"),
    "two documents": ('{"cells": [{"source": "1"}]} {}', "cannot be read as JSON"),
}


@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_sure_to_be_right_is_refused(text: str, why: str) -> None:
    """With the reason, and no text that somebody could write by mistake."""
    with pytest.raises(FixError, match=why):
        edited(text, [Edit(0, 0, "1", "2")])


def test_two_halves_that_an_edit_would_join_are_refused() -> None:
    """Each is a sign of Python; side by side in JSON they are another one."""
    text = '{"cells": [{"source": "\\ud83d \\ude00"}]}'
    with pytest.raises(FixError, match="as it should"):
        edited(text, [Edit(0, 1, " ", "")])


KEYS = st.sampled_from(["cells", "source", "outputs", "text", "execution_count"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)
WRONG = st.fixed_dictionaries({"cells": st.lists(VALUES, max_size=3)}) | VALUES


@given(WRONG, st.integers(-1, 2), st.lists(KEYS | st.integers(-1, 2), max_size=3), TEXTS, TEXTS)
def test_a_document_that_is_no_notebook_is_refused_or_edited_rightly(
    document: Any, cell: int, of: list[str | int], old: str, new: str
) -> None:
    """Whatever it holds, and whatever is asked for: no other error, and nothing else changes."""
    text = json.dumps(document)
    try:
        after = json.loads(edited(text, [Edit(cell, 0, old, new, tuple(of))]))
    except FixError:
        return
    for one in (document, after):  # the one value that was asked for
        holder = one["cells"]
        for key in (cell, *of)[:-1]:
            holder = holder[key]
        found = holder[(cell, *of)[-1]]
        holder[(cell, *of)[-1]] = None
        assert str(joined(found) if isinstance(found, list) else found).startswith(
            old if one is document else new
        )
    assert same(document, after)
