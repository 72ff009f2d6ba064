"""A cluster of dask's, for the tests of executors."""

import importlib.util
import os

import pytest


@pytest.fixture
def dask():
    """A client and its cluster of two workers; tests skip without dask, but never in CI."""
    if importlib.util.find_spec("distributed") is None:
        told = "dask.distributed is not here: pip install distributed"
        pytest.fail(told) if os.environ.get("CI") else pytest.skip(told)
    from distributed import Client, LocalCluster

    sizes = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**sizes) as cluster, Client(cluster) as client:
        yield client, cluster
