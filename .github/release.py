"""Check that a release is what its tag says, and print its notes: its part of CHANGELOG.md."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADING = re.compile(r"^## (\S+)(?: \((.+)\))?\n", re.MULTILINE)


def notes(tag: str) -> str:
    """Give the changes of a release. What the tag contradicts ends the program."""
    init = (ROOT / "fmnist_spec" / "__init__.py").read_text(encoding="utf-8")
    (version,) = re.findall(r'^__version__ = "(.+)"$', init, re.MULTILINE)
    if tag != f"v{version}":
        sys.exit(f"the tag is {tag}, but fmnist_spec/__init__.py says {version}: tag v{version}")
    built = {one.name for one in (ROOT / "dist").glob("*")}
    expected = {f"fmnist_spec-{version}{end}" for end in (".tar.gz", "-py3-none-any.whl")}
    if built != expected:
        sys.exit(f"dist has {sorted(built)} instead of {sorted(expected)}: empty it, build again")
    _, *parts = HEADING.split((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    changes = {parts[at]: parts[at + 1 : at + 3] for at in range(0, len(parts), 3)}
    date, told = changes.get(version, (None, ""))
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", date or ""):
        sys.exit(f"CHANGELOG.md has no heading `## {version} (YEAR-MONTH-DAY)`: write its date")
    return told.strip()


if __name__ == "__main__":
    print(notes(sys.argv[1]))
