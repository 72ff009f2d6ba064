"""What notebooks are checked against and how, in one value that travels to other processes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from os.path import abspath
from pathlib import Path

from fmnist_spec.gate import check
from fmnist_spec.gate.confine.sandbox import RunSettings
from fmnist_spec.gate.course.config import Config, load_config
from fmnist_spec.gate.course.selection import Found, find_all
from fmnist_spec.gate.finding import Result
from fmnist_spec.lesson import lesson_file


@dataclass(frozen=True)
class CheckSettings:
    """What notebooks are checked against, and how; as the options of ``fmnist-spec check``.

    Args:
        lessons: lesson files, or names that ``fmnist-spec lessons`` lists; otherwise those of the
            nearest pyproject.toml, else the shipped one.
        data: the folder with the files of the data set; otherwise the first place that has them.
        sample: use the small sample of the data, whatever else there is.
        full: train on all images, for all epochs.
        require_isolation: run notebooks only where they can be fully isolated.
        config: the table ``[tool.fmnist_spec]``, if it is not that of the nearest pyproject.toml.
        static: run nothing, and judge only what the files say and store.
    """

    lessons: tuple[str, ...] = ()
    data: str | None = None
    sample: bool = False
    full: bool = False
    require_isolation: bool = False
    config: Config | None = None
    static: bool = False

    def placed(self) -> "CheckSettings":
        """Read what pyproject.toml says, and let all paths be whole: they hold in any folder."""
        given = tuple(abspath(lesson_file(one)) for one in self.lessons)  # noqa: PTH100
        config = (self.config or load_config(Path.cwd())).with_options(lessons=given)
        data = self.data and abspath(self.data)  # noqa: PTH100
        return replace(self, lessons=(), data=data, config=config)

    def checker(self, *, shown: bool = False, forks: bool = False) -> check.Checker:
        """Make what runs notebooks; ``shown``: with what a report needs that shows them.

        ``forks``: this process may fork, since it has no other threads.

        Raises SpecificationError: the settings or a lesson file cannot be used.
        """
        load = partial(check.load_served, folder=self.data, sample=self.sample)
        settings = RunSettings(self.full, self.require_isolation, shown, self.static, forks)
        config = self.config if self.config and not self.lessons else self.placed().config
        return check.Checker(config or Config(), load, settings)


def find(paths: Iterable[Path], config: Config, *, as_found: bool = False) -> list[Found | Result]:
    """Find the notebooks: of these paths, else of the settings', else of the current folder."""
    asked = [*paths] or [*map(Path, config.paths)] or [Path()]
    return find_all(asked, config, as_found=as_found)
