"""A runner for the tests of the gate, which run notebooks and judge them."""

import os

import pytest
from goldens import golden_problem
from notebooks import HIDDEN, LESSON, as_cells

from fmnist_spec.data import load_data
from fmnist_spec.dataset import repeated


@pytest.fixture(scope="session")
def runner():
    """Serve the shipped sample at full size, as where the whole data set is not to be had."""
    from fmnist_spec.gate.run.runner import Runner

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SERVICE_TOKEN", HIDDEN)
        load = lambda: repeated(load_data(sample=True, lesson=LESSON), LESSON.data)  # noqa: E731
        with Runner(LESSON.data.dataset, load) as runner:
            yield runner


@pytest.fixture(scope="session")
def run(runner):
    """Run sources as the cells of a notebook."""

    def run(*sources, tags=None, limits=None, path=None):
        return runner.run(as_cells(*sources, tags=tags), path, limits)

    return run


@pytest.fixture
def hold(request):
    """Hold what is said against a golden list; --regenerate-golden writes it: read the change."""

    def hold(path, said):
        problem = golden_problem(
            "\n".join([*said, ""]),
            path,
            regenerate=request.config.getoption("--regenerate-golden"),
            ci=os.environ.get("CI"),
            test=request.node.nodeid.partition("::")[0],
        )
        assert problem is None, problem

    return hold
