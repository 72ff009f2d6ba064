"""The bar that a person sees in a terminal while notebooks are checked."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task
from rich.table import Column
from rich.text import Text

from fmnist_spec.gate import check
from fmnist_spec.gate.course.selection import Found
from fmnist_spec.gate.finding import Result
from fmnist_spec.harmless import harmless
from fmnist_spec.language import say

BAR = 20  # columns of a terminal that may be 60 wide


@contextmanager
def bar(checker: check.Checker, notebooks: Sequence[Found | Result]) -> Iterator[Any]:
    """Show a person how far it is, and which notebook it waits for; gives what is told of it."""
    names = [*(harmless(one.path.name) for one in notebooks), ""]
    shown = Progress(
        BarColumn(BAR, table_column=Column(no_wrap=True)),
        MofNCompleteColumn(table_column=Column(no_wrap=True)),
        _Waiting(checker),
        console=Console(stderr=True),
        transient=True,
    )
    with shown:
        task = shown.add_task(names[0], total=len(notebooks))
        yield lambda done: shown.update(task, completed=done, description=names[done], refresh=True)


class _Waiting(ProgressColumn):
    """What is waited for, in what is left of the line."""

    def __init__(self, checker: check.Checker) -> None:
        super().__init__()
        self._checker = checker

    def render(self, task: Task) -> Text:
        starts = "" if self._checker.ready else f"{say('report.starting')}  "
        return Text(f"{starts}{task.description}", no_wrap=True, overflow="ellipsis")
