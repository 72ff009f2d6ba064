"""Any text that summary() ever printed is read into the same value.

The files of tests/summaries were printed by real versions of TensorFlow: in a terminal of so
many columns, or in Jupyter, with the messages of one summary joined as they stand.
"""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmnist_spec import Summary, SummaryError, SummaryRow
from fmnist_spec._compat import import_keras
from fmnist_spec.printed import summary_text

HERE = Path(__file__).parent
ERAS = ["tf2.8", "tf2.13", "tf2.16"]


def summary(name, trainable, non_trainable, *rows):
    """Write a summary briefly: a row is name, type, units (None if unknown) and parameters."""
    read = (SummaryRow(n, t, None if u is None else (None, u), p) for n, t, u, p in rows)
    return Summary(name, tuple(read), trainable, non_trainable)


def printed(name):
    return (HERE / "summaries" / name).read_bytes().decode()


def listed(era):
    return printed(f"list-{era}.txt")


FLATTEN, DROPOUT = ("flatten", "Flatten", 784, 0), ("dropout", "Dropout", 100, 0)
HIDDEN, OUTPUT = ("dense", "Dense", 100, 78_500), ("dense_1", "Dense", 10, 1_010)
LIST = summary("sequential", 79_510, 0, HIDDEN, OUTPUT)
NAMED = summary("패션 MNIST 모델", 79_510, 0, ("hidden", *HIDDEN[1:]), ("output", *OUTPUT[1:]))
NORMAL = ("batch_normalization", "BatchNormalization", 100, 400)
NORMAL_50 = ("batch_normalizat…", "BatchNormalizat…", 100, 400)
NORMAL_40, HIDDEN_40 = ("batch_normal…", "BatchNormal…", 100, 400), ("dense", "Dense", 100, None)
MIXED = summary("sequential", 79_710, 200, FLATTEN, HIDDEN, NORMAL, DROPOUT, OUTPUT)
MIXED_50 = summary("sequential", 79_710, 200, FLATTEN, HIDDEN, NORMAL_50, DROPOUT, OUTPUT)
MIXED_40 = summary("sequential", 79_710, 200, FLATTEN, HIDDEN_40, NORMAL_40, DROPOUT, OUTPUT)
MIXED_24 = summary(
    *("sequential", 79_710, 200),
    *(("flatt…", "Flat…", None, 0), ("dense", "Dens…", None, None)),
    *(("batch…", "Batc…", None, None), ("dropo…", "Drop…", None, 0)),
    ("dense…", "Dens…", None, None),
)
UNKNOWN = ("dense", "Dense", None, None), ("dense_1", "Dense", None, None)
LONG_NAME = "a_very_long_name_of_a_hidden_layer_that_never_ends_at_all"
LONG_ROWS = (
    ("abcdefghijklmnopqrstuvwxyz", "Dense", 10, 1_010),
    ("abcdefghijklmnopqrstuvwxy", "BatchNormalization", 10, 40),
)
LONG = summary("m" * 120, 79_530, 20, (LONG_NAME, "Dense", 100, 78_500), *LONG_ROWS)
LONG_80 = summary(
    "m" * 79 + "…", 79_530, 20, (LONG_NAME[:30] + "…", "Dense", 100, 78_500), *LONG_ROWS
)
NESTED = summary("sequential", 79_510, 0, ("inner", "Sequential", 100, 78_500), OUTPUT)


def branches(model, first, second):
    joined = ("concatenate", "Concatenate", 103, 0), ("dense_1", "Dense", 10, 1_040)
    inputs = (first, "InputLayer", 784, 0), (second, "InputLayer", 3, 0)
    return summary(model, 79_540, 0, inputs[0], HIDDEN, inputs[1], *joined)


