"""Threads of a notebook may share what they like, though processes may share nothing."""

import pytest
from notebooks import Run

from fmnist_spec.gate.events import Refused
from fmnist_spec.gate.trace import Trace


def printed(trace: Trace) -> str:
    return "".join(output.get("text", "") for run in trace.cells for output in run.outputs)


THREADS = {
    "a pool": "from multiprocessing.pool import ThreadPool\n"
    "with ThreadPool(2) as pool: print(sum(pool.map(abs, range(4))))",
    "joblib": "from joblib import Parallel, delayed\n"
    "print(sum(Parallel(n_jobs=2, prefer='threads')(delayed(abs)(n) for n in range(4))))",
    "joblib, which else starts processes": "from joblib import Parallel, delayed\n"
    "print(sum(Parallel(n_jobs=-1)(delayed(abs)(n) for n in range(4))))",
    "joblib, as its documentation has it": "from joblib import Parallel, delayed, parallel_config\n"
    "with parallel_config(backend='loky', n_jobs=2, inner_max_num_threads=1):\n"
    "    print(sum(Parallel()(delayed(abs)(n) for n in range(4))))",
    "scikit-learn on all cores": "import numpy as np\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "from sklearn.model_selection import cross_validate\n"
    "x, y = np.arange(60).reshape(-1, 1) % 7, np.arange(60) % 2\n"
    "print(len(cross_validate(LogisticRegression(), x, y, cv=6, n_jobs=-1)['test_score']))",
    "a lock": "import multiprocessing as mp\nlock, other = mp.Lock(), mp.RLock()\n"
    "with lock, other, other: print(6 if not lock.acquire(block=False) else lock)",
    "a lock of a context": "import multiprocessing as mp\n"
    "with mp.get_context('spawn').Lock(): print(6)",
    "a lock given back twice": "import multiprocessing as mp\nlock = mp.Lock()\n"
    "try: lock.release()\nexcept ValueError: print(6)",
    "a semaphore": "import multiprocessing as mp\ngate = mp.BoundedSemaphore(6)\n"
    "print(sum(gate.acquire(False) for _ in range(9)))",
    "an event": "import multiprocessing as mp, threading\nevent = mp.Event()\n"
    "threading.Timer(0.01, event.set).start()\nprint(6 * event.wait(30))",
    "a queue": "import multiprocessing as mp, queue\nline = mp.Queue()\nline.put(6)\n"
    "print(line.get(timeout=30))\ntry: line.get_nowait()\nexcept queue.Empty: pass",
    "a shared value": "import multiprocessing as mp\nprint(mp.Value('i', 6).value)",
    "images of a folder": "import numpy as np\nfrom pathlib import Path\n"
    "from tensorflow import keras\nfor n in range(6):\n"
    "    file = Path('images') / 'ab'[n % 2] / f'{n}.png'\n"
    "    file.parent.mkdir(parents=True, exist_ok=True)\n"
    "    keras.utils.save_img(str(file), np.ones((2, 2, 1)))\n"
    "load = keras.utils.image_dataset_from_directory\n"
    "print(len(load('images', image_size=(2, 2), batch_size=1)))",
}


@pytest.mark.parametrize("source", THREADS.values(), ids=THREADS)
def test_what_only_threads_share_is_free(run: Run, source: str) -> None:
    """Python keeps the locks of multiprocessing where processes share memory."""
    trace = run(source)
    assert printed(trace).endswith("6\n"), (trace.cells, trace.refused)
    assert not trace.refused, trace.refused


def test_a_pool_of_processes_is_refused_as_one(run: Run) -> None:
    """Its locks are free; the first process is not."""
    trace = run("from multiprocessing import Pool\nPool(2)")
    told = [(one.what, one.line) for one in trace.events if isinstance(one, Refused)]
    assert told == [("process", 2)], (told, trace.cells)
