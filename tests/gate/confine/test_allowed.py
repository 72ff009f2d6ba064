"""What libraries do all the time goes on in a confined process."""

import sys
from pathlib import Path

import pytest
from confined import confined

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these measures are Linux's")

SOUND = {
    "files": "import os, shutil, tempfile\nos.makedirs('a/b')\nopen('a/x', 'w').write('1')\n"
    "os.rename('a/x', 'a/b/x')\nshutil.copytree('a', 'c')\nshutil.copy2('c/b/x', 'y')\n"
    "os.truncate('y', 0)\nos.symlink('y', 'z')\nos.chmod('y', 0o600)\nos.utime('y')\n"
    "shutil.rmtree('a')\nwith tempfile.TemporaryDirectory() as t: open(t + '/x', 'w')\n"
    "tempfile.NamedTemporaryFile().write(b'1')\nos.statvfs('.')\nshutil.disk_usage('.')",
    "archives": "import zipfile, tarfile\nopen('x', 'w').write('1')\n"
    "with zipfile.ZipFile('x.zip', 'w') as z: z.write('x')\n"
    "zipfile.ZipFile('x.zip').extractall('u')\n"
    "with tarfile.open('x.tgz', 'w:gz') as t: t.add('x')\ntarfile.open('x.tgz').extractall('v')",
    "a database": "import sqlite3\nd = sqlite3.connect('x.db')\nd.execute('create table t (a)')\n"
    "d.execute('insert into t values (1)')\nd.commit()\nassert list(d.execute('select a from t'))",
    "locks of files": "import fcntl\nf = open('x', 'w')\nfcntl.flock(f, fcntl.LOCK_EX)\n"
    "fcntl.lockf(f, fcntl.LOCK_EX)",
    "threads": "from multiprocessing.pool import ThreadPool\n"
    "from concurrent.futures import ThreadPoolExecutor\n"
    "assert ThreadPool(4).map(abs, [-1]) == [1]\n"
    "with ThreadPoolExecutor(4) as p: assert list(p.map(abs, [-1])) == [1]",
    "asyncio": "import asyncio\n"
    "async def f(): return await asyncio.to_thread(abs, -1)\nassert asyncio.run(f()) == 1",
    "waiting": "import select, signal, socket, time\ntime.sleep(0.001)\n"
    "signal.signal(signal.SIGALRM, lambda *_: None)\nsignal.setitimer(signal.ITIMER_REAL, 0.001)\n"
    "signal.pause()\na, b = socket.socketpair()\na.settimeout(1)\na.sendall(b'x')\nb.recv(1)\n"
    "select.epoll().register(a)\nselect.poll()",
    "itself": "import os, resource, locale, getpass, platform, signal, threading, uuid\n"
    "os.sched_setaffinity(0, os.sched_getaffinity(0))\nos.nice(1)\nos.cpu_count()\nos.urandom(4)\n"
    "resource.getrusage(resource.RUSAGE_SELF)\nos.getloadavg()\nplatform.platform()\nuuid.uuid4()\n"
    "locale.setlocale(locale.LC_ALL, '')\nsignal.pthread_kill(threading.get_ident(), 0)\n"
    "os.kill(os.getpid(), 0)\nos.isatty(0)\nos.getcwd()\nos.path.expanduser('~')",
    "memory": "import mmap\nopen('x', 'wb').write(bytes(9999))\nf = open('x', 'r+b')\n"
    "with mmap.mmap(f.fileno(), 0) as m: m[0] = 1\nmmap.mmap(-1, 9999).madvise(mmap.MADV_DONTNEED)",
    "time": "import datetime, time, zoneinfo\ndatetime.datetime.now().astimezone()\n"
    "time.localtime()\nzoneinfo.ZoneInfo('Asia/Seoul') if zoneinfo.available_timezones() else 0",
    "numpy": "import numpy as np\nnp.save('x.npy', np.ones(3))\nnp.load('x.npy', mmap_mode='r')\n"
    "np.memmap('m', 'u1', 'w+', shape=(9,))[0] = 1\nnp.linalg.svd(np.ones((300, 300)))",
    "h5py": "import h5py\nwith h5py.File('x.h5', 'w') as f: f['x'] = [1]\n"
    "with h5py.File('x.h5', 'r') as f: assert list(f['x']) == [1]\n"
    "with h5py.File('x.h5', 'a') as f: f['y'] = [1]",
    "matplotlib": "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\n"
    "plt.plot([1, 2])\nplt.title('한글')\nplt.savefig('x.png')\nplt.savefig('x.pdf')\n"
    "plt.imread('x.png')\nfrom matplotlib import font_manager\nfont_manager.findSystemFonts()",
    "PIL": "from PIL import Image\nImage.new('L', (9, 9)).save('x.jpg')\n"
    "Image.open('x.jpg').load()",
    "pandas": "import pandas as pd\npd.DataFrame({'a': [1]}).to_csv('x.csv')\npd.read_csv('x.csv')",
    "sklearn": "from sklearn.ensemble import RandomForestClassifier\n"
    "from sklearn.model_selection import cross_val_score\nimport numpy as np\n"
    "r = np.random.default_rng(0)\nx, y = r.random((99, 4)), r.integers(0, 2, 99)\n"
    "cross_val_score(RandomForestClassifier(9), x, y)",
    "joblib": "import joblib\njoblib.cpu_count()\njoblib.dump([1], 'x.joblib')\n"
    "joblib.Parallel(2, prefer='threads')(joblib.delayed(abs)(n) for n in (1, 2))",
    "psutil": "import psutil\npsutil.virtual_memory()\npsutil.cpu_count(False)\n"
    "psutil.cpu_percent()\n"
    "psutil.Process().memory_info()\npsutil.disk_usage('.')",
    "ssl": "import hashlib, ssl\nssl.create_default_context()\nhashlib.sha256(b'').digest()",
}
NEEDS = ("h5py", "matplotlib", "PIL", "pandas", "joblib", "psutil")


@pytest.mark.parametrize("name", SOUND)
def test_what_libraries_do_is_allowed(tmp_path: Path, name: str) -> None:
    """Nothing raises."""
    if name in NEEDS:
        pytest.importorskip(name)
    code = f"import warnings\nwarnings.simplefilter('ignore')\n{SOUND[name]}\nsay('done')"
    assert confined(code, tmp_path) == "done\n"


def test_modules_of_the_repository_are_found_by_its_full_path(tmp_path: Path) -> None:
    """Its folder cannot be listed, with what is hidden in it; its mirror has all modules."""
    repository = tmp_path / "repository"
    for path in (".git/config", "course/__init__.py", "course/words.py", "chapters/one.ipynb"):
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text("WORD = 7")
    (repository / "course/.hidden").touch()
    code = f"import sys\nsys.path.append({str(repository)!r})\n"
    code += "from course.words import WORD\nsay(WORD)"
    assert confined(code, tmp_path / "run", str(repository / "chapters/one.ipynb")) == "7\n"


def test_what_is_in_the_repository_is_read_by_its_full_path(tmp_path: Path) -> None:
    """A file, and the names in a folder where nothing is hidden."""
    for path in (".git/config", "data/x.csv", "one.ipynb", ".hidden/x.csv"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("1,2")
    code = f"import os\nsay(open({str(tmp_path / 'data/x.csv')!r}).read())\n"
    code += f"say(os.listdir({str(tmp_path / 'data')!r}))"
    run = tmp_path.parent / f"{tmp_path.name}-run"
    assert confined(code, run, str(tmp_path / "one.ipynb")) == "1,2\n['x.csv']\n"