PRINTED = {
    "ascii.txt": LIST,  # where standard output is not UTF-8
    "branches-tf2.8.txt": branches("model", "input_1", "input_2"),
    "branches-tf2.16.txt": branches("functional", "input_layer", "input_layer_1"),
    "cropped.txt": summary(  # line_length=88 in 84 columns: the last digits are gone
        *("sequential", 79_510, 0, (*HIDDEN[:3], None), (*OUTPUT[:3], None))
    ),
    "jupyter-escaped.html": summary("R&D <1>", 78_500, 0, ("a<b> & c", *HIDDEN[1:])),
    "jupyter-fitted.ansi": MIXED,
    "jupyter-fitted.html": MIXED,
    "jupyter-named.ansi": NAMED,
    "jupyter-named.html": NAMED,
    "jupyter-narrow-50.html": MIXED_50,
    **{f"list-{era}.txt": LIST for era in ERAS},
    "long-tf2.8.txt": LONG,
    "long-tf2.13.txt": LONG,
    "long-tf2.16.txt": LONG_80,
    "named-tf2.8.txt": NAMED,
    "nested-tf2.13.txt": NESTED,  # expand_nested=True
    "nested-tf2.16.txt": NESTED,
    "terminal-24.txt": MIXED_24,
    "terminal-36.txt": summary(
        *('[모델] "quoted" (x)', 79_510, 0, ("은닉층 하…", "Dense", 100, None)),
        ("my output layer", "Dense", 10, None),
    ),
    "terminal-40.txt": MIXED_40,
    "unbuilt.txt": summary("sequential", 0, 0, *UNKNOWN),
    "wrapped-tf2.13.txt": MIXED,  # line_length=40
}


@pytest.mark.parametrize("name", PRINTED)
def test_a_real_text_is_read_to_the_last_visible_letter(name):
    """What is visible is read, what was cut is unknown, and colours and tags do not matter."""
    found, expected = Summary.parse(printed(name)), PRINTED[name]
    assert found == expected, f"{name}: {expected.differences(found) or found}"


def test_every_stored_text_is_read_by_a_test():
    """No file lies in tests/summaries that nothing reads."""
    assert {path.name for path in (HERE / "summaries").iterdir()} == set(PRINTED)


OLD = """\
Model: "sequential"
_________________________________________________________________
Layer (type)                 Output Shape              Param #   
=================================================================
dense (Dense)                (None, 100)               78500     
_________________________________________________________________
batch_normalization_v1 (Batc (None, 100)               400       
_________________________________________________________________
a_name_that_leaves_no_place_ (None, 10)                1010      
=================================================================
Total params: 79,910
Trainable params: 79,710
Non-trainable params: 200
_________________________________________________________________
"""  # noqa: W291


def test_the_table_of_tensorflow_before_2_8_is_read():
    """Notebooks of 2021 have no blank at the line's start, and names cut without a mark."""
    cut = ("batch_normalization_v1", "Batc…", 100, 400)
    more = ("a_name_that_leaves_no_place_…", "…", 10, 1_010)
    assert Summary.parse(OLD) == summary("sequential", 79_710, 200, HIDDEN, cut, more)


def test_a_table_may_follow_its_models_name_at_once():
    """A page may lose the rules, and mark each line as quoted."""
    lines = [line for line in listed("tf2.8").splitlines() if line.strip("_= ")]
    assert Summary.parse("\n".join(lines)) == LIST
    assert Summary.parse("\n".join(f"> {line}" for line in OLD.splitlines())) == Summary.parse(OLD)
    nested = printed("nested-tf2.13.txt").splitlines()
    assert Summary.parse("\n".join(line for line in nested if line.strip("_=¯| "))) == NESTED


def test_a_heading_above_a_line_is_no_summary():
    """Neither is one above a line of counts alone, which says of no table that it is cut off."""
    assert Summary.parse_all('Model: "m"\n________\n') == ()
    counts = "".join(f"{line} params: 0\n" for line in ("Total", "Trainable", "Non-trainable"))
    assert Summary.parse_all('Model: "m"\n' + counts) == ()


def test_a_blank_at_which_a_name_is_broken_is_not_lost():
    """Keras 2 breaks names where its column ends, here after 15 letters."""
    first, second = "flatten (Flatte", "n)             "
    text = printed("wrapped-tf2.13.txt")
    text = text.replace(first, "fourteen_chars ").replace(second, "x (Flatten)    ", 1)
    assert Summary.parse(text).rows[0].name == "fourteen_chars x"


