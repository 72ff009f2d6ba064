"""How input is broken, and what holds of every input: it ends soon, and in a clear error if in any.

A property that is decorated with ``fuzz`` is tried on several times the examples of the profile: on
50 to 400 in CI, which are the same each time. All properties together are tried on a million inputs
by ``pytest tests/fuzz --hypothesis-profile=deep``.
"""

import functools
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

TESTS = Path(__file__).parents[1]
HANG = 10  # seconds of this process that no input may take
RANDOM = st.randoms(use_true_random=True)  # of a seed that Hypothesis draws: far faster than draws
SPECIAL = b"\0\t\n\r\x1b \"#%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~\x7f\x80\xc2\xed\xff"
# Signs that some parser takes for others: digits, blanks, brackets, ends of lines, halves.
SIGNS = "\0\b\t\n\r\x0b\x0c\x1b \x85\xa0²٣\uff10①½\u200b\u2028\u202e\u3000\ufeff"
SIGNS += "가층\ue000\U0001d7d8\ud800…━│┃"
STRANGE: list[Any] = [
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, 10**400, -0.0, 0.5, 1e308, 1e400, -1e400),
    *(float("nan"), "", "\n", "\0", "\ud800", "nan", "0", "x" * 5000, "가", [], {}, [[]], [{}]),
    *([None], [0, "a"], {"a": 1}, {"": None}, {"type": "Dense"}, [[[[[0]]]]], ["a", 1, None]),
]
NUMBERS = (0, -1, 1, 2, 10, 28, 100, 784, 10**9, 2**63, 10**30, 10**400)
FLOATS = (0.0, -0.0, -1.0, 0.5, 1.0, 1e-300, 1e308, float("nan"), float("inf"), float("-inf"))


class _HangError(BaseException):
    """An input took too long; who catches what a library raises does not catch this."""


@contextmanager
def in_time(seconds: float = HANG) -> Iterator[None]:
    """Let nothing take longer than so much of the processor's time."""

    def end(*_: object) -> None:
        raise _HangError

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    except _HangError as error:
        message = f"this input took more than {seconds} s: it would hang the gate"
        raise AssertionError(message) from error
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def fuzz(
    *inputs: st.SearchStrategy[Any], times: int
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Try a property on many inputs, ``times`` the examples of the profile, each in time."""

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @settings(max_examples=times * settings.default.max_examples)
        @given(*inputs)
        @functools.wraps(test)
        def timed(**drawn: Any) -> None:
            with in_time():
                test(**drawn)

        return timed

    return decorate


@contextmanager
def refused(kind: type[ValueError], *begins: str) -> Iterator[None]:
    """Allow an error of this kind: its message is one line that begins in one of these ways."""
    try:
        yield
    except kind as error:
        message = str(error)
        if not message.startswith(begins) or len(message.splitlines()) != 1:
            raise AssertionError(f"not one line that begins with {begins}: {message!r}") from error


def broken_bytes(seed: bytes, random: Random) -> bytes:
    """Break a file at some places: bytes that are other ones, missing, doubled or moved."""
    data = bytearray(seed)
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        at, size = random.randrange(len(data) + 1), random.choice((1, 1, 4, 30, 300))
        piece = data[at : at + size]
        match random.randrange(6):
            case 0:
                data[at : at + 1] = [random.choice(SPECIAL)]
            case 1:
                del data[at : at + size]
            case 2:
                data[at:at] = piece * random.choice((1, 2, 20))
            case 3:
                data[at:at] = random.choice(SIGNS).encode("utf-8", "surrogatepass")
            case 4:
                to = random.randrange(len(data) + 1)
                data[at : at + size], data[to:to] = b"", piece
            case 5:
                data[at : at + size] = bytes(random.randrange(256) for _ in piece)
    return bytes(data)


def broken_text(seed: str, random: Random) -> str:
    """Break a text in the same ways: it stays a text."""
    text = broken_bytes(seed.encode("utf-8", "surrogatepass"), random).decode("utf-8", "replace")
    if random.random() < 0.3:
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice(SIGNS) * random.choice((1, 2, 50)) + text[at:]
    if random.random() < 0.3:
        lines = text.split("\n")
        random.choice((random.shuffle, list.reverse, lambda all: all.extend(all[:50])))(lines)
        text = "\n".join(lines)
    return text


def broken_value(value: Any, random: Random) -> Any:
    """Break a value of JSON or TOML at any depth: of another type, missing, doubled, renamed."""
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        value = _broken_once(value, random)
    return value


def _broken_once(value: Any, random: Random) -> Any:
    """Give a copy with one change, made somewhere on a random way down."""
    if not isinstance(value, (dict, list)) or not value or random.random() < 0.1:
        return _other(value, random)
    pairs = [*enumerate(value)] if isinstance(value, list) else [*value.items()]
    at = random.randrange(len(pairs))
    key, one = pairs[at]
    match random.randrange(10):
        case 0:
            del pairs[at]
        case 1:
            pairs.insert(at, (f"{key}x", one))
        case 2:
            pairs[at] = random.choice(SIGNS) + str(key), one
        case 3:
            random.shuffle(pairs)
        case _:
            pairs[at] = key, _broken_once(one, random)
    return [one for _, one in pairs] if isinstance(value, list) else dict(pairs)


def _other(value: Any, random: Random) -> Any:
    """Give another value in its place: most often one that is like it."""
    if isinstance(value, str) and random.random() < 0.6:
        return broken_text(value, random)
    if type(value) in (int, float) and abs(value) < 2**64 and random.random() < 0.6:
        return random.choice((-value, value + 1, value * 10**20, value * 1.5, str(value), [value]))
    return random.choice(STRANGE)


def strange_value(value: Any, random: Random) -> Any:
    """Give a value of the same form with other contents, of which most are as they were."""
    if isinstance(value, dict):
        return {name: strange_value(one, random) for name, one in value.items()}
    if isinstance(value, list):
        items = [strange_value(one, random) for one in value]
        return random.choice((*[items] * 9, items[:-1], items * 2, []))
    if random.random() < 0.7:
        return value
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return random.choice(("", "?", "Dense", "adam", "list", broken_text(value, random)))
    kinds = {int: (*NUMBERS, None), float: (*FLOATS, *NUMBERS, None)}
    return random.choice(kinds.get(type(value), (None, 0, 1, -1, 0.5, "relu", [1], [None, 28])))
