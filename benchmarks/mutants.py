"""How many small changes of the package its tests notice: mutation testing in forked processes.

Each mutant is one change: an operator, a constant, a condition, a result, a statement that is left
out. The tests run until one fails. What mutants.toml explains, nobody could notice.

    python benchmarks/mutants.py                     all groups of mutants.toml
    python benchmarks/mutants.py lesson printed.py   a group, a module
"""

import gc
import importlib
import importlib.util
import os
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import tomllib
from mutations import Mutant, mutants
from trials import survivors

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(importlib.util.find_spec("fmnist_spec").origin).parent
CONFIG = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
THIRD_PARTY = "numpy IPython jupytext nbformat rich sklearn.model_selection hypothesis.strategies"


def main(names: list[str]) -> None:
    """Try the mutants of the groups, or of the modules of these names."""
    os.chdir(ROOT)
    for name in THIRD_PARTY.split():  # paid once; the package is imported in each child
        importlib.import_module(name)
    gc.freeze()  # the children share these objects
    for group, settings in CONFIG["groups"].items():
        found = [one for path in modules(settings, group, names) for one in mutants(path)]
        found = draw(found, settings.get("draw", len(found)))
        if not found:
            continue
        started, left = time.monotonic(), survivors(found, settings)
        for path in dict.fromkeys(one.path for one in found):
            report(*([one for one in some if one.path == path] for some in (found, left)))
        print(f"{group}: {len(found)} mutants, {time.monotonic() - started:.0f} s", flush=True)


def draw(found: list[Mutant], number: int) -> list[Mutant]:
    """Draw so many at random: by a hash of what each is, so that other changes redraw few."""
    own = [f"{one.path.relative_to(PACKAGE)} {one.line} {one.change}" for one in found]
    by_hash = sorted(range(len(found)), key=lambda at: sha256(own[at].encode()).digest())
    return [found[at] for at in sorted(by_hash[:number])]


def modules(settings: dict[str, Any], group: str, names: list[str]) -> list[Path]:
    """The modules of a group: all of them, or those that are named."""
    taken = {path for other in CONFIG["groups"].values() for path in files(other)}
    paths = files(settings) or sorted({*PACKAGE.rglob("*.py")} - taken)
    asked = lambda path: any(path.match(f"*{n}") or path.parent.match(n) for n in names)  # noqa: E731
    return [path for path in paths if not names or group in names or asked(path)]


def files(settings: dict[str, Any]) -> list[Path]:
    """The files that the patterns of a group match."""
    return [path for one in settings["modules"] for path in sorted(PACKAGE.glob(one))]


def report(found: list[Mutant], left: list[Mutant]) -> None:
    """Print the figures of a module, and what is left of it and not explained."""
    name = found[0].path.relative_to(PACKAGE).as_posix()
    known = [one for one in CONFIG["equal"] if one.get("module", name) == name]
    told = [one for one in left if any(is_explained(one, equal) for equal in known)]
    share = (len(found) - len(left)) / max(len(found) - len(told), 1)
    print(
        f"{name}: {len(found)} mutants, {len(found) - len(left)} killed, {len(told)} explained, "
        f"{len(left) - len(told)} not: {share:.1%}",
        flush=True,
    )
    for one in left:
        if one not in told:
            print(f"  {one.first}: {one.line}\n      {one.change}", flush=True)


def is_explained(mutant: Mutant, equal: dict[str, str]) -> bool:
    """Whether an explanation is of this change, and of this line if it names one."""
    return mutant.change == equal["change"] and equal.get("line", mutant.line) == mutant.line


if __name__ == "__main__":
    main(sys.argv[1:])
