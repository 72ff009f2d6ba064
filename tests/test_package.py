"""The package as a whole: what importing it costs, and what its documents promise."""

import re
import signal
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import fmnist_spec
from fmnist_spec import cli
from fmnist_spec.ending import Interrupted
from fmnist_spec.gate.course.config import load_config
from fmnist_spec.gate.finding import EXIT_CODES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HEAVY = {"tensorflow", "keras", "sklearn"}
HEAVY |= {"rich", "jinja2", "nbformat", "jupytext", "IPython", "pytest"}
HEAVY |= {"junitparser", "markdown_it", "mdit_py_plugins", "nh3", "pygments"}


def run_python(code, *options):
    command = [sys.executable, *options, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_importing_the_package_loads_nothing_heavy():
    """All public names come without TensorFlow, scikit-learn, or a library of the gate."""
    code = (
        "import sys, fmnist_spec\n"
        "for name in fmnist_spec.__all__: getattr(fmnist_spec, name)\n"
        "print(*{module.split('.')[0] for module in sys.modules})"
    )
    result = run_python(code)
    assert result.returncode == 0, result.stderr
    loaded = HEAVY & set(result.stdout.split())
    assert loaded == set(), f"importing fmnist_spec loads {loaded}: import them where they are used"


def test_without_tensorflow_the_error_names_the_extra():
    """Whoever has no TensorFlow reads which extra installs it, and no traceback."""
    code = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "from fmnist_spec.cli import main; raise SystemExit(main(['--sample']))"
    )
    result = run_python(code)
    assert result.returncode == cli.USAGE, result.stderr
    assert "pip install 'fmnist-spec[tensorflow-cpu]'" in result.stderr
    assert "Traceback" not in result.stderr


def test_every_public_name_has_a_docstring():
    """help() says something about each name that the package exports."""
    silent = [name for name in fmnist_spec.__all__ if not getattr(fmnist_spec, name).__doc__]
    assert silent == []


def test_an_unknown_name_is_an_attribute_error():
    """A misspelt name reads like any other module's."""
    with pytest.raises(AttributeError, match="no attribute 'build_lst'"):
        _ = fmnist_spec.build_lst


def readme_commands(heading):
    """The shell lines of the first code block below a heading of the README."""
    block = re.search(rf"{heading}.*?```(?:sh|console)\n(.*?)```", README, re.DOTALL)
    assert block, f"README.md has no shell block below {heading!r}"
    return block[1].strip().splitlines()


def test_the_readmes_commands_are_one_line_each():
    """One line runs the main job, one line passes the tests."""
    for heading in ("## Check your TensorFlow", "## Run the tests"):
        assert len(readme_commands(heading)) == 1, f"the block below {heading!r} has several lines"


def test_ci_runs_the_readmes_commands():
    """What CI calls is read from README itself: both commands, by their headings."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in script
    for heading in ("Check your TensorFlow", "Run the tests"):
        assert f"eval \"$(readme_command '{heading}')\"" in script, f"CI does not run {heading!r}"


def test_the_readmes_exit_codes_are_those_of_the_gate():
    """The table has every verdict's code, in order, and those of the signals that end it."""
    rows = re.findall(r"^\| ([\d, ]+) \|", README, re.MULTILINE)
    endings = [Interrupted(one).code for one in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)]
    listed = [int(code) for row in rows for code in row.split(",")]
    assert listed == [*sorted(EXIT_CODES.values()), *endings]


def test_the_readmes_settings_are_those_of_the_gate(tmp_path):
    """The example for pyproject.toml is one that the gate takes, with every key but select."""
    page = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    block = re.search(r"```toml\n(\[tool\.fmnist_spec\].*?)```", page, re.DOTALL)
    (tmp_path / "pyproject.toml").write_text(block[1], encoding="utf-8")
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "07_2_layers.ipynb").touch()
    config = load_config(tmp_path)
    first, second = config.notebooks[0].lessons
    assert first == str(tmp_path / "lessons" / "07_2.toml")
    assert second == str(tmp_path / "lessons" / "07_2-relu.toml")
    changed = {one.name for one in fields(config) if getattr(config, one.name) != one.default}
    keys = set(re.findall(r"^(?:\[\[tool\.fmnist_spec\.)?(\w+)", block[1], re.M))
    assert {one.name for one in fields(config)} - {"select"} <= keys
    assert changed >= {"paths", "exclude", "ignore", "severity", "notebooks"}
