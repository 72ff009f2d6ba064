"""The tests of broken input build on those of the gate, wherever pytest begins."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

GATE = Path(__file__).parents[1] / "gate"
sys.path += [str(GATE), str(GATE / "stored"), str(GATE / "prose")]


@pytest.fixture(autouse=True, scope="module")
def _in_a_folder_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files are written into a new folder, which is the current one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("broken"))
        yield
