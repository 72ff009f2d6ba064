"""Narrow, wrapped and pasted summaries give the model's layers, or an error; never others."""

import textwrap
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fmnist_spec import Summary, SummaryError
from fmnist_spec._compat import import_keras
from fmnist_spec.printed import summary_text

GOLDEN = Path(__file__).parent / "golden"
ERAS = ["tf2.8", "tf2.13", "tf2.16"]


def stripped(text):
    return "\n".join(line.rstrip() for line in text.split("\n"))


def broken(text, width):
    """Break lines at a width, as a terminal does."""
    lines = (line[at : at + width] for line in text.split("\n") for at in _starts(line, width))
    return "\n".join(lines)


def _starts(line, width):
    return range(0, max(len(line), 1), width)


def filled(text, width):
    """Break lines at blanks, as a mail does."""
    return "\n".join("\n".join(textwrap.wrap(line, width)) for line in text.split("\n"))


PASTED = {
    "broken at 60": lambda text: broken(text, 60),
    "broken at 60, without blanks at line ends": lambda text: stripped(broken(text, 60)),
    "broken at 50": lambda text: broken(text, 50),
    "with no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "with ideographic spaces": lambda text: text.replace("  ", "\u3000\u3000"),
    "with no-break spaces in HTML": lambda text: f"<pre>{text.replace(' ', '&nbsp;')}</pre>",
    "with a byte order mark": lambda text: "\ufeff" + text.replace("Layer", "\u200bLayer"),
}


SUMMARIES = Path(__file__).parent / "summaries"
TEXTS = {
    **{f"{era}/{name}": GOLDEN / era / f"{name}.txt" for era in ERAS for name in ("list", "named")},
    **{path.name: path for path in sorted(SUMMARIES.iterdir())},
}
NARROW = {"ascii.txt", "terminal-24.txt", "terminal-36.txt", "long-tf2.8.txt"}  # read, or refused
PAGES = {name for name in TEXTS if "jupyter" in name}  # with tags, which a break goes through
# A blank at a line's end is part of a name, or of what stands in front of it.
BLANKS_COUNT = {"nested-tf2.13.txt", "terminal-36.txt"}


@pytest.mark.parametrize("name", sorted(TEXTS.keys() - NARROW - PAGES))
def test_a_text_that_any_page_breaks_is_read_as_it_was(name):
    """However narrow: the rule of the table tells how many pieces each of its lines has."""
    text = TEXTS[name].read_text(encoding="utf-8")
    whole = Summary.parse(text)
    for width in range(20, 100):
        found = Summary.parse(broken(text, width))
        assert whole.differences(found) == (), f"at {width}: {found}"


@pytest.mark.parametrize("name", sorted(TEXTS.keys() - BLANKS_COUNT - {"jupyter-named.html"}))
@pytest.mark.parametrize("how", [broken, filled])
def test_a_broken_text_is_refused_if_its_layers_cannot_be_told(name, how):
    """It never shows other layers or numbers."""
    text = TEXTS[name].read_bytes().decode()
    whole = Summary.parse(text)
    for width in range(20, 100, 1 + 2 * (how is broken)):
        try:
            found = Summary.parse(how(text, width))
        except SummaryError:
            continue
        assert whole.differences(found) == (), f"at {width}: {found}"


@pytest.fixture(scope="module")
def models():
    """Make networks of the installed Keras, with short and with long names."""
    keras = import_keras()
    layers = keras.layers
    named = layers.Dense(100, name="a_long_hidden_name"), layers.BatchNormalization()
    return [
        keras.Sequential([keras.Input((784,)), layers.Dense(100), layers.Dense(10)]),
        keras.Sequential(
            [keras.Input((28, 28)), layers.Flatten(), *named, layers.Dense(10, name="my_output")]
        ),
    ]


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("paste", PASTED)
def test_a_pasted_summary_is_read_as_it_was_printed(era, paste):
    """Line breaks at a fixed width and blanks of other kinds change nothing."""
    text = (GOLDEN / era / "named.txt").read_text(encoding="utf-8")
    found = Summary.parse(PASTED[paste](text))
    assert found == Summary.parse(text), PASTED[paste](text)


@pytest.fixture(scope="module")
def wide_terminal():
    """Print as wide as is asked for: Keras 3 crops what its terminal does not show."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "200")
        yield


def read(text, model):
    """Read a text that was printed of a model: its layers, or an error that is not at odds."""
    live = Summary.from_model(model)
    try:
        found = Summary.parse(text)
    except SummaryError as error:
        return str(error)
    assert live.differences(found) == (), f"{found}\n{text}"
    return found


@st.composite
def options(draw):
    """Draw what summary() takes: a width, and where columns end, absolute or as shares."""
    width = draw(st.integers(30, 110), label="line_length")
    if draw(st.booleans(), label="without positions"):
        return {"line_length": width}
    # Keras 2 prints for ever where it leaves a column no place at all.
    shares = [draw(st.sampled_from([0.3, 0.33, 0.4, 0.5])), draw(st.sampled_from([0.7, 0.75, 0.8]))]
    if draw(st.booleans(), label="as shares"):
        return {"line_length": width, "positions": [*shares, 1.0]}
    return {"line_length": width, "positions": [*(int(one * width) for one in shares), width]}


def summary_of(model, asked):
    """Print a summary with options."""
    pieces = []

    def print_fn(text, **_):
        pieces.append(text if text[-1:] == "\n" else text + "\n")

    try:
        model.summary(print_fn=print_fn, **asked)
    except ValueError as error:  # Keras 3 refuses what is far too narrow
        assume("Insufficient console width" not in str(error))
        raise
    return "".join(pieces)


@given(asked=options(), which=st.integers(0, 1))
def test_columns_of_any_width_are_read(wide_terminal, models, asked, which):
    """Whatever widths the installed Keras is given, its layers are read."""
    text = summary_of(models[which], asked)
    assert isinstance(read(text, models[which]), Summary), text


@given(width=st.integers(20, 100), which=st.integers(0, 1), how=st.sampled_from([broken, filled]))
def test_a_wrapped_summary_shows_no_other_layers(models, width, which, how):
    """A text that was wrapped anywhere gives the model's layers, or an error that says so."""
    text = how(summary_text(models[which]), width)
    found = read(text, models[which])
    told = ("cannot be told apart", "cut off", "no summary", "params in total")
    assert isinstance(found, Summary) or any(words in found for words in told), found


@given(width=st.integers(66, 100), which=st.integers(0, 1))
def test_a_text_that_is_not_too_wide_is_not_touched(models, width, which):
    """A wide page leaves the table as it is."""
    text = summary_text(models[which])
    assume(max(map(len, text.split("\n"))) <= width)
    assert isinstance(read(broken(text, width), models[which]), Summary)


def test_columns_that_cannot_be_told_apart_are_an_error():
    """The message says what is wrong with the text, and how to get a better one."""
    text = 'Model: "m"\n' + "_" * 65 + "\n a (Dense)  3\n" + "=" * 65
    text += "".join(f"\n{one} params: 0" for one in ("Total", "Trainable", "Non-trainable"))
    with pytest.raises(SummaryError, match="columns that cannot be told apart") as error:
        Summary.parse(text)
    assert str(error.value).endswith("copy it without line breaks."), error.value