@pytest.mark.parametrize("name", ["dense", "a_name_of_18_lette"])
def test_a_column_may_begin_one_place_before_its_header(name):
    """Where the one before it is full, Keras 2 moves it to the left."""
    row = "dense (Dense)                (None, 100)               78500"
    moved = row.replace("dense (Dense)".ljust(29), f"{name} (Dense)".ljust(28))
    expected = dataclasses.replace(LIST.rows[0], name=name)
    assert Summary.parse(OLD.replace(row, moved)).rows[0] == expected


def test_a_shape_may_be_broken_as_a_name_is():
    """Keras 2 breaks each column where it ends."""
    row = " dense (Dense)               (None, 100)               78500     \n"
    broken = row.replace("(None, 100)", "(None, 1   ") + " " * 29 + "00)\n"
    assert row in listed("tf2.13")
    assert Summary.parse(listed("tf2.13").replace(row, broken)) == LIST


def test_a_row_without_a_name_is_refused():
    """It was a layer before somebody lost its name."""
    with pytest.raises(SummaryError, match="columns that cannot be told apart"):
        Summary.parse(listed("tf2.13").replace("dense (Dense)", " " * 13))


def test_a_row_that_is_more_than_a_layer_is_refused():
    """A bracket too many is what a broken line leaves."""
    broken = listed("tf2.16").replace("dense (Dense) ", "dense (Dense))", 1)
    with pytest.raises(SummaryError, match="columns that cannot be told apart"):
        Summary.parse(broken)


def test_a_layer_may_have_any_name():
    """Also one that begins like a table's lines, or with a letter that no other has."""
    for name in ("Xception", "X", "Lay", "_dense", "└─x"[2:], "a) b (c"):
        text = listed("tf2.16").replace("dense (Dense)".ljust(len(name) + 8), f"{name} (Dense)", 1)
        assert [row.name for row in Summary.parse(text).rows] == [name, "dense_1"]


COPIES = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "quoted": lambda text: text.replace("\n", "\n# "),
    "no empty lines": lambda text: "\n".join(line for line in text.split("\n") if line.strip()),
    "no rules": lambda text: text.replace("=", "").replace("_" * 65, ""),
    "no blanks at line ends": lambda text: "\n".join(map(str.rstrip, text.split("\n"))),
    "behind a progress line": lambda text: "1500/1500 - 2s - loss: 0.5\r" + text,
    "behind a name": lambda text: 'Model: "sequential" is built\n' + text,
    "before other counts": lambda text: text + "Total params: 5\nTrainable params: 5\n",
}
TEXTS = {
    **{era: (listed(era), LIST) for era in ERAS},
    "long names": (printed("long-tf2.13.txt"), LONG),
}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("copy", COPIES)
def test_what_copying_does_to_a_text_changes_nothing(text, copy):
    """Line ends, comment marks and lost blank lines leave the same value."""
    printed_text, expected = TEXTS[text]
    found = Summary.parse(COPIES[copy](printed_text))
    assert found == expected, f"{text}, {copy}: {expected.differences(found) or found}"


noise = st.text('패션 Mode:"0,()<>&|│┏├_=…\r\n\t\x08\x1b[m')


@given(before=noise, after=noise, era=st.sampled_from(ERAS))
def test_whatever_stands_around_a_summary_is_ignored(before, after, era):
    """Prompts, warnings and other output before and after it leave the same value."""
    assert Summary.parse(f"{before}\n{listed(era)}\n{after}") == LIST


def test_several_summaries_are_read_in_their_order():
    """A text with many summaries, of any renderings, gives all of them."""
    texts = [listed("tf2.16"), "Epoch 1/5", printed("named-tf2.8.txt"), printed("terminal-40.txt")]
    assert Summary.parse_all("\n".join(texts)) == (LIST, NAMED, MIXED_40)


def test_a_text_without_a_summary_gives_none():
    """Other text, even about a model or with a box, holds no summary."""
    assert Summary.parse_all('Model: "gpt"\n┏━━━┓\n┃ a ┃\n') == ()


@pytest.mark.parametrize("era", ERAS)
def test_a_summary_that_is_cut_off_is_refused(era):
    """Wherever a text ends, it is refused until all of its values have been said."""
    text = listed(era)
    last_value = text.index("Non-trainable params: 0") + len("Non-trainable params: 0")
    for end in range(len(text)):
        try:
            assert Summary.parse(text[:end]) == LIST, f"cut at {end}: {text[:end]}"
        except SummaryError:
            assert end < last_value, f"refused at {end}, where all is said"


