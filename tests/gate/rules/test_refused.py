"""What the gate refuses is told once, by the rule for it: an error if the cell raised by it."""

from dataclasses import replace

import pytest
from traces import CELLS, EVENTS, LOADED, expect, judge_trace, trace

from fmnist_spec.gate.confine.refusals import READ, REMEDY
from fmnist_spec.gate.events import Event, Refused
from fmnist_spec.gate.trace import CellError, CellRun, Trace

DETAIL = "open /elsewhere/x.csv w"
WRITE = Refused(3, 2, "write", DETAIL)
OWN = f"[Errno 13] {DETAIL}: {REMEDY}"
PARALLEL = Refused(3, 2, "write", "os.mkdir /dev/shm/joblib")


def raising(message: str, *events: Event) -> Trace:
    """Give the trace of a run whose cell 3 raised in its line 2."""
    runs = list(trace().cells)
    runs[3] = CellRun(3, "raised", CellError("SomeError", message, 2), "", 0.1)
    runs[4:] = [replace(run, status="not reached") for run in runs[4:]]
    return trace(LOADED, *events, cells=tuple(runs))


REFUSED = {
    "said by the gate": (OWN, [WRITE], "writing outside"),
    "said in a library's words": (f"<urlopen error {OWN}>", [WRITE], "writing outside"),
    "an error of its own, in that line": ("cannot save", [WRITE], "writing outside"),
    "another file after one that was told": (
        OWN.replace("x.csv", "y.csv"),
        [Refused(3, 1, "write", DETAIL)],
        "writing outside",
    ),
    "one of several of its cell": (
        *(OWN, [Refused(3, 1, "network", "x"), WRITE, Refused(3, 1, "process", "x")]),
        "writing outside",
    ),
    "the last of its line": (
        "cannot save",
        [Refused(3, 2, "network", "x"), WRITE],
        "writing outside",
    ),
    "the original of what it sees": (
        OWN,
        [Refused(3, 2, "original", DETAIL)],
        "and this full path leads to the original. Write a relative path.",
    ),
    "the kernel's word, by h5py": (
        "Unable to create file (unable to open file: name = '/x.h5', errno = 13,"
        " error message = 'Permission denied', flags = 13, o_flags = 242)",
        [],
        "writing outside",
    ),
    "the kernel's word, by TensorFlow": ("/elsewhere; Permission denied", [], "writing outside"),
    "the kernel's word, on a socket": ("[Errno 13] Permission denied", [], "shared memory"),
    "a file that may not be read": (
        f"[Errno 13] {READ}/root/key: {REMEDY}",
        [],
        "reading a file that is outside the notebook's repository, or hidden in it",
    ),
    "a file that may not be read, after a write that was caught": (
        *(f"[Errno 13] {READ}/root/key: {REMEDY}", [Refused(3, 1, "write", DETAIL)]),
        "reading a file that is outside",
    ),
    "the kernel's word on a read, by TensorFlow": (
        *("/root/key; Permission denied [Op:IteratorGetNext]", []),
        "reading a file that is outside",
    ),
    "a call that is on no list": (
        *("[Errno 1] Operation not permitted", []),
        "this call of the operating system",
    ),
    "the data set of another name": (
        "fmnist-spec runs notebooks without network, so this cannot be loaded",
        [],
        "a connection to the network",
    ),
    "no process": ("[Errno 11] Resource temporarily unavailable", [], "or use threads"),
    "no process, after a write that was caught": (
        "[Errno 11] Resource temporarily unavailable",
        [PARALLEL],
        "a new process",
    ),
}


@pytest.mark.parametrize(("message", "events", "said"), REFUSED.values(), ids=REFUSED)
def test_a_cell_that_raised_by_a_refusal_is_one_error(
    message: str, events: list[Event], said: str
) -> None:
    """It says that the gate refused it and what to do, not to correct the cell."""
    caught = [one for one in events if one.line != 2]
    found = expect(raising(message, *events), *["refused"] * (1 + len(caught)))
    (error,) = (one for one in found if one.severity == "error")
    assert (error.cell, error.line) == (3, 32)
    assert error.message.startswith("fmnist-spec does not allow "), error.message
    assert "so the cell raised SomeError" in error.message
    assert said in error.message, error.message
    assert error.message.endswith("did not run, so they were not checked."), error.message


@pytest.mark.parametrize(
    "message",
    [
        "division by zero",
        "[Errno 13] Permission denied: '/etc/shadow'",  # Python's words: nobody may read that
        "[Errno 2] No such file or directory: 'x.csv'",
    ],
)
def test_another_error_is_the_cells_own(message: str) -> None:
    """Also after a refusal in an earlier line, which the notebook caught: that is a warning."""
    found = expect(raising(message, Refused(3, 1, "network", "x")), "cell-raises", "refused")
    assert {one.rule: one.severity for one in found} == {
        "cell-raises": "error",
        "refused": "warning",
    }


def test_what_a_notebook_caught_is_told_once() -> None:
    """However often it tried, and also if it was meant to raise."""
    events = [Refused(cell, 1, "network", "example.org") for cell in (3, 5)]
    (one,) = expect(trace(*EVENTS, *events), "refused", severity="warning", cell=3)
    assert "The notebook caught the error and went on" in one.message
    cells = [replace(one, tags=frozenset({"raises-exception"})) for one in CELLS]
    runs = list(trace().cells)
    runs[3] = CellRun(3, "raised", CellError("OSError", OWN, 2), "", 0.1)
    meant = trace(*EVENTS, WRITE, cells=tuple(runs))
    expect(meant, "refused", cells=cells, severity="warning", cell=3)


def test_what_was_refused_is_shown() -> None:
    """The words of the gate, with the kind of thing; those of the kernel as they stand."""
    for message, observed in (
        (OWN, f"write: {DETAIL}"),
        ("a\nPermission denied\n", "Permission denied"),
    ):
        (found,) = expect(raising(message, WRITE if message == OWN else LOADED), "refused")
        assert found.observed == observed


def test_a_refusal_does_not_hide_the_error_of_a_later_cell() -> None:
    """A notebook that is run on after an error raises by several."""
    runs = list(raising(OWN, WRITE).cells)
    runs[5] = CellRun(5, "raised", CellError("ValueError", "no", 1), "", 0.1)
    shown = trace(LOADED, WRITE, cells=tuple(runs))
    assert [one.rule for one in judge_trace(shown, ids=("cell-raises", "refused"))] == [
        "refused",
        "cell-raises",
    ]
