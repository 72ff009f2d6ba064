"""Break notebooks, check them all in one run of the command, and say what must not have happened.

    python tests/fuzz/broken_notebooks.py 200 [FIRST SEED] [NOTEBOOK ...]

breaks the notebooks that are given, or the shipped one and those of the tests.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from fuzzing import TESTS, broken_bytes, broken_value

from fmnist_spec.gate.notebook import NOTEBOOK

OWN = [NOTEBOOK, *sorted((TESTS / "gate" / "stored").glob("pass-*.ipynb"))]
COMMAND = [sys.executable, "-c", "import sys; from fmnist_spec.cli import main; sys.exit(main())"]
CHECK = [*COMMAND, "check", "--sample", "--format", "json", "--jobs", "2"]
LIMITS = "[tool.fmnist_spec]\ncell_seconds = 20\nnotebook_seconds = 40\n"
CODES = {"pass": 0, "fail": 1, "error": 2}
LEAVING = 20.0  # seconds that processes which were ended may take to be gone


def broken_source(source: str, random: Random) -> str:
    """Break lines of code or of text, or numbers in them: swapped, missing, doubled, changed."""
    lines = source.split("\n")
    at, to = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(5):
        case 0:
            lines[at], lines[to] = lines[to], lines[at]
        case 1:
            del lines[at]
        case 2:
            lines.insert(to, lines[at])
        case 3:
            lines[at] = broken_bytes(lines[at].encode(), random).decode("utf-8", "replace")
        case 4:
            new = random.choice(("0", "-1", "10", "2.5", "1e9", "None", "[]", "9" * 40))
            lines[at] = re.sub(r"\d+", lambda _: new, lines[at])
    return "\n".join(lines)


def broken_notebook(notebook: bytes, seed: int) -> bytes:
    """Break a notebook: its sources, most often; the order of its cells, its JSON, its bytes."""
    random = Random(seed)  # noqa: S311  # it hides nothing
    node: dict[str, Any] = json.loads(notebook)
    cells, way = node["cells"], random.random()
    if way < 0.1:
        return broken_bytes(notebook, random)
    if way < 0.35:
        return json.dumps(broken_value(node, random), indent=1).encode()
    if way < 0.45:
        random.shuffle(cells)
    for cell in random.sample(cells, min(len(cells), random.choice((1, 2, 6)))):
        source = cell["source"]
        text = source if isinstance(source, str) else "".join(source)
        cell["source"] = broken_source(text, random)
    return json.dumps(node, indent=1).encode()


def write(folder: Path, count: int, first: int = 0, seeds: Sequence[Path] = OWN) -> list[Path]:
    """Write so many broken notebooks, each of a seed of its own, and limits on their time."""
    (folder / "pyproject.toml").write_text(LIMITS)
    files = [folder / f"{at}.ipynb" for at in range(first, first + count)]
    for at, file in enumerate(files, first):
        seed = seeds[at % len(seeds)].read_bytes()
        file.write_bytes(broken_notebook(seed, at))
    return files


def processes_of(folder: Path) -> list[str]:
    """Name the processes that were given the folder for what is temporary."""
    sign, found = os.fsencode(folder), list[str]()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if sign in (process / "environ").read_bytes() + (process / "cmdline").read_bytes():
                found.append(process.name)
        except OSError:  # it is gone, or not ours
            continue
    return found


def check(files: Sequence[Path], temporary: Path) -> tuple[Counter[str], list[str]]:
    """Check notebooks in one run: count the verdicts, and list all that is wrong with the run."""
    environment = {**os.environ, "TMPDIR": str(temporary)}
    told = {"cwd": files[0].parent, "env": environment, "capture_output": True, "text": True}
    names = [file.name for file in files]
    run = subprocess.run([*CHECK, *names], check=False, **told)  # type: ignore[call-overload]
    try:
        results = json.loads(run.stdout)["notebooks"]
    except ValueError:
        return Counter(), [f"no document: {run.stdout[:500]} {run.stderr[-2000:]}"]
    verdicts = Counter(one["verdict"] for one in results)
    code = max((CODES[verdict] for verdict in verdicts), default=2)
    ours = [one for one in results if "itself failed" in one["reason"]]
    wrong = [f"{one['path']}: {one['reason']}" for one in ours]
    if [one["path"] for one in results] != names:
        wrong.append(f"not one entry for each file: {[one['path'] for one in results]}")
    if run.returncode != code:
        wrong.append(f"exit code {run.returncode}, but {code} by the verdicts {dict(verdicts)}")
    if run.stderr.strip():
        wrong.append(f"on standard error: {run.stderr[-2000:]}")
    return verdicts, wrong + left(temporary)


def left(temporary: Path) -> list[str]:
    """List what the run has left: folders and processes."""
    end = time.monotonic() + LEAVING
    while processes_of(temporary) and time.monotonic() < end:
        time.sleep(0.1)
    wrong = [f"left the process {one}" for one in processes_of(temporary)]
    return wrong + [f"left {one}" for one in temporary.iterdir()]


def main() -> int:
    """Print the verdicts, and what is wrong; the files of a run in which something is are kept."""
    count, first = (int(one) for one in [*sys.argv[1:3], "0"][:2])
    seeds = [Path(one) for one in sys.argv[3:]] or OWN
    folder, temporary = (Path(tempfile.mkdtemp(prefix="broken-")) for _ in range(2))
    start = time.monotonic()
    verdicts, wrong = check(write(folder, count, first, seeds), temporary)
    print(f"{count} notebooks in {time.monotonic() - start:.0f} s: {dict(verdicts)}")
    if wrong:
        print(*wrong, f"The notebooks are in {folder}.", sep="\n")
        return 1
    shutil.rmtree(folder)
    temporary.rmdir()
    return 0


if __name__ == "__main__":
    sys.exit(main())
