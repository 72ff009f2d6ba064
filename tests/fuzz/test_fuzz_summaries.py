"""A printed summary is read, or the message says in one line what is wrong with it."""

from random import Random

from fuzzing import RANDOM, TESTS, broken_text, fuzz, refused
from hypothesis import strategies as st
from output_cases import real

from fmnist_spec.printed import printed_summaries
from fmnist_spec.summary import Summary, SummaryError

FILES = ["summaries/*", "golden/*/*.txt", "gate/stored/*-list.txt", "gate/stored/*-named.txt"]
NAMES = sorted(str(path.relative_to(TESTS)) for one in FILES for path in TESTS.glob(one))
SEEDS = [real(name) for name in NAMES]
SWAPPED = [
    "━═-_",
    "┃│|¦",
    "┏┌+",
    "┡├",
    "(\uff08[",
    ")\uff09]",
    "…",
    "\n",
    " \t\u3000",
    "0123456789",
    ",",
]
PIECES = [
    *('Model: "', '"', "\n", " ", "_" * 65, "=" * 65, "Layer (type)", "Output Shape", "Param #"),
    *("┏━━━┳━━━┓", "┃", "│", "┡━━━╇━━━┩", "├───┼───┤", "└───┴───┘", "+---+", "|", "dense (Dense)"),
    *(
        "(None, 100)",
        "(None,",
        "78,500",
        "Total params: ",
        "Trainable params: ",
        "79510 (310 KB)",
    ),
    *("Non-trainable params: ", "0", "…", "</pre>", "<b>", "&lt;", "\x1b[1m", "dense (D…", "  "),
]


def read(text: str) -> None:
    """Read a text in every way, and compare what is read with itself and with all that is read."""
    printed = [*printed_summaries(text)]
    with refused(SummaryError, "the summary of "):
        found = Summary.parse_all(text)
        assert len(found) == len(printed)
        assert all(one.matches(one) and one.matches(one, shifted_names=True) for one in found)
        for one in found[1:]:
            one.differences(found[0], shifted_names=True)
    with refused(SummaryError, "the summary of ", "no summary in ", f"{len(printed)} summaries, "):
        Summary.parse(text)


@fuzz(st.sampled_from(SEEDS), RANDOM, times=40)
def test_a_broken_summary_is_read_or_refused(seed: str, random: Random) -> None:
    """Pieces are missing, doubled, moved or exchanged in what Keras has printed."""
    read(broken_text(seed, random))


@fuzz(st.sampled_from(SEEDS), st.sampled_from(SEEDS), RANDOM, times=40)
def test_two_summaries_cut_and_joined_are_read_or_refused(
    one: str, two: str, random: Random
) -> None:
    """The end of one stands behind the beginning of another."""
    read(one[: random.randrange(len(one))] + two[random.randrange(len(two)) :])


@fuzz(st.sampled_from(SEEDS), RANDOM, times=40)
def test_a_summary_of_other_signs_is_read_or_refused(seed: str, random: Random) -> None:
    """Boxes, rules, brackets, blanks and digits are others, everywhere or at some places."""
    signs, share = random.choice(SWAPPED), random.choice((1.0, 0.1))
    taken = [sign in signs and random.random() < share for sign in seed]
    own = [random.choice(signs) if other else sign for sign, other in zip(seed, taken, strict=True)]
    read("".join(own))


@fuzz(st.lists(st.sampled_from(PIECES), max_size=30), times=40)
def test_the_pieces_of_a_summary_in_any_order_are_read_or_refused(pieces: list[str]) -> None:
    """What a summary is made of may stand anywhere."""
    read("".join(pieces))
    read("\n".join(pieces))
