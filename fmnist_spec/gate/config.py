"""The table [tool.fmnist_spec] of pyproject.toml: which rules, how severe, which lesson."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from fmnist_spec.gate.catalogue import RULES, SEVERITIES
from fmnist_spec.gate.confine.sandbox import Limits
from fmnist_spec.lesson import LESSON_FILE
from fmnist_spec.reading import SpecificationError, read_toml, read_value

TABLE = "tool.fmnist_spec"
MOST_SECONDS = 86_400  # a day


@dataclass(frozen=True)
class Config:
    """The settings of the gate. Paths count from the file; an empty ``select`` is every rule."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: dict[str, str] = field(default_factory=dict, hash=False)
    lesson: str = str(LESSON_FILE)
    paths: tuple[str, ...] = ()
    cell_seconds: int = int(Limits.cell_seconds)
    notebook_seconds: int = int(Limits.notebook_seconds)

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that are asked for, in their order."""
        asked = self.select or tuple(RULES)
        return tuple(id for id in RULES if id in asked and id not in self.ignore)


def load_config(folder: Path) -> Config:
    """Read the nearest pyproject.toml in ``folder`` or above; without one, the defaults.

    Raises SpecificationError: it is no TOML, or its table has an unknown key or a wrong value.
    """
    candidates = (parent / "pyproject.toml" for parent in [folder, *folder.resolve().parents])
    path = next((one for one in candidates if one.is_file()), None)
    if path is None:
        return Config()
    tools = read_toml(path).get("tool", {})
    table = tools.get("fmnist_spec", {}) if isinstance(tools, dict) else tools
    config: Config = read_value(Config, table, path, TABLE)
    for key, found, expected in _wrong(config):
        remedy = "Correct it; `fmnist-spec rules` lists the rules."
        raise SpecificationError(path, f"{TABLE}.{key}", repr(found), expected, remedy)
    paths = tuple(str(path.parent / one) for one in config.paths)
    return replace(config, paths=paths, lesson=str(path.parent / config.lesson))


def _wrong(config: Config) -> Iterator[tuple[str, str, str]]:
    for key in ("select", "ignore", "severity"):
        yield from ((key, id, "the id of a rule") for id in getattr(config, key) if id not in RULES)
    for key in ("cell_seconds", "notebook_seconds"):
        if not 1 <= getattr(config, key) <= MOST_SECONDS:
            yield key, str(getattr(config, key)), f"a number from 1 to {MOST_SECONDS:,}"
    for id, severity in config.severity.items():
        if severity not in SEVERITIES:
            yield f"severity.{id}", severity, f"one of {', '.join(SEVERITIES)}"
