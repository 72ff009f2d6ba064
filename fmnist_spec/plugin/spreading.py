"""How xdist spreads tests: those of a notebook stay in one process, which runs it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fmnist_spec.plugin.items import WHOLE

if TYPE_CHECKING:
    import pytest

SINGLY = ("load", "loadgroup", "worksteal")  # the ways that would tear a notebook apart


def scheduling(config: pytest.Config, log: Any) -> Any:
    """Give what spreads notebooks whole, and other tests one by one or by their groups.

    None: the way that was asked for keeps the tests of a file together, too.
    """
    if config.getoption("dist") not in SINGLY:
        return None
    from xdist.scheduler import LoadGroupScheduling

    from fmnist_spec.gate.catalogue import RULES

    class NotebookScheduling(LoadGroupScheduling):  # type: ignore[misc]  # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            file, _, name = nodeid.rpartition("::")
            return file if name in (*RULES, WHOLE) else super()._split_scope(nodeid)

    return NotebookScheduling(config, log)
