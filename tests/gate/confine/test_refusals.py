"""What Python announces is refused where it would reach out of the notebook's folder."""

import os
from pathlib import Path

import pytest

from fmnist_spec.gate.confine.files.scratch import Scratch
from fmnist_spec.gate.confine.files.tree import Readable
from fmnist_spec.gate.confine.refusals import LISTING, NAMES, NETWORK, PROCESS, Refusals

OUTSIDE = "/outside/of/all"
REFUSED = {
    **{f"socket.{one}": ("network", (None, ("host", 80))) for one in NETWORK},
    "socket.__new__": ("network", (None, -1)),
    **{one: ("process", ("ls", ["ls"])) for one in PROCESS},
    "os.kill": ("signal", (1, 9)),
    "os.killpg": ("signal", (1, 9)),
    "os.truncate": ("write", (OUTSIDE, 0)),
    "os.setxattr": ("write", (OUTSIDE, "user.a", b"", 0)),
    **dict.fromkeys(NAMES, ("write", (OUTSIDE, OUTSIDE, -1))),
}
NOT_REFUSED = {
    "socket.gethostname": (),
    "gethostbyaddr": ("host",),  # no event of sockets
    "os.kill": (os.getpid(), 0),
    "import": ("os", None, None, None, None),
}


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def refusals(tmp_path: Path, told: list[str]) -> Refusals:
    scratch = Scratch(str(tmp_path / "home"), str(tmp_path / "top"))
    return Refusals(scratch, lambda what, _: told.append(what))


@pytest.mark.parametrize("event", REFUSED)
def test_what_reaches_out_is_refused_as_what_it_is(
    refusals: Refusals, told: list[str], event: str
) -> None:
    """The call raises as if the system had refused it, and the kind is reported once."""
    what, arguments = REFUSED[event]
    with pytest.raises(PermissionError, match="without network, processes"):
        refusals(event, arguments)
    assert told == [what]


@pytest.mark.parametrize("event", NOT_REFUSED)
def test_what_stays_inside_is_not_refused(refusals: Refusals, told: list[str], event: str) -> None:
    """What libraries do all the time must go on."""
    refusals(event, NOT_REFUSED[event])
    assert told == []


@pytest.mark.parametrize("event", ["open", *LISTING])
def test_what_may_not_be_read_is_refused_and_not_told(
    tmp_path: Path, told: list[str], event: str
) -> None:
    """A library goes on with another path: only what the notebook raises over is told."""
    for name in ("kept", "home"):
        (tmp_path / name).mkdir()
    (tmp_path / "home/link").symlink_to(tmp_path / "kept")
    scratch = Scratch(str(tmp_path / "home"), str(tmp_path / "top"))
    refusals = Refusals(
        scratch, lambda what, _: told.append(what), Readable([str(tmp_path / "home")])
    )
    for name in ("kept", "home/link", "home/../kept"):
        with pytest.raises(PermissionError, match=f"read: {tmp_path / name}: "):
            refusals(event, (str(tmp_path / name), None, os.O_RDONLY))
    for name in ("home", "not-there"):
        refusals(event, (str(tmp_path / name), None, os.O_RDONLY))
    assert told == []


@pytest.mark.parametrize(
    ("path", "flags", "what"),
    [
        ("/proc/1/environ", os.O_RDONLY, "read"),
        ("/proc/self/maps", os.O_RDONLY, ""),
        (OUTSIDE, os.O_RDONLY, ""),
        (OUTSIDE, os.O_WRONLY, "write"),
    ],
)
def test_a_file_is_refused_for_what_is_done_with_it(
    refusals: Refusals, told: list[str], path: str, flags: int, what: str
) -> None:
    """Reading is free, but for what another process holds; writing is not."""
    if what:
        with pytest.raises(PermissionError):
            refusals("open", (path, None, flags))
    else:
        refusals("open", (path, None, flags))
    assert told == [what] * bool(what)