TWICE = listed("tf2.8") * 2
NO_TOTAL = listed("tf2.8").replace("Total", "")
CONTRADICTION = listed("tf2.8").replace("Total params: 79,510", "Total params: 79,511")
ENDLESS = listed("tf2.8").replace("params: 0", "params: " + "9" * 10_000)


WHOLE = "expected what model.summary() prints, from 'Model:' to 'Non-trainable params:'."
SUM = "expected 79,510, the sum of the lines below. Print it again."
REFUSED = {
    "empty": ("", f"no summary in ''; {WHOLE}"),
    "none": ("Epoch 1/5", f"no summary in 'Epoch 1/5'; {WHOLE}"),
    "long": (f" {'a' * 60}b", f"no summary in '{'a' * 60}'; {WHOLE}"),
    "two": (
        TWICE,
        "2 summaries, of 'sequential', 'sequential'; expected one. "
        "Use Summary.parse_all for several.",
    ),
    "cut off": (
        NO_TOTAL,
        "the summary of 'sequential' is cut off: expected a line 'Total params:'. "
        "Give the whole text.",
    ),
    "a box without counts": (
        listed("tf2.16").partition(" Total")[0],
        "the summary of 'sequential' is cut off: expected a line 'Total params:'. "
        "Give the whole text.",
    ),
    "contradiction": (
        CONTRADICTION,
        f"the summary of 'sequential' says 79,511 params in total; {SUM}",
    ),
    "broken lines": (
        listed("tf2.8").replace("Output Shape", "Outp…"),
        "the summary of 'sequential' has columns that cannot be told apart: expected 'Layer "
        "(type)', 'Output Shape' and 'Param #' side by side. Print it with a larger line_length, "
        "or copy it without line breaks.",
    ),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_a_text_that_cannot_be_read_says_why(text, message):
    """The error names what was found, what was expected, and the remedy."""
    with pytest.raises(SummaryError) as error:
        Summary.parse(text)
    assert str(error.value) == message


def test_an_endless_number_is_read_to_its_first_digits():
    """A line of 10,000 digits contradicts the others; 41 of them are enough to say so."""
    with pytest.raises(SummaryError, match=r"says 79,510 params in total; expected [\d,]{55}, the"):
        Summary.parse(ENDLESS)


@pytest.mark.once
@pytest.mark.parametrize(
    "junk", ["A", "<", "\x1b[", 'Model: "', "│", "Layer (type) ", "_ ", "┏━│\n"]
)
def test_two_megabytes_of_anything_are_no_obstacle(junk):
    """The time to read a text grows with its length and not with the square of it."""
    junk *= 2_000_000 // len(junk)
    assert Summary.parse_all(f"{junk}\n{listed('tf2.16')}\n{junk}") == (LIST,)


@pytest.mark.parametrize("cut", [MIXED_50, MIXED_40, MIXED_24])
def test_what_is_unknown_matches_anything(cut):
    """A cut cell is neither right nor wrong; strict equality still tells the two apart."""
    assert MIXED.differences(cut) == cut.differences(MIXED) == ()
    assert cut != MIXED


class OfKeras2:
    """Prints as Keras 2 does: line by line, without line ends."""

    def summary(self, print_fn):
        for line in listed("tf2.8").splitlines():
            print_fn(line)


def test_a_narrow_jupyter_cuts_nothing(monkeypatch):
    """Rich asks other variables there: Keras 3 would crop what they do not show."""
    keras = import_keras()
    model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(100, name="a" * 60)])
    wide = summary_text(model)
    monkeypatch.setenv("JUPYTER_COLUMNS", "40")
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    assert summary_text(model) == wide


def test_lines_of_keras_2_get_their_ends():
    """The text is what stands on the terminal."""
    assert summary_text(OfKeras2()) == listed("tf2.8")


def test_the_total_is_that_of_the_model_without_its_optimizer():
    """After fit, Keras 3 prints a total that counts the optimizer's variables too."""
    text = printed("jupyter-fitted.ansi")
    assert "159,622" in text
    assert Summary.parse(text).total == MIXED.total == 79_910
